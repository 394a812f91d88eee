/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON as people read it.  The indented form of json-c differs between its releases in how an
 * empty list looks, so only its plain form is used, and indented here.
 */
#ifndef P2PTOPO_PRINT_JSON_TEXT_H
#define P2PTOPO_PRINT_JSON_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include <json-c/json.h>

/** json_text_plain() - on one line, without spaces.  Return: owned by @object. */
const char *json_text_plain(struct json_object *object);

/**
 * json_text_ascii() - print the first @size bytes of what json_text_plain() made as ASCII without '<', so
 *	that it can stand in a page; '?' for what is unsafe or no UTF-8.
 */
void json_text_ascii(FILE *out, const char *text, size_t size);

/** json_text_indent() - print @object over several lines, and end the last one. */
void json_text_indent(FILE *out, struct json_object *object);

#endif
