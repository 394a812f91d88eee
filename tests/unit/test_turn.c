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
#include "machine/turn.h"

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
	struct turn first, second, third;

	ck_assert_int_eq(turn_queue(run_dir, false, &first), 0);
	ck_assert_int_eq(turn_queue(run_dir, false, &second), -EALREADY);
	turn_end(&second);
	ck_assert_int_eq(turn_start(&first), 0);
	/* One runs: another one may wait, and only one. */
	ck_assert_int_eq(turn_queue(run_dir, false, &second), 0);
	ck_assert_int_eq(turn_queue(run_dir, false, &third), -EALREADY);
	turn_end(&third);
	turn_end(&first);
	ck_assert_int_eq(turn_start(&second), 0);
	turn_end(&second);
}
END_TEST

/* The file goes before the machine is read: what is asked from then on is for the next one. */
START_TEST(test_asked)
{
	struct turn first, second;

	ck_assert_int_eq(turn_ask(run_dir), 0);
	ck_assert_int_eq(turn_queue(run_dir, false, &first), 0);
	ck_assert(is_asked());
	ck_assert_int_eq(turn_start(&first), 0);
	ck_assert(!is_asked());
	ck_assert_int_eq(turn_ask(run_dir), 0);
	turn_end(&first);
	ck_assert(is_asked());
	ck_assert_int_eq(turn_queue(run_dir, false, &second), 0);
	ck_assert_int_eq(turn_start(&second), 0);
	ck_assert(!is_asked());
	turn_end(&second);
}
END_TEST

/* A child that has the descriptors too, and lives on, holds up nobody. */
START_TEST(test_inherited)
{
	struct turn turn, next;
	int ends[2];
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(turn_queue(run_dir, false, &turn), 0);
	child = fork();
	if (child == 0) {
		char byte;

		close(ends[1]);
		_exit(read(ends[0], &byte, 1) < 0);
	}
	ck_assert_int_eq(turn_start(&turn), 0);
	ck_assert_int_eq(turn_queue(run_dir, false, &next), 0);
	turn_end(&next);
	turn_end(&turn);
	close(ends[1]);
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

/* The one that waits begins when the one that runs is done, not before. */
START_TEST(test_blocks)
{
	struct turn turn, next;
	int ends[2];
	struct pollfd begun;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(turn_queue(run_dir, true, &turn), 0);
	ck_assert_int_eq(turn_start(&turn), 0);
	child = fork();
	if (child == 0) {
		turn_end(&turn);	/* its copies of the locks */
		_exit(turn_queue(run_dir, true, &next) || turn_start(&next) ||
		      write(ends[1], "x", 1) != 1);
	}
	begun = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	ck_assert_int_eq(poll(&begun, 1, 300), 0);
	turn_end(&turn);
	ck_assert_int_eq(poll(&begun, 1, 10000), 1);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(test_settle)
{
	struct turn turn;
	int64_t began;
	pid_t child;

	ck_assert_int_eq(turn_queue(run_dir, false, &turn), 0);
	began = now_ms();
	turn_settle(&turn);
	ck_assert_int_lt(now_ms() - began, 2000);
	/* Somebody asks again and again for a second. */
	child = fork();
	if (child == 0) {
		for (int i = 0; i < 10; i++) {
			turn_ask(run_dir);
			usleep(100000);
		}
		_exit(0);
	}
	usleep(50000);
	began = now_ms();
	turn_settle(&turn);
	ck_assert_int_ge(now_ms() - began, 1000);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	turn_end(&turn);
}
END_TEST

START_TEST(test_nowhere)
{
	struct turn turn;

	strcat(run_dir, "/not/there");
	ck_assert_int_eq(turn_queue(run_dir, false, &turn), -ENOENT);
	turn_end(&turn);
	ck_assert_int_eq(turn_ask(run_dir), -ENOENT);
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
	return run_cases("turn", add);
}
