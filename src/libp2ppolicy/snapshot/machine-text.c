/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads files and the output of commands that describe the machine: /proc/cpuinfo, lscpu, uname -a,
 * /proc/version, /proc/cmdline, the kernel configuration.  They are turned into files of procfs; the host
 * name and the builder of the kernel are left out.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/sources.h"

/** enum kind - what a line belongs to. */
enum kind { KIND_NONE, KIND_CPUINFO, KIND_LSCPU, KIND_RELEASE, KIND_CMDLINE, KIND_CONFIG };

/**
 * struct reader - a text while it is read.
 * @kind: of the line before
 * @number: number of the current line
 * @cpus: processors seen so far
 * @cpuinfo, @config: the contents of these files
 */
struct reader {
	const struct p2p_input *input;
	struct p2p_snapshot *snapshot;
	enum kind kind;
	unsigned int number, cpus, cpuinfo_line, config_line;
	struct p2p_buffer cpuinfo, config;
};

/* Length of "6.8.0-45-generic" and the like, up to a blank; 0 if it is not one. */
static size_t release_length(const char *text)
{
	size_t length = strcspn(text, " \t\n");

	return isdigit((unsigned char)*text) && memchr(text, '.', length) && length < 128 ? length :
	       0;
}

/* Is it the version of a kernel (2.6.x to 9.x) rather than of a driver or a library? */
static bool is_release(const char *line)
{
	size_t length = release_length(line);

	return length && !line[length] && *line >= '2' && *line <= '9' && line[1] == '.' &&
	       isdigit((unsigned char)line[2]);
}

