/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xpu-smi topology -m: a matrix with bars between its columns, in which "GPU 1/0" is a tile of a GPU.
 * Its labels count common bridges, so they differ in meaning from NVIDIA's.
 * Source: intel/xpumanager, core/src/topology, and xpu-smi's manual.
 */
#include <string.h>

#include "policy/measured/reading.h"

#define MOST_TILES	64

/* "GPU 1/0": the number of the GPU, and whether this is its first tile, which represents it. */
static bool parse_tile(struct p2p_field field, unsigned int *ret_index, bool *ret_first)
{
	const char *at = field.text + strspn(field.text, " ");
	unsigned int tile;

	at = strncmp(at, "GPU ", 4) ? NULL : p2p_index(at + 4, ret_index);
	at = at && *at == '/' ? p2p_index(at + 1, &tile) : NULL;
	if (!at || at + strspn(at, " ") != field.text + field.length)
		return false;
	*ret_first = !tile;
	return true;
}

/* Split a line at its bars; @cells[0] is what precedes the first bar. */
static size_t split(const char *line, struct p2p_field cells[MOST_TILES])
{
	size_t count = 0;

	while (count < MOST_TILES) {
		cells[count] = (struct p2p_field){ line, strcspn(line, "|") };
		line += cells[count++].length;
		if (!*line++)
			break;
	}
	return count;
}

/* In the heading, the first device precedes the first bar. */
static bool parse_heading(const char *line, unsigned int index[MOST_TILES], bool first[MOST_TILES],
			  size_t *ret_count)
{
	struct p2p_field cells[MOST_TILES];
	size_t count = split(line, cells);

	*ret_count = 0;
	if (count < 2 || line[0] != ' ')
		return false;
	while (*ret_count < count &&
	       parse_tile(cells[*ret_count], &index[*ret_count], &first[*ret_count]))
		++*ret_count;
	return *ret_count;
}

static void take_cell(struct p2p_reading *reading, size_t at, unsigned int from, unsigned int to,
		      struct p2p_field cell)
{
	struct p2p_figure figure = {
		.kind = P2P_FIGURE_RELATION,
		.client = p2p_end_of_index(P2P_CLASS_GPU, from),
		.provider = p2p_end_of_index(P2P_CLASS_GPU, to),
	};

	cell = p2p_field_until(cell.text + strspn(cell.text, " "), " |");
	for (int i = P2P_RELATION_PIX; i < P2P_RELATIONS; i++)
		if (p2p_field_is(cell, p2p_relation_name((enum p2p_relation)i)))
			figure.relation = (enum p2p_relation)i;
	if (cell.length >= 2 && !memcmp(cell.text, "XL", 2))
		figure.relation = P2P_RELATION_UNKNOWN;
	else if (!figure.relation)
		return;
	figure.label = p2p_reading_word(reading, cell);
	p2p_reading_add(reading, at, &figure);
}

static void read_row(struct p2p_reading *reading, size_t at, const unsigned int *index,
		     const bool *first, size_t columns)
{
	const char *line = reading->lines[at];
	struct p2p_field cells[MOST_TILES];
	size_t count = split(line, cells);
	unsigned int from;
	bool tile;

	/* "GPU 0/0 |S      |PIX" */
	if (!parse_tile(cells[0], &from, &tile) || !tile)
		return;
	if (count < columns + 1) {
		p2p_reading_skip(reading, at, "a row of the matrix has fewer cells than its heading");
		return;
	}
	for (size_t i = 0; i < columns; i++)
		if (first[i] && index[i] != from)
			take_cell(reading, at, from, index[i], cells[i + 1]);
}

void p2p_read_xpu_topo(struct p2p_reading *reading)
{
	unsigned int index[MOST_TILES];
	bool first[MOST_TILES];
	size_t columns = 0, found;

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = reading->lines[i];

		if (parse_heading(line, index, first, &found))
			columns = found;
		else if (columns && !strncmp(line, "GPU ", 4) && strchr(line, '|'))
			read_row(reading, i, index, first, columns);
		else
			columns = 0;
	}
}
