/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The constants of the model, and what is known of root complexes by CPU. */
#include <string.h>

#include "verdict/score.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct p2p_constant constants[P2P_CONSTANTS] = {
#define CONSTANT(name, value, unit, source) [P2P_C_##name] = { #name, value, unit, source },
#include "verdict/score-constants.def"
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

#define ZEN(first, last, low, high, write, read_, both_, text)				\
	{ .vendor = AMD, .family_first = first, .family_last = last, .model_first = low,	\
	  .model_last = high, .reads = true, .strict = P2P_C_STRICT_ZEN,			\
	  .latency = P2P_C_ROOT_LATENCY, .socket_write = P2P_C_SOCKET_##write,		\
	  .socket_read = P2P_C_SOCKET_##read_, .socket_both = both_, .sure = true,		\
	  .name = text }
#define SERVER(low, high, write_, read_, strict_, socket, socket_read_, speed, lanes, text)	\
	{ .vendor = INTEL, .family_first = 6, .family_last = 6, .model_first = low,		\
	  .model_last = high, .reads = true, .splits = true, .write = write_, .read = read_,	\
	  .strict = strict_, .latency = P2P_C_ROOT_LATENCY,					\
	  .socket_write = P2P_C_SOCKET_##socket, .socket_read = P2P_C_SOCKET_##socket_read_,	\
	  .chipset_speed = P2P_C_##speed, .chipset_lanes = P2P_C_##lanes, .sure = true,	\
	  .name = text }
#define CLIENT(low, high, speed, lanes, text)						\
	{ .vendor = INTEL, .family_first = 6, .family_last = 6, .model_first = low,		\
	  .model_last = high, .splits = true, .latency = P2P_C_ROOT_LATENCY,			\
	  .socket_write = P2P_C_SOCKET_QPI, .socket_read = P2P_C_SOCKET_QPI_READ,		\
	  .chipset_speed = P2P_C_##speed, .chipset_lanes = P2P_C_##lanes, .sure = true,	\
	  .name = text }

/*
 * The first row that fits.  Models of Intel servers are those that arch/x86/include/asm/
 * intel-family.h of the kernel calls _X, _D or _EP; all other models of family 6 are clients,
 * whose root ports pass nothing but posted writes to each other (NVIDIA,
 * open-gpu-kernel-modules#1253).  So did AMD before Zen (Linux 7d5b10fcb81e).
 */
