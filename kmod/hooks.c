// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hooks: entry overrides by ftrace. A hook decides from the arguments of the
 * call. If the call is allowed, it touches nothing and the kernel's function
 * runs. If not, it sends the call to a function of ours that has the same
 * prototype and returns the refusal. So nothing here ever calls a kernel function
 * that is not exported or looks at the kernel's cache of map types.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kallsyms.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat.h"
#include "gate.h"

#define LANDING_PAD 16	/* at most this many bytes from a function's start to its ftrace site */

struct gate_hook {
	const char *name;
	const char *anchor;	/* an exported function in the same object file, */
	void *anchor_address;	/* where the module is linked to it */
	u32 bit;
	/* does the call need a decision? NULL: always */
	bool (*has_question)(struct ftrace_regs *fregs, unsigned long parent_ip);
	enum gate_answer (*ask)(const struct gate_list *list, struct gate_ask *ask,
				struct ftrace_regs *fregs);
	void *answer[3];	/* by enum gate_answer */
	unsigned long start;	/* of the kernel's function */
	unsigned long size;
};

#ifdef GATE_SUPPORTED

static bool is_ungated(struct device **clients)
{
	return in_task() && READ_ONCE(gate.bypass_task) == current &&
	       READ_ONCE(gate.bypass_clients) == clients;
}

/*
 * For a call without clients, which the kernel answers at once and only we make, to see
 * whether calls still reach the hook: gate_hooks_in_place().
 */
static struct device *no_clients[1];
static atomic_t seen;

/* Does a call need any work? Written under gate.lock, or at load before the device exists. */
static bool awake;

/* @looking: even in off, for a test call. */
void gate_hooks_wake(bool looking)
{
	WRITE_ONCE(awake, looking || gate.mode != P2PGATE_OFF);
}

static bool notrace has_clients(struct ftrace_regs *fregs, unsigned long parent_ip)
{
	if (GATE_ARG(fregs, 2, int) > 0)
		return true;
	if (GATE_ARG(fregs, 1, struct device **) == no_clients)
		atomic_inc(&seen);
	return false;
}

/*
 * int pci_p2pdma_distance_many(struct pci_dev *provider, struct device **clients,
 *				int num_clients, bool verbose)
 * One refused client refuses the whole call. A call is promoted only if every
 * client is: for the others the kernel would have to be asked.
 */
static enum gate_answer notrace ask_distance(const struct gate_list *list, struct gate_ask *ask,
					     struct ftrace_regs *fregs)
{
	struct device **clients = GATE_ARG(fregs, 1, struct device **);
	int i, n = GATE_ARG(fregs, 2, int);
	int promoted = 0, self = 0;

	if (is_ungated(clients))
		return GATE_PASS;
	ask->provider = GATE_ARG(fregs, 0, struct pci_dev *);
	for (i = 0; i < n; i++) {
		ask->client = gate_parent(clients[i]);
		ask->reason = gate_judge(list, ask->provider, ask->client);
		if (gate_refuses(ask->reason))
			return gate_answer(list, ask);
		promoted += ask->reason == P2PGATE_PROMOTED;
		self += ask->reason == P2PGATE_SELF;
	}
	ask->reason = promoted == n ? P2PGATE_PROMOTED :
		      self == n ? P2PGATE_SELF : P2PGATE_LISTED;
	return gate_answer(list, ask);
}

static noinline notrace int refuse_distance(struct pci_dev *provider, struct device **clients,
					    int num_clients, bool verbose)
{
	return -1;
}

static noinline notrace int promote_distance(struct pci_dev *provider, struct device **clients,
					     int num_clients, bool verbose)
{
	int i, distance, sum = 0;

	for (i = 0; i < num_clients; i++) {
		gate_route(provider, gate_parent(clients[i]), &distance);
		sum += distance;
	}
	return sum;
}

/*
 * Judge a mapping for @dev. A device that is not a PCI function is judged by the
 * function above it, but never promoted: the kernel refuses it for a reason other than
 * the host bridge.
 */
static enum gate_answer notrace answer_mapping(const struct gate_list *list, struct gate_ask *ask,
					       struct device *dev)
{
	ask->client = gate_parent(dev);
	ask->reason = gate_judge(list, ask->provider, ask->client);
	if (ask->reason == P2PGATE_PROMOTED && !dev_is_pci(dev))
		ask->reason = P2PGATE_LISTED;
	return gate_answer(list, ask);
}

