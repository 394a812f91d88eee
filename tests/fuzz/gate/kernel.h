/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as p2pgate's files need to run in a program: one thread, so locks only know whether they are held,
 * RCU has nobody to wait for, and work that is put off is done at once.  Each header they include is made to include this.
 * Memory of the caller's is one arena; any other address faults.  What a device, an allocation or a signal does is up to
 * fuzz_gate.c.
 */
#ifndef TESTS_FUZZ_GATE_KERNEL_H
#define TESTS_FUZZ_GATE_KERNEL_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/ioctl.h>
#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef unsigned int fmode_t, __poll_t;
typedef u64 dma_addr_t, phys_addr_t;

#define static_assert(condition, ...) _Static_assert(condition, #condition)
#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX
#define BIT(n) (1U << (n))
#define GENMASK(high, low) (~0U >> (31 - (high)) & ~0U << (low))
#define FIELD_GET(mask, value) (((value) & (mask)) / ((mask) & -(mask)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define struct_size(p, member, n) (sizeof(*(p)) + sizeof((p)->member[0]) * (n))
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define __init
#define __exit
#define __rcu
#define __user
#define IS_ERR(p) ((uintptr_t)(p) >= (uintptr_t)-4095)
#define IS_ERR_OR_NULL(p) (!(p) || IS_ERR(p))
#define ERR_PTR(error) ((void *)(intptr_t)(error))
#define GOLDEN_RATIO_64 0x61C8864680B583EBull
#define hash_long(value, bits) ((u64)(value) * GOLDEN_RATIO_64 >> (64 - (bits)))
#define hash_ptr(p, bits) hash_long((uintptr_t)(p), bits)
#define EPOLLIN 1u
#define EPOLLRDNORM 64u

static inline u32 roundup_pow_of_two(u32 n)
{
	return n > 1 ? 1U << (32 - __builtin_clz(n - 1)) : 1;
}

static inline int match_string(const char *const *array, size_t n, const char *string)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(array[i], string))
			return (int)i;
	}
	return -EINVAL;
}

#define strscpy(to, from, size) snprintf(to, size, "%s", from)

/* The log is made, so that what it names is read, and thrown away. */
void kernel_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define pr_err(...) kernel_log(KBUILD_MODNAME ": " __VA_ARGS__)
#define pr_warn pr_err
#define pr_info pr_err
#define pr_crit pr_err
#define pr_info_ratelimited pr_err

/* Memory */
enum { GFP_KERNEL, GFP_KERNEL_ACCOUNT };
void *kernel_alloc(size_t n, size_t size);
#define kzalloc(size, gfp) kernel_alloc(1, size)
#define kvmalloc(size, gfp) kernel_alloc(1, size)
#define kvcalloc(n, size, gfp) kernel_alloc(n, size)
#define kvmalloc_array(n, size, gfp) kernel_alloc(n, size)
void kfree(const void *p);
#define kvfree kfree
#define kvfree_rcu(p, rcu) kfree(p)

/* The caller and its memory */
bool capable(int capability);
#define CAP_SYS_ADMIN 21
struct task_struct;
extern struct task_struct *const current;
bool fatal_signal_pending(struct task_struct *task);
#define cond_resched() ((void)0)
unsigned long copy_from_user(void *to, const void *from, unsigned long n);
unsigned long copy_to_user(void *to, const void *from, unsigned long n);
int copy_struct_from_user(void *to, size_t known, const void *from, size_t size);
#define get_user(x, from) (copy_from_user(&(x), from, sizeof(x)) ? -EFAULT : 0)
#define u64_to_user_ptr(x) ((void *)(uintptr_t)(x))

/* Locks, references, RCU, atomic numbers */
struct mutex { bool held; };
#define __MUTEX_INITIALIZER(name) { false }
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
#define lockdep_is_held(lock) ((lock)->held)
typedef struct { int n; } refcount_t, atomic_t;
#define refcount_set(r, value) ((r)->n = (value))
#define refcount_inc(r) ((r)->n++)
#define refcount_dec_and_test(r) (--(r)->n == 0)
#define atomic_read(a) ((a)->n)
#define atomic_read_acquire atomic_read
#define atomic_set_release(a, value) ((a)->n = (value))
#define atomic_inc(a) ((a)->n++)
#define atomic_cmpxchg(a, old, new) __sync_val_compare_and_swap(&(a)->n, old, new)
#define smp_mb() ((void)0)
struct rcu_head { void *unused; };
#define rcu_dereference_protected(p, condition) (kernel_protected(condition), p)
void kernel_protected(bool condition);
#define rcu_dereference(p) (p)
#define rcu_dereference_sched(p) (p)
#define rcu_assign_pointer(p, value) ((p) = (value))
#define RCU_INIT_POINTER(p, value) ((p) = (value))
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define synchronize_rcu() ((void)0)
#define synchronize_rcu_expedited() ((void)0)
#define DEFINE_PER_CPU(type, name) __typeof__(type) name
#define this_cpu_inc(x) ((x)++)
#define per_cpu_ptr(p, cpu) (p)
#define for_each_possible_cpu(cpu) for (cpu = 0; cpu < 1; cpu++)

/* What is put off */
struct irq_work { void (*run)(struct irq_work *work); };
struct work_struct { void (*run)(struct work_struct *work); };
#define IRQ_WORK_INIT(function) { function }
#define DECLARE_DELAYED_WORK(name, function) struct work_struct name = { function }
#define irq_work_queue(work) ((work)->run(work))
#define irq_work_sync(work) ((void)(work))
#define schedule_delayed_work(work, delay) ((work)->run(work))
#define cancel_delayed_work_sync(work) ((void)(work))
#define HZ 0
extern unsigned long jiffies;
#define time_after(a, b) ((a) > (b))
typedef struct { int unused; } wait_queue_head_t;
#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { 0 }
#define wake_up_interruptible_all(wait) ((void)(wait))

