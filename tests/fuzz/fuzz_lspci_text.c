/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lspci as text, and what the topology makes of what was taken. */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "snapshot/sources.h"

#include <p2ppolicy/all.h>

static void build(struct p2p_context *context, const struct p2p_snapshot *snapshot)
{
	struct p2p_topology *topology;

	CHECK(p2p_snapshot_count(snapshot) > 0);
	CHECK(p2p_topology_new(context, snapshot, NULL, &topology) == 0);
	CHECK(p2p_topology_count(topology) == p2p_snapshot_count(snapshot));
	p2p_topology_free(topology);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const struct p2p_input input = { .name = "text", .fd = -1, .data = text, .size = size };
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	struct p2p_context *context;
	int r;

	CHECK(text && snapshot && p2p_context_new(&context) == 0);
	memcpy(text, data, size);
	text[size] = '\0';
	snapshot->source = P2P_SOURCE_LSPCI_TEXT;
	if (p2p_format_lspci_text.sniff(&input)) {
		r = p2p_format_lspci_text.load(context, &input, snapshot);
		if (r == 0)
			build(context, snapshot);
		else
			CHECK(r == -EBADMSG && *p2p_context_error(context));
	}
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
	free(text);
	return 0;
}
