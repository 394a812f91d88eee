// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2punasked: makes dma_map_sg() map whatever it is given without a question, as a kernel would in which the compiler had copied
 * what decides into it. For tests only: what is mapped meanwhile is not.
 */
#include <linux/dma-mapping.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/scatterlist.h>

#if IS_ENABLED(CONFIG_X86) && !defined(ftrace_regs_set_instruction_pointer)
#define ftrace_regs_set_instruction_pointer(fregs, ip) ftrace_instruction_pointer_set(fregs, ip)
#endif

static noinline notrace unsigned int map_unasked(struct device *dev, struct scatterlist *sg, int nents,
						 enum dma_data_direction dir, unsigned long attrs)
{
	sg_dma_address(sg) = sg_phys(sg);
	sg_dma_len(sg) = sg->length;
	return 1;
}

static noinline notrace void unmap_nothing(struct device *dev, struct scatterlist *sg, int nents,
					   enum dma_data_direction dir, unsigned long attrs)
{
}

static void notrace go_there(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)ops->private);
}

static struct ftrace_ops ops[] = {
	{ .func = go_there, .flags = FTRACE_OPS_FL_IPMODIFY, .private = map_unasked },
	{ .func = go_there, .flags = FTRACE_OPS_FL_IPMODIFY, .private = unmap_nothing },
};
static char *names[] = { "dma_map_sg_attrs", "dma_unmap_sg_attrs" };

static void give_back(int n)
{
	while (n--) {
		unregister_ftrace_function(&ops[n]);
		ftrace_free_filter(&ops[n]);
	}
}

static int __init unasked_init(void)
{
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		err = ftrace_set_filter(&ops[i], names[i], strlen(names[i]), 1);
		if (!err)
			err = register_ftrace_function(&ops[i]);
		if (err) {
			ftrace_free_filter(&ops[i]);
			give_back(i);
			break;
		}
	}
	return err;
}
module_init(unasked_init);

static void __exit unasked_exit(void)
{
	give_back(ARRAY_SIZE(ops));
}
module_exit(unasked_exit);

MODULE_DESCRIPTION("Map peer memory without a question (for tests)");
MODULE_LICENSE("GPL");
