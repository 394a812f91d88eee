/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every subcommand gets: the parsed global options, and the machine, read, built and evaluated as far as
 * its row in the command table demands.
 */
#ifndef P2PTOPO_APP_H
#define P2PTOPO_APP_H

#include <stdio.h>

#include "failure.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL };

/** Limit for the occurrences of an option that may be repeated. */
#define MOST_REPEATS 32

/** struct repeated - the arguments of such an option, in order. */
struct repeated {
	const char *word[MOST_REPEATS];
	size_t count;
};

/** Limit for the sources that --from may name. */
#define MOST_SOURCES 64

/**
 * struct options - global options, valid before and after the command.
 * @from: the first source named by --from; NULL for the running machine
 * @sources: all @source_count sources that it named
 * @help, @version, @schema: print that and do nothing else
 * @terminal: whether the output goes to a terminal
 * @given: the rows of the option table that the user gave, one bit each; @lettered: those given by their
 *	letter
 */
struct options {
	const char *program;			/* as it was called; NULL if it is in $PATH */
	const char *from, *sources[MOST_SOURCES];
	size_t source_count;
	const char *kernel, *pci_ids, *columns;
	struct repeated slots, ids;		/* -s, -d: a function must match one of each */
	const char *classes, *between;		/* --class, --between */
	const char *colour_when;
	enum format format;
	const char *mode;			/* of the gate: --mode */
	const char *cell;			/* of the matrix: --cell */
	bool nccl;				/* of the matrix: --nccl */
	const char *scratch, *evidence;		/* for prove, the latter also for measured */
	const char *only;			/* of check: --only */
	bool record;				/* of check: --record */
	const char *run_dir;			/* where root's snapshot is */
	const char *interval;			/* for watch */
	const char *policy, *goal, *undo_file, *proof;	/* for fix */
	bool apply, undo, lint, report;		/* its modes */
	const char *golden;			/* for fleet */
	const char *output, *dialect, *map, *measured;	/* for export */
	bool skeleton, with_devices;		/* of nccl */
	bool all, colour, with_serials, terminal, dry_run, overwrite, force;
	bool csv, markdown;			/* tables for other programs */
	const char *keys, *size;		/* for view */
	bool no_snapshot, settle, background, print_screen;
	bool help, version, schema;
	uint64_t given, lettered;
	unsigned int width, height;		/* of the screen; 80x24 if not a terminal */
	bool sized;				/* it is one, or COLUMNS is set: fit tables into it */
};

struct command;

/**
 * struct app - one run of the command.
 * @argv: the @argc words after the command, followed by NULL
 * @selected: the functions that pairs are made of, in BDF order: by default those that take part in P2P, with
 *	--all every function with header type 0; a function that -s or -d names is included even if it takes
 *	no part
 * @picked: one per selected function: whether a filter (-s, -d, --class) selects it.  A pair is shown if its
 *	provider or its client is picked; without a filter all are.
 * @between: the classes of --between, one bit each: a pair is shown if one end is in the first set and the
 *	other in the second; all classes without that option
 * @saved_at: when root saved the registers that were not readable here, in seconds since 1970; 0 if none were
 *	used
 * @failure: filled in when anything here fails, and printed by main()
 * @ascii: documents escape everything that is not ASCII
 * @say: receives notes, which are not failures, such as the age of root's snapshot; NULL if nobody wants them
 */
struct app {
	struct options options;
	const struct command *command;
	char **argv;
	int argc;
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
	struct p2p_eval *eval;
	const struct p2p_function **selected;
	bool *picked, ascii;
	size_t selected_count;
	unsigned int between[2];
	int64_t saved_at;
	struct failure *failure;
	void (*say)(void *data, const char *sentence);
	void *say_data;
	FILE *out;
};

/** How much of struct app a command needs; each stage includes those before. */
enum stage { STAGE_NOTHING, STAGE_SNAPSHOT, STAGE_TOPOLOGY, STAGE_EVALUATE };

