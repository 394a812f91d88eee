// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2pgate: lets the operator decide which pairs of PCI functions may do
 * peer-to-peer DMA. This is mechanism only; policy is made in user space.
 *
 * This file: loading and unloading, the list in force, and hot-plug.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "gate.h"

struct gate gate = {
	.lock = __MUTEX_INITIALIZER(gate.lock),
	.generation = 1,
	.wait = __WAIT_QUEUE_HEAD_INITIALIZER(gate.wait),
};

bool gate_promote;
module_param_named_unsafe(promote, gate_promote, bool, 0444);
MODULE_PARM_DESC(promote, "let a list promote pairs that the kernel refuses (taints; can corrupt data)");

static const char *const mode_names[] = {
	[P2PGATE_OFF] = "off",
	[P2PGATE_OBSERVE] = "observe",
	[P2PGATE_ENFORCE] = "enforce",
};

static char *initial = "off";
module_param(initial, charp, 0444);
MODULE_PARM_DESC(initial, "mode until the first list is set, with an empty one: off, observe or enforce");

/* Under gate.lock: hold a module reference exactly while in enforce, unless hold=0. */
static bool hold = true;

static int hold_update(void)
{
	bool want = hold && gate.mode == P2PGATE_ENFORCE;

	if (want == gate.held)
		return 0;
	if (want && !try_module_get(THIS_MODULE))
		return -ENODEV;
	if (!want)
		module_put(THIS_MODULE);
	gate.held = want;
	return 0;
}

static int hold_set(const char *value, const struct kernel_param *kp)
{
	int err;

	mutex_lock(&gate.lock);
	err = param_set_bool(value, kp);
	if (!err)
		err = hold_update();
	mutex_unlock(&gate.lock);
	return err;
}

static const struct kernel_param_ops hold_ops = {
	.set = hold_set,
	.get = param_get_bool,
};
module_param_cb(hold, &hold_ops, &hold, 0600);
MODULE_PARM_DESC(hold, "in enforce, refuse to be unloaded (default: yes); write 0 to let go");

static struct gate_list *current_list(void)
{
	return rcu_dereference_protected(gate.list, lockdep_is_held(&gate.lock));
}

/* Under gate.lock. */
static u64 advance(void)
{
	WRITE_ONCE(gate.generation, gate.generation + 1);
	wake_up_interruptible_all(&gate.wait);
	return gate.generation;
}

static void tell_set(u32 mode, u64 generation)
{
	char mode_is[32], generation_is[48];
	const char *const properties[] = { "P2PGATE_EVENT=set", mode_is, generation_is, NULL };

	snprintf(mode_is, sizeof(mode_is), "P2PGATE_MODE=%s", mode_names[mode]);
	snprintf(generation_is, sizeof(generation_is), "P2PGATE_GENERATION=%llu", generation);
	gate_dev_event(properties);
}

/* Under gate.lock: from here on @list decides. Takes over the caller's reference. */
static void put_in_force(struct gate_list *list)
{
	rcu_assign_pointer(gate.list, list);
	WRITE_ONCE(gate.mode, list->mode);
	gate_hooks_wake(false);
	if (hold_update())
		pr_warn("the module is being unloaded, so enforce cannot hold it\n");
	gate_refusals_renew(list);
}

static int resolve(struct gate_list *list, u64 generation, u32 *ret_bad)
{
	int err;

	if (generation != gate.generation)
		return -ESTALE;
	err = gate_list_resolve(list, ret_bad);
	if (!err)
		err = gate_list_arm(list);
	if (!err && fatal_signal_pending(current))
		err = -EINTR;
	return err;
}

/*
 * Put @list in force, unless the machine or the list has changed since
 * @generation; consumes the reference to @list either way. Once 0 is returned,
 * no call is still being decided by the old list. @generation: set to the new
 * one on success, to the current one on ESTALE.
 */
int gate_commit(struct gate_list *list, u64 *generation, u32 *ret_bad)
{
	struct gate_list *old = list;
	u32 mode = list->mode, nr_pairs = list->nr_pairs;
	int err;

	mutex_lock(&gate.lock);
	err = resolve(list, *generation, ret_bad);
	if (!err) {
		old = current_list();
		put_in_force(list);
		advance();
	}
	if (!err || err == -ESTALE)
		*generation = gate.generation;
	mutex_unlock(&gate.lock);

	if (!err) {
		synchronize_rcu();
		pr_info("%s, %u pairs, generation %llu\n", mode_names[mode], nr_pairs, *generation);
		tell_set(mode, *generation);
	}
	gate_list_put(old);
	return err;
}

