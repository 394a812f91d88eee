/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files and commands that say what machine it is, as text: /proc/cpuinfo, lscpu, uname -a,
 * /proc/version, /proc/cmdline, the kernel's configuration.  What they say becomes the files of
 * procfs; host names and who built the kernel are left out.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/sources.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** enum kind - what a line is of. */
enum kind { KIND_NONE, KIND_CPUINFO, KIND_LSCPU, KIND_RELEASE, KIND_CMDLINE, KIND_CONFIG };

/**
 * struct reader - a text while it is read.
 * @kind: of the line before
 * @number: of the line that is read
 * @cpus: processors that began
 * @cpuinfo, @config: what becomes of these files
 */
struct reader {
	struct p2p_context *context;
	const struct p2p_input *input;
	struct p2p_snapshot *snapshot;
	enum kind kind;
	unsigned int number, cpus, cpuinfo_line, config_line;
	struct p2p_buffer cpuinfo, config;
};

static bool starts(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* "6.8.0-45-generic" and the like, up to a blank; 0 it is none. */
static size_t release_length(const char *text)
{
	size_t length = strcspn(text, " \t\n");

	return isdigit((unsigned char)*text) && memchr(text, '.', length) && length < 128 ? length :
	       0;
}

/* A version of a kernel, and not of a driver or a library: 2.6.x to 9.x. */
static bool is_release(const char *line)
{
	size_t length = release_length(line);

	return length && !line[length] && *line >= '2' && *line <= '9' && line[1] == '.' &&
	       isdigit((unsigned char)line[2]);
}

/* What uname -r prints, where the words of a distribution's kernel tell it from other versions. */
static bool is_named_release(const char *line)
{
	static const char *const words[] = {
		"-generic", "-amd64", "-arm64", "x86_64", "aarch64", "-arch", "-default", "-lts",
		"-lowlatency", "-azure", "-aws", "-gcp", "-oracle", "-nvidia", "-pve", "-zen",
		"-cachyos", "-microsoft-standard",
	};

	for (size_t i = 0; i < COUNT(words) && is_release(line); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/*
 * What stands behind "Linux version " of /proc/version, or "Linux HOST " of uname -a, which
 * nvidia-bug-report.sh puts "uname: " before.
 */
static const char *find_release(const char *line)
{
	const char *at;

	line += starts(line, "uname: ") ? strlen("uname: ") : 0;
	if (starts(line, "Linux version "))
		at = line + strlen("Linux version ");
	else if (starts(line, "Linux ") && strstr(line, " #"))
		at = line + 6 + strcspn(line + 6, " ") + 1;
	else if (is_named_release(line))
		at = line;
	else
		return NULL;
	return at <= line + strlen(line) && release_length(at) ? at : NULL;
}

static bool is_config(const char *line)
{
	return (starts(line, "CONFIG_") && strchr(line, '=')) ||
	       (starts(line, "# CONFIG_") && strstr(line, " is not set"));
}

/* "processor\t: 0" begins a processor. */
static bool is_processor(const char *line)
{
	return starts(line, "processor") && line[9 + strspn(line + 9, " \t")] == ':';
}

static enum kind start_of(const char *line)
{
	if (is_processor(line))
		return KIND_CPUINFO;
	if (starts(line, "Architecture:"))
		return KIND_LSCPU;
	if (find_release(line))
		return KIND_RELEASE;
	if (starts(line, "BOOT_IMAGE="))
		return KIND_CMDLINE;
	return is_config(line) ? KIND_CONFIG : KIND_NONE;
}

/* "key : value", where the key is a few words. */
static bool is_value(const char *line)
{
	const char *colon = strchr(line, ':');

	return colon && colon - line < 32 && colon > line && (!colon[1] || colon[1] == ' ' ||
							      colon[1] == '\t');
}

static unsigned int line_of(const char *line)
{
	if (start_of(line))
		return P2P_LINE_STARTS;
	return is_value(line) ? P2P_LINE_INSIDE : 0;
}

/* Nothing else is in the text: uname -r > FILE. */
static bool is_release_alone(const struct p2p_input *input, char line[256])
{
	const char *at = input->data, *end = at + input->size;

	if (input->size >= 256 || !p2p_input_next(&at, end, line, 256) || !is_release(line))
		return false;
	return at >= end || !at[strspn(at, " \t\r\n")];
}

static bool is_machine(const struct p2p_input *input)
{
	const char *text = input->data;
	char line[256];

	if (!text || memchr(text, '\0', input->size))
		return false;
	text += strspn(text, " \t\r\n");
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	return start_of(line) != KIND_NONE || is_release_alone(input, line);
}

static int out_of_memory(const struct reader *reader)
{
	return p2p_error(reader->context, -ENOMEM, "out of memory");
}

static int add_file(struct reader *reader, const char *path, const char *data, size_t size,
		    unsigned int line)
{
	struct p2p_entry *entry = p2p_snapshot_add_entry(reader->snapshot, path);

	if (!entry)
		return out_of_memory(reader);
	entry->line = p2p_input_line(reader->input, line);
	entry->file.data = p2p_arena_copy(&reader->snapshot->arena, data, size);
	entry->file.size = (uint32_t)size;
	entry->file.fact = P2P_PRESENT;
	return entry->file.data ? 0 : out_of_memory(reader);
}

static int append(struct reader *reader, struct p2p_buffer *buffer, const char *text)
{
	if (p2p_buffer_append(buffer, text, strlen(text)) < 0 ||
	    p2p_buffer_append(buffer, "\n", 1) < 0)
		return out_of_memory(reader);
	return 0;
}

/* Only the first processor counts, as for the kernel. */
static int take_cpuinfo(struct reader *reader, const char *line)
{
	static const char *const keys[] = { "vendor_id", "cpu family", "model name", "model",
					    "CPU implementer", "CPU part", "flags" };

	if (is_processor(line))
		reader->cpus++;
	if (reader->cpus != 1)
		return 0;
	if (!reader->cpuinfo_line)
		reader->cpuinfo_line = reader->number;
	for (size_t i = 0; i < COUNT(keys); i++) {
		size_t length = strlen(keys[i]);

		if (starts(line, keys[i]) && line[length + strspn(line + length, " \t")] == ':')
			return append(reader, &reader->cpuinfo, line);
	}
	return 0;
}

/* The words of lscpu become those of /proc/cpuinfo. */
static int take_lscpu(struct reader *reader, const char *line)
{
	static const struct { const char *said, *is; } keys[] = {
		{ "Vendor ID:", "vendor_id" }, { "CPU family:", "cpu family" },
		{ "Model name:", "model name" }, { "Model:", "model" }, { "Flags:", "flags" },
	};
	char text[4096];

	if (!reader->cpuinfo_line)
		reader->cpuinfo_line = reader->number;
	for (size_t i = 0; i < COUNT(keys); i++) {
		const char *value = line + strlen(keys[i].said);

		if (!starts(line, keys[i].said))
			continue;
		snprintf(text, sizeof(text), "%s\t: %s", keys[i].is, value + strspn(value, " \t"));
		return append(reader, &reader->cpuinfo, text);
	}
	return 0;
}

static int take_line(struct reader *reader, const char *line)
{
	enum kind kind = start_of(line);
	const char *release;

	if (kind != KIND_NONE)
		reader->kind = kind;
	switch (reader->kind) {
	case KIND_CPUINFO:
		return take_cpuinfo(reader, line);
	case KIND_LSCPU:
		return take_lscpu(reader, line);
	case KIND_RELEASE:
		release = kind == KIND_RELEASE ? find_release(line) : NULL;
		return release ? add_file(reader, "proc/sys/kernel/osrelease", release,
					  release_length(release), reader->number) : 0;
	case KIND_CMDLINE:
		return kind == KIND_CMDLINE ? add_file(reader, "proc/cmdline", line, strlen(line),
						       reader->number) : 0;
	case KIND_CONFIG:
		if (!reader->config_line)
			reader->config_line = reader->number;
		return append(reader, &reader->config, line);
	case KIND_NONE:
		break;
	}
	return 0;
}

/*
 * The options of p2pdma.  Where it is asked for, PCI is on: Kconfig says nothing of an option whose
 * conditions do not hold.  Without a line of it, a few lines may be all that somebody looked for.
 */
static int add_config(struct reader *reader)
{
	if (!reader->config.size || !strstr(reader->config.data, "CONFIG_PCI_P2PDMA"))
		return 0;
	if (append(reader, &reader->config, "CONFIG_PCI=y") < 0)
		return -ENOMEM;
	return add_file(reader, "proc/config", reader->config.data, reader->config.size,
			reader->config_line);
}

static int read_lines(struct reader *reader)
{
	const char *at = reader->input->data, *end = at + reader->input->size;
	int r = 0;

	while (at < end && r == 0) {
		size_t length = strcspn(at, "\n");
		char *line = strndup(at + strspn(at, " \t"), length);

		if (!line)
			return out_of_memory(reader);
		line[strcspn(line, "\r\n")] = '\0';
		reader->number++;
		r = *line ? take_line(reader, line) : 0;
		free(line);
		at += length + 1;
	}
	return r;
}

static int load_machine(struct p2p_context *context, const struct p2p_input *input,
			struct p2p_snapshot *snapshot)
{
	struct reader reader = { .context = context, .input = input, .snapshot = snapshot };
	char line[256];
	int r;

	if (is_release_alone(input, line))
		return add_file(&reader, "proc/sys/kernel/osrelease", line, strlen(line), 1);
	r = read_lines(&reader);
	if (r == 0 && reader.cpuinfo.size)
		r = add_file(&reader, "proc/cpuinfo", reader.cpuinfo.data, reader.cpuinfo.size,
			     reader.cpuinfo_line);
	if (r == 0)
		r = add_config(&reader);
	free(reader.cpuinfo.data);
	free(reader.config.data);
	p2p_snapshot_sort_entries(snapshot);
	return r;
}

const struct p2p_format p2p_format_machine_text = {
	.sniff = is_machine, .load = load_machine, .line = line_of, .whole = true,
};
