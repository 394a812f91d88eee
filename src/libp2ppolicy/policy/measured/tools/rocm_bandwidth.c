/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rocm-bandwidth-test.  It numbers processors and GPUs together and lists the addresses of the GPUs,
 * without their domain.  The row copies to the column; the runtime uses the copy engine of the source.
 * Source: ROCm/rocm_bandwidth_test, rocm_bandwidth_test_report.cpp, rocm_bandwidth_test_print.cpp.
 */
#include <string.h>

#include "policy/measured/reading.h"

/* Is @end in the list, in which only GPUs have an address?  NULL: is there a list at all? */
static bool is_listed(const struct p2p_reading *reading, const struct p2p_end *end)
{
	for (size_t i = 0; i < reading->measured->listed_count; i++) {
		const struct p2p_listed *row = &reading->measured->listed[i];

		if (row->tool == reading->tool && row->file == reading->file &&
		    (!end || row->index == end->index))
			return true;
	}
	return false;
}

static void take_value(struct p2p_reading *reading, const struct p2p_cell *cell)
{
	const struct p2p_figure *title = cell->data;
	struct p2p_end from = *cell->row, to = *cell->column;

	if ((title->kind != P2P_FIGURE_ACCESS && p2p_field_is(cell->field, "N/A")) ||
	    (is_listed(reading, NULL) && (!is_listed(reading, &from) || !is_listed(reading, &to))))
		return;
	/* Without the list a number is useless, as it also counts processors. */
	from.kind = to.kind = P2P_CLASS_OTHER;
	p2p_cell_add(reading, cell, &from, &to);
}

/* Titles of peak and average bandwidth.  The peak is the best of several runs, as is what the model predicts. */
static bool parse_title(const char *line, struct p2p_figure *ret_figure)
{
	*ret_figure = (struct p2p_figure){ .kind = P2P_FIGURE_SPEED };
	if (!strncmp(line, "Inter-Device Access", 19)) {
		ret_figure->kind = P2P_FIGURE_ACCESS;
		return true;
	}
	if (!strstr(line, "directional copy peak bandwidth GB/s") &&
	    !strstr(line, "directional copy average bandwidth GB/s"))
		return false;
	/* TransferBench prints the same title, followed by a bracket. */
	if (strchr(line, '['))
		return false;
	ret_figure->how = *line == 'B' ? P2P_FIGURE_SUM : P2P_FIGURE_ALONE;
	return true;
}

/* "Device: 2,  AMD Instinct MI210,  GPU-0123,  29:0.0" */
static void list_device(struct p2p_reading *reading, const char *line)
{
	const char *comma = strrchr(line, ',');
	unsigned int index;

	if (!comma || !p2p_index(line, &index))
		return;
	comma += 1 + strspn(comma + 1, " \t");
	p2p_reading_list_gpu(reading, index, p2p_field_until(comma, " \t"));
}

void p2p_read_rocm_bandwidth(struct p2p_reading *reading)
{
	struct p2p_figure figure;

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);
		size_t heading = i + 1;

		if (!strncmp(line, "Device: ", 8))
			list_device(reading, line + 8);
		if (!parse_title(line, &figure))
			continue;
		while (heading < reading->count && !*p2p_reading_line(reading, heading))
			heading++;
		p2p_matrix(reading, heading, "D/D", take_value, &figure);
	}
}
