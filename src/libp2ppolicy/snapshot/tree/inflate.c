/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "snapshot/tree/inflate.h"
#include "snapshot/tree/tree.h"

/* zlib's: the largest window, and the header tells which of the two formats it is. */
#define WINDOW_OF_EITHER (MAX_WBITS + 32)

bool p2p_is_gzip(const void *data, size_t size)
{
	return size >= 3 && !memcmp(data, "\x1f\x8b\x08", 3);
}

/* Return: 1 at the end of the stream or member; 0; -EBADMSG; -ENOMEM. */
static int inflate_block(z_stream *stream, struct p2p_buffer *out)
{
	unsigned char block[16384];
	int status;

	stream->next_out = block;
	stream->avail_out = sizeof(block);
	status = inflate(stream, Z_NO_FLUSH);
	if (status == Z_MEM_ERROR)
		return -ENOMEM;
	/* Z_BUF_ERROR: there is no more input, but no end either. */
	if (status != Z_OK && status != Z_STREAM_END)
		return -EBADMSG;
	if (out->size + sizeof(block) - stream->avail_out > P2P_FILE_MOST)
		return -EBADMSG;
	if (p2p_buffer_append(out, block, sizeof(block) - stream->avail_out) < 0)
		return -ENOMEM;
	return status == Z_STREAM_END;
}

static int inflate_all(z_stream *stream, struct p2p_buffer *out)
{
	for (;;) {
		int r = inflate_block(stream, out);

		if (r < 0)
			return r;
		if (r == 1 && !p2p_is_gzip(stream->next_in, stream->avail_in))
			return 0;
		if (r == 1 && inflateReset(stream) != Z_OK)
			return -EBADMSG;
	}
}

int p2p_inflate(const void *data, size_t size, struct p2p_buffer *ret_data)
{
	z_stream stream = { .next_in = data, .avail_in = (uInt)size };
	struct p2p_buffer out = { 0 };
	int r;

	if (size > UINT_MAX)
		return -EBADMSG;
	r = inflateInit2(&stream, WINDOW_OF_EITHER);
	if (r != Z_OK)
		return r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
	r = inflate_all(&stream, &out);
	inflateEnd(&stream);
	if (r < 0)
		free(out.data);
	else
		*ret_data = out;
	return r;
}
