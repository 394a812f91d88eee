/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fix --lint: what is wrong with the kernel command line in force. */
#include "print/document.h"
#include "commands/fix/fix.h"
#include "print/lints.h"
#include "print/output.h"

static void print_text(const struct app *app, const struct p2p_cmdline *cmdline)
{
	const struct p2p_lint *lint;
	const char *word;

	for (size_t i = 0; (word = p2p_cmdline_pci(cmdline, i)); i++)
		fprintf(app->out, "%s\n", word);
	for (size_t i = 0; (lint = p2p_cmdline_lint(cmdline, i)); i++) {
		fprintf(app->out, "%s%s%s: %s%s\n",
			paint_on(app, lint->certain ? PAINT_BAD : PAINT_UNKNOWN),
			p2p_lint_name(lint->kind), paint_off(app), lint->word,
			lint->certain ? "" : " (maybe)");
		print_wrapped(app->out, app->options.width, 4, lint->text);
	}
	if (p2p_cmdline_lint(cmdline, 0))
		return;
	fprintf(app->out, "The kernel command line of %s has no mistake about ACS or the "
		"IOMMU%s.\n",
		app_machine(app), p2p_cmdline_pci(cmdline, 0) ? "" : ": there is no pci= on it");
}

enum status fix_lint(struct app *app)
{
	const char *recorded = p2p_topology_machine(app->topology)->cmdline;
	struct p2p_cmdline *cmdline;
	bool wrong = false;
	const struct p2p_lint *lint;

	if (!recorded)
		return fail_with(app->failure, STATUS_INPUT, "the kernel command line of %s was "
				 "not recorded", app_machine(app));
	if (p2p_cmdline_new(app->context, app->topology, NULL, &cmdline))
		return fail_memory(app->failure);
	for (size_t i = 0; (lint = p2p_cmdline_lint(cmdline, i)); i++)
		wrong |= lint->certain;
	if (app->options.format == FORMAT_JSON) {
		document_print(app, document_members(app, "fix",
			{ "cmdline", json_text(recorded) },
			{ "lint", lints_json(cmdline) }));
	} else {
		print_text(app, cmdline);
	}
	p2p_cmdline_free(cmdline);
	return wrong ? STATUS_NO : STATUS_DONE;
}
