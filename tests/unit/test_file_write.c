/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one writer of files: what it replaces, what it refuses, and what is left when a signal, a
 * full disk or a missing permission ends it.  Every test runs on a file system that has unnamed
 * files, and as if on one that has not.
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/file-write.h"
#include "files.h"

static bool no_unnamed;
static char *directory;
static char path[PATH_MAX];
static struct p2p_context *context;

int __real_openat64(int at, const char *name, int flags, ...);
int __wrap_openat64(int at, const char *name, int flags, ...);

static bool killed_before_rename;
int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);

/* See the --wrap options of this program. */
int __wrap_renameat(int from, const char *old, int to, const char *new)
{
	if (killed_before_rename)
		raise(SIGKILL);
	return __real_renameat(from, old, to, new);
}

int __wrap_openat64(int at, const char *name, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	if (no_unnamed && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return __real_openat64(at, name, flags, mode);
}

static void set_up(void)
{
	directory = make_directory();
	context = make_context();
	snprintf(path, sizeof(path), "%.64s/file", directory);
	umask(022);
}

static void tear_down(void)
{
	p2p_context_free(context);
	remove_directory(directory);
}

static const char *in_directory(const char *name)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%.64s/%.64s", directory, name);
	return full;
}

static int put(const char *where, unsigned int flags, const char *text)
{
	return p2p_file_write(context, where, flags, text, strlen(text));
}

/* Writing must fail with @error and one sentence that names the file and says @why. */
static void refused(const char *where, unsigned int flags, int error, const char *why)
{
	int r = put(where, flags, "new");

	ck_assert_msg(r == error, "%s: %d instead of %d: %s", where, r, error,
		      p2p_context_error(context));
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), where));
	ck_assert_msg(strstr(p2p_context_error(context), why) != NULL, "%s",
		      p2p_context_error(context));
}

static void holds(const char *where, const char *text)
{
	size_t size;
	char *data = get_bytes(where, &size);

	ck_assert_str_eq(data, text);
	free(data);
}

static unsigned int entries(void)
{
	char command[PATH_MAX + 32];
	unsigned int count = 0;
	FILE *list;

	snprintf(command, sizeof(command), "ls -A %.64s | wc -l", directory);
	list = popen(command, "r");
	ck_assert_ptr_nonnull(list);
	ck_assert_int_eq(fscanf(list, "%u", &count), 1);
	pclose(list);
	return count;
}

static mode_t mode_of(const char *where)
{
	struct stat status;

	ck_assert_int_eq(lstat(where, &status), 0);
	return status.st_mode;
}

