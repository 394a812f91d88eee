/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is this a virtual machine?  Its topology is then what an emulator shows rather than the hardware. */
#include <string.h>

#include "topology/build.h"

/**
 * struct emulator - ids that an emulator gives to emulated functions.
 * @hardware_too: real devices have this vendor id, too (virtio in SmartNICs), so it is no proof by itself
 */
struct emulator {
	uint16_t vendor, first, last;
	bool hardware_too;
	const char *hypervisor;
};

static const struct emulator emulators[] = {
	{ 0x1b36, 0x0000, 0xffff, false, "QEMU" },		/* Red Hat: bridges, NVMe, QXL */
	{ 0x1234, 0x1111, 0x1111, false, "QEMU" },		/* standard VGA */
	{ 0x1af4, 0x0000, 0xffff, true, NULL },			/* virtio */
	{ 0x15ad, 0x0000, 0x080f, false, "VMware" },
	{ 0x80ee, 0x0000, 0xffff, false, "VirtualBox" },
	{ 0x1414, 0x5353, 0x5353, false, "Hyper-V" },		/* its VGA */
	{ 0x5853, 0x0000, 0xffff, false, "Xen" },
	{ 0x1ab8, 0x0000, 0xffff, false, "Parallels" },
	{ 0xfb5d, 0x0000, 0xffff, false, "bhyve" },
};

/* Subsystem ids of QEMU's models of real chips; QEMU, docs/specs/pci-ids.rst. */
#define QEMU_SUBSYSTEM_VENDOR	0x1af4
#define QEMU_SUBSYSTEM_DEVICE	0x1100

/* What the firmware tables of a guest contain: substrings of vendor or product. */
static const struct { const char *path, *text, *hypervisor; } firmware[] = {
	{ "sys/class/dmi/id/sys_vendor", "QEMU", "QEMU" },
	{ "sys/class/dmi/id/product_name", "KVM", "KVM" },
	{ "sys/class/dmi/id/sys_vendor", "VMware", "VMware" },
	{ "sys/class/dmi/id/product_name", "VirtualBox", "VirtualBox" },
	{ "sys/class/dmi/id/product_name", "Virtual Machine", "Hyper-V" },
	{ "sys/class/dmi/id/sys_vendor", "Xen", "Xen" },
	{ "sys/class/dmi/id/product_name", "Google Compute Engine", "Google Compute Engine" },
	{ "sys/class/dmi/id/sys_vendor", "Amazon EC2", "Amazon EC2" },
	{ "sys/class/dmi/id/sys_vendor", "Parallels", "Parallels" },
	{ "sys/class/dmi/id/sys_vendor", "OpenStack", "OpenStack" },
	{ "sys/class/dmi/id/sys_vendor", "BHYVE", "bhyve" },
	{ "sys/class/dmi/id/sys_vendor", "Bochs", "Bochs" },
};

static const struct emulator *find_emulator(const struct p2p_function *function)
{
	static const struct emulator qemu_model = { 0, 0, 0, false, "QEMU" };

	if (function->ids != P2P_PRESENT)
		return NULL;
	for (size_t i = 0; i < P2P_LENGTH(emulators); i++)
		if (emulators[i].vendor == function->vendor &&
		    function->device >= emulators[i].first &&
		    function->device <= emulators[i].last)
			return &emulators[i];
	if (function->subsystem_vendor == QEMU_SUBSYSTEM_VENDOR &&
	    function->subsystem_device == QEMU_SUBSYSTEM_DEVICE)
		return &qemu_model;
	return NULL;
}

static const char *name_by_firmware(const struct p2p_topology *topology)
{
	for (size_t i = 0; i < P2P_LENGTH(firmware); i++) {
		const struct p2p_file *file = p2p_file_at(topology, "%s", firmware[i].path);

		if (strstr(p2p_file_lines(file), firmware[i].text))
			return firmware[i].hypervisor;
	}
	return NULL;
}

/* Bare-metal clouds have the provider's name in their firmware, too, so it only names the hypervisor and proves nothing. */
void p2p_guest_build(struct p2p_topology *topology)
{
	struct p2p_machine *machine = &topology->machine;
	const char *by_device = NULL;
	bool proof = false;

	for (size_t i = 0; i < topology->count; i++) {
		const struct emulator *emulator = find_emulator(&topology->functions[i]);

		if (!emulator)
			continue;
		proof |= !emulator->hardware_too;
		if (!by_device)
			by_device = emulator->hypervisor;
	}
	/* The CPU may hide that it is virtual: QEMU's -cpu host,-hypervisor. */
	if (proof)
		machine->virtual_machine = P2P_YES;
	if (machine->virtual_machine != P2P_YES)
		return;
	machine->hypervisor = name_by_firmware(topology);
	if (!machine->hypervisor)
		machine->hypervisor = by_device;
	for (size_t i = 0; i < topology->count; i++)
		topology->functions[i].emulated = find_emulator(&topology->functions[i]) != NULL;
}

/* Emulators use 8086:3420, and ports with ids of their own. */
bool p2p_function_is_hardware_port(const struct p2p_function *function)
{
	static const uint16_t vendors[] = {
		0x8086, 0x1022, 0x1002, 0x10de, 0x1def, 0x19e5, 0x1d17, 0x177d, 0x1ded, 0x1014,
	};

	if (function->orphan || function->ids != P2P_PRESENT || function->emulated ||
	    !p2p_function_is_type(function, P2P_PORT_ROOT) ||
	    (function->vendor == 0x8086 && function->device == 0x3420))
		return false;
	for (size_t i = 0; i < P2P_LENGTH(vendors); i++)
		if (function->vendor == vendors[i])
			return true;
	return false;
}
