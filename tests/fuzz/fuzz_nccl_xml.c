/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NCCL's topology file: whatever was read holds together, and what was not has its sentence. */
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/all.h>

#include "fuzz.h"
#include "snapshot/sources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	struct p2p_input input = { .name = "fuzz", .fd = -1, .size = size };
	struct p2p_topology *topology = NULL;
	struct p2p_context *context;
	char *text = malloc(size + 1);
	int r;

	CHECK(snapshot && text && !p2p_context_new(&context));
	memcpy(text, data, size);
	text[size] = '\0';
	input.data = text;
	snapshot->source = P2P_SOURCE_NCCL_XML;
	snapshot->want = P2P_WANT_NAMES;
	if (p2p_format_nccl_xml.sniff(&input)) {
		r = p2p_format_nccl_xml.load(context, &input, snapshot);
		CHECK(!r || *p2p_context_error(context));
		if (!r) {
			CHECK(!p2p_topology_new(context, snapshot, NULL, &topology));
			for (size_t i = 0; i < p2p_topology_count(topology); i++)
				CHECK(p2p_topology_function(topology, i)->host);
		}
	}
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
	free(text);
	return 0;
}
