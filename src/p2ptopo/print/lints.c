/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/document.h"
#include "print/lints.h"
#include "print/words.h"

struct json_object *lints_json(const struct p2p_cmdline *cmdline)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_lint *lint;

	for (size_t i = 0; (lint = p2p_cmdline_lint(cmdline, i)); i++) {
		struct json_object *object = p2p_json_new_object();

		json_put(object, "kind", json_text(p2p_lint_name(lint->kind)));
		json_put(object, "certain", json_flag(lint->certain));
		json_put(object, "word", json_text(lint->word));
		json_put(object, "text", json_text(lint->text));
		p2p_json_append(array, object);
	}
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
