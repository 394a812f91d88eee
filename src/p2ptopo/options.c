/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "options.h"
#include "machine/run_dir.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define TEXT(field) KIND_TEXT, offsetof(struct options, field)
#define LISTED(field) KIND_LIST, offsetof(struct options, field)
#define FLAG(field) KIND_FLAG, offsetof(struct options, field), VALUE_NONE, NULL

/* Defines a function that returns the name at @index; NULL after the last. */
#define LIST(name, ...)							\
	static const char *name(size_t index)				\
	{								\
		static const char *const names[] = { __VA_ARGS__ };	\
									\
		return index < ARRAY_SIZE(names) ? names[index] : NULL;	\
	}

LIST(cells, "verdict", "way", "read", "write", "latency", "score")
LIST(modes, "off", "observe", "enforce")
LIST(goals, "possible", "direct", "gpudirect")
LIST(whens, "auto", "always", "never")
LIST(dialects, "nccl", "rccl")

static const char *rule_sets(size_t index)
{
	const struct p2p_rules *rules = index ? p2p_rules_at(index - 1) : NULL;

	return !index ? "auto" : rules ? p2p_rules_name(rules) : NULL;
}

static const char *classes(size_t index)
{
	return index < P2P_CLASSES ? p2p_class_name((enum p2p_class)index) : NULL;
}

static const char *check_classes(size_t index)
{
	return index < P2P_CHECK_CLASSES ? p2p_check_class_name((enum p2p_check_class)index) : NULL;
}

