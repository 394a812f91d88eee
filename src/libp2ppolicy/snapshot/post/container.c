/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
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

/**
 * struct container - one that is being read.
 * @files, @bytes: looked at so far
 */
struct container {
	struct p2p_context *context;
	const struct p2p_input *input;
	struct p2p_snapshot *snapshot;
	p2p_text_fn *load;
	unsigned int files;
	size_t bytes;
};

/* A text that holds nothing of ours is no failure; of one that is damaged it is noted. */
static int take_plain(struct container *container, const char *path, const char *data, size_t size)
{
	char name[PATH_MAX];
	const struct p2p_input input = { name, -1, data, size, NULL };
	int r;

	snprintf(name, sizeof(name), "%s/%s", container->input->name, path);
	r = container->load(container->context, &input, container->snapshot);
	if (r == -EBADMSG)
		r = p2p_snapshot_skip(container->snapshot, name,
				      p2p_context_error(container->context)) ? 0 : -ENOMEM;
	return r == -ENOTSUP ? 0 : r;
}

/* A compressed one is looked into. */
static int take_text(struct container *container, const char *path, const char *data, size_t size)
{
	struct p2p_buffer text = { 0 };
	int r = p2p_unpack_text(data, size, &text);

	if (r == -ENOMEM)
		return p2p_error(container->context, r, "out of memory");
	if (r < 0)
		return take_plain(container, path, data, size);
	container->bytes += text.size;
	if (container->bytes > P2P_TEXTS_MOST)
		r = p2p_error(container->context, -EBADMSG, "%s: its files hold more than %zu MiB",
			      container->input->name, P2P_TEXTS_MOST >> 20);
	else
		r = take_plain(container, path, text.data, text.size);
	free(text.data);
	return r;
}

static int take_packed(void *user, const char *path, const struct p2p_buffer *buffer)
{
	return take_text(user, path ? path : "", buffer->data, buffer->size);
}

/* What came before the damage counts, and the damage is noted. */
static int found_any(const struct container *container, size_t before, int r)
{
	bool any = container->snapshot->part_count > before;

	if (r == -EBADMSG && any)
		return p2p_snapshot_skip(container->snapshot, container->input->name,
					 p2p_context_error(container->context)) ? 0 : -ENOMEM;
	return r < 0 ? r : any ? 0 : -ENOTSUP;
}

int p2p_container_archive(struct p2p_context *context, const struct p2p_input *input,
			  struct p2p_snapshot *snapshot, p2p_text_fn *load)
{
	struct container container = { context, input, snapshot, load, 0, 0 };
	size_t before = snapshot->part_count;

	return found_any(&container, before,
			 p2p_archive_texts(context, input->name, input->data, input->size,
					   take_packed, &container));
}

static int read_all(int fd, size_t size, struct p2p_buffer *buffer)
{
	if (p2p_buffer_reserve(buffer, size) < 0)
		return -ENOMEM;
	while (buffer->size < size) {
		ssize_t n = read(fd, buffer->data + buffer->size, size - buffer->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buffer->size += (size_t)n;
	}
	buffer->data[buffer->size] = '\0';
	return 0;
}

/* A regular file. */
static int take_file(struct container *container, int fd, const char *path)
{
	struct p2p_buffer buffer = { 0 };
	struct stat status;
	int r = fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_size < 4 ||
		(uint64_t)status.st_size > P2P_TEXT_MOST ? -ENOTSUP : 0;

	if (r == 0)
		r = read_all(fd, (size_t)status.st_size, &buffer);
	container->bytes += buffer.size;
	if (r == 0 && container->bytes > P2P_TEXTS_MOST)
		r = p2p_error(container->context, -EBADMSG, "%s: its files hold more than %zu MiB",
			      container->input->name, P2P_TEXTS_MOST >> 20);
	else if (r == 0)
		r = take_text(container, path, buffer.data, buffer.size);
	free(buffer.data);
	return r == -ENOTSUP ? 0 : r;
}

static int take_folder(struct container *container, int fd, const char *below, unsigned int depth);

/* Links are not followed: they may lead out of the folder, or round. */
static int take_name(struct container *container, int folder, const char *name, const char *below,
		     unsigned int depth)
{
	char path[PATH_MAX];
	struct stat status;
	int fd, r;

	if (snprintf(path, sizeof(path), "%s%s%s", below, *below ? "/" : "", name) >= PATH_MAX)
		return 0;
	if (++container->files > P2P_FOLDER_FILES)
		return p2p_error(container->context, -EBADMSG, "%s: more than %u files",
				 container->input->name, P2P_FOLDER_FILES);
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return 0;
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		return depth < P2P_FOLDER_DEPTH ? take_folder(container, fd, path, depth + 1) :
						  close(fd);
	r = take_file(container, fd, path);
	close(fd);
	return r;
}

static int compare_names(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* @fd: closed in any case.  In the order of names, so that the same folder reads the same. */
static int take_folder(struct container *container, int fd, const char *below, unsigned int depth)
{
	struct dirent **names;
	int count = scandirat(fd, ".", &names, is_visible, compare_names), r = 0;

	for (int i = 0; i < count; i++) {
		if (r == 0)
			r = take_name(container, fd, names[i]->d_name, below, depth);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	close(fd);
	return r;
}

int p2p_container_folder(struct p2p_context *context, const struct p2p_input *input,
			 struct p2p_snapshot *snapshot, p2p_text_fn *load)
{
	struct container container = { context, input, snapshot, load, 0, 0 };
	size_t before = snapshot->part_count;
	int fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return p2p_error(context, -errno, "%s: %s", input->name, strerror(errno));
	return found_any(&container, before, take_folder(&container, fd, "", 0));
}
