/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts of the machine as a whole, from /proc and /sys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topology/build.h"

/* The value of "key<blanks>: value" in the first block of cpuinfo; NULL if missing. */
static const char *cpu_value(struct p2p_topology *topology, const char *text, const char *key)
{
	size_t length = strlen(key);

	for (; *text && *text != '\n'; text = p2p_next_line(text)) {
		const char *value = text + length;

		if (strncmp(text, key, length) != 0)
			continue;
		value += strspn(value, " \t");
		if (*value++ != ':')
			continue;
		value += strspn(value, " ");
		return p2p_keep_text(topology, value, strcspn(value, "\n"));
	}
	return NULL;
}

static struct p2p_number cpu_number(struct p2p_topology *topology, const char *text,
				    const char *key)
{
	const char *value = cpu_value(topology, text, key);
	struct p2p_number number = { P2P_DENIED, 0 };
	char *end;

	if (!value)
		return number;
	number.value = strtoll(value, &end, 0);
	if (end != value && !*end)
		number.fact = P2P_PRESENT;
	return number;
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);
	const char *here = words;

	for (; (here = strstr(here, word)); here += length)
		if ((here == words || here[-1] == ' ') &&
		    (here[length] == ' ' || !here[length]))
			return true;
	return false;
}

/*
 * On x86 the flag comes from CPUID leaf 1: every hypervisor that identifies itself sets it.  Flags are printed in
 * the order of arch/x86/include/asm/cpufeatures.h, and people cut the line: that it is missing counts only if one
 * of a later word is there.
 */
static enum p2p_tri flags_say(const char *flags)
{
	static const char *const later[] = {
		"lahf_lm", "cmp_legacy", "svm", "abm", "3dnowprefetch", "arat", "fsgsbase", "smep",
	};

	if (has_word(flags, "hypervisor"))
		return P2P_YES;
	for (size_t i = 0; i < P2P_LENGTH(later) && !strstr(flags, ".."); i++)
		if (has_word(flags, later[i]))
			return P2P_NO;
	return P2P_UNKNOWN;
}

/* The kernel compares cpu_data(0), so the first processor counts. */
static void set_cpu(struct p2p_topology *topology)
{
	struct p2p_machine *machine = &topology->machine;
	const struct p2p_file *cpuinfo = p2p_file_at(topology, "proc/cpuinfo");
	const char *flags;

	if (cpuinfo->fact != P2P_PRESENT)
		return;
	machine->cpu_vendor = cpu_value(topology, cpuinfo->data, "vendor_id");
	machine->cpu_name = cpu_value(topology, cpuinfo->data, "model name");
	if (!machine->cpu_name)
		machine->cpu_name = p2p_arm_name(cpu_number(topology, cpuinfo->data,
							    "CPU implementer"),
						 cpu_number(topology, cpuinfo->data, "CPU part"));
	machine->cpu_family = cpu_number(topology, cpuinfo->data, "cpu family");
	machine->cpu_model = cpu_number(topology, cpuinfo->data, "model");
	/* x86 prints both; other architectures have no family. */
	if (!machine->cpu_vendor && !cpu_value(topology, cpuinfo->data, "cpu family") &&
	    strchr(cpuinfo->data, ':'))
		machine->cpu_family.fact = P2P_ABSENT;
	flags = cpu_value(topology, cpuinfo->data, "flags");
	if (cpu_value(topology, cpuinfo->data, "hypervisor vendor"))
		machine->virtual_machine = P2P_YES;	/* lscpu found one */
	else if (flags)
		machine->virtual_machine = flags_say(flags);
}

/*
 * Symbol names are readable without privilege, only addresses are not.  A table that lacks a function that
 * always exists is incomplete.
 */
static enum p2p_tri symbols_say(const struct p2p_file *symbols)
{
	if (symbols->fact != P2P_PRESENT)
		return P2P_UNKNOWN;
	if (strstr(symbols->data, " pci_p2pdma_distance_many\n"))
		return P2P_YES;
	return strstr(symbols->data, " pci_enable_device\n") ? P2P_NO : P2P_UNKNOWN;
}

