/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON for human readers.  The indented form of json-c prints empty lists differently in different releases,
 * so only its plain form is used, and indented here.
 */
#ifndef P2PTOPO_PRINT_JSON_TEXT_H
#define P2PTOPO_PRINT_JSON_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include <json-c/json.h>

/** json_text_plain() - the text on one line, without spaces. Return: owned by @object. */
const char *json_text_plain(struct json_object *object);

/**
 * json_text_ascii() - print the first @size bytes of what json_text_plain() made as ASCII without '<', so
 *	that it can be embedded in a page; '?' for what is unsafe or not UTF-8.
 */
void json_text_ascii(FILE *out, const char *text, size_t size);

/** json_text_indent() - print @object on several lines, including the last newline. */
void json_text_indent(FILE *out, struct json_object *object);

/*
 * The same in pieces, for an object whose lists are too long for memory: json_text_open() prints @object,
 * which has members, without its end, and json_text_close() ends it.  In between, each json_text_member() is followed
 * by json_text_value(), or by json_text_element() for each element, counted from 0, and json_text_end_list().
 */
void json_text_open(FILE *out, struct json_object *object);
void json_text_member(FILE *out, const char *key);
void json_text_value(FILE *out, struct json_object *value);
void json_text_element(FILE *out, struct json_object *element, size_t index);
void json_text_end_list(FILE *out, size_t count);
void json_text_close(FILE *out);

#endif
