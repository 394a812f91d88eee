/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "print/clean.h"

#define INVALID		UINT32_MAX
#define LONGEST		32	/* of a colour sequence */
#define ESCAPE		'\033'

/*
 * Controls (C0, DEL, C1), line and paragraph separators, and the default ignorable code points
 * of Unicode 15 (DerivedCoreProperties.txt), which contain the bidi controls of UAX #9; last the
 * noncharacters and specials.
 */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f },
	{ 0x061c, 0x061c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

bool clean_is_unsafe(uint32_t character)
{
	if (character >= ' ' && character < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (character <= unsafe[i].last)
			return character >= unsafe[i].first;
	return false;
}

/* The length in bytes of a character that starts with @byte; 0 if none does. */
static unsigned int length_of(unsigned char byte)
{
	return byte < 0x80 ? 1 : byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 :
	       byte < 0xf5 ? 4 : 0;
}

/*
 * Decode the character at @at, before @end, as valid UTF-8: the shortest form, no surrogates, nothing beyond
 * U+10FFFF.  Return: its length in bytes, 1 for INVALID; 0 if it is cut off.
 */
static size_t decode(const char *at, const char *end, uint32_t *ret_character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int length = length_of((unsigned char)*at);
	uint32_t character = length > 1 ? (unsigned char)*at & (0x7fu >> length) :
			     (unsigned char)*at;

	*ret_character = INVALID;
	for (unsigned int i = 1; i < length; i++) {
		if (at + i == end)
			return 0;
		if (((unsigned char)at[i] & 0xc0) != 0x80)
			return 1;
		character = character << 6 | ((unsigned char)at[i] & 0x3f);
	}
	if (!length || character < least[length] || character > 0x10ffff ||
	    (character >= 0xd800 && character < 0xe000))
		return 1;
	*ret_character = character;
	return length;
}

/* The character at @at in a text that ends at @end. */
static size_t decode_last(const char *at, const char *end, uint32_t *ret_character)
{
	size_t length = decode(at, end, ret_character);

	return length ? length : 1;
}

uint32_t clean_take(const char **text)
{
	uint32_t character;

	*text += decode_last(*text, *text + strnlen(*text, 4), &character);
	return character == INVALID || clean_is_unsafe(character) ? '?' : character;
}

char *clean_line(char *text)
{
	const char *end = text + strlen(text);
	char *to = text;

	for (const char *at = text; at < end;) {
		uint32_t character;
		size_t length = decode_last(at, end, &character);

		if (character == INVALID || clean_is_unsafe(character))
			*to++ = '?';
		else
			to = (char *)memmove(to, at, length) + length;
		at += length;
	}
	*to = '\0';
	return text;
}

/* In a locale without UTF-8 the width is unknown; then every character counts as one column. */
static size_t columns_of(uint32_t character)
{
	int width = character < 0x7f || character == INVALID || clean_is_unsafe(character) ? 1 :
		    wcwidth((wchar_t)character);

	return width < 0 ? 1 : (size_t)width;
}

size_t clean_width(const char *text)
{
	return clean_columns(text, strlen(text));
}

size_t clean_columns(const char *text, size_t bytes)
{
	const char *end = text + bytes;
	size_t columns = 0;

	while (text < end) {
		uint32_t character;

		text += decode_last(text, end, &character);
		columns += columns_of(character);
	}
	return columns;
}

size_t clean_fit(const char *text, size_t columns)
{
	const char *at = text, *end = text + strlen(text);

	while (at < end) {
		uint32_t character;
		size_t length = decode_last(at, end, &character), wide = columns_of(character);

		if (wide > columns)
			break;
		columns -= wide;
		at += length;
	}
	return (size_t)(at - text);
}

/**
 * struct stream - where a stream writes.
 * @error: the first error of writing; a positive errno
 * @held: the start of a character or of a sequence whose rest is still to come
 */
struct stream {
	int fd, error;
	enum clean clean;
	char held[LONGEST];
	size_t held_count;
};

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t done = write(fd, bytes, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		bytes += done;
		size -= (size_t)done;
	}
	return 0;
}

/* The numbers used for colours; "conceal" and everything that moves the cursor are not included. */
static bool is_colour(unsigned int number)
{
	static const unsigned int numbers[] = { 0, 1, 2, 4, 7, 31, 32, 33, 35 };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] == number)
			return true;
	return false;
}

/* A sequence that sets colours at @at.  Return: its length; 0 if it is cut off; 1 if it is something else. */
static size_t sequence_length(const char *at, const char *end)
{
	unsigned int number = 0, digits = 0;

	for (size_t i = 1; i < LONGEST; i++) {
		if (at + i == end)
			return 0;
		if (i == 1 && at[i] == '[')
			continue;
		if (i > 1 && at[i] >= '0' && at[i] <= '9' && digits < 2) {
			number = number * 10 + (unsigned int)(at[i] - '0');
			digits++;
			continue;
		}
		if (!digits || (at[i] != ';' && at[i] != 'm') || !is_colour(number))
			return 1;
		if (at[i] == 'm')
			return i + 1;
		number = digits = 0;
	}
	return 1;
}

