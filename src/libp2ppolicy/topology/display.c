/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that do not come from pci.ids: physical slots, and what a function is called in tables. */
#include <stdio.h>
#include <string.h>

#include "topology/build.h"

/* sys/bus/pci/slots/NAME/address holds "0000:3b:00", without a function number. */
static void set_slot(struct p2p_topology *topology, const char *name, size_t length)
{
	const struct p2p_file *file = p2p_file_at(topology, "sys/bus/pci/slots/%.*s/address",
						  (int)length, name);
	char address[32];
	struct p2p_bdf bdf;

	if (file->fact != P2P_PRESENT)
		return;
	snprintf(address, sizeof(address), "%.*s.0", (int)strcspn(file->data, "\n"), file->data);
	if (p2p_bdf_parse(address, &bdf))
		return;
	for (unsigned int function = 0; function < 8; function++) {
		struct p2p_function *found;

		bdf.devfn = (uint8_t)((bdf.devfn & ~7u) | function);
		found = p2p_tree_find(topology, bdf);
		if (found && !found->slot)
			found->slot = p2p_keep_text(topology, name, length);
	}
}

static void set_slots(struct p2p_topology *topology)
{
	const struct p2p_file *slots = p2p_file_at(topology, "sys/bus/pci/slots");

	for (const char *name = p2p_file_lines(slots); *name; name = p2p_next_line(name))
		if (*name != '\n')
			set_slot(topology, name, strcspn(name, "\n"));
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_raw *raw = topology->builds[i].raw;

		if (raw && raw->slot && !topology->functions[i].slot)
			topology->functions[i].slot = p2p_keep_text(topology, raw->slot,
								    strlen(raw->slot));
	}
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];
		const struct p2p_function *up;

		for (up = function->parent; !function->slot && up; up = up->parent)
			function->slot = up->slot;
		function->slot_fact = function->slot ? P2P_PRESENT :
				      slots->fact == P2P_DENIED ? P2P_DENIED : P2P_ABSENT;
	}
}

void p2p_display_build(struct p2p_topology *topology)
{
	char bdf[P2P_BDF_SIZE];

	set_slots(topology);
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		if (function->os_names && function->os_names[0])
			function->display = function->os_names[0];
		else
			function->display = p2p_keep_text(topology,
							  p2p_bdf_format(function->bdf, bdf),
							  sizeof(bdf));
	}
}
