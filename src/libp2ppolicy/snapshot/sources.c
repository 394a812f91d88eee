/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of sources: which of them an input is, and what is said of each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/sources.h"

#define FILE_MOST	((size_t)1 << 30)

static const struct {
	struct p2p_source_text text;
	const struct p2p_format *format;
} rows[] = {
#define SOURCE(id, symbol, name, noun, help, again, cure) \
	[P2P_SOURCE_##id] = { { name, noun, help, again, cure }, &p2p_format_##symbol },
#include <p2ppolicy/sources.def>
#undef SOURCE
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct p2p_source_text *p2p_source_text(enum p2p_source source)
{
	return (size_t)source < ROWS ? &rows[source].text : NULL;
}

const struct p2p_format *p2p_format_of(const struct p2p_snapshot *snapshot)
{
	return rows[snapshot->source].format;
}

static int read_file(struct p2p_context *context, const char *path, int fd,
		     struct p2p_buffer *buffer)
{
	for (;;) {
		ssize_t n;

		if (p2p_buffer_reserve(buffer, buffer->room ? buffer->room : 65536) < 0)
			return p2p_error(context, -ENOMEM, "out of memory");
		n = read(fd, buffer->data + buffer->size, buffer->room - buffer->size - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
		buffer->size += (size_t)n;
		buffer->data[buffer->size] = '\0';
		if (n == 0)
			break;
		if (buffer->size > FILE_MOST)
			return p2p_error(context, -EBADMSG, "%s: larger than %zu MiB", path,
					 FILE_MOST >> 20);
	}
	return buffer->size ? 0 : p2p_error(context, -EBADMSG, "%s: the file is empty", path);
}

/* None of them: the sentence has every row but the running machine. */
static int refuse(struct p2p_context *context, const char *path)
{
	char list[512];
	size_t used = 0;

	*list = '\0';
	for (size_t i = P2P_SOURCE_LIVE + 1; i < ROWS && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 !used ? "" : i + 1 < ROWS ? ", " : ", nor ",
					 rows[i].text.help);
	return p2p_error(context, -EBADMSG, "%s: neither %s", path, list);
}

static int load_row(struct p2p_context *context, const struct p2p_input *input, size_t row,
		    struct p2p_snapshot *snapshot)
{
	snapshot->source = (enum p2p_source)row;
	if (rows[row].format->whole && snapshot->want == P2P_WANT_OVERVIEW)
		snapshot->want = P2P_WANT_NAMES;
	return rows[row].format->load(context, input, snapshot);
}

static int load_input(struct p2p_context *context, const struct p2p_input *input,
		      struct p2p_snapshot *snapshot)
{
	int r;

	for (size_t i = 0; i < ROWS; i++) {
		if (!rows[i].format->sniff(input))
			continue;
		r = load_row(context, input, i, snapshot);
		if (r != -ENOTSUP || !input->data)
			return r;
	}
	return refuse(context, input->name);
}

static int load_file(struct p2p_context *context, const char *path, int fd,
		     struct p2p_snapshot *snapshot)
{
	struct p2p_buffer buffer = { 0 };
	int r = read_file(context, path, fd, &buffer);

	close(fd);
	if (r == 0) {
		const struct p2p_input input = { path, -1, buffer.data, buffer.size };

		r = load_input(context, &input, snapshot);
	}
	free(buffer.data);
	return r;
}

static int load(struct p2p_context *context, const char *path, int fd,
		struct p2p_snapshot *snapshot)
{
	const struct p2p_input input = { .name = path, .fd = fd };
	struct stat status;

	if (path && (fstat(fd, &status) || !S_ISDIR(status.st_mode)))
		return load_file(context, path, fd, snapshot);
	return load_input(context, &input, snapshot);
}

int p2p_load_fd(struct p2p_context *context, const char *path, int fd, enum p2p_want want,
		struct p2p_snapshot **ret_snapshot)
{
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	int r;

	if (!snapshot) {
		if (path)
			close(fd);
		return p2p_error(context, -ENOMEM, "out of memory");
	}
	snapshot->want = want;
	r = load(context, path, fd, snapshot);
	if (r < 0) {
		p2p_snapshot_free(snapshot);
		return r;
	}
	*ret_snapshot = snapshot;
	return 0;
}

int p2p_snapshot_load(struct p2p_context *context, const char *path, enum p2p_want want,
		      struct p2p_snapshot **ret_snapshot)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;

	if (path && fd < 0)
		return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
	return p2p_load_fd(context, path, fd, want, ret_snapshot);
}
