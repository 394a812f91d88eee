/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Complexes as a document, for schedulers: a GPU, a NIC and a drive of one complex reach each other without
 * the root complex. The members come first, then every pair among them, so that no list has to be kept in
 * memory.
 */
#include "export/complex.h"
#include "export/export.h"
#include "print/document.h"
#include "print/speed.h"

static struct json_object *json_joined(const struct complex *complex)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < complex->count; i++) {
		const struct p2p_function *member = complex->members[i];

		if (member->data_direct_of)
			p2p_json_append(array, json_members(
				{ "data_direct", json_bdf(member) },
				{ "adapter", json_bdf(member->data_direct_of) }));
	}
	return array;
}

static struct json_object *json_complex(const struct complex *complex)
{
	struct json_object *members = p2p_json_new_array();
	const struct p2p_function *port;
	char id[COMPLEX_ID];

	(void)complex_switch(complex, &port);
	for (size_t i = 0; i < complex->count; i++)
		p2p_json_append(members, p2p_device_facts(complex->members[i]));
	return json_members(
		{ "id", json_text(complex_id(complex, id)) },
		{ "top", json_bdf(complex->top) },
		{ "switch", json_bdf(port) },
		{ "numa_node", json_number(complex_node(complex)) },
		{ "members", members },
		{ "joined", json_joined(complex) });
}

static struct json_object *json_pair_inside(const struct app *app, const struct complex *complex,
					    const struct p2p_verdict *verdict)
{
	struct p2p_score score;
	char id[COMPLEX_ID];

	p2p_eval_score(app->eval, verdict, &score);
	return json_members(
		{ "complex", json_text(complex_id(complex, id)) },
		{ "provider", json_bdf(verdict->provider) },
		{ "client", json_bdf(verdict->client) },
		{ "map_type", json_text(p2p_map_type_name(verdict->kernel.map_type)) },
		{ "drivers", json_pair_drivers(verdict) },
		{ "read_gbytes_per_second", speed_json_bandwidth(&score.read) },
		{ "write_gbytes_per_second", speed_json_bandwidth(&score.write) });
}

static void print_pairs(const struct app *app, const struct complex *complex, const char **separator)
{
	struct p2p_verdict verdict;

	for (size_t i = 0; i < complex->count; i++) {
		for (size_t j = 0; j < complex->count && !ferror(app->out); j++) {
			if (i == j)
				continue;
			p2p_eval_pair(app->eval, complex->members[i], complex->members[j], &verdict);
			document_element(app, json_pair_inside(app, complex, &verdict), separator);
		}
	}
}

enum status export_complexes(struct app *app)
{
	struct complexes complexes;
	enum status status = complexes_new(app, &complexes);
	const char *separator = "";

	if (status)
		return status;
	document_open(app, document_new(app, "complexes"), "complexes");
	for (size_t i = 0; i < complexes.count; i++)
		document_element(app, json_complex(&complexes.list[i]), &separator);
	document_next(app, "pairs");
	separator = "";
	for (size_t i = 0; i < complexes.count; i++)
		print_pairs(app, &complexes.list[i], &separator);
	document_close(app);
	complexes_note_unplaced(app, &complexes);
	complexes_free(&complexes);
	return STATUS_DONE;
}
