/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What gzip and zlib wrote, through zlib: much less to load than libarchive and all it is linked with. */
#ifndef P2P_SNAPSHOT_INFLATE_H
#define P2P_SNAPSHOT_INFLATE_H

#include "base/buffer.h"

/** p2p_is_gzip() - does it start like the output of gzip (RFC 1952, sec 2.3.1)? */
bool p2p_is_gzip(const void *data, size_t size);

/**
 * p2p_inflate() - unpack a stream of zlib (RFC 1950), or the members of a gzip file (RFC 1952).
 * @ret_data: free its @data
 *
 * Checksums are checked.  What follows the stream, or the last member, is ignored, as gzip does.
 *
 * Return: 0; -EBADMSG if it is damaged, ends early or unpacks to more than P2P_FILE_MOST; -ENOMEM.
 */
int p2p_inflate(const void *data, size_t size, struct p2p_buffer *ret_data);

#endif
