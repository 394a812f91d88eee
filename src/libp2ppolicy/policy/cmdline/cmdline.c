/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing the command line, like drivers/pci/pci.c, pci_setup() and lib/cmdline.c, next_arg(). */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "policy/cmdline/cmdline.h"
#include "verdict/rules.h"

#define NEVER 0xffffffffu

static const struct {
	const char *name;
	unsigned int since;
} parameters[P2P_PARAMETERS] = {
	[P2P_PARAMETER_DISABLE_ACS_REDIR] = { "disable_acs_redir", P2P_KERNEL(4, 19) },
	[P2P_PARAMETER_CONFIG_ACS] = { "config_acs", P2P_KERNEL(6, 11) },
};

/*
 * From 47c8846a49ba (6.11) until 9cf8a952d57b ("PCI/ACS: Fix 'pci=config_acs=' parameter", 6.15)
 * both options kept the firmware's value of the bits that they name, and disable_acs_redir set
 * all others; the bits of one item of a list leaked into the next.  @mended: the update of
 * that release that has the fix.
 */
static const struct flawed {
	unsigned int release, mended;
} flawed[] = {
	{ P2P_KERNEL(6, 11), NEVER },
	{ P2P_KERNEL(6, 12), 23 },
	{ P2P_KERNEL(6, 13), 11 },
	{ P2P_KERNEL(6, 14), 2 },
};

static const struct flawed *find_flawed(unsigned int release)
{
	for (size_t i = 0; i < P2P_LENGTH(flawed); i++)
		if (flawed[i].release == release)
			return &flawed[i];
	return NULL;
}

const char *p2p_parameter_name(enum p2p_parameter parameter)
{
	return parameters[parameter].name;
}

/* "6.12.22-1" has update 22.  Distributors who write 0 or no update count in their own suffix. */
static bool parse_update(const char *release, unsigned int *ret_update)
{
	unsigned int major, minor;

	return sscanf(release, "%3u.%3u.%u", &major, &minor, ret_update) == 3;
}

static enum p2p_support support_of_update(const struct p2p_cmdline *cmdline, unsigned int mended)
{
	unsigned int update;

	if (cmdline->any_update && mended != NEVER)
		return P2P_SUPPORT_FULL;
	if (parse_update(cmdline->release, &update) && update >= mended)
		return P2P_SUPPORT_FULL;
	/* A vendor's "6.11.0-29-generic" contains updates that its number does not show. */
	if (strchr(cmdline->release, '-'))
		return P2P_SUPPORT_MAYBE;
	return P2P_SUPPORT_FLAWED;
}

enum p2p_support p2p_cmdline_support(const struct p2p_cmdline *cmdline,
				     enum p2p_parameter parameter)
{
	const struct flawed *row;
	unsigned int release;

	if (p2p_release_parse(cmdline->release, &release) < 0)
		return P2P_SUPPORT_UNKNOWN;
	if (release < parameters[parameter].since)
		return P2P_SUPPORT_NONE;
	row = find_flawed(release);
	return row ? support_of_update(cmdline, row->mended) : P2P_SUPPORT_FULL;
}

/* From 6.11 on the kernel starts from the register value that firmware left. */
static bool rebuilds(const struct p2p_cmdline *cmdline)
{
	unsigned int release;

	return p2p_release_parse(cmdline->release, &release) < 0 ||
	       release >= P2P_KERNEL(6, 11);
}

/* Updates of this release differ, and it is not known which one will be used. */
static bool needs_update(const struct p2p_cmdline *cmdline)
{
	unsigned int release;

	return cmdline->any_update && !p2p_release_parse(cmdline->release, &release) &&
	       find_flawed(release);
}

static const char flaw[] =
	"kernels from 6.11 until the fix in 6.12.23, 6.13.11, 6.14.2 and 6.15 (9cf8a952d57b) leave the "
	"bits that %s names as firmware set them%s%s";

static const char *make_warning(struct p2p_cmdline *cmdline, enum p2p_parameter parameter)
{
	bool redirect = parameter == P2P_PARAMETER_DISABLE_ACS_REDIR;
	const char *name = p2p_parameter_name(parameter);

	switch (p2p_cmdline_support(cmdline, parameter)) {
	case P2P_SUPPORT_NONE:
		return p2p_arena_format(&cmdline->arena, "kernel %s does not know %s",
					cmdline->release, name);
	case P2P_SUPPORT_FLAWED:
	case P2P_SUPPORT_MAYBE:
		return p2p_arena_format(&cmdline->arena, flaw, name,
					redirect ? ", and set all others" : "",
					strchr(cmdline->release, '-') ?
					", unless the distributor backported the fix" : "");
	case P2P_SUPPORT_UNKNOWN:
		return "the kernel's release is not known: disable_acs_redir needs 4.19 or later, "
		       "config_acs 6.11 or later";
	case P2P_SUPPORT_FULL:
		break;
	}
	if (needs_update(cmdline))
		return "needs 6.12.23, 6.13.11, 6.14.2 or later; earlier updates leave the bits "
		       "that it names as firmware set them";
	return redirect && rebuilds(cmdline) ?
	       "from 6.11 on it also clears SrcValid and UpstreamFwd where the kernel set them "
	       "and firmware had not" : NULL;
}

