// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map type that a client's DMA mapping gets, which is another question to another function than the distance.
 *
 * A provider without p2pdma state is given some for the time of the question: part of a BAR, in the size that the kernel
 * makes pages for. Where a BAR is too small for that, a release that knows providers without pages (pcim_p2pdma_init()) is
 * asked what its mapping code asks, pci_p2pdma_map_type(); it is not exported and found by name.
 */
#include <linux/dma-mapping.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pci-p2pdma.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "p2pask.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define sg_dma_is_bus_address sg_is_dma_bus_address
#endif

/* Memory of a provider, by address and as its bus sees it. */
struct memory {
	struct pci_dev *provider;
	void *page;
	pci_bus_addr_t bus;
	int bar;
};

#ifdef CONFIG_PCI_P2PDMA

/*
 * The kernel keeps a provider's map types by the client's domain and address, computed in 32 bits (map_types_idx() in
 * drivers/pci/p2pdma.c, up to 7.3): of a domain beyond 16 bits the upper part is lost, and two clients share an entry.
 */
static bool has_alias(const struct p2pask_functions *fns, const struct pci_dev *client)
{
	size_t i;

	for (i = 0; i < fns->count; i++) {
		const struct pci_dev *other = fns->dev[i];

		if (other != client && other->bus->number == client->bus->number && other->devfn == client->devfn &&
		    (u16)pci_domain_nr(other->bus) == (u16)pci_domain_nr(client->bus))
			return true;
	}
	return false;
}

static void say(struct seq_file *file, struct pci_dev *provider, struct pci_dev *client, const char *type,
		const char *how, const struct p2pask_functions *fns)
{
	seq_printf(file, "%s %s %s %s\n", pci_name(provider), pci_name(client), type,
		   has_alias(fns, client) ? "aliased" : how);
}

static void release(struct device *dev)
{
	kfree(dev);
}

/* The device that maps: a reference to the function, or a device below it, which is not registered, with the function's mask. */
static struct device *get_client(struct pci_dev *dev)
{
	struct device *client;

	if (!p2pask_child)
		return get_device(&dev->dev);
	client = kzalloc(sizeof(*client), GFP_KERNEL);
	if (!client)
		return NULL;
	device_initialize(client);
	client->release = release;
	client->parent = &dev->dev;
	client->dma_mask = dev->dev.dma_mask;
	client->coherent_dma_mask = DMA_BIT_MASK(64);
	dev_set_name(client, "p2pask");
	return client;
}

/* The mapping is undone at once; no byte moves. The mask is lifted, since the type is asked for and not the reach. */
static int map_one(struct seq_file *file, const struct memory *memory, struct pci_dev *dev,
		   const struct p2pask_functions *fns)
{
	struct device *client = get_client(dev);
	u64 mask = *dev->dev.dma_mask;
	struct sg_table table;
	const char *type;
	int err = client ? sg_alloc_table(&table, 1, GFP_KERNEL) : -ENOMEM;

	if (err) {
		put_device(client);
		return err;
	}
	sg_set_page(table.sgl, virt_to_page(memory->page), PAGE_SIZE, 0);
	*client->dma_mask = DMA_BIT_MASK(64);
	err = dma_map_sgtable(client, &table, DMA_BIDIRECTIONAL, 0);
	if (err == -EREMOTEIO)
		type = "not_supported";
	else if (err)
		type = "error";
	else if (!sg_dma_is_bus_address(table.sgl))
		type = "thru_host_bridge";
	else
		type = sg_dma_address(table.sgl) == memory->bus ? "bus_addr" : "wrong_address";
	say(file, memory->provider, dev, type, "mapped", fns);
	if (!err)
		dma_unmap_sgtable(client, &table, DMA_BIDIRECTIONAL, 0);
	*client->dma_mask = mask;
	put_device(client);
	sg_free_table(&table);
	return 0;
}

static void map_memory(struct seq_file *file, struct memory *memory, const struct p2pask_functions *fns)
{
	size_t i;

	memory->page = pci_alloc_p2pmem(memory->provider, PAGE_SIZE);
	if (!memory->page) {
		seq_printf(file, "# %s: no memory in its pool\n", pci_name(memory->provider));
		return;
	}
	memory->bus = pci_p2pmem_virt_to_bus(memory->provider, memory->page);
	for (i = 0; i < fns->count; i++)
		map_one(file, memory, fns->dev[i], fns);
	pci_free_p2pmem(memory->provider, memory->page, PAGE_SIZE);
}

