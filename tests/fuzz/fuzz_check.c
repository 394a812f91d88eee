/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of expectations: read it, and hold a machine of one function against it. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

#include "fuzz.h"

static const char machine[] =
	"00:00.0 Non-Volatile memory controller: Some Drive\n"
	"00: 4d 14 24 a8 06 00 10 00 00 02 08 01 00 00 00 00\n"
	"10: 04 00 00 90 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"20: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n";

/* The name of a file that holds @size bytes of @data, while @ret_fd is open. */
static void make_file(const void *data, size_t size, char path[32], int *ret_fd)
{
	*ret_fd = memfd_create("fuzz", MFD_CLOEXEC);
	CHECK(*ret_fd >= 0 && write(*ret_fd, data, size) == (ssize_t)size);
	snprintf(path, 32, "/proc/self/fd/%d", *ret_fd);
}

static void look(void *userdata, const struct p2p_finding *finding)
{
	CHECK(finding->expected && finding->found && finding->why && finding->line);
	(*(uint64_t *)userdata) += finding->kind != P2P_FINDING_EXCUSED;
}

static void hold(struct p2p_context *context, const struct p2p_check *check)
{
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
	struct p2p_check_counts counts;
	struct p2p_eval *eval;
	uint64_t told = 0, failed = 0;
	struct p2p_check_options options = { .found = look, .userdata = &told };
	char path[32];
	int fd;

	make_file(machine, sizeof(machine) - 1, path, &fd);
	CHECK(!p2p_snapshot_load(context, path, P2P_WANT_NAMES, &snapshot));
	CHECK(!p2p_topology_new(context, snapshot, NULL, &topology));
	CHECK(!p2p_eval_new(context, topology, "auto", &eval));
	CHECK(!p2p_check_run(context, check, eval, &options, &counts));
	for (unsigned int i = 0; i < P2P_CHECK_CLASSES; i++) {
		CHECK(counts.failed[i] <= counts.made[i]);
		failed += counts.failed[i];
	}
	CHECK(failed == told);
	p2p_eval_free(eval);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_context *context;
	struct p2p_check *check = NULL;
	char path[32];
	int fd;

	CHECK(!p2p_context_new(&context));
	make_file(data, size, path, &fd);
	if (p2p_check_load(context, path, &check))
		CHECK(*p2p_context_error(context) && !check);
	else
		hold(context, check);
	p2p_check_free(check);
	close(fd);
	p2p_context_free(context);
	return 0;
}
