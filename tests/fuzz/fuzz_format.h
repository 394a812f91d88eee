/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A target that reads one format, and lets the topology be made of what was taken. */
#ifndef TESTS_FUZZ_FUZZ_FORMAT_H
#define TESTS_FUZZ_FUZZ_FORMAT_H

#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "snapshot/sources.h"

#include <p2ppolicy/all.h>

static inline void fuzz_build(struct p2p_context *context, const struct p2p_snapshot *snapshot)
{
	struct p2p_topology *topology;

	/* A log may tell of the machine alone: p2p_snapshot_load() refuses that. */
	CHECK(p2p_snapshot_count(snapshot) > 0 || snapshot->source == P2P_SOURCE_DMESG);
	CHECK(p2p_topology_new(context, snapshot, NULL, &topology) == 0);
	CHECK(p2p_topology_count(topology) >= p2p_snapshot_count(snapshot));
	p2p_topology_free(topology);
}

/* What a format does not take for its own is not read; what it refuses has a sentence. */
static inline int fuzz_format(const struct p2p_format *format, enum p2p_source source,
			      const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const struct p2p_input input = { .name = "text", .fd = -1, .data = text, .size = size };
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	struct p2p_context *context;
	int r;

	CHECK(text && snapshot && p2p_context_new(&context) == 0);
	memcpy(text, data, size);
	text[size] = '\0';
	snapshot->source = source;
	if (format->sniff(&input)) {
		r = format->load(context, &input, snapshot);
		if (r == 0)
			fuzz_build(context, snapshot);
		else
			CHECK(r == -EBADMSG && *p2p_context_error(context));
	}
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
	free(text);
	return 0;
}

#endif
