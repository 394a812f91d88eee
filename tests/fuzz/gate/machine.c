/* SPDX-License-Identifier: GPL-2.0-only */
#include "../fuzz.h"
#include "machine.h"

static struct pci_bus root_bus = { .domain = 0x10000 }, port_bus = { .number = 1 }, switch_bus = { .number = 2 };
static struct pci_bus buses[3];
struct machine machine;

static struct pci_bus *bus_of(size_t place)
{
	return &buses[place / 32];
}

void machine_start(void)
{
	machine = (struct machine) { .port = { .bus = &root_bus, .acs_cap = 1, .held = 1 } };
	port_bus.self = &machine.port;
	switch_bus.self = &machine.port;
	for (size_t i = 0; i < 2; i++) {
		machine.switch_ports[i] = (struct pci_dev) { .bus = &switch_bus, .acs_cap = 1, .held = 1 };
		buses[i] = (struct pci_bus) { .number = (u8)(3 + i), .self = &machine.switch_ports[i] };
	}
	buses[2] = (struct pci_bus) { .domain = 0x10000, .number = 5 };
}

struct pci_dev *machine_add(size_t place, u16 device)
{
	struct pci_dev *dev = calloc(1, sizeof(*dev));

	CHECK(dev && !kernel.bus[place]);
	*dev = (struct pci_dev) {
		.dev.is_pci = true, .bus = bus_of(place), .devfn = (u8)(place % 32), .vendor = 0x1000, .class = 0x20000,
		.device = device, .held = 1,
	};
	snprintf(dev->name, sizeof(dev->name), "%04x:%02x:%02x.%x", dev->bus->domain, dev->bus->number, dev->devfn / 8,
		 dev->devfn % 8);
	kernel.devices++;
	kernel.bus[place] = dev;
	return dev;
}

struct p2pgate_address machine_address(size_t place)
{
	return (struct p2pgate_address) { bus_of(place)->domain, bus_of(place)->number, (u8)(place % 32), 0 };
}

struct p2pgate_function machine_describe(const struct pci_dev *dev)
{
	return (struct p2pgate_function) {
		.domain = dev->bus->domain, .bus = dev->bus->number, .devfn = dev->devfn, .vendor = dev->vendor,
		.device = dev->device, .subsystem_vendor = dev->subsystem_vendor,
		.subsystem_device = dev->subsystem_device, .class_code = dev->class,
	};
}

bool machine_is_direct(const struct pci_dev *provider, const struct pci_dev *client)
{
	const struct pci_dev *p = provider->bus->self, *c = client->bus->self;

	if (!p || !c)
		return false;
	return !p->acs_control && (p == c || (!c->acs_control && !machine.port.acs_control));
}

int machine_distance(const struct pci_dev *provider, const struct pci_dev *client)
{
	if (provider == client)
		return 0;
	if (machine_is_direct(provider, client))
		return 4;
	return machine.host_bridge_is_listed ? 6 : -1;
}

/* The hook of the distance, and behind it the kernel. */
int pci_p2pdma_distance_many(struct pci_dev *provider, struct device **clients, int n, bool verbose)
{
	struct pci_dev *client = gate_parent(clients[0]);
	struct gate_ask ask = { .provider = provider, .client = client, .hook = P2PGATE_HOOK_DISTANCE };

	CHECK(n == 1 && !verbose && gate.lock.held);
	if (gate.bypass_clients != clients && gate.mode != P2PGATE_OFF) {
		ask.reason = gate_judge(gate.list, provider, client);
		switch (gate_answer(gate.list, &ask)) {
		case GATE_REFUSE: return -1;
		case GATE_PROMOTE: return 6;
		case GATE_PASS: break;
		}
	}
	return machine_distance(provider, client);
}

int gate_hooks_place(void)
{
	return 0;
}

void gate_hooks_remove(void)
{
}

u32 gate_hooks_in_place(void)
{
	return P2PGATE_HOOK_DISTANCE;
}

void gate_hooks_wake(bool looking)
{
	CHECK(!looking);
}
