// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2pcrowd: a PCI domain with as many functions as are asked for, eight a device, without memory or drivers; so that a list of
 * a million pairs can be of functions that exist. For tests only.
 */
#include <linux/module.h>
#include <linux/pci.h>

#define PER_BUS 256
#define MAX_BUSES 256

static unsigned int count = 1024;
module_param(count, uint, 0400);
MODULE_PARM_DESC(count, "functions");

static struct pci_sysdata sysdata = { .domain = 0xc0de, .node = NUMA_NO_NODE };
static struct resource numbers[MAX_BUSES];
static struct pci_bus *buses[MAX_BUSES];

static u8 config_byte(int where)
{
	switch (where) {
	case PCI_VENDOR_ID: return 0x36;
	case PCI_VENDOR_ID + 1: return 0x1b;
	case PCI_DEVICE_ID: return 0xcd;
	case PCI_DEVICE_ID + 1: return 0xab;
	case PCI_CLASS_DEVICE + 1: return 0x12;
	case PCI_HEADER_TYPE: return 0x80;
	}
	return 0;
}

static int crowd_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	int i;

	*value = ~0U;
	if (bus->number * PER_BUS + devfn >= count || where >= 256)
		return PCIBIOS_SUCCESSFUL;
	*value = 0;
	for (i = 0; i < size; i++)
		*value |= (u32)config_byte(where + i) << (8 * i);
	return PCIBIOS_SUCCESSFUL;
}

static int crowd_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops ops = { .read = crowd_read, .write = crowd_write };

static int add(unsigned int i)
{
	LIST_HEAD(resources);

	numbers[i] = (struct resource) { .name = "crowd", .start = i, .end = i, .flags = IORESOURCE_BUS };
	pci_add_resource(&resources, &numbers[i]);
	buses[i] = pci_create_root_bus(NULL, i, &ops, &sysdata, &resources);
	if (!buses[i]) {
		pci_free_resource_list(&resources);
		return -ENODEV;
	}
	pci_scan_child_bus(buses[i]);
	pci_bus_add_devices(buses[i]);
	return 0;
}

static void __exit crowd_exit(void)
{
	unsigned int i;

	pci_lock_rescan_remove();
	for (i = 0; i < MAX_BUSES && buses[i]; i++) {
		pci_stop_root_bus(buses[i]);
		pci_remove_root_bus(buses[i]);
	}
	pci_unlock_rescan_remove();
}
module_exit(crowd_exit);

static int __init crowd_init(void)
{
	unsigned int i;
	int err = 0;

	pci_lock_rescan_remove();
	for (i = 0; i < MAX_BUSES && i * PER_BUS < count && !err; i++)
		err = add(i);
	pci_unlock_rescan_remove();
	return err;
}
module_init(crowd_init);

MODULE_DESCRIPTION("A crowd of PCI functions (for tests)");
MODULE_LICENSE("GPL");