/* Judge a mapping for which the kernel has an address and not a provider. */
enum gate_answer notrace gate_ask_address(const struct gate_list *list, struct gate_ask *ask,
					  struct device *dev, u64 address, u64 len)
{
	ask->address = address;
	ask->provider = gate_bars_owner(address, len);
	return answer_mapping(list, ask, dev);
}

#ifdef GATE_HAS_MAP_SEGMENT
/*
 * enum pci_p2pdma_map_type pci_p2pdma_map_segment(struct pci_p2pdma_map_state *state,
 *						   struct device *dev, struct scatterlist *sg)
 */
static enum gate_answer notrace ask_map_segment(const struct gate_list *list, struct gate_ask *ask,
						struct ftrace_regs *fregs)
{
	struct scatterlist *sg = GATE_ARG(fregs, 2, struct scatterlist *);

	return gate_ask_address(list, ask, GATE_ARG(fregs, 1, struct device *), sg_phys(sg), sg->length);
}

static noinline notrace enum pci_p2pdma_map_type
refuse_map_segment(struct pci_p2pdma_map_state *state, struct device *dev, struct scatterlist *sg)
{
	return PCI_P2PDMA_MAP_NOT_SUPPORTED;
}

/* Clear what the kernel keeps in @state, so that it asks again for the next segment. */
static noinline notrace enum pci_p2pdma_map_type
promote_map_segment(struct pci_p2pdma_map_state *state, struct device *dev, struct scatterlist *sg)
{
	memset(state, 0, sizeof(*state));
	return PCI_P2PDMA_MAP_THRU_HOST_BRIDGE;
}
#endif

#ifdef GATE_HAS_UPDATE_STATE
/*
 * void __pci_p2pdma_update_state(struct pci_p2pdma_map_state *state, struct device *dev,
 *				  struct page *page)
 */
static enum gate_answer notrace ask_update_state(const struct gate_list *list,
						 struct gate_ask *ask, struct ftrace_regs *fregs)
{
	struct page *page = GATE_ARG(fregs, 2, struct page *);

	return gate_ask_address(list, ask, GATE_ARG(fregs, 1, struct device *), page_to_phys(page),
				PAGE_SIZE);
}

/* The cleared state has no provider in it, so the next page comes here again. */
static noinline notrace void refuse_update_state(struct pci_p2pdma_map_state *state,
						 struct device *dev, struct page *page)
{
	memset(state, 0, sizeof(*state));
	state->map = PCI_P2PDMA_MAP_NOT_SUPPORTED;
}

static noinline notrace void promote_update_state(struct pci_p2pdma_map_state *state,
						  struct device *dev, struct page *page)
{
	memset(state, 0, sizeof(*state));
	state->map = PCI_P2PDMA_MAP_THRU_HOST_BRIDGE;
}
#endif

#ifdef GATE_HAS_MAP_TYPE
/* Address and size of __pci_p2pdma_update_state(). */
static unsigned long update_state, update_state_size;

/*
 * False for a call from __pci_p2pdma_update_state(), which has just been decided
 * and counted there.
 */
static bool notrace is_outside(struct ftrace_regs *fregs, unsigned long parent_ip)
{
	return parent_ip - update_state >= update_state_size;
}

/*
 * enum pci_p2pdma_map_type pci_p2pdma_map_type(struct p2pdma_provider *provider,
 *						struct device *dev)
 */
static enum gate_answer notrace ask_map_type(const struct gate_list *list, struct gate_ask *ask,
					     struct ftrace_regs *fregs)
{
	struct p2pdma_provider *provider = GATE_ARG(fregs, 0, struct p2pdma_provider *);

	ask->provider = gate_parent(provider->owner);
	return answer_mapping(list, ask, GATE_ARG(fregs, 1, struct device *));
}

static noinline notrace enum pci_p2pdma_map_type
refuse_map_type(struct p2pdma_provider *provider, struct device *dev)
{
	return PCI_P2PDMA_MAP_NOT_SUPPORTED;
}

static noinline notrace enum pci_p2pdma_map_type
promote_map_type(struct p2pdma_provider *provider, struct device *dev)
{
	return PCI_P2PDMA_MAP_THRU_HOST_BRIDGE;
}
#endif

