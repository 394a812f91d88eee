/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "machine/save.h"
#include "print/json_text.h"

enum status save_text(const struct app *app, const char *path, const char *text)
{
	int error = p2p_file_write(app->context, path, 0, text, strlen(text));

	return error ? fail_library(app->failure, app->context, error) : STATUS_DONE;
}

enum status save_document(const struct app *app, const char *path, struct json_object *document)
{
	char *text = NULL;
	size_t size = 0;
	FILE *memory = p2p_text_open(&text, &size);
	enum status status;

	if (memory)
		json_text_indent(memory, document);
	if (!memory || fclose(memory) || p2p_lost_count())
		status = fail_memory(app->failure);
	else
		status = save_text(app, path, text);
	free(text);
	return status;
}