/* Does it look like the output of uname -r, with a word typical of distribution kernels? */
static bool is_named_release(const char *line)
{
	static const char *const words[] = {
		"-generic", "-amd64", "-arm64", "x86_64", "aarch64", "-arch", "-default", "-lts",
		"-lowlatency", "-azure", "-aws", "-gcp", "-oracle", "-nvidia", "-pve", "-zen",
		"-cachyos", "-microsoft-standard",
	};

	for (size_t i = 0; i < P2P_LENGTH(words) && is_release(line); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/*
 * Find what follows "Linux version " in /proc/version, or "Linux HOST " in the output of uname -a, which
 * nvidia-bug-report.sh prefixes with "uname: ".
 */
static const char *find_release(const char *line)
{
	const char *at;

	line += p2p_starts(line, "uname: ") ? strlen("uname: ") : 0;
	if (p2p_starts(line, "Linux version "))
		at = line + strlen("Linux version ");
	else if (p2p_starts(line, "Linux ") && strstr(line, " #"))
		at = line + 6 + strcspn(line + 6, " ") + 1;
	else if (is_named_release(line))
		at = line;
	else
		return NULL;
	if (at > line + strlen(line) || !release_length(at))
		return NULL;
	/* Where words should follow on the line and do not, its last letters may have been cut off as well. */
	return at == line || at[release_length(at)] ? at : NULL;
}

static bool is_config(const char *line)
{
	return (p2p_starts(line, "CONFIG_") && strchr(line, '=')) ||
	       (p2p_starts(line, "# CONFIG_") && strstr(line, " is not set"));
}

/* "processor\t: 0" starts a processor. */
static bool is_processor(const char *line)
{
	return p2p_starts(line, "processor") && line[9 + strspn(line + 9, " \t")] == ':';
}

static enum kind start_of(const char *line)
{
	if (is_processor(line))
		return KIND_CPUINFO;
	if (p2p_starts(line, "Architecture:"))
		return KIND_LSCPU;
	if (find_release(line))
		return KIND_RELEASE;
	if (p2p_starts(line, "BOOT_IMAGE="))
		return KIND_CMDLINE;
	return is_config(line) ? KIND_CONFIG : KIND_NONE;
}

/* "key : value" with a key of a few words. */
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

/* Is there nothing else in the text (uname -r > FILE)? */
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

/* @line: of the text */
static void add_file(struct reader *reader, const char *path, const char *data, size_t size,
		     unsigned int line)
{
	p2p_snapshot_add_file(reader->snapshot, path, p2p_input_line(reader->input, line), data, size);
}

static void append(struct reader *reader, struct p2p_buffer *buffer, const char *text)
{
	reader->snapshot->no_memory |= p2p_buffer_append_line(buffer, text) < 0;
}

/* Only the first processor counts, as in the kernel. */
static void take_cpuinfo(struct reader *reader, const char *line)
{
	static const char *const keys[] = { "vendor_id", "cpu family", "model name", "model",
					    "CPU implementer", "CPU part", "flags" };

	if (is_processor(line))
		reader->cpus++;
	if (reader->cpus != 1)
		return;
	if (!reader->cpuinfo_line)
		reader->cpuinfo_line = reader->number;
	for (size_t i = 0; i < P2P_LENGTH(keys); i++) {
		size_t length = strlen(keys[i]);

		if (p2p_starts(line, keys[i]) && line[length + strspn(line + length, " \t")] == ':') {
			append(reader, &reader->cpuinfo, line);
			return;
		}
	}
}

/* Translate the keys of lscpu to those of /proc/cpuinfo. */
static void take_lscpu(struct reader *reader, const char *line)
{
	static const struct { const char *said, *is; } keys[] = {
		{ "Vendor ID:", "vendor_id" }, { "CPU family:", "cpu family" },
		{ "Model name:", "model name" }, { "Model:", "model" }, { "Flags:", "flags" },
	};
	char text[4096];

	if (!reader->cpuinfo_line)
		reader->cpuinfo_line = reader->number;
	for (size_t i = 0; i < P2P_LENGTH(keys); i++) {
		const char *value = line + strlen(keys[i].said);

		if (!p2p_starts(line, keys[i].said))
			continue;
		snprintf(text, sizeof(text), "%s\t: %s", keys[i].is, value + strspn(value, " \t"));
		append(reader, &reader->cpuinfo, text);
		return;
	}
}

static void take_line(struct reader *reader, const char *line)
{
	enum kind kind = start_of(line);
	const char *release = kind == KIND_RELEASE ? find_release(line) : NULL;

	if (kind != KIND_NONE)
		reader->kind = kind;
	if (release)
		add_file(reader, "proc/sys/kernel/osrelease", release, release_length(release),
			 reader->number);
	if (kind == KIND_CMDLINE)
		add_file(reader, "proc/cmdline", line, strlen(line), reader->number);
	if (reader->kind == KIND_CPUINFO)
		take_cpuinfo(reader, line);
	if (reader->kind == KIND_LSCPU)
		take_lscpu(reader, line);
	if (reader->kind != KIND_CONFIG)
		return;
	if (!reader->config_line)
		reader->config_line = reader->number;
	append(reader, &reader->config, line);
}

/*
 * Add the options of p2pdma.  If CONFIG_PCI_P2PDMA is mentioned, PCI is enabled: Kconfig prints nothing for
 * an option whose dependencies are not met.  If it is not mentioned, the text may be just a few lines that
 * somebody searched for.
 */
static void add_config(struct reader *reader)
{
	if (!reader->config.size || !strstr(reader->config.data, "CONFIG_PCI_P2PDMA"))
		return;
	append(reader, &reader->config, "CONFIG_PCI=y");
	add_file(reader, "proc/config", reader->config.data, reader->config.size, reader->config_line);
}

static void read_lines(struct reader *reader)
{
	const char *at = reader->input->data, *end = at + reader->input->size;

	while (at < end && !reader->snapshot->no_memory) {
		size_t length = strcspn(at, "\n");
		char *line = strndup(at + strspn(at, " \t"), length);

		reader->snapshot->no_memory |= !line;
		reader->number++;
		if (line)
			line[strcspn(line, "\r\n")] = '\0';
		if (line && *line)
			take_line(reader, line);
		free(line);
		at += length + 1;
	}
}

static int load_machine(struct p2p_context *context, const struct p2p_input *input,
			struct p2p_snapshot *snapshot)
{
	struct reader reader = { .input = input, .snapshot = snapshot };
	char line[256];

	(void)context;
	if (is_release_alone(input, line)) {
		add_file(&reader, "proc/sys/kernel/osrelease", line, strlen(line), 1);
		return 0;
	}
	read_lines(&reader);
	if (reader.cpuinfo.size)
		add_file(&reader, "proc/cpuinfo", reader.cpuinfo.data, reader.cpuinfo.size,
			 reader.cpuinfo_line);
	add_config(&reader);
	free(reader.cpuinfo.data);
	free(reader.config.data);
	p2p_snapshot_sort_entries(snapshot);
	return 0;
}

const struct p2p_format p2p_format_machine_text = {
	.sniff = is_machine, .load = load_machine, .line = line_of, .whole = true,
};
