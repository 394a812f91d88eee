// SPDX-License-Identifier: GPL-2.0-only
/* p2pcopy: a function with the name that gcc gives a copy of pci_p2pdma_distance_many(). It does nothing. For tests only. */
#include <linux/module.h>

void copy(void) __asm__("pci_p2pdma_distance_many.constprop.0");
noinline void copy(void)
{
	pr_debug("p2pcopy: asked\n");
}

static int __init copy_init(void)
{
	copy();
	return 0;
}
module_init(copy_init);

static void __exit copy_exit(void)
{
}
module_exit(copy_exit);

MODULE_DESCRIPTION("A copy of a function that decides (for tests)");
MODULE_LICENSE("GPL");
