/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "print/document.h"
#include "commands/flows.h"
#include "commands/near.h"
#include "options.h"
#include "print/output.h"
#include "commands/pairs.h"
#include "machine/saved.h"
#include "commands/tree.h"
#include "commands/what_if/whatif.h"

static const struct command commands[] = {
	{ .name = "report",
	  .summary = "The machine on one screen: which pairs can do peer-to-peer DMA, what is "
		     "wrong, and where. The command when none is given.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_OVERVIEW, .run = command_report,
	  .schema = "report" },
	{ .name = "tree",
	  .summary = "The PCIe tree with links, ACS, ATS, IOMMU groups, NUMA nodes and names; "
		     "--json has all that was decoded of every function.",
	  .stage = STAGE_TOPOLOGY, .want = P2P_WANT_NAMES, .run = command_tree,
	  .schema = "tree", .columns = tree_columns },
	{ .name = "matrix",
	  .summary = "Relation, verdict and distance of every pair, by name, with NUMA node "
		     "and CPUs of each device.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_matrix,
	  .schema = "matrix" },
	{ .name = "pairs",
	  .summary = "One row per ordered pair: who owns the memory (provider), who does the "
		     "DMA (client), what the kernel decides and what the switches do.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_pairs, .schema = "pairs",
	  .columns = pairs_columns },
	{ .name = "path", .arguments = "PROVIDER CLIENT", .operands = 2,
	  .summary = "One pair, hop by hop, both ways: every bridge with its registers, what "
		     "the kernel decides and why. Exit status 1 when it refuses.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_path, .schema = "path" },
	{ .name = "near", .arguments = "DEVICE", .operands = 1,
	  .summary = "The peers of a device, the best first; --class, -s and -d say which.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_near, .schema = "near",
	  .columns = near_columns },
	{ .name = "address", .arguments = "ADDRESS", .operands = 1,
	  .summary = "Which BAR, and which windows of bridges, an address lies in, such as one that "
		     "IO_PAGE_FAULT names. Exit status 1 when no BAR holds it.",
	  .stage = STAGE_TOPOLOGY, .want = P2P_WANT_NAMES, .run = command_address,
	  .schema = "address" },
	{ .name = "flows", .arguments = "FLOW...", .operands = 1, .optional = 4096,
	  .summary = "Transfers that run at once, and what each gets of the links they share: "
		     "A>B (A writes to B), A<B (A reads from B), A<>B, @FILE of them.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_flows, .schema = "flows",
	  .columns = flows_columns },
	{ .name = "what-if", .arguments = "CHANGE...", .operands = 1, .optional = 4096,
	  .summary = "What would change if ACS, the IOMMU, the place of a card, the CPU or the "
		     "kernel were other ones: only the pairs and IOMMU groups that change.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_whatif,
	  .schema = "what-if", .columns = whatif_columns },
	{ .name = "check", .arguments = "[FILE]", .optional = 1,
	  .summary = "Hold the machine against a file of expectations; the exit status is that of "
		     "the first class that fails.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_check,
	  .schema = "check-result" },
	{ .name = "diff", .arguments = "OLD [NEW]", .operands = 1, .optional = 1,
	  .summary = "What changed between two captures, or since one, in what peer-to-peer DMA "
		     "depends on, and what that does to pairs. Exit status 1 when something did.",
	  .want = P2P_WANT_NAMES, .run = command_diff, .schema = "diff" },
	{ .name = "fix", .arguments = "[DEVICE DEVICE...]", .optional = 64,
	  .summary = "The smallest change that makes pairs possible or direct: registers, kernel "
		     "parameters, what it costs, and what helps where no register does. Exit "
		     "status 1 when nothing is sure to.",
	  .want = P2P_WANT_NAMES, .run = command_fix, .schema = "fix" },
	{ .name = "view",
	  .summary = "The machine on the screen, with keys: tree, matrix, pairs and devices; what "
		     "would be if a port did not redirect; live.",
	  .want = P2P_WANT_NAMES, .run = command_view },
	{ .name = "capture", .arguments = "FILE", .operands = 1,
	  .summary = "Write what this machine is made of into a tar (compressed when FILE ends "
		     "in .gz, .xz, .zst or .bz2) that --from, lspci and lstopo read.",
	  .stage = STAGE_SNAPSHOT, .want = P2P_WANT_ALL, .run = command_capture, .live = true },
	{ .name = "policy compile", .arguments = "[FILE]", .optional = 1,
	  .summary = "What the rules of a policy allow on this machine, and who reaches the "
		     "providers anyway.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_policy_compile,
	  .schema = "allow-list" },
	{ .name = "policy explain", .arguments = "PROVIDER CLIENT [FILE]", .operands = 2,
	  .optional = 1, .summary = "Whether a policy allows a pair, and by which rule.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_policy_explain,
	  .schema = "policy-decision" },
	{ .name = "policy show", .summary = "The pairs the gate lets through now, by name.",
	  .stage = STAGE_TOPOLOGY, .want = P2P_WANT_NAMES, .run = command_policy_show,
	  .schema = "policy-in-force" },
	{ .name = "policy diff", .arguments = "[FILE]", .optional = 1,
	  .summary = "What a push of the policy would change.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_policy_diff,
	  .schema = "policy-diff" },
	{ .name = "policy push", .arguments = "[FILE]", .optional = 1,
	  .summary = "Apply the policy to this machine and put the allow-list in force, all of it "
		     "or nothing.",
	  .want = P2P_WANT_NAMES, .run = command_policy_push, .live = true },
	{ .name = "policy clear", .summary = "Take the allow-list back and turn the gate off.",
	  .run = command_policy_clear },
	{ .name = "gate status", .summary = "What the kernel module p2pgate does and has counted.",
	  .stage = STAGE_TOPOLOGY, .run = command_gate_status, .schema = "gate", .live = true },
	{ .name = "prove", .arguments = "PROVIDER CLIENT", .operands = 2,
	  .summary = "Move real bytes between two devices, both ways, and compare them; what "
		     "stands on --scratch is lost. Exit status 1 when not every byte arrived.",
	  .stage = STAGE_JUDGE, .want = P2P_WANT_NAMES, .run = command_prove, .schema = "proof",
	  .live = true },
	{ .name = "watch",
	  .summary = "Follow hot-plug: a line for every device that comes or goes, gets or loses "
		     "its driver, for links that change, and for what that does to pairs.",
	  .want = P2P_WANT_NAMES, .run = command_watch, .schema = "watch" },
	{ .name = "refresh", .arguments = "[FILE]", .optional = 1,
	  .summary = "As root: save what only root can read for everybody's reports, and push "
		     "the installed policy where the gate is loaded.  Run by udev and at boot.",
	  .want = P2P_WANT_NAMES, .run = command_refresh, .live = true },
	{ 0 }
};

const struct command *app_commands(void)
{
	return commands;
}

/* Does the journal of systemd read stderr?  See systemd.exec(5), $JOURNAL_STREAM. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &status) && status.st_dev == device &&
	       status.st_ino == inode;
}

/* One line, whatever the names in it: a capture may be anybody's. */
enum status app_fail(enum status status, const char *format, ...)
{
	char sentence[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	for (char *at = sentence; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	}
	fprintf(stderr, "%sp2ptopo: %s\n", !is_journal() ? "" : status ? "<3>" : "<5>", sentence);
	return status;
}

enum status app_out_of_memory(void)
{
	return app_fail(STATUS_ACCESS, "out of memory");
}

const char *app_machine(const struct app *app)
{
	return app->options.from ? app->options.from : "this machine";
}

/* Only the running machine can refuse access; what --from names is bad input. */
static enum status fail_with(const struct app *app, int error)
{
	bool live = !app->options.from;

	if (error == -ENOMEM)
		return app_out_of_memory();
	return app_fail(live && (error == -EACCES || error == -EPERM) ? STATUS_ACCESS :
			STATUS_INPUT, "%s", p2p_context_error(app->context));
}

static enum status check_rules(const char *name)
{
	const struct p2p_rules *rules;
	char names[512] = "";

	if (!strcmp(name, "auto") || p2p_rules_find(name))
		return STATUS_DONE;
	for (size_t i = 0; (rules = p2p_rules_at(i)); i++) {
		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, " %s", p2p_rules_name(rules));
	}
	return app_fail(STATUS_INPUT, "there is no rule set '%s'; there are auto%s", name, names);
}

/* Locality must be the same for every command that names devices or judges pairs of them. */
static int build_topology(struct app *app)
{
	bool names = p2p_snapshot_want(app->snapshot) >= P2P_WANT_NAMES;
	const struct p2p_topology_options options = {
		.pci_ids = app->options.pci_ids, .names = names, .hwloc = names,
	};

	return p2p_topology_new(app->context, app->snapshot, &options, &app->topology);
}

enum status app_read(struct app *app, enum stage stage)
{
	enum status status = check_rules(app->options.kernel);
	int error = 0;

	if (status || stage == STAGE_NOTHING)
		return status;
	if (!app->context && p2p_context_new(&app->context))
		return app_out_of_memory();
	error = p2p_snapshot_load(app->context, app->options.from, app->command->want,
				  &app->snapshot);
	if (!error)
		saved_use(app);
	if (!error && stage >= STAGE_TOPOLOGY)
		error = build_topology(app);
	if (!error && stage >= STAGE_JUDGE)
		error = p2p_judge_new(app->context, app->topology, app->options.kernel,
				      &app->judge);
	if (error)
		return fail_with(app, error);
	return stage >= STAGE_TOPOLOGY ? app_select(app) : STATUS_DONE;
}

void app_release(struct app *app)
{
	free(app->selected);
	free(app->picked);
	p2p_judge_free(app->judge);
	p2p_topology_free(app->topology);
	p2p_snapshot_free(app->snapshot);
	p2p_context_free(app->context);
	*app = (struct app){ .options = app->options, .command = app->command,
			     .quiet = app->quiet, .out = app->out };
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
static bool is_family(const char *word)
{
	size_t first = strlen(word);

	for (const struct command *row = commands; row->name; row++) {
		if (!strncmp(row->name, word, first) && row->name[first] == ' ')
			return true;
	}
	return false;
}

static enum status find_command(struct app *app, int argc, char **argv, int *ret_words)
{
	for (app->command = commands; app->command->name; app->command++) {
		*ret_words = match_command(app->command, argc, argv);
		if (*ret_words)
			return STATUS_DONE;
	}
	return app_fail(STATUS_USAGE, "there is no command '%s%s%s'; see p2ptopo %s%s--help", argv[0],
			argc > 1 ? " " : "", argc > 1 ? argv[1] : "",
			is_family(argv[0]) ? argv[0] : "", is_family(argv[0]) ? " " : "");
}

static enum status run_command(struct app *app, int argc, char **argv)
{
	const struct command *command = app->command;
	enum status status = options_fit(&app->options, command);

	if (status)
		return status;
	if (app->options.schema)
		return document_schema(app->out, command->schema);
	if (argc < command->operands || argc > command->operands + command->optional)
		return app_fail(STATUS_USAGE, "usage: p2ptopo [OPTION...] %s%s%s", command->name,
				command->arguments ? " " : "",
				command->arguments ? command->arguments : "");
	status = app_read(app, command->stage);
	if (!status)
		status = command->run(app, argc, argv);
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
	if (app->options.help && !named) {
		options_help(app->out, NULL);
		return STATUS_DONE;
	}
	if (app->options.help && argc == 1 && is_family(argv[0])) {
		options_help_family(app->out, argv[0]);
		return STATUS_DONE;
	}
	status = find_command(app, named ? argc : 1, named ? argv : report, &words);
	if (status)
		return status;
	if (app->options.help) {
		options_help(app->out, app->command);
		return STATUS_DONE;
	}
	return run_command(app, named ? argc - words : 0, argv + words);
}

/*
 * A reader that went away ends us by SIGPIPE, quietly and with its status; only who ignores
 * that signal gets this sentence.  A full disk shows up here at the latest.
 */
static enum status finish(FILE *out, enum status status)
{
	errno = 0;
	if (!fflush(out) && !ferror(out))
		return status;
	return app_fail(STATUS_ACCESS, "the output could not be written: %s",
			strerror(errno ? errno : EIO));
}

int main(int argc, char **argv)
{
	struct app app = { .out = stdout };
	enum status status;
	int first;

	/* Device names are UTF-8; numbers stay as they are in C. */
	setlocale(LC_CTYPE, "");
	status = options_parse(argc, argv, &app.options, &first);
	if (!status)
		status = run(&app, argc - first, argv + first);
	return (int)finish(stdout, status);
}
