/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * TransferBench: the matrices of its preset p2p, and single transfers.  The executor of a transfer is
 * the client: at the source it writes, at the destination it reads.
 * Source: ROCm/TransferBench v1.50, src/TransferBench.cpp.
 */
#include <string.h>

#include "policy/measured/reading.h"

static void take_value(struct p2p_reading *reading, const struct p2p_cell *cell)
{
	const struct p2p_figure *title = cell->data;

	if (!p2p_field_is(cell->field, "N/A"))
		p2p_cell_add(reading, cell, title->read ? cell->column : cell->row,
			     title->read ? cell->row : cell->column);
}

/* Rows with "->" or "<-" are for one direction; of these matrices keep the sum, which has "<->". */
static void read_matrix(struct p2p_reading *reading, size_t at, const char *corner,
			const struct p2p_figure *title)
{
	size_t before = reading->measured->count, kept = before;
	bool both = title->how == P2P_FIGURE_SUM;

	p2p_matrix(reading, at, corner, take_value, title);
	for (size_t i = before; both && i < reading->measured->count; i++) {
		struct p2p_figure *figure = &reading->measured->figures[i];

		if (strstr(reading->lines[figure->line - 1], "<->"))
			reading->measured->figures[kept++] = *figure;
	}
	if (both)
		reading->measured->count = kept;
}

/* " GPU 00 | ... | 0000:c1:00.0 | ..." */
static void list_device(struct p2p_reading *reading, const char *line)
{
	struct p2p_field fields[P2P_MOST_FIELDS];
	size_t count = p2p_fields(line, fields);
	unsigned int index;

	if (count < 3 || !p2p_field_is(fields[0], "GPU") || !p2p_field_index(fields[1], &index) ||
	    !p2p_field_is(fields[2], "|"))
		return;
	for (size_t i = 3; i < count; i++)
		if (fields[i].length >= 7 && p2p_reading_list_gpu(reading, index, fields[i]))
			return;
}

/* "G0", "F1", "GPU0:004", "D2.1": letters, then a number.  @ret_gpu: is it of a GPU? */
static bool parse_place(struct p2p_field field, unsigned int *ret_index, bool *ret_gpu)
{
	struct p2p_field digits = field;

	while (digits.length && !(*digits.text >= '0' && *digits.text <= '9')) {
		digits.text++;
		digits.length--;
	}
	*ret_gpu = field.length && strchr("GFD", *field.text);
	for (size_t i = 0; i < digits.length; i++)
		if (digits.text[i] < '0' || digits.text[i] > '9')
			digits.length = i;
	return digits.text != field.text && p2p_field_index(digits, ret_index);
}

/* "Transfer 00 | 50.1 GB/s | 1.3 ms | 67108864 bytes | G0 -> GPU0:004 -> G1" */
static void read_transfer(struct p2p_reading *reading, size_t at)
{
	struct p2p_field fields[P2P_MOST_FIELDS];
	size_t count = p2p_fields(reading->lines[at], fields);
	struct p2p_figure figure = { .kind = P2P_FIGURE_SPEED };
	unsigned int index[3];
	bool gpu[3];

	if (count < 9 || !p2p_field_is(fields[0], "Transfer") || !p2p_field_is(fields[4], "GB/s") ||
	    !p2p_field_number(fields[3], &figure.value) || !(figure.value > 0) ||
	    !p2p_field_is(fields[count - 2], "->") || !p2p_field_is(fields[count - 4], "->"))
		return;
	for (size_t i = 0; i < 3; i++)
		if (!parse_place(fields[count - 5 + 2 * i], &index[i], &gpu[i]) || !gpu[i])
			return;
	figure.read = index[1] == index[2] && index[1] != index[0];
	if (!figure.read && index[1] != index[0])
		return;
	figure.client = p2p_end_of_index(P2P_CLASS_GPU, index[1]);
	figure.provider = p2p_end_of_index(P2P_CLASS_GPU, index[figure.read ? 0 : 2]);
	p2p_reading_add(reading, at, &figure);
}

void p2p_read_transferbench(struct p2p_reading *reading)
{
	struct p2p_figure title = { .kind = P2P_FIGURE_SPEED };

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);

		if (strstr(line, "directional copy peak bandwidth GB/s ["))
			title.how = *line == 'B' ? P2P_FIGURE_SUM : P2P_FIGURE_ALONE;
		title.read = !strncmp(line, "SRC\\EXE+DST", 11);
		if (title.read)
			read_matrix(reading, i, "SRC\\EXE+DST", &title);
		else if (!strncmp(line, "SRC+EXE\\DST", 11))
			read_matrix(reading, i, "SRC+EXE\\DST", &title);
		else if (!strncmp(line, "SRC\\DST", 7))
			read_matrix(reading, i, "SRC\\DST", &title);
		else if (!strncmp(line, "GPU ", 4))
			list_device(reading, line);
		else if (!strncmp(line, "Transfer ", 9))
			read_transfer(reading, i);
	}
}
