// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2pother: another user of ftrace's right to change where a function goes, on the function that the parameter names.
 * It changes nothing. For tests only.
 */
#include <linux/ftrace.h>
#include <linux/module.h>

static char *function = "pci_p2pdma_distance_many";
module_param(function, charp, 0400);
MODULE_PARM_DESC(function, "where to hook");

static void notrace nothing(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops ops = {
	.func = nothing,
	.flags = FTRACE_OPS_FL_IPMODIFY,
};

static int __init other_init(void)
{
	int err = ftrace_set_filter(&ops, function, strlen(function), 1);

	if (!err)
		err = register_ftrace_function(&ops);
	if (err)
		ftrace_free_filter(&ops);
	return err;
}
module_init(other_init);

static void __exit other_exit(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}
module_exit(other_exit);

MODULE_DESCRIPTION("A second user of a function's entry (for tests)");
MODULE_LICENSE("GPL");