#define ROW(symbol, exported, uapi_bit, test, question, refused, promoted) { \
	.name = #symbol, \
	.anchor = #exported, \
	.anchor_address = exported, \
	.bit = uapi_bit, \
	.has_question = test, \
	.ask = question, \
	.answer = { [GATE_REFUSE] = refused, [GATE_PROMOTE] = promoted }, \
},

static struct gate_hook hooks[] = { GATE_HOOKS(ROW) };
static bool placed;

static __always_inline struct gate_hook *hook_at(unsigned long ip)
{
	struct gate_hook *hook, *last = hooks + ARRAY_SIZE(hooks) - 1;

	for (hook = hooks; hook < last; hook++) {
		if (ip - hook->start <= LANDING_PAD)
			break;
	}
	return hook;
}

/* RCU may not be watching in the idle task; elsewhere it is wherever ftrace can trace. */
static __always_inline bool may_look_at_list(void)
{
	return likely(!is_idle_task(current)) || rcu_is_watching();
}

static noinline notrace void decide(unsigned long ip, unsigned long parent_ip,
				    struct ftrace_regs *fregs)
{
	struct gate_hook *hook = hook_at(ip);
	enum gate_answer answer = GATE_PASS;
	const struct gate_list *list;
	int bit;

	if (hook->has_question && !hook->has_question(fregs, parent_ip))
		return;
	bit = ftrace_test_recursion_trylock(ip, parent_ip);	/* preemption off */
	if (bit < 0 || !may_look_at_list()) {
		if (gate_unprotected(hook->bit))
			answer = GATE_REFUSE;
	} else if (unlikely(READ_ONCE(gate.tester) == current) && in_task()) {
		answer = GATE_REFUSE;
	} else {
		list = rcu_dereference_sched(gate.list);
		if (list && READ_ONCE(list->mode) != P2PGATE_OFF) {
			struct gate_ask ask = { .hook = hook->bit };

			answer = hook->ask(list, &ask, fregs);
		}
	}
	if (answer != GATE_PASS)
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook->answer[answer]);
	if (bit >= 0)
		ftrace_test_recursion_unlock(bit);
}

/*
 * In off, this is all that a call costs. A call that reads @awake as false just before it is set is
 * treated like one that was made a moment earlier.
 */
static void notrace on_call(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    struct ftrace_regs *fregs)
{
	if (READ_ONCE(awake))
		decide(ip, parent_ip, fregs);
}

/*
 * One ftrace_ops for all hooks, so that they are placed together or not at all.
 * PERMANENT: kernel.ftrace_enabled=0 is refused while they are in place. The
 * flags RECURSION and RCU are left out: with them ftrace would skip the hook in
 * those cases, and the call would pass.
 */
static struct ftrace_ops gate_ops = {
	.func = on_call,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

/* True if the symbol at @address is @name and begins there, or at most LANDING_PAD before. */
static bool is_named(const char *name, unsigned long address, unsigned long *ret_offset,
		     unsigned long *ret_size)
{
	char *found = kmalloc(KSYM_SYMBOL_LEN, GFP_KERNEL);	/* "name+offset/size" */
	size_t len = strlen(name);
	bool is = false;

	if (found) {
		sprint_symbol(found, address);
		is = !strncmp(found, name, len) &&
		     sscanf(found + len, "+%lx/%lx", ret_offset, ret_size) == 2 &&
		     *ret_offset <= LANDING_PAD;
	}
	kfree(found);
	return is;
}

/*
 * Find the function and verify it: its address must be the start of the symbol of
 * that name (or right behind its landing pad). It must also be the address that
 * the module is linked to or, for a function that is not exported, close enough
 * to its anchor to come from the same object file. So a function of the same name
 * elsewhere is never hooked instead.
 */
static bool find(struct gate_hook *hook)
{
	const long reach = 64 * 1024;
	unsigned long address = gate_look_up(hook->name);
	unsigned long offset;
	long away;

	if (!address || !is_named(hook->name, address, &offset, &hook->size))
		return false;
	hook->start = address - offset;
#ifdef GATE_HAS_MAP_TYPE
	if (hook->bit == P2PGATE_HOOK_UPDATE_STATE) {
		update_state = hook->start;
		update_state_size = hook->size;
	}
#endif
	away = (long)(hook->start - (unsigned long)hook->anchor_address);
	if (!strcmp(hook->name, hook->anchor))
		return !away;
	return away < reach && away > -reach;
}

static void notrace on_nothing(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			       struct ftrace_regs *fregs)
{
}

/* Which function cannot be hooked? Tries one by one, after hooking all together has failed. */
static const char *culprit(void)
{
	static struct ftrace_ops alone = { .func = on_nothing, .flags = FTRACE_OPS_FL_IPMODIFY };
	const char *name = "one of the functions";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (ftrace_set_filter_ip(&alone, hooks[i].start, 0, 1) ||
		    register_ftrace_function(&alone)) {
			name = hooks[i].name;
			break;
		}
		unregister_ftrace_function(&alone);
	}
	ftrace_free_filter(&alone);
	return name;
}

