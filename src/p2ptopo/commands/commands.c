/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table, and which row the command line names. */
#include <string.h>

#include "commands/commands.h"
#include "commands/flows.h"
#include "commands/near/near.h"
#include "print/pair_facts.h"
#include "commands/tree.h"
#include "commands/what_if/whatif.h"

static const struct command commands[] = {
	{ .name = "report",
	  .summary = "One screen: which pairs can do peer-to-peer DMA, what is "
		     "wrong, and where. The command when none is given.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_OVERVIEW, .run = command_report,
	  .schema = "report",
	  .takes = TAKES_PAIRS },
	{ .name = "tree",
	  .summary = "The PCIe tree with links, ACS, ATS, IOMMU groups, NUMA nodes and names; "
		     "--json has every decoded fact.",
	  .stage = STAGE_TOPOLOGY, .want = P2P_WANT_NAMES, .run = command_tree,
	  .schema = "tree", .columns = tree_columns,
	  .takes = TAKES_MACHINE | TAKES_FILTER },
	{ .name = "matrix",
	  .summary = "Relation, verdict and distance of every pair, by name, with NUMA node "
		     "and CPUs of each device.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_matrix,
	  .schema = "matrix",
	  .takes = TAKES_PAIRS },
	{ .name = "pairs",
	  .summary = "One row per ordered pair: who owns the memory (provider), who does the "
		     "DMA (client), what the kernel decides and what the switches do.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_pairs, .schema = "pairs",
	  .columns = pairs_columns,
	  .takes = TAKES_PAIRS },
	{ .name = "path", .arguments = "PROVIDER CLIENT", .operands = 2,
	  .summary = "One pair, hop by hop, both ways: every bridge with its registers, what "
		     "the kernel decides and why. Exit status 1 when it refuses.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_path, .schema = "path",
	  .takes = TAKES_MACHINE, .values = { VALUE_END, VALUE_END } },
	{ .name = "near", .arguments = "DEVICE", .operands = 1,
	  .summary = "The peers of a device, the best first; --class, -s and -d say which.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_near, .schema = "near",
	  .columns = near_columns,
	  .takes = TAKES_PAIRS, .values = { VALUE_END } },
	{ .name = "address", .arguments = "ADDRESS|LINE|-", .operands = 1, .optional = 4096,
	  .summary = "Which BAR, and which windows of bridges, an address lies in, and what a request "
		     "to it means; a line of the kernel's log is taken as pasted, or from standard "
		     "input. Exit status 1 when no BAR holds it.",
	  .stage = STAGE_TOPOLOGY, .want = P2P_WANT_NAMES, .run = command_address,
	  .schema = "address",
	  .takes = TAKES_MACHINE },
	{ .name = "flows", .arguments = "FLOW...", .operands = 1, .optional = 4096,
	  .summary = "Transfers that run at once, and what each gets of the links they share: "
		     "A>B (A writes to B), A<B (A reads from B), A<>B, @FILE of them.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_flows, .schema = "flows",
	  .columns = flows_columns,
	  .takes = TAKES_MACHINE, .values = { VALUE_FLOW } },
	{ .name = "what-if", .arguments = "CHANGE...", .operands = 1, .optional = 4096,
	  .summary = "What would change with other ACS bits, another IOMMU mode, slot, CPU or "
		     "kernel: only the pairs and IOMMU groups that differ.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_whatif,
	  .schema = "what-if", .columns = whatif_columns,
	  .takes = TAKES_PAIRS, .values = { VALUE_CHANGE } },
	{ .name = "check", .arguments = "[FILE]", .optional = 1,
	  .summary = "Check the machine against a file of expectations; the exit status is that of "
		     "the first class that fails.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_check,
	  .schema = "check-result",
	  .takes = TAKES_PAIRS, .values = { VALUE_PATH } },
	{ .name = "diff", .arguments = "OLD [NEW]", .operands = 1, .optional = 1,
	  .summary = "What changed between two captures, or since one, that peer-to-peer DMA "
		     "depends on, and the effect on pairs. Exit status 1 when something changed.",
	  .want = P2P_WANT_NAMES, .run = command_diff, .schema = "diff",
	  .takes = TAKES_MACHINE | TAKES_ALL, .values = { VALUE_PATH } },
	{ .name = "fix", .arguments = "[DEVICE DEVICE...]", .optional = 64,
	  .summary = "The smallest change that makes pairs possible or direct: registers, kernel "
		     "parameters, their cost, and what helps where no register does. Exit "
		     "status 1 when no remedy is certain.",
	  .want = P2P_WANT_NAMES, .run = command_fix, .schema = "fix",
	  .takes = TAKES_MACHINE, .values = { VALUE_END } },
	{ .name = "view",
	  .summary = "Interactive viewer: tree, matrix, pairs and devices; tries what "
		     "clearing redirects would do; follows hot-plug.",
	  .want = P2P_WANT_NAMES, .run = command_view,
	  .takes = TAKES_PAIRS },
	{ .name = "capture", .arguments = "FILE", .operands = 1,
	  .summary = "Write a capture of this machine, a tar (compressed when FILE ends "
		     "in .gz, .xz, .zst or .bz2) that --from, lspci and lstopo read.",
	  .stage = STAGE_SNAPSHOT, .want = P2P_WANT_ALL, .run = command_capture, .live = true,
	  .takes = TAKES_FROM, .values = { VALUE_PATH } },
	{ .name = "policy compile", .arguments = "[FILE]", .optional = 1,
	  .summary = "What a policy allows on this machine, and which devices can reach the "
		     "providers anyway.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_policy_compile,
	  .schema = "allow-list",
	  .takes = TAKES_MACHINE, .values = { VALUE_PATH } },
	{ .name = "policy explain", .arguments = "PROVIDER CLIENT [FILE]", .operands = 2,
	  .optional = 1, .summary = "Whether a policy allows a pair, and by which rule.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_policy_explain,
	  .schema = "policy-decision",
	  .takes = TAKES_MACHINE, .values = { VALUE_END, VALUE_END, VALUE_PATH } },
	{ .name = "policy show", .summary = "The pairs the gate lets through now, by name.",
	  .stage = STAGE_TOPOLOGY, .want = P2P_WANT_NAMES, .run = command_policy_show,
	  .schema = "policy-in-force",
	  .takes = TAKES_MACHINE & ~TAKES_FROM },
	{ .name = "policy diff", .arguments = "[FILE]", .optional = 1,
	  .summary = "What a push of the policy would change.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_policy_diff,
	  .schema = "policy-diff",
	  .takes = TAKES_MACHINE & ~TAKES_FROM, .values = { VALUE_PATH } },
	{ .name = "policy push", .arguments = "[FILE]", .optional = 1,
	  .summary = "Apply the policy to this machine and put the allow-list in force, completely "
		     "or nothing.",
	  .want = P2P_WANT_NAMES, .run = command_policy_push, .live = true,
	  .takes = TAKES_RULES, .values = { VALUE_PATH } },
	{ .name = "policy clear", .summary = "Remove the allow-list and turn the gate off.",
	  .run = command_policy_clear },
	{ .name = "gate status", .summary = "Mode, hooks and counters of the kernel module p2pgate.",
	  .stage = STAGE_TOPOLOGY, .run = command_gate_status, .schema = "gate", .live = true },
	{ .name = "prove", .arguments = "PROVIDER CLIENT", .operands = 2,
	  .summary = "Move real bytes between two devices, both ways, and compare them; what "
		     "is on --scratch is lost. Exit status 1 when not every byte arrived.",
	  .stage = STAGE_EVALUATE, .want = P2P_WANT_NAMES, .run = command_prove, .schema = "proof",
	  .live = true,
	  .takes = TAKES_RULES, .values = { VALUE_END, VALUE_END } },
	{ .name = "watch",
	  .summary = "Follow hot-plug: a line for every device that is added or removed, gets or loses "
		     "its driver, for links that change, and for the effect on pairs.",
	  .want = P2P_WANT_NAMES, .run = command_watch, .schema = "watch",
	  .takes = TAKES_PAIRS & ~TAKES_FROM },
	{ .name = "refresh", .arguments = "[FILE]", .optional = 1,
	  .summary = "As root: save the registers that only root can read for all users, and push "
		     "the installed policy where the gate is loaded.  Run by udev and at boot.",
	  .want = P2P_WANT_NAMES, .run = command_refresh, .live = true,
	  .takes = TAKES_RULES | TAKES_SAVED, .values = { VALUE_PATH } },
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

