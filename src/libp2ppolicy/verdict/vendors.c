/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verdict/vendors.h"

#define SAME P2P_VENDOR_SAME
#define ROWS P2P_VENDOR_ROWS
#define UNREAD P2P_VENDOR_UNREAD

/*
 * The first mark that is found decides: narrower marks come before wider ones.  What was read is
 * drivers/pci/p2pdma.c in the named repository.
 */
static const struct p2p_vendor vendors[] = {
	{ ".oe#", "openEuler", ROWS, 0, false, NULL },		/* openeuler-mirror/kernel, OLK-6.6 */
	{ ".an#", "Anolis OS", ROWS, 0, false, NULL },		/* anolis-cloud-kernel, 6.6 */
	{ ".al#", "Alibaba Cloud Linux", UNREAD, 0, false, NULL },
	{ "deepin", "deepin", ROWS, 0, false, NULL },		/* deepin-community/kernel, 6.6 */
	{ "amd64-desktop", "deepin", ROWS, 0, false, NULL },
	{ "lts2021", "Intel LTS 2021", ROWS, 0, false, NULL },	/* intel/linux-intel-lts */
	{ "#uek", "Oracle Linux UEK", SAME, 0, false, NULL },	/* oracle/linux-uek */
	{ ".el10", "Enterprise Linux 10", ROWS, 237, true, NULL },	/* 10.3: ctrliq/kernel-src-tree */
	{ ".el9", "Enterprise Linux 9", ROWS, 0, true, NULL },	/* a derived kernel: OpenVZ/vzkernel */
	{ ".el8", "Enterprise Linux 8", SAME, 0, true, "5.2" },	/* 4.18.0-394: Seneca-CDOT/dynaccel-kernel-4.18.0 */
	{ "amzn", "Amazon Linux", UNREAD, 0, false, NULL },
	{ ".azl#", "Azure Linux", SAME, 0, false, NULL },		/* microsoft/CBL-Mariner-Linux-Kernel */
	{ ".cm#", "Azure Linux (CBL-Mariner)", UNREAD, 0, false, NULL },
	{ "-microsoft", "WSL", UNREAD, 0, false, NULL },
	{ "-pve", "Proxmox VE", UNREAD, 0, false, NULL },
	{ "-tegra", "NVIDIA's (Tegra)", UNREAD, 0, false, NULL },
	{ "-nvidia", "NVIDIA's", SAME, 0, false, NULL },		/* NVIDIA/NV-Kernels */
	{ "-150#00.", "SUSE Linux Enterprise", SAME, 0, true, NULL },	/* SUSE/kernel */
	{ "-lp15#", "openSUSE Leap", UNREAD, 0, false, NULL },
	{ "-default", "SUSE", UNREAD, 0, false, NULL },
	{ "+deb#", "Debian", SAME, 0, false, NULL },		/* linux-source 6.1, 6.12, 7.2, 7.3 */
	{ "-amd64", "Debian", SAME, 0, false, NULL },
	{ "-arm64", "Debian", SAME, 0, false, NULL },
	{ "-generic", "Ubuntu", UNREAD, 0, false, NULL },
	{ "-lowlatency", "Ubuntu", UNREAD, 0, false, NULL },
	{ "-aws", "Ubuntu (AWS)", UNREAD, 0, false, NULL },
	{ "-azure", "Ubuntu (Azure)", UNREAD, 0, false, NULL },
	{ "-gcp", "Ubuntu (Google Cloud)", UNREAD, 0, false, NULL },
	{ "-gke", "Ubuntu (Google Cloud)", UNREAD, 0, false, NULL },
	{ "-oracle", "Ubuntu (Oracle Cloud)", UNREAD, 0, false, NULL },
	{ "-ibm", "Ubuntu (IBM Cloud)", UNREAD, 0, false, NULL },
	{ "-oem", "Ubuntu (OEM)", UNREAD, 0, false, NULL },
	{ "-realtime", "Ubuntu (real-time)", UNREAD, 0, false, NULL },
};