/* No more rows than bits in options.given. */
static const struct option_row rows[] = {
	{ 0, "from", "PATH", TAKES_FROM, NULL, KIND_SOURCE, 0, VALUE_PATH, NULL,
	  "read a capture instead of this machine: a tree, lspci text, lspci-tree, lspci-machine, "
	  "dmesg, dump, archive, tree-document, the topology of nccl, hwloc or rdma-topo, text about "
	  "the machine, several of these in one text or folder, or - for standard input; may be repeated" },
	{ 0, "kernel", "RULESET", TAKES_RULES, NULL, TEXT(kernel), VALUE_RULES, rule_sets,
	  "use the rules of this kernel release, such as 6.12 or 6.8.0-45-generic, or \"auto\": those "
	  "of the machine's kernel" },
	{ 's', NULL,
	  "[[DOMAIN:]BUS:][SLOT][.FUNC]", TAKES_FILTER, NULL, LISTED(slots), VALUE_NONE, NULL,
	  "only pairs with a function at these addresses, as lspci -s; may be repeated" },
	{ 'd', NULL,
	  "[VENDOR]:[DEVICE][:CLASS[:PROG]]", TAKES_FILTER, NULL, LISTED(ids), VALUE_NONE, NULL,
	  "only pairs with a function of these ids, as lspci -d; may be repeated" },
	{ 0, "class", "CLASS,...", TAKES_FILTER, NULL, TEXT(classes), VALUE_WORDS, classes,
	  "only pairs with a function of these classes: gpu, accel, nic, nvme, ..." },
	{ 0, "between", "A,B", 0, "matrix, topo, pairs and measured", TEXT(between), VALUE_WORDS, classes,
	  "only pairs of one class with the other, both ways, such as gpu,nic; for measured: the "
	  "provider and the client, where the text does not name them" },
	{ 'a', "all", NULL, TAKES_ALL, NULL, FLAG(all),
	  "every function, not only those of classes that do peer-to-peer DMA" },
	{ 'o', "columns", "COLUMN,...", TAKES_COLUMNS, NULL, TEXT(columns), VALUE_COLUMNS, NULL,
	  "columns of the text; +COLUMN,... adds to the default ones" },
	{ 'j', "json", NULL, TAKES_JSON, NULL, KIND_JSON, 0, VALUE_NONE, NULL,
	  "print one JSON document" },
	{ 0, "jsonl", NULL, 0, "pairs, watch and fleet", KIND_JSONL, 0, VALUE_NONE, NULL,
	  "print one JSON object per line: first a header; for fleet, no header, and one line per node" },
	{ 0, "markdown", NULL, TAKES_TABLE, NULL, FLAG(markdown),
	  "print the table for pasting into Markdown" },
	{ 0, "csv", NULL, TAKES_TABLE, NULL, FLAG(csv),
	  "print the table as comma-separated values (RFC 4180)" },
	{ 0, "json-schema", NULL, TAKES_JSON, NULL, FLAG(schema),
	  "print the JSON Schema of the command's document" },
	{ 0, "force", NULL, 0, "capture", FLAG(force), "replace the file if it is there" },
	{ 0, "with-serials", NULL, 0, "capture", FLAG(with_serials),
	  "keep serial numbers, addresses, names and the kernel's command line as they are" },
	{ 0, "mode", "MODE", 0, "policy push and policy diff", TEXT(mode), VALUE_WORD, modes,
	  "what the gate does with other pairs: enforce (the default), observe or off" },
	{ 0, "cell", "WHAT", 0, "matrix", TEXT(cell), VALUE_WORD, cells,
	  "what a cell shows: verdict, way, read or write (GB/s), latency (ns) or score" },
	{ 0, "nccl", NULL, 0, "matrix", FLAG(nccl),
	  "a cell shows the path type of NCCL, and marks where NCCL's choice and the outcome differ" },
	{ 0, "dry-run", NULL, 0, "policy push", FLAG(dry_run),
	  "say what would be pushed, and push nothing" },
	{ 0, "scratch", "DEVICE", 0, "prove", TEXT(scratch), VALUE_PATH, NULL,
	  "block device of the client, whose first MiB is overwritten" },
	{ 0, "overwrite-signatures", NULL, 0, "prove", FLAG(overwrite),
	  "overwrite --scratch even if it carries a file system, a partition table or another signature" },
	{ 0, "evidence", "FILE", 0, "prove and measured", TEXT(evidence), VALUE_PATH, NULL,
	  "write the result to this file" },
	{ 0, "only", "CLASS,...", 0, "check", TEXT(only), VALUE_WORDS, check_classes,
	  "check only these classes: missing, gate, iommu, acs, ..." },
	{ 0, "record", NULL, 0, "check", FLAG(record),
	  "write the expectations that this machine meets to FILE or to stdout" },
	{ 'o', "output", "FILE", 0, "export", TEXT(output), VALUE_PATH, NULL,
	  "write FILE, which is replaced whole or stays as it was" },
	{ 0, "dialect", "DIALECT", 0, "export", TEXT(dialect), VALUE_WORD, dialects,
	  "nccl: the library that reads the file: nccl (the default), or rccl, which needs another "
	  "version number" },
	{ 0, "skeleton", NULL, 0, "export", FLAG(skeleton),
	  "nccl: only CPUs and PCI functions, the default; the library finds GPUs and NICs itself" },
	{ 0, "with-devices", NULL, 0, "export", FLAG(with_devices),
	  "nccl: also GPUs and NICs" },
	{ 0, "map", "FILE", 0, "export", TEXT(map), VALUE_PATH, NULL,
	  "nccl: use the addresses that devices have in a guest: its libvirt XML, a QEMU command line, or "
	  "lines with an address on the host and one in the guest; or the word vm, for the guest that runs here" },
	{ 0, "measured", "FILE", 0, "export", TEXT(measured), VALUE_PATH, NULL,
	  "prometheus: also bandwidths that tools printed into FILE, beside those predicted" },
	{ 0, "golden", "FILE", 0, "fleet", TEXT(golden), VALUE_PATH, NULL,
	  "compare the nodes with the machine in FILE, not with the most common shape" },
	{ 0, "interval", "SECONDS", 0, "watch", TEXT(interval), VALUE_NONE, NULL,
	  "how often to check links, which change without an event; default 30, 0 never" },
	{ 0, "settle", NULL, 0, "refresh", FLAG(settle),
	  "wait until changes have settled; the service uses this" },
	{ 0, "background", NULL, 0, "refresh", FLAG(background),
	  "return at once, settle and refresh in the background; for udev without systemd" },
	{ 0, "run-dir", "FOLDER", TAKES_SAVED, NULL, TEXT(run_dir), VALUE_FOLDER, NULL,
	  "folder of root's snapshot; default /run/p2ptopo" },
	{ 0, "no-snapshot", NULL, TAKES_SAVED, NULL, FLAG(no_snapshot),
	  "ignore root's snapshot: use only what this user may read" },
	{ 0, "policy", "FILE", 0, "fix", TEXT(policy), VALUE_PATH, NULL,
	  "fix all pairs that this policy allows" },
	{ 0, "goal", "GOAL", 0, "fix", TEXT(goal), VALUE_WORD, goals,
	  "what pairs should become: direct (the default), possible by any route, or gpudirect: through "
	  "the switches, with ACS as the vendor of the GPU requires it" },
	{ 0, "apply", NULL, 0, "fix", FLAG(apply), "write the registers, as root" },
	{ 0, "undo", NULL, 0, "fix", FLAG(undo), "undo what --apply wrote since boot" },
	{ 0, "undo-file", "FILE", 0, "fix", TEXT(undo_file), VALUE_PATH, NULL,
	  "the undo file; default /run/p2ptopo/fix-undo.json" },
	{ 0, "lint", NULL, 0, "fix", FLAG(lint),
	  "check the kernel command line for mistakes; exit status 1 if there are any" },
	{ 0, "report", NULL, 0, "fix", FLAG(report),
	  "write what a kernel maintainer asks for before adding a host bridge to the kernel's list" },
	{ 0, "proof", "FILE", 0, "fix", TEXT(proof), VALUE_PATH, NULL,
	  "include the result of prove in the report" },
	{ 0, "keys", "KEYS", 0, "view", TEXT(keys), VALUE_NONE, NULL,
	  "press these keys first: 2jj/nvme<Enter>; <Down>, <C-d>, <Esc>, <F1> and so on" },
	{ 0, "print-screen", NULL, 0, "view", FLAG(print_screen),
	  "print the screen after these keys, and exit" },
	{ 0, "size", "WIDTHxHEIGHT", 0, "view", TEXT(size), VALUE_NONE, NULL,
	  "the size of the screen that is printed" },
	{ 0, "color", "WHEN", 0, NULL, TEXT(colour_when), VALUE_WORD, whens,
	  "colours: auto, always or never; NO_COLOR in the environment turns auto off" },
	{ 0, "pci-ids", "FILE", 0, NULL, TEXT(pci_ids), VALUE_PATH, NULL,
	  "take device names from this file" },
	{ 'h', "help", NULL, 0, NULL, FLAG(help), "describe the command line, or one command" },
	{ 'V', "version", NULL, 0, NULL, FLAG(version), "print the version" },
};
_Static_assert(ARRAY_SIZE(rows) <= 64, "options.given is too small");

