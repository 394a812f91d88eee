// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2pmany: ask pci_p2pdma_distance_many() what no file of the kernel asks. For tests only.
 *
 * /sys/kernel/debug/p2pmany   write "PROVIDER CLIENT [CLIENT...]", up to 16 clients; a client with + behind it is a device
 *                             made for the question below that function, one with ++ a device below such a device, and
 *                             "none" a device with no PCI function above it. Read: the answer
 * /sys/kernel/debug/p2pmany_ns   how long it took, in ns; asked as many times as the parameter "repeat" says
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/pci-p2pdma.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/trace_recursion.h>
#include <linux/uaccess.h>

#define MAX_CLIENTS 16

static unsigned int repeat = 1;
module_param(repeat, uint, 0600);
MODULE_PARM_DESC(repeat, "times that a question is asked");

static bool nested;
module_param(nested, bool, 0600);
MODULE_PARM_DESC(nested, "ask from where ftrace's protection against recursion is used up");

static struct dentry *file, *file_ns;
static int answer;
static u64 ns;
static DEFINE_MUTEX(lock);

static void release(struct device *dev)
{
	kfree(dev);
}

/* A device that is not registered: distance looks at its bus (none) and its parent only. Takes over the parent's reference. */
static struct device *below(struct device *parent)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return parent;
	device_initialize(dev);
	dev->release = release;
	dev_set_name(dev, "p2pmany");
	dev->parent = parent;
	return dev;
}

static void put(struct device *dev)
{
	struct device *parent = dev->release == release ? dev->parent : NULL;

	put_device(dev);
	if (parent)
		put(parent);
}

static struct device *find(char *name)
{
	size_t plus = 0, len = strlen(name);
	struct device *dev;

	if (!strcmp(name, "none"))
		return below(NULL);
	while (len && name[len - 1] == '+') {
		name[--len] = 0;
		plus++;
	}
	dev = bus_find_device_by_name(&pci_bus_type, NULL, name);
	while (dev && plus--)
		dev = below(dev);
	return dev;
}

/* As from a tracer that was called inside a tracer: only where the answer is no before the kernel's function runs. */
static int ask_nested(struct pci_dev *provider, struct device **clients, int n)
{
	int outer = ftrace_test_recursion_trylock(_THIS_IP_, _RET_IP_);
	int inner = ftrace_test_recursion_trylock(_THIS_IP_, _RET_IP_);
	int distance = pci_p2pdma_distance_many(provider, clients, n, false);

	if (inner >= 0)
		ftrace_test_recursion_unlock(inner);
	if (outer >= 0)
		ftrace_test_recursion_unlock(outer);
	return distance;
}

static void time_it(struct pci_dev *provider, struct device **clients, int n)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < max(repeat, 1u); i++)
		answer = nested ? ask_nested(provider, clients, n) :
			 pci_p2pdma_distance_many(provider, clients, n, false);
	ns = (ktime_get_ns() - start) / max(repeat, 1u);
}

static int ask(char *text)
{
	struct device *dev[MAX_CLIENTS + 1];
	int n = 0, err = 0;
	char *word;

	while (!err && (word = strsep(&text, " \n"))) {
		if (!*word)
			continue;
		if (n > MAX_CLIENTS)
			err = -E2BIG;
		else if (!(dev[n] = find(word)))
			err = -ENODEV;
		else
			n++;
	}
	if (!err && n < 2)
		err = -EINVAL;
	if (!err)
		time_it(to_pci_dev(dev[0]), dev + 1, n - 1);
	while (n--)
		put(dev[n]);
	return err;
}

static ssize_t many_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	char *text = memdup_user_nul(from, min_t(size_t, len, 1024));
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);
	mutex_lock(&lock);
	err = ask(text);
	mutex_unlock(&lock);
	kfree(text);
	return err ? err : len;
}

static int many_show(struct seq_file *f, void *unused)
{
	seq_printf(f, "%d\n", answer);
	return 0;
}

static int many_open(struct inode *inode, struct file *f)
{
	return single_open(f, many_show, NULL);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = many_open,
	.read = seq_read,
	.write = many_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int ns_show(struct seq_file *f, void *unused)
{
	seq_printf(f, "%llu\n", ns);
	return 0;
}

static int ns_open(struct inode *inode, struct file *f)
{
	return single_open(f, ns_show, NULL);
}

static const struct file_operations ns_fops = {
	.owner = THIS_MODULE,
	.open = ns_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init many_init(void)
{
	file = debugfs_create_file("p2pmany", 0600, NULL, NULL, &fops);
	file_ns = debugfs_create_file("p2pmany_ns", 0400, NULL, NULL, &ns_fops);
	return 0;
}
module_init(many_init);

static void __exit many_exit(void)
{
	debugfs_remove(file);
	debugfs_remove(file_ns);
}
module_exit(many_exit);

MODULE_DESCRIPTION("Ask the kernel for the distance to many clients (for tests)");
MODULE_LICENSE("GPL");
