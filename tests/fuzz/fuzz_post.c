/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any file that --from may name: cleaned, split, unpacked, read in pieces and joined, also with itself. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#include <p2ppolicy/all.h>

#include "snapshot/inside.h"

static void check(struct p2p_context *context, const struct p2p_snapshot *snapshot)
{
	struct p2p_topology *topology;
	struct p2p_given given;
	size_t count = p2p_snapshot_count(snapshot);

	for (size_t i = 1; i < count; i++)
		CHECK(p2p_bdf_compare(p2p_snapshot_raw(snapshot, i - 1)->bdf,
				      p2p_snapshot_raw(snapshot, i)->bdf) < 0);
	for (size_t i = 0; p2p_snapshot_given(snapshot, i, &given); i++)
		CHECK(given.first_line <= given.last_line || !given.last_line);
	if (!p2p_topology_new(context, snapshot, NULL, &topology))
		p2p_topology_free(topology);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("post", MFD_CLOEXEC);
	struct p2p_snapshot *snapshot, *twice;
	struct p2p_context *context;
	char path[64];
	const char *paths[] = { path, path };
	int r;

	CHECK(fd >= 0 && p2p_context_new(&context) == 0);
	CHECK(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = p2p_snapshot_load(context, path, P2P_WANT_NAMES, &snapshot);
	if (r == 0) {
		check(context, snapshot);
		r = p2p_snapshot_load_all(context, paths, 2, P2P_WANT_NAMES, &twice);
		CHECK(r == 0 || p2p_snapshot_report(snapshot) || r == -EBADMSG);
		if (r == 0) {
			CHECK(p2p_snapshot_count(twice) == p2p_snapshot_count(snapshot));
			p2p_snapshot_free(twice);
		}
		p2p_snapshot_free(snapshot);
	} else {
		CHECK(r == -EBADMSG && *p2p_context_error(context));
	}
	p2p_context_free(context);
	close(fd);
	return 0;
}
