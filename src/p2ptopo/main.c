/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "commands/commands.h"
#include "complete.h"
#include "options.h"
#include "print/clean.h"
#include "print/document.h"

static enum status run_command(struct app *app)
{
	const struct command *command = app->command;
	enum status status = options_fit(app);

	if (status)
		return status;
	if (app->options.schema)
		return document_schema(app->out, command->schema);
	if (app->argc < command->operands || app->argc > command->operands + command->optional)
		return fail_with(app->failure, STATUS_USAGE, "usage: p2ptopo [OPTION...] %s%s%s",
				 command->name, command->arguments ? " " : "",
				 command->arguments ? command->arguments : "");
	status = app_read(app, command->stage);
	if (!status)
		status = command->run(app);
	app_release(app);
	return status;
}

static enum status run(struct app *app, int argc, char **argv)
{
	char word[] = "report", *report[] = { word, NULL };
	bool named = argc > 0;
	enum status status;
	int words = 0;

	if (app->options.version) {
		fputs("p2ptopo " P2PTOPO_VERSION "\n", app->out);
		return STATUS_DONE;
	}
	if (named && !app->options.help && !strcmp(argv[0], "help")) {
		app->options.help = true;
		argc--;
		argv++;
		named = argc > 0;
	}
	if (app->options.help && !named) {
		options_help(app->out, NULL);
		return STATUS_DONE;
	}
	if (app->options.help && argc == 1 && commands_is_family(argv[0])) {
		options_help_family(app->out, argv[0]);
		return STATUS_DONE;
	}
	if (argc == 1 && commands_is_family(argv[0]))
		options_help_family(app->out, argv[0]);
	status = commands_find(app, named ? argc : 1, named ? argv : report, &words);
	if (status)
		return status;
	if (app->options.help) {
		options_help(app->out, app->command);
		return STATUS_DONE;
	}
	app->argc = named ? argc - words : 0;
	app->argv = named ? argv + words : argv;
	return run_command(app);
}

/* Is stderr connected to systemd's journal?  See systemd.exec(5), $JOURNAL_STREAM. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &status) && status.st_dev == device &&
	       status.st_ino == inode;
}

/* Always a single line, whatever names it contains: a capture may be untrusted. */
static void print_line(const char *level, const char *sentence)
{
	char line[sizeof(((struct failure *)NULL)->sentence)];

	snprintf(line, sizeof(line), "%s", sentence);
	fprintf(stderr, "%sp2ptopo: %s\n", is_journal() ? level : "", clean_line(line));
}

/* The levels are those of sd-daemon(3): this is a notice, and <3> an error. */
static void print_note(void *data, const char *sentence)
{
	(void)data;
	print_line("<5>", sentence);
}

/* All output of a command goes through here, so that no printer has to sanitize it. */
static enum status open_output(struct app *app)
{
	const struct options *options = &app->options;

	app->out = clean_open(STDOUT_FILENO, options->format != FORMAT_TEXT ? CLEAN_UTF8 :
			      options->colour ? CLEAN_COLOUR : CLEAN_TEXT);
	return app->out ? STATUS_DONE : fail_memory(app->failure);
}

/*
 * If the reader went away, SIGPIPE ends us, quietly and with its status; only callers that ignore that signal
 * get this sentence.  A full disk is noticed here at the latest.
 */
static enum status finish(FILE *out, struct failure *failure)
{
	int error;
	bool failed;

	/* It is closed in any case, and reports what failed first. */
	failed = fflush(out) || ferror(out);
	errno = 0;
	failed |= fclose(out) != 0;
	error = errno;
	if (!failed)
		return STATUS_DONE;
	error = error ? error : EIO;
	return fail_system(failure, -error, "the output could not be written");
}

/*
 * Whoever started us may have closed one of the three: the next file that is opened must not get its number,
 * so that messages would be written into it.  Placeholders fail like the closed ones would.
 */
static void fill_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Only the character set of the user's locale is used: in Turkish the capital of i is not I. */
static void set_characters(void)
{
	bool utf8 = setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8");

	(void)setlocale(LC_CTYPE, utf8 ? "C.UTF-8" : "C");
}

/*
 * Variables that would make a library load plugins, read another machine, print what it is at, or read the
 * command line in another way.  unsetenv() moves the later ones up, so the index stays the same after it.
 */
static void hide_variables(void)
{
	static const char *const prefixes[] = {
		"HWLOC_", "EXPAT_", "BLKID_", "LIBBLKID_", "LIBSMARTCOLS_", "POSIXLY_CORRECT=",
	};
	char name[256];
	size_t i = 0, k;

	while (environ[i]) {
		size_t size = strcspn(environ[i], "=");

		for (k = 0; k < P2P_LENGTH(prefixes); k++)
			if (!strncmp(environ[i], prefixes[k], strlen(prefixes[k])))
				break;
		if (k == P2P_LENGTH(prefixes) || size >= sizeof(name)) {
			i++;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)size, environ[i]);
		unsetenv(name);
	}
}

int main(int argc, char **argv)
{
	struct failure failure = { 0 }, unwritten = { 0 };
	struct app app = { .failure = &failure, .say = print_note };
	enum status status;
	int first;

	fill_standard_streams();
	hide_variables();
	/* Exceeding the file size limit makes the write fail, which is reported. */
	(void)signal(SIGXFSZ, SIG_IGN);
	/* Device names are UTF-8; numbers are printed as in the C locale. */
	set_characters();
	/* Called for completion by shells: handled first, since the words may not be a complete command line. */
	if (argc > 1 && !strcmp(argv[1], "--complete")) {
		status = open_output(&app);
		if (!status)
			complete(&app, argc - 2, argv + 2);
	} else {
		status = options_parse(argc, argv, &app, &first);
		if (!status)
			status = open_output(&app);
		if (!status)
			status = run(&app, argc - first, argv + first);
	}
	/* A failure that the command recovered from does not count; output that was left out does. */
	if (failure.status != status)
		failure = (struct failure){ 0 };
	if (p2p_lost_count() && !failure.status)
		fail_memory(&failure);
	if (app.out && finish(app.out, &unwritten) && !failure.status)
		failure = unwritten;
	if (!failure.status)
		return (int)status;
	print_line("<3>", failure.sentence);
	return (int)failure.status;
}
