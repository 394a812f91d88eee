/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table, and finding the row that the command line names. */
#include <string.h>

#include "commands/commands.h"
#include "commands/flows.h"
#include "commands/measured/measured.h"
#include "commands/near/near.h"
#include "print/pair/pair_facts.h"
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

/* How many words of @argv name @command; 0 if they do not. */
static int match_command(const struct command *command, int argc, char **argv)
{
	size_t first = strcspn(command->name, " ");

	if (!argc || strlen(argv[0]) != first || strncmp(command->name, argv[0], first) != 0)
		return 0;
	if (!command->name[first])
		return 1;
	return argc > 1 && !strcmp(command->name + first + 1, argv[1]) ? 2 : 0;
}

/* Is @word the first word of two-word commands, as "policy" is? */
bool commands_is_family(const char *word)
{
	size_t first = strlen(word);

	for (const struct command *row = commands; row->name; row++) {
		if (!strncmp(row->name, word, first) && row->name[first] == ' ')
			return true;
	}
	return false;
}

/* The command that was probably meant, or the second word of a command in a family. */
static const char *meant_command(const char *first, const char *second, char text[P2P_NEAREST_SIZE])
{
	struct p2p_nearest nearest = { .typed = second ? second : first };
	char words[64][32];
	size_t count = 0;

	for (const struct command *row = commands; row->name && count < 64; row++) {
		size_t length = strcspn(row->name, " ");

		if (second && (strncmp(row->name, first, length) != 0 || !row->name[length]))
			continue;
		if (second)
			snprintf(words[count], sizeof(words[0]), "%s", row->name + length + 1);
		else
			snprintf(words[count], sizeof(words[0]), "%.*s", (int)length, row->name);
		p2p_nearest_try(&nearest, words[count++]);
	}
	return p2p_nearest_say(&nearest, text);
}

/* Fails for the first word alone, such as "policy". */
static enum status fail_family(struct app *app, const char *first)
{
	char words[128] = "";
	size_t used = 0, length = strlen(first);

	for (const struct command *row = commands; row->name; row++)
		if (!strncmp(row->name, first, length) && row->name[length] == ' ')
			used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s",
						 used ? ", " : "", row->name + length + 1);
	return fail_with(app->failure, STATUS_USAGE, "%s needs one of its commands: %s", first, words);
}

enum status commands_find(struct app *app, int argc, char **argv, int *ret_words)
{
	char meant[P2P_NEAREST_SIZE];

	for (app->command = commands; app->command->name; app->command++) {
		*ret_words = match_command(app->command, argc, argv);
		if (*ret_words)
			return STATUS_DONE;
	}
	if (commands_is_family(argv[0]) && argc == 1)
		return fail_family(app, argv[0]);
	if (commands_is_family(argv[0]))
		return fail_with(app->failure, STATUS_USAGE, "there is no command '%s %s'%s", argv[0],
				 argv[1], meant_command(argv[0], argv[1], meant));
	meant_command(argv[0], NULL, meant);
	return fail_with(app->failure, STATUS_USAGE, "there is no command '%s'%s", argv[0],
			 *meant ? meant : "; see p2ptopo --help");
}
