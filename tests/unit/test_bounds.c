/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a pair is expected to carry 10 GB/s, by what is known of its speed. */
#include <check.h>
#include <stdlib.h>

#include <p2ppolicy/all.h>

static const struct {
	enum p2p_fact fact;
	enum p2p_limit limit;
	bool at_most;
	double has;
	enum p2p_tri answer;
} rows[] = {
	{ P2P_PRESENT, P2P_LIMIT_LINK, false, 10, P2P_YES }, { P2P_PRESENT, P2P_LIMIT_LINK, false, 9, P2P_NO },
	{ P2P_PRESENT, P2P_LIMIT_LINK, true, 10, P2P_YES }, { P2P_PRESENT, P2P_LIMIT_LINK, true, 9, P2P_NO },
	{ P2P_DENIED, P2P_LIMIT_LINK, false, 10, P2P_YES }, { P2P_DENIED, P2P_LIMIT_LINK, false, 9, P2P_UNKNOWN },
	{ P2P_DENIED, P2P_LIMIT_LINK, true, 10, P2P_UNKNOWN },
	{ P2P_DENIED, P2P_LIMIT_UNDECIDED, false, 20, P2P_UNKNOWN },
	{ P2P_DENIED, P2P_LIMIT_OWN_LINK, false, 20, P2P_UNKNOWN },
	{ P2P_PRESENT, P2P_LIMIT_REFUSED, false, 20, P2P_NO }, { P2P_PRESENT, P2P_LIMIT_BLOCKED, false, 20, P2P_NO },
	{ P2P_DENIED, P2P_LIMIT_UNKNOWN, false, 0, P2P_UNKNOWN },
};

START_TEST(answers)
{
	struct p2p_speed speed = { .fact = rows[_i].fact, .limit = rows[_i].limit, .at_most = rows[_i].at_most,
				   .gbytes_per_second = rows[_i].has };

	ck_assert_int_eq(p2p_speed_at_least(&speed, 10), rows[_i].answer);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bounds");
	TCase *tcase = tcase_create("bounds");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, answers, 0, P2P_LENGTH(rows));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
