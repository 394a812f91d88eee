/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/post/container.h"
#include "snapshot/tree/archive.h"

#define TOO_LARGE		"a text of more than 16 MiB"
#define TOO_LARGE_PACKED	"a packed text that is damaged, or of more than 64 MiB"
#define NAME_SIZE		((size_t)2 * PATH_MAX)	/* of a container, and of a file in it; more is cut */
_Static_assert(P2P_TEXT_MOST == 16 << 20, "TOO_LARGE");
_Static_assert(P2P_FILE_MOST == 64 << 20, "TOO_LARGE_PACKED");

/**
 * struct container - a container that is being read.
 * @parts, @skipped: how many @snapshot had before
 */
struct container {
	struct p2p_context *context;
	const struct p2p_input *input;
	struct p2p_snapshot *snapshot;
	p2p_text_fn *load;
	size_t parts, skipped;
};

/* Check what it has used so far, together with the containers around it. */
static int check_budget(const struct container *container)
{
	const struct p2p_budget *budget = container->input->budget;

	if (budget->texts > P2P_TEXTS_MOST)
		return p2p_error(container->context, -E2BIG, "%s: its files hold more than %zu MiB",
				 budget->name, P2P_TEXTS_MOST >> 20);
	if (budget->unpacked > P2P_ARCHIVE_BYTES)
		return p2p_error(container->context, -E2BIG, "%s: unpacks to more than %d MiB",
				 budget->name, (int)(P2P_ARCHIVE_BYTES >> 20));
	if (budget->files > P2P_FOLDER_FILES)
		return p2p_error(container->context, -E2BIG, "%s: more than %u files", budget->name,
				 P2P_FOLDER_FILES);
	return 0;
}

static void note(const struct container *container, const char *name)
{
	(void)p2p_snapshot_skip(container->snapshot, name, p2p_context_error(container->context));
}

/* A text that holds nothing for us is not a failure; a damaged one is noted. */
static int take_plain(struct container *container, const char *path, const char *data, size_t size)
{
	char name[NAME_SIZE];
	const struct p2p_input input = { .name = name, .fd = -1, .data = data, .size = size,
					 .budget = container->input->budget };
	int r;

	snprintf(name, sizeof(name), "%s/%s", container->input->name, path);
	r = container->load(container->context, &input, container->snapshot);
	if (r == -EBADMSG)
		note(container, name);
	return r == -ENOTSUP || r == -EBADMSG ? 0 : r;
}

/* Note a file that may hold something and is not read. */
static int leave_out(struct container *container, const char *path, const char *why)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "%s/%s", container->input->name, path);
	(void)p2p_error(container->context, -EBADMSG, "%s: %s", name, why);
	note(container, name);
	return 0;
}

/* Take a text, unpacking it if it is compressed. */
static int take_text(struct container *container, const char *path, const char *data, size_t size)
{
	struct p2p_budget *budget = container->input->budget;
	struct p2p_buffer text = { 0 };
	int r, unpacked;

	budget->texts += size;
	r = check_budget(container);
	if (r < 0)
		return r;
	unpacked = p2p_unpack_text(data, size, budget, &text);
	if (p2p_is_exhausted(unpacked))
		return unpacked;
	budget->texts += text.size;
	r = check_budget(container);
	if (r == 0 && unpacked == -EBADMSG && p2p_is_packed(data, size))
		r = leave_out(container, path, TOO_LARGE_PACKED);
	else if (r == 0 && unpacked < 0)
		r = take_plain(container, path, data, size);
	else if (r == 0)
		r = take_plain(container, path, text.data, text.size);
	free(text.data);
	return r;
}

static int take_packed(void *user, const char *path, const struct p2p_buffer *buffer)
{
	if (!buffer)
		return leave_out(user, path ? path : "", TOO_LARGE);
	return take_text(user, path ? path : "", buffer->data, buffer->size);
}

/* What was found before the damage counts, and the damage is noted. */
static int found_any(const struct container *container, int r)
{
	bool any = container->snapshot->part_count > container->parts;

	/* This ends the container around it, too. */
	if (r == -E2BIG && container->input->budget->depth)
		return r;
	if (r == -EBADMSG || r == -E2BIG) {
		if (any)
			note(container, container->input->name);
		return any ? 0 : -EBADMSG;
	}
	if (r < 0 || any)
		return r;
	/* What was noted in a nested container is noted in the outer one. */
	if (container->snapshot->skipped_count > container->skipped && !container->input->budget->depth)
		return p2p_error(container->context, -EBADMSG, "%s",
				 container->snapshot->skipped[container->skipped].why);
	return -ENOTSUP;
}

