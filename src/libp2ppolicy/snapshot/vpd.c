/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <string.h>

#include "snapshot/vpd.h"

#define LARGE		0x80u	/* a large resource: a length of two bytes follows */
#define TAG_READ_ONLY	0x90u
#define TAG_READ_WRITE	0x91u
#define SHORT_END	0x0fu	/* tag of the small End resource, in bits 6:3 */
#define FIELD_HEADER	3u

/*
 * PCIe r6.0, sec 6.27.2: keep the fields that tell what kind of card it is.  SN is its serial number, and
 * vendor (V?) and system (Y?) fields, such as asset tags, may hold anything.
 */
static bool is_serial(const uint8_t *field)
{
	static const char kept[][3] = {
		"PN", "EC", "MN", "FG", "LC", "PG", "CP", "RV", "RW",
	};

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (!memcmp(field, kept[i], 2))
			return false;
	return true;
}

static uint8_t sum_up(const uint8_t *bytes, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum;
}

/* Walk the fields from @at to @end.  @ret_checksum: where RV starts, 0 if there is none */
static void walk_fields(uint8_t *bytes, size_t at, size_t end,
			void (*found)(void *data, char *text, size_t size), void *data,
			size_t *ret_checksum)
{
	while (at + FIELD_HEADER <= end) {
		uint8_t *field = bytes + at;
		size_t size = field[2];

		at += FIELD_HEADER;
		size = at + size > end ? end - at : size;
		if (!found && field[0] == 'R' && field[1] == 'V' && size)
			*ret_checksum = at;
		if (found && is_serial(field))
			found(data, (char *)bytes + at, size);
		at += size;
	}
}

static void walk(uint8_t *bytes, size_t size,
		 void (*found)(void *data, char *text, size_t size), void *data,
		 size_t *ret_checksum)
{
	size_t at = 0;

	while (at < size) {
		uint8_t tag = bytes[at];
		size_t length;

		if (!(tag & LARGE)) {
			if (tag >> 3 == SHORT_END)
				return;
			at += 1u + (tag & 7u);
			continue;
		}
		if (at + 3 > size)
			return;
		length = bytes[at + 1] | (size_t)bytes[at + 2] << 8;
		at += 3;
		length = at + length > size ? size - at : length;
		if (tag == TAG_READ_ONLY || tag == TAG_READ_WRITE)
			walk_fields(bytes, at, at + length, found, data, ret_checksum);
		at += length;
	}
}

/* PCIe r6.0, sec 6.27.2.3: the bytes up to and including the first of RV sum up to zero. */
void p2p_vpd_each_serial(uint8_t *bytes, size_t size,
			 void (*found)(void *data, char *text, size_t size), void *data)
{
	size_t checksum = 0;
	bool sound;

	walk(bytes, size, NULL, NULL, &checksum);
	/* It is corrected only if it was right before. */
	sound = checksum && !sum_up(bytes, checksum + 1);
	walk(bytes, size, found, data, &checksum);
	if (sound)
		bytes[checksum] = (uint8_t)-sum_up(bytes, checksum);
}

struct wanted {
	const char *keyword, *text;
	size_t size;
};

/* The keyword and a length precede the text of a field. */
static void look(void *data, char *text, size_t size)
{
	struct wanted *wanted = data;

	if (!wanted->text && !memcmp(text - FIELD_HEADER, wanted->keyword, 2)) {
		wanted->text = text;
		wanted->size = size;
	}
}

const char *p2p_vpd_find(const uint8_t *bytes, size_t size, const char *keyword, size_t *ret_size)
{
	struct wanted wanted = { keyword, NULL, 0 };
	size_t checksum = 0;

	/* Nothing is written: look() only compares. */
	walk((uint8_t *)(uintptr_t)bytes, size, look, &wanted, &checksum);
	*ret_size = wanted.size;
	return wanted.text;
}