const char *p2p_cmdline_warning(const struct p2p_cmdline *cmdline, enum p2p_parameter parameter)
{
	return cmdline->warning[parameter];
}

/* pci_dev_str_match(), "pci:VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]"; zero matches any. */
static int match_ids(const char *ids, const struct p2p_function *function)
{
	unsigned int id[4] = { 0 };
	int used = 0, count = sscanf(ids, "%4x:%4x%n:%4x:%4x%n", &id[0], &id[1], &used, &id[2],
				     &id[3], &used);

	if (count < 2 || ids[used])
		return -EINVAL;
	if (count < 4)
		id[2] = id[3] = 0;
	return (!id[0] || id[0] == function->vendor) && (!id[1] || id[1] == function->device) &&
	       (!id[2] || id[2] == function->subsystem_vendor) &&
	       (!id[3] || id[3] == function->subsystem_device);
}

static int match_address(const char *address, const struct p2p_function *function)
{
	unsigned int domain = 0, bus, slot, number;
	char end;

	if (sscanf(address, "%x:%x:%x.%x%c", &domain, &bus, &slot, &number, &end) != 4) {
		domain = 0;
		if (sscanf(address, "%x:%x.%x%c", &bus, &slot, &number, &end) != 3)
			return -EINVAL;
	}
	return function->bdf.domain == domain && function->bdf.bus == bus &&
	       function->bdf.devfn == (slot << 3 | number);
}

/* pci_dev_str_match_path(): from the last "/SLOT.FUNCTION" upward, then an address. */
static int match_path(char *path, const struct p2p_function *function)
{
	const struct p2p_function *at = function;
	bool same = true;
	char *step;
	int found;

	while ((step = strrchr(path, '/'))) {
		unsigned int slot, number;
		char end;

		if (sscanf(step, "/%x.%x%c", &slot, &number, &end) != 2)
			return -EINVAL;
		*step = '\0';
		same = same && at->bdf.devfn == (slot << 3 | number) && at->parent;
		if (same)
			at = at->parent;
	}
	found = match_address(path, at);
	return found < 0 ? found : found && same;
}

int p2p_item_matches(const char *device, const struct p2p_function *function)
{
	char path[256];

	if (!strncmp(device, "pci:", 4))
		return match_ids(device + 4, function);
	if (strlen(device) >= sizeof(path))
		return -EINVAL;
	memcpy(path, device, strlen(device) + 1);
	return match_path(path, function);
}

/* Pass @memory through, and note it if the allocation failed. */
static void *got(struct p2p_cmdline *cmdline, void *memory)
{
	if (!memory)
		cmdline->no_memory = true;
	return memory;
}

static const char *keep(struct p2p_cmdline *cmdline, const char *text, size_t length)
{
	const char *copy = got(cmdline, p2p_arena_copy(&cmdline->arena, text, length));

	return copy ? copy : "";
}

static void add_item(struct p2p_cmdline *cmdline, struct p2p_option *option, const char *text,
		     size_t length)
{
	struct p2p_item *item = got(cmdline, p2p_more(option->items, option->item_count));
	const char *at;

	if (!item)
		return;
	option->item_count++;
	item->text = item->device = keep(cmdline, text, length);
	at = strchr(item->text, '@');
	if (option->parameter == P2P_PARAMETER_CONFIG_ACS) {
		item->bits = keep(cmdline, item->text, at ? (size_t)(at - item->text) : 0);
		item->device = at ? at + 1 : "";
	}
}

static void parse_list(struct p2p_cmdline *cmdline, struct p2p_option *option, const char *list)
{
	while (*list) {
		size_t length = strcspn(list, ";");

		add_item(cmdline, option, list, length);
		list += length + (list[length] == ';');
	}
}

/* Can the text only be a device?  If so, it belongs to a list but follows a comma. */
static bool looks_like_device(const char *text)
{
	unsigned int a, b, c, d;
	const char *at = strchr(text, '@');
	int used = 0;

	if (at)
		text = at + 1;
	if (!strncmp(text, "pci:", 4))
		return true;
	return sscanf(text, "%x:%x:%x.%x%n", &a, &b, &c, &d, &used) == 4 ||
	       (sscanf(text, "%x:%x.%x%n", &a, &b, &c, &used) == 3 && used);
}

