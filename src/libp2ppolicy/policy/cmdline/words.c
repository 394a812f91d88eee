/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds words about ACS and the IOMMU that people put on the command line although the kernel does not
 * know them or interprets them differently.  The names are those of 7.3: drivers/pci/pci.c, pci_setup();
 * pcibios_setup() of each architecture; arch/x86/kernel/pci-dma.c, iommu_setup();
 * drivers/iommu/intel/iommu.c, intel_iommu_setup(); drivers/iommu/amd/init.c,
 * parse_amd_iommu_options(); drivers/iommu/iommu.c, iommu_set_def_domain_type().
 */
#include <ctype.h>
#include <string.h>

#include "policy/cmdline/cmdline.h"
#include "verdict/rules.h"

#define K P2P_KERNEL
#define NEWEST "7.3"

/** enum compared - how the kernel compares an option of pci= with a name. */
enum compared { WHOLE, START };

/*
 * The options of pci=.  @since: 0: older than p2pdma; @alone: people also write it without pci=, and
 * no other parameter has that name.
 */
static const struct known {
	const char *name;
	enum compared compared;
	unsigned int since;
	bool alone;
} known[] = {
	{ "nomsi", WHOLE, 0, false }, { "noats", START, 0, true }, { "noaer", WHOLE, 0, true },
	{ "earlydump", WHOLE, 0, true }, { "realloc", START, 0, true },
	{ "nodomains", WHOLE, 0, true }, { "noari", START, 0, true },
	{ "notph", START, K(6, 13), true }, { "resource_alignment=", START, 0, true },
	{ "ecrc=", START, 0, true }, { "hpiosize=", START, 0, true },
	{ "hpmmiosize=", START, K(5, 5), true }, { "hpmmioprefsize=", START, K(5, 5), true },
	{ "hpmemsize=", START, 0, true }, { "hpbussize=", START, 0, true },
	{ "pcie_bus_tune_off", START, 0, true }, { "pcie_bus_safe", START, 0, true },
	{ "pcie_bus_perf", START, 0, true }, { "pcie_bus_peer2peer", START, 0, true },
	{ "pcie_scan_all", START, 0, true }, { "disable_acs_redir=", START, K(4, 19), true },
	{ "config_acs=", START, K(6, 11), true }, { "cbiosize=", START, 0, true },
	{ "cbmemsize=", START, 0, true },
	/* x86 */
	{ "off", WHOLE, 0, false }, { "bfsort", WHOLE, 0, false },
	{ "nobfsort", WHOLE, 0, false }, { "bios", WHOLE, 0, false },
	{ "nobios", WHOLE, 0, false }, { "biosirq", WHOLE, 0, false },
	{ "pirqaddr=", START, 0, false }, { "conf1", WHOLE, 0, false },
	{ "conf2", WHOLE, 0, false }, { "nommconf", WHOLE, 0, true },
	{ "check_enable_amd_mmconf", WHOLE, 0, true }, { "noacpi", WHOLE, 0, false },
	{ "noearly", WHOLE, 0, false }, { "usepirqmask", WHOLE, 0, false },
	{ "irqmask=", START, 0, false }, { "lastbus=", START, 0, false },
	{ "rom", WHOLE, 0, false }, { "norom", WHOLE, 0, false }, { "nobar", WHOLE, 0, true },
	{ "assign-busses", WHOLE, 0, true }, { "use_crs", WHOLE, 0, true },
	{ "nocrs", WHOLE, 0, true }, { "use_e820", WHOLE, K(5, 19), true },
	{ "no_e820", WHOLE, K(5, 19), true }, { "big_root_window", WHOLE, 0, true },
	{ "routeirq", WHOLE, 0, false }, { "skip_isa_align", WHOLE, 0, false },
	{ "noioapicquirk", WHOLE, 0, false }, { "ioapicreroute", WHOLE, 0, false },
	{ "noioapicreroute", WHOLE, 0, false },
	/* arm, s390, sh, mips */
	{ "debug", WHOLE, 0, false }, { "firmware", WHOLE, 0, false },
	{ "nomio", WHOLE, 0, false }, { "force_floating", WHOLE, 0, false },
	{ "norid", WHOLE, 0, false }, { "slot4en", WHOLE, 0, false },
	{ "picmg", WHOLE, 0, false }, { "nopicmg", WHOLE, 0, false },
	{ "clk=", START, 0, false }, { "err=", START, 0, false },
	{ "trdyto=", START, 0, false }, { "retryto=", START, 0, false },
	{ "gbwc=", START, 0, false },
};

