/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where memory is.  `resource` holds CPU addresses, the registers hold bus addresses; both together tell the
 * offset of the host bridge above.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/pci-regs.h"
#include "topology/build.h"

/* include/linux/ioport.h */
#define IORESOURCE_IO		0x00000100u
#define IORESOURCE_MEM		0x00000200u
#define IORESOURCE_PREFETCH	0x00002000u
#define IORESOURCE_MEM_64	0x00100000u
#define IORESOURCE_DISABLED	0x10000000u
#define IORESOURCE_UNSET	0x20000000u

/* Lines for the windows of a bridge, after those that every function has. */
#define BRIDGE_LINES 4u

static bool is_assigned(const struct p2p_resource *resource)
{
	return resource->flags && resource->last >= resource->first &&
	       !(resource->flags & (IORESOURCE_UNSET | IORESOURCE_DISABLED));
}

/* Parse "0x00000000a0000000", maybe after a blank; false if there is none.  strtoull() is slow. */
static bool parse_hex(const char **text, uint64_t *ret_value)
{
	const char *c = *text, *digits;
	uint64_t value = 0;

	c += *c == ' ';
	if (c[0] == '0' && c[1] == 'x')
		c += 2;
	for (digits = c; isxdigit((unsigned char)*c); c++)
		value = value << 4 | (uint64_t)(*c <= '9' ? *c - '0' : (*c | 0x20) - 'a' + 10);
	if (c == digits)
		return false;
	*text = c;
	*ret_value = value;
	return true;
}

static void parse_resources(struct p2p_topology *topology, struct p2p_build *build)
{
	const struct p2p_file *file = p2p_raw_attr(build->raw, P2P_ATTR_RESOURCE);
	static const char nothing[] =
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n";
	struct p2p_resource *lines;
	const char *text = file->data;

	if (file->fact != P2P_PRESENT)
		return;
	lines = p2p_scratch(topology, P2P_RESOURCES, sizeof(*lines));
	if (!lines)
		return;
	build->resources = lines;
	while (build->resource_count < P2P_RESOURCES) {
		struct p2p_resource *line = &lines[build->resource_count];

		/* Most lines of a large machine look like this. */
		if (!strncmp(text, nothing, sizeof(nothing) - 1)) {
			build->resource_count++;
			text += sizeof(nothing) - 1;
			continue;
		}
		if (!parse_hex(&text, &line->first) || !parse_hex(&text, &line->last) ||
		    !parse_hex(&text, &line->flags))
			break;
		build->resource_count++;
		text += *text == '\n';
	}
}

/*
 * The line of a bridge's memory window; how many lines precede it depends on CONFIG_PCI_IOV.  A PCI bridge
 * has one for I/O first, a CardBus bridge two (include/linux/pci.h).
 */
static const struct p2p_resource *window_line(const struct p2p_function *function,
					      const struct p2p_build *build, unsigned int window)
{
	unsigned int io = function->header_type == PCI_HEADER_TYPE_CARDBUS ? 2 : 1;

	if (build->resource_count != P2P_RESOURCES && build->resource_count != P2P_RESOURCES - 6)
		return NULL;
	return &build->resources[build->resource_count - BRIDGE_LINES + io + window];
}

static void set_kind(struct p2p_bar *bar, bool io, bool wide, bool prefetchable)
{
	bar->kind = io ? P2P_BAR_IO : wide ? P2P_BAR_MEM64 : P2P_BAR_MEM32;
	bar->prefetchable = prefetchable && !io;
}

static void bar_from_resource(struct p2p_bar *bar, const struct p2p_resource *resource)
{
	bar->fact = P2P_PRESENT;
	if (!(resource->flags & (IORESOURCE_IO | IORESOURCE_MEM)))
		return;
	set_kind(bar, resource->flags & IORESOURCE_IO, resource->flags & IORESOURCE_MEM_64,
		 resource->flags & IORESOURCE_PREFETCH);
	if (!is_assigned(resource))
		return;
	bar->cpu = resource->first;
	bar->size_bytes = resource->last - resource->first + 1;
}

