/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is an IOMMU in use, and does it translate?  Groups tell.  If they were not recorded, the command line and
 * the kernel configuration may show that none is in use; they cannot show that one is, since that also
 * depends on the firmware.  Kernel 7.3.4.
 */
#include <string.h>

#include "topology/build.h"

/**
 * enum setting - what the command line and the configuration set.
 * @INTEL: VT-d is turned on; @AMD: AMD-Vi is; @X86: neither is turned off by iommu=
 * @OPT_IN: firmware may have VT-d turned on nevertheless
 * @PASSES: default domains do not translate addresses
 */
enum setting { INTEL, AMD, X86, OPT_IN, PASSES, SETTINGS };

/**
 * struct word - one value in the list of a parameter.  The kernel compares only its start.
 * @x86: the parameter exists only on x86
 * @says: its meaning; the last value takes precedence, and among the rows that match a value the last one
 */
static const struct word {
	const char *parameter, *value;
	bool x86;
	enum setting setting;
	enum p2p_tri says;
} words[] = {
	/* drivers/iommu/intel/iommu.c, intel_iommu_setup() */
	{ "intel_iommu", "on", true, INTEL, P2P_YES },
	{ "intel_iommu", "off", true, INTEL, P2P_NO },
	{ "intel_iommu", "off", true, OPT_IN, P2P_NO },
	/* drivers/iommu/amd/init.c, parse_amd_iommu_options(); the next one is evaluated later */
	{ "amd_iommu", "off", true, AMD, P2P_NO },
	{ "amd_iommu", "force_isolation", true, PASSES, P2P_UNKNOWN },
	/* arch/x86/kernel/pci-dma.c, iommu_setup() */
	{ "iommu", "off", true, X86, P2P_NO },
	{ "iommu", "pt", true, PASSES, P2P_YES },
	{ "iommu", "nopt", true, PASSES, P2P_NO },
	/* drivers/iommu/iommu.c, iommu_set_def_domain_type(); lib/kstrtox.c, kstrtobool() */
	{ "iommu.passthrough", "", false, PASSES, P2P_UNKNOWN },
	{ "iommu.passthrough", "1", false, PASSES, P2P_YES },
	{ "iommu.passthrough", "y", false, PASSES, P2P_YES },
	{ "iommu.passthrough", "Y", false, PASSES, P2P_YES },
	{ "iommu.passthrough", "on", false, PASSES, P2P_YES },
	{ "iommu.passthrough", "0", false, PASSES, P2P_NO },
	{ "iommu.passthrough", "n", false, PASSES, P2P_NO },
	{ "iommu.passthrough", "N", false, PASSES, P2P_NO },
	{ "iommu.passthrough", "off", false, PASSES, P2P_NO },
	/* iommu_subsys_init(): memory encryption overrides a default that is not from the command line. */
	{ "mem_encrypt", "", true, PASSES, P2P_UNKNOWN },
};

/* kernel/params.c, parameq(): "-" and "_" are equivalent. */
static bool is_parameter(const char *text, size_t size, const char *name)
{
	for (size_t i = 0; i < size; i++)
		if (!name[i] || (text[i] == '-' ? '_' : text[i]) != name[i])
			return false;
	return !name[size];
}

static void take_value(const struct p2p_machine *machine, const char *text, size_t name,
		       const char *value, enum p2p_tri settings[SETTINGS])
{
	enum p2p_fact x86 = machine->cpu_family.fact;

	for (size_t i = 0; i < P2P_LENGTH(words); i++) {
		const struct word *word = &words[i];

		if (!is_parameter(text, name, word->parameter) ||
		    strncmp(value, word->value, strlen(word->value)) != 0 ||
		    (word->x86 && x86 == P2P_ABSENT))
			continue;
		settings[word->setting] = word->x86 && x86 == P2P_DENIED ? P2P_UNKNOWN : word->says;
	}
}

/* "name=value,value": lib/cmdline.c, next_arg() removes quotes and splits at spaces outside of them. */
static const char *take_word(const struct p2p_machine *machine, const char *text,
			     enum p2p_tri settings[SETTINGS])
{
	size_t name = strcspn(text, "=\" \t\n");
	bool quoted = false;

