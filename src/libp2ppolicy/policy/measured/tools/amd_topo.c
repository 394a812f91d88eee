/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * amd-smi topology --json: a list of GPUs with their addresses, each with its links to the others.
 * Source: ROCm/amdsmi, amdsmi_cli/amdsmi_commands.py, topology().
 */
#include <string.h>

#include "policy/measured/reading.h"

static bool address_of(struct json_object *object, struct p2p_end *ret_end)
{
	return p2p_field_address(p2p_field_of(p2p_json_word(object, "bdf")), ret_end);
}

static void read_link(struct p2p_reading *reading, size_t line, const struct p2p_end *from,
		      struct json_object *link)
{
	const char *type = p2p_json_word(link, "link_type");
	const char *status = p2p_json_word(link, "link_status");
	struct p2p_figure figure = { .client = *from };

	if (!strcmp(type, "SELF") || !address_of(link, &figure.provider))
		return;
	if (!strcmp(type, "XGMI")) {
		figure.kind = P2P_FIGURE_RELATION;
		figure.label = "XGMI";
		p2p_reading_add(reading, line, &figure);
	}
	if (strcmp(status, "ENABLED") != 0 && strcmp(status, "DISABLED") != 0)
		return;
	figure.kind = P2P_FIGURE_ACCESS;
	figure.says = *status == 'E' ? P2P_YES : P2P_NO;
	figure.label = *status == 'E' ? "ENABLED" : "DISABLED";
	p2p_reading_add(reading, line, &figure);
}

/* Newer releases have the list in a member of an object. */
static struct json_object *list_of(struct json_object *root)
{
	return json_object_is_type(root, json_type_array) ? root : p2p_json_member(root, "gpu_data");
}

static void read_document(struct p2p_reading *reading, const struct p2p_json *json, size_t first)
{
	struct json_object *list = list_of(json->root);

	for (size_t i = 0; i < p2p_json_length(list); i++) {
		struct json_object *gpu = json_object_array_get_idx(list, i);
		struct json_object *links = p2p_json_member(gpu, "links");
		struct p2p_end from;

		if (!address_of(gpu, &from))
			continue;
		for (size_t j = 0; j < p2p_json_length(links); j++) {
			struct json_object *link = json_object_array_get_idx(links, j);

			read_link(reading, p2p_json_line(json, first, link), &from, link);
		}
	}
}

void p2p_read_amd_topo(struct p2p_reading *reading)
{
	p2p_reading_json(reading, read_document);
}
