// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2preplay: host bridges made of software, whose config space is that of a captured machine. For tests only.
 *
 * The real PCI core enumerates them and the real p2pdma code walks them. The file named by the parameter is made by
 * tests/vm/replay.py. Config space is as captured and stays so, whatever the core writes; only the command register and
 * a BAR take writes. A function with memory has one BAR in the file, prefetchable, 64 bits wide and of 2 MiB: enough to
 * ask for map types; nothing answers there. Bridge windows are closed.
 */
#include <linux/bsearch.h>
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#define REPLAY_MAGIC 0x59504c5250325032ULL
#define REPLAY_SIZE_MAX (64 << 20)
#define REPLAY_BAR_SIZE (2 << 20)
#define REPLAY_BAR_FLAGS (PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH)

struct replay_header {
	__le64 magic;
	__le32 roots;
	__le32 functions;
} __packed;

struct replay_root {
	__le32 domain;
	u8 first;
	u8 last;
	u8 reserved[2];
} __packed;

/* Sorted by key. */
struct replay_function {
	__le64 key;
	__le32 size;
	__le32 vfs;
	u8 config[4096];
} __packed;

struct host {
	struct pci_sysdata sysdata;
	struct resource buses;
	struct pci_bus *bus;
};

static char *file;
module_param(file, charp, 0400);
MODULE_PARM_DESC(file, "what to replay, as made by replay.py");

static struct replay_function *functions;
static u32 function_count;
static struct host *hosts;
static u32 host_count;
static void *image;

static u64 key_of(u32 domain, u8 bus, u8 devfn)
{
	return (u64)domain << 16 | bus << 8 | devfn;
}

static int compare(const void *a, const void *b)
{
	u64 key = *(const u64 *)a;
	u64 other = le64_to_cpu(((const struct replay_function *)b)->key);

	return key < other ? -1 : key > other;
}

static struct replay_function *find(u32 domain, u8 bus, u8 devfn)
{
	u64 key = key_of(domain, bus, devfn);

	return bsearch(&key, functions, function_count, sizeof(*functions), compare);
}

static struct replay_function *find_at(struct pci_bus *bus, unsigned int devfn)
{
	return find(pci_domain_nr(bus), bus->number, devfn);
}

/* What is not there reads as ones, as it does on a machine. */
static int replay_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	struct replay_function *fn = find_at(bus, devfn);
	int i;

	*value = ~0U;
	if (!fn || where + size > le32_to_cpu(fn->size))
		return PCIBIOS_SUCCESSFUL;
	*value = 0;
	for (i = 0; i < size; i++)
		*value |= (u32)fn->config[where + i] << (8 * i);
	return PCIBIOS_SUCCESSFUL;
}

static bool has_bar(const struct replay_function *fn)
{
	return (fn->config[PCI_HEADER_TYPE] & 0x7f) == PCI_HEADER_TYPE_NORMAL &&
	       (fn->config[PCI_BASE_ADDRESS_0] & 0xf) == REPLAY_BAR_FLAGS;
}

static int replay_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	struct replay_function *fn = find_at(bus, devfn);

	if (!fn)
		return PCIBIOS_SUCCESSFUL;
	if (where == PCI_COMMAND && size == 2)
		put_unaligned_le16(value, &fn->config[where]);
	else if (where == PCI_BASE_ADDRESS_0 && size == 4 && has_bar(fn))
		put_unaligned_le32((value & ~(REPLAY_BAR_SIZE - 1)) | REPLAY_BAR_FLAGS, &fn->config[where]);
	else if (where == PCI_BASE_ADDRESS_1 && size == 4 && has_bar(fn))
		put_unaligned_le32(value, &fn->config[where]);
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops replay_ops = {
	.read = replay_read,
	.write = replay_write,
};

static int load(void)
{
	const struct replay_header *header;
	ssize_t size = kernel_read_file_from_path(file, 0, &image, REPLAY_SIZE_MAX, NULL, READING_FIRMWARE);
	size_t need = sizeof(*header);

	if (size < 0)
		return size;
	header = image;
	if (size < need || le64_to_cpu(header->magic) != REPLAY_MAGIC)
		return -EINVAL;
	host_count = le32_to_cpu(header->roots);
	function_count = le32_to_cpu(header->functions);
	need += (size_t)host_count * sizeof(struct replay_root);
	functions = image + need;
	need += (size_t)function_count * sizeof(struct replay_function);
	return size == need ? 0 : -EINVAL;
}

static int add_host(struct host *host, const struct replay_root *root)
{
	LIST_HEAD(resources);

	host->sysdata.domain = le32_to_cpu(root->domain);
	host->sysdata.node = NUMA_NO_NODE;
	host->buses = (struct resource) {
		.name = "replayed buses",
		.start = root->first,
		.end = root->last,
		.flags = IORESOURCE_BUS,
	};
	pci_add_resource(&resources, &host->buses);
	host->bus = pci_create_root_bus(NULL, root->first, &replay_ops, &host->sysdata, &resources);
	if (!host->bus) {
		pci_free_resource_list(&resources);
		return -ENODEV;
	}
	pci_scan_child_bus(host->bus);
	pci_bus_add_devices(host->bus);
	return 0;
}

/* Virtual functions exist for the kernel when their physical function turns them on, as its driver did when captured. */
static void switch_vfs(bool on)
{
	struct pci_dev *dev = NULL;
	u32 i;

	for (i = 0; i < function_count; i++) {
		u64 key = le64_to_cpu(functions[i].key);
		u32 vfs = le32_to_cpu(functions[i].vfs);
		int err = 0;

		if (!vfs)
			continue;
		dev = pci_get_domain_bus_and_slot(key >> 16, (key >> 8) & 0xff, key & 0xff);
		if (!dev)
			continue;
		if (on)
			err = pci_enable_sriov(dev, vfs);
		else
			pci_disable_sriov(dev);
		if (err)
			pci_err(dev, "p2preplay: %u virtual functions cannot be turned on: %d\n", vfs, err);
		pci_dev_put(dev);
	}
}

static void remove_hosts(void)
{
	u32 i;

	switch_vfs(false);
	pci_lock_rescan_remove();
	for (i = host_count; i-- > 0;) {
		if (!hosts[i].bus)
			continue;
		pci_stop_root_bus(hosts[i].bus);
		pci_remove_root_bus(hosts[i].bus);
	}
	pci_unlock_rescan_remove();
}

static int add_hosts(void)
{
	const struct replay_root *roots = image + sizeof(struct replay_header);
	int err = 0;
	u32 i;

	pci_lock_rescan_remove();
	for (i = 0; i < host_count && !err; i++)
		err = add_host(&hosts[i], &roots[i]);
	pci_unlock_rescan_remove();
	if (err)
		remove_hosts();
	else
		switch_vfs(true);
	return err;
}

static void release(void)
{
	kvfree(hosts);
	vfree(image);
}

static int __init p2preplay_init(void)
{
	int err = file ? load() : -EINVAL;

	if (!err) {
		hosts = kvcalloc(host_count, sizeof(*hosts), GFP_KERNEL);
		err = hosts ? add_hosts() : -ENOMEM;
	}
	if (err)
		release();
	return err;
}
module_init(p2preplay_init);

static void __exit p2preplay_exit(void)
{
	remove_hosts();
	release();
}
module_exit(p2preplay_exit);

MODULE_DESCRIPTION("Host bridges whose config space is that of a capture (for tests)");
MODULE_LICENSE("GPL");
