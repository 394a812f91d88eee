/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following a machine: when it is read, which readings are dropped, and what counts as a change. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "machine/compare.h"

/* The monitor of the test: an event is a count in @fd, and what is in @event. */
static struct {
	int fd;
	struct monitor_event event;
} heard;

/* The next reading: @tears makes an event while it goes on. */
static struct {
	enum status status;
	bool tears;
	int64_t saved_at;
	unsigned int count, released;
} reading;

int monitor_new(const char *run_dir, struct monitor **ret_monitor)
{
	(void)run_dir;
	*ret_monitor = (struct monitor *)&heard;
	return 0;
}

struct monitor *monitor_free(struct monitor *monitor)
{
	(void)monitor;
	return NULL;
}

int monitor_fd(const struct monitor *monitor)
{
	(void)monitor;
	return heard.fd;
}

int monitor_drain(struct monitor *monitor,
		  void (*seen)(void *data, const struct monitor_event *event), void *data)
{
	eventfd_t count = 0;

	(void)monitor;
	if (eventfd_read(heard.fd, &count) < 0)
		return errno == EAGAIN ? 0 : -errno;
	seen(data, &heard.event);
	return (int)count;
}

enum status app_read(struct app *app, enum stage stage)
{
	ck_assert_int_eq(stage, STAGE_EVALUATE);
	reading.count++;
	if (reading.tears)
		ck_assert_int_eq(eventfd_write(heard.fd, 1), 0);
	app->saved_at = reading.saved_at;
	return reading.status;
}

void app_release(struct app *app)
{
	(void)app;
	reading.released++;
}

static struct follower follower;
static struct app shown, next;

static void setup(void)
{
	heard.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	heard.event = (struct monitor_event){ MONITOR_FUNCTION, "remove", true, { .bus = 3 } };
	memset(&reading, 0, sizeof(reading));
	memset(&shown, 0, sizeof(shown));
	memset(&next, 0, sizeof(next));
	ck_assert_int_eq(follow_start(&follower, "/nowhere"), 0);
}

static void teardown(void)
{
	follow_end(&follower);
	close(heard.fd);
}

static void event(void)
{
	ck_assert_int_eq(eventfd_write(heard.fd, 1), 0);
	ck_assert_int_eq(follow_hear(&follower), 0);
}

START_TEST(waits_for_end_of_burst)
{
	ck_assert_int_eq(follow_left(&follower), -1);
	event();
	ck_assert_int_gt(follow_left(&follower), 0);
	ck_assert_int_le(follow_left(&follower), BURST_QUIET_MS);
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_READ);
	ck_assert_uint_eq(follower.news.moved_count, 1);
	ck_assert(follower.news.moved[0].removed && !follower.news.moved[0].added);
	follow_told(&follower);
	ck_assert_int_eq(follow_left(&follower), -1);
	ck_assert_uint_eq(follower.news.moved_count, 0);
}
END_TEST

/* A reading that the machine changed under is dropped, and taken again. */
START_TEST(drops_torn)
{
	event();
	reading.tears = true;
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_AGAIN);
	ck_assert_uint_eq(reading.released, 1);
	ck_assert_int_eq(follow_hear(&follower), 0);
	ck_assert_int_ge(follow_left(&follower), 0);
	reading.tears = false;
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_READ);
	/* For ever it is not: a storm has to be shown some time. */
	follower.burst.began -= 60000;
	reading.tears = true;
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_READ);
}
END_TEST

START_TEST(waits_for_snapshot)
{
	shown.saved_at = 1;
	event();
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_AGAIN);
	ck_assert_int_gt(follow_left(&follower), 2000);
	heard.event = (struct monitor_event){ .kind = MONITOR_SNAPSHOT, .action = "" };
	event();
	ck_assert_int_le(follow_left(&follower), BURST_QUIET_MS);
	reading.saved_at = 2;
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_READ);
	/* Nor for ever. */
	reading.saved_at = 0;
	follower.burst.began -= 60000;
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_READ);
}
END_TEST

START_TEST(fails)
{
	event();
	reading.status = STATUS_ACCESS;
	ck_assert_int_eq(follow_read(&follower, &shown, &next), FOLLOW_FAILED);
	ck_assert_int_eq(follow_left(&follower), -1);
	ck_assert_uint_eq(reading.released, 1);
}
END_TEST

START_TEST(ends_storms)
{
	struct burst burst = { 0 };

	burst_add(&burst, 1000);
	ck_assert_int_eq(burst_left(&burst, 2000, 1000), BURST_QUIET_MS);
	burst_add(&burst, 2900);
	ck_assert_int_eq(burst_left(&burst, 2000, 2900), 100);
	ck_assert_int_eq(burst_left(&burst, 2000, 3000), 0);
	ck_assert_int_eq(burst_left(&burst, 2000, 9000), 0);
}
END_TEST

static const struct { struct p2p_function old, now; bool differs; } pairs[] = {
	{ { .driver = NULL }, { .driver = NULL }, false },
	{ { .driver = "nvme", .driver_fact = P2P_PRESENT }, { .driver_fact = P2P_ABSENT }, true },
	{ { .driver = "nvme", .driver_fact = P2P_PRESENT }, { .driver_fact = P2P_DENIED }, false },
	{ { .display = "nvme0" }, { .display = "nvme1" }, true },
	{ { .pcie = { .link = P2P_PRESENT, .now = { 8000, 4 } } },
	  { .pcie = { .link = P2P_PRESENT, .now = { 8000, 2 } } }, true },
	{ { .pcie = { .link = P2P_PRESENT, .now = { 8000, 4 } } },
	  { .pcie = { .link = P2P_DENIED } }, false },
	{ { .acs = { P2P_PRESENT, .upper = P2P_PRESENT, .control = 0x1d } },
	  { .acs = { P2P_PRESENT, .upper = P2P_PRESENT, .control = 0x01 } }, true },
	{ { .acs = { P2P_PRESENT, .upper = P2P_PRESENT, .control = 0x1d } },
	  { .acs = { .fact = P2P_DENIED } }, false },
	{ { .iommu_group = { P2P_PRESENT, 3 } }, { .iommu_group = { P2P_PRESENT, 4 } }, true },
	{ { .iommu_group = { P2P_PRESENT, 3 } }, { .iommu_group = { P2P_ABSENT, 0 } }, true },
	{ { .iommu_group = { P2P_PRESENT, 3 } }, { .iommu_group = { P2P_DENIED, 0 } }, false },
};

START_TEST(tells_changes)
{
	struct p2p_function old = pairs[_i].old, now = pairs[_i].now;

	if (!old.display)
		old.display = now.display = "x";
	ck_assert_int_eq(compare_any(&old, &now), pairs[_i].differs);
	ck_assert_int_eq(compare_any(&now, &old), pairs[_i].differs);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("follow");
	TCase *tcase = tcase_create("follow");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, waits_for_end_of_burst);
	tcase_add_test(tcase, drops_torn);
	tcase_add_test(tcase, waits_for_snapshot);
	tcase_add_test(tcase, fails);
	tcase_add_test(tcase, ends_storms);
	tcase_add_loop_test(tcase, tells_changes, 0, sizeof(pairs) / sizeof(pairs[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