	for (const char *at = text + name; ; at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (!*at || (!quoted && strchr(" \t\n", *at)))
			return at;
		else if (at == text + name || *at == ',')
			take_value(machine, text, name, at + 1 + (at[1] == '"'), settings);
	}
}

static enum p2p_tri option(const struct p2p_topology *topology, const char *name)
{
	struct p2p_number says = p2p_config_option(topology, name);

	return says.fact != P2P_PRESENT ? P2P_UNKNOWN : says.value ? P2P_YES : P2P_NO;
}

static bool is_cpu_of_amd(const struct p2p_machine *machine)
{
	return machine->cpu_vendor && (!strcmp(machine->cpu_vendor, "AuthenticAMD") ||
				       !strcmp(machine->cpu_vendor, "HygonGenuine"));
}

static bool may_be_of_amd(const struct p2p_machine *machine)
{
	return machine->cpu_family.fact != P2P_ABSENT &&
	       (!machine->cpu_vendor || is_cpu_of_amd(machine));
}

/* Whether default domains pass addresses through, by the kernel configuration. */
static enum p2p_tri default_passes(const struct p2p_topology *topology)
{
	if (is_cpu_of_amd(&topology->machine) &&
	    option(topology, "AMD_MEM_ENCRYPT_ACTIVE_BY_DEFAULT") != P2P_NO)
		return P2P_UNKNOWN;
	return option(topology, "IOMMU_DEFAULT_PASSTHROUGH");
}

/* The kernel log has the result of all settings: iommu_subsys_init(). */
static enum p2p_tri passes_by_log(const struct p2p_topology *topology)
{
	const struct p2p_file *type = p2p_snapshot_file(topology->snapshot, P2P_DEFAULT_DOMAIN);

	if (type->fact != P2P_PRESENT)
		return P2P_UNKNOWN;
	return !strcmp(type->data, "Passthrough") ? P2P_YES :
	       !strcmp(type->data, "Translated") ? P2P_NO : P2P_UNKNOWN;
}

/* Apply the defaults, then each word of the command line up to the "--" that ends it. */
static void read_settings(const struct p2p_topology *topology, enum p2p_tri settings[SETTINGS])
{
	const struct p2p_machine *machine = &topology->machine;
	enum p2p_tri log = passes_by_log(topology);
	const char *text = machine->cmdline;

	for (size_t i = 0; i < SETTINGS; i++)
		settings[i] = P2P_UNKNOWN;
	settings[PASSES] = log;
	/* Without the command line, amd_iommu=force_isolation may have been on it. */
	if (!text && may_be_of_amd(machine))
		settings[PASSES] = P2P_UNKNOWN;
	if (!text)
		return;
	settings[INTEL] = option(topology, "INTEL_IOMMU_DEFAULT_ON");
	settings[AMD] = settings[X86] = settings[OPT_IN] = P2P_YES;
	if (settings[PASSES] == P2P_UNKNOWN)
		settings[PASSES] = default_passes(topology);
	for (text += strspn(text, " \t\n"); *text && strncmp(text, "-- ", 3) != 0;
	     text += strspn(text, " \t\n"))
		text = take_word(machine, text, settings);
	/* If they contradict the log, that is from another boot, or a parameter of memory encryption leaves it open. */
	if (log != P2P_UNKNOWN && settings[PASSES] != log)
		settings[PASSES] = P2P_UNKNOWN;
}

/* Is there a port that may lead out of the case, where devices are not trusted: a root port with hot-plug? */
static bool has_outer_port(const struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (!function->parent && p2p_function_is_bridge(function) &&
		    (function->pcie.fact == P2P_DENIED ||
			     (function->pcie.fact == P2P_PRESENT && function->pcie.hotplug)))
			return true;
	}
	return false;
}

/* Is it real hardware?  An emulator may show another vendor's IOMMU than the processor's, or one of its own. */
static bool is_hardware(const struct p2p_topology *topology)
{
	if (topology->machine.virtual_machine != P2P_UNKNOWN)
		return topology->machine.virtual_machine == P2P_NO;
	for (size_t i = 0; i < topology->count; i++)
		if (p2p_function_is_hardware_port(&topology->functions[i]))
			return true;
	return false;
}

