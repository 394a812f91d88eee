/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One refresh runs, one waits, and nothing that was asked is lost. */
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "files.h"
#include "make.h"

#include "machine/run_dir.h"
#include "machine/refresh_lock.h"

static char *directory;
static char run_dir[PATH_MAX], asked[PATH_MAX];

static void set_up(void)
{
	directory = make_directory();
	snprintf(run_dir, sizeof(run_dir), "%.64s/run", directory);
	snprintf(asked, sizeof(asked), "%.80s/" ASKED_FILE, run_dir);
}

static void tear_down(void)
{
	remove_directory(directory);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_asked(void)
{
	return !access(asked, F_OK);
}

START_TEST(test_one_waits)
{
	struct refresh_lock first, second, third;

	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &first), 0);
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &second), -EALREADY);
	refresh_lock_end(&second);
	ck_assert_int_eq(refresh_lock_start(&first), 0);
	/* One runs: another one may wait, and only one. */
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &second), 0);
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &third), -EALREADY);
	refresh_lock_end(&third);
	refresh_lock_end(&first);
	ck_assert_int_eq(refresh_lock_start(&second), 0);
	refresh_lock_end(&second);
}
END_TEST

/* The file goes before the machine is read: what is asked from then on is for the next one. */
START_TEST(test_asked)
{
	struct refresh_lock first, second;

	ck_assert_int_eq(refresh_lock_ask(run_dir), 0);
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &first), 0);
	ck_assert(is_asked());
	ck_assert_int_eq(refresh_lock_start(&first), 0);
	ck_assert(!is_asked());
	ck_assert_int_eq(refresh_lock_ask(run_dir), 0);
	refresh_lock_end(&first);
	ck_assert(is_asked());
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &second), 0);
	ck_assert_int_eq(refresh_lock_start(&second), 0);
	ck_assert(!is_asked());
	refresh_lock_end(&second);
}
END_TEST

/* A child that has the descriptors too, and lives on, holds up nobody. */
START_TEST(test_inherited)
{
	struct refresh_lock lock, next;
	int ends[2];
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &lock), 0);
	child = fork();
	if (child == 0) {
		char byte;

		close(ends[1]);
		_exit(read(ends[0], &byte, 1) < 0);
	}
	ck_assert_int_eq(refresh_lock_start(&lock), 0);
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &next), 0);
	refresh_lock_end(&next);
	refresh_lock_end(&lock);
	close(ends[1]);
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

/* The one that waits begins when the one that runs is done, not before. */
START_TEST(test_blocks)
{
	struct refresh_lock lock, next;
	int ends[2];
	struct pollfd begun;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(refresh_lock_queue(run_dir, true, &lock), 0);
	ck_assert_int_eq(refresh_lock_start(&lock), 0);
	child = fork();
	if (child == 0) {
		refresh_lock_end(&lock);	/* its copies of the locks */
		_exit(refresh_lock_queue(run_dir, true, &next) || refresh_lock_start(&next) ||
		      write(ends[1], "x", 1) != 1);
	}
	begun = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	ck_assert_int_eq(poll(&begun, 1, 300), 0);
	refresh_lock_end(&lock);
	ck_assert_int_eq(poll(&begun, 1, 10000), 1);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(test_settle)
{
	struct refresh_lock lock;
	int64_t began;
	pid_t child;

	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &lock), 0);
	began = now_ms();
	refresh_lock_settle(&lock);
	ck_assert_int_lt(now_ms() - began, 2000);
	/* Somebody asks again and again for a second. */
	child = fork();
	if (child == 0) {
		for (int i = 0; i < 10; i++) {
			refresh_lock_ask(run_dir);
			usleep(100000);
		}
		_exit(0);
	}
	usleep(50000);
	began = now_ms();
	refresh_lock_settle(&lock);
	ck_assert_int_ge(now_ms() - began, 1000);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	refresh_lock_end(&lock);
}
END_TEST

START_TEST(test_nowhere)
{
	struct refresh_lock lock;

	strcat(run_dir, "/not/there");
	ck_assert_int_eq(refresh_lock_queue(run_dir, false, &lock), -ENOENT);
	refresh_lock_end(&lock);
	ck_assert_int_eq(refresh_lock_ask(run_dir), -ENOENT);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_one_waits);
	tcase_add_test(tcase, test_asked);
	tcase_add_test(tcase, test_inherited);
	tcase_add_test(tcase, test_blocks);
	tcase_add_test(tcase, test_settle);
	tcase_add_test(tcase, test_nowhere);
}

int main(void)
{
	return run_cases("refresh_lock", add);
}
