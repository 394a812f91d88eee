/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"

int p2p_buffer_reserve(struct p2p_buffer *buffer, size_t more)
{
	size_t room = buffer->room ? buffer->room : 4096;
	char *data;

	if (more > SIZE_MAX / 4 || buffer->size > SIZE_MAX / 4)
		return -ENOMEM;
	while (room < buffer->size + more + 1)
		room *= 2;
	if (room == buffer->room)
		return 0;
	data = realloc(buffer->data, room);
	if (!data)
		return -ENOMEM;
	buffer->data = data;
	buffer->room = room;
	return 0;
}

int p2p_buffer_append(struct p2p_buffer *buffer, const void *data, size_t size)
{
	int r = p2p_buffer_reserve(buffer, size);

	if (r < 0)
		return r;
	if (size)
		memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
	buffer->data[buffer->size] = '\0';
	return 0;
}

int p2p_buffer_append_line(struct p2p_buffer *buffer, const char *text)
{
	int r = p2p_buffer_append(buffer, text, strlen(text));

	return r < 0 ? r : p2p_buffer_append(buffer, "\n", 1);
}

static int compare_lines(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

int p2p_buffer_sort_lines(struct p2p_buffer *buffer)
{
	size_t count = 0, at = 0;
	char *copy, **lines;

	for (size_t i = 0; i < buffer->size; i++)
		count += buffer->data[i] == '\n';
	if (count < 2)
		return 0;
	copy = strdup(buffer->data);
	lines = calloc(count, sizeof(*lines));
	if (!copy || !lines) {
		free(copy);
		free(lines);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		lines[i] = copy + at;
		at += strcspn(copy + at, "\n") + 1;
		copy[at - 1] = '\0';
	}
	qsort(lines, count, sizeof(*lines), compare_lines);
	at = 0;
	for (size_t i = 0; i < count; i++)
		at += (size_t)sprintf(buffer->data + at, "%s\n", lines[i]);
	free(copy);
	free(lines);
	return 0;
}

/* /proc/sys refuses reads larger than the kernel is willing to allocate. */
#define READ_SIZE	((size_t)64 << 10)

ssize_t p2p_buffer_take(int fd, struct p2p_buffer *buffer, size_t *ret_room)
{
	int r = p2p_buffer_reserve(buffer, 4096);
	size_t room;
	ssize_t n;

	if (r < 0)
		return r;
	room = buffer->room - buffer->size - 1;
	room = room < READ_SIZE ? room : READ_SIZE;
	do
		n = read(fd, buffer->data + buffer->size, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	buffer->size += (size_t)n;
	buffer->data[buffer->size] = '\0';
	if (ret_room)
		*ret_room = room;
	return n;
}

int p2p_buffer_read(int fd, size_t most, struct p2p_buffer *buffer)
{
	ssize_t n;

	do
		n = p2p_buffer_take(fd, buffer, NULL);
	while (n > 0 && buffer->size <= most);
	return n < 0 ? (int)n : buffer->size > most ? -EFBIG : 0;
}