static void *field(struct options *options, const struct option_row *row)
{
	return (char *)options + row->offset;
}

/* It is unclear which of two different arguments is meant. */
static enum status set_text(struct failure *failure, const char **text,
			    const struct option_row *row, const char *argument, bool again)
{
	if (again && strcmp(*text, argument) != 0)
		return fail_with(failure, STATUS_USAGE, "--%s is given twice, as '%s' and '%s'",
				 row->name, *text, argument);
	*text = argument;
	return STATUS_DONE;
}

bool options_add_source(struct options *options, const char *path)
{
	if (options->source_count >= MOST_SOURCES)
		return false;
	options->sources[options->source_count++] = path;
	options->from = options->sources[0];
	return true;
}

static enum status set(struct failure *failure, struct options *options,
		       const struct option_row *row, const char *argument)
{
	struct repeated *list = field(options, row);

	switch (row->kind) {
	case KIND_LIST:
		if (list->count == MOST_REPEATS)
			return fail_with(failure, STATUS_USAGE, "-%c may be given %d times at most",
					 row->letter, MOST_REPEATS);
		list->word[list->count++] = argument;
		break;
	case KIND_TEXT:
		return set_text(failure, field(options, row), row, argument,
				options->given >> (row - rows) & 1);
	case KIND_FLAG:
		*(bool *)field(options, row) = true;
		break;
	case KIND_JSON:
		options->format = FORMAT_JSON;
		break;
	case KIND_JSONL:
		options->format = FORMAT_JSONL;
		break;
	case KIND_SOURCE:
		return options_add_source(options, argument) ? STATUS_DONE :
		       fail_with(failure, STATUS_USAGE, "--from is given more than %d times",
				 MOST_SOURCES);
	}
	return STATUS_DONE;
}

