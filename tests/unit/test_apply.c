/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing registers and taking it back, on functions that are bytes of this program: what must
 * never be written, what happens when a write does not take, and what stands in the undo file.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make.h"
#include "base/boot.h"
#include "gate/undo.h"
#include "snapshot/access/access.h"

#define ACS 0x148

#define BOOT "5f1c33d8-8b8e-4a5e-9d7d-2f4b5c6d7e8f"

/* In place of config space, of the boot, and of what says who may write: see the --wrap options of this program. */
struct fake {
	uint8_t config[3][4096];
	unsigned int selected, writes;
	bool stuck[3];		/* writes change nothing */
	int stuck_after;	/* all do, once so many were taken; -1 never */
	bool no_root, no_boot;
	int memory;	/* allocations of the library until one fails; 0 none does */
};
static struct fake fake;

int __wrap_p2p_access_open(struct p2p_context *context, struct p2p_access **ret_access);
int __wrap_p2p_access_select(struct p2p_access *access, struct p2p_bdf bdf);
int __wrap_p2p_access_read(struct p2p_access *access, unsigned int offset, unsigned int length,
			   uint8_t *ret_bytes);
int __wrap_p2p_access_write(struct p2p_access *access, unsigned int offset, unsigned int length,
			    const uint8_t *bytes);
struct p2p_access *__wrap_p2p_access_close(struct p2p_access *access);
int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode);
uid_t __wrap_geteuid(void);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
int __wrap_p2p_boot_id(char ret_id[P2P_BOOT_SIZE]);

int __wrap_p2p_access_open(struct p2p_context *context, struct p2p_access **ret_access)
{
	(void)context;
	(void)ret_access;
	return 0;
}

int __wrap_p2p_access_select(struct p2p_access *access, struct p2p_bdf bdf)
{
	(void)access;
	fake.selected = bdf.bus;
	return 0;
}

int __wrap_p2p_access_read(struct p2p_access *access, unsigned int offset, unsigned int length,
			   uint8_t *ret_bytes)
{
	(void)access;
	memcpy(ret_bytes, &fake.config[fake.selected][offset], length);
	return 0;
}

int __wrap_p2p_access_write(struct p2p_access *access, unsigned int offset, unsigned int length,
			    const uint8_t *bytes)
{
	(void)access;
	if (!fake.stuck[fake.selected] &&
	    (fake.stuck_after < 0 || fake.writes < (unsigned int)fake.stuck_after))
		memcpy(&fake.config[fake.selected][offset], bytes, length);
	fake.writes++;
	return 0;
}

struct p2p_access *__wrap_p2p_access_close(struct p2p_access *access)
{
	(void)access;
	return NULL;
}

int __wrap_access(const char *path, int mode)
{
	if (!strncmp(path, "/sys/", 5))
		return mode == W_OK && fake.no_root ? -1 : 0;
	return __real_access(path, mode);
}

int __wrap_p2p_boot_id(char ret_id[P2P_BOOT_SIZE])
{
	snprintf(ret_id, P2P_BOOT_SIZE, "%s", fake.no_boot ? "" : BOOT);
	return fake.no_boot ? -ENOENT : 0;
}

uid_t __wrap_geteuid(void)
{
	return fake.no_root ? 1000 : 0;
}

static bool has_memory(void)
{
	return !fake.memory || --fake.memory;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return has_memory() ? __real_calloc(count, size) : NULL;
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return has_memory() ? __real_reallocarray(old, count, size) : NULL;
}

char *__wrap_strdup(const char *text)
{
	return has_memory() ? __real_strdup(text) : NULL;
}

static struct p2p_context *context;
static struct p2p_snapshot *snapshot;
static struct p2p_topology *topology;
static struct space spaces[3];
static struct p2p_register changes[3];
/* Not in /tmp itself: who is root here owns nothing there where the tests are not run by root. */
static char folder[] = "/tmp/p2ptopo-undo-XXXXXX", undo[sizeof(folder) + 8];

static uint16_t control(unsigned int port)
{
	return (uint16_t)(fake.config[port][ACS + 6] | fake.config[port][ACS + 7] << 8);
}

