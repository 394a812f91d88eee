/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "machine/follow.h"

#define MOST_MS		2000	/* interval for reading during a storm */
#define LONGEST_MS	10000	/* limit for changes that continue while the machine is read */
#define PATIENCE_MS	15000	/* time for root's snapshot to be renewed after a change */

int follow_start(struct follower *follower, const char *run_dir)
{
	return monitor_new(run_dir, &follower->monitor);
}

void follow_end(struct follower *follower)
{
	follow_told(follower);
	monitor_free(follower->monitor);
	*follower = (struct follower){ 0 };
}

int follow_fd(const struct follower *follower)
{
	return follower->monitor ? monitor_fd(follower->monitor) : -1;
}

static struct follow_moved *moved_at(struct follow_news *news, struct p2p_bdf bdf)
{
	struct follow_moved *moved;

	for (size_t i = 0; i < news->moved_count; i++)
		if (!p2p_bdf_compare(news->moved[i].bdf, bdf))
			return &news->moved[i];
	moved = p2p_more(news->moved, news->moved_count);
	if (!moved)
		return NULL;
	news->moved_count++;
	moved->bdf = bdf;
	return moved;
}

static void hear(void *data, const struct monitor_event *event)
{
	struct follower *follower = data;
	struct follow_news *news = &follower->news;
	struct follow_moved *moved;

	news->gate |= event->kind == MONITOR_GATE;
	news->lost |= event->kind == MONITOR_LOST;
	follower->waits &= event->kind != MONITOR_SNAPSHOT;
	if (event->kind != MONITOR_FUNCTION || !event->has_bdf)
		return;
	moved = moved_at(news, event->bdf);
	if (!moved) {
		news->lost = true;
		return;
	}
	moved->removed |= !strcmp(event->action, "remove");
	moved->added |= !strcmp(event->action, "add");
}

int follow_hear(struct follower *follower)
{
	int count = monitor_drain(follower->monitor, hear, follower);

	if (count > 0)
		burst_add(&follower->burst, burst_now());
	return count < 0 ? count : 0;
}

int64_t follow_left(const struct follower *follower)
{
	const struct burst *burst = &follower->burst;
	int64_t now = burst_now(), left;

	if (!burst->began)
		return -1;
	if (!follower->waits)
		return burst_left(burst, MOST_MS, now);
	left = burst->began + PATIENCE_MS - now;
	return left < 0 ? 0 : left;
}

static bool has_time(const struct follower *follower, int64_t most)
{
	return burst_now() - follower->burst.began < most;
}

/* Did the machine change while it was read?  Devices that were removed meanwhile are read partially. */
static bool is_torn(const struct follower *follower)
{
	struct pollfd events = { .fd = follow_fd(follower), .events = POLLIN };

	return poll(&events, 1, 0) > 0 &&
	       (!follower->burst.began || has_time(follower, LONGEST_MS));
}

/*
 * Without root the registers come from root's snapshot, which a change invalidates until it is renewed: wait
 * for that rather than report it as a change.
 */
static bool is_worth_waiting(const struct follower *follower, const struct app *shown,
			     const struct app *next)
{
	return shown->saved_at && !next->saved_at && follower->burst.began &&
	       has_time(follower, PATIENCE_MS);
}

enum follow_result follow_read(struct follower *follower, const struct app *shown,
			       struct app *ret_next)
{
	enum status status = app_read(ret_next, STAGE_EVALUATE);
	/* Continuing changes may also be the reason of a failure. */
	bool torn = is_torn(follower);

	if (!torn && !status && !is_worth_waiting(follower, shown, ret_next))
		return FOLLOW_READ;
	if (!torn && status)
		follow_told(follower);
	else if (!torn)
		follower->waits = true;
	app_release(ret_next);
	return status && !torn ? FOLLOW_FAILED : FOLLOW_AGAIN;
}

void follow_told(struct follower *follower)
{
	free(follower->news.moved);
	follower->news = (struct follow_news){ 0 };
	follower->burst = (struct burst){ 0 };
	follower->waits = false;
}
