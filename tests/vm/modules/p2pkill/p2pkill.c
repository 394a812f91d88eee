// SPDX-License-Identifier: GPL-2.0-only
/* p2pkill: shut ftrace down, as the kernel does when it finds its own text to be other than it expects. For tests only. */
#include <linux/kprobes.h>
#include <linux/module.h>

static int __init kill_init(void)
{
	struct kprobe probe = { .symbol_name = "ftrace_kill", .flags = KPROBE_FLAG_DISABLED };
	int err = register_kprobe(&probe);
	void (*kill)(void) = (void *)probe.addr;

	if (err)
		return err;
	unregister_kprobe(&probe);
	kill();
	return 0;
}
module_init(kill_init);

MODULE_DESCRIPTION("Shut ftrace down (for tests)");
MODULE_LICENSE("GPL");