static void setup(void)
{
	static const char *const path[] = { "devices/pci0000:00/0000:00:00.0",
		"devices/pci0000:01/0000:01:00.0", "devices/pci0000:02/0000:02:00.0" };
	static const char *const bdf[] = { "0000:00:00.0", "0000:01:00.0", "0000:02:00.0" };

	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(undo, sizeof(undo), "%s/undo", folder);
	fake = (struct fake){ .stuck_after = -1 };
	ck_assert_int_eq(p2p_context_new(&context), 0);
	snapshot = make_snapshot(P2P_SOURCE_LIVE);
	for (size_t i = 0; i < 3; i++) {
		spaces[i] = make_space(0x8086, 0x2030, 0x060400, 1, 4);
		add_extended(&spaces[i], 0, 0x100, 0x01);
		add_extended(&spaces[i], 0x100, ACS, 0x0d);
		put16(&spaces[i], ACS + 4, 0x5f);
		put16(&spaces[i], ACS + 6, 0x1d);
		memcpy(fake.config[i], spaces[i].bytes, sizeof(fake.config[i]));
		make_function(snapshot, bdf[i], path[i], &spaces[i]);
	}
	topology = make_topology(snapshot);
	for (size_t i = 0; i < 3; i++)
		changes[i] = (struct p2p_register){
			.function = p2p_topology_function(topology, i), .offset = ACS + 6,
			.size = 2, .present = 0x1d, .mask = 0x0c,
		};
}

static void teardown(void)
{
	unlink(undo);
	rmdir(folder);
	topology = p2p_topology_free(topology);
	snapshot = p2p_snapshot_free(snapshot);
	context = p2p_context_free(context);
}

static void expect_controls(uint16_t a, uint16_t b, uint16_t c)
{
	ck_assert_uint_eq(control(0), a);
	ck_assert_uint_eq(control(1), b);
	ck_assert_uint_eq(control(2), c);
}

START_TEST(there_and_back)
{
	size_t count = 0;

	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), 0);
	expect_controls(0x11, 0x11, 0x11);
	ck_assert_int_eq(access(undo, R_OK), 0);
	ck_assert_int_eq(p2p_apply_undo(context, undo, &count), 0);
	expect_controls(0x1d, 0x1d, 0x1d);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_ne(access(undo, R_OK), 0);
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), -ENOENT);
}
END_TEST

/* Twice, another time of one register: one undo takes all back. */
START_TEST(several_times)
{
	struct p2p_register more = changes[0];

	ck_assert_int_eq(p2p_apply(context, topology, changes, 2, undo), 0);
	more.present = 0x11;
	more.mask = 0x10;
	ck_assert_int_eq(p2p_apply(context, topology, &more, 1, undo), 0);
	ck_assert_int_eq(p2p_apply(context, topology, &changes[2], 1, undo), 0);
	expect_controls(0x01, 0x11, 0x11);
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), 0);
	expect_controls(0x1d, 0x1d, 0x1d);
}
END_TEST

static void nothing_written(int error)
{
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), error);
	ck_assert_uint_eq(fake.writes, 0);
	ck_assert_int_ne(access(undo, R_OK), 0);
	ck_assert_uint_gt(strlen(p2p_context_error(context)), 10);
}

START_TEST(refuses)
{
	fake.config[2][ACS + 6] = 0x1c;
	nothing_written(-ESTALE);
	fake.config[2][ACS + 6] = 0x1d;
	fake.config[1][2] ^= 1;
	nothing_written(-ESTALE);
	fake.config[1][2] ^= 1;
	fake.config[1][ACS] = 0xff;
	nothing_written(-ESTALE);
	fake.config[1][ACS] = 0x0d;
	fake.no_root = true;
	nothing_written(-EACCES);
	fake.no_root = false;
	snapshot->source = P2P_SOURCE_TREE;
	p2p_topology_free(topology);
	topology = make_topology(snapshot);
	nothing_written(-EXDEV);
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, "/nowhere/at/all"), -EXDEV);
}
END_TEST

/* How to go back must be on disk before anything is written. */
START_TEST(needs_the_way_back)
{
	ck_assert_int_lt(p2p_apply(context, topology, changes, 3, "/proc/nowhere/undo"), 0);
	ck_assert_uint_eq(fake.writes, 0);
	expect_controls(0x1d, 0x1d, 0x1d);
}
END_TEST

/* Who cannot tell this boot from another knows neither what to write down nor whether what is written down is still true. */
START_TEST(needs_the_boot)
{
	fake.no_boot = true;
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), -EACCES);
	ck_assert_uint_eq(fake.writes, 0);
	fake.no_boot = false;
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), 0);
	fake.writes = 0;
	fake.no_boot = true;
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), -EACCES);
	ck_assert_uint_eq(fake.writes, 0);
}
END_TEST

