/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "machine/burst.h"
#include "machine/run_dir.h"
#include "machine/turn.h"

#define STEP_MS		20
#define MOST_MS		10000	/* a storm that does not end is looked at all the same */

static int path_of(const char *run_dir, const char *name, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/%s", run_dir, name) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int open_lock(const char *run_dir, const char *name)
{
	char path[PATH_MAX];
	int fd, r = path_of(run_dir, name, path);

	if (r)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	return fd;
}

static int lock(int fd, int how)
{
	while (flock(fd, how) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int turn_queue(const char *run_dir, bool block, struct turn *ret_turn)
{
	int r;

	*ret_turn = (struct turn){ run_dir, -1, -1 };
	if (mkdir(run_dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	ret_turn->waiting = open_lock(run_dir, "waiting.lock");
	if (ret_turn->waiting < 0)
		return ret_turn->waiting;
	r = lock(ret_turn->waiting, block ? LOCK_EX : LOCK_EX | LOCK_NB);
	return r == -EWOULDBLOCK ? -EALREADY : r;
}

int turn_ask(const char *run_dir)
{
	char path[PATH_MAX];
	int fd, r = path_of(run_dir, ASKED_FILE, path);

	if (r)
		return r;
	if (mkdir(run_dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = futimens(fd, NULL) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* How long ago somebody asked; a large number when nobody did. */
static int64_t asked_ago_ms(const char *path)
{
	struct timespec now;
	struct stat status;
	int64_t ago;

	if (stat(path, &status) < 0 || clock_gettime(CLOCK_REALTIME, &now) < 0)
		return MOST_MS;
	ago = (now.tv_sec - status.st_mtim.tv_sec) * 1000 +
	      (now.tv_nsec - status.st_mtim.tv_nsec) / 1000000;
	/* The clock may have been set back since. */
	return ago < -STEP_MS ? MOST_MS : ago;
}

/* udevd says so while it has events to work on, of which each may ask. */
static bool is_udev_busy(void)
{
	return !access("/run/udev/queue", F_OK);
}

void turn_settle(const struct turn *turn)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	struct burst burst = { .began = burst_now() };
	char path[PATH_MAX];

	if (path_of(turn->run_dir, ASKED_FILE, path))
		return;
	for (;;) {
		int64_t now = burst_now();

		burst.last = is_udev_busy() ? now : now - asked_ago_ms(path);
		if (!burst_left(&burst, MOST_MS, now))
			return;
		nanosleep(&step, NULL);
	}
}

int turn_start(struct turn *turn)
{
	char path[PATH_MAX];
	int r;

	turn->running = open_lock(turn->run_dir, "running.lock");
	r = turn->running < 0 ? turn->running : lock(turn->running, LOCK_EX);
	if (!r)
		r = path_of(turn->run_dir, ASKED_FILE, path);
	if (r)
		return r;
	/* First this: who asks after it is seen by whoever waits next. */
	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	/* A process that only logs for us may have the descriptor, too. */
	(void)flock(turn->waiting, LOCK_UN);
	close(turn->waiting);
	turn->waiting = -1;
	return 0;
}

void turn_end(struct turn *turn)
{
	if (turn->waiting >= 0)
		close(turn->waiting);
	if (turn->running >= 0)
		close(turn->running);
	*turn = (struct turn){ NULL, -1, -1 };
}
