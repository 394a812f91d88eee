/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine: a port of the root complex with a switch below it, and a bus below each of two of the switch's ports; the
 * third bus is the root's own.  Its domain is one that only 32 bits hold.
 */
#ifndef TESTS_FUZZ_GATE_MACHINE_H
#define TESTS_FUZZ_GATE_MACHINE_H

#include "kernel-control.h"

/* ACS and the list of host bridges are as they come. */
extern struct machine {
	struct pci_dev port, switch_ports[2];
	bool host_bridge_is_listed;
} machine;

/* Nothing is on the bus. */
void machine_start(void);
/* A new function at @place of kernel.bus[], with one reference to it, and no BARs; of @device nothing is known but that. */
struct pci_dev *machine_add(size_t place, u16 device);
struct p2pgate_address machine_address(size_t place);
struct p2pgate_function machine_describe(const struct pci_dev *dev);
/* Would the kernel say "bus address" for the two? */
bool machine_is_direct(const struct pci_dev *provider, const struct pci_dev *client);
/* Its answer: a distance, or -1. */
int machine_distance(const struct pci_dev *provider, const struct pci_dev *client);

#endif
