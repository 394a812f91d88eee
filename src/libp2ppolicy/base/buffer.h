/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing byte buffer, and reading into it. */
#ifndef P2P_BASE_BUFFER_H
#define P2P_BASE_BUFFER_H

#include <sys/types.h>

#include <p2ppolicy/base.h>

/** struct p2p_buffer - a growing byte buffer; zeroed memory is an empty one.  Free @data with free(). */
struct p2p_buffer {
	char *data;
	size_t size, room;
};

/** p2p_buffer_reserve() - make room for @more bytes and a terminating zero.  Return: 0 or -ENOMEM. */
int p2p_buffer_reserve(struct p2p_buffer *buffer, size_t more);

/** p2p_buffer_append() - add bytes, always followed by a terminating zero.  Return: 0 or -ENOMEM. */
int p2p_buffer_append(struct p2p_buffer *buffer, const void *data, size_t size);

/** p2p_buffer_append_line() - likewise, a text and a newline.  Return: 0 or -ENOMEM. */
int p2p_buffer_append_line(struct p2p_buffer *buffer, const char *text);

/** p2p_buffer_sort_lines() - sort the lines of a text.  Return: 0 or -ENOMEM. */
int p2p_buffer_sort_lines(struct p2p_buffer *buffer);

/**
 * p2p_buffer_take() - add what one read(2) of @fd returns; an interrupted read is retried.
 * @ret_room: how many bytes were requested; may be NULL
 * Return: how many bytes were read, 0 at end of file; -ENOMEM; the error of read(2).
 */
ssize_t p2p_buffer_take(int fd, struct p2p_buffer *buffer, size_t *ret_room);

/** p2p_buffer_read() - read @fd to its end.  Return: 0; -ENOMEM; -EFBIG beyond @most; the error of read(2). */
int p2p_buffer_read(int fd, size_t most, struct p2p_buffer *buffer);

#endif
