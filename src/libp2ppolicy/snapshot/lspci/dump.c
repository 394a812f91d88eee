/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lspci -x, -xxx, -xxxx.  The hex rows are checked completely, and then the text reader takes over: what the
 * bytes do not show, such as ACS beyond the first 256 of them, may be in the lines between them.  libpci's
 * own dump reader is not used: it reads only five digits of a domain and crashes on a function without bytes.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/lspci/text.h"
#include "snapshot/sources.h"

#define HEX		"0123456789abcdefABCDEF"
#define ROW_BYTES	16u
#define SNIFFED_LINES	64

struct dump {
	struct p2p_context *context;
	const struct p2p_input *input;
	unsigned int line;
	size_t count;
	unsigned int size, longest;	/* bytes of the last function so far, and of the longest one */
};

/* Number of hexadecimal digits before ": " at the start of a line; 0 if it is no hex line. */
static size_t hex_prefix(const char *line, size_t length)
{
	size_t n = strspn(line, HEX);

	return n >= 2 && n <= 3 && n < length && line[n] == ':' &&
	       (n + 1 == length || line[n + 1] == ' ') ? n : 0;
}

/* Does a line of @length characters start with an address? */
static bool has_address(const char *line, size_t length)
{
	size_t size = strcspn(line, " ");
	struct p2p_bdf bdf;

	return p2p_input_address(line, size < length ? size : length, &bdf);
}

static bool is_dump(const struct p2p_input *input)
{
	const char *data = input->data, *end = data + input->size;

	for (int i = 0; i < SNIFFED_LINES && data && data < end; i++) {
		const char *stop = memchr(data, '\n', (size_t)(end - data));

		stop = stop ? stop : end;
		if (memchr(data, '\0', (size_t)(stop - data)))
			return false;
		if (has_address(data, (size_t)(stop - data)))
			return true;
		data = stop + 1;
	}
	return false;
}

static int bad(const struct dump *dump, const char *what)
{
	return p2p_error(dump->context, -EBADMSG, "%s:%u: %s", dump->input->name,
			 p2p_input_line(dump->input, dump->line), what);
}

/* At the end of a function: the dump is damaged unless it has one of the lengths that lspci prints. */
static int end_function(struct dump *dump)
{
	if (p2p_config_round(dump->size) != dump->size)
		return bad(dump, "the hex dump of the function above ends early");
	dump->longest = dump->size > dump->longest ? dump->size : dump->longest;
	return 0;
}

static int take_address(struct dump *dump)
{
	int r = end_function(dump);

	dump->count++;
	dump->size = 0;
	return r;
}

/* Is this the 16 bytes of a hex line: two digits each, one space before each, nothing after? */
static bool row_is_whole(const char *text, size_t length)
{
	if (length != (size_t)ROW_BYTES * 3)
		return false;
	for (size_t i = 0; i < length; i += 3)
		if (text[i] != ' ' || !isxdigit((unsigned char)text[i + 1]) ||
		    !isxdigit((unsigned char)text[i + 2]))
			return false;
	return true;
}

static int take_row(struct dump *dump, const char *line, size_t length, size_t prefix)
{
	unsigned long offset = strtoul(line, NULL, 16);

	if (!dump->count)
		return bad(dump, "a hex line before the first function");
	if (!row_is_whole(line + prefix + 1, length - prefix - 1))
		return bad(dump, "a hex line is not 16 bytes");
	if (offset != dump->size || offset >= P2P_CONFIG_EXTENDED)
		return bad(dump, "a hex line is missing or out of order");
	dump->size += ROW_BYTES;
	return 0;
}

bool p2p_dump_row(const char *line, struct p2p_text_function *function)
{
	size_t length = strlen(line), prefix = hex_prefix(line, length);
	unsigned long offset = strtoul(line, NULL, 16);

	if (!prefix || !row_is_whole(line + prefix + 1, length - prefix - 1) ||
	    offset != function->hex_size || offset >= P2P_CONFIG_EXTENDED)
		return false;
	for (line += prefix + 1; function->hex_size < offset + ROW_BYTES; line += 3)
		function->hex[function->hex_size++] = (uint8_t)strtoul(line, NULL, 16);
	return true;
}

/* @whole: it ended with a newline */
static int take_line(struct dump *dump, const char *line, size_t length, bool whole)
{
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
	if (has_address(line, length))
		return take_address(dump);
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
				 dump->input->name);
	return 0;
}

static int load_dump(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_snapshot *snapshot)
{
	struct dump dump = { .context = context, .input = input };
	int r = check(&dump, input->data, input->size);

	return r < 0 ? r : p2p_text_load(context, input, true, snapshot);
}

const struct p2p_format p2p_format_dump = {
	.sniff = is_dump, .load = load_dump, .line = p2p_lspci_line, .whole = true,
};