/* Parameters of patches that some distributors apply and mainline never took. */
static const struct { const char *name, *what; } patches[] = {
	{ "pcie_acs_override", "only patched kernels know this; it makes IOMMU groups look isolated "
	  "and changes no register" },
	{ "acs_override", "no kernel knows this name; the pcie_acs_override= of patched kernels "
	  "makes IOMMU groups look isolated and changes no register" },
	{ "relax_rmrr", "only kernels with a patch know this; it lets a guest have devices whose "
	  "firmware reserved memory for them, and changes nothing between peers" },
};

/* The values of the IOMMU parameters; the kernel compares only the start of each. */
static const struct values {
	const char *parameter, *values;
} iommus[] = {
	{ "iommu=", "off force noforce biomerge panic nopanic merge nomerge forcesac allowdac nodac "
	  "usedac soft pt nopt fullflush nofullflush noagp noaperture allowed memaper leak "
	  "nobypass vmerge novmerge" },
	{ "intel_iommu=", "on off igfx_off intgpu_off forcedac strict sp_off sm_on sm_off "
	  "tboot_noforce ecs_off nobounce pasid28" },
	{ "amd_iommu=", "fullflush force_enable off force_isolation pgtbl_v1 pgtbl_v2 irtcachedis "
	  "nohugepages v2_pgsizes_only" },
};

/* What to say about values that people expect to exist; parameter NULL: any, value "": any other. */
static const struct { const char *parameter, *value, *instead; } hopes[] = {
	{ "amd_iommu=", "on", "it does nothing, since the kernel uses AMD's IOMMU whenever "
	  "firmware describes one" },
	{ "iommu=", "on", "intel_iommu=on turns Intel's IOMMU on, and AMD's is used whenever "
	  "firmware describes one" },
	{ NULL, "pt", "iommu=pt lets host drivers bypass translation" },
	{ NULL, "pass", "iommu=pt lets host drivers bypass translation" },
	{ NULL, "identity", "iommu=pt lets host drivers bypass translation" },
	{ NULL, "", "it does nothing" },
};

/* The kernel's parameters with "iommu" in their names; '*' matches any rest. */
static const char *const iommu_names[] = {
	"iommu", "intel_iommu", "amd_iommu", "amd_iommu_dump", "amd_iommu_intr", "s390_iommu",
	"s390_iommu_aperture", "iommu.passthrough", "iommu.strict", "iommu.forcedac",
	"iommu.debug_pagealloc", "iommu.prq_timeout", "vfio_iommu_type1.*",
	"vfio_iommu_spapr_tce.*", "iommufd.*", "apple_dart.*",
};

/* The kernel treats '-' and '_' in the names of parameters as equal: kernel/params.c, parameqn(). */
static bool same_letter(char a, char b)
{
	return (a == '-' ? '_' : a) == (b == '-' ? '_' : b);
}

static bool starts_with(const char *text, const char *start)
{
	for (; *start; text++, start++)
		if (!same_letter(*text, *start))
			return false;
	return true;
}

/* Do the tables cover this kernel?  A newer one may know more names. */
static bool tables_hold(const struct p2p_cmdline *cmdline)
{
	unsigned int release, newest;

	return !p2p_release_parse(NEWEST, &newest) &&
	       !p2p_release_parse(cmdline->release, &release) && release <= newest;
}

static const struct known *find_known(const char *text, bool alone)
{
	for (size_t i = 0; i < P2P_LENGTH(known); i++)
		if ((!alone || known[i].alone) &&
		    (known[i].compared == WHOLE ? !strcmp(text, known[i].name) :
		     !strncmp(text, known[i].name, strlen(known[i].name))))
			return &known[i];
	return NULL;
}

/* "acs" as a word of its own, as in "noacs", "acs_disable", "pcie_acs", but not in "macsec". */
static bool speaks_of_acs(const char *text)
{
	size_t name = strcspn(text, "=");

	for (size_t i = 0; i + 3 <= name; i++) {
		bool begins = !i || !isalpha((unsigned char)text[i - 1]) ||
			      (i >= 2 && !strncmp(&text[i - 2], "no", 2) &&
			       (i == 2 || !isalpha((unsigned char)text[i - 3])));

		if (begins && !strncmp(&text[i], "acs", 3) && !isalpha((unsigned char)text[i + 3]))
			return true;
	}
	return false;
}