/* "auto, always or never" */
static void list_words(const struct option_row *row, char *text, size_t size)
{
	const char *word;
	size_t used = 0;

	for (size_t i = 0; (word = row->word(i)) && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", !i ? "" :
					 row->word(i + 1) ? ", " : " or ", word);
}

static enum status check_word(struct failure *failure, const struct option_row *row,
			      const char *argument)
{
	char words[128] = "";
	const char *word;

	if (row->value != VALUE_WORD)
		return STATUS_DONE;
	for (size_t i = 0; (word = row->word(i)); i++) {
		if (!strcmp(word, argument))
			return STATUS_DONE;
	}
	list_words(row, words, sizeof(words));
	return fail_with(failure, STATUS_USAGE, "--%s must be %s, not '%s'", row->name, words, argument);
}

/* Long options are numbered by row from 256, short ones are their letter. */
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

		if (row->letter && row_of(row->letter) == row) {
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

/* "--j" is a prefix of several options; "--jason" of none. */
static enum status refuse_long(struct failure *failure, const char *word)
{
	char typed[64], begun[256] = "";
	struct p2p_nearest nearest = { .typed = typed };
	size_t length, used = 0;

	snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word, "="), word);
	length = strlen(typed);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = rows[i].name;

		if (!name)
			continue;
		p2p_nearest_try(&nearest, name);
		if (!strncmp(name, typed, length) && used < sizeof(begun))
			used += (size_t)snprintf(begun + used, sizeof(begun) - used, "%s--%s",
						 used ? ", " : "", name);
	}
	if (used)
		return fail_with(failure, STATUS_USAGE, "option '--%s' could be %s", typed, begun);
	if (!nearest.word)
		return fail_with(failure, STATUS_USAGE, "there is no option '--%s'; see p2ptopo --help",
				 typed);
	return fail_with(failure, STATUS_USAGE, "there is no option '--%s'; did you mean '--%s'?", typed,
			 nearest.word);
}

static enum status refuse(struct failure *failure, int value, const char *word)
{
	if (value == ':')
		return fail_with(failure, STATUS_USAGE, "option '%s' needs an argument", word);
	if (!strncmp(word, "--", 2) && optopt)
		return fail_with(failure, STATUS_USAGE, "option '%.*s' takes no argument",
				 (int)strcspn(word, "="), word);
	if (!strncmp(word, "--", 2))
		return refuse_long(failure, word + 2);
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
	options->sized = options->terminal || number_of(getenv("COLUMNS"), 0);
	options->height = number_of(getenv("LINES"), size.ws_row ? size.ws_row : 24);
}

/* https://no-color.org: set and not empty, regardless of its value. */
static bool has_colour(const struct options *options)
{
	const char *never = getenv("NO_COLOR");

	if (!strcmp(options->colour_when, "always"))
		return true;
	return !strcmp(options->colour_when, "auto") && options->terminal && !(never && *never);
}

enum status options_parse(int argc, char **argv, struct app *app, int *ret_first)
{
	struct options options = { .kernel = "auto", .colour_when = "auto",
				   .run_dir = RUN_DIRECTORY,
				   .program = strchr(argv[0], '/') ? argv[0] : NULL };
	struct option longs[ARRAY_SIZE(rows) + 1];
	char letters[2 * ARRAY_SIZE(rows) + 2];
	enum status status;
	int value;

	make_getopt(letters, longs);
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct option_row *row = row_of(value);

		if (value == ':' || !row)
			return refuse(app->failure, value, argv[optind - 1]);
		status = check_word(app->failure, row, optarg);
		if (!status)
			status = set(app->failure, &options, row, optarg);
		if (status)
			return status;
		options.given |= UINT64_C(1) << (row - rows);
		if (value < 256)
			options.lettered |= UINT64_C(1) << (row - rows);
	}
	look_at_screen(&options);
	options.colour = has_colour(&options);
	app->options = options;
	*ret_first = optind;
	return STATUS_DONE;
}

