/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The privilege needed to read all of config space: CAP_SYS_ADMIN (drivers/pci/pci-sysfs.c, pci_read_config()). */
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "snapshot/facts.h"

#define FIRST_USER_NAMESPACE	0xeffffffdu	/* include/linux/proc_ns.h, PROC_USER_INIT_INO */

static bool is_capable(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &header, data) && data[0].effective & 1u << CAP_SYS_ADMIN;
}

/* The kernel requires the capability in the initial user namespace (file_ns_capable() with init_user_ns). */
static bool is_in_namespace(void)
{
	struct stat status;

	return !stat("/proc/self/ns/user", &status) && status.st_ino != FIRST_USER_NAMESPACE;
}

const char *p2p_live_cure(void)
{
	if (!is_capable())
		return geteuid() ? "run this as root" :
		       "this root has no CAP_SYS_ADMIN, as in a container; run this as root outside of it";
	return is_in_namespace() ?
	       "this is root of a user namespace, as in a container; run this as root outside of it" :
	       "the kernel did not show it, although this is root";
}
