/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns a log that was read into the files of the machine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/dmesg/dmesg.h"

#define PATH_MOST	2048u

/* @text: NULL if it is not known */
static void set_entry(struct p2p_log *log, const char *path, const char *text)
{
	struct p2p_snapshot *snapshot = log->snapshot;
	struct p2p_entry *entry = NULL;

	/* The last message of a boot counts: the command line is printed twice. */
	for (size_t i = 0; i < snapshot->entry_count; i++)
		if (!strcmp(snapshot->entries[i].path, path))
			entry = &snapshot->entries[i];
	if (!entry)
		entry = p2p_snapshot_add_entry(snapshot, path);
	if (!entry)
		return;
	entry->line = log->line;
	if (text)
		p2p_snapshot_set(snapshot, &entry->file, text, strlen(text));
	else
		entry->file = (struct p2p_file){ P2P_DENIED, 0, NULL };
}

/* "smpboot: CPU0: NAME (family: 0x19, model: 0x1, stepping: 0x1)"; before 4.10 "(fam: 06, ...". */
static void take_cpu(struct p2p_log *log, const char *text)
{
	static const struct { const char *start, *vendor; } vendors[] = {
		{ "AMD ", "AuthenticAMD" }, { "Intel", "GenuineIntel" }, { "Hygon", "HygonGenuine" },
		{ "Genuine Intel", "GenuineIntel" },
	};
	const char *tail = strstr(text, " (fam"), *vendor = NULL;
	unsigned int family, model;
	char comma = '\0';

	if (!tail || (sscanf(tail, " (family: %x, model: %x%c", &family, &model, &comma) != 3 &&
		      sscanf(tail, " (fam: %x, model: %x%c", &family, &model, &comma) != 3) || comma != ',')
		return;
	for (size_t i = 0; i < P2P_LENGTH(vendors); i++)
		if (!strncmp(text, vendors[i].start, strlen(vendors[i].start)))
			vendor = vendors[i].vendor;
	log->cpu_line = log->line;
	snprintf(log->cpu, sizeof(log->cpu),
		 "%s%s%scpu family\t: %u\nmodel\t\t: %u\nmodel name\t: %.*s\n",
		 vendor ? "vendor_id\t: " : "", vendor ? vendor : "", vendor ? "\n" : "", family,
		 model, (int)(tail - text < 128 ? tail - text : 128), text);
}

/*
 * "0x0000000000 [0x410fd4f0]": MIDR_EL1 of the first processor, and the first line of a boot, before the release
 * (arch/arm64/kernel/setup.c, smp_setup_processor_id()).
 */
static void take_arm(struct p2p_log *log, const char *text)
{
	const char *midr = strstr(text, " [0x");
	unsigned int value;
	char end = '\0';

	if (!midr || sscanf(midr, " [%10x%c", &value, &end) != 2 || end != ']')
		return;
	log->cpu_line = log->line;
	snprintf(log->cpu, sizeof(log->cpu), "CPU implementer\t: 0x%02x\nCPU part\t: 0x%03x\n", value >> 24, value >> 4 & 0xfff);
}

/*
 * A long command line continues on the next line, and journalctl ends lines wider than the screen with ">":
 * then it is not known as a whole, and an earlier one must not be kept either.
 */
static void take_command(struct p2p_log *log, const char *text)
{
	size_t length = strlen(text);
	bool whole = length && !strchr("\\>", text[length - 1]) && length + 64 < P2P_LOG_LINE;

	set_entry(log, "proc/cmdline", whole ? text : NULL);
}

/* "NVIDIA UNIX x86_64 Kernel Module  535.54.03  Tue Jun  6 ..." */
static void take_nvidia(struct p2p_log *log, const char *text)
{
	char line[P2P_LOG_LINE];

	snprintf(line, sizeof(line), "NVRM version: %s\n", text);
	set_entry(log, "proc/driver/nvidia/version", line);
}

/*
 * "Translated", "Passthrough (set via kernel command line)": the result of the command line, the
 * configuration and memory encryption; drivers/iommu/iommu.c, iommu_subsys_init(), since 5.3.  It is printed
 * on machines without an IOMMU, too.
 */
static void take_domain(struct p2p_log *log, const char *text)
{
	char word[32];

	if (sscanf(text, "%31[A-Za-z]", word) == 1)
		set_entry(log, P2P_DEFAULT_DOMAIN, word);
}

/* In a log of several boots, drop the functions and files of earlier ones. */
static void begin_boot(struct p2p_log *log)
{
	log->count = log->root_count = log->snapshot->entry_count = 0;
	log->hypervisor = false;
	*log->cpu = '\0';
	p2p_log_drop_faults(log);
}