static enum p2p_tri find_p2pdma(const struct p2p_topology *topology)
{
	enum p2p_tri answer = symbols_say(p2p_file_at(topology, "proc/kallsyms"));
	const struct p2p_file *config;

	for (size_t i = 0; answer == P2P_UNKNOWN && (config = p2p_config_file(topology, i)); i++)
		/* "# CONFIG_X is not set" and no line at all both mean: not compiled in. */
		if (p2p_config_line(config, "PCI").value)
			answer = p2p_config_line(config, "PCI_P2PDMA").value ? P2P_YES : P2P_NO;
	return answer;
}

/* The number of elements of "0-1,3"; 0 if it is no list. */
static unsigned int count_list(const char *list)
{
	unsigned long count = 0;
	char *end;

	for (;;) {
		unsigned long first = strtoul(list, &end, 10), last = first;

		if (end == list)
			return 0;
		if (*end == '-') {
			list = end + 1;
			last = strtoul(list, &end, 10);
		}
		if (end == list || last < first || last - first > 65535)
			return 0;
		count += last - first + 1;
		if (*end != ',')
			break;
		list = end + 1;
	}
	return !*end || *end == '\n' ? (unsigned int)count : 0;
}

static int compare_values(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Count the nodes that functions name.  A single one does not prove that there is no other. */
static unsigned int count_named_nodes(struct p2p_topology *topology)
{
	int64_t *nodes = p2p_scratch(topology, topology->count + 1, sizeof(*nodes));
	unsigned int distinct = 0;
	size_t i, count = 0;

	for (i = 0; nodes && i < topology->count; i++)
		if (topology->functions[i].numa.fact == P2P_PRESENT &&
		    topology->functions[i].numa.value >= 0)
			nodes[count++] = topology->functions[i].numa.value;
	if (nodes)
		qsort(nodes, count, sizeof(*nodes), compare_values);
	for (i = 0; i < count; i++)
		distinct += !i || nodes[i] != nodes[i - 1];
	return distinct;
}

static unsigned int count_nodes(struct p2p_topology *topology)
{
	const struct p2p_file *online = p2p_file_at(topology, "sys/devices/system/node/online");
	unsigned int named = count_named_nodes(topology), listed = 0;

	if (online->fact == P2P_PRESENT)
		listed = count_list(online->data);
	/* A kernel without CONFIG_NUMA has neither the list nor a node at any function. */
	else if (online->fact == P2P_ABSENT && !named)
		listed = 1;
	if (listed)
		return listed > named ? listed : named;
	return named > 1 ? named : 0;
}

/* The release is a word of /proc/version too: "Linux version 6.1.0-40-amd64 (...) ...". */
static const char *find_release(struct p2p_topology *topology)
{
	static const char prefix[] = "Linux version ";
	const char *release = p2p_file_text(topology,
					    p2p_file_at(topology, "proc/sys/kernel/osrelease"));
	const struct p2p_file *version = p2p_file_at(topology, "proc/version");

	if (!release && version->fact == P2P_PRESENT &&
	    !strncmp(version->data, prefix, sizeof(prefix) - 1)) {
		const char *word = version->data + sizeof(prefix) - 1;
		size_t length = strcspn(word, " \n");

		/* If no more words follow, it may be cut off: 6.1 of 6.18. */
		release = word[length] == ' ' ? p2p_keep_text(topology, word, length) : NULL;
	}
	return release && *release ? release : NULL;
}

void p2p_machine_build(struct p2p_topology *topology)
{
	struct p2p_machine *machine = &topology->machine;

	machine->source = p2p_snapshot_source(topology->snapshot);
	machine->host = p2p_file_text(topology, p2p_file_at(topology, "proc/sys/kernel/hostname"));
	machine->cmdline = p2p_file_text(topology, p2p_file_at(topology, "proc/cmdline"));
	machine->release = find_release(topology);
	machine->p2pdma = find_p2pdma(topology);
	machine->numa_nodes = count_nodes(topology);
	set_cpu(topology);
	p2p_guest_build(topology);
	p2p_iommu_build(topology);
}
