/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "machine/burst.h"
#include "machine/run_dir.h"
#include "machine/refresh_lock.h"

#define STEP_MS		20
#define MOST_MS		10000	/* the machine is read after this time, even if a storm continues */

/*
 * Files that we open, touch and remove there must be ours: anybody who can write to the folder could put a
 * link or a FIFO in their place.
 */
static int open_folder(struct refresh_lock *lock)
{
	struct stat status;

	if (mkdir(lock->run_dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	lock->folder = open(lock->run_dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (lock->folder < 0 || fstat(lock->folder, &status) < 0)
		return errno == ENOTDIR ? -EPERM : -errno;
	return status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)) ? 0 : -EPERM;
}

static int open_lock(const struct refresh_lock *lock, const char *name)
{
	int fd = openat(lock->folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	return fd;
}

static int take(int fd, int how)
{
	while (flock(fd, how) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int refresh_lock_queue(const char *run_dir, bool block, struct refresh_lock *ret_lock)
{
	int r;

	*ret_lock = (struct refresh_lock){ run_dir, -1, -1, -1 };
	r = open_folder(ret_lock);
	if (r)
		return r;
	ret_lock->waiting = open_lock(ret_lock, "waiting.lock");
	if (ret_lock->waiting < 0)
		return ret_lock->waiting;
	r = take(ret_lock->waiting, block ? LOCK_EX : LOCK_EX | LOCK_NB);
	return r == -EWOULDBLOCK ? -EALREADY : r;
}

int refresh_lock_ask(const char *run_dir)
{
	struct refresh_lock lock = { run_dir, -1, -1, -1 };
	int r = open_folder(&lock), fd;

	if (!r) {
		fd = openat(lock.folder, ASKED_FILE, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
		r = fd < 0 || futimens(fd, NULL) < 0 ? -errno : 0;
		if (fd >= 0)
			close(fd);
	}
	refresh_lock_end(&lock);
	return r;
}

/* How long ago a refresh was requested; a large number if none was. */
static int64_t asked_ago_ms(const struct refresh_lock *lock)
{
	struct timespec now;
	struct stat status;
	int64_t ago;

	if (fstatat(lock->folder, ASKED_FILE, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    clock_gettime(CLOCK_REALTIME, &now) < 0)
		return MOST_MS;
	ago = (now.tv_sec - status.st_mtim.tv_sec) * 1000 +
	      (now.tv_nsec - status.st_mtim.tv_nsec) / 1000000;
	/* The clock may have been set back meanwhile. */
	return ago < -STEP_MS ? MOST_MS : ago;
}

/* The file exists while udevd processes events, each of which may request a refresh. */
static bool is_udev_busy(void)
{
	return !access("/run/udev/queue", F_OK);
}

void refresh_lock_settle(const struct refresh_lock *lock)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	struct burst burst = { .began = burst_now() };

	for (;;) {
		int64_t now = burst_now();

		burst.last = is_udev_busy() ? now : now - asked_ago_ms(lock);
		if (!burst_left(&burst, MOST_MS, now))
			return;
		nanosleep(&step, NULL);
	}
}

int refresh_lock_start(struct refresh_lock *lock)
{
	int r;

	lock->running = open_lock(lock, "running.lock");
	r = lock->running < 0 ? lock->running : take(lock->running, LOCK_EX);
	if (r)
		return r;
	/* Do this first: a later request is then noticed by the next one that waits. */
	if (unlinkat(lock->folder, ASKED_FILE, 0) < 0 && errno != ENOENT)
		return -errno;
	/* A process that only logs for us may also hold the descriptor. */
	(void)flock(lock->waiting, LOCK_UN);
	close(lock->waiting);
	lock->waiting = -1;
	return 0;
}

void refresh_lock_end(struct refresh_lock *lock)
{
	const int fds[] = { lock->waiting, lock->running, lock->folder };

	for (size_t i = 0; i < P2P_LENGTH(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*lock = (struct refresh_lock){ NULL, -1, -1, -1 };
}
