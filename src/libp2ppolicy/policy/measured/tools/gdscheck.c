/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gdscheck -p: how drives are reached, according to configuration and drivers, and whether each GPU
 * supports GDS.  It says nothing about pairs: its answer for a GPU applies to every drive.
 * Source: NVIDIA, GPUDirect Storage Installation and Troubleshooting Guide.
 */
#include <string.h>

#include "policy/measured/reading.h"

/* "GPU index 0 NVIDIA A100 bar:1 bar size (MiB):65536 supports GDS, IOMMU State: Disabled" */
static void take_gpu(struct p2p_reading *reading, size_t at, enum p2p_tri drives)
{
	const char *line = p2p_after(reading->lines[at], "GPU index ");
	struct p2p_figure figure = { .kind = P2P_FIGURE_ACCESS };
	unsigned int index;

	if (!line || !p2p_index(line, &index))
		return;
	if (strstr(line, "does not support GDS") || strstr(line, "not support GDS"))
		figure.says = P2P_NO;
	else if (strstr(line, "supports GDS"))
		figure.says = drives;
	else
		return;
	figure.provider = p2p_end_of_index(P2P_CLASS_GPU, index);
	/* It applies to every drive of the machine. */
	figure.client = (struct p2p_end){ .named = P2P_NAMED_NOT, .kind = P2P_CLASS_NVME };
	figure.label = figure.says == P2P_YES ? "GDS" :
		       figure.says == P2P_NO ? "no-GDS" : "GDS?";
	p2p_reading_add(reading, at, &figure);
}

/* Newer releases name the modes: nvfs and p2pdma are direct, compat alone is a copy. */
static enum p2p_tri parse_drives(const char *value)
{
	static const struct { const char *word; enum p2p_tri says; } words[] = {
		{ "Unsupported", P2P_NO }, { "Supported", P2P_YES }, { "nvfs", P2P_YES },
		{ "p2pdma", P2P_YES }, { "compat", P2P_NO },
	};

	for (size_t i = 0; i < P2P_LENGTH(words); i++)
		if (strstr(value, words[i].word))
			return words[i].says;
	return P2P_UNKNOWN;
}

void p2p_read_gdscheck(struct p2p_reading *reading)
{
	enum p2p_tri drives = P2P_UNKNOWN;

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);
		const char *value = strchr(line, ':');

		if (!strncmp(line, "NVMe ", 5) && value)
			drives = parse_drives(value);
		else if (!strncmp(line, "GPU index ", 10))
			take_gpu(reading, i, drives);
	}
}