static const char instead_of_acs[] =
	"to clear redirects, name the ports in pci=disable_acs_redir=DEVICE[;DEVICE...] (4.19 and later) "
	"or pci=config_acs=BITS@DEVICE (6.11 and later)";

static bool check_patches(struct p2p_cmdline *cmdline, const char *text)
{
	for (size_t i = 0; i < P2P_LENGTH(patches); i++) {
		const char *name = patches[i].name;
		char next = text[strlen(name) < strlen(text) ? strlen(name) : strlen(text)];

		if (!starts_with(text, name) || (next && next != '='))
			continue;
		p2p_cmdline_add(cmdline, P2P_LINT_FOREIGN, true, text, "%s", patches[i].what);
		return true;
	}
	return false;
}

/* Look for the same option further on: if it has another value, this one has no effect. */
static void check_repeated(struct p2p_cmdline *cmdline, const struct p2p_option *option)
{
	const struct p2p_option *end = cmdline->options + cmdline->option_count;
	size_t name = strcspn(option->text, "=");

	for (const struct p2p_option *later = option + 1; later < end; later++) {
		if (strncmp(later->text, option->text, name) != 0 ||
		    strcspn(later->text, "=") != name)
			continue;
		if (!strcmp(later->text, option->text))
			p2p_cmdline_add(cmdline, P2P_LINT_REPEATED, false, option->text,
					"%s is given twice; once is enough", option->text);
		else
			p2p_cmdline_add(cmdline, P2P_LINT_REPEATED, true, option->text,
					"a later %s takes its place", later->text);
		return;
	}
}

/* pci_realloc_get_opt() knows "on" and "off"; "realloc" followed by anything but '=' means on. */
static void check_realloc(struct p2p_cmdline *cmdline, const char *text)
{
	const char *rest = text + strlen("realloc");

	if (*rest == '=' && strncmp(rest + 1, "on", 2) != 0 && strncmp(rest + 1, "off", 3) != 0)
		p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, text,
				"realloc= takes on or off, and the kernel drops anything else without "
				"a word");
	else if (*rest && *rest != '=')
		p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, text,
				"the kernel takes this for realloc, which is on; realloc=off turns it "
				"off");
}

static void check_known(struct p2p_cmdline *cmdline, const struct p2p_option *option,
			const struct known *row)
{
	unsigned int release;

	if (!p2p_release_parse(cmdline->release, &release) && release < row->since)
		p2p_cmdline_add(cmdline, P2P_LINT_RELEASE, true, option->text,
				"kernel %s does not know this option, which came in %u.%u, and says so "
				"only in its log", cmdline->release, row->since / 1000,
				row->since % 1000);
	if (!strncmp(option->text, "realloc", 7))
		check_realloc(cmdline, option->text);
	check_repeated(cmdline, option);
}

void p2p_cmdline_check_other(struct p2p_cmdline *cmdline, const struct p2p_option *option)
{
	const struct known *row = find_known(option->text, false);
	const char *text = option->text;
	bool acs;

	if (row) {
		check_known(cmdline, option, row);
		return;
	}
	for (enum p2p_parameter i = 0; i < P2P_PARAMETERS; i++)
		if (!strcmp(text, p2p_parameter_name(i))) {
			p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, text,
					"%s names no device: without '=' and a device behind it the "
					"kernel does not know the option and drops it", text);
			return;
		}
	if (check_patches(cmdline, text))
		return;
	acs = speaks_of_acs(text);
	p2p_cmdline_add(cmdline, P2P_LINT_UNKNOWN, tables_hold(cmdline), text,
			"no mainline kernel up to " NEWEST " has such an option: it is dropped with "
			"\"PCI: Unknown option\" in the log%s%s",
			acs ? " and changes no register; " : "", acs ? instead_of_acs : "");
}

static bool has_value(const char *values, const char *value)
{
	while (*values) {
		size_t length = strcspn(values, " ");

		if (!strncmp(value, values, length))
			return true;
		values += length + (values[length] == ' ');
	}
	return false;
}

static void check_value(struct p2p_cmdline *cmdline, const struct values *row, const char *word,
			const char *value)
{
	size_t i = 0;

	if (strstr(value, "iommu=")) {
		p2p_cmdline_add(cmdline, P2P_LINT_MISPLACED, true, word,
				"'%s' stands inside %s: parameters are separated by blanks, and the "
				"kernel drops it", value, row->parameter);
		return;
	}
	if (check_patches(cmdline, value) || has_value(row->values, value))
		return;
	while ((hopes[i].parameter && strcmp(hopes[i].parameter, row->parameter) != 0) ||
	       strncmp(value, hopes[i].value, strlen(hopes[i].value)) != 0)
		i++;
	p2p_cmdline_add(cmdline, P2P_LINT_UNKNOWN, tables_hold(cmdline), word,
			"no kernel up to " NEWEST " has a value '%s' of %s: %s", value, row->parameter,
			hopes[i].instead);
}

