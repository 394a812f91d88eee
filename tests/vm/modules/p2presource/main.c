// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2presource: map bare addresses for a PCI function, as drivers of GPUs map each other's memory. For tests only.
 *
 * Write "HOW CLIENT ADDRESS LENGTH" to /sys/kernel/debug/p2presource/map: it is mapped, and unmapped when the next write comes.
 * HOW: resource, dma_map_resource(); phys, dma_map_phys() and link, dma_iova_link(), both with DMA_ATTR_MMIO.
 * EREMOTEIO: not mapped; EOPNOTSUPP: this kernel or machine has no such way.
 */
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/version.h>

struct mapping {
	struct pci_dev *client;
	u64 address;
	u64 len;
	dma_addr_t dma;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	struct dma_iova_state iova;
#endif
};

struct way {
	const char *name;
	int (*map)(struct mapping *m);
	void (*unmap)(struct mapping *m);
};

static int map_resource(struct mapping *m)
{
	m->dma = dma_map_resource(&m->client->dev, m->address, m->len, DMA_BIDIRECTIONAL, 0);
	return dma_mapping_error(&m->client->dev, m->dma) ? -EREMOTEIO : 0;
}

static void unmap_resource(struct mapping *m)
{
	dma_unmap_resource(&m->client->dev, m->dma, m->len, DMA_BIDIRECTIONAL, 0);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
static int map_phys(struct mapping *m)
{
	m->dma = dma_map_phys(&m->client->dev, m->address, m->len, DMA_BIDIRECTIONAL, DMA_ATTR_MMIO);
	return dma_mapping_error(&m->client->dev, m->dma) ? -EREMOTEIO : 0;
}

static void unmap_phys(struct mapping *m)
{
	dma_unmap_phys(&m->client->dev, m->dma, m->len, DMA_BIDIRECTIONAL, DMA_ATTR_MMIO);
}

static int map_link(struct mapping *m)
{
	if (!dma_iova_try_alloc(&m->client->dev, &m->iova, m->address, m->len))
		return -EOPNOTSUPP;
	if (!dma_iova_link(&m->client->dev, &m->iova, m->address, 0, m->len, DMA_BIDIRECTIONAL, DMA_ATTR_MMIO))
		return 0;
	dma_iova_free(&m->client->dev, &m->iova);
	return -EREMOTEIO;
}

static void unmap_link(struct mapping *m)
{
	dma_iova_destroy(&m->client->dev, &m->iova, m->len, DMA_BIDIRECTIONAL, DMA_ATTR_MMIO);
}
#endif

static const struct way ways[] = {
	{ "resource", map_resource, unmap_resource },
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	{ "phys", map_phys, unmap_phys },
	{ "link", map_link, unmap_link },
#endif
};

static DEFINE_MUTEX(lock);
static struct mapping held;
static const struct way *held_by;
static struct dentry *folder;

static void let_go(void)
{
	if (!held_by)
		return;
	held_by->unmap(&held);
	pci_dev_put(held.client);
	held_by = NULL;
}

/* The mask is lifted, since the way is asked for and not the reach. */
static int hold(const struct way *way, struct mapping *m)
{
	u64 mask = *m->client->dev.dma_mask;
	int err;

	*m->client->dev.dma_mask = DMA_BIT_MASK(64);
	err = way->map(m);
	*m->client->dev.dma_mask = mask;
	if (err) {
		pci_dev_put(m->client);
		return err;
	}
	let_go();
	held = *m;
	held_by = way;
	return 0;
}

static struct pci_dev *find_client(const char *name)
{
	unsigned int domain, bus, slot, fn;

	if (sscanf(name, "%x:%x:%x.%u", &domain, &bus, &slot, &fn) != 4)
		return NULL;
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
}

static ssize_t map_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	char line[128], how[16], client[16];
	struct mapping m = {};
	int err = -EOPNOTSUPP;
	size_t i;

	if (len >= sizeof(line) || copy_from_user(line, from, len))
		return -EFAULT;
	line[len] = 0;
	if (sscanf(line, "%15s %15s %lli %lli", how, client, &m.address, &m.len) != 4)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (strcmp(ways[i].name, how))
			continue;
		m.client = find_client(client);
		if (!m.client)
			return -ENODEV;
		mutex_lock(&lock);
		err = hold(&ways[i], &m);
		mutex_unlock(&lock);
	}
	return err ? err : len;
}

static const struct file_operations map_fops = {
	.owner = THIS_MODULE,
	.write = map_write,
};

static int __init p2presource_init(void)
{
	folder = debugfs_create_dir("p2presource", NULL);
	debugfs_create_file("map", 0200, folder, NULL, &map_fops);
	return 0;
}
module_init(p2presource_init);

static void __exit p2presource_exit(void)
{
	debugfs_remove(folder);
	let_go();
}
module_exit(p2presource_exit);

MODULE_DESCRIPTION("Map bare addresses for a PCI function (for tests)");
MODULE_LICENSE("GPL");
