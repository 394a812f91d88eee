/* SPDX-License-Identifier: GPL-2.0-only */
/* Declarations shared by the files of p2pgate. README.md says how they fit together. */
#ifndef P2PGATE_GATE_H
#define P2PGATE_GATE_H

#include <linux/dma-direction.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "uapi/linux/p2pgate.h"

/*
 * A function on the list. @dev is the key: the device instance, not its address.
 * The list holds a reference, so no other device can get the same pointer; it
 * becomes NULL when the device goes away. @first, @count: the slice of the pairs
 * in which it is the provider.
 */
struct gate_fn {
	struct pci_dev *dev;
	u32 first;
	u32 count;
	struct p2pgate_function id;
};

/* A pair is the index of its client; its place in the table tells the provider. */
#define GATE_PAIR_CLIENT	GENMASK(29, 0)
#define GATE_PAIR_PROMOTE	BIT(30)	/* asked for */
#define GATE_PAIR_ARMED		BIT(31)	/* and the kernel does refuse the pair */

/* Mode and allow-list. Replaced whole; once in force, only devices drop out. */
struct gate_list {
	refcount_t ref;
	u32 mode;
	u32 nr_functions;
	u32 nr_pairs;
	u32 nr_gone;		/* functions; under gate.lock */
	u32 nr_dropped;		/* pairs that went with them; under gate.lock */
	struct gate_fn *fn;	/* ascending by address */
	u32 *pair;		/* by provider, then client */
	u32 *as_client;		/* number of pairs in which fn[] is the client; under gate.lock */
	u32 *less;		/* Fenwick trees, see list.c; under gate.lock */
	u32 *gone;
	u32 *slot;		/* hash of fn[].dev: index + 1, 0 is free */
	u32 mask;		/* slots of the hash, less one */
	u8 tag[P2PGATE_TAG_SIZE];
};

/* The whole state. @lock serializes all writers; the hooks read without it. */
struct gate {
	struct mutex lock;
	struct gate_list __rcu *list;
	u32 mode;		/* that of @list, for hooks that may not look at it */
	u64 generation;
	wait_queue_head_t wait;
	bool held;		/* enforce holds a reference to this module */
	struct task_struct *bypass_task;	/* asks for the kernel's own answer, */
	struct device **bypass_clients;		/* with this array: gate_ungated() */
	struct task_struct *tester;		/* the self-test at load: all its calls are refused */
};

extern struct gate gate;
extern bool gate_promote;

/* main.c */
int gate_commit(struct gate_list *list, u64 *generation, u32 *ret_bad);

/* list.c */
struct gate_list *gate_list_new(const struct p2pgate_set *set);
int gate_list_read(struct gate_list *list, const struct p2pgate_set *set, u32 *ret_bad);
int gate_list_resolve(struct gate_list *list, u32 *ret_bad);
int gate_list_arm(struct gate_list *list);
u32 gate_list_drop(struct gate_list *list, struct pci_dev *dev);
void gate_list_put(struct gate_list *list);
u32 *gate_list_find(const struct gate_list *list, const struct pci_dev *provider,
		    const struct pci_dev *client);

/* dump.c */
int gate_list_dump(const struct gate_list *list, struct p2pgate_get *get);

/* bars.c */
int gate_bars_init(void);
void gate_bars_exit(void);
void gate_bars_update(struct pci_dev *dev);
void gate_bars_forget(struct pci_dev *dev);
u32 gate_bars_count(void);
bool gate_bars_overlap(u64 start, u64 len);
struct pci_dev *gate_bars_owner(u64 start, u64 len);

/* One question asked of the kernel. */
struct gate_ask {
	struct pci_dev *provider;	/* NULL: not known */
	struct pci_dev *client;		/* NULL: no PCI function above the device */
	u64 address;			/* of the memory; 0 where only a provider is given */
	u32 hook;			/* P2PGATE_HOOK_* */
	enum p2pgate_reason reason;	/* the answer */
};

enum gate_answer { GATE_PASS, GATE_REFUSE, GATE_PROMOTE };

/* decide.c */
struct pci_dev *gate_parent(struct device *dev);
bool gate_route(struct pci_dev *provider, struct pci_dev *client, int *ret_distance);
enum p2pgate_reason gate_judge(const struct gate_list *list, struct pci_dev *provider,
			       struct pci_dev *client);
enum gate_answer gate_answer(const struct gate_list *list, const struct gate_ask *ask);
bool gate_unprotected(u32 hook);
void gate_counters(struct p2pgate_info *info);
int gate_ungated(struct pci_dev *provider, struct pci_dev *client);

static inline bool gate_refuses(enum p2pgate_reason reason)
{
	return reason >= P2PGATE_NOT_LISTED;
}

/* fit.c */
int gate_fit(void);
unsigned long gate_look_up(const char *name);

/* selftest.c */
int gate_self_test(void);

/* hooks.c */
enum gate_answer gate_ask_address(const struct gate_list *list, struct gate_ask *ask,
				  struct device *dev, u64 address, u64 len);
int gate_hooks_place(void);
void gate_hooks_remove(void);
u32 gate_hooks_in_place(void);
void gate_hooks_wake(bool looking);

/* block.c, resource.c, scatterlist.c: hooks in files of their own */
struct blk_dma_iter;
struct dma_iova_state;
struct ftrace_regs;
struct request;
struct scatterlist;
bool gate_has_request(struct ftrace_regs *fregs, unsigned long parent_ip);
enum gate_answer gate_ask_request(const struct gate_list *list, struct gate_ask *ask,
				  struct ftrace_regs *fregs);
enum gate_answer gate_ask_metadata(const struct gate_list *list, struct gate_ask *ask,
				   struct ftrace_regs *fregs);
bool gate_refuse_request(struct request *req, struct device *dma_dev, struct dma_iova_state *state,
			 struct blk_dma_iter *iter);
enum gate_answer gate_ask_resource(const struct gate_list *list, struct gate_ask *ask,
				   struct ftrace_regs *fregs);
dma_addr_t gate_refuse_resource(struct device *dev, phys_addr_t address, size_t size,
				enum dma_data_direction dir, unsigned long attrs);
bool gate_has_sg(struct ftrace_regs *fregs, unsigned long parent_ip);
enum gate_answer gate_ask_sg(const struct gate_list *list, struct gate_ask *ask,
			     struct ftrace_regs *fregs);
int gate_refuse_sg(struct device *dev, struct scatterlist *sg, int nents,
		   enum dma_data_direction dir, unsigned long attrs);

/* refusals.c */
void gate_refusal_note(const struct gate_ask *ask, u32 mode);
void gate_refusals_renew(const struct gate_list *list);
void gate_refusals_forget(const struct pci_dev *dev);
void gate_refusals_exit(void);
u32 gate_refusals_lost(void);

/* dev.c */
int gate_dev_init(void);
void gate_dev_exit(void);
void gate_dev_event(const char *const *properties);

#endif /* P2PGATE_GATE_H */
