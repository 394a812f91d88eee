/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything comes from the tables of commands and options, except the names of devices, which the machine provides. */
#include <ctype.h>
#include <string.h>

#include "commands/commands.h"
#include "complete.h"
#include "export/export.h"
#include "machine/label.h"
#include "options.h"
#include "print/output.h"
#include "print/words.h"

/**
 * struct completion - one request of a shell.
 * @current: the word to complete
 * @done: length of what precedes the part to complete: "--class=gpu,"
 * @pending: the option whose argument @current is; NULL if none
 * @operands: the words before it that are neither options nor their arguments
 * @command: NULL if it is not named yet
 */
struct completion {
	struct app *app;
	const char *current;
	size_t done;
	const struct option_row *pending;
	char **operands;
	int operand_count;
	const struct command *command;
};

static void start(const struct completion *completion, const char *kind)
{
	fprintf(completion->app->out, "%s\t%.*s\n", kind, (int)completion->done,
		completion->current);
}

/*
 * Names from untrusted captures are handed to a shell: allow only letters, digits and characters without a
 * meaning to shells.
 */
static bool is_harmless(const char *word)
{
	for (; *word; word++) {
		if (!isalnum((unsigned char)*word) && !strchr("-_.:,=+@/", *word))
			return false;
	}
	return true;
}

/* Offer a candidate if it starts with what was typed. */
static void offer(const struct completion *completion, const char *word, const char *what)
{
	const char *typed = completion->current + completion->done;
	FILE *out = completion->app->out;

	if (strncmp(word, typed, strlen(typed)) != 0 || !is_harmless(word))
		return;
	fprintf(out, "%.*s%s\t", (int)completion->done, completion->current, word);
	for (; what && *what; what++)
		putc((unsigned char)*what < ' ' || *what == 0x7f ? '?' : *what, out);
	putc('\n', out);
}

/* @word: NULL if there are none */
static void offer_words(const struct completion *completion, const char *(*word)(size_t index))
{
	const char *name;

	start(completion, "words");
	for (size_t i = 0; word && (name = word(i)); i++)
		offer(completion, name, NULL);
}

/* Everything up to the last of @marks is complete. */
static void skip_past(struct completion *completion, const char *marks)
{
	for (size_t i = completion->done; completion->current[i]; i++) {
		if (strchr(marks, completion->current[i]))
			completion->done = i + 1;
	}
}

static void offer_function(const struct completion *completion, const struct p2p_topology *topology,
			   const struct p2p_function *function)
{
	const char *typed = completion->current + completion->done;
	char bdf[P2P_BDF_SIZE], label[LABEL_SIZE], product[96];

	p2p_bdf_format(function->bdf, bdf);
	words_product(function, product, sizeof(product));
	/* Without the domain, as lspci prints it, if the user started like that. */
	if (!function->bdf.domain && *typed && strncmp(bdf, typed, strlen(typed)) != 0)
		offer(completion, bdf + strlen("0000:"), product);
	else
		offer(completion, bdf, product);
	for (const char *const *name = function->os_names; name && *name; name++)
		offer(completion, *name, product);
	/* GPU0 is another name for it, if the user started like that. */
	if (isupper((unsigned char)*typed))
		offer(completion, label_of(topology, function, label), product);
}

/* Offer the devices of the machine that --from names; if it cannot be read there are none, without a message. */
static void offer_devices(const struct completion *completion, bool ends)
{
	struct app read = app_like(completion->app);
	const struct p2p_function *function;

	read.say = NULL;
	read.command = completion->command;
	if (!app_read(&read, STAGE_TOPOLOGY)) {
		for (size_t i = 0; (function = p2p_topology_function(read.topology, i)); i++) {
			if (!ends || p2p_function_has_header_0(function))
				offer_function(completion, read.topology, function);
		}
	}
	app_release(&read);
}

static void offer_columns(struct completion *completion)
{
	const struct column *column = completion->command ? completion->command->columns : NULL;

	completion->done += completion->current[completion->done] == '+';
	skip_past(completion, ",");
	start(completion, "words");
	for (; column && column->name; column++)
		offer(completion, column->name, column->help);
}