/* Place all hooks or none. */
int gate_hooks_place(void)
{
	size_t i;
	int err = gate_fit();

	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(hooks) && !err; i++) {
		if (!find(&hooks[i])) {
			pr_err("cannot find %s() in this kernel, so it cannot be gated: not loaded\n",
			       hooks[i].name);
			err = -ENOENT;
		} else {
			err = ftrace_set_filter_ip(&gate_ops, hooks[i].start, 0, 0);
		}
	}
	if (err == -ENOENT)
		goto err_filter;
	if (!err)
		err = register_ftrace_function(&gate_ops);
	if (err) {
		pr_err("cannot hook %s()%s (error %d): not loaded\n", culprit(),
		       err == -EBUSY ? ", something else (a live patch?) has it, or ftrace is off" : "",
		       err);
		goto err_filter;
	}
	placed = true;
	err = gate_self_test();
	if (err)
		gate_hooks_remove();
	return err;

err_filter:
	ftrace_free_filter(&gate_ops);
	return err;
}

/*
 * ftrace shuts itself down for good when the kernel's text is not what it expects. Hooks
 * may or may not stay in place then, and cannot be removed.
 */
static bool is_ftrace_dead(void)
{
	struct ftrace_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	bool dead;

	if (!ops)
		return false;
	ops->func = on_nothing;
	dead = ftrace_set_filter_ip(ops, hooks[0].start, 0, 1) == -ENODEV;
	ftrace_free_filter(ops);
	kfree(ops);
	return dead;
}

/*
 * Unregistering waits for callers inside ftrace's trampolines; here we wait for
 * those inside the functions that answer. Such a task has not slept since it left
 * the trampoline, because these functions never sleep.
 *
 * Hooks that cannot be removed lead into this module, so it must never be freed.
 * The only way to keep it is not to return.
 */
void gate_hooks_remove(void)
{
	if (unregister_ftrace_function(&gate_ops)) {
		pr_crit("cannot remove the hooks, because ftrace was shut down: unloading will never finish; reboot\n");
		for (;;) {
			set_current_state(TASK_IDLE);
			schedule();
		}
	}
	ftrace_free_filter(&gate_ops);
	placed = false;
	synchronize_rcu();
	synchronize_rcu_tasks();
}

/*
 * The hooks that can be relied on: none if the one that can be called at any time
 * does not run, or ftrace is dead.
 */
u32 gate_hooks_in_place(void)
{
	u32 i, bits = 0;
	int before = atomic_read(&seen);

	if (!placed)
		return 0;
	mutex_lock(&gate.lock);
	gate_hooks_wake(true);
	pci_p2pdma_distance_many(NULL, no_clients, 0, false);
	gate_hooks_wake(false);
	mutex_unlock(&gate.lock);
	if (atomic_read(&seen) == before || is_ftrace_dead())
		return 0;
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		bits |= hooks[i].bit;
	return bits;
}

#else /* !GATE_SUPPORTED */

void gate_hooks_wake(bool looking)
{
}

int gate_hooks_place(void)
{
	pr_err("this kernel was built without %s, so nothing can be gated: not loaded\n",
	       !IS_ENABLED(CONFIG_PCI_P2PDMA) ? "CONFIG_PCI_P2PDMA (no pair can do peer-to-peer DMA)" :
	       !IS_ENABLED(CONFIG_KPROBES) ? "CONFIG_KPROBES" : "CONFIG_DYNAMIC_FTRACE_WITH_ARGS");
	return -EOPNOTSUPP;
}

void gate_hooks_remove(void)
{
}

u32 gate_hooks_in_place(void)
{
	return 0;
}

#endif
