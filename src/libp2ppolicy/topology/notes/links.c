/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on links: PCI Express links that run below their maximum, and links that are not PCI Express. */
#include <string.h>

#include "topology/notes/notes.h"

/**
 * struct fabric - ids that indicate another link besides PCIe.
 * @vendor, @first, @last: of functions
 * @class_code: class and subclass; 0 for any
 */
struct fabric {
	uint16_t vendor, first, last;
	uint32_t class_code;
	const char *name;
};

static const struct fabric fabrics[] = {
	{ 0x10de, 0x1ac0, 0x1ac2, 0x0680, "NVLink" },	/* NVSwitch of V100 */
	{ 0x10de, 0x1af0, 0x1af1, 0x0680, "NVLink" },	/* NVSwitch of A100 */
	{ 0x10de, 0x22a0, 0x22a3, 0x0680, "NVLink" },	/* NVSwitch of H100 */
	{ 0x1014, 0x04ea, 0x04ea, 0, "NVLink" },	/* POWER9 NPU */
};

/* Words in the names of devices that have such links, for ids that the table lacks. */
static const struct { uint16_t vendor; const char *text, *name; } words[] = {
	{ 0x10de, "SXM", "NVLink" },
	{ 0x10de, "NVSwitch", "NVLink" },
	{ 0x10de, "NVLink", "NVLink" },
};

static const char *find_fabric(const struct p2p_topology *topology,
			       const struct p2p_function *function)
{
	const struct p2p_raw *raw = topology->builds[function->index].raw;

	for (size_t i = 0; i < P2P_LENGTH(fabrics); i++)
		if (function->vendor == fabrics[i].vendor && function->device >= fabrics[i].first &&
		    function->device <= fabrics[i].last &&
		    (!fabrics[i].class_code || function->class_code >> 8 == fabrics[i].class_code))
			return fabrics[i].name;
	for (size_t i = 0; function->device_name && i < P2P_LENGTH(words); i++)
		if (function->vendor == words[i].vendor &&
		    strstr(function->device_name, words[i].text))
			return words[i].name;
	/* amdgpu creates this file for a GPU in a hive. */
	return raw && p2p_raw_attr(raw, P2P_ATTR_XGMI)->fact == P2P_PRESENT ? "XGMI" : NULL;
}

/* One note per kind of link, on the first function that shows it. */
void p2p_notes_fabrics(struct p2p_topology *topology)
{
	const char *seen[2] = { NULL, NULL };
	char bdf[P2P_BDF_SIZE];
	size_t i, known = 0, j;

	for (i = 0; i < topology->count && known < P2P_LENGTH(seen); i++) {
		const struct p2p_function *function = &topology->functions[i];
		const char *name = find_fabric(topology, function);

		for (j = 0; name && j < known; j++)
			if (!strcmp(seen[j], name))
				name = NULL;
		if (!name)
			continue;
		seen[known++] = name;
		p2p_note(topology, function, "%s may also join devices, outside PCIe (%s has it); its links are not read", name,
			 p2p_bdf_format(function->bdf, bdf));
	}
}

/* A sleeping device lowers its link, and so do idle graphics cards, even in D0.  That is not a fault. */
static const char *excuse(const struct p2p_function *end, bool narrow)
{
	if (end->power_state && strcmp(end->power_state, "D0") != 0 &&
	    strcmp(end->power_state, "unknown") != 0)
		return "; it is in a low-power state, which lowers the link";
	if (end->kind == P2P_CLASS_GPU && !narrow)
		return "; graphics cards lower it when idle, so check again under load";
	return "";
}

static void note_link(struct p2p_topology *topology, const struct p2p_function *port,
		      const struct p2p_function *end)
{
	struct p2p_link most = p2p_link_least(port->pcie.most, end->pcie.most);
	bool slow = end->pcie.now.speed_mtps < most.speed_mtps;
	bool narrow = end->pcie.now.width < most.width;
	char a[P2P_BDF_SIZE], b[P2P_BDF_SIZE];

	if (!slow && !narrow)
		return;
	p2p_note(topology, end, "the link of %s to %s runs at %g GT/s x%u, both ends support %g "
		 "GT/s x%u%s", p2p_bdf_format(end->bdf, a), p2p_bdf_format(port->bdf, b),
		 end->pcie.now.speed_mtps / 1000.0, end->pcie.now.width, most.speed_mtps / 1000.0,
		 most.width, excuse(end, narrow));
}

static bool has_link(const struct p2p_function *function)
{
	return function->pcie.fact == P2P_PRESENT && function->pcie.most.width &&
	       function->pcie.most.speed_mtps;
}

/* Note it once; a slow link is noted for the stand-in. */
static bool note_stand_in(struct p2p_topology *topology, const struct p2p_function *end, bool said)
{
	const struct p2p_function *top = p2p_link_stand_in(end);
	char a[P2P_BDF_SIZE], b[P2P_BDF_SIZE];

	if (top && !said)
		p2p_note(topology, end, "%s, like every card of its kind, reports a link of 2.5 "
			 "GT/s x1 whatever it really has; the link of %s, where the card begins, is "
			 "shown and used instead", p2p_bdf_format(end->bdf, a),
			 p2p_bdf_format(top->bdf, b));
	return top;
}

/* The first function of a card represents its link. */
void p2p_notes_links(struct p2p_topology *topology)
{
	bool said = false;

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *port = &topology->functions[i], *end;

		if (!has_link(port) || !port->child_count || !p2p_link_is_port(port))
			continue;
		end = port->children[0];
		if (note_stand_in(topology, end, said))
			said = true;
		else if (has_link(end) && end->pcie.now.width && !end->physfn)
			note_link(topology, port, end);
	}
}
