/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refused requests from the kernel log, explained as the command address does. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/address/explain.h"
#include "commands/report/report.h"
#include "print/document.h"
#include "print/hint.h"
#include "print/output.h"
#include "print/words.h"

#define MOST_SHOWN 3

int survey_faults(const struct app *app, struct survey *survey)
{
	const char *log = p2p_snapshot_faults(app->snapshot);
	struct failure failure = { 0 };
	char *text;

	if (!*log)
		return 0;
	text = strdup(log);
	survey->faults = calloc(1, sizeof(*survey->faults));
	/* If none can be used, the count of those left out says so. */
	if (text && survey->faults)
		fault_parse_all(&failure, text, survey->faults);
	free(text);
	return text && survey->faults ? 0 : -ENOMEM;
}

void report_print_faults(const struct app *app, const struct survey *survey)
{
	const struct faults *faults = survey->faults;
	char more[WORDS_SIZE];

	if (!faults || (!faults->count && !faults->left_out))
		return;
	fprintf(app->out, "\n%sfaults in the kernel's log%s\n", paint_on(app, PAINT_BOLD),
		paint_off(app));
	explain_text(app, faults, MOST_SHOWN);
	if (faults->count <= MOST_SHOWN)
		return;
	fprintf(app->out, "\n%s", words_count(faults->count - MOST_SHOWN, "more fault", more));
	hint_line(app, ": ", "report --json", NULL, NULL);
}

struct json_object *report_faults_json(const struct app *app, const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; survey->faults && i < survey->faults->count; i++) {
		struct json_object *object = p2p_json_new_object();

		explain_json(object, app, survey->faults, i);
		p2p_json_append(array, object);
	}
	return array;
}