static const struct p2p_cpu cpus[] = {
	ZEN(0x1a, 0xffff, 0, 0xffff, ZEN5_WRITE, ZEN5_READ, P2P_C_NONE, "AMD Zen 5"),
	ZEN(0x19, 0x19, 0x10, 0x1f, GENOA, GENOA, P2P_C_SOCKET_GENOA_BOTH, "AMD Zen 4"),
	ZEN(0x19, 0x19, 0xa0, 0xaf, GENOA, GENOA, P2P_C_SOCKET_GENOA_BOTH, "AMD Zen 4c"),
	ZEN(0x19, 0x19, 0, 0xffff, ZEN34, ZEN34, P2P_C_NONE, "AMD Zen 3"),
	ZEN(0x17, 0x17, 0, 0xffff, ZEN12, ZEN12, P2P_C_NONE, "AMD Zen or Zen 2"),
	{ .vendor = "HygonGenuine", .family_last = 0xffff, .model_last = 0xffff, .reads = true,
	  .strict = P2P_C_STRICT_ZEN, .latency = P2P_C_ROOT_LATENCY,
	  .socket_write = P2P_C_SOCKET_ZEN12, .socket_read = P2P_C_SOCKET_ZEN12, .sure = true,
	  .name = "Hygon" },
	{ .vendor = AMD, .family_last = 0x16, .model_last = 0xffff, .splits = true,
	  .write = P2P_C_SANDYBRIDGE_WRITE, .latency = P2P_C_ROOT_LATENCY_MOST,
	  .socket_write = P2P_C_SOCKET_QPI, .socket_read = P2P_C_SOCKET_QPI_READ,
	  .name = "AMD before Zen" },
	SERVER(0x2d, 0x2d, P2P_C_SANDYBRIDGE_WRITE, P2P_C_SANDYBRIDGE_READ, P2P_C_NONE, QPI,
	       QPI_READ, DMI_GEN2, DMI_LANES, "Intel Sandy Bridge server"),
	SERVER(0x3e, 0x3e, P2P_C_IVYBRIDGE_WRITE, P2P_C_IVYBRIDGE_READ, P2P_C_NONE, QPI, QPI_READ,
	       DMI_GEN2, DMI_LANES, "Intel Ivy Bridge server"),
	SERVER(0x3f, 0x3f, P2P_C_HASWELL_WRITE, P2P_C_IVYBRIDGE_READ, P2P_C_NONE, QPI, QPI_READ,
	       DMI_GEN2, DMI_LANES, "Intel Haswell server"),
	SERVER(0x4f, 0x4f, P2P_C_HASWELL_WRITE, P2P_C_IVYBRIDGE_READ, P2P_C_NONE, QPI, QPI_READ,
	       DMI_GEN2, DMI_LANES, "Intel Broadwell server"),
	SERVER(0x56, 0x56, P2P_C_HASWELL_WRITE, P2P_C_IVYBRIDGE_READ, P2P_C_NONE, QPI, QPI_READ,
	       DMI_GEN2, DMI_LANES, "Intel Broadwell server"),
	SERVER(0x55, 0x55, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE, SKYLAKE, SKYLAKE, DMI_GEN3,
	       DMI_LANES, "Intel Skylake or Cascade Lake server"),
	SERVER(0x6a, 0x6c, P2P_C_NONE, P2P_C_NONE, P2P_C_NONE, SKYLAKE, SKYLAKE, DMI_GEN3,
	       DMI_LANES, "Intel Ice Lake server"),
	SERVER(0x8f, 0x8f, P2P_C_NONE, P2P_C_NONE, P2P_C_STRICT_INTEL, SAPPHIRE, SAPPHIRE,
	       DMI_GEN3, DMI_LANES, "Intel Sapphire Rapids"),
	SERVER(0xcf, 0xcf, P2P_C_NONE, P2P_C_NONE, P2P_C_STRICT_INTEL, EMERALD, EMERALD, DMI_GEN3,
	       DMI_LANES, "Intel Emerald Rapids"),
	SERVER(0xad, 0xaf, P2P_C_NONE, P2P_C_NONE, P2P_C_STRICT_INTEL, SAPPHIRE, SAPPHIRE,
	       DMI_GEN3, DMI_LANES, "Intel Granite Rapids or Sierra Forest"),
	CLIENT(0x97, 0x9a, DMI_GEN4, DMI_LANES_WIDE, "Intel Alder Lake client"),
	CLIENT(0xb7, 0xbf, DMI_GEN4, DMI_LANES_WIDE, "Intel Raptor Lake client"),
	CLIENT(0xc5, 0xc6, DMI_GEN4, DMI_LANES_WIDE, "Intel Arrow Lake client"),
	CLIENT(0xa7, 0xa7, DMI_GEN3, DMI_LANES_WIDE, "Intel Rocket Lake client"),
	CLIENT(0x5e, 0x5e, DMI_GEN3, DMI_LANES, "Intel Skylake client"),
	CLIENT(0x9e, 0xa5, DMI_GEN3, DMI_LANES, "Intel Kaby, Coffee or Comet Lake client"),
	CLIENT(0, 0xffff, DMI_GEN2, DMI_LANES, "Intel client"),
};

/* Not x86: nobody's figures were found, but it is no client of Intel. */
static const struct p2p_cpu other = {
	.reads = true, .splits = true, .write = P2P_C_SANDYBRIDGE_WRITE,
	.read = P2P_C_SANDYBRIDGE_READ, .latency = P2P_C_ROOT_LATENCY_MOST,
	.socket_write = P2P_C_SOCKET_QPI, .socket_read = P2P_C_SOCKET_QPI_READ,
	.name = "a CPU that nobody measured",
};

/* The worst of every column. */
static const struct p2p_cpu unknown = {
	.splits = true, .write = P2P_C_SANDYBRIDGE_WRITE, .read = P2P_C_SANDYBRIDGE_READ,
	.latency = P2P_C_ROOT_LATENCY_MOST, .socket_write = P2P_C_SOCKET_QPI,
	.socket_read = P2P_C_SOCKET_QPI_READ, .chipset_speed = P2P_C_DMI_GEN2,
	.chipset_lanes = P2P_C_DMI_LANES, .name = "a CPU that could not be read",
};

const struct p2p_cpu *p2p_cpu_find(const struct p2p_machine *machine)
{
	int64_t family = machine->cpu_family.value, model = machine->cpu_model.value;

	if (machine->cpu_family.fact == P2P_ABSENT)
		return &other;
	if (!machine->cpu_vendor || machine->cpu_family.fact != P2P_PRESENT ||
	    machine->cpu_model.fact != P2P_PRESENT)
		return &unknown;
	for (size_t i = 0; i < LENGTH(cpus); i++)
		if (!strcmp(cpus[i].vendor, machine->cpu_vendor) &&
		    family >= cpus[i].family_first && family <= cpus[i].family_last &&
		    model >= cpus[i].model_first && model <= cpus[i].model_last)
			return &cpus[i];
	return &unknown;
}
