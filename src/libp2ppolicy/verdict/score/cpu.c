/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The constants of the model, and what is known about root complexes by CPU. */
#include <string.h>

#include "verdict/score/score.h"

static const struct p2p_constant constants[P2P_CONSTANTS] = {
#define CONSTANT(name, value, unit, source) [P2P_C_##name] = { #name, value, unit, source },
#include "verdict/score/constants.def"
#undef CONSTANT
};

const struct p2p_constant *p2p_constant_at(size_t index)
{
	return index + 1 < P2P_CONSTANTS ? &constants[index + 1] : NULL;
}

double p2p_constant(enum p2p_constant_id id)
{
	return constants[id].value;
}

#define INTEL	"GenuineIntel"
#define AMD	"AuthenticAMD"

/* Connections between sockets: writes, reads, both directions together. */
static const struct p2p_sockets
zen5 = { P2P_C_SOCKET_ZEN5_WRITE, P2P_C_SOCKET_ZEN5_READ, P2P_C_NONE, true },
genoa = { P2P_C_SOCKET_GENOA, P2P_C_SOCKET_GENOA, P2P_C_SOCKET_GENOA_BOTH, true },
zen34 = { P2P_C_SOCKET_ZEN34, P2P_C_SOCKET_ZEN34, P2P_C_NONE, true },
zen12 = { P2P_C_SOCKET_ZEN12, P2P_C_SOCKET_ZEN12, P2P_C_NONE, true },
qpi = { P2P_C_SOCKET_QPI, P2P_C_SOCKET_QPI_READ, P2P_C_NONE, false },
skylake = { P2P_C_SOCKET_SKYLAKE, P2P_C_SOCKET_SKYLAKE, P2P_C_NONE, false },
sapphire = { P2P_C_SOCKET_SAPPHIRE, P2P_C_SOCKET_SAPPHIRE, P2P_C_NONE, false },
emerald = { P2P_C_SOCKET_EMERALD, P2P_C_SOCKET_EMERALD, P2P_C_NONE, false };

/* The link to a chipset, which PCI does not show. */
static const struct p2p_chipset
dmi2 = { P2P_C_DMI_GEN2, P2P_C_DMI_LANES },
dmi3 = { P2P_C_DMI_GEN3, P2P_C_DMI_LANES },
dmi3_wide = { P2P_C_DMI_GEN3, P2P_C_DMI_LANES_WIDE },
dmi4 = { P2P_C_DMI_GEN4, P2P_C_DMI_LANES_WIDE };

/* Zen, whose root complex carries as much as the links; @measured: figures were published. */
#define ZEN(family, family_last, model, model_last, measured, sockets, name) \
	{ AMD, family, family_last, model, model_last, true, false, true, measured, P2P_C_NONE, \
	  P2P_C_NONE, P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, sockets, NULL, name }
/* Servers with sockets connected by QPI: traffic from port to port was measured. */
#define QPI_SERVER(model, write, read, name) \
	{ INTEL, 6, 6, model, model, true, true, true, true, P2P_C_##write, P2P_C_##read, \
	  P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi2, name }
