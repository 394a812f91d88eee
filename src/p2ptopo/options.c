/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "options.h"
#include "print/output.h"
#include "machine/run_dir.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum kind { KIND_TEXT, KIND_FLAG, KIND_JSON, KIND_JSONL };

/**
 * struct option_row - one option.
 * @letter: 0 it has none; @name: NULL it has no long form
 * @argument: what --help calls its argument; NULL it takes none
 * @command: the commands that know it, with " and " between; NULL all do
 * @offset: where in struct options it goes
 */
struct option_row {
	char letter;
	const char *name, *argument, *command;
	enum kind kind;
	size_t offset;
	const char *help;
};

#define TEXT(field) KIND_TEXT, offsetof(struct options, field)
#define FLAG(field) KIND_FLAG, offsetof(struct options, field)

static const struct option_row rows[] = {
	{ 0, "from", "PATH", NULL, TEXT(from),
	  "read a capture instead of this machine: a tree, dump, report or archive" },
	{ 0, "kernel", "RULESET", NULL, TEXT(kernel),
	  "judge by the rules of this kernel release, or \"auto\": those of the machine's kernel" },
	{ 's', NULL, "[[DOMAIN:]BUS:][SLOT][.FUNC]", NULL, TEXT(slot_filter),
	  "only pairs with a function at these addresses, as lspci -s" },
	{ 'd', NULL, "[VENDOR]:[DEVICE][:CLASS[:PROG]]", NULL, TEXT(id_filter),
	  "only pairs with a function of these ids, as lspci -d" },
	{ 0, "class", "CLASS,...", NULL, TEXT(classes),
	  "only pairs with a function of these classes: gpu, accel, nic, nvme, ..." },
	{ 'a', "all", NULL, NULL, FLAG(all),
	  "every function, not only those of classes that do peer-to-peer DMA" },
	{ 'o', "columns", "COLUMN,...", NULL, TEXT(columns),
	  "columns of the text; +COLUMN,... adds to the usual ones" },
	{ 'j', "json", NULL, NULL, KIND_JSON, 0, "print one JSON document" },
	{ 0, "jsonl", NULL, "pairs and watch", KIND_JSONL, 0,
	  "print one JSON object per line, a header first" },
	{ 0, "json-schema", NULL, NULL, FLAG(schema),
	  "print the JSON Schema of the command's document" },
	{ 0, "with-serials", NULL, "capture", FLAG(with_serials),
	  "keep serial numbers, MAC addresses and GUIDs as they are" },
	{ 0, "mode", "MODE", "policy push", TEXT(mode),
	  "what the gate does with other pairs: enforce (the usual one), observe or off" },
	{ 0, "cell", "WHAT", "matrix", TEXT(cell),
	  "what a cell shows: verdict, read or write (GB/s), latency (ns) or score" },
	{ 0, "dry-run", NULL, "policy push", FLAG(dry_run),
	  "say what would be pushed, and push nothing" },
	{ 0, "scratch", "DEVICE", "prove", TEXT(scratch),
	  "block device of the client whose first bytes may be overwritten" },
	{ 0, "overwrite-signatures", NULL, "prove", FLAG(overwrite),
	  "also when it carries a file system, a partition table or another signature" },
	{ 0, "evidence", "FILE", "prove", TEXT(evidence), "write what was found to this file" },
	{ 0, "only", "CLASS,...", "check", TEXT(only),
	  "check only what is of these classes: missing, gate, iommu, acs, ..." },
	{ 0, "record", NULL, "check", FLAG(record),
	  "write the expectations that this machine meets, to FILE or to the output" },
	{ 0, "interval", "SECONDS", "watch", TEXT(interval),
	  "look at the links this often, which change without an event; 0 never, else 30" },
	{ 0, "settle", NULL, "refresh", FLAG(settle),
	  "wait until changes have come to rest; how the service runs it" },
	{ 0, "background", NULL, "refresh", FLAG(background),
	  "return at once, settle and refresh behind; for udev where no systemd runs" },
	{ 0, "run-dir", "FOLDER", NULL, TEXT(run_dir),
	  "where root's snapshot is, if not in /run/p2ptopo" },
	{ 0, "no-snapshot", NULL, NULL, FLAG(no_snapshot),
	  "take nothing from root's snapshot: only what this user may read" },
	{ 0, "policy", "FILE", "fix", TEXT(policy), "all pairs that this policy allows" },
	{ 0, "goal", "GOAL", "fix", TEXT(goal),
	  "what pairs shall become: direct (the usual one), or possible, by whatever way" },
	{ 0, "apply", NULL, "fix", FLAG(apply), "write the registers, as root" },
	{ 0, "undo", NULL, "fix", FLAG(undo), "take back what --apply wrote since boot" },
	{ 0, "undo-file", "FILE", "fix", TEXT(undo_file),
	  "where the way back is kept; /run/p2ptopo/fix-undo.json unless said" },
	{ 0, "lint", NULL, "fix", FLAG(lint),
	  "what is wrong with the kernel command line; exit status 1 when anything is" },
	{ 0, "report", NULL, "fix", FLAG(report),
	  "write what a kernel maintainer asks for before a host bridge is listed" },
	{ 0, "proof", "FILE", "fix", TEXT(proof), "put what prove found into the report" },
	{ 0, "keys", "KEYS", "view", TEXT(keys),
	  "press these first: 2jj/nvme<Enter>; <Down>, <C-d>, <Esc>, <F1> and the like" },
	{ 0, "print-screen", NULL, "view", FLAG(print_screen),
	  "print what the screen would show after these keys, and end" },
	{ 0, "size", "WIDTHxHEIGHT", "view", TEXT(size),
	  "the size of the screen that is printed" },
	{ 0, "color", "WHEN", NULL, TEXT(colour_when),
	  "colours: auto, always or never; NO_COLOR in the environment turns auto off" },
	{ 0, "pci-ids", "FILE", NULL, TEXT(pci_ids), "take device names from this file" },
	{ 'h', "help", NULL, NULL, FLAG(help), "describe the command line, or one command" },
	{ 'V', "version", NULL, NULL, FLAG(version), "print the version" },
};

