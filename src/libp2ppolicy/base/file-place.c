/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file-place.h"

#define LINKS_MOST	40	/* the kernel's own limit */
#define NOBODY		((uid_t)-1)

/**
 * struct walk - a path being walked.
 * @in: the folder of @place
 * @left: the rest of the path
 * @stranger: owner of the other user's link that was followed; NOBODY: there was none
 * @ended: the last component was a link, which was followed
 */
struct walk {
	struct p2p_file_place *place;
	struct stat in;
	char left[PATH_MAX];
	unsigned int links;
	uid_t stranger;
	bool ended;
	const char *why;
};

static bool is_stranger(uid_t user)
{
	return user && user != geteuid();
}

/*
 * May somebody have put it there without the consent of the folder's owner?  A file with several names may be
 * a stranger's hard link to a file of ours.
 */
static bool is_planted(const struct stat *in, const struct stat *status)
{
	return (in->st_mode & (S_IWGRP | S_IWOTH) && is_stranger(status->st_uid) &&
		status->st_uid != in->st_uid) ||
	       (in->st_mode & S_IWOTH && status->st_nlink > 1);
}

/* Make @folder the one in which names are looked up. */
static int enter(struct walk *walk, int folder)
{
	if (folder < 0)
		return -errno;
	if (walk->place->folder >= 0)
		close(walk->place->folder);
	walk->place->folder = folder;
	return fstat(folder, &walk->in) ? -errno : 0;
}

static int enter_path(struct walk *walk, const char *path)
{
	return enter(walk, open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* Take the first name off the rest of the path.  Return: its length, 0 at the end, or a negative errno. */
static int next_name(struct walk *walk)
{
	const char *start = walk->left + strspn(walk->left, "/");
	size_t length = strcspn(start, "/"), slashes = strspn(start + length, "/");

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(walk->place->name, start, length);
	walk->place->name[length] = '\0';
	memmove(walk->left, start + length + slashes, strlen(start + length + slashes) + 1);
	return (int)length;
}

/* Put the target of a link in front of the rest of the path. */
static int put_target(struct walk *walk)
{
	char target[PATH_MAX], left[PATH_MAX];
	ssize_t size = readlinkat(walk->place->folder, walk->place->name, target, sizeof(target) - 1);
	int length;

	if (size < 0)
		return -errno;
	target[size] = '\0';
	length = snprintf(left, sizeof(left), "%s/%s", target, walk->left);
	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	walk->ended |= !*walk->left;
	memcpy(walk->left, left, (size_t)length + 1);
	return *target == '/' ? enter_path(walk, "/") : 0;
}

/*
 * The text of a procfs link says less than the kernel knows: a pipe has no path, and a file may have lost its
 * own.
 * Return: 1 at the end of the path; 0 if the link led to a folder; or a negative errno.
 */
static int follow_procfs(struct walk *walk)
{
	struct p2p_file_place *place = walk->place;

	if (fstatat(place->folder, place->name, &place->status, 0))
		return -errno;
	if (S_ISDIR(place->status.st_mode))
		return enter(walk, openat(place->folder, place->name, O_PATH | O_DIRECTORY | O_CLOEXEC));
	place->by_kernel = true;
	return *walk->left ? -ENOTDIR : 1;
}

static int follow(struct walk *walk, const struct stat *link)
{
	struct statfs system;

	if (is_planted(&walk->in, link)) {
		walk->why = "its path has a link that another user may have put there";
		return -EACCES;
	}
	if (++walk->links > LINKS_MOST)
		return -ELOOP;
	/* After links of two different users no folder can belong to both: demand root's, which is neither's. */
	if (is_stranger(link->st_uid))
		walk->stranger = walk->stranger == NOBODY || walk->stranger == link->st_uid ?
				 link->st_uid : 0;
	if (!fstatfs(walk->place->folder, &system) && system.f_type == PROC_SUPER_MAGIC)
		return follow_procfs(walk);
	return put_target(walk);
}

/* A component that is not the last.  O_DIRECTORY triggers an automount. */
static int step(struct walk *walk)
{
	struct p2p_file_place *place = walk->place;
	int folder = openat(place->folder, place->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (folder >= 0 || (errno != ENOTDIR && errno != ELOOP))
		return enter(walk, folder);
	if (fstatat(place->folder, place->name, &status, AT_SYMLINK_NOFOLLOW))
		return -errno;
	return S_ISLNK(status.st_mode) ? follow(walk, &status) : -ENOTDIR;
}

/* The last component.  Return: 1 at the end; 0 if it is a link that was followed; or a negative errno. */
static int arrive(struct walk *walk, bool follows)
{
	struct p2p_file_place *place = walk->place;

	if (fstatat(place->folder, place->name, &place->status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT && !walk->ended ? 1 : -errno;
	if (S_ISLNK(place->status.st_mode) && follows)
		return follow(walk, &place->status);
	place->exists = true;
	if (S_ISDIR(place->status.st_mode) || !is_planted(&walk->in, &place->status))
		return 1;
	walk->why = "another user may have put it into its folder, which others may write to";
	return -EACCES;
}

static int walk_on(struct walk *walk, bool follows)
{
	int r = 0;

	while (!r) {
		r = next_name(walk);
		/* The path was "/", or a link to it. */
		if (!r)
			return -EISDIR;
		if (r > 0)
			r = *walk->left ? step(walk) : arrive(walk, follows);
	}
	walk->place->exists |= walk->place->by_kernel;
	if (r == -ENOENT && walk->ended)
		walk->why = "it is a link to a file that does not exist";
	if (r < 0 || walk->stranger == NOBODY || walk->stranger == walk->in.st_uid)
		return r < 0 ? r : 0;
	walk->why = "its path has another user's link to a folder that is not that user's";
	return -EACCES;
}

int p2p_file_find(const char *path, bool follows, struct p2p_file_place *place, const char **ret_why)
{
	struct walk walk = { .place = place, .stranger = NOBODY };
	size_t length = strlen(path);
	int r;

	*place = (struct p2p_file_place){ .folder = -1 };
	*ret_why = NULL;
	if (!length)
		return -ENOENT;
	if (length >= sizeof(walk.left))
		return -ENAMETOOLONG;
	memcpy(walk.left, path, length + 1);
	r = enter_path(&walk, *path == '/' ? "/" : ".");
	/* A trailing slash means a folder, whether it exists or not. */
	if (!r)
		r = path[length - 1] == '/' ? -EISDIR : walk_on(&walk, follows);
	*ret_why = walk.why;
	return r;
}