int p2p_container_archive(struct p2p_context *context, const struct p2p_input *input,
			  struct p2p_snapshot *snapshot, p2p_text_fn *load)
{
	struct container container = { context, input, snapshot, load, snapshot->part_count,
				       snapshot->skipped_count };

	return found_any(&container, p2p_archive_texts(context, input->name, input->data, input->size,
						       input->budget, take_packed, &container));
}

/* Read until the buffer has @size bytes, or fewer if the file is shorter. */
static int read_more(int fd, size_t size, struct p2p_buffer *buffer)
{
	if (p2p_buffer_reserve(buffer, size - buffer->size) < 0)
		return -ENOMEM;
	while (buffer->size < size) {
		ssize_t n = read(fd, buffer->data + buffer->size, size - buffer->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		buffer->size += (size_t)n;
	}
	buffer->data[buffer->size] = '\0';
	return 0;
}

/* Take a regular file; others are passed over. */
static int take_file(struct container *container, int fd, const char *path)
{
	struct p2p_buffer buffer = { 0 };
	struct stat status;
	bool large;
	size_t size;
	int r;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_size < 4)
		return 0;
	size = (size_t)status.st_size;
	r = read_more(fd, size < P2P_HEAD_SIZE ? size : P2P_HEAD_SIZE, &buffer);
	large = r == 0 && size > p2p_size_most(buffer.data, buffer.size);
	if (r == 0 && !large)
		r = read_more(fd, size, &buffer);
	/* Half a file is not taken for a whole one. */
	if (r < 0 && !p2p_is_exhausted(r))
		r = leave_out(container, path, strerror(-r));
	else if (r == 0 && !large)
		r = take_text(container, path, buffer.data, buffer.size);
	else if (r == 0 && !memchr(buffer.data, '\0', buffer.size))
		r = leave_out(container, path, TOO_LARGE);
	free(buffer.data);
	return r;
}

static int take_folder(struct container *container, int fd, const char *below, unsigned int depth);

/* Links are not followed: they may lead out of the folder, or in circles. */
static int take_name(struct container *container, int folder, const char *name, const char *below,
		     unsigned int depth)
{
	char path[PATH_MAX];
	struct stat status;
	int fd, r;

	if (snprintf(path, sizeof(path), "%s%s%s", below, *below ? "/" : "", name) >= PATH_MAX)
		return 0;
	container->input->budget->files++;
	r = check_budget(container);
	if (r < 0)
		return r;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == EACCES ? leave_out(container, path, strerror(errno)) : 0;
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		return depth < P2P_FOLDER_DEPTH ? take_folder(container, fd, path, depth + 1) :
						  close(fd);
	r = take_file(container, fd, path);
	close(fd);
	return r;
}

/* Take the files in order of their names, so that the result is reproducible.  @fd: closed in any case */
static int take_folder(struct container *container, int fd, const char *below, unsigned int depth)
{
	struct p2p_buffer names = { 0 };
	struct p2p_tree *folder;
	int r = p2p_tree_directory(fd, false, &folder);

	if (r < 0)
		return r;
	r = folder->ops->list(folder, NULL, ".", &names);
	if (r < 0 && r != -ENOMEM)
		r = leave_out(container, below, strerror(-r));
	else if (r == 0)
		r = p2p_buffer_sort_lines(&names);
	for (char *name = names.data, *end; r == 0 && name && (end = strchr(name, '\n')); name = end + 1) {
		*end = '\0';
		if (*name != '.')
			r = take_name(container, fd, name, below, depth);
	}
	free(names.data);
	p2p_tree_free(folder);
	return r;
}

int p2p_container_folder(struct p2p_context *context, const struct p2p_input *input,
			 struct p2p_snapshot *snapshot, p2p_text_fn *load)
{
	struct container container = { context, input, snapshot, load, snapshot->part_count,
				       snapshot->skipped_count };
	int fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return p2p_error(context, -errno, "%s: %s", input->name, strerror(errno));
	return found_any(&container, take_folder(&container, fd, "", 0));
}