static void *field(struct options *options, const struct option_row *row)
{
	return (char *)options + row->offset;
}

static void set(struct options *options, const struct option_row *row, const char *argument)
{
	switch (row->kind) {
	case KIND_TEXT:
		*(const char **)field(options, row) = argument;
		return;
	case KIND_FLAG:
		*(bool *)field(options, row) = true;
		return;
	case KIND_JSON:
		options->format = FORMAT_JSON;
		return;
	case KIND_JSONL:
		options->format = FORMAT_JSONL;
		return;
	}
}

/* Long options are numbered from 256 by row, short ones are their letter. */
static const struct option_row *row_of(int value)
{
	if (value >= 256)
		return &rows[value - 256];
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].letter && rows[i].letter == value)
			return &rows[i];
	}
	return NULL;
}

static void make_getopt(char *letters, struct option *longs)
{
	*letters++ = ':';
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct option_row *row = &rows[i];

		if (row->letter) {
			*letters++ = row->letter;
			if (row->argument)
				*letters++ = ':';
		}
		if (row->name)
			*longs++ = (struct option){ row->name, row->argument ? required_argument :
						    no_argument, NULL, 256 + (int)i };
	}
	*letters = '\0';
	*longs = (struct option){ 0 };
}

static enum status refuse(struct failure *failure, int value, const char *word)
{
	if (value == ':')
		return fail_with(failure, STATUS_USAGE, "option '%s' needs an argument", word);
	if (!strncmp(word, "--", 2) && optopt)
		return fail_with(failure, STATUS_USAGE, "option '%.*s' takes no argument",
				 (int)strcspn(word, "="), word);
	if (!strncmp(word, "--", 2))
		return fail_with(failure, STATUS_USAGE, "there is no option '%s', or there are "
				 "several that start so; see p2ptopo --help", word);
	return fail_with(failure, STATUS_USAGE, "there is no option '-%c'; see p2ptopo --help",
			 optopt);
}

static unsigned int number_of(const char *text, unsigned int otherwise)
{
	char *end;
	unsigned long value;

	if (!text || !*text)
		return otherwise;
	errno = 0;
	value = strtoul(text, &end, 10);
	return *end || errno || !value || value > 10000 ? otherwise : (unsigned int)value;
}

static void look_at_screen(struct options *options)
{
	struct winsize size = { 0 };

	options->terminal = isatty(STDOUT_FILENO);
	if (options->terminal)
		(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	options->width = number_of(getenv("COLUMNS"), size.ws_col ? size.ws_col : 80);
	options->height = number_of(getenv("LINES"), size.ws_row ? size.ws_row : 24);
}

/* https://no-color.org: set and not empty, whatever its value. */
static enum status choose_colour(struct failure *failure, struct options *options)
{
	const char *when = options->colour_when, *never = getenv("NO_COLOR");

	if (!strcmp(when, "always"))
		options->colour = true;
	else if (!strcmp(when, "auto"))
		options->colour = options->terminal && !(never && *never);
	else if (strcmp(when, "never") != 0)
		return fail_with(failure, STATUS_USAGE, "--color is auto, always or never, not "
				 "'%s'", when);
	return STATUS_DONE;
}

enum status options_parse(int argc, char **argv, struct app *app, int *ret_first)
{
	struct options options = { .kernel = "auto", .colour_when = "auto",
				   .run_dir = RUN_DIRECTORY };
	struct option longs[ARRAY_SIZE(rows) + 1];
	char letters[2 * ARRAY_SIZE(rows) + 2];
	enum status status;
	int value;

	make_getopt(letters, longs);
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct option_row *row = row_of(value);

		if (value == ':' || !row)
			return refuse(app->failure, value, argv[optind - 1]);
		set(&options, row, optarg);
	}
	look_at_screen(&options);
	status = choose_colour(app->failure, &options);
	if (status)
		return status;
	app->options = options;
	*ret_first = optind;
	return STATUS_DONE;
}

