/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rocm-smi --showtopo and its parts: link types and access.  Weights and hops are numbers from the
 * firmware that say nothing about switches.  --showbus gives addresses.
 * Source: ROCm/rocm_smi_lib, python_smi_tools/rocm_smi.py.
 */
#include <string.h>

#include "policy/measured/reading.h"

static void take_type(struct p2p_reading *reading, const struct p2p_cell *cell)
{
	struct p2p_figure figure = { .kind = P2P_FIGURE_RELATION, .client = *cell->row,
				     .provider = *cell->column };

	/* The type PCIE only means that XGMI does not connect the two. */
	if (!p2p_field_is(cell->field, "XGMI"))
		return;
	figure.label = "XGMI";
	p2p_reading_add(reading, cell->line, &figure);
}

static void take_access(struct p2p_reading *reading, const struct p2p_cell *cell)
{
	struct p2p_figure figure = { .kind = P2P_FIGURE_ACCESS, .client = *cell->row,
				     .provider = *cell->column };

	if (p2p_field_is(cell->field, "True"))
		figure.says = P2P_YES;
	else if (p2p_field_is(cell->field, "False"))
		figure.says = P2P_NO;
	else
		return;
	figure.label = p2p_reading_word(reading, cell->field);
	p2p_reading_add(reading, cell->line, &figure);
}

/* "GPU[0]		: PCI Bus: 0000:29:00.0" */
static void list_device(struct p2p_reading *reading, const char *line)
{
	const char *bus = p2p_after(line, "PCI Bus:");
	unsigned int index;

	if (!bus || !p2p_index(line + 4, &index))
		return;
	bus += strspn(bus, " \t");
	p2p_reading_list_gpu(reading, index, p2p_field_until(bus, " \t"));
}

void p2p_read_rocm_topo(struct p2p_reading *reading)
{
	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);

		if (!strncmp(line, "GPU[", 4))
			list_device(reading, line);
		else if (strstr(line, "Link Type between two GPUs"))
			p2p_matrix(reading, i + 1, NULL, take_type, NULL);
		else if (strstr(line, "Link accessibility between two GPUs") ||
			 strstr(line, "Accessibility between two GPUs"))
			p2p_matrix(reading, i + 1, NULL, take_access, NULL);
	}
}
