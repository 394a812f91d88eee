/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How JSON is laid out, to the byte: the golden cases compare only what it says. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "print/json_line.h"
#include "print/json_text.h"

static const struct { const char *plain, *indented; } layouts[] = {
	{ "{}", "{}\n" },
	{ "[]", "[]\n" },
	{ "[[],{},[{}]]", "[\n  [],\n  {},\n  [\n    {}\n  ]\n]\n" },
	{ "{\"a\":[],\"b\":{}}", "{\n  \"a\": [],\n  \"b\": {}\n}\n" },
	{ "{\"a\":1,\"b\":[true,null,-1.5]}",
	  "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null,\n    -1.5\n  ]\n}\n" },
	/* what looks like punctuation inside a string, and the end of a string inside one */
	{ "[\"{}[],:\\\"\\\\\",\"a/b\"]", "[\n  \"{}[],:\\\"\\\\\",\n  \"a/b\"\n]\n" },
	{ "\"\"", "\"\"\n" },
	{ "7", "7\n" },
};

START_TEST(lays_out)
{
	struct json_object *object = json_tokener_parse(layouts[_i].plain);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_str_eq(json_text_plain(object), layouts[_i].plain);
	json_text_indent(out, object);
	fclose(out);
	ck_assert_str_eq(text, layouts[_i].indented);
	json_object_put(object);
	free(text);
}
END_TEST

/* An object printed in pieces looks as it does whole. */
START_TEST(pieces_are_the_whole)
{
	const char *plain = "{\"a\":1,\"none\":[],\"some\":[{\"b\":[2]},3],\"c\":{\"d\":4}}";
	struct json_object *whole = json_tokener_parse(plain), *first = json_tokener_parse("{\"a\":1}");
	struct json_object *list = json_object_object_get(whole, "some");
	char *text[2] = { NULL, NULL };
	size_t size[2];
	FILE *out = open_memstream(&text[0], &size[0]);

	json_text_indent(out, whole);
	fclose(out);
	out = open_memstream(&text[1], &size[1]);
	json_text_open(out, first);
	json_text_member(out, "none");
	json_text_end_list(out, 0);
	json_text_member(out, "some");
	for (size_t i = 0; i < json_object_array_length(list); i++)
		json_text_element(out, json_object_array_get_idx(list, i), i);
	json_text_end_list(out, json_object_array_length(list));
	json_text_member(out, "c");
	json_text_value(out, json_object_object_get(whole, "c"));
	json_text_close(out);
	fclose(out);
	ck_assert_str_eq(text[0], text[1]);
	free(text[0]);
	free(text[1]);
	json_object_put(whole);
	json_object_put(first);
}
END_TEST

/* Each byte that a string may have, beside others, is written as json-c writes it. */
START_TEST(line_writes_as_json_c)
{
	for (int byte = 1; byte < 256; byte++) {
		char text[] = { 'a', (char)byte, (char)byte, 'b', (char)byte, '\0' };
		struct json_object *string = json_object_new_string(text), *raw;
		struct json_line line = { 0 };

		line_text(&line, text);
		ck_assert_str_eq(line.text, json_text_plain(string));
		raw = line_object(&line);
		ck_assert_str_eq(json_text_plain(raw), json_text_plain(string));
		json_object_put(raw);
		json_object_put(string);
	}
}
END_TEST

START_TEST(line_nests)
{
	struct json_line line = { 0 };

	line_raw(&line, "{");
	line_key(&line, "list");
	line_raw(&line, "[");
	line_item(&line);
	line_number(&line, -1);
	line_item(&line);
	line_count(&line, UINT64_MAX);
	line_item(&line);
	line_text(&line, "[");
	line_item(&line);
	line_text(&line, NULL);
	line_raw(&line, "]");
	line_key(&line, "real");
	line_decimal(&line, 0.0625);
	line_key(&line, "same");
	line_decimal(&line, 0.0625);
	line_key(&line, "other");
	line_decimal(&line, 0);
	line_key(&line, "no");
	line_flag(&line, false);
	line_key(&line, "perhaps");
	line_tri(&line, P2P_UNKNOWN);
	line_raw(&line, "}");
	ck_assert_str_eq(line.text, "{\"list\":[-1,18446744073709551615,\"[\",null],\"real\":0.062,\"same\":0.062,\"other\":0.000,"
				    "\"no\":false,\"perhaps\":null}");
	free(line.text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_text");
	TCase *tcase = tcase_create("json_text");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, lays_out, 0, sizeof(layouts) / sizeof(layouts[0]));
	tcase_add_test(tcase, pieces_are_the_whole);
	tcase_add_test(tcase, line_writes_as_json_c);
	tcase_add_test(tcase, line_nests);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
