/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "machine/save.h"

enum status save_text(const struct app *app, const char *path, const char *text)
{
	int error = p2p_file_write(app->context, path, 0, text, strlen(text));

	return error ? fail_library(app->failure, app->context, error) : STATUS_DONE;
}
