/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pci= word out of those that are there and a change, and how each boot loader takes it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "policy/cmdline/cmdline.h"
#include "verdict/eval.h"

#define COMMAND_LINE_SIZE 2048

/* Text that grows. */
struct text {
	char *data;
	size_t size;
	bool no_memory;
};

__attribute__((format(printf, 2, 3)))
static void append(struct text *text, const char *format, ...)
{
	va_list args;
	char *larger;
	int more;

	va_start(args, format);
	more = vsnprintf(NULL, 0, format, args);
	va_end(args);
	larger = more < 0 ? NULL : realloc(text->data, text->size + (size_t)more + 1);
	if (!larger) {
		text->no_memory = true;
		return;
	}
	text->data = larger;
	va_start(args, format);
	vsnprintf(larger + text->size, (size_t)more + 1, format, args);
	va_end(args);
	text->size += (size_t)more;
}

static int finish(struct text *text, char **ret_text)
{
	if (text->no_memory) {
		free(text->data);
		return -ENOMEM;
	}
	*ret_text = text->data;
	return 0;
}

/* Is @item about one of the functions changed, and about no other? */
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

/* Every bit there is, so that nothing hangs on what firmware set. */
static void append_bits(struct text *text, const struct p2p_register *change)
{
	uint16_t next = (uint16_t)((change->present & ~change->mask) | change->value);

	for (unsigned int bit = P2P_ACS_NAMED; bit-- > 0;) {
		bool there = change->function->acs.capability >> bit & 1;

		append(text, "%c", !there ? 'x' : next >> bit & 1 ? '1' : '0');
	}
}

static void append_items(struct text *text, const struct p2p_cmdline *cmdline,
			 enum p2p_parameter parameter, const struct p2p_register *registers,
			 size_t count)
{
	const struct p2p_option *before = cmdline->effective[parameter];
	const char *separator = "";
	char bdf[P2P_BDF_SIZE];

	append(text, "%s=", p2p_parameter_name(parameter));
	for (size_t i = 0; i < count; i++) {
		append(text, "%s", separator);
		if (parameter == P2P_PARAMETER_CONFIG_ACS) {
			append_bits(text, &registers[i]);
			append(text, "@");
		}
		append(text, "%s", p2p_bdf_format(registers[i].function->bdf, bdf));
		separator = ";";
	}
	/* Behind ours: the kernel stops at the first item that matches. */
	for (size_t i = 0; before && i < before->item_count; i++) {
		if (is_replaced(cmdline, &before->items[i], registers, count))
			continue;
		append(text, "%s%s", separator, before->items[i].text);
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
 * Whole, with the words that are there: arch/x86/include/asm/setup.h, COMMAND_LINE_SIZE, which
 * other architectures share; what is beyond is cut off.
 */
static int check_length(struct p2p_context *context, const struct p2p_cmdline *cmdline,
			const struct text *word)
{
	const char *now = p2p_topology_machine(cmdline->topology)->cmdline;
	size_t length = (now ? strlen(now) : 0) + 1 + word->size;

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
	struct text text = { 0 };
	const char *separator = "pci=";
	int r = check_merge(context, cmdline, parameter, registers, count);

	if (r < 0)
		return r;
	for (size_t i = 0; i < cmdline->option_count; i++) {
		const struct p2p_option *option = &cmdline->options[i];
		bool ours = option->parameter == parameter;

		/* What did nothing is left out: lost behind a comma, or replaced by a later one. */
		if (ours || option->lost || (option->parameter != P2P_PARAMETERS &&
					     option != cmdline->effective[option->parameter]))
			continue;
		append(&text, "%s%s", separator, option->text);
		separator = ",";
	}
	append(&text, "%s", separator);
	append_items(&text, cmdline, parameter, registers, count);
	r = text.no_memory ? 0 : check_length(context, cmdline, &text);
	if (r < 0) {
		free(text.data);
		return r;
	}
	if (finish(&text, ret_word))
		return p2p_error(context, -ENOMEM, "out of memory");
	return 0;
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

/* For a shell, between single quotes. */
static void append_quoted(struct text *text, const char *word)
{
	for (; *word; word++)
		if (*word == '\'')
			append(text, "'\\''");
		else
			append(text, "%c", *word);
}

/* pci="...", whose quotes GRUB takes off, or else the kernel. */
static void append_inner(struct text *text, const char *word)
{
	append(text, "pci=\"");
	append_quoted(text, word + strlen("pci="));
	append(text, "\"");
}

static void append_removals(struct text *text, const struct p2p_cmdline *cmdline,
			    const char *before, const char *between, const char *after)
{
	for (size_t i = 0; i < cmdline->pci_count; i++) {
		append(text, "%s", i ? between : before);
		append_quoted(text, cmdline->pci[i]);
	}
	if (cmdline->pci_count)
		append(text, "%s", after);
}

static void append_line(struct text *text, const struct p2p_cmdline *cmdline,
			enum p2p_loader loader, const char *word)
{
	switch (loader) {
	case P2P_LOADER_PLAIN:
	case P2P_LOADER_SYSTEMD_BOOT:
	case P2P_LOADERS:
		append(text, "%s", word);
		break;
	case P2P_LOADER_GRUB:
		append(text, "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX \"'");
		append_inner(text, word);
		append(text, "'");
		break;
	case P2P_LOADER_GRUBBY:
		append(text, "grubby --update-kernel=ALL ");
		append_removals(text, cmdline, "--remove-args='", " ", "' ");
		append(text, "--args='");
		append_inner(text, word);
		append(text, "'");
		break;
	case P2P_LOADER_OSTREE:
		append(text, "rpm-ostree kargs ");
		append_removals(text, cmdline, "--delete='", "' --delete='", "' ");
		append(text, "--append='");
		append_inner(text, word);
		append(text, "'");
		break;
	}
}

int p2p_loader_line(const struct p2p_cmdline *cmdline, enum p2p_loader loader, const char *word,
		    char **ret_line)
{
	struct text text = { 0 };

	append_line(&text, cmdline, loader, word);
	return finish(&text, ret_line);
}