static void offer_change(struct completion *completion)
{
	static const struct {
		const char *key, *what, *words[6];
		bool devices;
		const char *then[16];	/* after a comma */
	} keys[] = {
		{ "acs=", "clear or set bits of ACS", { "all," }, true,
		  { "SrcValid-", "TransBlk-", "ReqRedir-", "CmpltRedir-", "UpstreamFwd-", "EgressCtrl-",
		    "DirectTrans+" } },
		{ "iommu=", "turn the IOMMU on or off", { "off", "on", "passthrough", "pt" }, false,
		  { NULL } },
		{ "driver=", "bind another driver", { "gpu,", "nic,", "nvme,", "accel," }, true,
		  { "none", "vfio-pci", "nvidia", "nouveau", "amdgpu", "xe", "i915", "habanalabs",
		    "mlx5_core", "bnxt_en", "ice", "efa", "nvme" } },
		{ "move=", "put a device below another port", { NULL }, true, { NULL } },
		{ "cpu=", "another CPU",
		  { "AMD:", "Intel:", "Hygon:", "Zhaoxin:", "other" }, false, { NULL } },
	};

	const char *const *words;

	start(completion, "words");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t length = strlen(keys[i].key);

		if (strncmp(completion->current, keys[i].key, length) != 0) {
			offer(completion, keys[i].key, keys[i].what);
			continue;
		}
		completion->done = length;
		skip_past(completion, ",");
		words = completion->done > length && *keys[i].then ? keys[i].then : keys[i].words;
		for (; *words; words++)
			offer(completion, *words, NULL);
		if (keys[i].devices && (completion->done == length || !*keys[i].then))
			offer_devices(completion, false);
	}
	if (!completion->done)
		offer(completion, "kernel=", "another rule set");
}

/* "card0>" starts a flow; @FILE contains several. */
static void offer_flow(struct completion *completion)
{
	if (*completion->current == '@') {
		completion->done = 1;
		start(completion, "files");
		return;
	}
	skip_past(completion, "<>,");
	start(completion, "words");
	offer_devices(completion, true);
}

/* Offer first words, or second ones after "policy". */
static void offer_commands(const struct completion *completion)
{
	const char *first = completion->operand_count ? completion->operands[0] : NULL;
	size_t size = first ? strlen(first) : 0;
	const char *last = "";

	start(completion, "words");
	for (const struct command *row = app_commands(); row->name; row++) {
		size_t length = strcspn(row->name, " ");
		bool more = row->name[length];
		char word[32];

		if (first) {
			if (more && length == size && !strncmp(row->name, first, size))
				offer(completion, row->name + size + 1, row->summary);
			continue;
		}
		snprintf(word, sizeof(word), "%.*s", (int)length, row->name);
		if (strncmp(last, row->name, length + 1) != 0 || !more)
			offer(completion, word, more ? "several commands" : row->summary);
		last = row->name;
	}
}

static void offer_value(struct completion *completion, enum value value,
			const char *(*word)(size_t index))
{
	switch (value) {
	case VALUE_PATH:
		start(completion, "files");
		return;
	case VALUE_FOLDER:
		start(completion, "folders");
		return;
	case VALUE_DEVICE:
	case VALUE_END:
		start(completion, "words");
		offer_devices(completion, value == VALUE_END);
		return;
	case VALUE_FLOW:
		offer_flow(completion);
		return;
	case VALUE_CHANGE:
		offer_change(completion);
		return;
	case VALUE_FORMAT:
		offer_words(completion, export_format_name);
		return;
	case VALUE_WORDS:
		skip_past(completion, ",");
		offer_words(completion, word);
		return;
	case VALUE_WORD:
	case VALUE_RULES:
		offer_words(completion, word);
		return;
	case VALUE_COLUMNS:
		offer_columns(completion);
		return;
	case VALUE_COMMAND:
		offer_commands(completion);
		return;
	case VALUE_NONE:
		start(completion, "words");
		return;
	}
}

