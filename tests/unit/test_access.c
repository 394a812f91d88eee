/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space of the running machine, which is a folder of the test in a mount namespace: libpci, or
 * sysfs without it, give the same answers.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make.h"
#include "snapshot/access/access.h"

static const char folder[] = "/sys/bus/pci/devices/0000:01:00.0";
static const char file[] = "/sys/bus/pci/devices/0000:01:00.0/config";

static bool tell(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool told = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return told;
}

/* Root in a namespace of its own, where the process is not root: user and group, or nothing can be made on a tmpfs. */
static bool unshare_mounts(void)
{
	char users[32], groups[32];

	if (getuid() == 0)
		return !unshare(CLONE_NEWNS);
	snprintf(users, sizeof(users), "0 %u 1", (unsigned int)getuid());
	snprintf(groups, sizeof(groups), "0 %u 1", (unsigned int)getgid());
	return !unshare(CLONE_NEWUSER | CLONE_NEWNS) && tell("/proc/self/uid_map", users) &&
	       tell("/proc/self/setgroups", "deny") && tell("/proc/self/gid_map", groups);
}

/* Nothing that is mounted on /sys from now on is seen outside; in a chroot, / is no mount. */
static bool enter(void)
{
	return unshare_mounts() && (!mount("none", "/sys", NULL, MS_REC | MS_PRIVATE, NULL) ||
				    !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static bool make_machine(void)
{
	static const char *const folders[] = {
		"/sys/bus", "/sys/bus/pci", "/sys/bus/pci/devices", folder,
	};
	uint8_t bytes[256];
	int fd;

	if (mount("tmpfs", "/sys", "tmpfs", 0, NULL))
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		ck_assert_int_eq(mkdir(folders[i], 0755), 0);
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_eq(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	close(fd);
	return true;
}

static struct p2p_context *context;
static struct p2p_access *device;

static void setup(void)
{
	ck_assert_int_eq(p2p_context_new(&context), 0);
	ck_assert(make_machine());
	ck_assert_int_eq(p2p_access_open(context, &device), 0);
	ck_assert_int_eq(p2p_access_select(device, (struct p2p_bdf){ .bus = 1 }), 0);
}

static void teardown(void)
{
	ck_assert_ptr_null(p2p_access_close(device));
	ck_assert_ptr_null(p2p_access_close(NULL));
	p2p_context_free(context);
	umount2("/sys", MNT_DETACH);
}

START_TEST(reading)
{
	uint8_t bytes[8] = { 0 };

	ck_assert_int_eq(p2p_access_read(device, 0x34, 4, bytes), 0);
	ck_assert_int_eq(memcmp(bytes, "\x34\x35\x36\x37", 5), 0);
	ck_assert_int_eq(p2p_access_read(device, 252, 4, bytes), 0);
	/* All bytes or none, as who is not root finds out; what failed before in this process is not the reason. */
	errno = EINTR;
	ck_assert_int_eq(p2p_access_read(device, 254, 4, bytes), -EIO);
	ck_assert_int_eq(p2p_access_read(device, 256, 4, bytes), -EIO);
}
END_TEST

START_TEST(writing)
{
	uint8_t bytes[4] = { 0 };

	ck_assert_int_eq(p2p_access_read(device, 0x40, 2, bytes), 0);
	ck_assert_int_eq(p2p_access_write(device, 0x40, 2, (const uint8_t *)"\xaa\xbb"), 0);
	ck_assert_int_eq(p2p_access_read(device, 0x3e, 4, bytes), 0);
	ck_assert_int_eq(memcmp(bytes, "\x3e\x3f\xaa\xbb", 4), 0);
	ck_assert_int_eq(p2p_access_read(device, 0x42, 1, bytes), 0);
	ck_assert_int_eq(bytes[0], 0x42);
}
END_TEST

/* Another one, one that is not there, and the first again. */
START_TEST(selecting)
{
	uint8_t bytes[4];

	ck_assert_int_eq(p2p_access_select(device, (struct p2p_bdf){ .bus = 2 }), 0);
	ck_assert_int_eq(p2p_access_read(device, 0, 4, bytes), -EIO);
	ck_assert_int_eq(p2p_access_write(device, 0, 4, bytes), -EIO);
	ck_assert_int_eq(p2p_access_select(device, (struct p2p_bdf){ .bus = 1 }), 0);
	ck_assert_int_eq(p2p_access_read(device, 0, 4, bytes), 0);
	ck_assert_int_eq(bytes[3], 3);
}
END_TEST

/* A process that has no room for a file knows nothing of the function, which is another answer than no. */
START_TEST(exhausted)
{
	struct rlimit limit, none;
	uint8_t bytes[4];

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(p2p_access_read(device, 0, 4, bytes), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(p2p_access_read(device, 0, 4, bytes), 0);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, reading);
	tcase_add_test(tcase, writing);
	tcase_add_test(tcase, selecting);
	tcase_add_test(tcase, exhausted);
}

int main(void)
{
	if (!enter()) {
		printf("no mount namespace here, in which to have a /sys of the test's\n");
		return 77;
	}
	return run_cases("access", add_cases);
}
