/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Splits text as people paste it into lines and words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/measured/reading.h"

/* Skip what follows an escape character: "[0;31m" and the like, or else a single character. */
static const char *skip_escape(const char *at, const char *end)
{
	if (at < end && *at == '[') {
		for (at++; at < end && (*at < '@' || *at > '~') && *at != '\n'; at++)
			;
	}
	return at < end && *at != '\n' ? at + 1 : at;
}

/* Skip the quotation marks of mails, as in "> > text". */
static const char *skip_quotes(const char *at, const char *end)
{
	while (at < end && *at == '>')
		at += at + 1 < end && at[1] == ' ' ? 2 : 1;
	return at;
}

/* The result is not longer than @text and has the same number of lines. */
static size_t clean(const char *text, size_t size, char *ret_text)
{
	const char *at = text, *end = text + size;
	bool first = true;
	size_t used = 0;

	if (size >= 3 && !memcmp(at, "\xef\xbb\xbf", 3))
		at += 3;
	while (at < end) {
		if (first)
			at = skip_quotes(at, end);
		first = false;
		if (at == end)
			break;
		if (*at == '\033') {
			at = skip_escape(at + 1, end);
			continue;
		}
		first = *at == '\n';
		if (!*at)
			ret_text[used++] = ' ';
		else if (*at != '\r')
			ret_text[used++] = *at;
		at++;
	}
	ret_text[used] = '\0';
	return used;
}

int p2p_reading_open(struct p2p_reading *reading, const char *text, size_t size)
{
	char *copy, *next, *end;

	reading->text = malloc(size + 1);
	copy = malloc(size + 1);
	reading->lines = NULL;
	if (reading->text && copy) {
		reading->size = clean(text, size, reading->text);
		memcpy(copy, reading->text, reading->size + 1);
		reading->count = 1;
		for (next = copy; (next = strchr(next, '\n')); next++)
			reading->count++;
		/* One element more, which keeps the pointer to free. */
		reading->lines = calloc(reading->count + 1, sizeof(*reading->lines));
	}
	if (!reading->lines) {
		free(copy);
		return -ENOMEM;
	}
	reading->lines[reading->count] = copy;
	next = copy;
	for (size_t i = 0; i < reading->count; i++) {
		end = next + strcspn(next, "\n");
		reading->lines[i] = next;
		next = *end ? end + 1 : end;
		*end = '\0';
	}
	return 0;
}

void p2p_reading_close(struct p2p_reading *reading)
{
	if (reading->lines)
		free(reading->lines[reading->count]);
	free(reading->lines);
	free(reading->text);
}

void p2p_reading_skip(struct p2p_reading *reading, size_t line, const char *why)
{
	if (!reading->skipped++) {
		reading->skipped_line = line + 1;
		reading->skipped_why = why;
	}
}

const char *p2p_reading_word(struct p2p_reading *reading, struct p2p_field field)
{
	const char *word = p2p_arena_copy(&reading->measured->arena, field.text, field.length);

	if (!word)
		reading->error = -ENOMEM;
	return word ? word : "";
}

const char *p2p_reading_line(const struct p2p_reading *reading, size_t line)
{
	return reading->lines[line] + strspn(reading->lines[line], " \t");
}

bool p2p_reading_list_gpu(struct p2p_reading *reading, unsigned int index, struct p2p_field address)
{
	struct p2p_end end;

	if (!p2p_field_address(address, &end))
		return false;
	end.kind = P2P_CLASS_GPU;
	p2p_reading_list(reading, index, &end);
	return true;
}

void p2p_reading_list_nic(struct p2p_reading *reading, unsigned int index, struct p2p_field name)
{
	struct p2p_end end = p2p_end_of_name(p2p_reading_word(reading, name));

	end.kind = P2P_CLASS_NIC;
	p2p_reading_list(reading, index, &end);
}

struct p2p_field p2p_field_until(const char *text, const char *ends)
{
	return (struct p2p_field){ text, strcspn(text, ends) };
}

struct p2p_field p2p_field_of(const char *text)
{
	return (struct p2p_field){ text, strlen(text) };
}

