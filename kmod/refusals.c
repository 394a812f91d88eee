// SPDX-License-Identifier: GPL-2.0-only
/*
 * Logs one line for each newly refused pair, with the drivers' names. The hooks
 * note the pair in a lock-free table of fixed size; a worker prints it. A pair is
 * logged once, until a list lets it through, the mode changes, or one of its
 * functions goes away. Pairs that find no room are counted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include "gate.h"

#define TABLE_BITS	7
#define PROBES		8	/* slots looked at for one pair */
#define NAME_LEN	24
#define LINES		20	/* printed at most per period */
#define PERIOD		(5 * HZ)

enum { FREE, TAKEN, NOTED, PRINTED };

struct refusal {
	atomic_t state;
	struct pci_dev *provider;	/* only compared, never dereferenced */
	struct pci_dev *client;
	u32 mode;
	u32 hook;
	u32 reason;
	u64 address;
	char provider_name[NAME_LEN];
	char provider_driver[NAME_LEN];
	char client_name[NAME_LEN];
	char client_driver[NAME_LEN];
};

static struct refusal table[1 << TABLE_BITS];
static bool used;	/* was any pair ever noted? */
static atomic_t lost;
static void kick(struct irq_work *work);
static void print_all(struct work_struct *work);
static struct irq_work kicker = IRQ_WORK_INIT(kick);
static DECLARE_DELAYED_WORK(printer, print_all);

static void fill_names(struct pci_dev *dev, char *name, char *driver)
{
	struct pci_driver *bound = dev ? READ_ONCE(dev->driver) : NULL;

	strscpy(name, dev ? pci_name(dev) : "(no PCI function)", NAME_LEN);
	strscpy(driver, bound ? bound->name : "no driver", NAME_LEN);
}

static void fill(struct refusal *r, const struct gate_ask *ask, u32 mode)
{
	r->provider = ask->provider;
	r->client = ask->client;
	r->mode = mode;
	r->hook = ask->hook;
	r->reason = ask->reason;
	r->address = ask->address;
	fill_names(ask->provider, r->provider_name, r->provider_driver);
	fill_names(ask->client, r->client_name, r->client_driver);
	WRITE_ONCE(used, true);
	atomic_set_release(&r->state, NOTED);
	irq_work_queue(&kicker);
}

static bool is_noted(const struct refusal *r, const struct gate_ask *ask, u32 mode)
{
	return atomic_read_acquire(&r->state) >= NOTED && r->mode == mode &&
	       r->client == ask->client && READ_ONCE(r->provider) == ask->provider;
}

/*
 * Called by the hooks. A pair may be stored behind a slot that has been freed
 * since, so all slots are searched first. Two CPUs may note one pair twice, which
 * does no harm.
 */
void gate_refusal_note(const struct gate_ask *ask, u32 mode)
{
	u32 i, at = hash_long((unsigned long)ask->provider ^ hash_ptr(ask->client, 32), TABLE_BITS);

	for (i = 0; i < PROBES; i++) {
		if (is_noted(&table[(at + i) % ARRAY_SIZE(table)], ask, mode))
			return;
	}
	for (i = 0; i < PROBES; i++) {
		struct refusal *r = &table[(at + i) % ARRAY_SIZE(table)];

		if (atomic_read(&r->state) == FREE &&
		    atomic_cmpxchg(&r->state, FREE, TAKEN) == FREE) {
			fill(r, ask, mode);
			return;
		}
	}
	atomic_inc(&lost);
}

static void print(const struct refusal *r)
{
	const char *verb = r->mode == P2PGATE_ENFORCE ? "refused" : "would refuse";
	const char *where = r->hook == P2PGATE_HOOK_DISTANCE ? "when asked" : "at DMA mapping";

	if (r->reason == P2PGATE_NO_PROVIDER)
		pr_warn("%s %s: %s (%s) to memory at %#llx, which no single known function owns\n",
			verb, where, r->client_name, r->client_driver, r->address);
	else
		pr_warn("%s %s: %s (%s) to memory of %s (%s)\n", verb, where, r->client_name,
			r->client_driver, r->provider_name, r->provider_driver);
}

/* Make @r match no pair, and free it if it has been printed; if not, print_one() frees it. */
static void retire(struct refusal *r)
{
	WRITE_ONCE(r->provider, ERR_PTR(-ENODEV));	/* equals no provider */
	smp_mb();	/* pairs with that in print_one() */
	atomic_cmpxchg(&r->state, PRINTED, FREE);
}

static void print_one(struct refusal *r)
{
	print(r);
	atomic_set_release(&r->state, PRINTED);
	smp_mb();	/* pairs with that in retire() */
	if (IS_ERR(READ_ONCE(r->provider)))
		atomic_cmpxchg(&r->state, PRINTED, FREE);
}

/* Lines beyond the limit of this period are printed in the next. */
static void print_all(struct work_struct *work)
{
	static unsigned long began;	/* when the period began; used by this worker only */
	static size_t lines;
	size_t i;

	if (!began || time_after(jiffies, began + PERIOD)) {
		began = jiffies;
		lines = 0;
	}
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (atomic_read_acquire(&table[i].state) != NOTED)
			continue;
		if (lines == LINES) {
			schedule_delayed_work(&printer, PERIOD);
			return;
		}
		lines++;
		print_one(&table[i]);
	}
}

static void kick(struct irq_work *work)
{
	schedule_delayed_work(&printer, HZ / 10);
}

/*
 * @list comes into force. A pair that was refused and still is, in the same mode,
 * is not logged again; the others are when they are refused next. Under gate.lock.
 */
void gate_refusals_renew(const struct gate_list *list)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table) && list->mode != P2PGATE_OFF; i++) {
		struct refusal *r = &table[i];

		if (atomic_read_acquire(&r->state) >= NOTED &&
		    (r->mode != list->mode || (r->provider && r->client &&
					       gate_list_find(list, r->provider, r->client))))
			retire(r);
	}
}

/*
 * @dev goes away. A later device may get the same pointer, and is logged anew.
 * Pending lines are still printed, since they hold names. Under gate.lock.
 */
void gate_refusals_forget(const struct pci_dev *dev)
{
	size_t i;

	for (i = 0; READ_ONCE(used) && i < ARRAY_SIZE(table); i++) {
		struct refusal *r = &table[i];

		if (atomic_read_acquire(&r->state) >= NOTED &&
		    (r->provider == dev || r->client == dev))
			retire(r);
	}
}

/* Called when no hook is in place any more. */
void gate_refusals_exit(void)
{
	irq_work_sync(&kicker);
	cancel_delayed_work_sync(&printer);
}

u32 gate_refusals_lost(void)
{
	return atomic_read(&lost);
}
