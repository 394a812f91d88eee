/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How JSON is laid out, to the byte: the golden cases compare only what it says. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

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

int main(void)
{
	Suite *suite = suite_create("json_text");
	TCase *tcase = tcase_create("json_text");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, lays_out, 0, sizeof(layouts) / sizeof(layouts[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
