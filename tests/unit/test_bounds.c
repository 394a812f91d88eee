/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a pair is expected to carry 10 GB/s, by what is known of its speed. */
#include "make.h"

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
	{ P2P_PRESENT, P2P_LIMIT_UNDECIDED, false, 20, P2P_UNKNOWN }, { P2P_DENIED, P2P_LIMIT_UNDECIDED, true, 9, P2P_UNKNOWN },
	{ P2P_PRESENT, P2P_LIMIT_OWN_LINK, false, 20, P2P_UNKNOWN }, { P2P_PRESENT, P2P_LIMIT_OWN_LINK, false, 9, P2P_UNKNOWN },
	{ P2P_PRESENT, P2P_LIMIT_WRITES_ONLY, false, 0, P2P_NO },
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

static void add(TCase *tcase)
{
	tcase_add_loop_test(tcase, answers, 0, P2P_LENGTH(rows));
}

int main(void)
{
	return run_cases("bounds", add);
}
