/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of what-if: KEY=VALUE, where each key is a row of the table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "commands/what_if/whatif.h"

/** struct key - one kind of change. @shape: the form of its value. */
struct key {
	const char *name, *shape;
	enum status (*parse)(struct whatif *whatif, const struct key *key, char *value,
			     struct p2p_change *change);
};

static enum status misshapen(const struct whatif *whatif, const struct key *key)
{
	return fail_with(whatif->before->failure, STATUS_USAGE, "what-if takes %s=%s", key->name,
			 key->shape);
}

static enum status parse_acs(struct whatif *whatif, const struct key *key, char *value,
			     struct p2p_change *change)
{
	char *bits = strchr(value, ',');

	change->kind = P2P_CHANGE_ACS;
	if (!bits)
		return misshapen(whatif, key);
	*bits++ = '\0';
	if (p2p_acs_parse(bits, &change->clear, &change->set) < 0)
		return fail_with(whatif->before->failure, STATUS_USAGE, "what-if acs: '%s' is not "
				 "ReqRedir-, CmpltRedir+ and the like, with commas between: "
				 "SrcValid TransBlk ReqRedir CmpltRedir UpstreamFwd EgressCtrl "
				 "DirectTrans", bits);
	return strcmp(value, "all") != 0 ? app_find(whatif->before, value, &change->function) :
					   STATUS_DONE;
}

static enum status parse_iommu(struct whatif *whatif, const struct key *key, char *value,
			       struct p2p_change *change)
{
	/* "pt" is the word on the kernel command line. */
	static const struct { const char *name; enum p2p_iommu_mode mode; } modes[] = {
		{ "off", P2P_IOMMU_OFF }, { "on", P2P_IOMMU_ON },
		{ "passthrough", P2P_IOMMU_PASSTHROUGH }, { "pt", P2P_IOMMU_PASSTHROUGH },
	};

	(void)whatif;
	change->kind = P2P_CHANGE_IOMMU;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(value, modes[i].name) != 0)
			continue;
		change->iommu = modes[i].mode;
		return STATUS_DONE;
	}
	return misshapen(whatif, key);
}

static enum status parse_move(struct whatif *whatif, const struct key *key, char *value,
			      struct p2p_change *change)
{
	char *port = strchr(value, ',');
	enum status status;

	change->kind = P2P_CHANGE_MOVE;
	if (!port)
		return misshapen(whatif, key);
	*port++ = '\0';
	status = app_find(whatif->before, value, &change->function);
	return status ? status : app_find(whatif->before, port, &change->port);
}

#define FAMILY_ZEN 0x17

/* People say "AMD"; the CPU says "AuthenticAMD". */
static const struct { const char *said, *is; } vendors[] = {
	{ "AMD", "AuthenticAMD" }, { "Intel", "GenuineIntel" }, { "Hygon", "HygonGenuine" },
	{ "Zhaoxin", "  Shanghai  " },
};

static const char *vendor_of(const char *name)
{
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		if (!strcmp(name, vendors[i].said) || !strcmp(name, vendors[i].is))
			return vendors[i].is;
	}
	return NULL;
}

static bool read_number(const char *text, int base, long most, long *ret_value)
{
	char *end;

	errno = 0;
	*ret_value = strtol(text, &end, base);
	return end != text && !*end && !errno && *ret_value >= 0 && *ret_value <= most;
}

static enum status parse_root(const struct whatif *whatif, const struct key *key, char *ids,
			      struct p2p_change *change)
{
	char *device = strchr(ids, ':');
	long vendor, number;

	if (!device)
		return misshapen(whatif, key);
	*device++ = '\0';
	if (!read_number(ids, 16, 0xffff, &vendor) || !read_number(device, 16, 0xffff, &number) ||
	    !vendor)
		return misshapen(whatif, key);
	change->root_vendor = (uint16_t)vendor;
	change->root_device = (uint16_t)number;
	return STATUS_DONE;
}

/* Splits "AMD EPYC 7302 16-Core Processor, family 17h", as printed by the report, into its parts. */
static const char *printed_cpu(char *value, long *ret_family, char **ret_root)
{
	char *family = strstr(value, ", family "), *end;

	if (!family)
		return NULL;
	*ret_family = strtol(family + strlen(", family "), &end, 16);
	if (*end != 'h' || (end[1] && end[1] != ',') || *ret_family < 0 || *ret_family > 0xffff)
		return NULL;
	*ret_root = end[1] ? end + 2 : NULL;
	*family = '\0';
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		if (strcasestr(value, vendors[i].said) || !strcmp(value, vendors[i].is))
			return vendors[i].is;
	}
	return NULL;
}

