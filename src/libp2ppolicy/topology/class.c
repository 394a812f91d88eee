/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The classes users think in, determined from class codes and ids. */
#include <errno.h>
#include <string.h>

#include "base/pci-regs.h"
#include "topology/build.h"

#define IDLE true

/** struct class_row - a row of class.def; with @vendor 0, any vendor and device matches. */
struct class_row {
	uint32_t mask, code;
	uint16_t vendor, first, last;
	enum p2p_class kind;
	bool idle;
};

static const struct class_row rows[] = {
#define CLASS(...) CLASS_ROW(__VA_ARGS__)
#define CLASS_ROW(mask, code, vendor, first, last, kind, idle) \
	{ mask, code, vendor, first, last, P2P_CLASS_##kind, idle },
#include "topology/class.def"
#undef CLASS
#undef CLASS_ROW
};

static const char *const names[P2P_CLASSES] = {
	[P2P_CLASS_OTHER] = "other",
	[P2P_CLASS_GPU] = "gpu",
	[P2P_CLASS_ACCEL] = "accel",
	[P2P_CLASS_NIC] = "nic",
	[P2P_CLASS_NVME] = "nvme",
	[P2P_CLASS_STORAGE] = "storage",
	[P2P_CLASS_MEMORY] = "memory",
	[P2P_CLASS_SWITCH] = "switch",
	[P2P_CLASS_BRIDGE] = "bridge",
	[P2P_CLASS_HOST] = "host",
};

/* The last row matches everything. */
static const struct class_row *find_row(uint32_t class_code, uint16_t vendor, uint16_t device)
{
	const struct class_row *row = rows;

	while ((class_code & row->mask) != row->code ||
	       (row->vendor && (row->vendor != vendor || device < row->first ||
				device > row->last)))
		row++;
	return row;
}

enum p2p_class p2p_class_of(uint32_t class_code, uint16_t vendor, uint16_t device)
{
	return find_row(class_code, vendor, device)->kind;
}

bool p2p_function_is_bridge(const struct p2p_function *function)
{
	if (function->missing)
		return true;
	if (function->header == P2P_PRESENT)
		return function->header_type == PCI_HEADER_TYPE_BRIDGE ||
		       function->header_type == PCI_HEADER_TYPE_CARDBUS;
	return function->kind == P2P_CLASS_BRIDGE;
}

bool p2p_function_has_header_0(const struct p2p_function *function)
{
	if (function->header == P2P_PRESENT)
		return function->header_type == PCI_HEADER_TYPE_NORMAL;
	return !p2p_function_is_bridge(function);
}

const struct p2p_function *p2p_function_top(const struct p2p_function *function)
{
	while (function->parent)
		function = function->parent;
	return function;
}

bool p2p_function_is_type(const struct p2p_function *function, enum p2p_port_type type)
{
	return function->pcie.fact == P2P_PRESENT && function->pcie.type == type;
}

bool p2p_link_is_port(const struct p2p_function *port)
{
	return p2p_function_is_type(port, P2P_PORT_ROOT) ||
	       p2p_function_is_type(port, P2P_PORT_DOWNSTREAM);
}

bool p2p_function_takes_part(const struct p2p_function *function)
{
	static const bool peers[P2P_CLASSES] = {
		[P2P_CLASS_GPU] = true, [P2P_CLASS_ACCEL] = true, [P2P_CLASS_NIC] = true,
		[P2P_CLASS_NVME] = true, [P2P_CLASS_SWITCH] = true,
	};

	return p2p_function_has_header_0(function) && peers[function->kind] &&
	       !find_row(function->class_code, function->vendor, function->device)->idle;
}

const char *p2p_class_name(enum p2p_class kind)
{
	return (unsigned int)kind < P2P_CLASSES ? names[kind] : names[P2P_CLASS_OTHER];
}

int p2p_class_parse(const char *name, enum p2p_class *ret_kind)
{
	for (unsigned int i = 0; i < P2P_CLASSES; i++)
		if (!strcmp(names[i], name)) {
			*ret_kind = (enum p2p_class)i;
			return 0;
		}
	return -EINVAL;
}

const char *p2p_port_type_name(enum p2p_port_type type)
{
	static const char *const types[16] = {
		[P2P_PORT_ENDPOINT] = "Endpoint",
		[P2P_PORT_LEGACY_ENDPOINT] = "Legacy Endpoint",
		[P2P_PORT_ROOT] = "Root Port",
		[P2P_PORT_UPSTREAM] = "Upstream Port",
		[P2P_PORT_DOWNSTREAM] = "Downstream Port",
		[P2P_PORT_PCI_BRIDGE] = "PCI-Express to PCI/PCI-X Bridge",
		[P2P_PORT_PCIE_BRIDGE] = "PCI/PCI-X to PCI-Express Bridge",
		[P2P_PORT_RC_ENDPOINT] = "Root Complex Integrated Endpoint",
		[P2P_PORT_RC_EVENT_COLLECTOR] = "Root Complex Event Collector",
	};
	const char *name = (unsigned int)type < 16 ? types[type] : NULL;

	return name ? name : "Unknown type";
}
