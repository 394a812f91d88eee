/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packed data: its magic numbers, the filters that unpack it, and single packed texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/tree/archive.h"
#include "snapshot/tree/inflate.h"
#include "snapshot/tree/libarchive.h"

int p2p_archive_new(struct archive **ret_archive)
{
	int r = p2p_libarchive_load();

	if (r < 0)
		return r;
	*ret_archive = p2p_la.archive_read_new();
	return *ret_archive ? 0 : -ENOMEM;
}

/* Only filters built into libarchive: it would start programs for the others. */
int p2p_archive_filters(struct archive *archive)
{
	int (*const filters[])(struct archive *) = {
		p2p_la.archive_read_support_filter_gzip, p2p_la.archive_read_support_filter_bzip2,
		p2p_la.archive_read_support_filter_xz,	  p2p_la.archive_read_support_filter_lzma,
		p2p_la.archive_read_support_filter_zstd, p2p_la.archive_read_support_filter_lz4,
		p2p_la.archive_read_support_filter_compress,
	};

	for (size_t i = 0; i < P2P_LENGTH(filters); i++)
		if (filters[i](archive) == ARCHIVE_FATAL)
			return -ENOMEM;
	return 0;
}

void p2p_budget_pay(struct p2p_budget *budget, struct archive *archive)
{
	int64_t unpacked = p2p_la.archive_filter_bytes(archive, 0);

	if (budget && unpacked > 0)
		budget->unpacked += unpacked;
}

/* Magic numbers of packed data; not of lzma, which has no usable one. */
bool p2p_is_packed(const char *data, size_t size)
{
	static const struct {
		size_t at;
		const char *mark;
	} marks[] = {
		{ 257, "ustar" }, { 0, "\x1f\x8b\x08" }, { 0, "BZh" }, { 0, "\xfd" "7zXZ" },
		{ 0, "\x28\xb5\x2f\xfd" }, { 0, "\x04\x22\x4d\x18" },
	};

	for (size_t i = 0; i < P2P_LENGTH(marks); i++)
		if (marks[i].at + strlen(marks[i].mark) <= size &&
		    !memcmp(data + marks[i].at, marks[i].mark, strlen(marks[i].mark)))
			return true;
	return false;
}

size_t p2p_size_most(const void *data, size_t size)
{
	return p2p_is_packed(data, size) ? P2P_TEXTS_MOST : P2P_TEXT_MOST;
}

static bool is_utf16(const char *data)
{
	return !memcmp(data, "\xff\xfe", 2) || !memcmp(data, "\xfe\xff", 2);
}

static int not_unpacked(struct archive *archive)
{
	return p2p_la.archive_errno(archive) == ENOMEM ? -ENOMEM : -EBADMSG;
}

/* @text: stop at the first zero, unless it is UTF-16, which is full of them and starts with a byte order mark */
static int unpack_data(struct archive *archive, bool text, struct p2p_buffer *out)
{
	char block[16384];
	la_ssize_t n;

	while ((n = p2p_la.archive_read_data(archive, block, sizeof(block))) > 0) {
		if (text && memchr(block, '\0', (size_t)n) &&
		    (out->size + (size_t)n < 2 || !is_utf16(out->size ? out->data : block)))
			return -ENOTSUP;
		if (out->size + (size_t)n > P2P_FILE_MOST)
			return -EBADMSG;
		if (p2p_buffer_append(out, block, (size_t)n) < 0)
			return -ENOMEM;
	}
	return n < 0 ? not_unpacked(archive) : p2p_buffer_append(out, "", 0);
}

static int unpack(struct archive *archive, const void *data, size_t size, bool text,
		  struct p2p_buffer *out)
{
	struct archive_entry *entry;

	if (p2p_la.archive_read_support_format_raw(archive) == ARCHIVE_FATAL || p2p_archive_filters(archive))
		return -ENOMEM;
	if (p2p_la.archive_read_open_memory(archive, data, size) != ARCHIVE_OK ||
	    p2p_la.archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		return not_unpacked(archive);
	if (text && p2p_la.archive_filter_count(archive) < 2)
		return -ENOTSUP;
	return unpack_data(archive, text, out);
}

static int unpack_new(const void *data, size_t size, bool text, struct p2p_budget *budget,
		      struct p2p_buffer *ret_text)
{
	struct p2p_buffer out = { 0 };
	struct archive *archive;
	int r = p2p_archive_new(&archive);

	if (r < 0)
		return r;
	r = unpack(archive, data, size, text, &out);
	if (p2p_la.archive_filter_count(archive) > 1)
		p2p_budget_pay(budget, archive);
	p2p_la.archive_read_free(archive);
	if (r < 0)
		free(out.data);
	else
		*ret_text = out;
	return r;
}

int p2p_unpack_text(const void *data, size_t size, struct p2p_budget *budget,
		    struct p2p_buffer *ret_text)
{
	return unpack_new(data, size, true, budget, ret_text);
}

int p2p_unpack(struct p2p_buffer *buffer)
{
	char *packed = buffer->data;
	int r;

	if (!buffer->size || *packed == '#' || *packed == 'C')
		return 0;
	r = p2p_is_gzip(packed, buffer->size) ? p2p_inflate(packed, buffer->size, buffer) :
						unpack_new(packed, buffer->size, false, NULL, buffer);
	if (r == 0)
		free(packed);
	return r;
}
