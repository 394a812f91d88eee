/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cells of the viewer's screen: nothing is written beyond them, and wide characters stay whole. */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "make.h"
#include "view/terminal/screen.h"

#define WIDE "\xe6\x9f\x8f"		/* two cells */
#define COMBINING "e\xcc\x81"		/* one cell, the accent left out */

static const struct { const char *text; unsigned int x, room; bool unicode; const char *row; }
puts_[] = {
	{ "abc", 0, 10, true, "abc" },
	{ "abc", 8, 10, true, "        ab" },
	{ "abc", 10, 10, true, "" },
	{ "abc", 2, 2, true, "  ab" },
	{ "a\tb\x7f\x01", 0, 10, true, "a?b??" },
	{ "\xe2\x94\x94x", 0, 10, true, "\xe2\x94\x94x" },
	{ "\xe2\x94\x94x", 0, 10, false, "?x" },
	{ WIDE "x", 0, 10, true, WIDE "x" },
	{ WIDE "x", 9, 10, true, "" },
	{ "x" WIDE, 0, 2, true, "x" },
	{ COMBINING "x", 0, 10, true, "ex" },
	{ "\xff\xe2\x94x", 0, 10, false, "???x" },
	{ "\033[32mab\033[0mc", 0, 2, true, "ab" },
	{ "\033[99mab", 0, 10, true, "?[99mab" },
};

static char *print(const struct screen *screen, bool colour)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	ck_assert_ptr_nonnull(out);
	screen_print(screen, out, colour);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

START_TEST(puts_text)
{
	struct screen screen = { .unicode = puts_[_i].unicode };
	struct ink ink = { 0 };
	char *shown, wanted[64];

	ck_assert_int_eq(screen_resize(&screen, 10, 1), 0);
	screen_put(&screen, 0, puts_[_i].x, puts_[_i].room, ink, puts_[_i].text);
	screen_put(&screen, 1, 0, 10, ink, "below");
	shown = print(&screen, false);
	snprintf(wanted, sizeof(wanted), "%s\n", puts_[_i].row);
	ck_assert_str_eq(shown, wanted);
	free(shown);
	screen_free(&screen);
}
END_TEST

/* What is written over half of a wide character leaves no other half behind. */
START_TEST(cuts_wide)
{
	static const char *const rows[] = { "x cd\n", "a xd\n", "axyd\n" };
	static const struct { unsigned int x; const char *text; } over[] = {
		{ 0, "x" }, { 2, "x" }, { 1, "xy" },
	};

	for (size_t i = 0; i < 3; i++) {
		struct screen screen = { .unicode = true };
		struct ink ink = { 0 };
		char *shown;

		ck_assert_int_eq(screen_resize(&screen, 4, 1), 0);
		screen_put(&screen, 0, 0, 4, ink, i ? "a" WIDE "d" : WIDE "cd");
		screen_put(&screen, 0, over[i].x, 4, ink, over[i].text);
		shown = print(&screen, false);
		ck_assert_str_eq(shown, rows[i]);
		free(shown);
		screen_free(&screen);
	}
}
END_TEST

START_TEST(prints_colours)
{
	struct screen screen = { .unicode = true };
	char *shown;

	ck_assert_int_eq(screen_resize(&screen, 6, 1), 0);
	screen_field(&screen, 0, 0, 4, (struct ink){ PAINT_BAD, STYLE_REVERSE }, true, "ab");
	shown = print(&screen, true);
	ck_assert_str_eq(shown, "\033[0;31;7m  ab\033[0m\n");
	free(shown);
	screen_free(&screen);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_loop_test(tcase, puts_text, 0, sizeof(puts_) / sizeof(puts_[0]));
	tcase_add_test(tcase, cuts_wide);
	tcase_add_test(tcase, prints_colours);
}

int main(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		puts("there is no C.UTF-8 here");
		return 77;
	}
	return run_cases("screen", add);
}
