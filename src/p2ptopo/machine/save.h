/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text files; see p2p_file_write() for what is replaced and what is refused. */
#ifndef P2PTOPO_SAVE_H
#define P2PTOPO_SAVE_H

#include <json-c/json.h>

#include "app.h"

/** save_text() - write @text to @path, all of it or nothing. */
enum status save_text(const struct app *app, const char *path, const char *text);

/** save_document() - likewise a document, which stays the caller's. */
enum status save_document(const struct app *app, const char *path, struct json_object *document);

#endif
