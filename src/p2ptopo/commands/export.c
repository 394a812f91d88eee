/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo export: write what other programs read, to the output or into a file that is replaced as a whole. */
#include <errno.h>
#include <string.h>

#include "export/export.h"

static enum status find_format(const struct app *app, const char *name,
			       const struct export_format **ret_format)
{
	char names[256] = "";

	for (size_t i = 0; (*ret_format = export_format(i)); i++) {
		size_t used = strlen(names);

		if (!strcmp((*ret_format)->name, name))
			return STATUS_DONE;
		snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
			 (*ret_format)->name);
	}
	return fail_with(app->failure, STATUS_USAGE, "there is no format '%s'; there are %s", name,
			 names);
}

/* Fails for an option of another format. If it were ignored, a file for a guest would have the addresses of the host. */
static enum status check_options(const struct app *app, const char *format)
{
	const struct options *options = &app->options;
	const struct { const char *option, *format; bool given; } rows[] = {
		{ "dialect", "nccl", options->dialect }, { "skeleton", "nccl", options->skeleton },
		{ "with-devices", "nccl", options->with_devices }, { "map", "nccl", options->map },
		{ "measured", "prometheus", options->measured },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].given && strcmp(rows[i].format, format) != 0)
			return fail_with(app->failure, STATUS_USAGE, "--%s is an option of export %s, not of export %s",
					 rows[i].option, rows[i].format, format);
	}
	return STATUS_DONE;
}

/** struct task - writing @format of @app into a file; @status: the result. */
struct task {
	struct app *app;
	const struct export_format *format;
	enum status status;
};

static int print_task(FILE *out, void *data)
{
	struct task *task = data;
	FILE *usual = task->app->out;

	task->app->out = out;
	task->status = task->format->write(task->app);
	task->app->out = usual;
	return task->status ? -ECANCELED : 0;
}

static enum status write_file(struct app *app, const struct export_format *format)
{
	struct task task = { app, format, STATUS_DONE };
	int error = p2p_file_print(app->context, app->options.output, 0, print_task, &task);

	return task.status || !error ? task.status : fail_library(app->failure, app->context, error);
}

enum status command_export(struct app *app)
{
	const struct export_format *format;
	enum status status;

	app->ascii = true;
	status = find_format(app, app->argv[0], &format);
	if (!status)
		status = check_options(app, format->name);
	if (!status)
		status = app_read(app, STAGE_EVALUATE);
	if (status)
		return status;
	return app->options.output ? write_file(app, format) : format->write(app);
}