/** enum takes - options that only some commands take. */
enum takes {
	TAKES_FROM = 1 << 0,	/* --from */
	TAKES_RULES = 1 << 1,	/* --kernel */
	TAKES_FILTER = 1 << 2,	/* -s, -d, --class */
	TAKES_ALL = 1 << 3,	/* --all */
	TAKES_SAVED = 1 << 4,	/* --run-dir, --no-snapshot */
	TAKES_JSON = 1 << 5,	/* -j, --json-schema: it has a schema */
	TAKES_COLUMNS = 1 << 6,	/* -o: it has columns */
	TAKES_TABLE = 1 << 7,	/* --markdown, --csv */
	TAKES_BETWEEN = 1 << 8,	/* --between names classes, not devices */
	TAKES_MEMBERS = 1 << 9,	/* -o with --json: it names the members of a row */
	TAKES_MACHINE = TAKES_FROM | TAKES_RULES | TAKES_SAVED,
	TAKES_PAIRS = TAKES_MACHINE | TAKES_FILTER | TAKES_ALL,
};

/** enum value - what an argument is, for completion. */
enum value {
	VALUE_NONE, VALUE_PATH, VALUE_FOLDER, VALUE_DEVICE, VALUE_END, VALUE_FLOW, VALUE_CHANGE,
	VALUE_WORD, VALUE_WORDS, VALUE_RULES, VALUE_COLUMNS, VALUE_FORMAT, VALUE_COMMAND,
};

struct column;

/** Limit for operands of a command with different meanings. */
#define MOST_VALUES 3

/**
 * struct command - one row of the command table (commands/commands.c).
 * @arguments: as in the synopsis
 * @name: one word, or two ("policy push")
 * @operands: the minimum number of arguments; @optional: how many more it may take
 * @schema: name of its JSON document, also of schemas/NAME.json; NULL if it prints none
 * @columns: what -o may name, the last one nameless; NULL if it has none
 * @takes: options that it takes, besides those that name it
 * @values: what its operands are; the last one that is not VALUE_NONE applies to all that follow
 * @live: it acts on the machine as it is now: no register is taken from what root saved
 */
struct command {
	const char *name, *arguments, *summary;
	int operands, optional;
	enum stage stage;
	enum p2p_want want;
	enum status (*run)(struct app *app);
	const char *schema;
	const struct column *columns;
	enum takes takes;
	enum value values[MOST_VALUES];
	bool live;
};

#define COMMAND(function, ...) enum status function(struct app *app);
#include "commands/commands.def"
#undef COMMAND

/** app_commands() - the command table; the last row has no name. */
const struct command *app_commands(void);

/**
 * app_read() - read, build and evaluate the machine up to @stage.  Commands get what their row specifies
 *	before they run; one that must do something first specifies STAGE_NOTHING and calls this.
 */
enum status app_read(struct app *app, enum stage stage);

/** app_release() - free what app_read() made; @app may then read again. */
void app_release(struct app *app);

/** app_like() - one that has read nothing yet, with the options and the output of @app. */
struct app app_like(const struct app *app);

/** app_machine() - how the output refers to the machine: "this machine", or --from's argument. */
const char *app_machine(const struct app *app);

/**
 * app_find() - the function that a user names by BDF, OS name, a label such as GPU0, or an lspci -s / -d
 *	filter that matches exactly one.
 * Return: STATUS_DONE, or STATUS_INPUT.
 */
enum status app_find(struct app *app, const char *name, const struct p2p_function **ret_function);

/** app_find_end() - as app_find(), but it must be a possible end of a pair: not a bridge. */
enum status app_find_end(struct app *app, const char *name,
			 const struct p2p_function **ret_function);

/** app_select() - fill selected and picked according to the filters. */
enum status app_select(struct app *app);

/**
 * app_mark() - which functions the filters select, including bridges; it is a failure if they select none.
 * @marked: by index of function; as many as the topology has
 */
enum status app_mark(const struct app *app, bool *marked);

/** app_has_filter() - whether the user gave -s, -d, --class or --between. */
bool app_has_filter(const struct app *app);

/**
 * app_shows() - is the ordered pair of these two indexes into selected to be shown?  A function with itself
 *	only with --all.
 */
bool app_shows(const struct app *app, size_t provider, size_t client);

/** app_is_of() - is selected[@index] of a class of --between's @end, 0 or 1? */
bool app_is_of(const struct app *app, size_t index, unsigned int end);

/** app_note() - one sentence for the user that is not a failure. */
void app_note(const struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
