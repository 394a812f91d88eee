/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address: which BAR, bridge window or host bridge contains an address, and which device accessed it? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/address/explain.h"
#include "print/document.h"

/* Bytes of a log on standard input: no ring buffer of the kernel is larger (CONFIG_LOG_BUF_SHIFT is at most 25). */
#define MOST_INPUT ((size_t)64 << 20)

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

/* Joins the arguments into which the shell split a line. Return: NULL if out of memory. */
static char *join(const struct app *app)
{
	size_t length;
	char *text;
	FILE *out = p2p_text_open(&text, &length);

	if (!out)
		return NULL;
	for (int i = 0; i < app->argc; i++)
		fprintf(out, "%s%s", i ? " " : "", app->argv[i]);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

static enum status read_log(struct app *app, char **ret_text)
{
	char buffer[65536];
	size_t length, got;
	FILE *out = p2p_text_open(ret_text, &length);
	long size = 0;
	int error;

	if (!out)
		return fail_memory(app->failure);
	while ((got = fread(buffer, 1, sizeof(buffer), stdin)) > 0 && (size_t)(size += (long)got) <= MOST_INPUT)
		fwrite(buffer, 1, got, out);
	error = ferror(stdin) ? errno : 0;
	if (fclose(out))
		return fail_memory(app->failure);
	if (error)
		return fail_system(app->failure, -error, "standard input");
	return got ? fail_with(app->failure, STATUS_INPUT, "standard input: more than %zu MiB", MOST_INPUT >> 20) :
		     STATUS_DONE;
}

static enum status gather(struct app *app, char **ret_text)
{
	size_t used;

	if (app->argc == 1 && !strcmp(app->argv[0], "-")) {
		enum status status = read_log(app, ret_text);

		if (status)
			return status;
	} else {
		*ret_text = join(app);
		if (!*ret_text)
			return fail_memory(app->failure);
	}
	for (used = strlen(*ret_text); used && strchr(" \t\r\n", (*ret_text)[used - 1]); used--)
		(*ret_text)[used - 1] = '\0';
	return STATUS_DONE;
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
	struct faults *faults = calloc(1, sizeof(*faults));
	enum status status;
	char *text = NULL;

	if (!faults)
		return fail_memory(app->failure);
	status = gather(app, &text);
	if (!status)
		status = explain(app, text, faults);
	free(text);
	free(faults);
	return status;
}
