/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include <p2ppolicy/base.h>

#include "base/json-scalar.h"

#define DIGITS	"0123456789"

/* RFC 3629, section 4: how many bytes the character takes; 0 if it is not a valid one. */
static size_t character_size(const unsigned char *at, size_t left)
{
	size_t size = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 :
		      *at < 0xf5 ? 4 : 0;

	if (!size || size > left)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Refuse overlong forms, halves of surrogate pairs, and code points beyond U+10FFFF. */
	if ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] > 0x9f) ||
	    (*at == 0xf0 && at[1] < 0x90) || (*at == 0xf4 && at[1] > 0x8f))
		return 0;
	return size;
}

char *p2p_utf8_put(char *to, uint32_t code)
{
	static const unsigned char first[] = { 0, 0xc0, 0xe0, 0xf0 };
	unsigned int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

	*to++ = (char)(first[more] | code >> 6 * more);
	while (more--)
		*to++ = (char)(0x80 | (code >> 6 * more & 0x3f));
	return to;
}

/* The value of four hexadecimal digits; -1 if there are not four. */
static int32_t hex4(const char *at, const char *end)
{
	char digits[5] = "";

	if (end - at < 4)
		return -1;
	memcpy(digits, at, 4);
	return strspn(digits, DIGITS "abcdefABCDEF") == 4 ? (int32_t)strtol(digits, NULL, 16) : -1;
}

/* Decode what follows "\u", both halves of a surrogate pair.  RFC 8259, section 7. */
static int take_code(const char **at, const char *end, uint32_t *ret_code)
{
	int32_t code = hex4(*at, end), low;

	if (code < 0)
		return -EILSEQ;
	*at += 4;
	if (!code || (code & 0xfc00) == 0xdc00)
		return -EDOM;
	if ((code & 0xfc00) == 0xd800) {
		low = end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' ? hex4(*at + 2, end) : -1;
		if (low < 0 || (low & 0xfc00) != 0xdc00)
			return -EDOM;
		*at += 6;
		code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
	}
	*ret_code = (uint32_t)code;
	return 0;
}

static int take_escape(const char **at, const char *end, char **to)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter = *at < end && **at ? strchr(letters, **at) : NULL;
	uint32_t code;
	int r;

	if (letter) {
		*(*to)++ = meant[letter - letters];
		(*at)++;
		return 0;
	}
	if (*at == end || **at != 'u')
		return -EILSEQ;
	(*at)++;
	r = take_code(at, end, &code);
	if (!r)
		*to = p2p_utf8_put(*to, code);
	return r;
}

/* Decoding never makes a string longer. */
static int decode(const char *at, size_t size, char *text, size_t *ret_size)
{
	const char *end = at + size;
	char *to = text;
	int r = 0;

	while (at < end && !r) {
		if (*at == '\\') {
			at++;
			r = take_escape(&at, end, &to);
			continue;
		}
		size = character_size((const unsigned char *)at, (size_t)(end - at));
		if (!size)
			return -EILSEQ;
		memcpy(to, at, size);
		to += size;
		at += size;
	}
	*ret_size = (size_t)(to - text);
	return r;
}

int p2p_json_decode_string(const char *text, size_t size, struct json_object **ret_value)
{
	char *copy = malloc(size + 1);
	struct json_object *value;
	int r;

	if (!copy)
		return -ENOMEM;
	r = decode(text, size, copy, &size);
	if (r) {
		free(copy);
		return r;
	}
	value = json_object_new_string_len(copy, (int)size);
	free(copy);
	if (!value)
		return -ENOMEM;
	*ret_value = value;
	return 0;
}

/* RFC 8259, section 6.  Return: true if it is a number.  @ret_whole: it has neither fraction nor exponent. */
static bool is_number(const char *at, bool *ret_whole)
{
	size_t digits;

	at += *at == '-';
	digits = strspn(at, DIGITS);
	if (!digits || (digits > 1 && *at == '0'))
		return false;
	at += digits;
	*ret_whole = !*at;
	if (*at == '.') {
		digits = strspn(++at, DIGITS);
		at += digits;
		if (!digits)
			return false;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '-' || *at == '+';
		digits = strspn(at, DIGITS);
		at += digits;
		if (!digits)
			return false;
	}
	return !*at;
}

static int decode_whole(const char *text, struct json_object **ret_value)
{
	unsigned long long large = 0;
	long long value;

	errno = 0;
	value = strtoll(text, NULL, 10);
	if (errno == ERANGE && *text != '-') {
		errno = 0;
		large = strtoull(text, NULL, 10);
	}
	if (errno == ERANGE)
		return -ERANGE;
	*ret_value = large ? json_object_new_uint64(large) : json_object_new_int64(value);
	return *ret_value ? 0 : -ENOMEM;
}

static int decode_real(const char *text, struct json_object **ret_value)
{
	char *end;
	double value = p2p_text_real(text, &end);

	if (*end)
		return -ENOMEM;
	if (!isfinite(value))
		return -ERANGE;
	*ret_value = json_object_new_double(value);
	return *ret_value ? 0 : -ENOMEM;
}

int p2p_json_decode_word(const char *text, struct json_object **ret_value)
{
	bool whole;

	if (!strcmp(text, "null")) {
		*ret_value = NULL;
		return 0;
	}
	if (!strcmp(text, "true") || !strcmp(text, "false")) {
		*ret_value = json_object_new_boolean(*text == 't');
		return *ret_value ? 0 : -ENOMEM;
	}
	if (!is_number(text, &whole))
		return -EINVAL;
	return whole ? decode_whole(text, ret_value) : decode_real(text, ret_value);
}
