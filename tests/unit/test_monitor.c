/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshot's renewal is heard; the kernel's events are tested in tests/vm. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/monitor.h"
#include "machine/run_dir.h"

static char base[64], run_dir[96];

static void setup(void)
{
	snprintf(base, sizeof(base), "/tmp/p2ptopo-monitor.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(base));
	snprintf(run_dir, sizeof(run_dir), "%s/run", base);
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", base);
	ck_assert_int_eq(system(command), 0);
}

/* As a refresh does it: written aside, renamed into place. */
static void put(const char *name)
{
	char aside[128], path[128];
	FILE *file;

	snprintf(aside, sizeof(aside), "%s/.aside", run_dir);
	snprintf(path, sizeof(path), "%s/%s", run_dir, name);
	file = fopen(aside, "w");
	ck_assert_ptr_nonnull(file);
	fputs("x", file);
	fclose(file);
	ck_assert_int_eq(rename(aside, path), 0);
}

static void count_renewals(void *data, const struct monitor_event *event)
{
	int *count = data;

	*count += event->kind == MONITOR_SNAPSHOT;
}

static int renewals(struct monitor *monitor)
{
	struct pollfd wait = { .fd = monitor_fd(monitor), .events = POLLIN };
	int count = 0;

	ck_assert_int_ge(poll(&wait, 1, 0), 0);
	ck_assert_int_ge(monitor_drain(monitor, count_renewals, &count), 0);
	if (count)
		ck_assert_int_eq(wait.revents, POLLIN);
	return count;
}

START_TEST(test_renewal)
{
	struct monitor *monitor;

	ck_assert_int_eq(mkdir(run_dir, 0755), 0);
	ck_assert_int_eq(monitor_new(run_dir, &monitor), 0);
	ck_assert_int_eq(renewals(monitor), 0);
	put("something-else");
	ck_assert_int_eq(renewals(monitor), 0);
	put(SNAPSHOT_FILE);
	put(SNAPSHOT_FILE);
	ck_assert_int_eq(renewals(monitor), 1);
	ck_assert_int_eq(renewals(monitor), 0);
	ck_assert_ptr_null(monitor_free(monitor));
}
END_TEST

/* The directory comes later, perhaps with the snapshot in it already. */
static void check_appearance(struct monitor *monitor)
{
	ck_assert_int_eq(renewals(monitor), 0);
	ck_assert_int_eq(mkdir(run_dir, 0755), 0);
	for (int i = 0; i < 2; i++) {
		put(SNAPSHOT_FILE);
		ck_assert_int_eq(renewals(monitor), 1);
	}
}

START_TEST(test_directory_appears)
{
	struct monitor *monitor;

	ck_assert_int_eq(monitor_new(run_dir, &monitor), 0);
	check_appearance(monitor);
	monitor_free(monitor);
}
END_TEST

/* It goes, and comes again. */
START_TEST(test_directory_returns)
{
	struct monitor *monitor;
	char path[128];

	ck_assert_int_eq(mkdir(run_dir, 0755), 0);
	ck_assert_int_eq(monitor_new(run_dir, &monitor), 0);
	put(SNAPSHOT_FILE);
	ck_assert_int_eq(renewals(monitor), 1);
	snprintf(path, sizeof(path), "%s/%s", run_dir, SNAPSHOT_FILE);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(run_dir), 0);
	check_appearance(monitor);
	monitor_free(monitor);
}
END_TEST

START_TEST(test_free_nothing)
{
	ck_assert_ptr_null(monitor_free(NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("monitor");
	TCase *tests = tcase_create("renewal");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_renewal);
	tcase_add_test(tests, test_directory_appears);
	tcase_add_test(tests, test_directory_returns);
	tcase_add_test(tests, test_free_nothing);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