static bool is_arm_or_other(const struct p2p_cmdline *cmdline)
{
	return p2p_topology_machine(cmdline->topology)->cpu_family.fact == P2P_ABSENT;
}

static void check_values(struct p2p_cmdline *cmdline, const struct values *row, const char *word)
{
	const char *value = word + strlen(row->parameter);

	if (row == &iommus[0] && is_arm_or_other(cmdline)) {
		if (!strncmp(value, "pt", 2) || !strncmp(value, "nopt", 4) ||
		    !has_value(row->values, value))
			p2p_cmdline_add(cmdline, P2P_LINT_UNKNOWN, true, word,
					"only x86 knows this; here it is iommu.passthrough=1, or 0");
		return;
	}
	while (*value) {
		size_t length = strcspn(value, ",");
		const char *one = p2p_arena_copy(&cmdline->arena, value, length);

		if (!one)
			cmdline->no_memory = true;
		else if (length)
			check_value(cmdline, row, word, one);
		value += length + (value[length] == ',');
	}
}

/* lib/kstrtox.c, kstrtobool() */
static void check_passthrough(struct p2p_cmdline *cmdline, const char *word)
{
	const char *value = strchr(word, '=');

	if (!value || (value[1] && strchr("eEyYtT1dDnNfF0", value[1])) ||
	    ((value[1] == 'o' || value[1] == 'O') && value[2] && strchr("nNfF", value[2])))
		return;
	p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, word,
			"iommu.passthrough takes 1 or 0, and the kernel drops anything else without a "
			"word");
}

static bool is_iommu_name(const char *word)
{
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < P2P_LENGTH(iommu_names); i++) {
		size_t size = strlen(iommu_names[i]), star = strcspn(iommu_names[i], "*");
		size_t used = 0;

		while (used < star && used < length &&
		       same_letter(word[used], iommu_names[i][used]))
			used++;
		if (used == star && (star < size || used == length))
			return true;
	}
	return false;
}

/* disable_acs_redir=... or pci.disable_acs_redir=..., which the kernel passes on to init. */
static bool check_misplaced(struct p2p_cmdline *cmdline, const char *word)
{
	static const char *const before[] = { "", "pci.", "pcie.", "pcie=", "pci:", "pci_" };

	for (size_t i = 0; i < P2P_LENGTH(before); i++) {
		const char *text = word + strlen(before[i]);
		bool bare = false;

		if (strncmp(word, before[i], strlen(before[i])) != 0)
			continue;
		for (enum p2p_parameter j = 0; j < P2P_PARAMETERS; j++)
			bare |= !strcmp(text, p2p_parameter_name(j));
		if (!bare && !find_known(text, true))
			continue;
		p2p_cmdline_add(cmdline, P2P_LINT_MISPLACED, true, word,
				"this is an option of pci=, and does nothing outside it: write pci=%s",
				text);
		return true;
	}
	return false;
}

void p2p_cmdline_check_word(struct p2p_cmdline *cmdline, const struct p2p_word *word)
{
	const char *text = word->text;
	const char *iommu = strstr(text, "iommu");

	if (check_patches(cmdline, text) || check_misplaced(cmdline, text))
		return;
	for (size_t i = 0; i < P2P_LENGTH(iommus); i++)
		if (starts_with(text, iommus[i].parameter)) {
			check_values(cmdline, &iommus[i], text);
			return;
		}
	if (starts_with(text, "iommu.passthrough="))
		check_passthrough(cmdline, text);
	else if (speaks_of_acs(text))
		p2p_cmdline_add(cmdline, P2P_LINT_UNKNOWN, tables_hold(cmdline), text,
				"no mainline kernel up to " NEWEST " has such a parameter, and it changes no "
				"register; %s", instead_of_acs);
	else if (iommu && (size_t)(iommu - text) < strcspn(text, "=.") && !is_iommu_name(text))
		p2p_cmdline_add(cmdline, P2P_LINT_UNKNOWN, false, text,
				"no mainline kernel up to " NEWEST " has such a parameter; to let host "
				"drivers bypass translation, use %s", is_arm_or_other(cmdline) ?
				"iommu.passthrough=1" : "iommu=pt");
}