/* The words of the report for a CPU that is not recorded. The kernel checks for a family or a later one. */
static bool is_zen(const char *value)
{
	static const char *const names[] = { "AMD:Zen", "AMD Zen", "any AMD Zen" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcasecmp(value, names[i]))
			return true;
	return false;
}

/* "17h" is hexadecimal, as AMD families are usually written; "23" is decimal. */
static bool read_family(char *text, long *ret_family)
{
	size_t length = strlen(text);

	if (!length || text[length - 1] != 'h')
		return read_number(text, 0, 0xffff, ret_family);
	text[length - 1] = '\0';
	return read_number(text, 16, 0xffff, ret_family);
}

static enum status parse_cpu(struct whatif *whatif, const struct key *key, char *value,
			     struct p2p_change *change)
{
	char *family, *root = strchr(value, ',');
	enum status status = STATUS_DONE;
	long number;

	change->kind = P2P_CHANGE_CPU;
	change->cpu_vendor = printed_cpu(value, &number, &root);
	if (change->cpu_vendor) {
		change->cpu_family = (int)number;
		return root ? parse_root(whatif, key, root, change) : STATUS_DONE;
	}
	if (root) {
		*root++ = '\0';
		status = parse_root(whatif, key, root, change);
	}
	if (!strcmp(value, "other")) {
		change->cpu_family = -1;
		return status;
	}
	if (is_zen(value)) {
		change->cpu_vendor = vendor_of("AMD");
		change->cpu_family = FAMILY_ZEN;
		return status;
	}
	family = strchr(value, ':');
	if (!family)
		return misshapen(whatif, key);
	*family++ = '\0';
	change->cpu_vendor = vendor_of(value);
	if (!change->cpu_vendor || !read_family(family, &number))
		return misshapen(whatif, key);
	change->cpu_family = (int)number;
	return status;
}

/* The name points into the argument, which lives as long as the change. */
static enum status parse_driver(struct whatif *whatif, const struct key *key, char *value,
				struct p2p_change *change)
{
	const char *name = strchr(whatif->argument, ',');

	change->kind = P2P_CHANGE_DRIVER;
	if (!name || !name[1] || strpbrk(name + 1, ",/ "))
		return misshapen(whatif, key);
	change->driver = strcmp(name + 1, "none") != 0 ? name + 1 : NULL;
	value[strcspn(value, ",")] = '\0';
	if (!p2p_class_parse(value, &change->kind_of))
		return STATUS_DONE;
	return app_find(whatif->before, value, &change->function);
}

static const struct key keys[] = {
	{ "acs", "DEVICE,ReqRedir-,... or acs=all,ReqRedir-,...", parse_acs },
	{ "iommu", "off, on or passthrough", parse_iommu },
	{ "driver", "DEVICE,NAME or driver=CLASS,NAME; NAME none: no driver", parse_driver },
	{ "move", "DEVICE,PORT", parse_move },
	{ "cpu", "AMD:Zen, AMD:FAMILY, Intel:FAMILY, Hygon:FAMILY, Zhaoxin:FAMILY, a line as the report has "
	  "it or other, and [,VENDOR:DEVICE] of its root complex", parse_cpu },
};

static enum status parse_change(struct whatif *whatif, const struct key *key, const char *value)
{
	struct p2p_change *change = &whatif->changes[whatif->change_count];
	/* A copy, since the parsers cut it into pieces. */
	char *copy = strdup(value);
	enum status status;

	whatif->argument = value;
	if (!copy)
		return fail_memory(whatif->before->failure);
	status = key->parse(whatif, key, copy, change);
	whatif->change_count += !status;
	free(copy);
	return status;
}

enum status whatif_parse(struct whatif *whatif, const char *text)
{
	size_t length = strcspn(text, "=");

	if (!strncmp(text, "kernel=", 7)) {
		whatif->kernel = text + 7;
		return STATUS_DONE;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && text[length]; i++) {
		if (strlen(keys[i].name) == length && !strncmp(text, keys[i].name, length))
			return parse_change(whatif, &keys[i], text + length + 1);
	}
	return fail_with(whatif->before->failure, STATUS_USAGE, "what-if takes acs=, iommu=, "
			 "driver=, move=, cpu= and kernel=, not '%s'", text);
}
