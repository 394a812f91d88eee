/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * perftest (ib_write_bw, ib_read_bw, ib_send_bw) with GPU memory.  It measures transfers through the
 * network; the pair is the adapter and the GPU of the side that printed the text.  Its MB is 2^20 bytes.
 * Source: linux-rdma/perftest, src/perftest_parameters.[ch], src/cuda_memory.c, src/rocm_memory.c.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/measured/reading.h"

#define MEBIBYTE	1048576.0

/**
 * struct run - one run, as far as it has been read.
 * @in: it is a write, which arrives at the server; a read arrives at the client
 * @scale: bytes a second per unit; 0: the heading of the figures has not been found
 * @best: the highest average, usually that of the largest messages
 */
struct run {
	bool heading, in, both, server;
	struct p2p_end gpu, adapter;
	double scale, best;
	size_t line;
};

static void end_run(struct p2p_reading *reading, struct run *run)
{
	struct p2p_figure figure = {
		.kind = P2P_FIGURE_SPEED, .how = run->both ? P2P_FIGURE_SUM : P2P_FIGURE_ALONE,
		.client = run->adapter, .provider = run->gpu,
		/* The adapter reads the GPU's memory on the side where the data do not arrive. */
		.read = run->in != run->server,
		.value = run->best * run->scale / 1e9,
	};

	if (run->best > 0 && run->gpu.named)
		p2p_reading_add(reading, run->line, &figure);
	else if (run->best > 0)
		p2p_reading_skip(reading, run->line, "a run of perftest without GPU memory");
	*run = (struct run){ 0 };
}

/* "RDMA_Write Bidirectional BW Test" */
static void take_heading(struct run *run, const char *line)
{
	run->heading = true;
	run->both = strstr(line, "Bidirectional");
	run->in = !strstr(line, "RDMA_Read");
}

static void take_gpu(struct p2p_reading *reading, struct run *run, const char *line)
{
	static const char *const numbers[] = { "Picking device No. ", "Picking GPU number ",
					       "--use_cuda=", "--use_cuda ", "--use_rocm=",
					       "--use_rocm " };
	const char *address = p2p_after(line, "PCIe address is "), *rest;
	struct p2p_end end;
	unsigned int index;
	unsigned long bus;

	for (size_t i = 0; i < P2P_LENGTH(numbers); i++) {
		rest = p2p_after(line, numbers[i]);
		if (rest && p2p_index(rest, &index) && run->gpu.named != P2P_NAMED_BY_ADDRESS) {
			run->gpu = p2p_end_of_index(P2P_CLASS_GPU, index);
			run->gpu.single = true;
		}
	}
	rest = p2p_after(line, "CUDA device ");
	if (address && rest && p2p_index(rest, &index))
		p2p_reading_list_gpu(reading, index, p2p_field_until(address, " \t"));
	rest = p2p_after(line, "Finding PCIe BUS ");
	if (rest && p2p_field_address(p2p_field_until(rest, " \t"), &end))
		run->gpu = end;
	rest = p2p_after(line, "Using ROCm Device with ID:") ? p2p_after(line, "PCI Bus ID:") : NULL;
	if (rest && p2p_hex(rest, 0xff, &bus))
		run->gpu = (struct p2p_end){
			.named = P2P_NAMED_BY_ADDRESS, .bdf = { 0, (uint8_t)bus, 0 },
		};
}

static void take_adapter(struct p2p_reading *reading, struct run *run, const char *line)
{
	const char *mark = strstr(line, "Device "), *name;
	struct p2p_field field;

	if (!strstr(line, "Dual-port") || !mark)
		return;
	name = mark + strcspn(mark, ":");
	if (*name)
		name += 1 + strspn(name + 1, " \t");
	field = p2p_field_until(name, " \t");
	if (field.length)
		run->adapter = p2p_end_of_name(p2p_reading_word(reading, field));
}

static double scale_of(const char *line)
{
	const char *unit = p2p_after(line, "BW average[");

	if (!unit)
		return 0;
	return !strncmp(unit, "Gb/sec", 6) ? 1e9 / 8 : MEBIBYTE;
}

/* " 65536      5000             11765.88            11761.70		   0.188187" */
static void take_row(struct p2p_reading *reading, struct run *run, size_t at)
{
	struct p2p_field fields[P2P_MOST_FIELDS];
	size_t count = p2p_fields(reading->lines[at], fields);
	double values[4];

	if (count < 4)
		return;
	for (size_t i = 0; i < 4; i++)
		if (!p2p_field_number(fields[i], &values[i]))
			return;
	if (values[3] > run->best) {
		run->best = values[3];
		run->line = at;
	}
}

void p2p_read_perftest(struct p2p_reading *reading)
{
	struct run run = { 0 };

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = reading->lines[i];

		/* A dashed line ends the figures. */
		if (run.best > 0 && strstr(line, "--------"))
			end_run(reading, &run);
		if (strstr(line, "BW Test") && (strstr(line, "RDMA_") || strstr(line, "Send ")))
			take_heading(&run, line);
		else if (strstr(line, "Waiting for client to connect"))
			run.server = true;
		else if (scale_of(line) > 0)
			run.scale = scale_of(line);
		else if (run.scale > 0 && run.heading)
			take_row(reading, &run, i);
		take_gpu(reading, &run, line);
		take_adapter(reading, &run, line);
	}
	end_run(reading, &run);
}
