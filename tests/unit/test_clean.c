/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is not ours is made harmless, whatever it is made of and wherever it is cut. */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print/clean.h"

/* @line: by clean_line(); the others: by a stream; NULL: as @line */
static const struct {
	const char *text, *line, *stream, *colour, *utf8;
} rows[] = {
	{ .text = "plain ~ text", .line = "plain ~ text" },
	{ .text = "nvme0\xc3\xa4\xe2\x94\x80\xf0\x9f\x98\x80",
	  .line = "nvme0\xc3\xa4\xe2\x94\x80\xf0\x9f\x98\x80" },
	/* C0, DEL */
	{ "a\nb\tc", "a?b?c", "a\nb\tc", "a\nb\tc", "a\nb\tc" },
	{ "a\rb\bc\ad\177e\001", "a?b?c?d?e?", .utf8 = "a\rb\bc\ad\177e\001" },
	/* Colours, and what only looks like them */
	{ "\033[31mred\033[0m", "?[31mred?[0m", NULL, "\033[31mred\033[0m", "\033[31mred\033[0m" },
	{ "\033[0;1;4;7;35mx", "?[0;1;4;7;35mx", NULL, "\033[0;1;4;7;35mx", "\033[0;1;4;7;35mx" },
	{ "\033[8mhidden", "?[8mhidden", .utf8 = "\033[8mhidden" },
	{ "\033[2J\033[H\033]0;title\a", "?[2J?[H?]0;title?", .utf8 = "\033[2J\033[H\033]0;title\a" },
	{ "\033[m\033[;m\033[31;;m\033[", "?[m?[;m?[31;;m?[", .utf8 = "\033[m\033[;m\033[31;;m\033[" },
	{ "\033\033[31mx", "??[31mx", NULL, "?\033[31mx", "\033\033[31mx" },
	{ "\033[00000000000000000000000000000000031m", "?[00000000000000000000000000000000031m",
	  .utf8 = "\033[00000000000000000000000000000000031m" },
	/* C1 as UTF-8, and as bytes */
	{ "a\xc2\x9b" "31mb\xc2\x80\xc2\x9f", "a?31mb??", .utf8 = "a\xc2\x9b" "31mb\xc2\x80\xc2\x9f" },
	{ "a\x9b" "31m", "a?31m", .utf8 = "a\xef\xbf\xbd" "31m" },
	/* No UTF-8: overlong, surrogates, too large, cut */
	{ "\xc0\x9b\xe0\x80\x9b", "?????",
	  .utf8 = "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xed\xa0\x80|\xf4\x90\x80\x80", "???|????",
	  .utf8 = "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xff\xfe", "??", .utf8 = "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "a\xe2\x94|", "a??|", .utf8 = "a\xef\xbf\xbd\xef\xbf\xbd|" },
};
#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

START_TEST(lines)
{
	char *text = strdup(rows[_i].text);

	ck_assert_str_eq(clean_line(text), rows[_i].line);
	free(text);
}
END_TEST

/* In pieces of @size bytes, as printf() and a full buffer may cut it. */
static void through_stream(const char *text, enum clean clean, size_t size, const char *expected)
{
	char got[256] = "";
	int ends[2];
	FILE *stream;

	ck_assert_int_eq(pipe(ends), 0);
	stream = clean_open(ends[1], clean);
	ck_assert_ptr_nonnull(stream);
	for (size_t at = 0; at < strlen(text); at += size) {
		fprintf(stream, "%.*s", (int)size, text + at);
		ck_assert_int_eq(fflush(stream), 0);
	}
	ck_assert_int_eq(fclose(stream), 0);
	close(ends[1]);
	ck_assert_int_ge(read(ends[0], got, sizeof(got) - 1), 0);
	close(ends[0]);
	ck_assert_str_eq(got, expected);
}

START_TEST(streams)
{
	const char *line = rows[_i].line, *plain = rows[_i].stream ? rows[_i].stream : line;

	for (size_t size = 1; size < 9; size++) {
		through_stream(rows[_i].text, CLEAN_TEXT, size, plain);
		through_stream(rows[_i].text, CLEAN_COLOUR, size,
			       rows[_i].colour ? rows[_i].colour : plain);
		through_stream(rows[_i].text, CLEAN_UTF8, size,
			       rows[_i].utf8 ? rows[_i].utf8 : line);
	}
}
END_TEST

/* One of each kind, and the neighbours that are fine. */
START_TEST(unsafe)
{
	static const uint32_t bad[] = {
		0, '\n', 0x1b, 0x7f, 0x80, 0x9b, 0x9f, 0xad, 0x61c, 0x200b, 0x200c, 0x200d, 0x200e,
		0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066,
		0x2067, 0x2068, 0x2069, 0xfeff, 0xfff9, 0xffff, 0xe0001, 0xe0041,
	};
	static const uint32_t good[] = { ' ', '~', 0xa0, 0xe4, 0x301, 0x2010, 0x2027, 0x202f, 0x2500,
					 0x4e2d, 0xfffd, 0x1f600, 0x10ffff };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(clean_is_unsafe(bad[i]), "U+%04X", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(!clean_is_unsafe(good[i]), "U+%04X", good[i]);
}
END_TEST

START_TEST(widths)
{
	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
	ck_assert_uint_eq(clean_width("abc"), 3);
	ck_assert_uint_eq(clean_width("\xc3\xa4\xe2\x94\x80"), 2);
	ck_assert_uint_eq(clean_width("\xe4\xb8\xad\xe6\x96\x87"), 4);
	ck_assert_uint_eq(clean_width("e\xcc\x81"), 1);
	ck_assert_uint_eq(clean_width("\xe2\x80\xae\033\xff"), 3);
	ck_assert_uint_eq(clean_fit("a\xc3\xa4" "b", 2), 3);
	ck_assert_uint_eq(clean_fit("\xe4\xb8\xad\xe6\x96\x87", 3), 3);
	ck_assert_uint_eq(clean_fit("e\xcc\x81x", 1), 3);
	ck_assert_uint_eq(clean_fit("abc", 9), 3);
}
END_TEST

START_TEST(tells_errors)
{
	FILE *stream = clean_open(-1, CLEAN_TEXT);

	fputs("text", stream);
	ck_assert_int_ne(fflush(stream), 0);
	ck_assert_int_ne(ferror(stream), 0);
	fclose(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clean");
	TCase *tests = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, lines, 0, ROWS);
	tcase_add_loop_test(tests, streams, 0, ROWS);
	tcase_add_test(tests, unsafe);
	tcase_add_test(tests, widths);
	tcase_add_test(tests, tells_errors);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