/* Is @name one of the commands in "matrix, topo and pairs"? */
static bool is_listed(const char *list, const char *name)
{
	size_t size = strlen(name);

	for (const char *at = list; (at = strstr(at, name)); at += size) {
		const char *end = at + size;

		if ((at == list || at[-1] == ' ') &&
		    (!*end || *end == ',' || !strncmp(end, " and ", strlen(" and "))))
			return true;
	}
	return false;
}

bool options_known(const struct option_row *row, const struct command *command)
{
	enum takes takes = command ? command->takes : ~0u;

	if (!command)
		return true;
	if (command->schema)
		takes |= TAKES_JSON;
	if (command->columns)
		takes |= TAKES_COLUMNS;
	if (row->takes)
		return takes & row->takes;
	return !row->command || is_listed(row->command, command->name);
}

/* Sentences of commands that do not take some options. */
static const struct {
	enum takes takes;
	const char *why;
} refusals[] = {
	{ TAKES_FROM, "is for the running machine; --from names a capture" },
	{ TAKES_RULES, "evaluates no pairs: no --kernel" },
	{ TAKES_FILTER, "takes no -s, -d or --class" },
	{ TAKES_ALL, "takes no --all" },
	{ TAKES_JSON, "prints no JSON" },
	{ TAKES_TABLE, "prints no table: no --markdown or --csv" },
	{ TAKES_COLUMNS, "has no columns to choose with -o" },
	{ TAKES_SAVED, "takes nothing from root's snapshot: no --run-dir or --no-snapshot" },
};

static enum status refuse_row(const struct app *app, const struct option_row *row)
{
	const char *command = app->command->name;

	if (row->takes == TAKES_FROM && app->command->operands && !app->command->live)
		return fail_with(app->failure, STATUS_USAGE, "%s takes its machines as arguments: no --from", command);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (refusals[i].takes == row->takes)
			return fail_with(app->failure, STATUS_USAGE, "%s %s", command,
					 refusals[i].why);
	}
	return fail_with(app->failure, STATUS_USAGE, "--%s is an option of %s, not of %s",
			 row->name, row->command, command);
}

/* Handle a letter that means one option for most commands and another for this one. */
static void move_letter(struct app *app, const struct option_row *from)
{
	struct options *options = &app->options;
	const struct option_row *to;

	for (size_t i = 0; (to = options_row(i)); i++) {
		const char **argument = field(options, from);

		if (to == from || to->letter != from->letter || !options_known(to, app->command))
			continue;
		(void)set(app->failure, options, to, *argument);
		*argument = NULL;
		options->given &= ~(UINT64_C(1) << (from - rows));
		options->given |= UINT64_C(1) << i;
		return;
	}
}

static enum status tables_fit(const struct app *app)
{
	const struct options *options = &app->options;

	if (options->csv && options->markdown)
		return fail_with(app->failure, STATUS_USAGE, "--csv or --markdown, not both");
	if ((options->csv || options->markdown) && options->format != FORMAT_TEXT)
		return fail_with(app->failure, STATUS_USAGE, "--csv and --markdown are for the table; "
				 "JSON has no table");
	if (options->columns && options->format != FORMAT_TEXT &&
	    !(app->command->takes & TAKES_MEMBERS))
		return fail_with(app->failure, STATUS_USAGE,
				 "-o chooses columns of the text; JSON has them all");
	return STATUS_DONE;
}

enum status options_fit(struct app *app)
{
	const struct options *options = &app->options;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (options->given & options->lettered & UINT64_C(1) << i &&
		    !options_known(&rows[i], app->command))
			move_letter(app, &rows[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (options->given >> i & 1 && !options_known(&rows[i], app->command))
			return refuse_row(app, &rows[i]);
	}
	return tables_fit(app);
}

const struct option_row *options_row(size_t index)
{
	return index < ARRAY_SIZE(rows) ? &rows[index] : NULL;
}
