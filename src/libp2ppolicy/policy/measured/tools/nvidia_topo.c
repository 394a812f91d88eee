/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nvidia-smi topo -m, and topo -p2p with any of its operations.  Both number GPUs in the order of bus
 * addresses, like nvidia-smi itself; adapters are named in a legend or in the heading.
 * Source: nvidia-smi(1), and the legends that it prints.
 */
#include <string.h>

#include "policy/measured/reading.h"

/* "NV12" and the like mean NVLink. */
static bool is_nvlink(struct p2p_field field)
{
	unsigned int links;

	return field.length > 2 && !memcmp(field.text, "NV", 2) &&
	       p2p_field_index((struct p2p_field){ field.text + 2, field.length - 2 }, &links);
}

static bool parse_relation(struct p2p_field field, enum p2p_relation *ret_relation)
{
	for (int i = P2P_RELATION_X; i < P2P_RELATIONS; i++) {
		if (p2p_field_is(field, p2p_relation_name((enum p2p_relation)i))) {
			*ret_relation = (enum p2p_relation)i;
			return true;
		}
	}
	/* Releases before 2018 print SOC. */
	*ret_relation = p2p_field_is(field, "SOC") ? P2P_RELATION_SYS : P2P_RELATION_UNKNOWN;
	return *ret_relation || is_nvlink(field);
}

/* The words of -p2p: OK, or the reason why not. */
static bool parse_status(struct p2p_field field, enum p2p_tri *ret_says)
{
	static const struct { const char *word; enum p2p_tri says; } words[] = {
		{ "OK", P2P_YES }, { "CNS", P2P_NO }, { "GNS", P2P_NO }, { "TNS", P2P_NO },
		{ "NS", P2P_NO }, { "DR", P2P_NO }, { "U", P2P_UNKNOWN },
	};

	for (size_t i = 0; i < P2P_LENGTH(words); i++) {
		if (p2p_field_is(field, words[i].word)) {
			*ret_says = words[i].says;
			return true;
		}
	}
	return false;
}

static void take_cell(struct p2p_reading *reading, const struct p2p_cell *cell)
{
	struct p2p_figure figure = { .kind = P2P_FIGURE_RELATION, .client = *cell->row,
				     .provider = *cell->column };

	if (!parse_relation(cell->field, &figure.relation)) {
		figure.kind = P2P_FIGURE_ACCESS;
		/* It may be a matrix of weights or hops from rocm-smi. */
		if (!parse_status(cell->field, &figure.says))
			return;
	}
	figure.label = p2p_reading_word(reading, cell->field);
	p2p_reading_add(reading, cell->line, &figure);
}

/* "  NIC0: mlx5_0" of the legend. */
static void list_adapter(struct p2p_reading *reading, const char *line)
{
	unsigned int index;
	const char *name = p2p_index(line + 3, &index);

	if (!name || *name != ':')
		return;
	name += 1 + strspn(name + 1, " \t");
	if (*name)
		p2p_reading_list_nic(reading, index, p2p_field_until(name, " \t"));
}

/* rocm-smi has the same heading, below a title. */
static bool is_titled(const struct p2p_reading *reading, size_t at)
{
	while (at && !*p2p_reading_line(reading, at - 1))
		at--;
	return at && strstr(reading->lines[at - 1], "between two GPUs");
}

void p2p_read_nvidia_topo(struct p2p_reading *reading)
{
	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);

		if (!strncmp(line, "NIC", 3))
			list_adapter(reading, line);
		if (!strncmp(line, "GPU0", 4) && (line[4] == '\t' || line[4] == ' ' || !line[4]) &&
		    !is_titled(reading, i)) {
			size_t next = p2p_matrix(reading, i, NULL, take_cell, NULL);

			i = next > i ? next - 1 : i;
		}
	}
}