size_t p2p_fields(const char *line, struct p2p_field fields[P2P_MOST_FIELDS])
{
	size_t count = 0;

	for (line += strspn(line, " \t"); *line && count < P2P_MOST_FIELDS;
	     line += strspn(line, " \t")) {
		size_t length = strcspn(line, " \t");

		fields[count++] = (struct p2p_field){ line, length };
		line += length;
	}
	return count;
}

bool p2p_field_is(struct p2p_field field, const char *word)
{
	return strlen(word) == field.length && !memcmp(field.text, word, field.length);
}

/* Not strtod(), which also accepts infinities, hexadecimal and the locale's comma. */
bool p2p_field_number(struct p2p_field field, double *ret_number)
{
	double value = 0, place = 0;

	if (!field.length || field.length > 24)
		return false;
	for (size_t i = 0; i < field.length; i++) {
		char c = field.text[i];

		if (c == '.' && !(place > 0) && i) {
			place = 1;
		} else if (c >= '0' && c <= '9') {
			value = value * 10 + (c - '0');
			place *= 10;
		} else {
			return false;
		}
	}
	*ret_number = place > 0 ? value / place : value;
	return true;
}

bool p2p_field_index(struct p2p_field field, unsigned int *ret_index)
{
	unsigned int value = 0;

	if (!field.length || field.length > 4)
		return false;
	for (size_t i = 0; i < field.length; i++) {
		if (field.text[i] < '0' || field.text[i] > '9')
			return false;
		value = value * 10 + (unsigned int)(field.text[i] - '0');
	}
	if (value >= 4096)
		return false;
	*ret_index = value;
	return true;
}

bool p2p_hex(const char *text, unsigned long most, unsigned long *ret_number)
{
	char *end;
	unsigned long number = strtoul(text, &end, 16);

	if (end == text || number > most)
		return false;
	*ret_number = number;
	return true;
}

const char *p2p_index(const char *text, unsigned int *ret_index)
{
	struct p2p_field digits = { text, strspn(text, "0123456789") };

	return p2p_field_index(digits, ret_index) ? text + digits.length : NULL;
}

/* "00000000:53:00", "53:00.0", "0000:53:00.0": with two colons there is a domain. */
bool p2p_field_address(struct p2p_field field, struct p2p_end *ret_end)
{
	struct p2p_end end = { .named = P2P_NAMED_BY_ADDRESS };
	char text[32];
	unsigned int colons = 0;

	if (field.length < 4 || field.length + 3 > sizeof(text))
		return false;
	memcpy(text, field.text, field.length);
	text[field.length] = '\0';
	for (size_t i = 0; i < field.length; i++)
		colons += text[i] == ':';
	if (!colons)
		return false;
	if (!strchr(text, '.'))
		memcpy(text + field.length, ".0", 3);
	if (p2p_bdf_parse(text, &end.bdf))
		return false;
	end.domain_known = colons == 2;
	*ret_end = end;
	return true;
}

struct p2p_end p2p_end_of_index(enum p2p_class kind, unsigned int index)
{
	return (struct p2p_end){ .named = P2P_NAMED_BY_INDEX, .kind = kind, .index = index };
}

struct p2p_end p2p_end_of_name(const char *name)
{
	return (struct p2p_end){ .named = P2P_NAMED_BY_NAME, .name = name };
}

bool p2p_field_end(struct p2p_field field, struct p2p_end *ret_end)
{
	static const struct { const char *prefix; enum p2p_class kind; } prefixes[] = {
		{ "GPU", P2P_CLASS_GPU }, { "NIC", P2P_CLASS_NIC }, { "", P2P_CLASS_GPU },
	};
	unsigned int index;

	for (size_t i = 0; i < P2P_LENGTH(prefixes); i++) {
		size_t length = strlen(prefixes[i].prefix);
		struct p2p_field rest = { field.text + length, field.length - length };

		if (field.length <= length || memcmp(field.text, prefixes[i].prefix, length) != 0 ||
		    !p2p_field_index(rest, &index))
			continue;
		*ret_end = p2p_end_of_index(prefixes[i].kind, index);
		return true;
	}
	return p2p_field_address(field, ret_end);
}

const char *p2p_after(const char *line, const char *mark)
{
	const char *found = strstr(line, mark);

	return found ? found + strlen(mark) : NULL;
}
