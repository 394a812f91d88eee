/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks a command line against the machine and the kernel that it is for. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/cmdline/cmdline.h"
#include "verdict/eval.h"
#include "verdict/vendors.h"

static const char *const names[P2P_LINTS] = {
	[P2P_LINT_COMMA] = "comma", [P2P_LINT_SYNTAX] = "syntax",
	[P2P_LINT_NO_DEVICE] = "no_device", [P2P_LINT_NO_ACS] = "no_acs",
	[P2P_LINT_RELEASE] = "release", [P2P_LINT_FLAWED] = "flawed",
	[P2P_LINT_REPEATED] = "repeated", [P2P_LINT_OVERRIDDEN] = "overridden",
	[P2P_LINT_CUT] = "cut", [P2P_LINT_NO_EFFECT] = "no_effect",
	[P2P_LINT_FOREIGN] = "foreign", [P2P_LINT_UNKNOWN] = "unknown",
	[P2P_LINT_MISPLACED] = "misplaced",
};

const char *p2p_lint_name(enum p2p_lint_kind kind)
{
	return names[kind];
}

void p2p_cmdline_add(struct p2p_cmdline *cmdline, enum p2p_lint_kind kind, bool certain,
		     const char *word, const char *format, ...)
{
	struct p2p_lint *lint = p2p_more(cmdline->lints, cmdline->lint_count);
	char text[1024];
	const char *kept;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	kept = p2p_arena_string(&cmdline->arena, text);
	if (!lint || !kept) {
		cmdline->no_memory = true;
		return;
	}
	*lint = (struct p2p_lint){ kind, certain, word, kept };
	cmdline->lint_count++;
}

static void check_release(struct p2p_cmdline *cmdline, const struct p2p_option *option)
{
	enum p2p_support support = p2p_cmdline_support(cmdline, option->parameter);
	const char *name = p2p_parameter_name(option->parameter);
	const struct p2p_vendor *vendor = p2p_vendor_find(cmdline->release);
	bool backports = vendor && vendor->backports;

	if (support == P2P_SUPPORT_NONE)
		p2p_cmdline_add(cmdline, P2P_LINT_RELEASE, !backports, option->text,
				"kernel %s does not know %s%s and says so only in its log",
				cmdline->release, name,
				backports ? " (unless the distributor backported it)" : "");
	else if (support == P2P_SUPPORT_FLAWED || support == P2P_SUPPORT_MAYBE)
		p2p_cmdline_add(cmdline, P2P_LINT_FLAWED, support == P2P_SUPPORT_FLAWED,
				option->text, "%s", p2p_cmdline_warning(cmdline,
				option->parameter));
}

static bool bits_are_good(const char *bits)
{
	size_t length = strlen(bits), named = length > P2P_ACS_NAMED ? length - P2P_ACS_NAMED : 0;

	return length && strspn(bits, "01xX") == length && strspn(bits, "xX") >= named;
}

/* The first item of a list that the kernel matches to @function; it looks at no further ones. */
static const struct p2p_item *item_for(const struct p2p_option *option,
				       const struct p2p_function *function)
{
	for (size_t i = 0; option && i < option->item_count; i++) {
		const struct p2p_item *item = &option->items[i];
		int found = item->bits && !bits_are_good(item->bits) ? -1 :
			    p2p_item_matches(item->device, function);

		if (found)
			return found < 0 ? NULL : item;
	}
	return NULL;
}

/* The bits of ACS Control that the item names, and the value it wants for them. */
static void wanted(const struct p2p_item *item, uint16_t *ret_mask, uint16_t *ret_value)
{
	size_t length = item->bits ? strlen(item->bits) : 0;

	*ret_mask = item->bits ? 0 : P2P_ACS_REDIRECT;
	*ret_value = 0;
	for (size_t i = 0; i < length && i < P2P_ACS_NAMED; i++) {
		char bit = item->bits[length - 1 - i];

		if (bit == '0' || bit == '1')
			*ret_mask = (uint16_t)(*ret_mask | 1u << i);
		if (bit == '1')
			*ret_value = (uint16_t)(*ret_value | 1u << i);
	}
}

static void check_effect(struct p2p_cmdline *cmdline, const struct p2p_option *option,
			 const struct p2p_item *item, const struct p2p_function *function)
{
	const struct p2p_option *stronger = cmdline->effective[P2P_PARAMETER_CONFIG_ACS];
	char bdf[P2P_BDF_SIZE];
	uint16_t mask, value;

	p2p_bdf_format(function->bdf, bdf);
	if (option != stronger && item_for(stronger, function)) {
		p2p_cmdline_add(cmdline, P2P_LINT_OVERRIDDEN, true, item->text, "config_acs also "
				"names %s and is applied later, to what firmware set: this item "
				"does nothing", bdf);
		return;
	}
	if (function->acs.fact != P2P_PRESENT)
		return;
	wanted(item, &mask, &value);
	mask &= function->acs.capability & ((1u << P2P_ACS_NAMED) - 1);
	if ((function->acs.control ^ value) & mask)
		p2p_cmdline_add(cmdline, P2P_LINT_NO_EFFECT, true, item->text, "ACS control of "
				"%s is %04x, which is not what this asks for: it was changed "
				"after boot, or the kernel did not take the option", bdf,
				function->acs.control);
}

