/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fio with peer memory: the p2pmem of a drive (iomem=mmapshared:...), or that of a GPU through libcufile
 * (gpu_dev_ids).  The drive that fio uses does the DMA: READ writes into the peer memory.
 * Source: axboe/fio, stat.c, and fio(1).
 */
#include <string.h>

#include "policy/measured/reading.h"

/** struct run - what is known about a run. */
struct run {
	struct p2p_end drive, memory;
	double bytes[2];		/* a second: read from the drive, written to it */
	size_t line[2];
	bool met;
};

static void end_run(struct p2p_reading *reading, struct run *run)
{
	for (size_t i = 0; i < 2; i++) {
		struct p2p_figure figure = {
			.kind = P2P_FIGURE_SPEED, .client = run->drive, .provider = run->memory,
			.read = i, .value = run->bytes[i] / 1e9,
			/* If it reads and writes, both share the path. */
			.how = run->bytes[0] > 0 && run->bytes[1] > 0 ? P2P_FIGURE_AGAINST :
									P2P_FIGURE_ALONE,
		};

		if (run->bytes[i] > 0)
			p2p_reading_add(reading, run->line[i], &figure);
	}
	*run = (struct run){ 0 };
}

/* Take the drive from "/dev/nvme0n1", or the provider from ".../devices/0000:01:00.0/p2pmem/allocate". */
static void take_path(struct p2p_reading *reading, struct run *run, const char *text)
{
	const char *pool = strstr(text, "/p2pmem"), *device = p2p_after(text, "/dev/");
	struct p2p_end end;

	if (pool) {
		const char *start = pool;

		while (start > text && start[-1] != '/')
			start--;
		if (p2p_field_address((struct p2p_field){ start, (size_t)(pool - start) }, &end))
			run->memory = end;
	}
	if (device && !strncmp(device, "nvme", 4))
		run->drive = p2p_end_of_name(p2p_reading_word(reading,
							      p2p_field_until(device, " \t:,;'\"")));
}

static void take_gpu(struct run *run, const char *text)
{
	unsigned int index;

	if (!p2p_index(text, &index))
		return;
	run->memory = p2p_end_of_index(P2P_CLASS_GPU, index);
	run->memory.single = true;
}

/* "READ: bw=2997MiB/s (3143MB/s), ...": the unit in parentheses is a power of ten. */
static double bytes_of(const char *line)
{
	static const struct { const char *unit; double bytes; } units[] = {
		{ "B/s", 1 }, { "kB/s", 1e3 }, { "MB/s", 1e6 }, { "GB/s", 1e9 }, { "TB/s", 1e12 },
	};
	const char *open = strchr(line, '(');
	size_t length;
	double value;

	if (!open)
		return 0;
	length = strspn(open + 1, "0123456789.");
	if (!p2p_field_number((struct p2p_field){ open + 1, length }, &value))
		return 0;
	for (size_t i = 0; i < P2P_LENGTH(units); i++) {
		size_t size = strlen(units[i].unit);

		if (!strncmp(open + 1 + length, units[i].unit, size) &&
		    open[1 + length + size] == ')')
			return value * units[i].bytes;
	}
	return 0;
}

static void take_status(struct p2p_reading *reading, struct run *run, size_t at, bool write)
{
	run->bytes[write] = bytes_of(reading->lines[at]);
	run->line[write] = at;
	if (!(run->bytes[write] > 0))
		p2p_reading_skip(reading, at, "the bandwidth of fio is not a number");
}

static void read_text(struct p2p_reading *reading)
{
	struct run run = { 0 };

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);
		const char *gpu = p2p_after(line, "gpu_dev_ids=");

		/* Skip JSON, which read_document() reads.  A line with a group id begins the next run. */
		if (*line == '"' || *line == '{')
			continue;
		if (strstr(line, "(groupid=")) {
			if (run.met)
				end_run(reading, &run);
			run.met = true;
		}
		if (gpu)
			take_gpu(&run, gpu);
		take_path(reading, &run, line);
		if (!strncmp(line, "READ: bw=", 9))
			take_status(reading, &run, i, false);
		else if (!strncmp(line, "WRITE: bw=", 10))
			take_status(reading, &run, i, true);
		else if (!strncmp(line, "nvme", 4) && strstr(line, ": ios=") && !run.drive.named)
			run.drive = p2p_end_of_name(p2p_reading_word(reading,
								     p2p_field_until(line, ":")));
	}
	end_run(reading, &run);
}

static double bandwidth_of(struct json_object *job, const char *direction)
{
	struct json_object *value = p2p_json_member(p2p_json_member(job, direction), "bw_bytes");

	return json_object_is_type(value, json_type_int) ?
	       (double)json_object_get_int64(value) : 0;
}

static void take_options(struct p2p_reading *reading, struct run *run, struct json_object *options)
{
	const char *gpu = p2p_json_word(options, "gpu_dev_ids");

	take_path(reading, run, p2p_json_word(options, "iomem"));
	take_path(reading, run, p2p_json_word(options, "mem"));
	take_path(reading, run, p2p_json_word(options, "filename"));
	if (*gpu)
		take_gpu(run, gpu);
}

static void read_document(struct p2p_reading *reading, const struct p2p_json *json, size_t first)
{
	struct json_object *jobs = p2p_json_member(json->root, "jobs");

	if (!*p2p_json_word(json->root, "fio version"))
		return;
	for (size_t i = 0; i < p2p_json_length(jobs); i++) {
		struct json_object *job = json_object_array_get_idx(jobs, i);
		struct run run = { 0 };

		take_options(reading, &run, p2p_json_member(json->root, "global options"));
		take_options(reading, &run, p2p_json_member(job, "job options"));
		run.bytes[0] = bandwidth_of(job, "read");
		run.bytes[1] = bandwidth_of(job, "write");
		run.line[0] = p2p_json_line(json, first, p2p_json_member(job, "read"));
		run.line[1] = p2p_json_line(json, first, p2p_json_member(job, "write"));
		end_run(reading, &run);
	}
}

void p2p_read_fio(struct p2p_reading *reading)
{
	read_text(reading);
	p2p_reading_json(reading, read_document);
}