static void tell_dropped(const struct pci_dev *dev, u32 pairs, u64 generation)
{
	char function_is[48], pairs_is[32], generation_is[48];
	const char *const properties[] = {
		"P2PGATE_EVENT=dropped", function_is, pairs_is, generation_is, NULL
	};

	snprintf(function_is, sizeof(function_is), "P2PGATE_FUNCTION=%s", pci_name(dev));
	snprintf(pairs_is, sizeof(pairs_is), "P2PGATE_PAIRS=%u", pairs);
	snprintf(generation_is, sizeof(generation_is), "P2PGATE_GENERATION=%llu", generation);
	pr_info_ratelimited("%s went away, and %u pairs with it\n", pci_name(dev), pairs);
	gate_dev_event(properties);
}

static void function_gone(struct pci_dev *dev)
{
	struct gate_list *list;
	u32 gone, pairs;
	u64 generation;
	bool listed;

	mutex_lock(&gate.lock);
	gate_bars_forget(dev);
	gate_refusals_forget(dev);
	list = current_list();
	gone = list->nr_gone;
	pairs = gate_list_drop(list, dev);
	listed = list->nr_gone != gone;
	generation = advance();
	mutex_unlock(&gate.lock);
	if (listed)
		tell_dropped(dev, pairs, generation);
}

static void function_read(struct pci_dev *dev, bool is_new)
{
	mutex_lock(&gate.lock);
	gate_bars_update(dev);
	if (is_new)
		advance();
	mutex_unlock(&gate.lock);
}

/*
 * DEL comes before the driver core tears the function down, REMOVED when a SET
 * can no longer find it. A SET in between the two is handled by REMOVED.
 */
static int on_bus_event(struct notifier_block *block, unsigned long event, void *data)
{
	struct pci_dev *dev = to_pci_dev((struct device *)data);

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		function_read(dev, true);
		break;
	case BUS_NOTIFY_BIND_DRIVER:
	case BUS_NOTIFY_BOUND_DRIVER:
		function_read(dev, false);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
	case BUS_NOTIFY_REMOVED_DEVICE:
		function_gone(dev);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block bus_block = { .notifier_call = on_bus_event };

static int __init start_list(void)
{
	struct p2pgate_set set = {};
	struct gate_list *list;
	int mode = match_string(mode_names, ARRAY_SIZE(mode_names), initial);

	if (mode < 0) {
		pr_err("initial=%s: expected off, observe or enforce\n", initial);
		return -EINVAL;
	}
	set.mode = mode;
	list = gate_list_new(&set);
	if (!list)
		return -ENOMEM;
	rcu_assign_pointer(gate.list, list);
	WRITE_ONCE(gate.mode, mode);
	gate_hooks_wake(false);
	return 0;
}

static int __init gate_init(void)
{
	int err;

	err = start_list();
	if (err)
		return err;
	err = bus_register_notifier(&pci_bus_type, &bus_block);
	if (err)
		goto err_list;
	gate_bars_init();
	err = gate_hooks_place();
	if (err)
		goto err_refusals;
	err = gate_dev_init();
	if (err)
		goto err_hooks;

	mutex_lock(&gate.lock);
	hold_update();
	mutex_unlock(&gate.lock);
	pr_info("loaded, %s\n", initial);
	return 0;

err_hooks:
	gate_hooks_remove();
err_refusals:
	/* the hooks may have refused something before the self-test failed */
	gate_refusals_exit();
	bus_unregister_notifier(&pci_bus_type, &bus_block);
	gate_bars_exit();
err_list:
	gate_list_put(rcu_dereference_protected(gate.list, 1));
	return err;
}

/* Stop refusing first, and stop tracking devices only then. */
static void __exit gate_exit(void)
{
	struct gate_list *list = rcu_dereference_protected(gate.list, 1);

	if (gate.held)
		pr_crit("unloaded by force while in enforce: nothing is refused any more\n");
	WRITE_ONCE(gate.mode, P2PGATE_OFF);
	WRITE_ONCE(list->mode, P2PGATE_OFF);
	synchronize_rcu();
	bus_unregister_notifier(&pci_bus_type, &bus_block);
	gate_dev_exit();
	gate_hooks_remove();
	gate_refusals_exit();
	gate_bars_exit();
	RCU_INIT_POINTER(gate.list, NULL);
	gate_list_put(list);
}

module_init(gate_init);
module_exit(gate_exit);
MODULE_DESCRIPTION("Allow-list for PCI peer-to-peer DMA");
MODULE_LICENSE("GPL");
