/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a function is and what uses it: NUMA node, CPUs, IOMMU group, driver, OS names. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topology/build.h"

/* No port is this fast; a larger number is invalid. */
#define MOST_MBPS	1e8
/* CONFIG_NODES_SHIFT is at most 10, and CONFIG_NR_CPUS at most 8192: arch/{x86,powerpc,arm64}/Kconfig, Linux 7.2. */
#define MOST_NODES	1024
#define MOST_CPUS	8192

/* Directories with names that users know, the most telling first. */
static const enum p2p_attr name_dirs[] = {
	P2P_ATTR_NVME, P2P_ATTR_INFINIBAND, P2P_ATTR_NET, P2P_ATTR_ACCEL, P2P_ATTR_DRM,
	P2P_ATTR_DSA, P2P_ATTR_IAX, P2P_ATTR_CXL_MEMORY, P2P_ATTR_SWITCHTEC, P2P_ATTR_MIC,
	P2P_ATTR_VIRTIO_NET, P2P_ATTR_VIRTIO_BLOCK, P2P_ATTR_NVME_NAMESPACE,
	P2P_ATTR_ATA_BLOCK, P2P_ATTR_SCSI_BLOCK,
};

static size_t count_lines(const struct p2p_file *file)
{
	size_t count = 0;

	for (const char *text = p2p_file_lines(file); *text; text = p2p_next_line(text))
		count += *text != '\n';
	return count;
}

static void set_os_names(struct p2p_topology *topology, struct p2p_function *function,
			 const struct p2p_raw *raw)
{
	const char **names;
	size_t i, count = 0;

	for (i = 0; i < P2P_LENGTH(name_dirs); i++)
		count += count_lines(p2p_raw_attr(raw, name_dirs[i]));
	if (!count)
		return;
	names = p2p_keep(topology, count + 1, sizeof(*names));
	if (!names)
		return;
	function->os_names = names;
	for (i = 0; i < P2P_LENGTH(name_dirs); i++) {
		const char *text = p2p_file_lines(p2p_raw_attr(raw, name_dirs[i]));

		for (; *text; text = p2p_next_line(text)) {
			size_t length = strcspn(text, "\n");

			if (length && !(*names++ = p2p_keep_text(topology, text, length)))
				return;
		}
	}
}

static void set_rdma(struct p2p_function *function, const struct p2p_raw *raw)
{
	const struct p2p_file *devices = p2p_raw_attr(raw, P2P_ATTR_INFINIBAND);
	size_t count = count_lines(devices);

	function->rdma = (struct p2p_number){ count ? P2P_PRESENT : devices->fact == P2P_DENIED ?
					      P2P_DENIED : P2P_ABSENT, (int64_t)count };
}

static void set_iommu(struct p2p_topology *topology, struct p2p_function *function,
		      const struct p2p_raw *raw)
{
	const struct p2p_number group = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_IOMMU_GROUP));

	function->iommu_group = group;
	if (group.fact == P2P_PRESENT)
		function->iommu_type = p2p_file_text(topology, p2p_file_at(topology,
			"sys/kernel/iommu_groups/%lld/type", (long long)group.value));
}

char *p2p_link_format(struct p2p_link link, char buffer[P2P_LINK_SIZE])
{
	if (!link.speed_mtps || !link.width)
		snprintf(buffer, P2P_LINK_SIZE, "down");
	else
		snprintf(buffer, P2P_LINK_SIZE, "%g GT/s x%u", link.speed_mtps / 1000.0, link.width);
	return buffer;
}

/* The kernel's words are in drivers/iommu/iommu.c, iommu_group_show_type(). */
static const struct iommu_mode {
	const char *type, *mode;
	enum p2p_tri translates;
} iommu_modes[] = {
	{ "identity", "passthrough", P2P_NO }, { "DMA", "translated", P2P_YES },
	{ "DMA-FQ", "translated", P2P_YES }, { "unmanaged", "unmanaged", P2P_UNKNOWN },
	{ "blocked", "blocked", P2P_UNKNOWN },
};

/* The row of its domain type; NULL if there is none. */
static const struct iommu_mode *iommu_row(const struct p2p_function *function)
{
	for (size_t i = 0; function->iommu_type && i < P2P_LENGTH(iommu_modes); i++)
		if (!strcmp(function->iommu_type, iommu_modes[i].type))
			return &iommu_modes[i];
	return NULL;
}

const char *p2p_iommu_mode(const struct p2p_function *function)
{
	const struct iommu_mode *row = iommu_row(function);

	if (function->iommu_group.fact == P2P_ABSENT)
		return "off";
	return row ? row->mode : function->iommu_type;
}

bool p2p_iommu_is_mode(const char *text)
{
	bool good = !strcmp(text, "off");

	for (size_t i = 0; i < P2P_LENGTH(iommu_modes); i++)
		good |= !strcmp(text, iommu_modes[i].mode);
	return good;
}

enum p2p_tri p2p_iommu_translates(const struct p2p_function *function)
{
	const struct iommu_mode *row = iommu_row(function);

	if (function->iommu_group.fact == P2P_ABSENT)
		return P2P_NO;
	/* The file tells the group's default domain, not the one that VFIO attaches. */
	if (row && row->translates == P2P_NO && p2p_function_may_be_passed(function))
		return P2P_UNKNOWN;
	return function->iommu_group.fact == P2P_PRESENT && row ? row->translates : P2P_UNKNOWN;
}

/* The sum of the numbers at the starts of lines; denied if one is missing, or is not positive. */
static struct p2p_number sum_lines(const struct p2p_file *file, double unit)
{
	struct p2p_number sum = { file->fact, 0 };
	char *end;