void p2p_log_machine(struct p2p_log *log, const char *message)
{
	static const struct {
		const char *start;
		void (*take)(struct p2p_log *log, const char *text);
	} others[] = {
		{ "smpboot: CPU0: ", take_cpu }, { "CPU0: ", take_cpu }, { P2P_LOG_ARM, take_arm },
		{ "NVRM: loading ", take_nvidia },
		{ "Command line: ", take_command }, { "Kernel command line: ", take_command },
		{ "iommu: Default domain type: ", take_domain },
	};

	bool arm = p2p_starts(message, P2P_LOG_ARM), release = p2p_starts(message, "Linux version ");

	if (arm || (release && !log->booting))
		begin_boot(log);
	log->booting = arm;
	if (release)
		set_entry(log, "proc/version", message);
	if (!strncmp(message, "Hypervisor detected: ", 21))
		log->hypervisor = true;
	for (size_t i = 0; i < P2P_LENGTH(others); i++)
		if (!strncmp(message, others[i].start, strlen(others[i].start)))
			others[i].take(log, message + strlen(others[i].start));
}

/* Set the BARs if all were printed when the function was found, and every later move is known. */
static void set_bars(struct p2p_log *log, struct p2p_raw *raw,
		     const struct p2p_log_function *function)
{
	unsigned int count = function->type ? 2 : P2P_LOG_BARS;
	char lines[P2P_LOG_BARS * 64];
	size_t used = 0;

	if (!function->listed || function->type > 1)
		return;
	for (unsigned int i = 0; i < count; i++)
		if (function->bars[i].unclear)
			return;
	for (unsigned int i = 0; i < count; i++) {
		const struct p2p_log_bar *bar = &function->bars[i];

		used += (size_t)snprintf(lines + used, sizeof(lines) - used,
					 "0x%016llx 0x%016llx 0x%016llx\n", bar->first, bar->last,
					 bar->flags);
	}
	p2p_snapshot_set(log->snapshot, &raw->attr[P2P_ATTR_RESOURCE], lines, used);
}

static const struct p2p_log_root *find_root(const struct p2p_log *log, struct p2p_bdf bdf)
{
	for (size_t i = 0; i < log->root_count; i++)
		if (log->roots[i].domain == bdf.domain && log->roots[i].bus == bdf.bus)
			return &log->roots[i];
	return NULL;
}

struct p2p_log_function *p2p_log_above(const struct p2p_log *log, struct p2p_bdf bdf)
{
	struct p2p_log_function *found = NULL;

	for (size_t i = 0; i < log->count; i++) {
		struct p2p_log_function *bridge = &log->functions[i];

		if (!bridge->bridge || bridge->bdf.domain != bdf.domain ||
		    bridge->secondary != bdf.bus)
			continue;
		if (found)
			return NULL;
		found = bridge;
	}
	return found;
}

/* Bridges lead to higher buses only, so the recursion ends. */
static const struct p2p_log_root *write_path(const struct p2p_log *log, struct p2p_bdf bdf,
					     char path[PATH_MOST])
{
	const struct p2p_log_root *root = find_root(log, bdf);
	const struct p2p_log_function *above = root ? NULL : p2p_log_above(log, bdf);
	char address[P2P_BDF_SIZE];
	size_t used;

	if (root)
		snprintf(path, PATH_MOST, "devices/pci%04x:%02x", (unsigned int)root->domain,
			 root->bus);
	else
		root = above ? write_path(log, above->bdf, path) : NULL;
	used = root ? strlen(path) : 0;
	if (!root || used + P2P_BDF_SIZE + 1 > PATH_MOST)
		return NULL;
	path[used] = '/';
	p2p_bdf_format(bdf, address);
	memcpy(path + used + 1, address, strlen(address) + 1);
	return root;
}

static void fill_function(struct p2p_log *log, const struct p2p_log_function *function)
{
	struct p2p_snapshot *snapshot = log->snapshot;
	struct p2p_raw *raw = p2p_snapshot_add(snapshot, function->bdf);
	const struct p2p_log_root *root;
	char path[PATH_MOST];

	if (!raw)
		return;
	raw->line = function->line;
	root = write_path(log, function->bdf, path);
	if (root)
		raw->path = p2p_snapshot_string(snapshot, path);
	if (root && root->node >= 0)
		p2p_snapshot_print(snapshot, &raw->attr[P2P_ATTR_NUMA_NODE], "%ld", root->node);
	if (function->group >= 0)
		p2p_snapshot_print(snapshot, &raw->attr[P2P_ATTR_IOMMU_GROUP], "%ld", function->group);
	p2p_log_fill_link(log, raw, function);
	if (!function->named)
		return;
	p2p_snapshot_set_ids(snapshot, raw, function->vendor, function->device);
	p2p_snapshot_print(snapshot, &raw->attr[P2P_ATTR_CLASS], "0x%06x", function->class_code);
	set_bars(log, raw, function);
}

int p2p_log_fill(struct p2p_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		if (!log->functions[i].gone)
			fill_function(log, &log->functions[i]);
	if (*log->cpu && log->hypervisor)
		strncat(log->cpu, "flags\t\t: hypervisor\n", sizeof(log->cpu) - strlen(log->cpu) - 1);
	log->line = log->cpu_line;
	if (*log->cpu)
		set_entry(log, "proc/cpuinfo", log->cpu);
	p2p_log_fill_faults(log);
	if (log->snapshot->no_memory)
		return -ENOMEM;
	p2p_snapshot_sort(log->snapshot);
	p2p_snapshot_sort_entries(log->snapshot);
	return 0;
}
