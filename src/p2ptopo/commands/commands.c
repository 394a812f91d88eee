/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table, and which row the command line names. */
#include <string.h>

#include "commands/commands.h"
#include "commands/flows.h"
#include "commands/measured/measured.h"
#include "commands/near/near.h"
#include "print/pair_facts.h"
#include "commands/tree.h"
#include "commands/what_if/whatif.h"

static const struct command commands[] = {
#define COMMAND(function, ...) { .run = function, __VA_ARGS__ },
#include "commands/commands.def"
#undef COMMAND
	{ 0 }
};

const struct command *app_commands(void)
{
	return commands;
}

/* How many of @argv's words name @command: 0 they do not. */
static int match_command(const struct command *command, int argc, char **argv)
{
	size_t first = strcspn(command->name, " ");

	if (!argc || strlen(argv[0]) != first || strncmp(command->name, argv[0], first) != 0)
		return 0;
	if (!command->name[first])
		return 1;
	return argc > 1 && !strcmp(command->name + first + 1, argv[1]) ? 2 : 0;
}

/* Is @word the first of several commands' two, as "policy" is? */
bool commands_is_family(const char *word)
{
	size_t first = strlen(word);

	for (const struct command *row = commands; row->name; row++) {
		if (!strncmp(row->name, word, first) && row->name[first] == ' ')
			return true;
	}
	return false;
}

enum status commands_find(struct app *app, int argc, char **argv, int *ret_words)
{
	for (app->command = commands; app->command->name; app->command++) {
		*ret_words = match_command(app->command, argc, argv);
		if (*ret_words)
			return STATUS_DONE;
	}
	return fail_with(app->failure, STATUS_USAGE, "there is no command '%s%s%s'; see p2ptopo "
			 "%s%s--help", argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "",
			 commands_is_family(argv[0]) ? argv[0] : "",
			 commands_is_family(argv[0]) ? " " : "");
}

