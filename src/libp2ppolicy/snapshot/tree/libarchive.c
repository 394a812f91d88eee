/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/tree/libarchive.h"

struct p2p_libarchive p2p_la;

/* For packagers (https://systemd.io/ELF_DLOPEN_METADATA/): it is required, although the linker does not see it. */
#define NEEDED "[{\"feature\":\"archive\",\"description\":\"Captures and compressed files\"," \
	       "\"priority\":\"required\",\"soname\":[\"" P2P_LIBARCHIVE "\"]}]"

static const struct {
	uint32_t name_size, size, type;
	char name[4], text[(sizeof(NEEDED) + 3) / 4 * 4];
} note __attribute__((used, retain, aligned(4), section(".note.dlopen"))) = {
	4, sizeof(NEEDED), 0x407c0c0a, "FDO", NEEDED,
};

/* In the order of the members of p2p_la, each of which is a pointer to a function. */
static const char *const names[] = {
#define ARCHIVE(name) #name,
#include "snapshot/tree/libarchive.def"
#undef ARCHIVE
};

static int load(void)
{
	void *library = dlopen(P2P_LIBARCHIVE, RTLD_LAZY | RTLD_LOCAL), *symbols[P2P_LENGTH(names)];

	for (size_t i = 0; i < P2P_LENGTH(names); i++) {
		symbols[i] = library ? dlsym(library, names[i]) : NULL;
		if (!symbols[i])
			return -ELIBACC;
	}
	_Static_assert(sizeof(symbols) == sizeof(p2p_la), "each is a pointer");
	memcpy(&p2p_la, symbols, sizeof(p2p_la));
	return 0;
}

int p2p_libarchive_load(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool loaded;
	int r;

	pthread_mutex_lock(&lock);
	r = loaded ? 0 : load();
	loaded = !r;
	pthread_mutex_unlock(&lock);
	return r;
}