/* An x86 processor has the IOMMU of its vendor; vendors other than AMD and Hygon use Intel's. */
static enum p2p_tri from_settings(const struct p2p_topology *topology,
				  const enum p2p_tri settings[SETTINGS])
{
	const struct p2p_machine *machine = &topology->machine;
	bool amd = is_cpu_of_amd(machine);

	if (machine->cpu_family.fact != P2P_PRESENT || !machine->cpu_vendor || !is_hardware(topology))
		return P2P_UNKNOWN;
	if (option(topology, amd ? "AMD_IOMMU" : "INTEL_IOMMU") == P2P_NO)
		return P2P_NO;
	if (amd)
		return settings[AMD] == P2P_NO || settings[X86] == P2P_NO ? P2P_NO : P2P_UNKNOWN;
	/* platform_optin_force_iommu() */
	if (settings[OPT_IN] != P2P_NO && has_outer_port(topology))
		return P2P_UNKNOWN;
	return settings[INTEL] == P2P_NO || settings[X86] == P2P_NO ? P2P_NO : P2P_UNKNOWN;
}

/*
 * Is VT-d off, or are devices inside the case passed through?  The latter is so if firmware opts in although
 * it is off.  Ports that lead out of the case are assumed only on client processors, which have one host
 * bridge.
 */
static bool is_off_or_passes(const struct p2p_topology *topology,
			     const enum p2p_tri settings[SETTINGS])
{
	const struct p2p_machine *machine = &topology->machine;

	return machine->cpu_family.fact == P2P_PRESENT && machine->cpu_vendor &&
	       !is_cpu_of_amd(machine) && is_hardware(topology) && settings[INTEL] == P2P_NO &&
	       settings[OPT_IN] == P2P_YES && (topology->host_count > 1 || !has_outer_port(topology));
}

/*
 * An IOMMU in use assigns groups to its devices.  If no function has one, and each was checked, no IOMMU is
 * in use.
 */
static enum p2p_tri from_groups(const struct p2p_topology *topology)
{
	enum p2p_tri answer = P2P_NO;

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (function->iommu_group.fact == P2P_PRESENT)
			return P2P_YES;
		if (function->iommu_group.fact == P2P_DENIED)
			answer = P2P_UNKNOWN;
	}
	return answer;
}

void p2p_iommu_build(struct p2p_topology *topology)
{
	struct p2p_machine *machine = &topology->machine;
	enum p2p_tri settings[SETTINGS];

	read_settings(topology, settings);
	machine->iommu = from_groups(topology);
	if (machine->iommu == P2P_UNKNOWN)
		machine->iommu = from_settings(topology, settings);
	machine->iommu_translates = machine->iommu == P2P_NO || settings[PASSES] == P2P_YES ||
				    is_off_or_passes(topology, settings) ? P2P_NO : P2P_UNKNOWN;
	if (machine->iommu != P2P_NO)
		return;
	for (size_t i = 0; i < topology->count; i++)
		topology->functions[i].iommu_group.fact = P2P_ABSENT;
}

bool p2p_is_vfio(const char *driver)
{
	return driver && strstr(driver, "vfio");
}

bool p2p_function_may_be_passed(const struct p2p_function *function)
{
	return function->driver_fact == P2P_DENIED || p2p_is_vfio(function->driver);
}

enum p2p_tri p2p_function_translates(const struct p2p_machine *machine,
				     const struct p2p_function *function)
{
	if (machine->iommu == P2P_NO || function->iommu_group.fact == P2P_ABSENT)
		return P2P_NO;
	/* The file tells the group's default domain, not the one that VFIO attaches. */
	if (function->iommu_type && !(p2p_function_may_be_passed(function) && !strcmp(function->iommu_type, "identity")))
		return strcmp(function->iommu_type, "identity") ? P2P_YES : P2P_NO;
	/* A device passed through to user space or a guest has a domain of its own. */
	return p2p_function_may_be_passed(function) ? P2P_UNKNOWN : machine->iommu_translates;
}
