/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/context.h"
#include "snapshot/tar-write.h"

#define TRIES	16

struct writer {
	struct p2p_context *context;
	const char *path;
	char temporary[PATH_MAX];	/* empty: written in place */
	int fd;
	struct archive *archive;
};

static int failed(struct writer *writer, const char *what, int error)
{
	return p2p_error(writer->context, -error, "%s: %s: %s", writer->path, what,
			 strerror(error));
}

static int archive_failed(struct writer *writer)
{
	int error = archive_errno(writer->archive);
	/* It says "Write error" where the system says why. */
	const char *why = error > 0 ? strerror(error) : archive_error_string(writer->archive);

	return p2p_error(writer->context, error > 0 ? -error : -EIO, "%s: cannot write: %s",
			 writer->path, why ? why : "unknown error");
}

/* A new file beside @path, so that rename() stays on one file system. */
static int open_temporary(struct writer *writer)
{
	const char *slash = strrchr(writer->path, '/');
	int directory = slash ? (int)(slash + 1 - writer->path) : 0;

	for (int i = 0; i < TRIES; i++) {
		uint32_t number;

		if (getrandom(&number, sizeof(number), 0) != sizeof(number) ||
		    snprintf(writer->temporary, sizeof(writer->temporary), "%.*s.%s.%08x",
			     directory, writer->path, writer->path + directory,
			     (unsigned int)number) >= PATH_MAX)
			break;
		writer->fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				  0666);
		if (writer->fd >= 0 || errno != EEXIST)
			break;
	}
	if (writer->fd >= 0)
		return 0;
	*writer->temporary = '\0';
	return failed(writer, "cannot create a file beside it", errno ? errno : ENAMETOOLONG);
}

static int open_output(struct writer *writer)
{
	struct stat status;

	if (!stat(writer->path, &status) && !S_ISREG(status.st_mode)) {
		writer->fd = open(writer->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return writer->fd < 0 ? failed(writer, "cannot open", errno) : 0;
	}
	return open_temporary(writer);
}

static int set_filter(struct archive *archive, const char *path)
{
	static const struct {
		const char *ending;
		int (*add)(struct archive *archive);
	} rows[] = {
		{ ".gz", archive_write_add_filter_gzip },  { ".tgz", archive_write_add_filter_gzip },
		{ ".xz", archive_write_add_filter_xz },	   { ".txz", archive_write_add_filter_xz },
		{ ".zst", archive_write_add_filter_zstd }, { ".tzst", archive_write_add_filter_zstd },
		{ ".bz2", archive_write_add_filter_bzip2 },
		{ ".tbz2", archive_write_add_filter_bzip2 },
	};
	size_t size = strlen(path);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t length = strlen(rows[i].ending);

		if (size > length && !strcmp(path + size - length, rows[i].ending))
			return rows[i].add(archive);
	}
	return archive_write_add_filter_none(archive);
}

/* Owner, time and mode are always the same, so that only what was captured makes a difference. */
static int write_file(struct writer *writer, const struct p2p_tar_file *file,
		      struct archive_entry *entry)
{
	archive_entry_clear(entry);
	archive_entry_set_pathname(entry, file->path);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	archive_entry_set_mtime(entry, 0, 0);
	switch (file->kind) {
	case P2P_KIND_LINK:
		archive_entry_set_filetype(entry, AE_IFLNK);
		archive_entry_set_perm(entry, 0777);
		archive_entry_set_symlink(entry, file->data);
		break;
	case P2P_KIND_DIR:
		archive_entry_set_filetype(entry, AE_IFDIR);
		archive_entry_set_perm(entry, 0755);
		break;
	case P2P_KIND_FILE:
	case P2P_KIND_GLOB:
	case P2P_KIND_CLASS:
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (la_int64_t)file->size);
		break;
	}
	if (archive_write_header(writer->archive, entry) != ARCHIVE_OK)
		return archive_failed(writer);
	if (file->kind == P2P_KIND_FILE && file->size &&
	    archive_write_data(writer->archive, file->data, file->size) != (la_ssize_t)file->size)
		return archive_failed(writer);
	return 0;
}

static int write_files(struct writer *writer, const struct p2p_tar_file *files, size_t count)
{
	struct archive_entry *entry = archive_entry_new();
	int r = 0;

	if (!entry)
		return p2p_error(writer->context, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count && r == 0; i++)
		r = write_file(writer, &files[i], entry);
	archive_entry_free(entry);
	return r;
}

static int write_archive(struct writer *writer, const struct p2p_tar_file *files, size_t count)
{
	int r;

	writer->archive = archive_write_new();
	if (!writer->archive)
		return p2p_error(writer->context, -ENOMEM, "out of memory");
	archive_write_set_format_pax_restricted(writer->archive);
	if (set_filter(writer->archive, writer->path) < ARCHIVE_WARN)
		r = archive_failed(writer);
	else
		r = 0;
	/* gzip would note the time; the other filters do not know the option. */
	archive_write_set_filter_option(writer->archive, "gzip", "timestamp", NULL);
	archive_clear_error(writer->archive);
	if (r == 0 && archive_write_open_fd(writer->archive, writer->fd) != ARCHIVE_OK)
		r = archive_failed(writer);
	if (r == 0)
		r = write_files(writer, files, count);
	if (r == 0 && archive_write_close(writer->archive) != ARCHIVE_OK)
		r = archive_failed(writer);
	archive_write_free(writer->archive);
	return r;
}

int p2p_tar_write(struct p2p_context *context, const char *path,
		  const struct p2p_tar_file *files, size_t count)
{
	struct writer writer = { .context = context, .path = path, .fd = -1 };
	int r = open_output(&writer);

	if (r < 0)
		return r;
	r = write_archive(&writer, files, count);
	if (r == 0 && *writer.temporary && fsync(writer.fd))
		r = failed(&writer, "cannot write", errno);
	if (close(writer.fd) && r == 0)
		r = failed(&writer, "cannot write", errno);
	if (r == 0 && *writer.temporary && rename(writer.temporary, path))
		r = failed(&writer, "cannot replace", errno);
	if (r < 0 && *writer.temporary)
		unlink(writer.temporary);
	return r;
}
