/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of expectations: read it, and hold a machine against it. */
#include "fuzz_machine.h"

static void look(void *userdata, const struct p2p_finding *finding)
{
	CHECK(finding->expected && finding->found && finding->why && finding->line);
	(*(uint64_t *)userdata) += finding->kind != P2P_FINDING_EXCUSED;
}

static void hold(struct p2p_context *context, const struct p2p_check *check)
{
	struct p2p_check_counts counts;
	uint64_t told = 0, failed = 0;
	struct p2p_check_options options = { .found = look, .userdata = &told };

	CHECK(!p2p_check_run(context, check, fuzz_machine(), &options, &counts));
	for (unsigned int i = 0; i < P2P_CHECK_CLASSES; i++) {
		CHECK(counts.failed[i] <= counts.made[i]);
		failed += counts.failed[i];
	}
	CHECK(failed == told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_context *context;
	struct p2p_check *check = NULL;
	char path[32];
	int fd;

	CHECK(!p2p_context_new(&context));
	fuzz_file(data, size, path, &fd);
	if (p2p_check_load(context, path, &check))
		CHECK(*p2p_context_error(context) && !check);
	else
		hold(context, check);
	p2p_check_free(check);
	close(fd);
	p2p_context_free(context);
	return 0;
}
