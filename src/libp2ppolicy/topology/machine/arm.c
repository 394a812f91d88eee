/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of ARM processors, which cpuinfo has only as the fields of MIDR_EL1.  Ids are those of
 * arch/arm64/include/asm/cputype.h, 7.3.4, and the names those of its macros, spelt out.
 */
#include "topology/build.h"

static const struct {
	int64_t implementer, part;
	const char *name;
} cores[] = {
	{ 0x41, 0xd07, "ARM Cortex-A57" },
	{ 0x41, 0xd08, "ARM Cortex-A72" },
	{ 0x41, 0xd0b, "ARM Cortex-A76" },
	{ 0x41, 0xd0c, "ARM Neoverse N1" },		/* Ampere Altra, Graviton2 */
	{ 0x41, 0xd40, "ARM Neoverse V1" },		/* Graviton3 */
	{ 0x41, 0xd42, "ARM Cortex-A78AE" },
	{ 0x41, 0xd49, "ARM Neoverse N2" },
	{ 0x41, 0xd4f, "ARM Neoverse V2" },		/* Grace, Graviton4 */
	{ 0x41, 0xd83, "ARM Neoverse V3AE" },
	{ 0x41, 0xd84, "ARM Neoverse V3" },
	{ 0x41, 0xd8e, "ARM Neoverse N3" },
	{ 0x42, 0x516, "Broadcom Vulcan" },
	{ 0x43, 0x0a1, "Cavium ThunderX" },
	{ 0x43, 0x0af, "Cavium ThunderX2" },
	{ 0x43, 0x0b1, "Marvell OCTEON TX2 98xx" },
	{ 0x43, 0x0b2, "Marvell OCTEON TX2 96xx" },
	{ 0x46, 0x001, "Fujitsu A64FX" },
	{ 0x48, 0xd01, "HiSilicon TSV110 (Kunpeng 920)" },
	{ 0x48, 0xd02, "HiSilicon HIP09" },
	{ 0x48, 0xd06, "HiSilicon HIP12" },
	{ 0x4e, 0x003, "NVIDIA Denver" },
	{ 0x4e, 0x004, "NVIDIA Carmel" },
	{ 0x4e, 0x010, "NVIDIA Olympus" },
	{ 0x50, 0x000, "APM X-Gene" },
	{ 0x51, 0x800, "Qualcomm Falkor" },
	{ 0x51, 0xc00, "Qualcomm Falkor" },
	{ 0x6d, 0xd49, "Microsoft Azure Cobalt 100" },
	{ 0xc0, 0xac3, "Ampere-1 (AmpereOne)" },
	{ 0xc0, 0xac4, "Ampere-1a (AmpereOne)" },
};

const char *p2p_arm_name(struct p2p_number implementer, struct p2p_number part)
{
	if (implementer.fact != P2P_PRESENT || part.fact != P2P_PRESENT)
		return NULL;
	for (size_t i = 0; i < P2P_LENGTH(cores); i++)
		if (cores[i].implementer == implementer.value && cores[i].part == part.value)
			return cores[i].name;
	return NULL;
}
