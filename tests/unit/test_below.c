/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk that stands in for openat2(2): the same file, or the same refusal, in directories full of links. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "files.h"
#include "make.h"
#include "roll.h"
#include "snapshot/tree/below.h"

#define FARMS	20
#define PATHS	40

/* Up to five components, of which many are links or lead out. */
static void make_path(char *ret_path)
{
	static const char *const names[] = { "a", "b", "c", "d", "..", ".", "f", "missing" };
	unsigned int count = 1 + roll(5);

	*ret_path = '\0';
	if (!roll(5))
		strcat(ret_path, "/");
	for (unsigned int i = 0; i < count; i++) {
		if (i)
			strcat(ret_path, "/");
		strcat(ret_path, names[roll(sizeof(names) / sizeof(names[0]))]);
	}
}

static char *make_farm(void)
{
	static const char *const places[] = { "", "a", "a/b", "a/b/c", "d", "d/a" };
	char *root = make_directory(), full[PATH_MAX], target[64];

	for (size_t i = 1; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(full, sizeof(full), "%s/%s", root, places[i]);
		ck_assert_int_eq(mkdir(full, 0755), 0);
	}
	put_bytes(root, "a/b/f", "in", 2);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (const char *name = "bcdf"; *name; name++) {
			make_path(target);
			snprintf(full, sizeof(full), "%s/%s/%c", root, places[i], *name);
			ck_assert(symlink(target, full) == 0 || errno == EEXIST);
		}
	}
	return root;
}

static int kernel_open(int base, const char *path, bool in_root)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS | (in_root ? RESOLVE_IN_ROOT : RESOLVE_BENEATH),
	};
	int fd;

	/* EAGAIN: something on this machine was renamed meanwhile, which a ".." must not miss. */
	do
		fd = (int)syscall(SYS_openat2, base, path, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN);
	return fd < 0 ? -errno : fd;
}

static void compare(int base, const char *path, bool in_root)
{
	int kernel = kernel_open(base, path, in_root);
	int walk = p2p_walk_below(base, path, O_RDONLY | O_CLOEXEC, in_root);
	struct stat a, b;

	ck_assert_msg((kernel < 0) == (walk < 0), "%s: %d and %d", path, kernel, walk);
	if (kernel < 0) {
		ck_assert_msg(kernel == walk, "%s: %s and %s", path, strerror(-kernel), strerror(-walk));
		return;
	}
	ck_assert(fstat(kernel, &a) == 0 && fstat(walk, &b) == 0);
	ck_assert_msg(a.st_ino == b.st_ino, "%s: another file", path);
	close(kernel);
	close(walk);
}

START_TEST(as_the_kernel)
{
	char *root, path[64];
	int base, opened = 0;

	state = (uint64_t)_i + 1;
	root = make_farm();
	base = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < PATHS; i++) {
		make_path(path);
		compare(base, path, true);
		compare(base, path, false);
		opened += kernel_open(base, path, true) >= 0;
	}
	ck_assert_int_gt(opened, 0);
	close(base);
	remove_directory(root);
}
END_TEST

/* A link that leaves, by name or from the root, in both manners. */
START_TEST(stays_below)
{
	char *root = make_directory(), full[PATH_MAX];
	int base = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	snprintf(full, sizeof(full), "%s/up", root);
	ck_assert_int_eq(symlink("../../../../etc", full), 0);
	snprintf(full, sizeof(full), "%s/abs", root);
	ck_assert_int_eq(symlink("/etc/passwd", full), 0);
	ck_assert_int_eq(p2p_walk_below(base, "up/passwd", O_RDONLY, false), -EXDEV);
	ck_assert_int_eq(p2p_walk_below(base, "abs", O_RDONLY, false), -EXDEV);
	ck_assert_int_eq(p2p_walk_below(base, "/etc/passwd", O_RDONLY, false), -EXDEV);
	ck_assert_int_eq(p2p_walk_below(base, "up/passwd", O_RDONLY, true), -ENOENT);
	ck_assert_int_eq(p2p_walk_below(base, "abs", O_RDONLY, true), -ENOENT);
	close(base);
	remove_directory(root);
}
END_TEST

static void add_cases(TCase *tcase)
{
	/* An emulator may lack it; there the tests of the sources run with the walk. */
	if (kernel_open(AT_FDCWD, ".", false) != -ENOSYS)
		tcase_add_loop_test(tcase, as_the_kernel, 0, FARMS);
	tcase_add_test(tcase, stays_below);
}

int main(void)
{
	return run_cases("below", add_cases);
}
