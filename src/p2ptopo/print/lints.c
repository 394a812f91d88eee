/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/document.h"
#include "print/lints.h"
#include "print/words.h"

struct json_object *lints_json(const struct p2p_cmdline *cmdline)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_lint *lint;

	for (size_t i = 0; (lint = p2p_cmdline_lint(cmdline, i)); i++)
		p2p_json_append(array, json_members(
			{ "kind", json_text(p2p_lint_name(lint->kind)) },
			{ "certain", json_flag(lint->certain) },
			{ "word", json_text(lint->word) },
			{ "text", json_text(lint->text) }));
	return array;
}

void lints_notes(const struct app *app, const struct p2p_cmdline *cmdline)
{
	const struct p2p_lint *lint;

	for (size_t i = 0; (lint = p2p_cmdline_lint(cmdline, i)); i++) {
		int column;

		if (!lint->certain)
			continue;
		column = fprintf(app->out, "! kernel command line: %s: ", lint->word);
		words_wrap(app->out, lint->text, (size_t)column, 2, app->options.width);
	}
}
