/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parameter that turns off the IOMMU's translation for drivers of the host. */
#include <errno.h>
#include <string.h>

#include "policy/cmdline/cmdline.h"

/* What a boot loader itself adds to the command line; the first row found there decides. */
static const struct { const char *start; enum p2p_loader loader; } signs[] = {
	{ "ostree=", P2P_LOADER_OSTREE },
	{ "initrd=\\", P2P_LOADER_SYSTEMD_BOOT },
	{ "BOOT_IMAGE=", P2P_LOADER_GRUB },
};

/* Release suffixes of distributors whose GRUB uses Boot Loader Specification entries. */
static const char *const grubbies[] = { ".el8", ".el9", ".el10", ".fc", ".amzn2023", "uek" };

enum p2p_loader p2p_cmdline_loader(const struct p2p_cmdline *cmdline)
{
	enum p2p_loader loader = P2P_LOADER_PLAIN;

	for (size_t i = 0; i < P2P_LENGTH(signs) && loader == P2P_LOADER_PLAIN; i++)
		for (size_t j = 0; j < cmdline->word_count; j++)
			if (!strncmp(cmdline->words[j].text, signs[i].start, strlen(signs[i].start)))
				loader = signs[i].loader;
	for (size_t i = 0; loader == P2P_LOADER_GRUB && i < P2P_LENGTH(grubbies); i++)
		if (cmdline->release && strstr(cmdline->release, grubbies[i]))
			loader = P2P_LOADER_GRUBBY;
	return loader;
}

static const char *const lines[P2P_LOADERS] = {
	[P2P_LOADER_PLAIN] = "%s",
	[P2P_LOADER_GRUB] = "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"",
	[P2P_LOADER_GRUBBY] = "grubby --update-kernel=ALL --args='%s'",
	[P2P_LOADER_SYSTEMD_BOOT] = "%s",
	[P2P_LOADER_OSTREE] = "rpm-ostree kargs --append='%s'",
};

static const char *find_against(const struct p2p_cmdline *cmdline)
{
	static const char *const opposites[] = {
		"iommu=nopt", "iommu.passthrough=0", "iommu.passthrough=n", "iommu.passthrough=off",
		"amd_iommu=force_isolation",
	};

	for (size_t i = 0; i < cmdline->word_count; i++)
		for (size_t j = 0; j < P2P_LENGTH(opposites); j++)
			if (!strcmp(cmdline->words[i].text, opposites[j]))
				return cmdline->words[i].text;
	return NULL;
}

int p2p_cmdline_passthrough(struct p2p_cmdline *cmdline,
			    struct p2p_passthrough *ret_passthrough)
{
	const struct p2p_machine *machine = p2p_topology_machine(cmdline->topology);
	struct p2p_passthrough passthrough = {
		.word = machine->cpu_family.fact == P2P_PRESENT ? "iommu=pt" :
			"iommu.passthrough=1",
		.against = find_against(cmdline),
		.cost = "every device then reaches all memory of the host, which a faulty device or "
			"driver can overwrite; guests stay isolated",
	};
	const char *format = lines[p2p_cmdline_loader(cmdline)];
	const char *at = strstr(format, "%s");

	passthrough.line = p2p_arena_format(&cmdline->arena, "%.*s%s%s", (int)(at - format), format,
					    passthrough.word, at + 2);
	if (!passthrough.line)
		return -ENOMEM;
	*ret_passthrough = passthrough;
	return 0;
}