/*
 * PCI r3.0, sec 6.2.5.1.  Return: the number of registers used.  If the register was not read, and nothing
 * else tells its kind, the next one may be its upper half: then all remaining ones are skipped.
 */
static unsigned int bar_from_register(struct p2p_bar *bar, const struct p2p_config *config,
				      unsigned int index, unsigned int count)
{
	unsigned int offset = PCI_BASE_ADDRESS_0 + 4 * index;
	uint32_t low, high = 0;
	bool wide;

	if (!p2p_config_read32(config, offset, &low))
		return bar->fact != P2P_PRESENT ? count - index : bar->kind == P2P_BAR_MEM64 ? 2 : 1;
	if (low & PCI_BASE_ADDRESS_SPACE_IO) {
		if (bar->fact != P2P_PRESENT)
			set_kind(bar, true, false, false);
		bar->bus = low & PCI_BASE_ADDRESS_IO_MASK & 0xffffffff;
		bar->bus_fact = P2P_PRESENT;
		return 1;
	}
	wide = (low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
	if (wide && (index + 1 == count || !p2p_config_read32(config, offset + 4, &high)))
		return 1;
	/* All zeros may be an unimplemented BAR, or one without an address. */
	if (!low && bar->fact != P2P_PRESENT) {
		bar->bus_fact = P2P_ABSENT;
		return 1;
	}
	if (bar->fact != P2P_PRESENT)
		set_kind(bar, false, wide, low & PCI_BASE_ADDRESS_MEM_PREFETCH);
	if (bar->kind == P2P_BAR_UNUSED) {
		bar->bus_fact = P2P_ABSENT;
		return 1;
	}
	bar->bus = (uint64_t)high << 32 | (low & 0xfffffff0);
	bar->bus_fact = P2P_PRESENT;
	return wide ? 2 : 1;
}

static unsigned int bar_count(const struct p2p_function *function)
{
	static const unsigned int counts[] = {
		[PCI_HEADER_TYPE_NORMAL] = 6, [PCI_HEADER_TYPE_BRIDGE] = 2,
		[PCI_HEADER_TYPE_CARDBUS] = 1,
	};

	if (function->header != P2P_PRESENT)
		return P2P_BARS;
	return function->header_type < P2P_LENGTH(counts) ? counts[function->header_type] : 0;
}

static void decode_bars(struct p2p_function *function, const struct p2p_build *build)
{
	unsigned int count = bar_count(function), i;

	for (i = 0; i < P2P_BARS; i++) {
		struct p2p_bar *bar = &function->bar[i];

		if (i >= count)
			bar->fact = bar->bus_fact = P2P_ABSENT;
		else if (i < build->resource_count)
			bar_from_resource(bar, &build->resources[i]);
	}
	/* A VF's registers are zero; its BARs are in the PF's SR-IOV capability. */
	if (function->header != P2P_PRESENT || function->physfn)
		return;
	for (i = 0; i < count;)
		i += bar_from_register(&function->bar[i], &build->raw->config, i, count);
}

/*
 * Determine the offset of the host bridge from one function.  A register without a useful value (memory
 * decoding off, or no address) tells nothing.
 */
static bool find_offset(const struct p2p_function *function, const struct p2p_config *config,
			int64_t *ret_offset)
{
	uint16_t command;

	if (!p2p_config_read16(config, PCI_COMMAND, &command) ||
	    !(command & PCI_COMMAND_MEMORY))
		return false;
	for (unsigned int i = 0; i < P2P_BARS; i++) {
		const struct p2p_bar *bar = &function->bar[i];

		if (bar->fact != P2P_PRESENT || bar->bus_fact != P2P_PRESENT ||
		    !bar->size_bytes || bar->kind == P2P_BAR_IO || !bar->bus)
			continue;
		*ret_offset = (int64_t)(bar->bus - bar->cpu);
		return true;
	}
	return false;
}

/* Functions that disagree leave the offset unknown: there may be one per range. */
static void set_offsets(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];
		struct p2p_host_bridge *host = &topology->hosts[function->host->index];
		int64_t offset;

		if (!topology->builds[i].raw ||
		    !find_offset(function, &topology->builds[i].raw->config, &offset))
			continue;
		if (host->offset_fact == P2P_PRESENT && host->offset != offset) {
			/* ABSENT for now: there is no single offset. */
			host->offset_fact = P2P_ABSENT;
		} else if (host->offset_fact == P2P_DENIED) {
			host->offset_fact = P2P_PRESENT;
			host->offset = offset;
		}
	}
	for (size_t i = 0; i < topology->host_count; i++)
		if (topology->hosts[i].offset_fact == P2P_ABSENT)
			topology->hosts[i].offset_fact = P2P_DENIED;
}