START_TEST(rolls_back)
{
	fake.stuck[2] = true;
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), -EIO);
	expect_controls(0x1d, 0x1d, 0x1d);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "0000:02:00.0"));
	ck_assert_int_ne(access(undo, R_OK), 0);
}
END_TEST

/* Neither there nor back: it says so, and the file stays. */
START_TEST(cannot_roll_back)
{
	fake.stuck_after = 1;
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), -ENOTRECOVERABLE);
	expect_controls(0x11, 0x1d, 0x1d);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "0000:00:00.0"));
	ck_assert_int_eq(access(undo, R_OK), 0);
}
END_TEST

/* In a directory that others write to, too: nothing of theirs is followed, waited for, or read. */
START_TEST(undo_of_others)
{
	char other[64];

	snprintf(other, sizeof(other), "%s.other", undo);
	ck_assert_int_eq(symlink(other, undo), 0);
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), -ELOOP);
	ck_assert_int_ne(access(other, F_OK), 0);
	unlink(undo);
	ck_assert_int_eq(mkfifo(undo, 0600), 0);
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), -EINVAL);
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), -EINVAL);
	unlink(undo);
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, "/dev/null"), -EINVAL);
	ck_assert_uint_eq(fake.writes, 0);
	ck_assert_int_eq(p2p_apply(context, topology, changes, 1, undo), 0);
	if (!chown(undo, 65534, 65534) && getuid() != 65534) {
		ck_assert_int_eq(p2p_apply(context, topology, &changes[1], 2, undo), -EPERM);
		ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), -EPERM);
	}
	expect_controls(0x11, 0x1d, 0x1d);
}
END_TEST

/* Nor is the file's folder made where a stranger's link leads. */
START_TEST(folder_of_others)
{
	char shared[64], link[80], inside[96];

	snprintf(shared, sizeof(shared), "%s.shared", undo);
	snprintf(link, sizeof(link), "%s/link", shared);
	ck_assert_int_eq(mkdir(shared, 0755), 0);
	ck_assert_int_eq(chmod(shared, 01777), 0);
	ck_assert_int_eq(symlink(".", link), 0);
	if (!lchown(link, 65534, 65534)) {
		snprintf(inside, sizeof(inside), "%s/new/undo", link);
		ck_assert_int_eq(p2p_apply(context, topology, changes, 3, inside), -EACCES);
		snprintf(inside, sizeof(inside), "%s/new", shared);
		ck_assert_int_ne(access(inside, F_OK), 0);
	}
	ck_assert_uint_eq(fake.writes, 0);
	unlink(link);
	rmdir(shared);
}
END_TEST

/* Whatever memory is missing: a register is written only when its way back is in the file. */
START_TEST(out_of_memory)
{
	int count = 0, left, r;

	do {
		ck_assert_uint_eq(fake.writes, 0);
		ck_assert_int_ne(access(undo, F_OK), 0);
		fake.memory = ++count;
		r = p2p_apply(context, topology, changes, 3, undo);
		/* The test program asks for memory, too. */
		left = fake.memory;
		fake.memory = 0;
	} while (r == -ENOMEM);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(left, 1);
	ck_assert_int_gt(count, 1);
	expect_controls(0x11, 0x11, 0x11);
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), 0);
	expect_controls(0x1d, 0x1d, 0x1d);
}
END_TEST

/* A failure leaves what was applied before as it is, and its way back. */
START_TEST(keeps_earlier)
{
	ck_assert_int_eq(p2p_apply(context, topology, changes, 1, undo), 0);
	fake.stuck[2] = true;
	ck_assert_int_eq(p2p_apply(context, topology, &changes[1], 2, undo), -EIO);
	expect_controls(0x11, 0x1d, 0x1d);
	fake.stuck[2] = false;
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), 0);
	expect_controls(0x1d, 0x1d, 0x1d);
}
END_TEST

START_TEST(undo_refuses)
{
	ck_assert_int_eq(p2p_apply(context, topology, changes, 3, undo), 0);
	fake.writes = 0;
	fake.config[1][ACS + 6] = 0x19;
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), -ESTALE);
	ck_assert_uint_eq(fake.writes, 0);
	expect_controls(0x11, 0x19, 0x11);
	fake.config[1][ACS + 6] = 0x11;
	fake.stuck[0] = true;
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), -EIO);
	expect_controls(0x11, 0x11, 0x11);
	fake.stuck[0] = false;
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), 0);
	expect_controls(0x1d, 0x1d, 0x1d);
}
END_TEST