/* Later servers, and their limit without relaxed ordering. */
#define SERVER(model, model_last, measured, strict, sockets, name) \
	{ INTEL, 6, 6, model, model_last, true, true, true, measured, P2P_C_NONE, P2P_C_NONE, \
	  P2P_C_NONE, P2P_C_##strict, P2P_C_ROOT_LATENCY, sockets, &dmi3, name }
/* Clients: root ports forward only posted writes. */
#define CLIENT(model, model_last, chipset, name) \
	{ INTEL, 6, 6, model, model_last, false, true, true, false, P2P_C_NONE, P2P_C_NONE, \
	  P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, chipset, name }

/* Xeon Phi, and servers of Atom cores: nothing is known about their root complexes. */
#define UNMEASURED(model, name) \
	{ INTEL, 6, 6, model, model, false, true, false, false, P2P_C_SANDYBRIDGE_WRITE, \
	  P2P_C_SANDYBRIDGE_READ, P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY_MOST, &qpi, &dmi2, name }

/*
 * The first matching row applies.  Models of Intel servers are those that arch/x86/include/asm/intel-family.h
 * of the kernel calls _X, _D or _EP; all other models of family 6 up to the last client in that file are clients,
 * whose root ports forward only posted writes to each other (NVIDIA, open-gpu-kernel-modules#1253).  The same is true for AMD before Zen
 * (Linux 7d5b10fcb81e).  Of family 17h the models below 30h are Zen, whose ports run at 8 GT/s; one with
 * faster ports counts as Zen 2.
 */
static const struct p2p_cpu cpus[] = {
	ZEN(0x1a, 0xffff, 0, 0xffff, true, &zen5, "AMD Zen 5"),
	ZEN(0x19, 0x19, 0x10, 0x1f, true, &genoa, "AMD Zen 4"),
	ZEN(0x19, 0x19, 0xa0, 0xaf, true, &genoa, "AMD Zen 4c"),
	ZEN(0x19, 0x19, 0, 0xffff, false, &zen34, "AMD Zen 3"),
	{ AMD, 0x17, 0x17, 0, 0x2f, true, false, true, true, P2P_C_ROOT_ZEN2, P2P_C_ROOT_ZEN2,
	  P2P_C_ROOT_ZEN1, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen12, NULL, "AMD Zen or Zen 2" },
	{ AMD, 0x17, 0x17, 0, 0xffff, true, false, true, true, P2P_C_ROOT_ZEN2, P2P_C_ROOT_ZEN2,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen12, NULL, "AMD Zen 2" },
	{ "HygonGenuine", 0, 0xffff, 0, 0xffff, true, false, true, false, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen12, NULL, "Hygon" },
	{ AMD, 0, 0x16, 0, 0xffff, false, true, false, false, P2P_C_SANDYBRIDGE_WRITE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY_MOST, &qpi, NULL, "AMD before Zen" },
	QPI_SERVER(0x2d, SANDYBRIDGE_WRITE, SANDYBRIDGE_READ, "Intel Sandy Bridge server"),
	QPI_SERVER(0x3e, IVYBRIDGE_WRITE, IVYBRIDGE_READ, "Intel Ivy Bridge server"),
	QPI_SERVER(0x3f, HASWELL_WRITE, IVYBRIDGE_READ, "Intel Haswell server"),
	QPI_SERVER(0x4f, HASWELL_WRITE, IVYBRIDGE_READ, "Intel Broadwell server"),
	QPI_SERVER(0x56, HASWELL_WRITE, IVYBRIDGE_READ, "Intel Broadwell server"),
	SERVER(0x55, 0x55, false, NONE, &skylake, "Intel Skylake or Cascade Lake server"),
	SERVER(0x6a, 0x6c, false, NONE, &skylake, "Intel Ice Lake server"),
	SERVER(0x8f, 0x8f, false, STRICT_INTEL, &sapphire, "Intel Sapphire Rapids"),
	SERVER(0xcf, 0xcf, true, STRICT_INTEL, &emerald, "Intel Emerald Rapids"),
	SERVER(0xad, 0xaf, false, STRICT_INTEL, &sapphire, "Intel Granite Rapids or Sierra Forest"),
	SERVER(0xdd, 0xdd, false, STRICT_INTEL, &sapphire, "Intel Clearwater Forest"),
	UNMEASURED(0x4d, "an Intel Atom server"),
	UNMEASURED(0x5f, "an Intel Atom server"),
	UNMEASURED(0x86, "an Intel Atom server"),
	UNMEASURED(0xb6, "an Intel Atom server"),
	UNMEASURED(0x57, "Intel Xeon Phi"),
	UNMEASURED(0x85, "Intel Xeon Phi"),
	CLIENT(0x97, 0x9a, &dmi4, "Intel Alder Lake client"),
	CLIENT(0xb7, 0xbf, &dmi4, "Intel Raptor Lake client"),
	CLIENT(0xc5, 0xc6, &dmi4, "Intel Arrow Lake client"),
	CLIENT(0xa7, 0xa7, &dmi3_wide, "Intel Rocket Lake client"),
	CLIENT(0x5e, 0x5e, &dmi3, "Intel Skylake client"),
	CLIENT(0x9e, 0xa5, &dmi3, "Intel Kaby, Coffee or Comet Lake client"),
	CLIENT(0, 0xd7, &dmi2, "Intel client"),
};

/* Not x86: no figures were found, but it is not an Intel client processor. */
static const struct p2p_cpu other = {
	.reads = true, .splits = true, .write = P2P_C_SANDYBRIDGE_WRITE,
	.read = P2P_C_SANDYBRIDGE_READ, .latency = P2P_C_ROOT_LATENCY_MOST, .sockets = &qpi,
	.name = "a CPU without measurements",
};

/* The worst value of every column. */
static const struct p2p_cpu unknown = {
	.splits = true, .write = P2P_C_SANDYBRIDGE_WRITE, .read = P2P_C_SANDYBRIDGE_READ,
	.latency = P2P_C_ROOT_LATENCY_MOST, .sockets = &qpi, .chipset = &dmi2,
	.name = "an unknown CPU",
};

const struct p2p_cpu *p2p_cpu_find(const struct p2p_machine *machine)
{
	int64_t family = machine->cpu_family.value, model = machine->cpu_model.value;

	if (machine->cpu_family.fact == P2P_ABSENT)
		return &other;
	if (!machine->cpu_vendor || machine->cpu_family.fact != P2P_PRESENT ||
	    machine->cpu_model.fact != P2P_PRESENT)
		return &unknown;
	for (size_t i = 0; i < P2P_LENGTH(cpus); i++)
		if (!strcmp(cpus[i].vendor, machine->cpu_vendor) &&
		    family >= cpus[i].family_first && family <= cpus[i].family_last &&
		    model >= cpus[i].model_first && model <= cpus[i].model_last)
			return &cpus[i];
	return &unknown;
}
