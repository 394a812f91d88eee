/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/context.h"
#include "base/file-write.h"

#define TRIES	16
#define FD_PATH	64	/* "/proc/self/fd/N" */

/* Signals that end a process by default and may reach one that is writing a file. */
static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
#define SIGNALS	P2P_LENGTH(signals)

static int failed(const struct p2p_file_writer *writer, int error)
{
	return p2p_error(writer->context, error, "%s cannot be written: %s", writer->path,
			 strerror(-error));
}

static int refuse(const struct p2p_file_writer *writer, int error, const char *why)
{
	return p2p_error(writer->context, error, "%s cannot be written: %s", writer->path, why);
}

/*
 * While the file has a temporary name, signals are blocked; p2p_file_put() checks for pending ones.  Ignored
 * signals stay ignored.
 */
static void hold_signals(struct p2p_file_writer *writer)
{
	sigset_t set;

	if (writer->masked)
		return;
	sigemptyset(&set);
	for (size_t i = 0; i < SIGNALS; i++) {
		struct sigaction action;

		if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	}
	writer->masked = !pthread_sigmask(SIG_BLOCK, &set, &writer->mask);
}

static void let_signals(struct p2p_file_writer *writer)
{
	if (writer->masked)
		pthread_sigmask(SIG_SETMASK, &writer->mask, NULL);
	writer->masked = false;
}

/* True if a signal arrived that only we block; what the caller blocks is left to the caller. */
static bool is_interrupted(const struct p2p_file_writer *writer)
{
	sigset_t pending;

	if (!writer->masked || sigpending(&pending))
		return false;
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigismember(&pending, signals[i]) && !sigismember(&writer->mask, signals[i]))
			return true;
	return false;
}

static void fd_path(int fd, char path[FD_PATH])
{
	snprintf(path, FD_PATH, "/proc/self/fd/%d", fd);
}

/* Is it our stdout or stderr?  The shell opened it, and its offset matters: it is neither replaced nor opened again. */
static int standard_stream(const struct stat *status)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		struct stat stream;

		if (!fstat(fd, &stream) && stream.st_dev == status->st_dev &&
		    stream.st_ino == status->st_ino)
			return fd;
	}
	return -1;
}

static int open_stream(struct p2p_file_writer *writer)
{
	const struct p2p_file_place *place = &writer->place;
	int stream = standard_stream(&place->status), flags;
	struct stat status;

	/* A FIFO without a reader is an error rather than an endless wait. */
	writer->fd = stream >= 0 ? fcntl(stream, F_DUPFD_CLOEXEC, 0) :
		     openat(place->folder, place->name, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
			    (place->by_kernel ? 0 : O_NOFOLLOW));
	if (writer->fd < 0 && errno == ENXIO && S_ISFIFO(place->status.st_mode))
		return refuse(writer, -ENXIO, "nobody reads this FIFO");
	if (writer->fd < 0 || fstat(writer->fd, &status))
		return failed(writer, -errno);
	if (status.st_dev != place->status.st_dev || status.st_ino != place->status.st_ino)
		return refuse(writer, -ESTALE, "it was replaced in the meantime");
	flags = stream >= 0 ? 0 : fcntl(writer->fd, F_GETFL);
	if (stream < 0 && (flags < 0 || fcntl(writer->fd, F_SETFL, flags & ~O_NONBLOCK) < 0))
		return failed(writer, -errno);
	writer->in_place = true;
	return 0;
}

/* Something of that name exists; nothing was touched yet. */
static int examine(struct p2p_file_writer *writer)
{
	const struct p2p_file_place *place = &writer->place;
	mode_t type = place->status.st_mode & S_IFMT;
	bool own = writer->flags & P2P_WRITE_OWN;

	if (writer->flags & P2P_WRITE_NEW)
		return failed(writer, -EEXIST);
	if (type == S_IFDIR)
		return failed(writer, -EISDIR);
	if (own && type != S_IFREG)
		return refuse(writer, -EINVAL, "it is not a regular file");
	if (type == S_IFCHR || type == S_IFIFO || (!own && standard_stream(&place->status) >= 0))
		return open_stream(writer);
	if (type != S_IFREG)
		return refuse(writer, -EINVAL, type == S_IFBLK ? "it is a block device" :
			      "it is not a regular file");
	if (place->by_kernel)
		return refuse(writer, -ELOOP, "it is a link that cannot be followed");
	writer->replaces = true;
	if (!own && faccessat(place->folder, place->name, W_OK, AT_EACCESS))
		return failed(writer, -errno);
	return 0;
}

