// SPDX-License-Identifier: GPL-2.0-only
/* p2prelease: the kernel says that it is another release. For tests only. */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/utsname.h>

static char *release = "6.17.4-vendor";
module_param(release, charp, 0400);
MODULE_PARM_DESC(release, "what it says");

static char before[__NEW_UTS_LEN + 1];

static int __init release_init(void)
{
	strscpy(before, init_uts_ns.name.release, sizeof(before));
	strscpy(init_uts_ns.name.release, release, sizeof(init_uts_ns.name.release));
	return 0;
}
module_init(release_init);

static void __exit release_exit(void)
{
	strscpy(init_uts_ns.name.release, before, sizeof(init_uts_ns.name.release));
}
module_exit(release_exit);

MODULE_DESCRIPTION("The kernel as another release (for tests)");
MODULE_LICENSE("GPL");
