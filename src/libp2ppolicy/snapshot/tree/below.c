/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "snapshot/tree/below.h"

/* The kernel's own limit. */
#define LINKS_MOST	40

/* A path that is being resolved: @done contains no link and no "..", @left is the rest. */
struct walk {
	int base;
	bool in_root;
	unsigned int links;
	char done[PATH_MAX], left[PATH_MAX];
};

/* Take the first component off the rest.  Return: false at the end. */
static bool next_name(struct walk *walk, char name[NAME_MAX + 1], int *ret_error)
{
	const char *start = walk->left + strspn(walk->left, "/");
	size_t length = strcspn(start, "/");

	*ret_error = length > NAME_MAX ? -ENAMETOOLONG : 0;
	if (!length || *ret_error)
		return false;
	memcpy(name, start, length);
	name[length] = '\0';
	memmove(walk->left, start + length, strlen(start + length) + 1);
	return true;
}

static void drop_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	else
		*path = '\0';
}

static int add_name(char path[PATH_MAX], const char *name)
{
	size_t length = strlen(path), room = PATH_MAX - length;

	return snprintf(path + length, room, "%s%s", length ? "/" : "", name) < (int)room ?
	       0 : -ENAMETOOLONG;
}

/* Put the target of a link in front of the rest. */
static int follow(struct walk *walk, const char *target)
{
	char left[PATH_MAX];
	int length = snprintf(left, sizeof(left), "%s/%s", target, walk->left);

	if (++walk->links > LINKS_MOST)
		return -ELOOP;
	drop_last(walk->done);
	if (*target == '/' && !walk->in_root)
		return -EXDEV;
	if (*target == '/')
		*walk->done = '\0';
	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(walk->left, left, (size_t)length + 1);
	return 0;
}

/* "." and ".." exist only in directories. */
static int step_dots(struct walk *walk, bool up)
{
	struct stat status;

	if (*walk->done && fstatat(walk->base, walk->done, &status, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (*walk->done && !S_ISDIR(status.st_mode))
		return -ENOTDIR;
	if (up && !*walk->done && !walk->in_root)
		return -EXDEV;
	if (up)
		drop_last(walk->done);
	return 0;
}

static int step(struct walk *walk, const char *name)
{
	char target[PATH_MAX];
	ssize_t n;
	int r;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return step_dots(walk, name[1]);
	r = add_name(walk->done, name);
	if (r < 0)
		return r;
	n = readlinkat(walk->base, walk->done, target, sizeof(target) - 1);
	if (n < 0)
		return errno == EINVAL ? 0 : -errno;
	target[n] = '\0';
	return follow(walk, target);
}

/* Open a path without links; fails if a component has become a link. */
static int open_done(int base, char *path, int flags)
{
	int fd = base, next;
	char *slash;

	for (; (slash = strchr(path, '/')); path = slash + 1) {
		*slash = '\0';
		next = openat(fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		next = next < 0 ? -errno : next;
		if (fd != base)
			close(fd);
		if (next < 0)
			return next;
		fd = next;
	}
	next = openat(fd, *path ? path : ".", flags | O_NOFOLLOW);
	next = next < 0 ? -errno : next;
	if (fd != base)
		close(fd);
	return next;
}

int p2p_walk_below(int base, const char *path, int flags, bool in_root)
{
	struct walk walk = { .base = base, .in_root = in_root };
	char name[NAME_MAX + 1];
	int r;

	if (snprintf(walk.left, sizeof(walk.left), "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (*path == '/' && !in_root)
		return -EXDEV;
	while (next_name(&walk, name, &r)) {
		r = step(&walk, name);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : open_done(base, walk.done, flags);
}

int p2p_open_below(int base, const char *path, int flags, bool in_root)
{
	struct open_how how = {
		.flags = (unsigned int)flags,
		.resolve = RESOLVE_NO_MAGICLINKS | (in_root ? RESOLVE_IN_ROOT : RESOLVE_BENEATH),
	};
	int fd = (int)syscall(SYS_openat2, base, path, &how, sizeof(how));

	if (fd >= 0)
		return fd;
	/* A seccomp filter that does not know the call may say EPERM. */
	if (errno == ENOSYS || errno == EPERM)
		return p2p_walk_below(base, path, flags, in_root);
	return -errno;
}