/* The length of the next piece of text; 0 if it is cut off.  @ret_good: whether it may be shown */
static size_t next(const struct stream *stream, const char *at, const char *end, bool *ret_good)
{
	uint32_t character;
	size_t length = decode(at, end, &character);

	*ret_good = true;
	if (*at == ESCAPE && stream->clean == CLEAN_COLOUR) {
		length = sequence_length(at, end);
		*ret_good = length > 1;
	} else if (stream->clean == CLEAN_UTF8 || *at == '\n' || *at == '\t') {
		*ret_good = character != INVALID;
	} else {
		*ret_good = character != INVALID && !clean_is_unsafe(character);
	}
	return length;
}

static int replace(const struct stream *stream)
{
	return stream->clean == CLEAN_UTF8 ? write_all(stream->fd, "\xef\xbf\xbd", 3) :
					     write_all(stream->fd, "?", 1);
}

/* How many bytes at @at are printable ASCII, in steps of a word: most output is. */
static size_t plain_length(const char *at, const char *end)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	size_t length = 0;
	uint64_t word;

	for (; (size_t)(end - at) >= length + sizeof(word); length += sizeof(word)) {
		memcpy(&word, at + length, sizeof(word));
		/* The high bit of a byte is set if it is below ' ', not ASCII, or DEL. */
		if (((word - ones * ' ') | word | (word + ones)) & ones * 0x80)
			break;
	}
	return length;
}

/* Return: how many bytes were processed, the rest being cut off; or a negative errno. */
static ssize_t pass(const struct stream *stream, const char *bytes, size_t size)
{
	const char *at = bytes, *start = bytes, *end = bytes + size;
	int error = 0;

	while (at < end && !error) {
		bool good = true;
		size_t length = plain_length(at, end);

		if (length) {
			at += length;
			continue;
		}
		length = *at >= ' ' && *at < 0x7f ? 1 : next(stream, at, end, &good);
		if (!length)
			break;
		if (!good) {
			error = write_all(stream->fd, start, (size_t)(at - start));
			if (!error)
				error = replace(stream);
			start = at + length;
		}
		at += length;
	}
	if (!error)
		error = write_all(stream->fd, start, (size_t)(at - start));
	return error ? error : at - bytes;
}

/* Process what was held back and a part of @bytes.  Return: bytes taken, or a negative errno. */
static ssize_t pass_held(struct stream *stream, const char *bytes, size_t size)
{
	size_t had = stream->held_count, more = LONGEST - had < size ? LONGEST - had : size;
	char both[LONGEST];
	ssize_t done;

	memcpy(both, stream->held, had);
	memcpy(both + had, bytes, more);
	done = pass(stream, both, had + more);
	if (done < 0)
		return done;
	if ((size_t)done < had) {
		stream->held_count = had + more - (size_t)done;
		memcpy(stream->held, both + done, stream->held_count);
		return (ssize_t)more;
	}
	stream->held_count = 0;
	return done - (ssize_t)had;
}

static ssize_t stream_write(void *cookie, const char *bytes, size_t size)
{
	struct stream *stream = cookie;
	ssize_t done = stream->held_count ? pass_held(stream, bytes, size) : 0, more;

	if (done >= 0 && !stream->held_count) {
		more = pass(stream, bytes + done, size - (size_t)done);
		done = more < 0 ? more : done + more;
		if (done >= 0 && (size_t)done < size) {
			stream->held_count = size - (size_t)done;
			memcpy(stream->held, bytes + done, stream->held_count);
		}
	}
	if (done >= 0)
		return (ssize_t)size;
	if (!stream->error)
		stream->error = (int)-done;
	errno = stream->error;
	return 0;
}

/* What is still held back is incomplete. */
static int stream_close(void *cookie)
{
	struct stream *stream = cookie;
	ssize_t done = 0;

	for (size_t at = 0; done >= 0 && !stream->error && at < stream->held_count; at += (size_t)done) {
		done = replace(stream);
		at++;
		if (!done)
			done = pass(stream, stream->held + at, stream->held_count - at);
	}
	if (done < 0 && !stream->error)
		stream->error = (int)-done;
	errno = stream->error ? stream->error : errno;
	done = stream->error ? EOF : 0;
	free(stream);
	return (int)done;
}

FILE *clean_open(int fd, enum clean clean)
{
	const cookie_io_functions_t functions = { .write = stream_write, .close = stream_close };
	struct stream *stream = calloc(1, sizeof(*stream));
	FILE *file;

	if (!stream)
		return NULL;
	*stream = (struct stream){ .fd = fd, .clean = clean };
	file = fopencookie(stream, "w", functions);
	if (!file)
		free(stream);
	else if (isatty(fd))
		setvbuf(file, NULL, _IOLBF, BUFSIZ);
	return file;
}
