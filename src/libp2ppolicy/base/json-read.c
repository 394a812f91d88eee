/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/json-read.h"
#include "base/json-scalar.h"

#define MOST_BYTES	((size_t)16 << 20)
#define MOST_DEPTH	32
#define MOST_VALUES	((size_t)1 << 22)
#define WORD_SIZE	64
#define WORDS		"+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct parser {
	struct p2p_json *json;
	const char *text;
	size_t at, values;
	unsigned int flags, depth;
};

static int index_lines(struct p2p_json *json)
{
	const char *end = json->text + json->size, *at = json->text;
	size_t count = 1;

	for (; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		count++;
	json->lines = calloc(count, sizeof(*json->lines));
	if (!json->lines)
		return -ENOMEM;
	json->line_count = 1;
	for (at = json->text; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		json->lines[json->line_count++] = (size_t)(at + 1 - json->text);
	return 0;
}

static void locate(const struct p2p_json *json, size_t offset, unsigned int *ret_line,
		   unsigned int *ret_column)
{
	size_t low = 0, high = json->line_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (json->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	*ret_line = (unsigned int)low + 1;
	*ret_column = (unsigned int)(offset - json->lines[low]) + 1;
}

/* The offset at which a value begins is kept in its userdata, which json-c does not use here. */
void p2p_json_position(const struct p2p_json *json, const struct json_object *node,
		       unsigned int *ret_line, unsigned int *ret_column)
{
	locate(json, (size_t)(uintptr_t)json_object_get_userdata((struct json_object *)node),
	       ret_line, ret_column);
}

struct json_object *p2p_json_member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

const char *p2p_json_word(struct json_object *object, const char *key)
{
	struct json_object *value = p2p_json_member(object, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

size_t p2p_json_length(const struct json_object *list)
{
	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

static int error_at(const struct parser *parser, size_t offset, const char *what)
{
	const struct p2p_json *json = parser->json;
	unsigned int line, column;

	locate(json, offset, &line, &column);
	return p2p_error(json->context, -EBADMSG, "%s:%u:%u: %s", json->name, line, column, what);
}

static int unexpected(const struct parser *parser)
{
	if (!parser->text[parser->at])
		return error_at(parser, parser->at, parser->text[strspn(parser->text, " \t\r\n")] ?
				"the file ends inside a value" : "the file is empty");
	return error_at(parser, parser->at, "not JSON: unexpected character");
}

/* Go to the next character that is neither space nor part of a comment. */
static int skip(struct parser *parser)
{
	for (;;) {
		const char *at = parser->text + parser->at, *end = NULL;

		at += strspn(at, " \t\r\n");
		parser->at = (size_t)(at - parser->text);
		if (!(parser->flags & P2P_JSON_COMMENTS) || *at != '/')
			return 0;
		if (at[1] == '/')
			end = at + strcspn(at, "\n");
		else if (at[1] == '*' && !(end = strstr(at + 2, "*/")))
			return error_at(parser, parser->at, "unterminated comment");
		else if (at[1] == '*')
			end += 2;
		else
			return 0;
		parser->at = (size_t)(end - parser->text);
	}
}

static int wrong_scalar(struct parser *parser, int error)
{
	switch (error) {
	case -EILSEQ:
		return error_at(parser, parser->at,
				"not JSON: a string that is not UTF-8 or has an unknown escape");
	case -EDOM:
		return error_at(parser, parser->at, "an escape in this string is not a character");
	case -EINVAL:
		return error_at(parser, parser->at, "not JSON: not a number, true, false or null");
	case -ERANGE:
		return error_at(parser, parser->at, "a number out of range");
	default:
		return error;
	}
}

static int parse_string(struct parser *parser, struct json_object **ret_value)
{
	const char *literal = parser->text + parser->at;
	size_t length = 1;
	int r;

	for (; literal[length] != '"'; length++) {
		if (literal[length] == '\\' && literal[length + 1])
			length++;
		if (!literal[length])
			return error_at(parser, parser->json->size, "the file ends inside a value");
		if ((unsigned char)literal[length] < ' ')
			return error_at(parser, parser->at + length,
					"a control character in a string");
	}
	r = p2p_json_decode_string(literal + 1, length - 1, ret_value);
	if (r)
		return wrong_scalar(parser, r);
	parser->at += length + 1;
	return 0;
}

/* A number, true, false or null. */
static int parse_word(struct parser *parser, struct json_object **ret_value)
{
	size_t length = strspn(parser->text + parser->at, WORDS);
	char text[WORD_SIZE] = "";
	int r;

	if (!length)
		return unexpected(parser);
	if (length >= sizeof(text))
		return error_at(parser, parser->at, "a number of too many digits");
	memcpy(text, parser->text + parser->at, length);
	r = p2p_json_decode_word(text, ret_value);
	if (r)
		return wrong_scalar(parser, r);
	if (!*ret_value && !(parser->flags & P2P_JSON_NULLS))
		return error_at(parser, parser->at, "null is not allowed here");
	parser->at += length;
	return 0;
}

static int parse_value(struct parser *parser, struct json_object **ret_value);

static int parse_element(struct parser *parser, struct json_object *array)
{
	struct json_object *value = NULL;
	int r = parse_value(parser, &value);

	if (!r && json_object_array_add(array, value)) {
		json_object_put(value);
		r = -ENOMEM;
	}
	return r;
}

static int parse_member_value(struct parser *parser, struct json_object *object, const char *name)
{
	struct json_object *value = NULL;
	int r = skip(parser);

	if (!r && parser->text[parser->at] != ':')
		return unexpected(parser);
	parser->at++;
	if (!r)
		r = skip(parser);
	if (!r)
		r = parse_value(parser, &value);
	if (!r && json_object_object_add(object, name, value)) {
		json_object_put(value);
		r = -ENOMEM;
	}
	return r;
}

static int parse_member(struct parser *parser, struct json_object *object)
{
	size_t start = parser->at;
	struct json_object *key = NULL;
	char sentence[256];
	int r = parser->text[start] == '"' ? parse_string(parser, &key) : unexpected(parser);

	if (r)
		return r;
	if (json_object_object_get_ex(object, json_object_get_string(key), NULL)) {
		snprintf(sentence, sizeof(sentence), "duplicate key \"%s\"",
			 json_object_get_string(key));
		r = error_at(parser, start, sentence);
	} else {
		r = parse_member_value(parser, object, json_object_get_string(key));
	}
	json_object_put(key);
	return r;
}

/* Parse the members of an object or a list, from its opening character up to and including @end. */
static int parse_members(struct parser *parser, struct json_object *container, char end,
			 int (*parse)(struct parser *, struct json_object *))
{
	int r;

	if (++parser->depth > MOST_DEPTH)
		return error_at(parser, parser->at, "nested too deeply");
	parser->at++;
	r = skip(parser);
	while (!r && parser->text[parser->at] != end) {
		r = parse(parser, container);
		if (!r)
			r = skip(parser);
		if (r || parser->text[parser->at] == end)
			break;
		if (parser->text[parser->at] != ',')
			return unexpected(parser);
		parser->at++;
		r = skip(parser);
		/* The most common slip when JSON is written by hand. */
		if (!r && parser->text[parser->at] == end)
			return error_at(parser, parser->at,
					"expected a value after the comma before this");
	}
	parser->at++;
	parser->depth--;
	return r;
}

static int parse_container(struct parser *parser, struct json_object **ret_value)
{
	bool is_object = parser->text[parser->at] == '{';
	struct json_object *container = is_object ? json_object_new_object() :
						    json_object_new_array();
	int r;

	if (!container)
		return -ENOMEM;
	r = is_object ? parse_members(parser, container, '}', parse_member) :
			parse_members(parser, container, ']', parse_element);
	if (r)
		json_object_put(container);
	else
		*ret_value = container;
	return r;
}

static int parse_value(struct parser *parser, struct json_object **ret_value)
{
	size_t start = parser->at;
	char c = parser->text[start];
	int r;

	if (++parser->values > MOST_VALUES)
		return error_at(parser, start, "too many values");
	if (c == '{' || c == '[')
		r = parse_container(parser, ret_value);
	else if (c == '"')
		r = parse_string(parser, ret_value);
	else
		r = parse_word(parser, ret_value);
	if (!r && *ret_value)
		json_object_set_userdata(*ret_value, (void *)(uintptr_t)start, NULL);
	return r;
}

static int parse_text(struct parser *parser)
{
	struct p2p_json *json = parser->json;
	const char *zero = memchr(json->text, '\0', json->size);
	int r;

	if (zero)
		return error_at(parser, (size_t)(zero - json->text), "a zero byte");
	r = skip(parser);
	if (!r)
		r = parse_value(parser, &json->root);
	if (!r)
		r = skip(parser);
	return !r && parser->text[parser->at] ? unexpected(parser) : r;
}

int p2p_json_parse(struct p2p_context *context, const char *name, const char *text, size_t size,
		   unsigned int flags, struct p2p_json *ret_json)
{
	struct parser parser = { .json = ret_json, .text = text, .flags = flags };
	int r;

	*ret_json = (struct p2p_json){ .context = context, .name = name, .text = text,
				       .size = size };
	r = index_lines(ret_json);
	if (!r)
		r = parse_text(&parser);
	if (r)
		p2p_json_clear(ret_json);
	return r == -ENOMEM ? p2p_error(context, r, "out of memory") : r;
}

int p2p_json_read(struct p2p_context *context, const char *name, int fd, unsigned int flags,
		  struct p2p_json *ret_json)
{
	struct p2p_buffer text = { 0 };
	int r = p2p_buffer_read(fd, MOST_BYTES, &text);

	if (r == -ENOMEM)
		r = p2p_error(context, r, "out of memory");
	else if (r == -EFBIG)
		r = p2p_error(context, -EBADMSG, "%s: larger than 16 MiB", name);
	else if (r < 0)
		r = p2p_error(context, r, "%s: %s", name, strerror(-r));
	else
		r = p2p_json_parse(context, name, text.data, text.size, flags, ret_json);
	if (r)
		free(text.data);
	else
		ret_json->owned = text.data;
	return r;
}

void p2p_json_clear(struct p2p_json *json)
{
	free(json->owned);
	json_object_put(json->root);
	free(json->lines);
	*json = (struct p2p_json){ 0 };
}