/* The upper half of a dword register stays what it is. */
START_TEST(dword)
{
	static const uint8_t bytes[] = { 0x1d, 0, 0xef, 0xbe };

	memcpy(&fake.config[0][ACS + 8], bytes, 4);
	changes[0].offset = ACS + 8;
	changes[0].size = 4;
	ck_assert_int_eq(p2p_apply(context, topology, changes, 1, undo), 0);
	ck_assert_uint_eq(fake.config[0][ACS + 8], 0x11);
	ck_assert_mem_eq(&fake.config[0][ACS + 10], &bytes[2], 2);
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), 0);
	ck_assert_mem_eq(&fake.config[0][ACS + 8], bytes, 4);
}
END_TEST

#define BOOT_IS "\"boot_id\":\"" BOOT "\",\"registers\":"
#define HEAD "{\"format\":\"p2ptopo-undo\",\"version\":1," BOOT_IS

/* A file that is none of ours, or tells of what is no ACS control: nothing is written. */
static const struct { const char *text; int error; } files[] = {
	{ "", -EBADMSG },
	{ "[]", -EBADMSG },
	{ "{\"format\":\"p2ptopo-undo\"}", -EBADMSG },
	{ "{\"format\":\"other\",\"registers\":[]}", -EBADMSG },
	{ "{\"format\":\"p2ptopo-undo\",\"boot_id\":\"another\",\"registers\":[]}", -ESTALE },
	{ "{\"format\":\"p2ptopo-undo\"," BOOT_IS "[]}", -EBADMSG },
	{ "{\"format\":\"p2ptopo-undo\",\"version\":2," BOOT_IS "[]}", -EBADMSG },
	{ HEAD "[3]}", -EBADMSG },
	{ HEAD "[{\"bdf\":\"x\"}]}", -EBADMSG },
	{ HEAD "[{\"bdf\":\"0000:01:00.0\",\"vendor\":70000}]}", -EBADMSG },
	{ HEAD "[{\"bdf\":\"0000:01:00.0\",\"vendor\":32902,\"device\":8240,\"acs\":328,"
	  "\"offset\":4,\"size\":2,\"mask\":12,\"before\":29,\"after\":17}]}", -EBADMSG },
	{ HEAD "[{\"bdf\":\"0000:01:00.0\",\"vendor\":32902,\"device\":8240,\"acs\":328,"
	  "\"offset\":334,\"size\":3,\"mask\":12,\"before\":29,\"after\":17}]}", -EBADMSG },
	{ HEAD "[{\"bdf\":\"0000:01:00.0\",\"vendor\":32902,\"device\":8240,\"acs\":328,"
	  "\"offset\":334,\"size\":2,\"mask\":12,\"before\":29,\"after\":16}]}", -EBADMSG },
	{ HEAD "[{\"bdf\":\"0000:01:00.0\",\"vendor\":32902,\"device\":8240,\"acs\":328,"
	  "\"offset\":334,\"size\":2,\"mask\":12,\"before\":29,\"after\":-3}]}", -EBADMSG },
	{ HEAD "[]}", 0 },
};

START_TEST(files_of_others)
{
	FILE *file = fopen(undo, "w");

	ck_assert_ptr_nonnull(file);
	fputs(files[_i].text, file);
	fclose(file);
	ck_assert_int_eq(p2p_apply_undo(context, undo, NULL), files[_i].error);
	ck_assert_uint_eq(fake.writes, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("apply");
	TCase *tests = tcase_create("apply");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, there_and_back);
	tcase_add_test(tests, several_times);
	tcase_add_test(tests, refuses);
	tcase_add_test(tests, needs_the_way_back);
	tcase_add_test(tests, needs_the_boot);
	tcase_add_test(tests, rolls_back);
	tcase_add_test(tests, cannot_roll_back);
	tcase_add_test(tests, keeps_earlier);
	tcase_add_test(tests, undo_refuses);
	tcase_add_test(tests, undo_of_others);
	tcase_add_test(tests, folder_of_others);
	tcase_add_test(tests, out_of_memory);
	tcase_add_test(tests, dword);
	tcase_add_loop_test(tests, files_of_others, 0, sizeof(files) / sizeof(files[0]));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
