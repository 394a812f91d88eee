// SPDX-License-Identifier: GPL-2.0-only
/* /dev/p2pgate. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci-p2pdma.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "gate.h"

#define MAX_STRUCT 4096		/* no future structure will be larger */

struct gate_file {
	u64 seen;		/* the generation that INFO reported last */
};

static_assert(sizeof(struct p2pgate_info) == P2PGATE_INFO_V1);
static_assert(sizeof(struct p2pgate_set) == P2PGATE_SET_V1);
static_assert(sizeof(struct p2pgate_get) == P2PGATE_GET_V1);
static_assert(sizeof(struct p2pgate_distance) == P2PGATE_DISTANCE_V1);
static_assert(sizeof(struct p2pgate_function) == 24);
static_assert(sizeof(struct p2pgate_pair) == 12);

static int do_info(struct gate_file *file, void *arg)
{
	struct p2pgate_info *info = arg;
	struct gate_list *list;

	*info = (struct p2pgate_info) { .size = info->size, .abi = P2PGATE_ABI };
	mutex_lock(&gate.lock);
	list = rcu_dereference_protected(gate.list, lockdep_is_held(&gate.lock));
	info->generation = gate.generation;
	info->mode = list->mode;
	info->flags = (gate_promote ? P2PGATE_INFO_PROMOTE : 0) |
		      (gate.held ? P2PGATE_INFO_HELD : 0);
	info->nr_functions = list->nr_functions - list->nr_gone;
	info->nr_pairs = list->nr_pairs - list->nr_dropped;
	info->nr_dropped = list->nr_dropped;
	memcpy(info->tag, list->tag, sizeof(info->tag));
	WRITE_ONCE(file->seen, gate.generation);
	mutex_unlock(&gate.lock);
	info->hooks = gate_hooks_in_place();
	info->nr_ranges = gate_bars_count();
	info->log_lost = gate_refusals_lost();
	gate_counters(info);
	return 0;
}

static int do_set(struct gate_file *file, void *arg)
{
	struct p2pgate_set *set = arg;
	struct gate_list *list;
	u32 bad = 0;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (set->mode > P2PGATE_ENFORCE || set->flags || set->bad ||
	    set->nr_functions > P2PGATE_MAX_FUNCTIONS || set->nr_pairs > P2PGATE_MAX_PAIRS)
		return -EINVAL;
	if (set->generation != READ_ONCE(gate.generation)) {
		set->generation = READ_ONCE(gate.generation);
		return -ESTALE;
	}
	list = gate_list_new(set);
	if (!list)
		return -ENOMEM;
	err = gate_list_read(list, set, &bad);
	if (err)
		gate_list_put(list);
	else
		err = gate_commit(list, &set->generation, &bad);
	set->bad = bad;
	return err;
}

static int do_get(struct gate_file *file, void *arg)
{
	struct p2pgate_get *get = arg;
	struct gate_list *list;
	int err;

	if (get->flags || get->reserved)
		return -EINVAL;
	mutex_lock(&gate.lock);
	list = rcu_dereference_protected(gate.list, lockdep_is_held(&gate.lock));
	refcount_inc(&list->ref);
	get->generation = gate.generation;
	mutex_unlock(&gate.lock);
	get->mode = list->mode;
	memcpy(get->tag, list->tag, sizeof(get->tag));
	err = gate_list_dump(list, get);
	gate_list_put(list);
	return err;
}

static struct pci_dev *device_at(const struct p2pgate_address *at)
{
	if (at->domain > INT_MAX)
		return NULL;
	return pci_get_domain_bus_and_slot(at->domain, at->bus, at->devfn);
}

static void ask_both(struct p2pgate_distance *d, struct pci_dev *provider, struct pci_dev *client)
{
	mutex_lock(&gate.lock);
	d->ungated = gate_ungated(provider, client);
	d->gated = pci_p2pdma_distance(provider, &client->dev, false);
	d->reason = gate_judge(rcu_dereference_protected(gate.list, lockdep_is_held(&gate.lock)),
			       provider, client);
	d->generation = gate.generation;
	mutex_unlock(&gate.lock);
}