	for (const char *text = p2p_file_lines(file); *text; text = p2p_next_line(text)) {
		double value = p2p_text_real(text, &end);

		if (end == text || !(value > 0 && value < MOST_MBPS))
			return (struct p2p_number){ P2P_DENIED, 0 };
		sum.value += (int64_t)(value * unit);
	}
	return sum;
}

/* "4: ACTIVE"; the rate of a port that is down means nothing. */
static bool all_active(const struct p2p_file *states)
{
	const char *text = p2p_file_lines(states);
	bool any = *text;

	for (; *text; text = p2p_next_line(text))
		if (*text != '4')
			return false;
	return any;
}

/* "400 Gb/sec (4X NDR)" of RDMA ports takes precedence over the Mb/s of network interfaces. */
static void set_ports(struct p2p_function *function, const struct p2p_raw *raw)
{
	struct p2p_number rate = sum_lines(p2p_raw_attr(raw, P2P_ATTR_PORT_RATE), 1000);
	struct p2p_number speed = sum_lines(p2p_raw_attr(raw, P2P_ATTR_NET_SPEED), 1);

	if (rate.fact == P2P_PRESENT && all_active(p2p_raw_attr(raw, P2P_ATTR_PORT_STATE)))
		speed = rate;
	else if (rate.fact != P2P_ABSENT && speed.fact == P2P_ABSENT)
		speed.fact = P2P_DENIED;
	function->port_mbps = speed;
}

/*
 * Do most functions have their group?  A bridge above a function with a group has one, too: if its link is
 * missing, others may be missing as well.
 */
static bool has_most_groups(const struct p2p_topology *topology)
{
	size_t with = 0;

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (function->iommu_group.fact != P2P_PRESENT)
			continue;
		if (function->parent && function->parent->iommu_group.fact != P2P_PRESENT)
			return false;
		with++;
	}
	return 2 * with > topology->count;
}

/*
 * A foreign tree proves nothing by what it lacks.  But if it has the links of most functions, its maker
 * included them, and a function without one has no group.  That does not hold for text, of which any line may
 * have been cut, nor for joined sources, which may contradict each other.
 */
static void settle_groups(struct p2p_topology *topology)
{
	enum p2p_source source = p2p_snapshot_source(topology->snapshot);

	if ((source != P2P_SOURCE_TREE && source != P2P_SOURCE_ARCHIVE) || !has_most_groups(topology))
		return;
	for (size_t i = 0; i < topology->count; i++)
		if (topology->functions[i].iommu_group.fact == P2P_DENIED &&
		    topology->builds[i].raw &&
		    p2p_raw_attr(topology->builds[i].raw, P2P_ATTR_IOMMU_GROUP)->fact == P2P_DENIED)
			topology->functions[i].iommu_group.fact = P2P_ABSENT;
}

void p2p_locality_build(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];
		const struct p2p_raw *raw = topology->builds[i].raw;

		if (!raw)
			continue;
		function->numa = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_NUMA_NODE));
		function->cpus = p2p_file_text(topology, p2p_raw_attr(raw, P2P_ATTR_LOCAL_CPULIST));
		function->driver = p2p_file_text(topology, p2p_raw_attr(raw, P2P_ATTR_DRIVER));
		function->driver_fact = p2p_raw_attr(raw, P2P_ATTR_DRIVER)->fact;
		function->power_state = p2p_file_text(topology, p2p_raw_attr(raw, P2P_ATTR_POWER_STATE));
		set_ports(function, raw);
		set_iommu(topology, function, raw);
		set_os_names(topology, function, raw);
		set_rdma(function, raw);
	}
	settle_groups(topology);
}

/* Is it a list of CPUs as the kernel prints it: "0-31,64-95", or nothing? */
static bool is_cpu_list(const char *text)
{
	const char *at = text;
	unsigned long number, last;
	char *end;

	while (*at) {
		number = strtoul(at, &end, 10);
		last = *end == '-' ? strtoul(end + 1, &end, 10) : number;
		if (!isdigit((unsigned char)*at) || !isdigit((unsigned char)end[-1]) || last < number ||
		    last >= MOST_CPUS || (*end && (*end != ',' || !end[1])))
			return false;
		at = end + (*end == ',');
	}
	return true;
}

static void refuse_node(struct p2p_number *numa)
{
	if (numa->fact == P2P_PRESENT && (numa->value < -1 || numa->value >= MOST_NODES))
		numa->fact = P2P_DENIED;
}

void p2p_locality_check(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		refuse_node(&function->numa);
		if (function->cpus && !is_cpu_list(function->cpus))
			function->cpus = NULL;
	}
	for (size_t i = 0; i < topology->host_count; i++)
		refuse_node(&topology->hosts[i].numa);
}

/* If all its functions are on one node, so is the host bridge; -1 tells nothing. */
void p2p_hosts_locate(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];
		struct p2p_number *numa = &topology->hosts[function->host->index].numa;

		if (function->numa.fact != P2P_PRESENT)
			continue;
		if (numa->fact == P2P_DENIED || (numa->fact == P2P_PRESENT && numa->value < 0))
			*numa = function->numa;
		else if (numa->fact == P2P_PRESENT && function->numa.value >= 0 &&
			 numa->value != function->numa.value)
			numa->fact = P2P_ABSENT;
	}
	for (size_t i = 0; i < topology->host_count; i++)
		if (topology->hosts[i].numa.fact == P2P_ABSENT)
			topology->hosts[i].numa.fact = P2P_DENIED;
}
