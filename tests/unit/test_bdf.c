/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include <p2ppolicy/all.h>

static const struct { const char *text, *canonical; } good[] = {
	{ "0000:3b:00.0", "0000:3b:00.0" },
	{ "3b:00.0", "0000:3b:00.0" },
	{ "3B:1f.7", "0000:3b:1f.7" },
	{ "10000:00:02.0", "10000:00:02.0" },
	{ "ffffffff:ff:1f.7", "ffffffff:ff:1f.7" },
	{ "1:2:3.4", "0001:02:03.4" },
};

static const char *const bad[] = {
	"", "3b", "3b:00", "3b:00.8", "3b:20.0", "100:00.0", "g0:00.0", "3b:00.0 ", " 3b:00.0",
	"123456789:00:00.0", ":00:00.0", "0000::00.0", "0000:00:00.", "0000:00:.0", "a:b:c:d.0",
	"0x1:00:00.0", "-1:00:00.0",
};

START_TEST(parses)
{
	char buffer[P2P_BDF_SIZE];
	struct p2p_bdf bdf;

	ck_assert_int_eq(p2p_bdf_parse(good[_i].text, &bdf), 0);
	ck_assert_str_eq(p2p_bdf_format(bdf, buffer), good[_i].canonical);
}
END_TEST

START_TEST(refuses)
{
	struct p2p_bdf bdf = { 1, 2, 3 };

	ck_assert_int_eq(p2p_bdf_parse(bad[_i], &bdf), -EINVAL);
	ck_assert_int_eq(bdf.domain, 1);
}
END_TEST

START_TEST(orders)
{
	struct p2p_bdf low = { 0, 0xff, 0xff }, high = { 1, 0, 0 };

	ck_assert_int_lt(p2p_bdf_compare(low, high), 0);
	ck_assert_int_gt(p2p_bdf_compare(high, low), 0);
	ck_assert_int_eq(p2p_bdf_compare(low, low), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bdf");
	TCase *tcase = tcase_create("bdf");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, parses, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tcase, refuses, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, orders);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
