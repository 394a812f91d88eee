/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as people paste it, and one fact of what is read of it. */
#ifndef TESTS_UNIT_PASTED_H
#define TESTS_UNIT_PASTED_H

#include "files.h"
#include "make.h"

/* @value: as p2p_fact_get() gives it; "denied", "absent"; of a parent its address or "none" */
struct pasted_fact {
	const char *text, *bdf, *key, *value;
};

static inline void format_value(const struct p2p_value *value, char *text, size_t size)
{
	if (value->fact != P2P_PRESENT)
		snprintf(text, size, "%s", value->fact == P2P_ABSENT ? "absent" : "denied");
	else if (value->type == P2P_TYPE_TEXT)
		snprintf(text, size, "%s", value->text);
	else
		snprintf(text, size, "%lld", (long long)value->number);
}

/* The machine has no address. */
static inline void format_fact(const struct p2p_topology *topology, const struct pasted_fact *fact,
			       char *text, size_t size)
{
	const struct p2p_function *function = NULL;
	const struct p2p_fact_row *row = fact->bdf ? p2p_fact_row(fact->key) : NULL;
	struct p2p_value value = P2P_VALUE_INIT;
	struct p2p_bdf bdf;

	if (fact->bdf) {
		ck_assert_int_eq(p2p_bdf_parse(fact->bdf, &bdf), 0);
		function = p2p_topology_find(topology, bdf);
	}
	for (size_t i = 0; !fact->bdf && i < p2p_machine_rows.count; i++)
		if (!strcmp(p2p_machine_rows.rows[i].key, fact->key))
			row = &p2p_machine_rows.rows[i];
	ck_assert(row || !strcmp(fact->key, "kernel"));
	snprintf(text, size, "none");
	if (!row) {
		const char *release = p2p_topology_machine(topology)->release;

		snprintf(text, size, "%s", release ? release : "denied");
		return;
	}
	if (row->kind->type && (function || !fact->bdf)) {
		p2p_fact_get(row, fact->bdf ? (const void *)function :
				  p2p_topology_machine(topology), &value);
		format_value(&value, text, size);
	} else if (function && function->parent) {
		p2p_bdf_format(function->parent->bdf, text);
	}
}

static inline void check_fact(const char *directory, const struct pasted_fact *fact)
{
	struct p2p_context *context = make_context();
	struct p2p_topology *topology;
	struct p2p_snapshot *snapshot;
	char path[PATH_MAX], text[256];

	put_text(directory, "pasted", fact->text);
	snprintf(path, sizeof(path), "%s/pasted", directory);
	snapshot = load(context, path, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	format_fact(topology, fact, text, sizeof(text));
	ck_assert_msg(!strcmp(text, fact->value), "%s %s: %s, and not %s",
		      fact->bdf ? fact->bdf : "machine", fact->key, text, fact->value);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}

#endif