static void check_matches(struct p2p_cmdline *cmdline, const struct p2p_option *option,
			  const struct p2p_item *item)
{
	const struct p2p_function *function;
	size_t found = 0, first = 0, without = 0;

	for (size_t i = 0; (function = p2p_topology_function(cmdline->topology, i)); i++) {
		if (p2p_item_matches(item->device, function) != 1)
			continue;
		found++;
		without += function->acs.fact == P2P_ABSENT;
		if (item_for(option, function) != item)
			continue;
		first++;
		if (option == cmdline->effective[option->parameter] &&
		    p2p_cmdline_support(cmdline, option->parameter) != P2P_SUPPORT_NONE)
			check_effect(cmdline, option, item, function);
	}
	if (!found)
		p2p_cmdline_add(cmdline, P2P_LINT_NO_DEVICE, true, item->text, "there is no "
				"device %s in this machine", item->device);
	else if (without == found)
		p2p_cmdline_add(cmdline, P2P_LINT_NO_ACS, true, item->text, "%s has no ACS to "
				"change", item->device);
	else if (!first)
		p2p_cmdline_add(cmdline, P2P_LINT_REPEATED, true, item->text, "an earlier item "
				"takes precedence: the kernel stops at the first that matches");
}

static void check_item(struct p2p_cmdline *cmdline, const struct p2p_option *option,
		       const struct p2p_item *item)
{
	static const struct p2p_function nothing;

	if (item->bits && !strchr(item->text, '@'))
		p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, item->text, "config_acs needs "
				"BITS@DEVICE, and the kernel reads no further than here");
	else if (item->bits && !bits_are_good(item->bits))
		p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, item->text, "bits are 0, 1 or x, "
				"at most seven of them (DT EC UF CR RR TB SV); the kernel reads "
				"no further than here");
	else if (p2p_item_matches(item->device, &nothing) < 0)
		p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, item->text, "'%s' is not a "
				"device: write it as DOMAIN:BUS:SLOT.FUNCTION, or "
				"pci:VENDOR:DEVICE; the kernel reads no further than here",
				item->device);
	else
		check_matches(cmdline, option, item);
}

static void check_option(struct p2p_cmdline *cmdline, const struct p2p_option *option)
{
	const char *name;

	if (option->lost)
		p2p_cmdline_add(cmdline, P2P_LINT_COMMA, true, option->text, "'%s' follows a "
				"comma, which ends the option before it: the kernel does not "
				"know such an option and drops it; devices are separated by ';'",
				option->text);
	if (option->parameter == P2P_PARAMETERS) {
		if (!option->lost)
			p2p_cmdline_check_other(cmdline, option);
		return;
	}
	name = p2p_parameter_name(option->parameter);
	check_release(cmdline, option);
	if (option != cmdline->effective[option->parameter])
		p2p_cmdline_add(cmdline, P2P_LINT_REPEATED, true, option->text, "a later %s= "
				"replaces this one completely", name);
	if (!option->item_count)
		p2p_cmdline_add(cmdline, P2P_LINT_SYNTAX, true, option->text,
				"%s= names no device", name);
	for (size_t i = 0; i < option->item_count; i++)
		check_item(cmdline, option, &option->items[i]);
}

static bool named_anywhere(const struct p2p_cmdline *cmdline, const struct p2p_function *function)
{
	for (size_t i = 0; i < cmdline->option_count; i++)
		if (item_for(&cmdline->options[i], function))
			return true;
	return false;
}

/*
 * Is there a port of the same model as the one that @option names, which still redirects and is not
 * named on the command line?  A list that was cut off would have named such ports.
 */
static bool others_redirect(const struct p2p_cmdline *cmdline, const struct p2p_option *option)
{
	const struct p2p_function *named = NULL, *function;
	size_t i;

	for (i = 0; !named && (function = p2p_topology_function(cmdline->topology, i)); i++)
		if (item_for(option, function))
			named = function;
	for (i = 0; named && (function = p2p_topology_function(cmdline->topology, i)); i++)
		if (function->vendor == named->vendor && function->device == named->device &&
		    function->acs.fact == P2P_PRESENT &&
		    function->acs.control & P2P_ACS_REDIRECT && !named_anywhere(cmdline, function))
			return true;
	return false;
}

/* If one ';' came through, none was cut; and initrd= is used without GRUB, for the EFI stub. */
static bool may_be_cut(const struct p2p_cmdline *cmdline)
{
	for (size_t i = 0; i < cmdline->word_count; i++)
		if (strchr(cmdline->words[i].text, ';') ||
		    !strncmp(cmdline->words[i].text, "initrd=", 7))
			return false;
	return cmdline->ends_with_option && cmdline->option_count;
}

/* This is only a guess, since what was cut off cannot be seen. */
static void check_cut(struct p2p_cmdline *cmdline)
{
	const struct p2p_option *last;

	if (!may_be_cut(cmdline))
		return;
	last = &cmdline->options[cmdline->option_count - 1];
	if (last->parameter == P2P_PARAMETERS || last->item_count != 1 ||
	    !others_redirect(cmdline, last))
		return;
	p2p_cmdline_add(cmdline, P2P_LINT_CUT, false, last->text, "the command line ends after "
			"the first device of a list, and other ports still redirect: GRUB cuts "
			"it there when a ';' stands outside quotes; look at grub.cfg or "
			"/etc/default/grub");
}

void p2p_cmdline_check(struct p2p_cmdline *cmdline)
{
	for (size_t i = 0; i < cmdline->word_count; i++) {
		const struct p2p_word *word = &cmdline->words[i];

		for (size_t j = 0; j < word->option_count; j++)
			check_option(cmdline, &cmdline->options[word->first_option + j]);
		if (strncmp(word->text, "pci=", 4) != 0)
			p2p_cmdline_check_word(cmdline, word);
	}
	check_cut(cmdline);
}