static int find_place(struct p2p_file_writer *writer)
{
	bool follows = !(writer->flags & (P2P_WRITE_OWN | P2P_WRITE_NEW));
	const char *why;
	int r = p2p_file_find(writer->path, follows, &writer->place, &why);

	if (r)
		return why ? refuse(writer, r, why) : failed(writer, r);
	return writer->place.exists ? examine(writer) : 0;
}

/*
 * The first name to try is the same for every writer of a file (FNV-1a of its name), so that the next writer
 * finds what a killed one left.  The others are random.
 */
static int choose_name(const struct p2p_file_writer *writer, int try, char name[P2P_TEMPORARY])
{
	uint64_t number = 14695981039346656037u;

	for (const char *at = writer->place.name; !try && *at; at++)
		number = (number ^ (unsigned char)*at) * 1099511628211u;
	if (try && getrandom(&number, sizeof(number), 0) != sizeof(number))
		return -EIO;
	snprintf(name, P2P_TEMPORARY, ".p2ptopo-%016" PRIx64, number);
	return 0;
}

static bool is_named(const struct p2p_file_writer *writer, int fd, const char *name)
{
	struct stat status, named;

	return !fstat(fd, &status) && !fstatat(writer->place.folder, name, &named, AT_SYMLINK_NOFOLLOW) &&
	       status.st_dev == named.st_dev && status.st_ino == named.st_ino;
}

/* A writer holds a lock on its file.  A file that is not locked was left by a writer that was killed. */
static void remove_left(const struct p2p_file_writer *writer)
{
	char name[P2P_TEMPORARY];
	struct stat status;
	int fd;

	choose_name(writer, 0, name);
	fd = openat(writer->place.folder, name,
		    O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
	    !flock(fd, LOCK_EX | LOCK_NB) && is_named(writer, fd, name))
		unlinkat(writer->place.folder, name, 0);
	close(fd);
}

/* Return: 0 if the file now has @name; -EEXIST if something else has it. */
static int name_it(const struct p2p_file_writer *writer, const char *name)
{
	char path[FD_PATH];

	fd_path(writer->fd, path);
	return linkat(AT_FDCWD, path, writer->place.folder, name, AT_SYMLINK_FOLLOW) ? -errno : 0;
}

static mode_t new_mode(const struct p2p_file_writer *writer)
{
	return writer->flags & P2P_WRITE_SECRET ? 0600 : 0666;
}

