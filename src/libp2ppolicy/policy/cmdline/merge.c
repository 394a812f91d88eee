/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Merges the present pci= words and a change into one, and writes it for each boot loader. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "policy/cmdline/cmdline.h"
#include "verdict/eval.h"

#define COMMAND_LINE_SIZE 2048

/* Does @item match only functions that are changed, and at least one? */
static bool is_replaced(const struct p2p_cmdline *cmdline, const struct p2p_item *item,
			const struct p2p_register *registers, size_t count)
{
	const struct p2p_function *function;
	bool replaced = false;

	for (size_t i = 0; (function = p2p_topology_function(cmdline->topology, i)); i++) {
		size_t at = 0;

		if (p2p_item_matches(item->device, function) != 1)
			continue;
		while (at < count && registers[at].function != function)
			at++;
		if (at == count)
			return false;
		replaced = true;
	}
	return replaced;
}

/* Name every bit that the function has, so that nothing depends on what firmware set. */
static void append_bits(FILE *out, const struct p2p_register *change)
{
	uint16_t next = (uint16_t)((change->present & ~change->mask) | change->value);

	for (unsigned int bit = P2P_ACS_NAMED; bit-- > 0;) {
		bool there = change->function->acs.capability >> bit & 1;

		fputc(!there ? 'x' : next >> bit & 1 ? '1' : '0', out);
	}
}

static void append_items(FILE *out, const struct p2p_cmdline *cmdline,
			 enum p2p_parameter parameter, const struct p2p_register *registers,
			 size_t count)
{
	const struct p2p_option *before = cmdline->effective[parameter];
	const char *separator = "";
	char bdf[P2P_BDF_SIZE];

	fprintf(out, "%s=", p2p_parameter_name(parameter));
	for (size_t i = 0; i < count; i++) {
		fputs(separator, out);
		if (parameter == P2P_PARAMETER_CONFIG_ACS) {
			append_bits(out, &registers[i]);
			fputc('@', out);
		}
		fprintf(out, "%s", p2p_bdf_format(registers[i].function->bdf, bdf));
		separator = ";";
	}
	/* They go behind ours, because the kernel stops at the first item that matches. */
	for (size_t i = 0; before && i < before->item_count; i++) {
		if (is_replaced(cmdline, &before->items[i], registers, count))
			continue;
		fprintf(out, "%s%s", separator, before->items[i].text);
		separator = ";";
	}
}

static int check_one(struct p2p_context *context, const struct p2p_cmdline *cmdline,
		     enum p2p_parameter parameter, const struct p2p_register *change)
{
	const struct p2p_option *stronger = cmdline->effective[P2P_PARAMETER_CONFIG_ACS];
	char bdf[P2P_BDF_SIZE];

	p2p_bdf_format(change->function->bdf, bdf);
	if (change->size == 4 && parameter == P2P_PARAMETER_CONFIG_ACS)
		return p2p_error(context, -EOPNOTSUPP, "at %s, an Intel PCH root port, the kernel "
				 "ignores the bits of config_acs and only clears what redirects", bdf);
	if (parameter == P2P_PARAMETER_CONFIG_ACS)
		return 0;
	if (change->value || change->mask & ~P2P_ACS_REDIRECT)
		return p2p_error(context, -EOPNOTSUPP, "disable_acs_redir cannot set bits, nor clear "
				 "other bits than ReqRedir, CmpltRedir and EgressCtrl");
	for (size_t i = 0; stronger && i < stronger->item_count; i++)
		if (p2p_item_matches(stronger->items[i].device, change->function) == 1)
			return p2p_error(context, -EOPNOTSUPP, "config_acs on the command line names "
					 "%s too and wins over disable_acs_redir", bdf);
	return 0;
}

