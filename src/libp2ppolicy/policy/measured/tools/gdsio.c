/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gdsio.  A result line names neither end; the command line above it has the number of the GPU, and
 * sometimes a path that shows the drive.  The drive does the DMA: a READ writes into the GPU.
 * Source: NVIDIA, "Demonstrating GDS with GDSIO" and "GDS support for NVMe: test GDS".
 */
#include <string.h>

#include "policy/measured/reading.h"

#define GIBIBYTE	1073741824.0

/** struct command - what the last command line said. */
struct command {
	struct p2p_end gpu, drive;
};

/* "nvme1n1" of "/mnt/nvme1n1/gdstest": a name in a path is a guess, unless the path is in /dev. */
static void take_path(struct p2p_reading *reading, struct command *command, struct p2p_field path)
{
	for (size_t i = 0; i + 5 <= path.length; i++) {
		struct p2p_field name = { path.text + i, 0 };

		if (memcmp(name.text, "nvme", 4) != 0 || name.text[4] < '0' || name.text[4] > '9')
			continue;
		while (i + name.length < path.length && name.text[name.length] != '/')
			name.length++;
		command->drive = p2p_end_of_name(p2p_reading_word(reading, name));
		command->drive.guessed = path.length < 5 || memcmp(path.text, "/dev/", 5) != 0;
		return;
	}
}

static void take_command(struct p2p_reading *reading, struct command *command, const char *line)
{
	struct p2p_field fields[P2P_MOST_FIELDS];
	size_t count = p2p_fields(line, fields);
	unsigned int index;

	*command = (struct command){ 0 };
	for (size_t i = 0; i + 1 < count; i++) {
		if (p2p_field_is(fields[i], "-d") && p2p_field_index(fields[i + 1], &index)) {
			command->gpu = p2p_end_of_index(P2P_CLASS_GPU, index);
			command->gpu.single = true;
		}
		if (p2p_field_is(fields[i], "-f") || p2p_field_is(fields[i], "-D"))
			take_path(reading, command, fields[i + 1]);
	}
}

/* "IoType: READ XferType: GPUD ... Throughput: 6.53 GiB/sec, ..." */
static void take_result(struct p2p_reading *reading, const struct command *command, size_t at)
{
	const char *line = reading->lines[at];
	const char *type = p2p_after(line, "IoType: "), *transfer = p2p_after(line, "XferType: ");
	const char *speed = p2p_after(line, "Throughput: ");
	struct p2p_figure figure = {
		.kind = P2P_FIGURE_SPEED, .client = command->drive, .provider = command->gpu,
	};

	if (!type || !transfer || !speed || !strstr(speed, "GiB/sec"))
		return;
	/* Only host memory is involved, so there is no pair. */
	if (!strncmp(transfer, "CPUONLY", 7))
		return;
	if (!p2p_field_number(p2p_field_until(speed, " "), &figure.value)) {
		p2p_reading_skip(reading, at, "the throughput of gdsio is not a number");
		return;
	}
	figure.value *= GIBIBYTE / 1e9;
	figure.read = strncmp(type, "READ", 4) != 0 && strncmp(type, "RANDREAD", 8) != 0;
	/* CPU_GPU and the like copy through a host buffer. */
	figure.peer = !strncmp(transfer, "GPUD", 4) || !strncmp(transfer, "GPU_", 4) ? P2P_YES : P2P_NO;
	p2p_reading_add(reading, at, &figure);
}

void p2p_read_gdsio(struct p2p_reading *reading)
{
	struct command command = { 0 };

	for (size_t i = 0; i < reading->count; i++) {
		if (strstr(reading->lines[i], "gdsio ") && strstr(reading->lines[i], " -x"))
			take_command(reading, &command, reading->lines[i]);
		else if (strstr(reading->lines[i], "IoType: "))
			take_result(reading, &command, i);
	}
}
