/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters in lspci's syntax: lspci(8), under -s and -d. */
#include <string.h>

#include "machine/filter.h"

#define PARTS_MOST 4u

/** struct part - characters of a text between two colons. */
struct part {
	const char *text;
	size_t length;
};

/* The largest value of each field, and the sentence for an invalid one. */
static const struct {
	uint32_t most;
	const char *wrong;
} fields[FILTER_FIELDS] = {
	[FILTER_DOMAIN] = { 0x7fffffff, "the domain is a hexadecimal number up to 7fffffff" },
	[FILTER_BUS] = { 0xff, "the bus is a hexadecimal number up to ff" },
	[FILTER_SLOT] = { 0x1f, "the device is a hexadecimal number up to 1f" },
	[FILTER_FUNCTION] = { 7, "the function is a number up to 7" },
	[FILTER_VENDOR] = { 0xffff, "the vendor is a hexadecimal number up to ffff" },
	[FILTER_DEVICE] = { 0xffff, "the device is a hexadecimal number up to ffff" },
	[FILTER_CLASS] = { 0xffff, "the class is up to four hexadecimal digits, or x for any digit" },
	[FILTER_PROG_IF] = { 0xff, "the programming interface is a hexadecimal number up to ff" },
};

/* Return: the number of parts; PARTS_MOST + 1 if there are more than PARTS_MOST. */
static size_t split(const char *text, size_t length, char between, struct part parts[PARTS_MOST])
{
	const char *end = text + length;
	size_t count = 0;

	for (;; text++) {
		const char *stop = memchr(text, between, (size_t)(end - text));

		stop = stop ? stop : end;
		if (count == PARTS_MOST)
			return PARTS_MOST + 1;
		parts[count++] = (struct part){ text, (size_t)(stop - text) };
		text = stop;
		if (text == end)
			return count;
	}
}

/* The value of a hexadecimal digit; -1 if it is none. */
static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;
	long n = at ? at - digits : -1;

	return (int)(n < 16 ? n : n - 6);
}

/* An empty part and "*" match anything.  Return: NULL, or what is wrong. */
static const char *take(struct filter *filter, enum filter_field field, struct part part)
{
	uint64_t value = 0, mask = UINT32_MAX, least = 0;

	if (!part.length || (part.length == 1 && *part.text == '*'))
		return NULL;
	for (size_t i = 0; i < part.length; i++) {
		bool any = field == FILTER_CLASS && (part.text[i] | 0x20) == 'x';
		int digit = any ? 0 : digit_of(part.text[i]);

		if (digit < 0)
			return fields[field].wrong;
		value = value << 4 | (unsigned int)digit;
		mask = mask << 4 | (any ? 0 : 0xf);
		/* An x counts as a digit, not as a leading zero. */
		least = least << 4 | (any ? 1 : (unsigned int)digit);
		if (least > fields[field].most)
			return fields[field].wrong;
	}
	filter->value[field] = (uint32_t)value;
	filter->mask[field] = (uint32_t)mask;
	return NULL;
}

/* [[[DOMAIN]:][BUS]:][DEVICE][.[FUNCTION]] */
const char *filter_parse_address(struct filter *filter, const char *text)
{
	struct part parts[PARTS_MOST], last[PARTS_MOST];
	size_t count = split(text, strlen(text), ':', parts), ends;
	const char *wrong = NULL;

	memset(filter, 0, sizeof(*filter));
	if (count > 3)
		return "an address is DOMAIN:BUS:DEVICE.FUNCTION, and parts of it may be left out";
	for (size_t i = 0; !wrong && i + 1 < count; i++)
		wrong = take(filter, (enum filter_field)(FILTER_SLOT - count + 1 + i), parts[i]);
	ends = split(parts[count - 1].text, parts[count - 1].length, '.', last);
	if (!wrong && ends > 2)
		wrong = "a device and its function are DEVICE.FUNCTION";
	if (!wrong)
		wrong = take(filter, FILTER_SLOT, last[0]);
	if (!wrong && ends == 2)
		wrong = take(filter, FILTER_FUNCTION, last[1]);
	return wrong;
}

/* [VENDOR]:[DEVICE][:[CLASS][:PROG-IF]] */
const char *filter_parse_ids(struct filter *filter, const char *text)
{
	struct part parts[PARTS_MOST];
	size_t count = split(text, strlen(text), ':', parts);
	const char *wrong = NULL;

	memset(filter, 0, sizeof(*filter));
	if (count < 2 || count > PARTS_MOST)
		return "ids are VENDOR:DEVICE, and one of them may be left out; :CLASS and :PROG-IF may follow";
	for (size_t i = 0; !wrong && i < count; i++)
		wrong = take(filter, (enum filter_field)(FILTER_VENDOR + i), parts[i]);
	return wrong;
}

bool filter_matches(const struct filter *filter, const struct p2p_function *function)
{
	const uint32_t is[FILTER_FIELDS] = {
		[FILTER_DOMAIN] = function->bdf.domain, [FILTER_BUS] = function->bdf.bus,
		[FILTER_SLOT] = function->bdf.devfn >> 3, [FILTER_FUNCTION] = function->bdf.devfn & 7,
		[FILTER_VENDOR] = function->vendor, [FILTER_DEVICE] = function->device,
		[FILTER_CLASS] = function->class_code >> 8,
		[FILTER_PROG_IF] = function->class_code & 0xff,
	};

	for (size_t i = 0; i < FILTER_FIELDS; i++) {
		if (!filter->mask[i])
			continue;
		if ((is[i] ^ filter->value[i]) & filter->mask[i] ||
		    (i >= FILTER_VENDOR && function->ids != P2P_PRESENT))
			return false;
	}
	return true;
}