/* Base and Limit of a PCI-to-PCI bridge; PCI-to-PCI Bridge r1.2, sec 3.2.5.8 and 3.2.5.9. */
static bool window_registers(const struct p2p_config *config, unsigned int window,
			     uint64_t *ret_first, uint64_t *ret_last)
{
	unsigned int base = window ? PCI_PREF_MEMORY_BASE : PCI_MEMORY_BASE;
	uint16_t low, high;
	uint32_t base_upper = 0, limit_upper = 0;

	if (!p2p_config_read16(config, base, &low) || !p2p_config_read16(config, base + 2, &high))
		return false;
	if (window && (low & PCI_PREF_RANGE_TYPE_MASK) == PCI_PREF_RANGE_TYPE_64 &&
	    (!p2p_config_read32(config, PCI_PREF_BASE_UPPER32, &base_upper) ||
	     !p2p_config_read32(config, PCI_PREF_LIMIT_UPPER32, &limit_upper)))
		return false;
	*ret_first = (uint64_t)base_upper << 32 | (uint32_t)(low & 0xfff0) << 16;
	*ret_last = (uint64_t)limit_upper << 32 | (uint32_t)(high & 0xfff0) << 16 | 0xfffff;
	return true;
}

static void decode_window(struct p2p_function *function, const struct p2p_build *build,
			  unsigned int index)
{
	const struct p2p_resource *line = window_line(function, build, index);
	struct p2p_window *window = &function->window[index];

	window->prefetchable = index == 1;
	window->first = 1;
	window->last = 0;
	if (line) {
		window->fact = P2P_PRESENT;
		if ((line->flags & IORESOURCE_MEM) && is_assigned(line)) {
			window->first = line->first;
			window->last = line->last;
		}
	} else if (function->host->offset_fact == P2P_PRESENT &&
		   function->header == P2P_PRESENT &&
		   function->header_type == PCI_HEADER_TYPE_BRIDGE &&
		   window_registers(&build->raw->config, index, &window->first, &window->last)) {
		window->fact = P2P_PRESENT;
		if (window->first > window->last) {
			window->first = 1;
			window->last = 0;
			return;
		}
		window->first -= (uint64_t)function->host->offset;
		window->last -= (uint64_t)function->host->offset;
	}
}

static void decode_pool(struct p2p_function *function, const struct p2p_raw *raw)
{
	struct p2p_number size = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_P2PMEM_SIZE));
	struct p2p_number available = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_P2PMEM_AVAILABLE));
	struct p2p_number published = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_P2PMEM_PUBLISHED));

	function->pool.fact = size.fact;
	if (size.fact != P2P_PRESENT)
		return;
	if (available.fact != P2P_PRESENT || published.fact != P2P_PRESENT)
		function->pool.fact = P2P_DENIED;
	function->pool.size_bytes = (uint64_t)size.value;
	function->pool.available_bytes = (uint64_t)available.value;
	function->pool.published = published.value != 0;
}

/* A part of a window that is in use. */
struct span {
	uint64_t first, last;
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *left = a, *right = b;

	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return 0;
}