START_TEST(makes_and_replaces)
{
	no_unnamed = _i;
	ck_assert_int_eq(put(path, 0, "first"), 0);
	holds(path, "first");
	ck_assert_uint_eq(mode_of(path), S_IFREG | 0644);
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(put(path, 0, "second, longer"), 0);
	holds(path, "second, longer");
	/* Who could not read it before cannot now. */
	ck_assert_uint_eq(mode_of(path), S_IFREG | 0640);
	ck_assert_int_eq(put(path, P2P_WRITE_OWN, "third"), 0);
	ck_assert_uint_eq(mode_of(path), S_IFREG | 0644);
	ck_assert_int_eq(put(path, P2P_WRITE_OWN | P2P_WRITE_SECRET, "fourth"), 0);
	holds(path, "fourth");
	ck_assert_uint_eq(mode_of(path), S_IFREG | 0600);
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(replaces_nothing_new)
{
	no_unnamed = _i;
	ck_assert_int_eq(put(path, P2P_WRITE_NEW, "old"), 0);
	refused(path, P2P_WRITE_NEW, -EEXIST, "exists");
	holds(path, "old");
	ck_assert_int_eq(symlink("nowhere", in_directory("link")), 0);
	refused(in_directory("link"), P2P_WRITE_NEW, -EEXIST, "exists");
	ck_assert_uint_eq(entries(), 2);
}
END_TEST

/* Somebody makes the file while we write it. */
START_TEST(somebody_was_faster)
{
	struct p2p_file_writer writer;

	no_unnamed = _i;
	ck_assert_int_eq(p2p_file_open(context, path, P2P_WRITE_NEW, &writer), 0);
	ck_assert_int_eq(p2p_file_put(&writer, "new", 3), 0);
	put_text(directory, "file", "theirs");
	ck_assert_int_eq(p2p_file_close(&writer, 0), -EEXIST);
	holds(path, "theirs");
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(follows_links)
{
	no_unnamed = _i;
	put_text(directory, "target", "precious");
	ck_assert_int_eq(symlink("target", path), 0);
	ck_assert_int_eq(put(path, 0, "new"), 0);
	ck_assert_uint_eq(mode_of(path) & S_IFMT, S_IFLNK);
	holds(in_directory("target"), "new");
	refused(path, P2P_WRITE_OWN, -EINVAL, "not a regular file");
	ck_assert_int_eq(unlink(in_directory("target")), 0);
	refused(path, 0, -ENOENT, "link to a file that does not exist");
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(stays_a_device)
{
	no_unnamed = _i;
	if (mknod(path, S_IFCHR | 0666, makedev(1, 3)) || open(path, O_WRONLY | O_CLOEXEC) < 0)
		return;		/* not root, or a file system without devices */
	ck_assert_int_eq(put(path, 0, "new"), 0);
	refused(path, P2P_WRITE_OWN, -EINVAL, "not a regular file");
	ck_assert(S_ISCHR(mode_of(path)));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mknod(path, S_IFBLK | 0666, makedev(7, 200)), 0);
	refused(path, 0, -EINVAL, "block device");
	ck_assert(S_ISBLK(mode_of(path)));
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(stays_a_fifo)
{
	char text[8] = "";
	int reader;

	no_unnamed = _i;
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	refused(path, 0, -ENXIO, "nobody reads");
	refused(path, P2P_WRITE_OWN, -EINVAL, "not a regular file");
	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(reader, 0);
	ck_assert_int_eq(put(path, 0, "new"), 0);
	ck_assert_int_eq(read(reader, text, sizeof(text)), 3);
	ck_assert_str_eq(text, "new");
	close(reader);
	ck_assert(S_ISFIFO(mode_of(path)));
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(refuses_sockets_and_directories)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	no_unnamed = _i;
	snprintf(address.sun_path, sizeof(address.sun_path), "%.64s/file", directory);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	refused(path, 0, -EINVAL, "not a regular file");
	close(fd);
	refused(directory, 0, -EISDIR, "directory");
	refused(in_directory("new/"), 0, -EISDIR, "directory");
	refused(in_directory("no/file"), 0, -ENOENT, "No such file");
	ck_assert_int_eq(put("", 0, "new"), -ENOENT);
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* The file that a shell sent standard output to: written at its offset, under its name. */
START_TEST(standard_output)
{
	int kept = dup(STDOUT_FILENO), fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	no_unnamed = _i;
	ck_assert_int_ge(fd, 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	ck_assert_int_eq(write(STDOUT_FILENO, "before ", 7), 7);
	ck_assert_int_eq(put("/dev/stdout", 0, "new "), 0);
	ck_assert_int_eq(write(STDOUT_FILENO, "after", 5), 5);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(fd);
	holds(path, "before new after");
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* As nobody, where the tests run as root. */
static void in_child(void (*act)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		act();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

static void write_forbidden(void)
{
	if (!geteuid() && (setgid(65534) || setuid(65534)))
		return;
	refused(path, 0, -EACCES, "Permission denied");
	refused(in_directory("other"), 0, -EACCES, "Permission denied");
}

START_TEST(forbidden)
{
	no_unnamed = _i;
	put_text(directory, "file", "old");
	ck_assert_int_eq(chmod(path, 0444), 0);
	ck_assert_int_eq(chmod(directory, 0555), 0);
	in_child(write_forbidden);
	ck_assert_int_eq(chmod(directory, 0755), 0);
	holds(path, "old");
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* Half is written, then the signal comes; with a kill that nothing can hold back, too. */
START_TEST(signals)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGKILL };
	int number = numbers[_i / 2], status;
	pid_t child;

	no_unnamed = _i % 2;
	put_text(directory, "file", "old");
	child = fork();
	if (!child) {
		struct p2p_file_writer writer;
		int r = p2p_file_open(context, path, 0, &writer);

		if (!r)
			r = p2p_file_put(&writer, "half", 4);
		signal(number, SIG_DFL);
		raise(number);
		p2p_file_close(&writer, p2p_file_put(&writer, "rest", 4));
		_exit(r ? 1 : 2);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == number);
	holds(path, "old");
	/* Without unnamed files a kill leaves the one that was being written, until the next one is. */
	ck_assert_uint_eq(entries(), number == SIGKILL && no_unnamed ? 2 : 1);
	ck_assert_int_eq(put(path, 0, "new"), 0);
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* The new file is whole, and has no place yet. */
static void leave_one(void)
{
	pid_t child = fork();
	int status;

	if (!child) {
		killed_before_rename = true;
		put(path, 0, "new");
		_exit(1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* The path of the one entry that is not the file. */
static const char *left_one(void)
{
	DIR *list = opendir(directory);
	const char *left = NULL;

	ck_assert_ptr_nonnull(list);
	for (const struct dirent *entry; (entry = readdir(list));)
		if (!strncmp(entry->d_name, ".p2ptopo-", 9))
			left = in_directory(entry->d_name);
	closedir(list);
	ck_assert_ptr_nonnull(left);
	return left;
}

START_TEST(killed_writer)
{
	no_unnamed = _i;
	put_text(directory, "file", "old");
	leave_one();
	holds(path, "old");
	holds(left_one(), "new");
	ck_assert_uint_eq(entries(), 2);
	/* Another file does not touch it, nor does one that may replace nothing. */
	ck_assert_int_eq(put(in_directory("other"), 0, "other"), 0);
	ck_assert_int_eq(put(path, P2P_WRITE_NEW, "newer"), -EEXIST);
	ck_assert_uint_eq(entries(), 3);
	ck_assert_int_eq(put(path, 0, "newer"), 0);
	holds(path, "newer");
	ck_assert_uint_eq(entries(), 2);
}
END_TEST

/* One whose writer lives is not taken for a left one, and does not keep others from writing. */
START_TEST(two_writers)
{
	struct p2p_file_writer writer;

	no_unnamed = _i;
	put_text(directory, "file", "old");
	ck_assert_int_eq(p2p_file_open(context, path, 0, &writer), 0);
	ck_assert_int_eq(put(path, 0, "faster"), 0);
	holds(path, "faster");
	ck_assert_int_eq(p2p_file_put(&writer, "slower", 6), 0);
	ck_assert_int_eq(p2p_file_close(&writer, 0), 0);
	holds(path, "slower");
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* What a stranger puts there under that name is neither written nor removed, and does not stop us. */
START_TEST(strangers_file)
{
	char left[PATH_MAX];

	no_unnamed = _i;
	put_text(directory, "file", "old");
	leave_one();
	snprintf(left, sizeof(left), "%s", left_one());
	ck_assert_int_eq(unlink(left), 0);
	put_text(directory, "theirs", "precious");
	ck_assert_int_eq(symlink("theirs", left), 0);
	ck_assert_int_eq(put(path, 0, "new"), 0);
	ck_assert(S_ISLNK(mode_of(left)));
	ck_assert_int_eq(unlink(left), 0);
	ck_assert_int_eq(mkfifo(left, 0666), 0);
	ck_assert_int_eq(put(path, 0, "newer"), 0);
	ck_assert(S_ISFIFO(mode_of(left)));
	ck_assert_int_eq(unlink(left), 0);
	if (!geteuid()) {
		put_text(directory, left + strlen(left) - strlen(".p2ptopo-0123456789abcdef"), "precious");
		ck_assert_int_eq(chown(left, 65534, 65534), 0);
		ck_assert_int_eq(put(path, 0, "newest"), 0);
		holds(left, "precious");
		ck_assert_int_eq(unlink(left), 0);
	}
	holds(in_directory("theirs"), "precious");
	ck_assert_uint_eq(entries(), 2);
}
END_TEST

static void write_much(void)
{
	const struct rlimit small = { 4096, 4096 };
	static char much[65536];

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &small))
		_exit(1);
	if (p2p_file_write(context, path, 0, much, sizeof(much)) != -EFBIG ||
	    !strstr(p2p_context_error(context), "File too large"))
		_exit(2);
}

static void fill_tmpfs(void)
{
	static char much[1 << 20];

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", directory, "tmpfs", 0, "size=64k"))
		return;		/* not root */
	put_text(directory, "file", "old");
	if (p2p_file_write(context, path, 0, much, sizeof(much)) != -ENOSPC)
		_exit(2);
	holds(path, "old");
	if (entries() != 1)
		_exit(3);
}

START_TEST(no_room)
{
	no_unnamed = _i;
	put_text(directory, "file", "old");
	in_child(write_much);
	in_child(fill_tmpfs);
	holds(path, "old");
	ck_assert_uint_eq(entries(), 1);
	refused("/dev/full", 0, -ENOSPC, "No space left");
	ck_assert(S_ISCHR(mode_of("/dev/full")));
}
END_TEST

/* More than a buffer holds; @data: what to return. */
static int print_lines(FILE *out, void *data)
{
	for (unsigned int i = 0; i < 20000; i++)
		fprintf(out, "%u\n", i);
	return *(const int *)data;
}

START_TEST(prints)
{
	int fine = 0, wrong = 42;
	size_t size;
	char *text;

	no_unnamed = _i;
	put_text(directory, "file", "old");
	ck_assert_int_eq(p2p_file_print(context, path, 0, print_lines, &wrong), 42);
	holds(path, "old");
	ck_assert_int_eq(p2p_file_print(context, path, P2P_WRITE_NEW, print_lines, &fine), -EEXIST);
	ck_assert_int_eq(p2p_file_print(context, "/dev/full", 0, print_lines, &fine), -ENOSPC);
	ck_assert_int_eq(p2p_file_print(context, path, 0, print_lines, &fine), 0);
	text = get_bytes(path, &size);
	ck_assert_uint_eq(size, 108890);
	ck_assert_str_eq(text + size - strlen("19998\n19999\n"), "19998\n19999\n");
	free(text);
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file-write");
	TCase *tests = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, makes_and_replaces, 0, 2);
	tcase_add_loop_test(tests, replaces_nothing_new, 0, 2);
	tcase_add_loop_test(tests, somebody_was_faster, 0, 2);
	tcase_add_loop_test(tests, follows_links, 0, 2);
	tcase_add_loop_test(tests, stays_a_device, 0, 2);
	tcase_add_loop_test(tests, stays_a_fifo, 0, 2);
	tcase_add_loop_test(tests, refuses_sockets_and_directories, 0, 2);
	tcase_add_loop_test(tests, standard_output, 0, 2);
	tcase_add_loop_test(tests, forbidden, 0, 2);
	tcase_add_loop_test(tests, signals, 0, 10);
	tcase_add_loop_test(tests, killed_writer, 0, 2);
	tcase_add_loop_test(tests, two_writers, 0, 2);
	tcase_add_loop_test(tests, strangers_file, 0, 2);
	tcase_add_loop_test(tests, no_room, 0, 2);
	tcase_add_loop_test(tests, prints, 0, 2);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
