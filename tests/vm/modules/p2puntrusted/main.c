// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2puntrusted: a function that the kernel does not trust, as it does not trust one in a Thunderbolt port. For tests only.
 *
 * The function that the parameter names is untrusted as long as the module is loaded. Write "PROVIDER CLIENT" to
 * /sys/kernel/debug/p2puntrusted/map: a list of an ordinary page and a page of the provider's peer memory is mapped for the client
 * by dma_map_sg(), and unmapped at once. EREMOTEIO: not mapped; EXDEV: mapped, but an IOMMU does not lead to the provider's page.
 */
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci-p2pdma.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>

static char *function;
module_param(function, charp, 0);
MODULE_PARM_DESC(function, "the function that is not trusted");

static struct pci_dev *untrusted;
static struct dentry *folder;

static struct pci_dev *find_function(const char *name)
{
	unsigned int domain, bus, slot, fn;

	if (sscanf(name, "%x:%x:%x.%u", &domain, &bus, &slot, &fn) != 4)
		return NULL;
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
}

/* Does the IOMMU send the device to this very page? */
static bool leads_to(struct device *dev, dma_addr_t at, struct page *page)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	return domain && iommu_iova_to_phys(domain, at) == page_to_phys(page);
}

static int map_list(struct device *client, struct page *ordinary, struct page *peer)
{
	struct scatterlist list[2];
	u64 mask = *client->dma_mask;
	int n, err = 0;

	sg_init_table(list, 2);
	sg_set_page(&list[0], ordinary, PAGE_SIZE, 0);
	sg_set_page(&list[1], peer, PAGE_SIZE, 0);
	*client->dma_mask = DMA_BIT_MASK(64);	/* the way is asked for, and not the reach */
	n = dma_map_sg(client, list, 2, DMA_BIDIRECTIONAL);
	if (!n)
		err = -EREMOTEIO;
	else if (n == 2 && !leads_to(client, sg_dma_address(&list[1]), peer))
		err = -EXDEV;
	if (n)
		dma_unmap_sg(client, list, 2, DMA_BIDIRECTIONAL);
	*client->dma_mask = mask;
	return err;
}

static int map(struct pci_dev *provider, struct pci_dev *client)
{
	struct page *ordinary = alloc_page(GFP_KERNEL);
	void *peer = pci_alloc_p2pmem(provider, PAGE_SIZE);
	int err = -ENOMEM;

	if (ordinary && peer)
		err = map_list(&client->dev, ordinary, virt_to_page(peer));
	if (peer)
		pci_free_p2pmem(provider, peer, PAGE_SIZE);
	if (ordinary)
		__free_page(ordinary);
	return err;
}

static ssize_t map_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	struct pci_dev *provider, *client;
	char line[64], names[2][16];
	int err = -ENODEV;

	if (len >= sizeof(line) || copy_from_user(line, from, len))
		return -EFAULT;
	line[len] = 0;
	if (sscanf(line, "%15s %15s", names[0], names[1]) != 2)
		return -EINVAL;
	provider = find_function(names[0]);
	client = find_function(names[1]);
	if (provider && client)
		err = map(provider, client);
	pci_dev_put(provider);
	pci_dev_put(client);
	return err ? err : len;
}

static const struct file_operations map_fops = {
	.owner = THIS_MODULE,
	.write = map_write,
};

static int __init untrusted_init(void)
{
	untrusted = function ? find_function(function) : NULL;
	if (!untrusted)
		return -ENODEV;
	untrusted->untrusted = 1;
	folder = debugfs_create_dir("p2puntrusted", NULL);
	debugfs_create_file("map", 0200, folder, NULL, &map_fops);
	return 0;
}
module_init(untrusted_init);

static void __exit untrusted_exit(void)
{
	debugfs_remove(folder);
	untrusted->untrusted = 0;
	pci_dev_put(untrusted);
}
module_exit(untrusted_exit);

MODULE_DESCRIPTION("A function that the kernel does not trust (for tests)");
MODULE_LICENSE("GPL");
