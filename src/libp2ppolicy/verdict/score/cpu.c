/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The constants of the model, and what is known of root complexes by CPU. */
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

/* What joins the sockets: writes, reads, both ways together. */
static const struct p2p_sockets
zen5 = { P2P_C_SOCKET_ZEN5_WRITE, P2P_C_SOCKET_ZEN5_READ, P2P_C_NONE, true },
genoa = { P2P_C_SOCKET_GENOA, P2P_C_SOCKET_GENOA, P2P_C_SOCKET_GENOA_BOTH, true },
zen34 = { P2P_C_SOCKET_ZEN34, P2P_C_SOCKET_ZEN34, P2P_C_NONE, true },
zen12 = { P2P_C_SOCKET_ZEN12, P2P_C_SOCKET_ZEN12, P2P_C_NONE, true },
qpi = { P2P_C_SOCKET_QPI, P2P_C_SOCKET_QPI_READ, P2P_C_NONE, false },
skylake = { P2P_C_SOCKET_SKYLAKE, P2P_C_SOCKET_SKYLAKE, P2P_C_NONE, false },
sapphire = { P2P_C_SOCKET_SAPPHIRE, P2P_C_SOCKET_SAPPHIRE, P2P_C_NONE, false },
emerald = { P2P_C_SOCKET_EMERALD, P2P_C_SOCKET_EMERALD, P2P_C_NONE, false };

/* The link to a chipset that PCI does not show. */
static const struct p2p_chipset
dmi2 = { P2P_C_DMI_GEN2, P2P_C_DMI_LANES },
dmi3 = { P2P_C_DMI_GEN3, P2P_C_DMI_LANES },
dmi3_wide = { P2P_C_DMI_GEN3, P2P_C_DMI_LANES_WIDE },
dmi4 = { P2P_C_DMI_GEN4, P2P_C_DMI_LANES_WIDE };

/*
 * The first row that fits.  Models of Intel servers are those that arch/x86/include/asm/
 * intel-family.h of the kernel calls _X, _D or _EP; all other models of family 6 are clients,
 * whose root ports pass nothing but posted writes to each other (NVIDIA,
 * open-gpu-kernel-modules#1253).  So did AMD before Zen (Linux 7d5b10fcb81e).  Of family 17h the
 * models below 30h are Zen, whose ports run at 8 GT/s; one with faster ports counts as Zen 2.
 */
static const struct p2p_cpu cpus[] = {
	{ AMD, 0x1a, 0xffff, 0, 0xffff, true, false, true, true, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen5, NULL, "AMD Zen 5" },
	{ AMD, 0x19, 0x19, 0x10, 0x1f, true, false, true, true, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &genoa, NULL, "AMD Zen 4" },
	{ AMD, 0x19, 0x19, 0xa0, 0xaf, true, false, true, true, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &genoa, NULL, "AMD Zen 4c" },
	{ AMD, 0x19, 0x19, 0, 0xffff, true, false, true, false, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen34, NULL, "AMD Zen 3" },
	{ AMD, 0x17, 0x17, 0, 0x2f, true, false, true, true, P2P_C_ROOT_ZEN2, P2P_C_ROOT_ZEN2,
	  P2P_C_ROOT_ZEN1, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen12, NULL, "AMD Zen or Zen 2" },
	{ AMD, 0x17, 0x17, 0, 0xffff, true, false, true, true, P2P_C_ROOT_ZEN2, P2P_C_ROOT_ZEN2,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen12, NULL, "AMD Zen 2" },
	{ "HygonGenuine", 0, 0xffff, 0, 0xffff, true, false, true, false, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_STRICT_ZEN, P2P_C_ROOT_LATENCY, &zen12, NULL, "Hygon" },
	{ AMD, 0, 0x16, 0, 0xffff, false, true, false, false, P2P_C_SANDYBRIDGE_WRITE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY_MOST, &qpi, NULL, "AMD before Zen" },
	{ INTEL, 6, 6, 0x2d, 0x2d, true, true, true, true, P2P_C_SANDYBRIDGE_WRITE,
	  P2P_C_SANDYBRIDGE_READ, P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi2,
	  "Intel Sandy Bridge server" },
	{ INTEL, 6, 6, 0x3e, 0x3e, true, true, true, true, P2P_C_IVYBRIDGE_WRITE,
	  P2P_C_IVYBRIDGE_READ, P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi2,
	  "Intel Ivy Bridge server" },
	{ INTEL, 6, 6, 0x3f, 0x3f, true, true, true, true, P2P_C_HASWELL_WRITE,
	  P2P_C_IVYBRIDGE_READ, P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi2,
	  "Intel Haswell server" },
	{ INTEL, 6, 6, 0x4f, 0x4f, true, true, true, true, P2P_C_HASWELL_WRITE,
	  P2P_C_IVYBRIDGE_READ, P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi2,
	  "Intel Broadwell server" },
	{ INTEL, 6, 6, 0x56, 0x56, true, true, true, true, P2P_C_HASWELL_WRITE,
	  P2P_C_IVYBRIDGE_READ, P2P_C_NONE, P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi2,
	  "Intel Broadwell server" },
	{ INTEL, 6, 6, 0x55, 0x55, true, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &skylake, &dmi3,
	  "Intel Skylake or Cascade Lake server" },
	{ INTEL, 6, 6, 0x6a, 0x6c, true, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &skylake, &dmi3, "Intel Ice Lake server" },
	{ INTEL, 6, 6, 0x8f, 0x8f, true, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_STRICT_INTEL, P2P_C_ROOT_LATENCY, &sapphire, &dmi3, "Intel Sapphire Rapids" },
	{ INTEL, 6, 6, 0xcf, 0xcf, true, true, true, true, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_STRICT_INTEL, P2P_C_ROOT_LATENCY, &emerald, &dmi3, "Intel Emerald Rapids" },
	{ INTEL, 6, 6, 0xad, 0xaf, true, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_STRICT_INTEL, P2P_C_ROOT_LATENCY, &sapphire, &dmi3,
	  "Intel Granite Rapids or Sierra Forest" },
	{ INTEL, 6, 6, 0x97, 0x9a, false, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi4, "Intel Alder Lake client" },
	{ INTEL, 6, 6, 0xb7, 0xbf, false, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi4, "Intel Raptor Lake client" },
	{ INTEL, 6, 6, 0xc5, 0xc6, false, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi4, "Intel Arrow Lake client" },
	{ INTEL, 6, 6, 0xa7, 0xa7, false, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi3_wide, "Intel Rocket Lake client" },
	{ INTEL, 6, 6, 0x5e, 0x5e, false, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi3, "Intel Skylake client" },
	{ INTEL, 6, 6, 0x9e, 0xa5, false, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi3,
	  "Intel Kaby, Coffee or Comet Lake client" },
	{ INTEL, 6, 6, 0, 0xffff, false, true, true, false, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE,
	  P2P_C_NONE, P2P_C_ROOT_LATENCY, &qpi, &dmi2, "Intel client" },
};

/* Not x86: nobody's figures were found, but it is no client of Intel. */
static const struct p2p_cpu other = {
	.reads = true, .splits = true, .write = P2P_C_SANDYBRIDGE_WRITE,
	.read = P2P_C_SANDYBRIDGE_READ, .latency = P2P_C_ROOT_LATENCY_MOST, .sockets = &qpi,
	.name = "a CPU without measurements",
};

/* The worst of every column. */
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
