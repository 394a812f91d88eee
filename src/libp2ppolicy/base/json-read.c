/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json-read.h"

#define MOST_BYTES	((size_t)16 << 20)
#define MOST_DEPTH	32
#define MOST_VALUES	((size_t)1 << 22)
#define WORD_SIZE	64
#define WORDS		"+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define REPLACEMENT	"\xef\xbf\xbd"	/* U+FFFD: json-c puts it where half a pair stood */

struct parser {
	struct p2p_json *json;
	const char *text;
	size_t at, values;
	unsigned int flags, depth;
	struct json_tokener *tokener;
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

/* Where a value begins is kept in its userdata, which json-c has no use for here. */
void p2p_json_position(const struct p2p_json *json, const struct json_object *node,
		       unsigned int *ret_line, unsigned int *ret_column)
{
	locate(json, (size_t)(uintptr_t)json_object_get_userdata((struct json_object *)node),
	       ret_line, ret_column);
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
		return error_at(parser, parser->at, "the file ends inside a value");
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

/* Have json-c decode a value without members, of which was seen where it ends. */
static int decode(struct parser *parser, const char *text, size_t length, const char *expected,
		  struct json_object **ret_value)
{
	/* Strict 0.18 takes bytes above 0x7f for control characters, which were looked for here. */
	json_tokener_set_flags(parser->tokener, *text == '"' ? JSON_TOKENER_VALIDATE_UTF8 :
							       JSON_TOKENER_STRICT);
	json_tokener_reset(parser->tokener);
	*ret_value = json_tokener_parse_ex(parser->tokener, text, (int)length);
	if (json_tokener_get_error(parser->tokener) == json_tokener_success)
		return 0;
	return error_at(parser, parser->at, expected);
}

/* Half of a surrogate pair, and a zero that hides what comes behind it, stand for no character. */
static bool is_text(const char *literal, size_t length, struct json_object *value)
{
	const char *text = json_object_get_string(value);

	if (strlen(text) != (size_t)json_object_get_string_len(value))
		return false;
	return !strstr(text, REPLACEMENT) || (!memmem(literal, length, "\\ud", 3) &&
					      !memmem(literal, length, "\\uD", 3));
}

static int parse_string(struct parser *parser, struct json_object **ret_value)
{
	const char *literal = parser->text + parser->at;
	struct json_object *value;
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
	r = decode(parser, literal, ++length,
		   "not JSON: a string that is not UTF-8 or has an unknown escape", &value);
	if (!r && !is_text(literal, length, value)) {
		json_object_put(value);
		r = error_at(parser, parser->at, "an escape in this string is no character");
	}
	if (r)
		return r;
	parser->at += length;
	*ret_value = value;
	return 0;
}

/* Does a whole number fit 64 bits?  json-c takes the nearest one that does. */
static bool is_in_range(const char *text)
{
	char *end;

	errno = 0;
	if (*text == '-')
		(void)strtoll(text, &end, 10);
	else
		(void)strtoull(text, &end, 10);
	return errno != ERANGE || *end;
}

/* A number, true, false or null. */
static int parse_word(struct parser *parser, struct json_object **ret_value)
{
	size_t length = strspn(parser->text + parser->at, WORDS);
	char text[WORD_SIZE] = "";
	double number;
	int r;

	if (!length)
		return unexpected(parser);
	if (length >= sizeof(text))
		return error_at(parser, parser->at, "a number of too many digits");
	memcpy(text, parser->text + parser->at, length);
	if (!is_in_range(text))
		return error_at(parser, parser->at, "a number out of range");
	r = decode(parser, text, length + 1,
		   "not JSON: not a number, true, false or null", ret_value);
	if (!r && !*ret_value && !(parser->flags & P2P_JSON_NULLS))
		return error_at(parser, parser->at, "null is not allowed here");
	if (!r && json_object_is_type(*ret_value, json_type_double)) {
		/* json-c keeps the text of such a number where the position goes. */
		number = json_object_get_double(*ret_value);
		json_object_put(*ret_value);
		if (!isfinite(number))
			return error_at(parser, parser->at, "a number out of range");
		*ret_value = json_object_new_double(number);
		r = *ret_value ? 0 : -ENOMEM;
	}
	parser->at += length;
	return r;
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

/* The members of an object or a list, from its opening to behind @end. */
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
		/* The most common slip of who writes JSON by hand. */
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
	parser.tokener = json_tokener_new();
	r = parser.tokener ? index_lines(ret_json) : -ENOMEM;
	if (!r)
		r = parse_text(&parser);
	if (parser.tokener)
		json_tokener_free(parser.tokener);
	if (r)
		p2p_json_clear(ret_json);
	return r == -ENOMEM ? p2p_error(context, r, "out of memory") : r;
}

int p2p_json_read(struct p2p_context *context, const char *name, int fd, unsigned int flags,
		  struct p2p_json *ret_json)
{
	char *text = calloc(1, MOST_BYTES + 2);
	size_t size = 0;
	ssize_t done;
	int r;

	if (!text)
		return p2p_error(context, -ENOMEM, "out of memory");
	while ((done = read(fd, text + size, MOST_BYTES + 1 - size)) > 0)
		size += (size_t)done;
	if (done < 0)
		r = p2p_error(context, -errno, "%s: %s", name, strerror(errno));
	else if (size > MOST_BYTES)
		r = p2p_error(context, -EBADMSG, "%s: larger than 16 MiB", name);
	else
		r = p2p_json_parse(context, name, text, size, flags, ret_json);
	if (r)
		free(text);
	else
		ret_json->owned = text;
	return r;
}

void p2p_json_clear(struct p2p_json *json)
{
	free(json->owned);
	json_object_put(json->root);
	free(json->lines);
	*json = (struct p2p_json){ 0 };
}
