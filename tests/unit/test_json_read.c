/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON that somebody else wrote: what is taken, what is refused, and where. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-read.h"
#include "files.h"
#include "make.h"

#define ALL (P2P_JSON_COMMENTS | P2P_JSON_NULLS)

static const struct { const char *text, *plain; unsigned int flags; } good[] = {
	{ "{}", "{}", 0 },
	{ " [ ] ", "[]", 0 },
	{ "{\"a\":[1,-2,0],\"b\":{\"a\":true}}", "{\"a\":[1,-2,0],\"b\":{\"a\":true}}", 0 },
	{ "[18446744073709551615,-9223372036854775808]",
	  "[18446744073709551615,-9223372036854775808]", 0 },
	{ "[1.5,2e3,-0.25]", "[1.5,2000.0,-0.25]", 0 },
	{ "[null]", "[null]", P2P_JSON_NULLS },
	{ "/* a */[// b\n1/**/,/*\n*/2]//", "[1,2]", P2P_JSON_COMMENTS },
	{ "[\"// no comment /* here\"]", "[\"// no comment /* here\"]", P2P_JSON_COMMENTS },
	{ "[\"\\ud83d\\ude00\\u00e4\\\"\\\\\\n\"]", "[\"\xf0\x9f\x98\x80\xc3\xa4\\\"\\\\\\n\"]", 0 },
	{ "[\"\xf0\x9f\x98\x80\xef\xbf\xbd\"]", "[\"\xf0\x9f\x98\x80\xef\xbf\xbd\"]", 0 },
	{ "\"scalar\"", "\"scalar\"", 0 },
	/* the same key in two objects, and keys that begin alike */
	{ "[{\"a\":1},{\"a\":2,\"ab\":3}]", "[{\"a\":1},{\"a\":2,\"ab\":3}]", 0 },
};

static const struct { const char *text, *error; unsigned int flags; } bad[] = {
	{ "", "text:1:1: the file is empty", ALL },
	{ "{\"a\":1", ":1:7: the file ends inside a value", ALL },
	{ "[\"abc", ":1:6: the file ends inside a value", ALL },
	{ "[\"abc\\", ":1:7: the file ends inside a value", ALL },
	{ "[1] x", ":1:5: not JSON", ALL },
	{ "[1 2]", ":1:4: not JSON", ALL },
	{ "{\"a\" 1}", ":1:6: not JSON", ALL },
	{ "{a:1}", ":1:2: not JSON", ALL },
	{ "{1:1}", ":1:2: not JSON", ALL },
	{ "[1}", ":1:3: not JSON", ALL },
	{ "[,1]", ":1:2: not JSON", ALL },
	{ "[1,\n\n 2, ]", ":3:5: expected a value after the comma", ALL },
	{ "{\"a\":1,}", ":1:8: expected a value after the comma", ALL },
	{ "[TRUE]", ":1:2: not JSON", ALL },
	{ "[truefalse]", ":1:2: not JSON", ALL },
	{ "[1]/* x", ":1:4: unterminated comment", ALL },
	{ "[1/ 2]", ":1:3: not JSON", ALL },
	{ "[1] // x", ":1:5: not JSON", P2P_JSON_NULLS },
	{ "[\n null]", ":2:2: null is not allowed here", P2P_JSON_COMMENTS },
	/* numbers */
	{ "[18446744073709551616]", ":1:2: a number out of range", ALL },
	{ "[-9223372036854775809]", ":1:2: a number out of range", ALL },
	{ "[1e999]", ":1:2: a number out of range", ALL },
	{ "[NaN]", ":1:2: ", ALL },
	{ "[-Infinity]", ":1:2: ", ALL },
	{ "[-]", ":1:2: not JSON", ALL },
	{ "[01]", ":1:2: not JSON", ALL },
	{ "[1.]", ":1:2: not JSON", ALL },
	{ "[1.e3]", ":1:2: not JSON", ALL },
	{ "[1e]", ":1:2: not JSON", ALL },
	{ "[0x10]", ":1:2: not JSON", ALL },
	{ "[00000000000000000000000000000000000000000000000000000000000000001]", ":1:2: a number of too many digits", ALL },
	/* strings */
	{ "[\"a\nb\"]", ":1:4: a control character", ALL },
	{ "[\"\xff\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\xe4\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\\x\"]", ":1:2: not JSON: a string that is not UTF-8 or has an unknown", ALL },
	{ "[\"\\ud800\"]", ":1:2: an escape in this string is not a character", ALL },
	{ "[\"\\uDC00x\"]", ":1:2: an escape in this string is not a character", ALL },
	{ "[\"a\\u0000b\"]", ":1:2: an escape in this string is not a character", ALL },
	{ "{\"a\\u0000b\":1}", ":1:2: an escape in this string is not a character", ALL },
	{ "[\"\xe4\xb8\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\xe4xx\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\xc0\xaf\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\xe0\x80\xaf\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\xed\xa0\x80\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\xf0\x80\x80\xaf\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\xf4\x90\x80\x80\"]", ":1:2: not JSON: a string that is not UTF-8", ALL },
	{ "[\"\\u12\"]", ":1:2: not JSON: a string that is not UTF-8 or has an unknown", ALL },
	{ "[\"\\u12g4\"]", ":1:2: not JSON: a string that is not UTF-8 or has an unknown", ALL },
	{ "[\"\\ud83d\\u12\"]", ":1:2: an escape in this string is not a character", ALL },
	/* a key twice: of the same type, of others, at any depth, and spelled in another way */
	{ "{\"a\":1,\"a\":1}", ":1:8: duplicate key \"a\"", ALL },
	{ "{\"a\":[1],\n\"a\":{\"b\":1}}", ":2:1: duplicate key \"a\"", ALL },
	{ "{\"a\":{},\"a\":[]}", ":1:9: duplicate key \"a\"", ALL },
	{ "{\"a\":\"x\",\"a\":[]}", ":1:10: duplicate key \"a\"", ALL },
	{ "{\"a\":null,\"a\":{}}", ":1:11: duplicate key \"a\"", ALL },
	{ "[[{\"x\":{\"a\":{},\"b\":1,\"a\":7}}]]", ":1:22: duplicate key \"a\"", ALL },
	{ "{\"a\":1,\"\\u0061\":[]}", ":1:8: duplicate key \"a\"", ALL },
};