static void add_option(struct p2p_cmdline *cmdline, const char *text, size_t length)
{
	struct p2p_option *option = got(cmdline, p2p_more(cmdline->options, cmdline->option_count));

	if (!option)
		return;
	*option = (struct p2p_option){ keep(cmdline, text, length), P2P_PARAMETERS, NULL, 0, false };
	for (enum p2p_parameter i = 0; i < P2P_PARAMETERS; i++) {
		size_t name = strlen(parameters[i].name);

		if (strncmp(option->text, parameters[i].name, name) != 0 || option->text[name] != '=')
			continue;
		option->parameter = i;
		parse_list(cmdline, option, option->text + name + 1);
	}
	if (cmdline->option_count++ && option->parameter == P2P_PARAMETERS)
		option->lost = (option[-1].parameter != P2P_PARAMETERS || option[-1].lost) &&
			       looks_like_device(option->text);
}

static void add_pci_word(struct p2p_cmdline *cmdline, const char *word, const char *value)
{
	const char **pci = got(cmdline, p2p_more(cmdline->pci, cmdline->pci_count));

	if (!pci)
		return;
	*pci = word;
	cmdline->pci_count++;
	while (*value) {
		size_t length = strcspn(value, ",");

		if (length)
			add_option(cmdline, value, length);
		value += length + (value[length] == ',');
	}
}

/* Quotes may enclose the word or its value; the kernel removes them. */
static const char *unquote(struct p2p_cmdline *cmdline, const char *word)
{
	char *plain = got(cmdline, p2p_arena_alloc(&cmdline->arena, strlen(word) + 1)), *out = plain;

	if (!plain)
		return "";
	for (; *word; word++)
		if (*word != '"')
			*out++ = *word;
	return plain;
}

static void take_word(struct p2p_cmdline *cmdline, const char *word)
{
	struct p2p_word *taken = got(cmdline, p2p_more(cmdline->words, cmdline->word_count));

	if (!taken)
		return;
	cmdline->word_count++;
	*taken = (struct p2p_word){ unquote(cmdline, word), cmdline->option_count, 0 };
	cmdline->ends_with_option = !strncmp(taken->text, "pci=", 4);
	if (cmdline->ends_with_option)
		add_pci_word(cmdline, word, taken->text + 4);
	taken->option_count = cmdline->option_count - taken->first_option;
}

/* Blanks outside quotes separate words; what follows a lone "--" is for init. */
static void split(struct p2p_cmdline *cmdline, const char *text)
{
	while (*text) {
		const char *start = text;
		bool quoted = false;

		for (; *text && (quoted || !isspace((unsigned char)*text)); text++)
			quoted ^= *text == '"';
		if (text - start == 2 && !strncmp(start, "--", 2))
			return;
		if (text > start)
			take_word(cmdline, keep(cmdline, start, (size_t)(text - start)));
		text += *text != '\0';
	}
}

int p2p_cmdline_new(struct p2p_context *context, const struct p2p_topology *topology,
		    const char *release, struct p2p_cmdline **ret_cmdline)
{
	const struct p2p_machine *machine = p2p_topology_machine(topology);
	struct p2p_cmdline *cmdline = calloc(1, sizeof(*cmdline));
	unsigned int update;

	if (!cmdline)
		return p2p_error(context, -ENOMEM, "out of memory");
	cmdline->topology = topology;
	cmdline->release = release ? keep(cmdline, release, strlen(release)) : machine->release;
	cmdline->any_update = release && !parse_update(release, &update);
	if (machine->cmdline)
		split(cmdline, machine->cmdline);
	for (size_t i = 0; i < cmdline->option_count; i++)
		if (cmdline->options[i].parameter != P2P_PARAMETERS)
			cmdline->effective[cmdline->options[i].parameter] = &cmdline->options[i];
	for (enum p2p_parameter i = 0; i < P2P_PARAMETERS; i++)
		cmdline->warning[i] = make_warning(cmdline, i);
	p2p_cmdline_check(cmdline);
	if (cmdline->no_memory) {
		p2p_cmdline_free(cmdline);
		return p2p_error(context, -ENOMEM, "out of memory");
	}
	*ret_cmdline = cmdline;
	return 0;
}

struct p2p_cmdline *p2p_cmdline_free(struct p2p_cmdline *cmdline)
{
	if (!cmdline)
		return NULL;
	for (size_t i = 0; i < cmdline->option_count; i++)
		free(cmdline->options[i].items);
	free(cmdline->options);
	free(cmdline->words);
	free(cmdline->pci);
	free(cmdline->lints);
	p2p_arena_free(&cmdline->arena);
	free(cmdline);
	return NULL;
}

const struct p2p_lint *p2p_cmdline_lint(const struct p2p_cmdline *cmdline, size_t index)
{
	return index < cmdline->lint_count ? &cmdline->lints[index] : NULL;
}

const char *p2p_cmdline_pci(const struct p2p_cmdline *cmdline, size_t index)
{
	return index < cmdline->pci_count ? cmdline->pci[index] : NULL;
}
