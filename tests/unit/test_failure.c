/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exit status of every errno, and the sentence of a failure. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "failure.h"

static const struct { int error; enum status status; } statuses[] = {
	{ 0, STATUS_DONE },
	{ -EXDEV, STATUS_USAGE },
	{ -EACCES, STATUS_ACCESS }, { -EPERM, STATUS_ACCESS }, { -EBUSY, STATUS_ACCESS },
	{ -ENODEV, STATUS_ACCESS }, { -ESTALE, STATUS_ACCESS }, { -EROFS, STATUS_ACCESS },
	{ -ENOENT, STATUS_INPUT }, { -EBADMSG, STATUS_INPUT }, { -EINVAL, STATUS_INPUT },
	{ -EISDIR, STATUS_INPUT }, { -ELOOP, STATUS_INPUT }, { -12345, STATUS_INPUT },
	{ -ENOMEM, STATUS_SYSTEM }, { -ENOSPC, STATUS_SYSTEM }, { -EIO, STATUS_SYSTEM },
	{ -EMFILE, STATUS_SYSTEM },
};

START_TEST(has_status)
{
	ck_assert_int_eq(failure_status(statuses[_i].error), statuses[_i].status);
}
END_TEST

START_TEST(keeps_last)
{
	struct failure failure = { 0 };

	ck_assert_int_eq(fail_with(&failure, STATUS_USAGE, "no %s", "column"), STATUS_USAGE);
	ck_assert_str_eq(failure.sentence, "no column");
	ck_assert_int_eq(fail_memory(&failure), STATUS_SYSTEM);
	ck_assert_int_eq(failure.status, STATUS_SYSTEM);
	ck_assert_str_eq(failure.sentence, "out of memory");
}
END_TEST

/* Whoever calls it: out of memory is what it is, and all else is the library's sentence. */
START_TEST(tells_library)
{
	struct failure failure = { 0 };
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	int error;

	ck_assert_int_eq(p2p_context_new(&context), 0);
	error = p2p_snapshot_load(context, "/dev/null/none", P2P_WANT_NAMES, &snapshot);
	ck_assert_int_lt(error, 0);
	ck_assert_int_eq(fail_library(&failure, context, error), STATUS_INPUT);
	ck_assert_str_eq(failure.sentence, p2p_context_error(context));
	ck_assert_int_eq(fail_library(&failure, context, -ENOMEM), STATUS_SYSTEM);
	ck_assert_str_eq(failure.sentence, "out of memory");
	p2p_context_free(context);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failure");
	TCase *tcase = tcase_create("failure");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, has_status, 0, sizeof(statuses) / sizeof(statuses[0]));
	tcase_add_test(tcase, keeps_last);
	tcase_add_test(tcase, tells_library);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
