/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is unpacked of streams of zlib and of gzip files, and what is refused. */
#include <errno.h>
#include <zlib.h>

#include "snapshot/tree/inflate.h"
#include "snapshot/tree/tree.h"

#include "make.h"

#define ZLIB MAX_WBITS
#define GZIP (MAX_WBITS + 16)

/* Longer than a block that is unpacked at once. */
#define LINE "CONFIG_PCI_P2PDMA=y\n"
#define LINES 4000

static char text[LINES * sizeof(LINE)];

/* Append to @out what zlib makes of @size bytes; @format: ZLIB or GZIP */
static void pack(struct p2p_buffer *out, int format, const void *data, size_t size)
{
	z_stream stream = { 0 };

	ck_assert_int_eq(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(p2p_buffer_reserve(out, deflateBound(&stream, size)), 0);
	stream.next_in = (unsigned char *)data;
	stream.avail_in = (uInt)size;
	stream.next_out = (unsigned char *)out->data + out->size;
	stream.avail_out = (uInt)(out->room - out->size);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out->size += stream.total_out;
	deflateEnd(&stream);
}

/* @cut: bytes taken off the end; @flip: counted from the end, a byte that is changed, 0 none */
static const struct {
	int format;
	unsigned int members, cut, flip;
	const char *more;
	int result;
} rows[] = {
	{ GZIP, 1, 0, 0, "", 0 }, { GZIP, 3, 0, 0, "", 0 }, { ZLIB, 1, 0, 0, "", 0 },
	/* Padding, and what is no member. */
	{ GZIP, 1, 0, 0, "more", 0 }, { GZIP, 2, 0, 0, "\x1f\x8b", 0 }, { ZLIB, 1, 0, 0, "more", 0 },
	/* The start of one more member. */
	{ GZIP, 1, 0, 0, "\x1f\x8b\x08", -EBADMSG },
	/* The checksum and the size after the data of gzip, the checksum of zlib: missing in part, or wrong. */
	{ GZIP, 1, 1, 0, "", -EBADMSG }, { GZIP, 1, 8, 0, "", -EBADMSG }, { GZIP, 1, 9, 0, "", -EBADMSG },
	{ GZIP, 2, 30, 0, "", -EBADMSG }, { ZLIB, 1, 1, 0, "", -EBADMSG }, { ZLIB, 1, 5, 0, "", -EBADMSG },
	{ GZIP, 1, 0, 1, "", -EBADMSG }, { GZIP, 1, 0, 5, "", -EBADMSG }, { GZIP, 2, 0, 8, "", -EBADMSG },
	{ ZLIB, 1, 0, 1, "", -EBADMSG }, { ZLIB, 1, 0, 4, "", -EBADMSG },
	/* Neither of the two. */
	{ ZLIB, 0, 0, 0, "", -EBADMSG }, { ZLIB, 0, 0, 0, "\x1f", -EBADMSG }, { ZLIB, 0, 0, 0, LINE, -EBADMSG },
};

START_TEST(unpacks)
{
	struct p2p_buffer packed = { 0 }, out = { 0 };

	for (size_t i = 0; i < LINES; i++)
		memcpy(text + i * strlen(LINE), LINE, strlen(LINE));
	for (unsigned int i = 0; i < rows[_i].members; i++)
		pack(&packed, rows[_i].format, text, strlen(text));
	packed.size -= rows[_i].cut;
	if (rows[_i].flip)
		packed.data[packed.size - rows[_i].flip] ^= 1;
	ck_assert_int_eq(p2p_buffer_append(&packed, rows[_i].more, strlen(rows[_i].more)), 0);
	ck_assert_int_eq(p2p_is_gzip(packed.data, packed.size), rows[_i].format == GZIP);
	ck_assert_int_eq(p2p_inflate(packed.data, packed.size, &out), rows[_i].result);
	ck_assert_uint_eq(out.size, rows[_i].result ? 0 : rows[_i].members * strlen(text));
	for (unsigned int i = 0; out.data && i < rows[_i].members; i++)
		ck_assert_mem_eq(out.data + i * strlen(text), text, strlen(text));
	free(packed.data);
	free(out.data);
}
END_TEST

/* As much as a file may have, and a byte more. */
START_TEST(has_a_limit)
{
	struct p2p_buffer packed = { 0 }, out = { 0 };
	char *zeros = calloc(1, P2P_FILE_MOST + 1);

	ck_assert_ptr_nonnull(zeros);
	pack(&packed, GZIP, zeros, P2P_FILE_MOST + (size_t)_i);
	ck_assert_int_eq(p2p_inflate(packed.data, packed.size, &out), _i ? -EBADMSG : 0);
	ck_assert_uint_eq(out.size, _i ? 0 : P2P_FILE_MOST);
	free(packed.data);
	free(out.data);
	free(zeros);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, unpacks, 0, P2P_LENGTH(rows));
	tcase_add_loop_test(tcase, has_a_limit, 0, 2);
}

int main(void)
{
	return run_cases("inflate", add);
}