static int parse(struct p2p_context *context, const char *text, unsigned int flags,
		 struct p2p_json *ret_json)
{
	return p2p_json_parse(context, "text", text, strlen(text), flags, ret_json);
}

START_TEST(takes)
{
	struct p2p_context *context = make_context();
	struct p2p_json json;

	ck_assert_int_eq(parse(context, good[_i].text, good[_i].flags, &json), 0);
	ck_assert_str_eq(json_object_to_json_string_ext(json.root, JSON_C_TO_STRING_PLAIN |
							JSON_C_TO_STRING_NOSLASHESCAPE),
			 good[_i].plain);
	p2p_json_clear(&json);
	p2p_context_free(context);
}
END_TEST

START_TEST(refuses)
{
	struct p2p_context *context = make_context();
	struct p2p_json json;

	ck_assert_int_eq(parse(context, bad[_i].text, bad[_i].flags, &json), -EBADMSG);
	ck_assert_msg(strstr(p2p_context_error(context), bad[_i].error), "%s",
		      p2p_context_error(context));
	ck_assert_ptr_null(json.root);
	p2p_context_free(context);
}
END_TEST

START_TEST(refuses_zero_bytes)
{
	struct p2p_context *context = make_context();
	struct p2p_json json;

	ck_assert_int_eq(p2p_json_parse(context, "text", "[1,\n\0]", 6, ALL, &json), -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context), "text:2:1: a zero byte");
	p2p_context_free(context);
}
END_TEST

/* As deep as json-c goes, and not one deeper. */
START_TEST(limits_depth)
{
	struct p2p_context *context = make_context();
	char text[2 * 33 + 1] = "";
	struct p2p_json json;

	memset(text, '[', 32);
	memset(text + 32, ']', 32);
	ck_assert_int_eq(parse(context, text, ALL, &json), 0);
	p2p_json_clear(&json);
	memset(text, '[', 33);
	memset(text + 33, ']', 33);
	ck_assert_int_eq(parse(context, text, ALL, &json), -EBADMSG);
	ck_assert_str_eq(p2p_context_error(context), "text:1:33: nested too deeply");
	p2p_context_free(context);
}
END_TEST

/* A whole text is taken, and none that is cut. */
START_TEST(cut_anywhere)
{
	static const char text[] = "{\"a\":[1,\"b\\u00e4\",{}],/* x */\"c\":true}";
	struct p2p_context *context = make_context();
	struct p2p_json json;

	for (size_t size = 0; size < sizeof(text) - 1; size++) {
		char *part = strndup(text, size);

		ck_assert_int_eq(parse(context, part, ALL, &json), -EBADMSG);
		free(part);
	}
	ck_assert_int_eq(parse(context, text, ALL, &json), 0);
	p2p_json_clear(&json);
	p2p_context_free(context);
}
END_TEST

static void expect_at(const struct p2p_json *json, struct json_object *node, unsigned int line,
		      unsigned int column)
{
	unsigned int found_line, found_column;

	p2p_json_position(json, node, &found_line, &found_column);
	ck_assert_uint_eq(found_line, line);
	ck_assert_uint_eq(found_column, column);
}

START_TEST(knows_positions)
{
	static const char text[] = "{\"a\": 1.5,\n\n /* c\n */ \"b\":[true,\n{},\"x\"]}\n";
	struct p2p_context *context = make_context();
	struct json_object *list;
	struct p2p_json json;

	ck_assert_int_eq(parse(context, text, ALL, &json), 0);
	expect_at(&json, json.root, 1, 1);
	expect_at(&json, json_object_object_get(json.root, "a"), 1, 7);
	list = json_object_object_get(json.root, "b");
	expect_at(&json, list, 4, 9);
	expect_at(&json, json_object_array_get_idx(list, 0), 4, 10);
	expect_at(&json, json_object_array_get_idx(list, 1), 5, 1);
	expect_at(&json, json_object_array_get_idx(list, 2), 5, 4);
	p2p_json_clear(&json);
	p2p_context_free(context);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, takes, 0, ROWS(good));
	tcase_add_loop_test(tcase, refuses, 0, ROWS(bad));
	tcase_add_test(tcase, refuses_zero_bytes);
	tcase_add_test(tcase, limits_depth);
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_test(tcase, knows_positions);
}

int main(void)
{
	return run_cases("json_read", add_cases);
}