/* Devices.  Only those on the bus are found; one that is off it lives as long as somebody holds it. */
#define PCI_STD_NUM_BARS 6
#define PCI_ACS_CTRL 6
#define PCI_ACS_RR 4
#define PCI_ACS_CR 8
#define PCI_ACS_EC 0x20
#define IORESOURCE_MEM 0x200ul
enum dma_data_direction { DMA_BIDIRECTIONAL };
struct kobject { int unused; };
struct device { struct kobject kobj; struct device *parent; bool is_pci; };
struct resource { u64 start, end; unsigned long flags; struct resource *parent; };
struct pci_driver { const char *name; };
struct pci_bus { u32 domain; u8 number; struct pci_dev *self; };
struct pci_dev {
	struct device dev;
	struct pci_bus *bus;
	struct pci_driver *driver;
	struct resource resource[PCI_STD_NUM_BARS];
	char name[16];
	u16 vendor, device, subsystem_vendor, subsystem_device, acs_cap, acs_control;
	u32 class;
	u8 devfn;
	int held;
};
#define to_pci_dev(d) container_of(d, struct pci_dev, dev)
#define dev_is_pci(d) ((d)->is_pci)
#define pci_name(d) ((d)->name)
#define pci_domain_nr(on) ((on)->domain)
#define pci_dev_id(d) ((d)->bus->number << 8 | (d)->devfn)
#define pci_upstream_bridge(d) ((d)->bus->self)
#define pci_read_config_word(d, at, to) (*(to) = (d)->acs_control)
struct pci_dev *pci_dev_get(struct pci_dev *dev);
void pci_dev_put(struct pci_dev *dev);
struct pci_dev *pci_get_device_after(struct pci_dev *dev);
struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn);
#define for_each_pci_dev(d) while ((d = pci_get_device_after(d)))
int pci_p2pdma_distance_many(struct pci_dev *provider, struct device **clients, int n, bool verbose);

static inline int pci_p2pdma_distance(struct pci_dev *provider, struct device *client, bool verbose)
{
	return pci_p2pdma_distance_many(provider, &client, 1, verbose);
}

/* What the module registers, which fuzz_gate.c calls */
struct notifier_block {
	int (*notifier_call)(struct notifier_block *block, unsigned long event, void *data);
};
enum { BUS_NOTIFY_ADD_DEVICE, BUS_NOTIFY_BIND_DRIVER, BUS_NOTIFY_BOUND_DRIVER, BUS_NOTIFY_DEL_DEVICE,
       BUS_NOTIFY_REMOVED_DEVICE };
#define NOTIFY_OK 1
extern struct notifier_block *kernel_notifier;
#define bus_register_notifier(bus, block) (kernel_notifier = (block), 0)
#define bus_unregister_notifier(bus, block) (kernel_notifier = NULL)
struct module;
#define THIS_MODULE ((struct module *)NULL)
#define KBUILD_MODNAME "p2pgate"
extern int kernel_module_held;
#define try_module_get(module) (kernel_module_held++, true)
#define module_put(module) (kernel_module_held--)
struct kernel_param {
	const struct kernel_param_ops *ops;
	void *arg;
};
struct kernel_param_ops {
	int (*set)(const char *value, const struct kernel_param *parameter);
	int (*get)(char *to, const struct kernel_param *parameter);
};
int param_set_bool(const char *value, const struct kernel_param *parameter);
int param_get_bool(char *to, const struct kernel_param *parameter);
#define module_param(name, type, mode) static_assert(sizeof(name) != 0, #name)
#define module_param_named_unsafe(name, value, type, mode) static_assert(sizeof(value) != 0, #name)
#define module_param_cb(name, ops, value, mode) \
	const struct kernel_param kernel_##name = { ops, value }
#define MODULE_PARM_DESC(name, text) static_assert(sizeof(text) != 0, #name)
#define MODULE_DESCRIPTION(text) static_assert(sizeof(text) != 0, "description")
#define MODULE_LICENSE(text) static_assert(sizeof(text) != 0, "licence")
#define module_init(function) int kernel_init(void) { return function(); } static_assert(1, "init")
#define module_exit(function) void kernel_exit(void) { function(); } static_assert(1, "exit")
int kernel_init(void);
void kernel_exit(void);
extern const struct kernel_param kernel_hold;
#define FMODE_WRITE 2u
struct file { fmode_t f_mode; void *private_data; };
struct inode { int unused; };
struct poll_table_struct { int unused; };
struct file_operations {
	struct module *owner;
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	long (*unlocked_ioctl)(struct file *file, unsigned int nr, unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int nr, unsigned long arg);
	__poll_t (*poll)(struct file *file, struct poll_table_struct *wait);
};
#define compat_ptr_ioctl NULL
#define nonseekable_open(inode, file) ((void)(inode), (void)(file), 0)
#define poll_wait(file, on, wait) ((void)(file), (void)(on), (void)(wait))
struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	int mode;
	struct device *this_device;
};
#define MISC_DYNAMIC_MINOR 255
extern const struct file_operations *kernel_fops;
#define misc_register(misc) (kernel_fops = (misc)->fops, 0)
#define misc_deregister(misc) (kernel_fops = NULL)
#define KOBJ_CHANGE 0
#define kobject_uevent_env(object, what, words) ((void)(object), (void)(words))
#define TRACE_DEFINE_ENUM(value) static_assert((value) >= 0, #value)
#define TP_PROTO(...) __VA_ARGS__
#define TRACE_EVENT(name, prototype, ...) static inline void trace_##name(prototype) { (void)ask; (void)mode; }

#endif
