// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2preader: functions with the names in which kernels of other releases decide about peer-to-peer DMA, as a vendor's kernel has them
 * that carries newer code than its version says. They do nothing. For tests only.
 */
#include <linux/module.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define OTHER __pci_p2pdma_update_state
#else
#define OTHER pci_p2pdma_map_segment
#endif

void OTHER(void);
noinline void OTHER(void)
{
	pr_debug("p2preader: asked\n");
}

static int __init reader_init(void)
{
	OTHER();
	return 0;
}
module_init(reader_init);

static void __exit reader_exit(void)
{
}
module_exit(reader_exit);

MODULE_DESCRIPTION("A function that decides, in a kernel that should not have it (for tests)");
MODULE_LICENSE("GPL");
