/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fio with peer memory: the p2pmem of a drive (iomem=mmapshared:...), or that of a GPU through libcufile
 * (gpu_dev_ids).  The drive that fio uses does the DMA: READ writes into the peer memory.
 * Source: axboe/fio, stat.c, and fio(1).
 */
#include <string.h>

#include "policy/measured/reading.h"

/**
 * struct run - what is known about a run.
 * @file: the first that it was told to use; @disk: the first of which statistics are printed
 * @several: there is another drive or GPU, and what is printed is the total of them all
 */
struct run {
	struct p2p_end drive, memory;
	struct p2p_field file, disk;
	double bytes[2];		/* a second: read from the drive, written to it */
	size_t line[2];
	bool met, several;
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

		if (run->bytes[i] > 0 && run->several)
			p2p_reading_skip(reading, run->line[i], "fio gives one total for several devices");
		else if (run->bytes[i] > 0)
			p2p_reading_add(reading, run->line[i], &figure);
	}
	*run = (struct run){ 0 };
}

/* What follows "/dev/"; NULL for a file elsewhere. */
static const char *in_dev(struct p2p_field file)
{
	return strncmp(file.text, "/dev/", 5) ? NULL : file.text + 5;
}

/* "nvme0n1p2" is of drive 0; the names may follow "/dev/". */
static bool drive_number(struct p2p_field file, unsigned int *ret_number)
{
	const char *name = in_dev(file) ? in_dev(file) : file.text;

	return !strncmp(name, "nvme", 4) && p2p_index(name + 4, ret_number);
}

/* Two files that are no devices may lie on one drive; the statistics of the disks tell. */
static bool may_be_one_drive(struct p2p_field a, struct p2p_field b)
{
	unsigned int number[2];
	bool nvme[2] = { drive_number(a, &number[0]), drive_number(b, &number[1]) };

	if (nvme[0] || nvme[1])
		return nvme[0] && nvme[1] && number[0] == number[1];
	if (!in_dev(a) && !in_dev(b))
		return true;
	return a.length == b.length && !strncmp(a.text, b.text, a.length);
}

static void note_drive(struct run *run, struct p2p_field *first, struct p2p_field file)
{
	if (!first->text)
		*first = file;
	else if (!may_be_one_drive(*first, file))
		run->several = true;
}

/* A name in a list of them; "\:" is a colon in it. */
static struct p2p_field name_in_list(const char *text)
{
	size_t length = 0;

	while (text[length] && !strchr(" \t:,;'\"", text[length]))
		length += text[length] == '\\' && text[length + 1] ? 2 : 1;
	return (struct p2p_field){ text, length };
}

/* "/dev/nvme0n1:/dev/nvme1n1": fio shares its work out among all of them. */
static void take_files(struct p2p_reading *reading, struct run *run, const char *text)
{
	while (*text) {
		struct p2p_field file = name_in_list(text);

		if (file.length)
			note_drive(run, &run->file, file);
		if (!run->drive.named && file.length > 5 && in_dev(file) &&
		    !strncmp(in_dev(file), "nvme", 4))
			run->drive = p2p_end_of_name(p2p_reading_word(reading,
				(struct p2p_field){ file.text + 5, file.length - 5 }));
		text += file.length;
		if (*text++ != ':')
			break;
	}
}

/* Take the provider from ".../devices/0000:01:00.0/p2pmem/allocate". */
static void take_memory(struct run *run, const char *text)
{
	const char *pool = strstr(text, "/p2pmem"), *start = pool;
	struct p2p_end end;

	if (!pool)
		return;
	while (start > text && start[-1] != '/')
		start--;
	if (p2p_field_address((struct p2p_field){ start, (size_t)(pool - start) }, &end))
		run->memory = end;
}

