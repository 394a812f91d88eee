/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report, read back: whatever was read holds together and can be evaluated. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

#include "fuzz.h"

static void eval_all(struct p2p_context *context, const struct p2p_topology *topology)
{
	const struct p2p_function *provider, *client;
	struct p2p_verdict verdict;
	struct p2p_eval *eval;

	CHECK(!p2p_eval_new(context, topology, "auto", &eval));
	for (size_t i = 0; i < 16 && (provider = p2p_topology_function(topology, i)); i++) {
		CHECK(provider->host && provider->display && provider->index == i);
		for (size_t j = 0; j < 16 && (client = p2p_topology_function(topology, j)); j++)
			p2p_eval_pair(eval, provider, client, &verdict);
	}
	p2p_eval_free(eval);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_context *context;
	struct p2p_snapshot *snapshot = NULL;
	struct p2p_topology *topology = NULL;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[32];

	/* Anything else is another target's. */
	if (!size || data[0] != '{') {
		close(fd);
		return 0;
	}
	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(!p2p_context_new(&context));
	if (!p2p_snapshot_load(context, path, P2P_WANT_NAMES, &snapshot) &&
	    !p2p_topology_new(context, snapshot, NULL, &topology))
		eval_all(context, topology);
	else
		CHECK(*p2p_context_error(context));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	close(fd);
	p2p_context_free(context);
	return 0;
}
