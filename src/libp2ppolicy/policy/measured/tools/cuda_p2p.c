/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CUDA's p2pBandwidthLatencyTest.  The GPU of the row copies: it writes to that of the column, or
 * reads from it if the heading says so.
 * Source: NVIDIA/cuda-samples, p2pBandwidthLatencyTest.cu, outputBandwidthMatrix() and those below.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/measured/reading.h"

static void take_value(struct p2p_reading *reading, const struct p2p_cell *cell)
{
	p2p_cell_add(reading, cell, cell->row, cell->column);
}

/* "Unidirectional P2P=Enabled Bandwidth (P2P Writes) Matrix (GB/s)" and the like. */
static bool parse_title(const char *line, struct p2p_figure *ret_figure, const char **ret_corner)
{
	bool latency = strstr(line, "Latency");

	*ret_figure = (struct p2p_figure){ .peer = P2P_UNKNOWN };
	*ret_corner = latency ? "GPU" : "D\\D";
	if (!strncmp(line, "P2P Connectivity Matrix", 23)) {
		ret_figure->kind = P2P_FIGURE_ACCESS;
		return true;
	}
	if (!strstr(line, "P2P=Enabled") && !strstr(line, "P2P=Disabled"))
		return false;
	if (!latency && !strstr(line, "(GB/s)"))
		return false;
	ret_figure->kind = latency ? P2P_FIGURE_LATENCY : P2P_FIGURE_SPEED;
	ret_figure->how = strncmp(line, "Bidirectional", 13) ? P2P_FIGURE_ALONE : P2P_FIGURE_SUM;
	ret_figure->peer = strstr(line, "P2P=Enabled") ? P2P_YES : P2P_NO;
	ret_figure->read = strstr(line, "Reads");
	return true;
}

/* "Device: 0, NVIDIA A100, pciBusID: 7, pciDeviceID: 0, pciDomainID:0"; the IDs are hexadecimal. */
static void list_device(struct p2p_reading *reading, const char *line)
{
	const char *bus = p2p_after(line, "pciBusID:"), *device = p2p_after(line, "pciDeviceID:");
	const char *domain = p2p_after(line, "pciDomainID:");
	struct p2p_end end = { .named = P2P_NAMED_BY_ADDRESS, .kind = P2P_CLASS_GPU };
	unsigned long values[3] = { 0 };
	unsigned int index;

	if (!bus || !device || !p2p_index(line, &index) || !p2p_hex(bus, 0xff, &values[1]) ||
	    !p2p_hex(device, 0x1f, &values[2]) || (domain && !p2p_hex(domain, UINT32_MAX, &values[0])))
		return;
	end.bdf = (struct p2p_bdf){ (uint32_t)values[0], (uint8_t)values[1],
				    (uint8_t)(values[2] << 3) };
	end.domain_known = domain;
	p2p_reading_list(reading, index, &end);
}

void p2p_read_cuda_p2p(struct p2p_reading *reading)
{
	struct p2p_figure figure;
	const char *corner;

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);

		if (!strncmp(line, "Device: ", 8))
			list_device(reading, line + 8);
		else if (parse_title(line, &figure, &corner))
			p2p_matrix(reading, i + 1, corner, take_value, &figure);
	}
}
