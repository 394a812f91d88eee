/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The classes users think in, as one table over class codes; the first row that matches holds. */
#include <errno.h>
#include <string.h>

#include <pci/pci.h>

#include "topology/build.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct class_row - @mask and @code of the 24-bit class code; @vendor 0 is any, and then the
 *	devices do not matter.
 */
struct class_row {
	uint32_t mask, code;
	uint16_t vendor, first, last;
	enum p2p_class kind;
};

static const struct class_row rows[] = {
	{ 0xffff00, 0x010800, 0, 0, 0, P2P_CLASS_NVME },
	{ 0xff0000, 0x010000, 0, 0, 0, P2P_CLASS_STORAGE },
	{ 0xffff00, 0x0c0400, 0, 0, 0, P2P_CLASS_STORAGE },	/* Fibre Channel */
	{ 0xff0000, 0x020000, 0, 0, 0, P2P_CLASS_NIC },
	{ 0xffff00, 0x0c0600, 0, 0, 0, P2P_CLASS_NIC },		/* InfiniBand before 2.2 */
	{ 0xff0000, 0x030000, 0, 0, 0, P2P_CLASS_GPU },
	{ 0xff0000, 0x120000, 0, 0, 0, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x0b4000, 0, 0, 0, P2P_CLASS_ACCEL },	/* co-processor */
	/* FPGAs that left the class of their vendor's example in place. */
	{ 0xff0000, 0x050000, 0x10ee, 0x0000, 0xffff, P2P_CLASS_ACCEL },
	{ 0xff0000, 0x050000, 0x1172, 0x0000, 0xffff, P2P_CLASS_ACCEL },
	/* Intel DMA engines: I/OAT, DSA, IAX; drivers/dma/ioat/hw.h, drivers/dma/idxd/init.c. */
	{ 0xffff00, 0x088000, 0x8086, 0x0b00, 0x0b00, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x0b25, 0x0b25, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x0cfe, 0x0cfe, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x11fb, 0x11fb, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x1212, 0x1212, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x1216, 0x1216, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x2021, 0x2021, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x0e20, 0x0e2f, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x2f20, 0x2f2f, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x3c20, 0x3c2f, P2P_CLASS_ACCEL },
	{ 0xffff00, 0x088000, 0x8086, 0x6f20, 0x6f2f, P2P_CLASS_ACCEL },
	/* Management, DMA and NT functions of switches: Microchip, PLX, Broadcom, IDT. */
	{ 0xff0000, 0x050000, 0x11f8, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xffff00, 0x068000, 0x11f8, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xff0000, 0x080000, 0x10b5, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xffff00, 0x068000, 0x10b5, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xff0000, 0x080000, 0x1000, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xffff00, 0x068000, 0x1000, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xff0000, 0x080000, 0x111d, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xffff00, 0x068000, 0x111d, 0x0000, 0xffff, P2P_CLASS_SWITCH },
	{ 0xff0000, 0x050000, 0, 0, 0, P2P_CLASS_MEMORY },
	{ 0xffff00, 0x060000, 0, 0, 0, P2P_CLASS_HOST },
	{ 0xffff00, 0x060400, 0, 0, 0, P2P_CLASS_BRIDGE },
	{ 0xffff00, 0x060700, 0, 0, 0, P2P_CLASS_BRIDGE },
	{ 0xffff00, 0x060900, 0, 0, 0, P2P_CLASS_BRIDGE },
	{ 0xffff00, 0x080600, 0, 0, 0, P2P_CLASS_HOST },	/* IOMMU */
	{ 0xffff00, 0x080700, 0, 0, 0, P2P_CLASS_HOST },	/* root complex event collector */
	/* A DMA controller (PCI Code and ID Assignment r1.11, sec 1.9) that no row above named. */
	{ 0xffff00, 0x080100, 0, 0, 0, P2P_CLASS_ACCEL },
};

/* Displays of management controllers and of emulators: they give and take no peer memory. */
static const struct { uint16_t vendor, first, last; } plain_displays[] = {
	{ 0x1a03, 0x0000, 0xffff },	/* ASPEED */
	{ 0x102b, 0x0520, 0x05ff },	/* Matrox G200e and the like */
	{ 0x1234, 0x0000, 0xffff },	/* QEMU standard VGA */
	{ 0x1af4, 0x0000, 0xffff },	/* virtio */
	{ 0x1b36, 0x0000, 0xffff },	/* QXL */
	{ 0x1013, 0x0000, 0xffff },	/* Cirrus */
	{ 0x15ad, 0x0000, 0xffff },	/* VMware SVGA */
	{ 0x80ee, 0x0000, 0xffff },	/* VirtualBox */
	{ 0x1414, 0x5353, 0x5353 },	/* Hyper-V */
	{ 0x1d0f, 0x1111, 0x1111 },	/* Amazon EC2 */
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

enum p2p_class p2p_class_of(uint32_t class_code, uint16_t vendor, uint16_t device)
{
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		const struct class_row *row = &rows[i];

		if ((class_code & row->mask) != row->code)
			continue;
		if (!row->vendor || (row->vendor == vendor && device >= row->first &&
				     device <= row->last))
			return row->kind;
	}
	return P2P_CLASS_OTHER;
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

static bool is_plain_display(const struct p2p_function *function)
{
	size_t i;

	for (i = 0; i < LENGTH(plain_displays); i++)
		if (plain_displays[i].vendor == function->vendor &&
		    plain_displays[i].first <= function->device &&
		    plain_displays[i].last >= function->device)
			return true;
	return false;
}

bool p2p_function_takes_part(const struct p2p_function *function)
{
	if (!p2p_function_has_header_0(function))
		return false;
	switch (function->kind) {
	case P2P_CLASS_GPU:
		return !is_plain_display(function);
	case P2P_CLASS_ACCEL:
	case P2P_CLASS_NIC:
	case P2P_CLASS_NVME:
	case P2P_CLASS_SWITCH:
		return true;
	case P2P_CLASS_OTHER:
	case P2P_CLASS_STORAGE:
	case P2P_CLASS_MEMORY:
	case P2P_CLASS_BRIDGE:
	case P2P_CLASS_HOST:
	case P2P_CLASSES:
		break;
	}
	return false;
}

const char *p2p_class_name(enum p2p_class kind)
{
	return (unsigned int)kind < P2P_CLASSES ? names[kind] : names[P2P_CLASS_OTHER];
}

int p2p_class_parse(const char *name, enum p2p_class *ret_kind)
{
	unsigned int i;

	for (i = 0; i < P2P_CLASSES; i++)
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
