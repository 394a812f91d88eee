/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/context.h"
#include "base/file-write.h"
#include "snapshot/tree/libarchive.h"
#include "snapshot/tree/tar-write.h"

/* @error: the error of a failed write, for which there is a sentence */
struct writer {
	struct p2p_context *context;
	struct p2p_file_writer file;
	int error;
	struct archive *archive;
};

static int archive_failed(const struct writer *writer)
{
	const char *why = p2p_la.archive_error_string(writer->archive);

	if (writer->error)
		return writer->error;
	if (p2p_la.archive_errno(writer->archive) == ENOMEM)
		return -ENOMEM;
	return p2p_error(writer->context, -EIO, "%s cannot be written: %s", writer->file.path,
			 why ? why : "unknown error");
}

static la_ssize_t put(struct archive *archive, void *userdata, const void *bytes, size_t size)
{
	struct writer *writer = userdata;

	writer->error = p2p_file_put(&writer->file, bytes, size);
	if (!writer->error)
		return (la_ssize_t)size;
	p2p_la.archive_set_error(archive, -writer->error, "write error");
	return -1;
}

static int set_filter(struct archive *archive, const char *path)
{
	const struct {
		const char *ending;
		int (*add)(struct archive *archive);
	} rows[] = {
		{ ".gz", p2p_la.archive_write_add_filter_gzip },  { ".tgz", p2p_la.archive_write_add_filter_gzip },
		{ ".xz", p2p_la.archive_write_add_filter_xz },	   { ".txz", p2p_la.archive_write_add_filter_xz },
		{ ".zst", p2p_la.archive_write_add_filter_zstd }, { ".tzst", p2p_la.archive_write_add_filter_zstd },
		{ ".bz2", p2p_la.archive_write_add_filter_bzip2 },
		{ ".tbz2", p2p_la.archive_write_add_filter_bzip2 },
	};
	size_t size = strlen(path);

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		size_t length = strlen(rows[i].ending);

		if (size > length && !strcmp(path + size - length, rows[i].ending))
			return rows[i].add(archive);
	}
	return p2p_la.archive_write_add_filter_none(archive);
}

/* Owner, time and mode are constant, so that the result depends only on what was captured. */
static int write_file(struct writer *writer, const struct p2p_tar_file *file,
		      struct archive_entry *entry)
{
	p2p_la.archive_entry_clear(entry);
	p2p_la.archive_entry_set_pathname(entry, file->path);
	p2p_la.archive_entry_set_uid(entry, 0);
	p2p_la.archive_entry_set_gid(entry, 0);
	p2p_la.archive_entry_set_mtime(entry, 0, 0);
	if (file->kind == P2P_KIND_LINK) {
		p2p_la.archive_entry_set_filetype(entry, AE_IFLNK);
		p2p_la.archive_entry_set_perm(entry, 0777);
		p2p_la.archive_entry_set_symlink(entry, file->data);
	} else if (file->kind == P2P_KIND_DIR) {
		p2p_la.archive_entry_set_filetype(entry, AE_IFDIR);
		p2p_la.archive_entry_set_perm(entry, 0755);
	} else {
		p2p_la.archive_entry_set_filetype(entry, AE_IFREG);
		p2p_la.archive_entry_set_perm(entry, 0644);
		p2p_la.archive_entry_set_size(entry, (la_int64_t)file->size);
	}
	if (p2p_la.archive_write_header(writer->archive, entry) != ARCHIVE_OK)
		return archive_failed(writer);
	if (file->kind == P2P_KIND_FILE && file->size &&
	    p2p_la.archive_write_data(writer->archive, file->data, file->size) != (la_ssize_t)file->size)
		return archive_failed(writer);
	return 0;
}

static int write_files(struct writer *writer, const struct p2p_tar_file *files, size_t count)
{
	struct archive_entry *entry = p2p_la.archive_entry_new();
	int r = 0;

	if (!entry)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++)
		r = write_file(writer, &files[i], entry);
	p2p_la.archive_entry_free(entry);
	return r;
}

static int write_archive(struct writer *writer, const struct p2p_tar_file *files, size_t count)
{
	int r = p2p_libarchive_load();

	if (r < 0)
		return p2p_exhausted(writer->context, r);
	writer->archive = p2p_la.archive_write_new();
	if (!writer->archive)
		return -ENOMEM;
	p2p_la.archive_write_set_bytes_in_last_block(writer->archive, 1);
	if (p2p_la.archive_write_set_format_pax_restricted(writer->archive) < ARCHIVE_WARN ||
	    set_filter(writer->archive, writer->file.path) < ARCHIVE_WARN)
		r = archive_failed(writer);
	/* gzip would record the time; the other filters do not know the option. */
	p2p_la.archive_write_set_filter_option(writer->archive, "gzip", "timestamp", NULL);
	p2p_la.archive_clear_error(writer->archive);
	if (r == 0 && p2p_la.archive_write_open2(writer->archive, writer, NULL, put, NULL, NULL) !=
	    ARCHIVE_OK)
		r = archive_failed(writer);
	if (r == 0)
		r = write_files(writer, files, count);
	if (r == 0 && p2p_la.archive_write_close(writer->archive) != ARCHIVE_OK)
		r = archive_failed(writer);
	p2p_la.archive_write_free(writer->archive);
	return r;
}

int p2p_tar_write(struct p2p_context *context, const char *path, unsigned int flags,
		  const struct p2p_tar_file *files, size_t count)
{
	struct writer writer = { .context = context };
	int r = p2p_file_open(context, path, flags, &writer.file);

	return r ? r : p2p_file_close(&writer.file, write_archive(&writer, files, count));
}
