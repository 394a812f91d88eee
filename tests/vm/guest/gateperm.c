// SPDX-License-Identifier: GPL-2.0-or-later
/* gateperm: what an unprivileged user, and root of a user namespace, may do at the gate: nothing but look, if handed the file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/p2pgate.h>

static int failed;

static void want(const char *who, const char *what, int got, int expected)
{
	if (got != expected) {
		printf("FAIL: %s: %s gives %s, expected %s\n", who, what, strerrorname_np(got), strerrorname_np(expected));
		failed = 1;
	}
}

static int try(int fd, unsigned long nr, void *arg)
{
	return ioctl(fd, nr, arg) ? errno : 0;
}

/* @fd was opened by root. */
static void all(const char *who, int fd, int may_open)
{
	struct p2pgate_info info = { .size = sizeof(info) };
	struct p2pgate_set set = { .size = sizeof(set) };
	struct p2pgate_get get = { .size = sizeof(get) };
	struct p2pgate_distance distance = { .size = sizeof(distance) };
	int own = open(P2PGATE_DEVICE, O_RDWR);

	want(who, "open", own < 0 ? errno : 0, may_open);
	want(who, "INFO", try(fd, P2PGATE_INFO, &info), 0);
	want(who, "GET without room", try(fd, P2PGATE_GET, &get), ENOSPC);
	set.generation = info.generation;
	want(who, "SET", try(fd, P2PGATE_SET, &set), EPERM);
	set.mode = P2PGATE_ENFORCE;
	want(who, "SET enforce", try(fd, P2PGATE_SET, &set), EPERM);
	want(who, "DISTANCE", try(fd, P2PGATE_DISTANCE, &distance), EPERM);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("cannot write %s: %s\n", path, strerror(errno));
	close(fd);
}

static void drop(void)
{
	if (setgroups(0, NULL) || setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
		exit(3);
	prctl(PR_SET_DUMPABLE, 1);	/* or /proc/self stays root's */
}

/* In a child: 0 the plain user, 1 that user as root of its namespace, 2 real root of a new namespace (unmapped: overflow id). */
static void in_child(int kind, int fd)
{
	pid_t child = fork();
	int status;

	if (!child) {
		if (kind < 2)
			drop();
		if (kind && unshare(CLONE_NEWUSER)) {
			printf("FAIL: no user namespace: %s\n", strerror(errno));
			exit(1);
		}
		if (kind) {
			write_text("/proc/self/setgroups", "deny");
			write_text("/proc/self/uid_map", kind == 1 ? "0 1000 1" : "0 0 1");
			write_text("/proc/self/gid_map", kind == 1 ? "0 1000 1" : "0 0 1");
			if (getuid() != 0)
				exit(4);
		}
		all(kind == 0 ? "user" : kind == 1 ? "user as root of a namespace" : "root in a namespace", fd,
		    kind == 2 ? 0 : EACCES);
		fflush(stdout);
		_exit(failed);
	}
	waitpid(child, &status, 0);
	if (status) {
		printf("kind %d: status %#x\n", kind, status);
		failed = 1;
	}
}

/* Root, with a file that was opened for reading only: it may look, and set nothing. */
static void as_reader(void)
{
	struct p2pgate_info info = { .size = sizeof(info) };
	struct p2pgate_set set = { .size = sizeof(set) };
	int fd = open(P2PGATE_DEVICE, O_RDONLY);

	want("root", "open for reading", fd < 0 ? errno : 0, 0);
	want("root, reading", "INFO", try(fd, P2PGATE_INFO, &info), 0);
	set.generation = info.generation;
	want("root, reading", "SET", try(fd, P2PGATE_SET, &set), EBADF);
	/* the size in the number is that of the caller's header; direction and number make the command */
	want("root, reading", "INFO of a longer structure",
	     try(fd, P2PGATE_INFO + (8 << _IOC_SIZESHIFT), &info), 0);
	want("root, reading", "INFO without a direction", try(fd, _IO(P2PGATE_IOC, 1), &info), ENOTTY);
	close(fd);
}

int main(void)
{
	int fd = open(P2PGATE_DEVICE, O_RDWR);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		perror(P2PGATE_DEVICE);
		return 1;
	}
	want("root", "the mode of the node", (st.st_mode & 07777) == 0600 && st.st_uid == 0 ? 0 : EPERM, 0);
	as_reader();
	for (int kind = 0; kind < 3; kind++)
		in_child(kind, fd);
	return failed;
}
