/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/document.h"

#define MOST_BYTES (16u << 20)

struct cursor {
	const struct p2p_document *document;
	size_t at;
};

static void position(const struct p2p_document *document, size_t offset, unsigned int *ret_line,
		     unsigned int *ret_column)
{
	unsigned int line = 1, column = 1;

	for (size_t i = 0; i < offset && i < document->size; i++) {
		column++;
		if (document->text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

__attribute__((format(printf, 3, 4)))
static int error_at(const struct p2p_document *document, size_t offset, const char *format, ...)
{
	unsigned int line, column;
	char sentence[512];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	position(document, offset, &line, &column);
	return p2p_error(document->context, -EBADMSG, "%s:%u:%u: %s", document->path, line, column,
			 sentence);
}

/* Where a value begins is kept in its userdata, which json-c has no use for here. */
static size_t offset_of(const struct json_object *node)
{
	return (size_t)(uintptr_t)json_object_get_userdata((struct json_object *)node);
}

void p2p_document_position(const struct p2p_document *document, const struct json_object *node,
			   unsigned int *ret_line, unsigned int *ret_column)
{
	position(document, offset_of(node), ret_line, ret_column);
}

int p2p_document_error(const struct p2p_document *document, const struct json_object *node,
		       const char *format, ...)
{
	char sentence[512];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	return error_at(document, offset_of(node), "%s", sentence);
}

/* The end of the string literal that opens at @at. */
static size_t string_end(const char *text, size_t size, size_t at)
{
	for (at++; at < size && text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at < size ? at + 1 : size;
}

/* Turn comments into spaces; what is left keeps its place. */
static int blank_comments(struct p2p_document *document)
{
	char *text = document->text;
	size_t size = document->size;

	for (size_t i = 0; i < size;) {
		size_t start = i;
		const char *end;

		if (text[i] == '"') {
			i = string_end(text, size, i);
			continue;
		}
		if (text[i] != '/' || i + 1 == size || (text[i + 1] != '/' && text[i + 1] != '*')) {
			i++;
			continue;
		}
		end = text[i + 1] == '/' ? strchr(text + i, '\n') : strstr(text + i + 2, "*/");
		if (!end && text[i + 1] == '*')
			return error_at(document, start, "this comment does not end");
		i = !end ? size : (size_t)(end - text) + (*end == '*' ? 2 : 0);
		for (; start < i; start++)
			if (text[start] != '\n')
				text[start] = ' ';
	}
	return 0;
}

/* The most common slip of who writes JSON by hand: a comma after the last value. */
static bool is_after_comma(const struct p2p_document *document, size_t at)
{
	const char *text = document->text;

	if (at >= document->size || !strchr("]}", text[at]))
		return false;
	while (at && strchr(" \t\r\n", text[at - 1]))
		at--;
	return at && text[at - 1] == ',';
}

static int parse(struct p2p_document *document)
{
	struct json_tokener *tokener = json_tokener_new();
	enum json_tokener_error error;
	size_t end;

	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With the terminating zero json-c knows that nothing follows. */
	document->root = json_tokener_parse_ex(tokener, document->text, (int)document->size + 1);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (error == json_tokener_continue || error == json_tokener_error_parse_eof)
		return error_at(document, document->size, "the file ends inside a value");
	if (error != json_tokener_success && is_after_comma(document, end))
		return error_at(document, end, "expected another value after the comma before this");
	if (error != json_tokener_success)
		return error_at(document, end, "not JSON: %s", json_tokener_error_desc(error));
	if (!json_object_is_type(document->root, json_type_object))
		return error_at(document, 0, "expected an object, { ... }");
	return 0;
}

static char skip_space(struct cursor *cursor)
{
	const char *text = cursor->document->text;

	while (text[cursor->at] && strchr(" \t\r\n", text[cursor->at]))
		cursor->at++;
	return text[cursor->at];
}

static int locate(struct cursor *cursor, struct json_object *node);

/* Read the key at the cursor; the text is JSON, so it is a string. */
static struct json_object *read_key(struct cursor *cursor)
{
	const struct p2p_document *document = cursor->document;
	size_t start = cursor->at, end = string_end(document->text, document->size, start);
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *key = NULL;

	if (tokener)
		key = json_tokener_parse_ex(tokener, document->text + start, (int)(end - start));
	json_tokener_free(tokener);
	cursor->at = end;
	return key;
}

static int locate_member(struct cursor *cursor, struct json_object *node,
			 struct json_object *seen)
{
	size_t start = cursor->at;
	struct json_object *key = read_key(cursor), *value;
	const char *name = key ? json_object_get_string(key) : "";
	int r;

	if (!key)
		return -ENOMEM;
	if (json_object_object_get_ex(seen, name, NULL)) {
		r = error_at(cursor->document, start, "\"%s\" stands here a second time", name);
	} else if (json_object_object_add(seen, name, json_object_new_boolean(1))) {
		r = -ENOMEM;
	} else {
		skip_space(cursor);
		cursor->at++;		/* the colon */
		value = json_object_object_get(node, name);
		r = locate(cursor, value);
	}
	json_object_put(key);
	return r;
}

static int locate_object(struct cursor *cursor, struct json_object *node)
{
	struct json_object *seen = json_object_new_object();
	int r = seen ? 0 : -ENOMEM;

	cursor->at++;
	while (!r && skip_space(cursor) != '}') {
		if (cursor->document->text[cursor->at] == ',') {
			cursor->at++;
			continue;
		}
		r = locate_member(cursor, node, seen);
	}
	cursor->at++;
	json_object_put(seen);
	return r;
}

static int locate_array(struct cursor *cursor, struct json_object *node)
{
	size_t index = 0;
	int r = 0;

	cursor->at++;
	while (!r && skip_space(cursor) != ']') {
		if (cursor->document->text[cursor->at] == ',')
			cursor->at++;
		else
			r = locate(cursor, json_object_array_get_idx(node, index++));
	}
	cursor->at++;
	return r;
}

/* Walk the text beside the tree that json-c made of it, and note where each value begins. */
static int locate(struct cursor *cursor, struct json_object *node)
{
	const char *text = cursor->document->text;

	skip_space(cursor);
	if (!node)
		return error_at(cursor->document, cursor->at, "null means nothing here");
	json_object_set_userdata(node, (void *)(uintptr_t)cursor->at, NULL);
	switch (text[cursor->at]) {
	case '{':
		return locate_object(cursor, node);
	case '[':
		return locate_array(cursor, node);
	case '"':
		cursor->at = string_end(text, cursor->document->size, cursor->at);
		return 0;
	default:
		if (!strchr("-0123456789tf", text[cursor->at]))
			return error_at(cursor->document, cursor->at, "not JSON: unexpected character");
		cursor->at += strcspn(text + cursor->at, ",]} \t\r\n");
		return 0;
	}
}

static int read_text(struct p2p_document *document)
{
	FILE *file = fopen(document->path, "re");
	int r = 0;

	if (!file)
		return p2p_error(document->context, -errno, "%s: %s", document->path,
				 strerror(errno));
	document->text = calloc(1, MOST_BYTES + 2);
	if (document->text)
		document->size = fread(document->text, 1, MOST_BYTES + 1, file);
	if (!document->text)
		r = -ENOMEM;
	else if (ferror(file))
		r = p2p_error(document->context, -EIO, "%s: it cannot be read", document->path);
	else if (document->size > MOST_BYTES)
		r = p2p_error(document->context, -EBADMSG, "%s: larger than 16 MiB", document->path);
	else if (memchr(document->text, '\0', document->size))
		r = error_at(document, strlen(document->text), "a zero byte");
	fclose(file);
	return r;
}

int p2p_document_load(struct p2p_context *context, const char *path,
		      struct p2p_document **ret_document)
{
	struct p2p_document *document = calloc(1, sizeof(*document));
	struct cursor cursor = { document, 0 };
	int r;

	if (!document)
		return -ENOMEM;
	document->context = context;
	document->path = strdup(path);
	r = document->path ? read_text(document) : -ENOMEM;
	assert(r || document->text);
	if (!r)
		r = blank_comments(document);
	if (!r)
		r = parse(document);
	if (!r)
		r = locate(&cursor, document->root);
	if (r) {
		p2p_document_free(document);
		return r;
	}
	*ret_document = document;
	return 0;
}

struct p2p_document *p2p_document_free(struct p2p_document *document)
{
	if (document) {
		json_object_put(document->root);
		free(document->text);
		free(document->path);
		free(document);
	}
	return NULL;
}

struct json_object *p2p_document_member(struct json_object *node, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(node, name, &value);
	return value;
}

static int unknown_key(const struct p2p_document *document, struct json_object *value,
		       const char *name, const char *const *keys)
{
	char known[256] = "";
	size_t used = 0;

	for (; *keys && used < sizeof(known); keys++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 used ? ", " : "", *keys);
	return p2p_document_error(document, value, "\"%s\" is no key here; expected one of %s",
				  name, known);
}

int p2p_document_keys(const struct p2p_document *document, struct json_object *node,
		      const char *const *keys)
{
	json_object_object_foreach(node, name, value) {
		const char *const *key = keys;

		while (*key && strcmp(*key, name) != 0)
			key++;
		if (!*key)
			return unknown_key(document, value, name, keys);
	}
	return 0;
}

int p2p_document_flag(const struct p2p_document *document, struct json_object *node,
		      const char *name, bool *ret_flag)
{
	struct json_object *value = p2p_document_member(node, name);

	if (value && !json_object_is_type(value, json_type_boolean))
		return p2p_document_error(document, value, "\"%s\" must be true or false", name);
	*ret_flag = value && json_object_get_boolean(value);
	return 0;
}

int p2p_document_why(const struct p2p_document *document, struct json_object *node,
		     const char **ret_why)
{
	struct json_object *value = p2p_document_member(node, "why");

	if (value && !json_object_is_type(value, json_type_string))
		return p2p_document_error(document, value, "\"why\" must be text");
	*ret_why = value ? json_object_get_string(value) : "";
	return 0;
}

int p2p_document_head(const struct p2p_document *document, const struct p2p_document_form *form)
{
	const char *keys[sizeof(form->keys) / sizeof(form->keys[0]) + 3] = { "format", "version" };
	struct json_object *format = p2p_document_member(document->root, "format");
	struct json_object *version = p2p_document_member(document->root, "version");

	if (!format || !json_object_is_type(format, json_type_string) ||
	    strcmp(json_object_get_string(format), form->format) != 0)
		return p2p_document_error(document, format ? format : document->root,
					  "expected \"format\": \"%s\"", form->format);
	if (!version || !json_object_is_type(version, json_type_int) ||
	    json_object_get_int64(version) != form->version)
		return p2p_document_error(document, version ? version : document->root,
					  "expected \"version\": %d", form->version);
	for (size_t i = 0; form->keys[i]; i++)
		keys[i + 2] = form->keys[i];
	return p2p_document_keys(document, document->root, keys);
}