#define ZHAOXIN(name, device, same) \
	{ name, false, { 0x1d17, 0x##device, same, 0, ~0u, 0, "1d17:" #device } }
#define ZHAOXINS(name) \
	ZHAOXIN(name, 1003, true), ZHAOXIN(name, 1005, true), ZHAOXIN(name, 1006, true), \
	ZHAOXIN(name, 1007, true), ZHAOXIN(name, 1008, false)
#define INTEL(name, later, device) \
	{ name, later, { 0x8086, 0x##device, false, 0, ~0u, 0, "8086:" #device } }

/* @some: not in all of its kernels, see since_build. */
static const struct {
	const char *vendor;
	bool some;
	struct p2p_whitelist row;
} rows[] = {
	ZHAOXINS("openEuler"), ZHAOXINS("Anolis OS"), ZHAOXINS("deepin"),
	INTEL("Intel LTS 2021", false, 09a2),
	INTEL("Enterprise Linux 9", true, 09a2),
	INTEL("Enterprise Linux 10", true, 0b25), INTEL("Enterprise Linux 10", true, 0cfe),
	INTEL("Enterprise Linux 10", true, 11fb), INTEL("Enterprise Linux 10", true, 1212),
	INTEL("Enterprise Linux 10", true, 1216), INTEL("Enterprise Linux 10", true, 4940),
	INTEL("Enterprise Linux 10", true, 4942), INTEL("Enterprise Linux 10", true, 4944),
	INTEL("Enterprise Linux 10", true, 4946), INTEL("Enterprise Linux 10", true, 4948),
};

static bool matches_at(const char *text, const char *mark)
{
	for (; *mark; text++, mark++)
		if (*mark == '#' ? !isdigit((unsigned char)*text) : *text != *mark)
			return false;
	return true;
}

const struct p2p_vendor *p2p_vendor_find(const char *release)
{
	for (size_t i = 0; release && i < P2P_LENGTH(vendors); i++)
		for (const char *at = release; *at; at++)
			if (matches_at(at, vendors[i].mark))
				return &vendors[i];
	return NULL;
}

void p2p_vendor_note(const struct p2p_vendor *vendor, const char *release, const char *rules,
		     char *text, size_t size)
{
	*text = '\0';
	if (vendor && vendor->carries)
		snprintf(text, size, "kernel %s is of %s, whose p2pdma is that of mainline's %s: the rules "
			 "of %s are used", release, vendor->name, vendor->carries, rules);
	if (!vendor || vendor->state == P2P_VENDOR_SAME)
		return;
	if (vendor->state == P2P_VENDOR_ROWS)
		snprintf(text, size, "kernel %s is from %s, which adds rows to mainline's list of host "
			 "bridges: the rules of %s are used, with these rows", release, vendor->name,
			 rules);
	else
		snprintf(text, size, "kernel %s is from %s, whose changes to p2pdma are not known: "
			 "mainline's rules of %s are used", release, vendor->name, rules);
}

/* "5.14.0-162.6.1.el9_1": 162. */
static unsigned long build_of(const char *release)
{
	const char *dash = strchr(release, '-');

	return dash ? strtoul(dash + 1, NULL, 10) : 0;
}

const struct p2p_whitelist *p2p_vendor_row(const struct p2p_vendor *vendor, const char *release,
					   uint16_t id_vendor, uint16_t id_device, bool *ret_sure)
{
	for (size_t i = 0; vendor && i < P2P_LENGTH(rows); i++) {
		if (strcmp(rows[i].vendor, vendor->name) != 0 ||
		    rows[i].row.vendor != id_vendor || rows[i].row.device != id_device)
			continue;
		*ret_sure = !rows[i].some || (vendor->since_build &&
					      build_of(release) >= vendor->since_build);
		return &rows[i].row;
	}
	return NULL;
}
