/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>

#include "../fuzz.h"
#include "kernel-control.h"

struct kernel kernel;
struct task_struct *const current = (struct task_struct *)&kernel;
struct notifier_block *kernel_notifier;
const struct file_operations *kernel_fops;
int kernel_module_held;
unsigned long jiffies;

/* Does what @countdown counts happen now? */
static bool is_due(unsigned int *countdown)
{
	return *countdown && !--*countdown;
}

void kernel_log(const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	CHECK(vsnprintf(line, sizeof(line), format, arguments) < (int)sizeof(line));
	va_end(arguments);
	jiffies++;
}

void *kernel_alloc(size_t n, size_t size)
{
	void *p = is_due(&kernel.fail_alloc) ? NULL : calloc(n, size);

	kernel.allocated += !!p;
	return p;
}

void kfree(const void *p)
{
	kernel.allocated -= !!p;
	free((void *)(uintptr_t)p);
}

bool capable(int capability)
{
	return capability == CAP_SYS_ADMIN && kernel.admin;
}

bool fatal_signal_pending(struct task_struct *task)
{
	CHECK(task == current);
	return is_due(&kernel.signal);
}

static bool is_user(const void *p, size_t n)
{
	uintptr_t at = (uintptr_t)p, low = (uintptr_t)kernel.user;

	return at >= low && n <= sizeof(kernel.user) && at - low <= sizeof(kernel.user) - n;
}

/* What was read is not there a second time, and anything may happen meanwhile that needs the lock. */
unsigned long copy_from_user(void *to, const void *from, unsigned long n)
{
	CHECK(!gate.lock.held);
	if (kernel.meanwhile && is_due(&kernel.meanwhile_in))
		kernel.meanwhile();
	if (!is_user(from, n))
		return n;
	memcpy(to, from, n);
	memset((void *)(uintptr_t)from, 0xa5, n);
	return 0;
}

unsigned long copy_to_user(void *to, const void *from, unsigned long n)
{
	CHECK(!gate.lock.held);
	if (!is_user(to, n))
		return n;
	memcpy(to, from, n);
	return 0;
}

int copy_struct_from_user(void *to, size_t known, const void *from, size_t size)
{
	unsigned char more[4096];

	memset(to, 0, known);
	if (copy_from_user(to, from, size < known ? size : known))
		return -EFAULT;
	if (size <= known)
		return 0;
	CHECK(size <= sizeof(more));
	if (copy_from_user(more, (const char *)from + known, size - known))
		return -EFAULT;
	for (size_t i = 0; i < size - known; i++) {
		if (more[i])
			return -E2BIG;
	}
	return 0;
}

void mutex_lock(struct mutex *lock)
{
	CHECK(!lock->held);
	lock->held = true;
}

void mutex_unlock(struct mutex *lock)
{
	CHECK(lock->held);
	lock->held = false;
}

void kernel_protected(bool condition)
{
	CHECK(condition);
}

struct pci_dev *pci_dev_get(struct pci_dev *dev)
{
	dev->held++;
	return dev;
}

void pci_dev_put(struct pci_dev *dev)
{
	if (!dev)
		return;
	CHECK(dev->held > 0);
	if (--dev->held)
		return;
	kernel.devices--;
	free(dev);
}

/* As pci_get_device(): takes a reference to the next one, and drops that to @dev. */
struct pci_dev *pci_get_device_after(struct pci_dev *dev)
{
	size_t i = 0;

	while (dev && kernel.bus[i++] != dev)
		CHECK(i < PLACES);
	pci_dev_put(dev);
	while (i < PLACES && !kernel.bus[i])
		i++;
	return i < PLACES ? pci_dev_get(kernel.bus[i]) : NULL;
}

struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn)
{
	for (size_t i = 0; i < PLACES; i++) {
		struct pci_dev *dev = kernel.bus[i];

		if (dev && dev->bus->domain == (u32)domain && dev->bus->number == bus && dev->devfn == devfn)
			return pci_dev_get(dev);
	}
	return NULL;
}

int param_set_bool(const char *value, const struct kernel_param *parameter)
{
	*(bool *)parameter->arg = *value == '1';
	return 0;
}

int param_get_bool(char *to, const struct kernel_param *parameter)
{
	*to = *(bool *)parameter->arg ? '1' : '0';
	return 1;
}
