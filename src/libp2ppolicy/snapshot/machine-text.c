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

#include "snapshot/join/join.h"
#include "snapshot/sources.h"

/** enum kind - what a line belongs to. */
enum kind { KIND_NONE, KIND_CPUINFO, KIND_LSCPU, KIND_RELEASE, KIND_CMDLINE, KIND_CONFIG };

/**
 * struct reader - a text while it is read.
 * @kind: of the line before
 * @asked: that line is the command uname, so that this one is what it printed
 * @built, @left_out: the last line that says so of CONFIG_PCI_P2PDMA; 0 if none does
 * @used: something in the text is about the machine
 * @number: number of the current line
 * @cpus: processors seen so far
 * @cpuinfo, @config: the contents of these files
 */
struct reader {
	const struct p2p_input *input;
	struct p2p_snapshot *snapshot;
	enum kind kind;
	bool asked, used;
	unsigned int number, cpus, cpuinfo_line, built, left_out;
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

/* Is there nothing else in the file (uname -r > FILE)? */
static bool is_release_alone(const struct p2p_input *input, char line[256])
{
	const char *at = input->data, *end = at + input->size;

	if (input->lines || input->size >= 256 || !p2p_input_next(&at, end, line, 256) || !is_release(line))
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

static struct p2p_entry *find_entry(const struct reader *reader, const char *path)
{
	for (size_t i = 0; i < reader->snapshot->entry_count; i++)
		if (!strcmp(reader->snapshot->entries[i].path, path))
			return &reader->snapshot->entries[i];
	return NULL;
}

/*
 * Add a file, unless the text had it before: people paste what they had before a change and what they have now,
 * or two machines.  If the two differ, neither is used.  @line: of the text
 */
static void add_file(struct reader *reader, const char *path, const char *data, size_t size,
		     unsigned int line)
{
	struct p2p_snapshot *snapshot = reader->snapshot;
	struct p2p_entry *entry = find_entry(reader, path);
	struct p2p_file file = { P2P_DENIED, 0, NULL };

	line = p2p_input_line(reader->input, line);
	if (!entry) {
		p2p_snapshot_add_file(snapshot, path, line, data, size);
		return;
	}
	p2p_snapshot_set(snapshot, &file, data, size);
	if (entry->file.fact == P2P_DENIED || file.fact == P2P_DENIED || p2p_join_same(path, &entry->file, &file))
		return;
	p2p_join_conflict(snapshot, NULL, path, (struct p2p_where){ snapshot->name, entry->line },
			  (struct p2p_where){ snapshot->name, line }, false);
	entry->file = (struct p2p_file){ P2P_DENIED, 0, NULL };
}

static void append(struct reader *reader, struct p2p_buffer *buffer, const char *text)
{
	reader->snapshot->no_memory |= p2p_buffer_append_line(buffer, text) < 0;
}

static void add_cpuinfo(struct reader *reader)
{
	if (reader->cpuinfo.size)
		add_file(reader, "proc/cpuinfo", reader->cpuinfo.data, reader->cpuinfo.size, reader->cpuinfo_line);
	free(reader->cpuinfo.data);
	reader->cpuinfo = (struct p2p_buffer){ 0 };
	reader->cpus = reader->cpuinfo_line = 0;
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
		{ "Hypervisor vendor:", "hypervisor vendor" },
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

/* "processor : 0", and not the next one of the same list. */
static bool is_first_processor(const char *line)
{
	return is_processor(line) && !strtoul(strchr(line, ':') + 1, NULL, 10);
}

/* A release alone on its line may be one of several kernels that are installed, unless uname printed it. */
static const char *running_release(const struct reader *reader, const char *line)
{
	const char *release = find_release(line);

	return release == line && !reader->asked ? NULL : release;
}

static void take_line(struct reader *reader, const char *line)
{
	enum kind kind = start_of(line);
	const char *release = kind == KIND_RELEASE ? running_release(reader, line) : NULL;

	if (kind != KIND_NONE)
		reader->kind = kind;
	reader->used |= release || (kind != KIND_NONE && kind != KIND_RELEASE);
	if (kind == KIND_LSCPU || (kind == KIND_CPUINFO && is_first_processor(line)))
		add_cpuinfo(reader);
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
	if (p2p_starts(line, "CONFIG_PCI_P2PDMA="))
		reader->built = reader->number;
	if (p2p_starts(line, "# CONFIG_PCI_P2PDMA is not set"))
		reader->left_out = reader->number;
	append(reader, &reader->config, line);
}

/*
 * Add the options of p2pdma.  If CONFIG_PCI_P2PDMA is mentioned, PCI is enabled: Kconfig prints nothing for
 * an option whose dependencies are not met.  If it is not mentioned, the text may be just a few lines that
 * somebody searched for.
 */
static void add_config(struct reader *reader)
{
	if (reader->built || reader->left_out) {
		append(reader, &reader->config, "CONFIG_PCI=y");
		add_file(reader, "proc/config", reader->config.data, reader->config.size,
			 reader->built ? reader->built : reader->left_out);
	}
	/* The text has it of two kernels. */
	if (reader->built && reader->left_out)
		add_file(reader, "proc/config", "", 0, reader->left_out);
}

/* The command of which the next line is the output. */
static bool is_uname(const char *line)
{
	return strstr(line, "uname") && !strstr(line, "Linux ");
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
		if (line && *line) {
			take_line(reader, line);
			reader->asked = is_uname(line);
		}
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
	reader.asked = input->before && is_uname(input->before);
	read_lines(&reader);
	add_cpuinfo(&reader);
	add_config(&reader);
	free(reader.config.data);
	p2p_snapshot_sort_entries(snapshot);
	return reader.used || snapshot->no_memory ? 0 : -ENOTSUP;
}

const struct p2p_format p2p_format_machine_text = {
	.sniff = is_machine, .load = load_machine, .line = line_of, .whole = true,
};