/* A part of a BAR that the kernel can make pages for, or -ENOSPC. */
static int part_of_bar(struct pci_dev *dev, int bar, u64 *ret_offset)
{
	const u64 unit = PAGES_PER_SUBSECTION * PAGE_SIZE;
	u64 start = pci_resource_start(dev, bar);
	u64 offset = ALIGN(start, unit) - start;

	if (offset + unit > pci_resource_len(dev, bar))
		return -ENOSPC;
	*ret_offset = offset;
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
typedef enum pci_p2pdma_map_type map_type_fn(struct p2pdma_provider *provider, struct device *dev);

static map_type_fn *find_map_type(void)
{
	struct kprobe probe = { .symbol_name = "pci_p2pdma_map_type", .flags = KPROBE_FLAG_DISABLED };
	map_type_fn *fn;

	if (register_kprobe(&probe))
		return NULL;
	fn = (map_type_fn *)probe.addr;
	unregister_kprobe(&probe);
	return fn;
}

static int ask_type(struct seq_file *file, struct pci_dev *dev, int bar, const struct p2pask_functions *fns)
{
	static const char * const names[] = {
		[PCI_P2PDMA_MAP_UNKNOWN] = "unknown",
		[PCI_P2PDMA_MAP_NONE] = "none",
		[PCI_P2PDMA_MAP_NOT_SUPPORTED] = "not_supported",
		[PCI_P2PDMA_MAP_BUS_ADDR] = "bus_addr",
		[PCI_P2PDMA_MAP_THRU_HOST_BRIDGE] = "thru_host_bridge",
	};
	map_type_fn *map_type = find_map_type();
	struct p2pdma_provider *provider;
	size_t i;
	int err;

	if (!map_type)
		return -ENOENT;
	err = pcim_p2pdma_init(dev);
	if (err)
		return err;
	provider = pcim_p2pdma_provider(dev, bar);
	if (!provider)
		return -ENXIO;
	for (i = 0; i < fns->count; i++)
		say(file, dev, fns->dev[i], names[map_type(provider, &fns->dev[i]->dev)], "asked", fns);
	return 0;
}
#else
static int ask_type(struct seq_file *file, struct pci_dev *dev, int bar, const struct p2pask_functions *fns)
{
	return -EOPNOTSUPP;
}
#endif

static int memory_bar(struct pci_dev *dev)
{
	int bar, best = -1;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (!(pci_resource_flags(dev, bar) & IORESOURCE_MEM) || !pci_resource_start(dev, bar) ||
		    pci_resource_len(dev, bar) < PAGE_SIZE)
			continue;
		if (best < 0 || pci_resource_len(dev, bar) > pci_resource_len(dev, best))
			best = bar;
	}
	return best;
}

/* A devres group takes back what the provider was given, whether or not a driver is bound to it. */
static void map_with_state(struct seq_file *file, struct memory *memory, const struct p2pask_functions *fns)
{
	struct pci_dev *dev = memory->provider;
	void *group = devres_open_group(&dev->dev, NULL, GFP_KERNEL);
	u64 offset;
	int err;

	if (!group)
		return;
	err = part_of_bar(dev, memory->bar, &offset);
	if (!err)
		err = pci_p2pdma_add_resource(dev, memory->bar, PAGES_PER_SUBSECTION * PAGE_SIZE, offset);
	if (!err)
		map_memory(file, memory, fns);
	else if (err == -ENOSPC)
		err = ask_type(file, dev, memory->bar, fns);
	if (err)
		seq_printf(file, "# %s: BAR %d cannot be a provider's: %d\n", pci_name(dev), memory->bar, err);
	devres_release_group(&dev->dev, group);
}

int p2pask_map_show(struct seq_file *file, const struct p2pask_functions *fns)
{
	size_t i;

	for (i = 0; i < fns->count && !seq_has_overflowed(file); i++) {
		struct memory memory = { .provider = fns->dev[i], .bar = memory_bar(fns->dev[i]) };

		if (rcu_access_pointer(memory.provider->p2pdma))
			map_memory(file, &memory, fns);
		else if (memory.bar >= 0)
			map_with_state(file, &memory, fns);
		cond_resched();
	}
	return 0;
}

#else

int p2pask_map_show(struct seq_file *file, const struct p2pask_functions *fns)
{
	seq_puts(file, "# this kernel has no p2pdma\n");
	return 0;
}

#endif