static bool is_given(const struct options *options, const struct option_row *row)
{
	switch (row->kind) {
	case KIND_TEXT:
		return *(const char *const *)((const char *)options + row->offset);
	case KIND_FLAG:
		return *(const bool *)((const char *)options + row->offset);
	case KIND_JSON:
		return options->format == FORMAT_JSON;
	case KIND_JSONL:
		return options->format == FORMAT_JSONL;
	}
	return false;
}

/* Is @name one of the commands in "pairs and watch"? */
static bool knows(const struct option_row *row, const char *name)
{
	const char *at = row->command;
	size_t size = strlen(name);

	while (at && *at) {
		const char *end = strstr(at, " and ");
		size_t length = end ? (size_t)(end - at) : strlen(at);

		if (length == size && !strncmp(at, name, size))
			return true;
		at = end ? end + strlen(" and ") : NULL;
	}
	return !row->command;
}

enum status options_fit(const struct app *app)
{
	const struct options *options = &app->options;
	const struct command *command = app->command;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct option_row *row = &rows[i];

		if (!knows(row, command->name) && is_given(options, row))
			return fail_with(app->failure, STATUS_USAGE,
					 "--%s is an option of %s, not of %s", row->name,
					 row->command, command->name);
	}
	if ((options->format != FORMAT_TEXT || options->schema) && !command->schema)
		return fail_with(app->failure, STATUS_USAGE, "%s prints no JSON", command->name);
	if (options->columns && !command->columns)
		return fail_with(app->failure, STATUS_USAGE, "%s has no columns to choose with -o",
				 command->name);
	if (options->columns && options->format != FORMAT_TEXT)
		return fail_with(app->failure, STATUS_USAGE, "-o chooses columns of the text; JSON "
				 "has them all");
	return STATUS_DONE;
}

static void help_option(FILE *out, const struct option_row *row)
{
	char letter[3] = "", name[32] = "", argument[64] = "";

	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c", row->letter);
	if (row->name)
		snprintf(name, sizeof(name), "%s--%s", row->letter ? ", " : "", row->name);
	if (row->argument)
		snprintf(argument, sizeof(argument), " %s", row->argument);
	fprintf(out, "  %2s%s%s\n", letter, name, argument);
	print_wrapped(out, 80, 8, row->help);
}

static void help_usage(FILE *out, const struct command *command)
{
	fprintf(out, "Usage: p2ptopo [OPTION...] %s%s%s\n\n", command ? command->name : "[COMMAND]",
		command && command->arguments ? " " : "",
		command && command->arguments ? command->arguments : "");
	print_wrapped(out, 80, 0, command ? command->summary :
		      "Which PCIe devices can do peer-to-peer DMA with which, and why not.");
}

/* The commands whose name starts with @first. */
static void help_commands(FILE *out, const char *first)
{
	for (const struct command *row = app_commands(); row->name; row++) {
		if (strncmp(row->name, first, strlen(first)) != 0)
			continue;
		fprintf(out, "  %s%s%s\n", row->name, row->arguments ? " " : "",
			row->arguments ? row->arguments : "");
		print_wrapped(out, 80, 8, row->summary);
	}
}

void options_help_family(FILE *out, const char *word)
{
	char first[32];

	snprintf(first, sizeof(first), "%s ", word);
	fprintf(out, "Usage: p2ptopo [OPTION...] %s...\n\nCommands:\n", first);
	help_commands(out, first);
	fprintf(out, "\nThe options of one: p2ptopo %sCOMMAND --help\n", first);
}

void options_help(FILE *out, const struct command *command)
{
	const struct column *column;

	help_usage(out, command);
	if (!command) {
		fputs("\nCommands (report when none is given):\n", out);
		help_commands(out, "");
	}
	fputs("\nOptions, before or after the command:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!command || knows(&rows[i], command->name))
			help_option(out, &rows[i]);
	}
	if (command && command->columns) {
		fputs("\nColumns:\n", out);
		for (column = command->columns; column->name; column++)
			fprintf(out, "  %-18s%s\n", column->name, column->help);
	}
	fputs("\nExit status: 0 done; 1 the answer is no; 2 usage; 3 no access; "
	      "4 bad input; 5 out of\nmemory, disk full and the like; 10 and up: the first "
	      "class of check that fails.\n", out);
}