/* Collect the memory ranges of functions below @bridge that overlap @window, clipped to it. */
static size_t gather_spans(const struct p2p_topology *topology, const struct p2p_function *bridge,
			   const struct p2p_window *window, struct span *spans)
{
	size_t i, count = 0;

	for (i = 0; i < bridge->child_count; i++) {
		const struct p2p_build *build = &topology->builds[bridge->children[i]->index];

		for (unsigned int line = 0; line < build->resource_count; line++) {
			const struct p2p_resource *taken = &build->resources[line];

			if (!(taken->flags & IORESOURCE_MEM) || !is_assigned(taken) ||
			    taken->last < window->first || taken->first > window->last)
				continue;
			spans[count].first = taken->first > window->first ? taken->first :
									    window->first;
			spans[count++].last = taken->last < window->last ? taken->last :
									   window->last;
		}
	}
	return count;
}

static void measure_window(struct p2p_window *window, const struct span *spans, size_t count)
{
	uint64_t next = window->first, gap;

	for (size_t i = 0; i < count; i++) {
		if (spans[i].first > next) {
			gap = spans[i].first - next;
			window->free_bytes += gap;
			if (gap > window->largest_free_bytes)
				window->largest_free_bytes = gap;
		}
		if (spans[i].last >= next)
			next = spans[i].last + 1;
		if (!next)
			return;
	}
	if (next > window->last)
		return;
	gap = window->last - next + 1;
	window->free_bytes += gap;
	if (gap > window->largest_free_bytes)
		window->largest_free_bytes = gap;
}

/*
 * The kernel prints six BARs and the ROM, and the windows of bridges; the text of lspci gives only the BARs
 * of endpoints.  drivers/pci/pci-sysfs.c, resource_show().
 */
static bool is_whole(const struct p2p_topology *topology, const struct p2p_function *function)
{
	unsigned int lines = topology->builds[function->index].resource_count;

	return lines > P2P_BARS + (p2p_function_is_bridge(function) ? 1u : 0u);
}

/*
 * Every child must be known, which a list does not guarantee, with its complete `resource`: what is not seen
 * may occupy what looks free.
 */
static bool has_resources(const struct p2p_topology *topology, const struct p2p_function *bridge)
{
	if (p2p_snapshot_is_list(topology->snapshot))
		return false;
	for (size_t i = 0; i < bridge->child_count; i++)
		if (!is_whole(topology, bridge->children[i]))
			return false;
	return true;
}

static void measure_windows(struct p2p_topology *topology, struct p2p_function *bridge)
{
	struct span *spans;
	size_t count;

	if (!has_resources(topology, bridge))
		return;
	spans = calloc(bridge->child_count * P2P_RESOURCES + 1, sizeof(*spans));
	if (!spans) {
		topology->no_memory = true;
		return;
	}
	for (unsigned int i = 0; i < P2P_WINDOWS; i++) {
		struct p2p_window *window = &bridge->window[i];

		if (window->fact != P2P_PRESENT)
			continue;
		window->free_fact = P2P_PRESENT;
		if (window->first > window->last)
			continue;
		count = gather_spans(topology, bridge, window, spans);
		qsort(spans, count, sizeof(*spans), compare_spans);
		measure_window(window, spans, count);
	}
	free(spans);
}

void p2p_bars_build(struct p2p_topology *topology)
{
	size_t i;

	for (i = 0; i < topology->count; i++) {
		struct p2p_build *build = &topology->builds[i];

		if (!build->raw)
			continue;
		parse_resources(topology, build);
		decode_bars(&topology->functions[i], build);
		decode_pool(&topology->functions[i], build->raw);
	}
	set_offsets(topology);
	for (i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		if (!p2p_function_is_bridge(function))
			function->window[0].fact = function->window[1].fact = P2P_ABSENT;
		if (!p2p_function_is_bridge(function) || function->missing)
			continue;
		for (unsigned int window = 0; window < P2P_WINDOWS; window++)
			decode_window(function, &topology->builds[i], window);
		measure_windows(topology, function);
	}
}