static int do_distance(struct gate_file *file, void *arg)
{
	struct p2pgate_distance *d = arg;
	struct pci_dev *provider, *client;
	int err = -ENODEV;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (d->flags || d->reserved || d->provider.reserved || d->client.reserved)
		return -EINVAL;
	provider = device_at(&d->provider);
	client = device_at(&d->client);
	if (provider && client) {
		ask_both(d, provider, client);
		err = 0;
	}
	pci_dev_put(provider);
	pci_dev_put(client);
	return err;
}

union gate_arg {
	u32 size;
	struct p2pgate_info info;
	struct p2pgate_set set;
	struct p2pgate_get get;
	struct p2pgate_distance distance;
};

static const struct command {
	unsigned int nr;
	int (*run)(struct gate_file *file, void *arg);
	size_t size;		/* of the structure as this module knows it */
	size_t least;		/* size of its first version */
	fmode_t mode;		/* the device must have been opened in this mode */
} commands[] = {
	{ P2PGATE_INFO, do_info, sizeof(struct p2pgate_info), P2PGATE_INFO_V1, 0 },
	{ P2PGATE_SET, do_set, sizeof(struct p2pgate_set), P2PGATE_SET_V1, FMODE_WRITE },
	{ P2PGATE_GET, do_get, sizeof(struct p2pgate_get), P2PGATE_GET_V1, 0 },
	{ P2PGATE_DISTANCE, do_distance, sizeof(struct p2pgate_distance), P2PGATE_DISTANCE_V1, 0 },
};

/*
 * The structure is written back on failure too, since it may say what was bad.
 * A failed write back is reported as an error for all commands but SET, which
 * has already changed the list by then.
 */
static long run(const struct command *command, struct gate_file *file, void __user *to)
{
	union gate_arg *arg;
	u32 size;
	long err;

	if (get_user(size, (u32 __user *)to))
		return -EFAULT;
	if (size < command->least)
		return -EINVAL;
	if (size > MAX_STRUCT)
		return -E2BIG;
	arg = kzalloc(sizeof(*arg), GFP_KERNEL);
	if (!arg)
		return -ENOMEM;
	err = copy_struct_from_user(arg, command->size, to, size);
	if (!err) {
		arg->size = size;
		err = command->run(file, arg);
		if (copy_to_user(to, arg, min_t(size_t, size, command->size)) &&
		    !err && command->nr != P2PGATE_SET)
			err = -EFAULT;
	}
	kfree(arg);
	return err;
}

/* The size in @nr is ignored: it comes from the caller's header, which may be another version. */
static bool is_same_command(unsigned int nr, unsigned int other)
{
	return _IOC_TYPE(nr) == _IOC_TYPE(other) && _IOC_NR(nr) == _IOC_NR(other) &&
	       _IOC_DIR(nr) == _IOC_DIR(other);
}

static long gate_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!is_same_command(commands[i].nr, nr))
			continue;
		if (commands[i].mode & ~file->f_mode)
			return -EBADF;
		return run(&commands[i], file->private_data, (void __user *)arg);
	}
	return -ENOTTY;
}

static __poll_t gate_poll(struct file *file, struct poll_table_struct *wait)
{
	struct gate_file *f = file->private_data;

	poll_wait(file, &gate.wait, wait);
	return READ_ONCE(gate.generation) != READ_ONCE(f->seen) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int gate_open(struct inode *inode, struct file *file)
{
	struct gate_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	file->private_data = f;
	return nonseekable_open(inode, file);
}

static int gate_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations gate_fops = {
	.owner = THIS_MODULE,
	.open = gate_open,
	.release = gate_release,
	.unlocked_ioctl = gate_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = gate_poll,
};

static struct miscdevice gate_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = KBUILD_MODNAME,
	.fops = &gate_fops,
	.mode = 0600,
};

/*
 * Send a "change" uevent for the device. Does nothing while the device does not
 * exist, or after misc_register() has failed, which leaves an ERR_PTR in
 * this_device.
 */
void gate_dev_event(const char *const *properties)
{
	struct device *dev = READ_ONCE(gate_misc.this_device);

	if (!IS_ERR_OR_NULL(dev))
		kobject_uevent_env(&dev->kobj, KOBJ_CHANGE, (char **)properties);
}

int gate_dev_init(void)
{
	int err = misc_register(&gate_misc);

	if (err)
		pr_err("cannot make the device (error %d): not loaded\n", err);
	return err;
}

void gate_dev_exit(void)
{
	misc_deregister(&gate_misc);
}