static void offer_options(const struct completion *completion)
{
	const struct option_row *row;
	char letter[3] = "-x";

	start(completion, "words");
	for (size_t i = 0; (row = options_row(i)); i++) {
		char name[40] = "";

		if (!options_known(row, completion->command))
			continue;
		letter[1] = row->letter;
		if (row->name)
			snprintf(name, sizeof(name), "--%s", row->name);
		offer(completion, row->name ? name : letter, row->help);
	}
}

/* Find it by its letter, or by its name if @letter is 0. */
static const struct option_row *find_option(char letter, const char *name, size_t length)
{
	const struct option_row *row;

	for (size_t i = 0; (row = options_row(i)); i++) {
		if (letter ? row->letter == letter : row->name && strlen(row->name) == length &&
						     !strncmp(row->name, name, length))
			return row;
	}
	return NULL;
}

/* The option in @word, and its argument if that is part of the word, else NULL. */
static const struct option_row *parse_option(const char *word, const char **ret_argument)
{
	const struct option_row *row = NULL;
	size_t length;

	*ret_argument = NULL;
	if (word[1] == '-') {
		length = strcspn(word + 2, "=");
		if (word[2 + length])
			*ret_argument = word + 2 + length + 1;
		return find_option('\0', word + 2, length);
	}
	for (const char *letter = word + 1; *letter; letter++) {
		row = find_option(*letter, "", 0);
		if (!row || !row->argument)
			continue;
		if (letter[1])
			*ret_argument = letter + 1;
		return row;
	}
	return row;
}

static void keep(struct completion *completion, const struct option_row *row,
		 const char *argument)
{
	/* Take which machine it is, but nothing that would exclude a device. */
	if (row->takes == TAKES_FROM)
		(void)options_add_source(&completion->app->options, argument);
}

/* Parse the words before the one to complete. */
static void parse(struct completion *completion, int count, char **words)
{
	const struct option_row *row;
	const char *argument;
	int used = 0;

	for (int i = 0; i < count; i++) {
		if (completion->pending) {
			keep(completion, completion->pending, words[i]);
			completion->pending = NULL;
			continue;
		}
		if (words[i][0] != '-' || !words[i][1]) {
			completion->operands[completion->operand_count++] = words[i];
			continue;
		}
		row = parse_option(words[i], &argument);
		if (row && row->argument && argument)
			keep(completion, row, argument);
		else if (row && row->argument)
			completion->pending = row;
	}
	if (completion->operand_count &&
	    !commands_find(completion->app, completion->operand_count, completion->operands,
			   &used)) {
		completion->command = completion->app->command;
		completion->operands += used;
		completion->operand_count -= used;
	}
}

static void offer_operand(struct completion *completion)
{
	const enum value *values = completion->command->values;
	int at = completion->operand_count;

	if (at >= completion->command->operands + completion->command->optional) {
		start(completion, "words");
		return;
	}
	if (at >= MOST_VALUES)
		at = MOST_VALUES - 1;
	while (at && !values[at])
		at--;
	offer_value(completion, values[at], NULL);
}

void complete(struct app *app, int count, char **words)
{
	struct completion completion = { .app = app, .operands = words };
	const struct option_row *row = NULL;
	const char *argument = NULL;

	app->options = (struct options){ .kernel = "auto", .no_snapshot = true };
	if (!count)
		return;
	completion.current = words[count - 1];
	/* Operands move to the front of @words, which has already been read there. */
	parse(&completion, count - 1, words);
	if (!completion.pending && completion.current[0] == '-')
		row = parse_option(completion.current, &argument);
	if (argument && row) {
		completion.done = (size_t)(argument - completion.current);
		completion.pending = row;
	}
	if (completion.pending)
		offer_value(&completion, completion.pending->value, completion.pending->word);
	else if (completion.current[0] == '-')
		offer_options(&completion);
	else if (completion.command)
		offer_operand(&completion);
	else
		offer_commands(&completion);
}
