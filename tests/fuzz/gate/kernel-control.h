/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel of kernel.h leaves to the target. */
#ifndef TESTS_FUZZ_GATE_KERNEL_CONTROL_H
#define TESTS_FUZZ_GATE_KERNEL_CONTROL_H

#include "../../../kmod/gate.h"

#define PLACES 96	/* three buses of 32 functions: enough for runs of clients, see kmod/list.c */

extern struct kernel {
	struct pci_dev *bus[PLACES];	/* by address */
	size_t devices;			/* that exist, on the bus or held */
	size_t allocated;
	bool admin;
	unsigned int fail_alloc;	/* these count down to the call at which it happens; 0 is never */
	unsigned int signal;
	unsigned int meanwhile_in;
	void (*meanwhile)(void);	/* while the caller's memory is read */
	_Alignas(16) unsigned char user[256 * 1024];
} kernel;

#endif
