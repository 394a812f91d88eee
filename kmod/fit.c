// SPDX-License-Identifier: GPL-2.0-only
/*
 * Can the running kernel be gated? A hook sees only calls to the function that it
 * is placed on. So all functions that decide must be known, none may have been
 * copied into its callers, and the gate must have been tested on the release.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/utsname.h>

#include "compat.h"
#include "gate.h"

static bool unverified;
module_param_unsafe(unverified, bool, 0444);
MODULE_PARM_DESC(unverified, "load on a release that the gate was not tried on (taints)");

#ifdef GATE_SUPPORTED

/* Look up the address of a symbol, with a kprobe that is never armed; 0 if there is none. */
unsigned long gate_look_up(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	unsigned long address;

	if (register_kprobe(&probe))
		return 0;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return address;
}

#define NAME(symbol, ...) #symbol,
#define READER(symbol, seen_by) { .name = #symbol, .witness = #seen_by },

static const char *const hooked[] = { GATE_HOOKS(NAME) };

static const struct {
	const char *name;
	const char *witness;
} readers[] = { GATE_READERS(READER) };

static bool is_hooked(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooked); i++) {
		if (!strcmp(hooked[i], name))
			return true;
	}
	return false;
}

static int check_readers(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		if (is_hooked(readers[i].name) || !gate_look_up(readers[i].witness))
			continue;
		pr_err("this kernel also decides in %s(), which the headers that the module was built with lack: not loaded\n",
		       readers[i].name);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* gcc gives these suffixes to copies of a function that it specializes for some callers. */
static int check_copies(void)
{
	static const char *const suffixes[] = {
		".constprop.0", ".constprop.1", ".isra.0", ".part.0", ".constprop.0.isra.0",
		".part.0.isra.0",
	};
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooked) * ARRAY_SIZE(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", hooked[i / ARRAY_SIZE(suffixes)],
			 suffixes[i % ARRAY_SIZE(suffixes)]);
		if (!gate_look_up(name))
			continue;
		pr_err("this kernel has %s, a copy of a function that decides, where no hook sees it: not loaded\n",
		       name);
		return -EOPNOTSUPP;
	}
	return 0;
}

#define SERIES(major, minor) { major, minor },
#define SERIES_NAME(major, minor) " " #major "." #minor

static int check_release(void)
{
	static const struct {
		unsigned int major, minor;
	} verified[] = { GATE_VERIFIED(SERIES) };
	const bool is_known_machine = IS_ENABLED(CONFIG_X86_64) || IS_ENABLED(CONFIG_ARM64);
	const char *release = init_utsname()->release;
	unsigned int major = 0, minor = 0;
	size_t i;

	sscanf(release, "%u.%u", &major, &minor);
	for (i = 0; is_known_machine && i < ARRAY_SIZE(verified); i++) {
		if (verified[i].major == major && verified[i].minor == minor)
			return 0;
	}
	if (unverified)
		return 0;
	pr_err("the gate was not tried on Linux %s for %s, only on" GATE_VERIFIED(SERIES_NAME)
	       " for " GATE_VERIFIED_ON ": not loaded (unverified=1 loads it all the same)\n",
	       release, init_utsname()->machine);
	return -EOPNOTSUPP;
}

static int check_config(void)
{
	const char *copies = GATE_COPIES;

	if (!copies)
		return 0;
	pr_err("this kernel was built with %s, which copies functions into their callers, where no hook sees them: not loaded\n",
	       copies);
	return -EOPNOTSUPP;
}

/* Return: 0, or an error after one sentence in the log. */
int gate_fit(void)
{
	int (*const checks[])(void) = { check_config, check_readers, check_copies, check_release };
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(checks) && !err; i++)
		err = checks[i]();
	return err;
}

#endif
