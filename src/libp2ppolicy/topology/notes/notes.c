/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user should know that is not a property of one pair.  One step per subject; those that cast doubt on
 * readings come first.
 */
#include <string.h>

#include "topology/build.h"
#include "topology/notes/notes.h"

static const char *bdf_of(const struct p2p_function *function, char buffer[P2P_BDF_SIZE])
{
	return p2p_bdf_format(function->bdf, buffer);
}

static void note_guest(struct p2p_topology *topology)
{
	const struct p2p_machine *machine = &topology->machine;

	if (machine->virtual_machine == P2P_YES)
		p2p_note(topology, NULL, "this is a virtual machine (%s): the topology and registers below are emulated",
			 machine->hypervisor ? machine->hypervisor : "hypervisor not known");
}

/* One sentence for all: nearly always the whole machine is affected. */
static void note_unread(struct p2p_topology *topology)
{
	const struct p2p_function *first = NULL;
	unsigned int cut = 0, none = 0;
	bool is_live = topology->machine.source == P2P_SOURCE_LIVE;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (function->missing || function->silent)
			continue;
		none += !function->config_bytes;
		cut += function->config_bytes && function->config_bytes < P2P_CONFIG_STANDARD;
		if (!first && function->config_bytes < P2P_CONFIG_STANDARD)
			first = function;
	}
	if (cut)
		p2p_note(topology, NULL, "only the first %u bytes of config space of %u of %zu functions could be read: "
			 "their PCI Express and ACS registers are not known%s%s",
			 first->config_bytes ? first->config_bytes : P2P_CONFIG_HEADER, cut, topology->count,
			 is_live ? "; " : "", is_live ? p2p_live_cure() : "");
	else if (none)
		p2p_note(topology, none == 1 ? first : NULL, "config space of %u of %zu functions "
			 "could not be read; the first is %s", none, topology->count,
			 bdf_of(first, bdf));
}

static void note_limited(struct p2p_topology *topology)
{
	const struct p2p_function *first = NULL;
	unsigned int count = 0;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_raw *raw = topology->builds[i].raw;

		/* A text does not show whether there is no such space, or nothing in it. */
		if (!raw || !raw->config.kernel_limited || raw->config.from_text)
			continue;
		if (!count++)
			first = &topology->functions[i];
	}
	if (count)
		p2p_note(topology, first, "the kernel sees no extended config space of %u PCI "
			 "Express functions, first %s: it treats ACS as absent there, and what the "
			 "hardware does is not known", count, bdf_of(first, bdf));
}

static void note_silent(struct p2p_topology *topology)
{
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (function->silent)
			p2p_note(topology, function, "%s does not answer: its config space reads "
				 "all ones (%s)", bdf_of(function, bdf),
				 function->power_state &&
				 strcmp(function->power_state, "unknown") != 0 ?
				 function->power_state : "powered off, removed or failed");
		else if (function->power_state && !strcmp(function->power_state, "D3cold"))
			p2p_note(topology, function, "%s is powered off (D3cold): a kernel that "
				 "reads it without waking it reads all ones, ACS redirect included",
				 bdf_of(function, bdf));
	}
}

static void note_lost_bridges(struct p2p_topology *topology)
{
	const struct p2p_function *orphan = NULL;
	unsigned int orphans = 0;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (function->missing)
			p2p_note(topology, function, "bridge %s is known only from the paths of "
				 "functions below it: nothing was recorded about it",
				 bdf_of(function, bdf));
		orphans += function->orphan;
		if (function->orphan && !orphan)
			orphan = function;
	}
	if (orphans)
		p2p_note(topology, orphan, "the bridges above %s%s are not known (they are "
			 "missing, or links and bus numbers do not tell), so how %s to functions "
			 "on other buses is not known either", bdf_of(orphan, bdf),
			 orphans > 1 ? " and others" : "",
			 orphans > 1 ? "they relate" : "it relates");
}

static void note_chains(struct p2p_topology *topology)
{
	static const struct { unsigned int bit; const char *text; } kinds[] = {
		{ P2P_CHAIN_LOOP, "the chain loops" },
		{ P2P_CHAIN_OUTSIDE, "a pointer leads out of config space or into the header" },
		{ P2P_CHAIN_OVERLAP, "two capabilities share bytes" },
		{ P2P_CHAIN_GARBAGE, "an entry is all ones or not aligned" },
	};
	char bdf[P2P_BDF_SIZE];
	size_t i, kind;

	for (i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];
		const struct p2p_raw *raw = topology->builds[i].raw;

		for (kind = 0; raw && kind < P2P_LENGTH(kinds); kind++)
			if (raw->config.broken & kinds[kind].bit)
				p2p_note(topology, function, "%s has a broken capability list: %s",
					 bdf_of(function, bdf), kinds[kind].text);
	}
}

static void note_cut_switches(struct p2p_topology *topology)
{
	const struct p2p_function **first;
	char a[P2P_BDF_SIZE], b[P2P_BDF_SIZE];

	/* Switch ids start at 1, and there are no more of them than functions. */
	first = p2p_scratch(topology, topology->count + 1, sizeof(const struct p2p_function *));
	for (size_t i = 0; first && i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (!p2p_function_is_type(function, P2P_PORT_UPSTREAM) || !function->switch_id)
			continue;
		if (!first[function->switch_id]) {
			first[function->switch_id] = function;
			continue;
		}
		p2p_note(topology, function, "upstream ports %s and %s give one serial number: a "
			 "partitioned switch chip, which may have a path between its partitions "
			 "that PCI does not show", bdf_of(first[function->switch_id], a),
			 bdf_of(function, b));
	}
}

static void note_offsets(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->host_count; i++) {
		const struct p2p_host_bridge *host = &topology->hosts[i];

		if (host->offset_fact == P2P_PRESENT && host->offset)
			p2p_note(topology, NULL, "host bridge %s: bus addresses are CPU addresses "
				 "%c 0x%llx", host->name, host->offset < 0 ? '-' : '+',
				 host->offset < 0 ? 0 - (unsigned long long)host->offset :
				 (unsigned long long)host->offset);
	}
}

void p2p_notes_build(struct p2p_topology *topology)
{
	note_guest(topology);
	note_unread(topology);
	note_limited(topology);
	note_silent(topology);
	note_lost_bridges(topology);
	note_chains(topology);
	note_cut_switches(topology);
	p2p_notes_fabrics(topology);
	p2p_notes_links(topology);
	p2p_notes_acs(topology);
	note_offsets(topology);
}