static int check_merge(struct p2p_context *context, const struct p2p_cmdline *cmdline,
		       enum p2p_parameter parameter, const struct p2p_register *registers,
		       size_t count)
{
	enum p2p_support support = p2p_cmdline_support(cmdline, parameter);

	if (support == P2P_SUPPORT_NONE || support == P2P_SUPPORT_FLAWED)
		return p2p_error(context, -EOPNOTSUPP, "%s",
				 p2p_cmdline_warning(cmdline, parameter));
	for (size_t i = 0; i < count; i++) {
		int r = check_one(context, cmdline, parameter, &registers[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * The length of the whole command line, with the other words.  The kernel cuts off what exceeds
 * COMMAND_LINE_SIZE: arch/x86/include/asm/setup.h, and the same on other architectures.
 */
static int check_length(struct p2p_context *context, const struct p2p_cmdline *cmdline,
			size_t size)
{
	const char *now = p2p_topology_machine(cmdline->topology)->cmdline;
	size_t length = (now ? strlen(now) : 0) + 1 + size;

	for (size_t i = 0; i < cmdline->pci_count; i++)
		length -= strlen(cmdline->pci[i]);
	if (length < COMMAND_LINE_SIZE)
		return 0;
	return p2p_error(context, -EOPNOTSUPP, "the command line would have %zu bytes, and the "
			 "kernel takes %d: run the lines of setpci at boot instead", length,
			 COMMAND_LINE_SIZE - 1);
}

int p2p_cmdline_merge(struct p2p_context *context, const struct p2p_cmdline *cmdline,
		      enum p2p_parameter parameter, const struct p2p_register *registers,
		      size_t count, char **ret_word)
{
	int r = check_merge(context, cmdline, parameter, registers, count);
	const char *separator = "pci=";
	char *text = NULL;
	size_t size;
	FILE *out;

	if (r < 0)
		return r;
	out = p2p_text_open(&text, &size);
	if (!out)
		return p2p_error(context, -ENOMEM, "out of memory");
	for (size_t i = 0; i < cmdline->option_count; i++) {
		const struct p2p_option *option = &cmdline->options[i];
		bool ours = option->parameter == parameter;

		/* Leave out options without effect: lost behind a comma, or replaced by a later one. */
		if (ours || option->lost || (option->parameter != P2P_PARAMETERS &&
					     option != cmdline->effective[option->parameter]))
			continue;
		fprintf(out, "%s%s", separator, option->text);
		separator = ",";
	}
	fputs(separator, out);
	append_items(out, cmdline, parameter, registers, count);
	r = fclose(out) ? p2p_error(context, -ENOMEM, "out of memory") :
			  check_length(context, cmdline, size);
	if (r < 0)
		free(text);
	else
		*ret_word = text;
	return r;
}

const char *p2p_loader_name(enum p2p_loader loader)
{
	static const char *const names[P2P_LOADERS] = {
		[P2P_LOADER_PLAIN] = "plain", [P2P_LOADER_GRUB] = "grub",
		[P2P_LOADER_GRUBBY] = "grubby", [P2P_LOADER_SYSTEMD_BOOT] = "systemd-boot",
		[P2P_LOADER_OSTREE] = "ostree",
	};

	return names[loader];
}

/* Escape for a shell, inside single quotes. */
static void append_quoted(FILE *out, const char *word)
{
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
}

/*
 * How to change the boot loader's configuration: a command, what removes the present words, and what
 * adds the new one.  A loader that takes the word as it is has no command.
 */
static const struct { const char *command, *first, *next, *add; } lines[P2P_LOADERS] = {
	[P2P_LOADER_GRUB] = { "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX \"", NULL, NULL, "'" },
	[P2P_LOADER_GRUBBY] = { "grubby --update-kernel=ALL ", "--remove-args='", " ", "--args='" },
	[P2P_LOADER_OSTREE] = { "rpm-ostree kargs ", "--delete='", "' --delete='", "--append='" },
};

/* The word is written as pci="..."; GRUB or else the kernel removes the quotes. */
static void append_line(FILE *out, const struct p2p_cmdline *cmdline,
			enum p2p_loader loader, const char *word)
{
	size_t removed = lines[loader].first ? cmdline->pci_count : 0;

	fputs(lines[loader].command, out);
	for (size_t i = 0; i < removed; i++) {
		fputs(i ? lines[loader].next : lines[loader].first, out);
		append_quoted(out, cmdline->pci[i]);
	}
	fprintf(out, "%s%spci=\"", removed ? "' " : "", lines[loader].add);
	append_quoted(out, word + strlen("pci="));
	fputs("\"'", out);
}

int p2p_loader_line(const struct p2p_cmdline *cmdline, enum p2p_loader loader, const char *word,
		    char **ret_line)
{
	char *text;
	size_t size;
	FILE *out = p2p_text_open(&text, &size);

	if (!out)
		return -ENOMEM;
	if (lines[loader].command)
		append_line(out, cmdline, loader, word);
	else
		fputs(word, out);
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	*ret_line = text;
	return 0;
}