/* Until it is locked, another writer may take it for a leftover and remove it. */
static int create_beside(struct p2p_file_writer *writer)
{
	writer->fd = openat(writer->place.folder, writer->temporary,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, new_mode(writer));
	if (writer->fd < 0)
		return -errno;
	if ((!flock(writer->fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK) &&
	    is_named(writer, writer->fd, writer->temporary))
		return 0;
	close(writer->fd);
	writer->fd = -1;
	return -EEXIST;
}

/* linkat() cannot replace a file, so the new one briefly has a temporary name. */
static int link_beside(struct p2p_file_writer *writer)
{
	flock(writer->fd, LOCK_EX | LOCK_NB);
	return name_it(writer, writer->temporary);
}

/* Have @make give the file a name that nothing else has. */
static int name_beside(struct p2p_file_writer *writer, int (*make)(struct p2p_file_writer *writer))
{
	int r = -EEXIST;

	hold_signals(writer);
	for (int i = 0; i < TRIES && r == -EEXIST; i++) {
		r = choose_name(writer, i, writer->temporary);
		if (!r)
			r = make(writer);
	}
	if (r)
		*writer->temporary = '\0';
	return r;
}

/* Create the file without a name where the file system supports that; it gets its name through /proc once complete. */
static int create(struct p2p_file_writer *writer)
{
	remove_left(writer);
	if (!access("/proc/self/fd", X_OK)) {
		writer->fd = openat(writer->place.folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC,
				    new_mode(writer));
		if (writer->fd >= 0)
			return 0;
	}
	return name_beside(writer, create_beside);
}

/* Keep owner, group and mode of the old file.  Where the group cannot be kept, ours gets no more than others had. */
static int keep_owner(const struct p2p_file_writer *writer)
{
	const struct stat *old = &writer->place.status;
	mode_t mode = old->st_mode & 0777;
	struct stat status;

	if (!writer->replaces || writer->flags & P2P_WRITE_OWN)
		return 0;
	if (fstat(writer->fd, &status))
		return -errno;
	if ((status.st_uid != old->st_uid || status.st_gid != old->st_gid) &&
	    fchown(writer->fd, old->st_uid, old->st_gid) && fchown(writer->fd, (uid_t)-1, old->st_gid))
		mode = (mode & 0707) | (mode & 07) << 3;
	return fchmod(writer->fd, mode) ? -errno : 0;
}

int p2p_file_open(struct p2p_context *context, const char *path, unsigned int flags,
		  struct p2p_file_writer *ret_writer)
{
	struct p2p_file_writer writer = { .context = context, .path = path, .flags = flags, .fd = -1 };
	int r = find_place(&writer);

	if (!r && !writer.in_place) {
		r = create(&writer);
		if (!r)
			r = keep_owner(&writer);
		if (r)
			failed(&writer, r);
	}
	if (r)
		return p2p_file_close(&writer, r);
	*ret_writer = writer;
	return 0;
}

int p2p_file_put(struct p2p_file_writer *writer, const void *bytes, size_t size)
{
	for (const char *at = bytes; size;) {
		ssize_t done;

		if (is_interrupted(writer))
			return failed(writer, -EINTR);
		done = write(writer->fd, at, size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return failed(writer, -errno);
		at += done;
		size -= (size_t)done;
	}
	return 0;
}

/* Rename without replacing.  Where the file system cannot guarantee that, check before. */
static int rename_new(const struct p2p_file_writer *writer)
{
	struct stat status;

	/* Not every C library has renameat2(). */
	if (!syscall(SYS_renameat2, writer->place.folder, writer->temporary, writer->place.folder,
		     writer->place.name, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (!fstatat(writer->place.folder, writer->place.name, &status, AT_SYMLINK_NOFOLLOW))
		return -EEXIST;
	return renameat(writer->place.folder, writer->temporary, writer->place.folder, writer->place.name) ?
	       -errno : 0;
}

static int put_in_place(struct p2p_file_writer *writer)
{
	bool may_replace = !(writer->flags & P2P_WRITE_NEW);
	int r;

	if (!*writer->temporary) {
		r = writer->replaces ? -EEXIST : name_it(writer, writer->place.name);
		if (r != -EEXIST || !may_replace)
			return r;
		r = name_beside(writer, link_beside);
		if (r)
			return r;
	}
	if (!may_replace)
		r = rename_new(writer);
	else
		r = renameat(writer->place.folder, writer->temporary, writer->place.folder,
			     writer->place.name) ? -errno : 0;
	if (!r)
		*writer->temporary = '\0';
	return r;
}

int p2p_file_close(struct p2p_file_writer *writer, int error)
{
	int r = error;

	if (!r && !writer->in_place) {
		r = is_interrupted(writer) ? -EINTR : fsync(writer->fd) ? -errno :
		    put_in_place(writer);
		if (r)
			failed(writer, r);
	}
	if (*writer->temporary)
		unlinkat(writer->place.folder, writer->temporary, 0);
	if (writer->fd >= 0 && close(writer->fd) && !r && writer->in_place)
		r = failed(writer, -errno);
	if (writer->place.folder >= 0)
		close(writer->place.folder);
	let_signals(writer);
	return r;
}

int p2p_file_write(struct p2p_context *context, const char *path, unsigned int flags,
		   const void *bytes, size_t size)
{
	struct p2p_file_writer writer;
	int r = p2p_file_open(context, path, flags, &writer);

	return r ? r : p2p_file_close(&writer, p2p_file_put(&writer, bytes, size));
}

/** struct printer - a stream into a file; @error: the first error, after which nothing is written. */
struct printer {
	struct p2p_file_writer writer;
	int error;
};

static ssize_t put_printed(void *cookie, const char *bytes, size_t size)
{
	struct printer *printer = cookie;

	if (!printer->error)
		printer->error = p2p_file_put(&printer->writer, bytes, size);
	return printer->error ? -1 : (ssize_t)size;
}

int p2p_file_print(struct p2p_context *context, const char *path, unsigned int flags,
		   p2p_print_fn *print, void *data)
{
	struct printer printer = { 0 };
	int r = p2p_file_open(context, path, flags, &printer.writer);
	FILE *out;

	if (r)
		return r;
	out = fopencookie(&printer, "w", (cookie_io_functions_t){ .write = put_printed });
	if (!out)
		return p2p_file_close(&printer.writer, failed(&printer.writer, -ENOMEM));
	r = print(out, data);
	/* This writes what is left in the buffer; a failure is recorded in printer.error. */
	fclose(out);
	return p2p_file_close(&printer.writer, r ? r : printer.error);
}
