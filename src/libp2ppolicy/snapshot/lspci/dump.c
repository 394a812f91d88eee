/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lspci -x, -xxx, -xxxx.  The text is checked to the last digit, and the lines in between that
 * are for people are skipped.  libpci's own dump reader is not used: it reads five digits of a
 * domain and crashes on a function without bytes.
 */
#include <errno.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/lspci/text.h"
#include "snapshot/sources.h"

#define ROW_BYTES	16u
#define SNIFFED_LINES	64

struct dump {
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	const char *name;
	const struct p2p_input *input;
	unsigned int line;
	unsigned int size, longest;	/* bytes of the last function so far, of the longest one */
	uint8_t bytes[P2P_CONFIG_EXTENDED];
};

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* "0000:3b:00.0 ..." or "3b:00.0 ...": the address at the start of a line. */
static bool parse_address(const char *line, size_t length, struct p2p_bdf *ret_bdf)
{
	char text[P2P_BDF_SIZE];
	size_t size = 0;

	while (size < length && size < sizeof(text) && line[size] != ' ')
		size++;
	if (size == sizeof(text))
		return false;
	memcpy(text, line, size);
	text[size] = '\0';
	return p2p_bdf_parse(text, ret_bdf) == 0;
}

/* How many hexadecimal digits start a line that goes on with ": "; 0 when it is no hex line. */
static size_t hex_prefix(const char *line, size_t length)
{
	size_t n = 0;

	while (n < length && digit(line[n]) >= 0)
		n++;
	return n >= 2 && n <= 3 && n < length && line[n] == ':' &&
	       (n + 1 == length || line[n + 1] == ' ') ? n : 0;
}

static bool is_dump(const struct p2p_input *input)
{
	const char *data = input->data, *end = data + input->size;
	struct p2p_bdf bdf;

	for (int i = 0; i < SNIFFED_LINES && data && data < end; i++) {
		const char *stop = memchr(data, '\n', (size_t)(end - data));

		stop = stop ? stop : end;
		if (memchr(data, '\0', (size_t)(stop - data)))
			return false;
		if (parse_address(data, (size_t)(stop - data), &bdf))
			return true;
		data = stop + 1;
	}
	return false;
}

static int bad(const struct dump *dump, const char *what)
{
	return p2p_error(dump->context, -EBADMSG, "%s:%u: %s", dump->name,
			 p2p_input_line(dump->input, dump->line), what);
}

static bool fetch(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	const struct dump *dump = data;

	if (offset + length > dump->size)
		return false;
	memcpy(ret_bytes, dump->bytes + offset, length);
	return true;
}

/* A function ends: it is as long as lspci makes it, or the dump is damaged. */
static int end_function(struct dump *dump)
{
	struct p2p_config_source source = {
		.size = dump->size, .fetch = fetch, .data = dump, .all = true,
	};
	struct p2p_snapshot *snapshot = dump->snapshot;

	switch (dump->size) {
	case 0:
		return 0;
	case P2P_CONFIG_HEADER:
	case 128:
	case P2P_CONFIG_STANDARD:
	case P2P_CONFIG_EXTENDED:
		break;
	default:
		return bad(dump, "the hex dump of the function above ends early");
	}
	dump->longest = dump->size > dump->longest ? dump->size : dump->longest;
	if (p2p_config_load(&snapshot->arena, &source,
			    &snapshot->raws[snapshot->count - 1].config) < 0)
		return p2p_error(dump->context, -ENOMEM, "out of memory");
	return 0;
}

static int take_address(struct dump *dump, struct p2p_bdf bdf)
{
	int r = end_function(dump);
	struct p2p_raw *raw;

	if (r < 0)
		return r;
	if (dump->snapshot->count >= P2P_MOST_FUNCTIONS)
		return bad(dump, "more functions than any machine has");
	raw = p2p_snapshot_add(dump->snapshot, bdf);
	if (!raw)
		return p2p_error(dump->context, -ENOMEM, "out of memory");
	raw->line = p2p_input_line(dump->input, dump->line);
	dump->size = 0;
	return 0;
}

/* The 16 bytes of a hex line: two digits each, one space before each, nothing after. */
static bool row_is_whole(const char *text, size_t length)
{
	if (length != (size_t)ROW_BYTES * 3)
		return false;
	for (size_t i = 0; i < length; i += 3)
		if (text[i] != ' ' || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0)
			return false;
	return true;
}

static int take_row(struct dump *dump, const char *line, size_t length, size_t prefix)
{
	unsigned int offset = 0;

	if (!dump->snapshot->count)
		return bad(dump, "a hex line before the first function");
	for (size_t i = 0; i < prefix; i++)
		offset = offset << 4 | (unsigned int)digit(line[i]);
	if (!row_is_whole(line + prefix + 1, length - prefix - 1))
		return bad(dump, "a hex line is not 16 bytes");
	if (offset != dump->size || offset >= P2P_CONFIG_EXTENDED)
		return bad(dump, "a hex line is missing or out of order");
	for (line += prefix + 1; dump->size < offset + ROW_BYTES; line += 3)
		dump->bytes[dump->size++] = (uint8_t)((unsigned int)digit(line[1]) << 4 |
						      (unsigned int)digit(line[2]));
	return 0;
}

/* @whole: a newline ended it */
static int take_line(struct dump *dump, const char *line, size_t length, bool whole)
{
	struct p2p_bdf bdf;
	size_t prefix;

	if (memchr(line, '\0', length))
		return bad(dump, "a zero byte in text");
	while (length && strchr(" \t\r", line[length - 1]))
		length--;
	prefix = hex_prefix(line, length);
	if (prefix)
		return take_row(dump, line, length, prefix);
	if (!length)
		return 0;
	if (!whole)
		return bad(dump, "the dump is cut in this line");
	if (*line == ' ' || *line == '\t')
		return 0;
	if (parse_address(line, length, &bdf))
		return take_address(dump, bdf);
	return bad(dump, "neither a function, nor a hex line, nor indented text");
}

static int check(struct dump *dump, const char *data, size_t size)
{
	const char *end = data + size;
	int r;

	while (data < end) {
		const char *stop = memchr(data, '\n', (size_t)(end - data));
		size_t length = (size_t)((stop ? stop : end) - data);

		dump->line++;
		r = take_line(dump, data, length, stop);
		if (r < 0)
			return r;
		data += length + 1;
	}
	r = end_function(dump);
	if (r < 0)
		return r;
	if (!dump->longest)
		return p2p_error(dump->context, -EBADMSG,
				 "%s: no function with a hex dump (make it with lspci -xxxx)",
				 dump->name);
	return 0;
}

static int load_dump(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_snapshot *snapshot)
{
	struct dump dump = { .context = context, .snapshot = snapshot, .name = input->name,
			     .input = input };
	const struct p2p_raw *twice;
	char text[P2P_BDF_SIZE];
	int r = check(&dump, input->data, input->size);

	if (r < 0)
		return r;
	twice = p2p_snapshot_sort(snapshot);
	if (twice)
		return p2p_error(context, -EBADMSG, "%s: %s appears twice", input->name,
				 p2p_bdf_format(twice->bdf, text));
	return 0;
}

const struct p2p_format p2p_format_dump = {
	.sniff = is_dump, .load = load_dump, .line = p2p_lspci_line, .whole = true,
};