/* "0:1": the jobs take turns with them. */
static void take_gpu(struct run *run, const char *text)
{
	unsigned int index, other;
	const char *next = p2p_index(text, &index);

	if (!next)
		return;
	run->memory = p2p_end_of_index(P2P_CLASS_GPU, index);
	run->memory.single = true;
	while (next && *next == ':' && (next = p2p_index(next + 1, &other)))
		run->several |= other != index;
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

/* What a command or a job file says.  If the speeds have been met, it is the next run's. */
static void take_line(struct p2p_reading *reading, struct run *run, const char *line)
{
	static const char *const marks[] = { "filename=", "/dev/nvme" };
	const char *gpu = p2p_after(line, "gpu_dev_ids=");
	bool says = gpu || strstr(line, "/p2pmem");

	for (size_t i = 0; i < P2P_LENGTH(marks); i++)
		says |= strstr(line, marks[i]) != NULL;
	if (!says)
		return;
	if (run->bytes[0] > 0 || run->bytes[1] > 0)
		end_run(reading, run);
	if (gpu)
		take_gpu(run, gpu);
	take_memory(run, line);
	for (size_t i = 0; i < P2P_LENGTH(marks); i++)
		for (const char *at = line; (at = strstr(at, marks[i])); at += strlen(marks[i]))
			take_files(reading, run, *at == '/' ? at : at + strlen(marks[i]));
}

/* "nvme0n1: ios=457000/0, ...".  Volumes made of several disks are printed with the disks. */
static void take_disk(struct p2p_reading *reading, struct run *run, const char *line)
{
	struct p2p_field disk = p2p_field_until(line, ":");

	if (!strstr(line, ": ios=") || (strncmp(line, "nvme", 4) != 0 && strncmp(line, "sd", 2) != 0))
		return;
	note_drive(run, &run->disk, disk);
	if (*line == 'n' && !run->drive.named)
		run->drive = p2p_end_of_name(p2p_reading_word(reading, disk));
}

static void read_text(struct p2p_reading *reading)
{
	struct run run = { 0 };

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);

		/* Skip JSON, which read_document() reads.  A line with a group id begins the next run. */
		if (*line == '"' || *line == '{')
			continue;
		if (strstr(line, "(groupid=")) {
			if (run.met)
				end_run(reading, &run);
			run.met = true;
		}
		take_line(reading, &run, line);
		if (!strncmp(line, "READ: bw=", 9))
			take_status(reading, &run, i, false);
		else if (!strncmp(line, "WRITE: bw=", 10))
			take_status(reading, &run, i, true);
		else
			take_disk(reading, &run, line);
	}
	end_run(reading, &run);
}

static double bandwidth_of(struct json_object *job, const char *direction)
{
	struct json_object *value = p2p_json_member(p2p_json_member(job, direction), "bw_bytes");

	return json_object_is_type(value, json_type_int) ?
	       (double)json_object_get_int64(value) : 0;
}

/* An option of the job; one for all jobs if it has none of its own. */
static const char *option(struct json_object *root, struct json_object *job, const char *name)
{
	const char *own = p2p_json_word(p2p_json_member(job, "job options"), name);

	return *own ? own : p2p_json_word(p2p_json_member(root, "global options"), name);
}

static bool reports_groups(struct json_object *root, struct json_object *job)
{
	return json_object_object_get_ex(p2p_json_member(root, "global options"), "group_reporting", NULL) ||
	       json_object_object_get_ex(p2p_json_member(job, "job options"), "group_reporting", NULL);
}

/* The statistics of the disks are those of all jobs; a group is printed as its first job. */
static void take_job(struct p2p_reading *reading, struct run *run, struct json_object *root,
		     struct json_object *job)
{
	struct json_object *disks = p2p_json_member(root, "disk_util");
	const char *gpu = option(root, job, "gpu_dev_ids");
	const char *name;

	take_memory(run, option(root, job, "mem"));
	take_memory(run, option(root, job, "iomem"));
	take_files(reading, run, option(root, job, "filename"));
	if (*gpu)
		take_gpu(run, gpu);
	if (p2p_json_length(p2p_json_member(root, "jobs")) > 1 && !reports_groups(root, job))
		return;
	for (size_t i = 0; i < p2p_json_length(disks); i++) {
		name = p2p_json_word(json_object_array_get_idx(disks, i), "name");
		if (!strncmp(name, "nvme", 4) || !strncmp(name, "sd", 2))
			note_drive(run, &run->disk, (struct p2p_field){ name, strlen(name) });
	}
}

static void read_document(struct p2p_reading *reading, const struct p2p_json *json, size_t first)
{
	struct json_object *jobs = p2p_json_member(json->root, "jobs");

	if (!*p2p_json_word(json->root, "fio version"))
		return;
	for (size_t i = 0; i < p2p_json_length(jobs); i++) {
		struct json_object *job = json_object_array_get_idx(jobs, i);
		struct run run = { 0 };

		take_job(reading, &run, json->root, job);
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
