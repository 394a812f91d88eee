/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address: which BAR, bridge window or host bridge contains an address, and which device accessed it? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/address/explain.h"
#include "print/document.h"

/* Limit for a pasted log: more than enough for one fault. */
#define MOST_INPUT 65536

/* The document itself describes the first fault; the others are a list in it. */
static enum status print_json(const struct app *app, const struct faults *faults)
{
	struct json_object *document = document_new(app, "address");
	struct json_object *others = p2p_json_new_array();
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < faults->count; i++) {
		struct json_object *object = i ? p2p_json_new_object() : document;

		if (!explain_json(object, app, faults, i))
			status = STATUS_NO;
		if (i)
			p2p_json_append(others, object);
	}
	json_put(document, "others", others);
	json_put(document, "left_out", json_count(faults->left_out));
	document_print(app, document);
	return status;
}

/* Joins the arguments into which the shell split a line, or reads standard input. Return: NULL if out of memory. */
static char *gather(const struct app *app)
{
	bool piped = app->argc == 1 && !strcmp(app->argv[0], "-");
	size_t size = piped ? MOST_INPUT + 1 : 1, used = 0;
	char *text;

	for (int i = 0; i < app->argc; i++)
		size += strlen(app->argv[i]) + 1;
	text = malloc(size);
	if (!text)
		return NULL;
	if (piped)
		used = fread(text, 1, MOST_INPUT, stdin);
	for (int i = 0; !piped && i < app->argc; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "", app->argv[i]);
	while (used && strchr(" \t\r\n", text[used - 1]))
		used--;
	text[used] = '\0';
	return text;
}

static enum status explain(struct app *app, char *text, struct faults *faults)
{
	enum status status = fault_parse_all(app->failure, text, faults);

	if (status)
		return status;
	return app->options.format == FORMAT_JSON ? print_json(app, faults) :
						    explain_text(app, faults, FAULTS_MOST);
}

enum status command_address(struct app *app)
{
	char *text = gather(app);
	int error = ferror(stdin) ? errno : 0;
	struct faults *faults = calloc(1, sizeof(*faults));
	enum status status;

	if (!text || !faults)
		status = fail_memory(app->failure);
	else if (error)
		status = fail_system(app->failure, -error, "standard input");
	else
		status = explain(app, text, faults);
	free(text);
	free(faults);
	return status;
}
