/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pci/header.h>

#include "snapshot/pseudonym.h"
#include "snapshot/vpd.h"

/* Identifiers of different kinds are numbered apart, so that none can be told from another. */
enum kind { KIND_DSN, KIND_SERIAL, KIND_HEX, KIND_HOST, KINDS };

struct name {
	enum kind kind;
	const char *text;
	size_t size;
	unsigned int number;
};

struct p2p_pseudonyms {
	struct p2p_arena arena;
	struct name *names;
	size_t count, room;
	unsigned int numbers[KINDS];
};

struct p2p_pseudonyms *p2p_pseudonyms_new(void)
{
	return calloc(1, sizeof(struct p2p_pseudonyms));
}

struct p2p_pseudonyms *p2p_pseudonyms_free(struct p2p_pseudonyms *pseudonyms)
{
	if (!pseudonyms)
		return NULL;
	p2p_arena_free(&pseudonyms->arena);
	free(pseudonyms->names);
	free(pseudonyms);
	return NULL;
}

/* The number of an identifier; 0 when out of memory. */
static unsigned int number_of(struct p2p_pseudonyms *pseudonyms, enum kind kind,
			      const char *text, size_t size)
{
	struct name *name;

	for (size_t i = 0; i < pseudonyms->count; i++) {
		name = &pseudonyms->names[i];
		if (name->kind == kind && name->size == size && !memcmp(name->text, text, size))
			return name->number;
	}
	if (pseudonyms->count == pseudonyms->room) {
		size_t room = pseudonyms->room ? pseudonyms->room * 2 : 64;

		name = reallocarray(pseudonyms->names, room, sizeof(*name));
		if (!name)
			return 0;
		pseudonyms->names = name;
		pseudonyms->room = room;
	}
	name = &pseudonyms->names[pseudonyms->count];
	*name = (struct name){ kind, p2p_arena_copy(&pseudonyms->arena, text, size), size,
			       pseudonyms->numbers[kind] + 1 };
	if (!name->text)
		return 0;
	pseudonyms->count++;
	return ++pseudonyms->numbers[kind];
}

int p2p_scrub_config(struct p2p_pseudonyms *pseudonyms, const struct p2p_config *config,
		     uint8_t *bytes, size_t size)
{
	static const uint8_t unset[2][8] = {
		{ 0 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};

	for (unsigned int i = 0; i < config->capability_count; i++) {
		const struct p2p_capability *capability = &config->capabilities[i];
		size_t at = capability->offset + 4u;
		unsigned int number;

		if (!capability->extended || capability->id != PCI_EXT_CAP_ID_DSN ||
		    at + 8 > size || !memcmp(bytes + at, unset[0], 8) ||
		    !memcmp(bytes + at, unset[1], 8))
			continue;
		number = number_of(pseudonyms, KIND_DSN, (const char *)bytes + at, 8);
		if (!number)
			return -ENOMEM;
		memset(bytes + at, 0, 8);
		for (int k = 0; k < 4; k++)
			bytes[at + (size_t)k] = (uint8_t)(number >> 8 * k);
		bytes[at + 7] = 0x02;	/* locally administered, as in an EUI-64 */
	}
	return 0;
}

/* @number in the digits and letters of @text, counted in @base, zeros before it. */
static void write_number(char *text, size_t size, unsigned int number, unsigned int base)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	while (size--) {
		if (!isalnum((unsigned char)text[size]))
			continue;
		text[size] = digits[number % base];
		number /= base;
	}
}

/* Zeros, or ones, are no identifier but a place left empty. */
static bool is_empty(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (isalnum((unsigned char)text[i]) && !strchr("0fF", text[i]))
			return false;
	return true;
}

/*
 * A number written in hexadecimal with marks in between: MAC address, GUID, UUID.  The marks
 * stay, and so does what comes before the last 16 digits (the subnet of a GID, the queue pair
 * of an IPoIB address), so that an address that contains a GUID contains its pseudonym.
 */
static int scrub_hex(struct p2p_pseudonyms *pseudonyms, char *text, size_t size, bool whole)
{
	size_t from = size, digits = 0, length = 0;
	unsigned int number;
	char key[64] = "";

	while (from && (whole || digits < 16)) {
		from--;
		digits += isxdigit((unsigned char)text[from]) != 0;
	}
	for (size_t i = from; i < size && length < sizeof(key); i++)
		if (isxdigit((unsigned char)text[i]))
			key[length++] = (char)tolower((unsigned char)text[i]);
	if (is_empty(key, length))
		return 0;
	number = number_of(pseudonyms, KIND_HEX, key, length);
	if (!number)
		return -ENOMEM;
	write_number(text + from, size - from, number, 16);
	/* The second digit of the first byte says "locally administered". */
	if (length >= 12)
		for (size_t i = from, digit = 0; i < size && digit < 2; i++)
			if (isxdigit((unsigned char)text[i]) && ++digit == 2)
				text[i] = '2';
	return 0;
}

static int scrub_words(struct p2p_pseudonyms *pseudonyms, enum kind kind, char *text,
		       size_t size)
{
	unsigned int number;

	while (size && isspace((unsigned char)text[size - 1]))
		size--;
	if (is_empty(text, size))
		return 0;
	number = number_of(pseudonyms, kind, text, size);
	if (!number)
		return -ENOMEM;
	write_number(text, size, number, 36);
	return 0;
}

static int scrub_serial(void *data, char *text, size_t size)
{
	return scrub_words(data, KIND_SERIAL, text, size);
}

static bool is_hex(const char *text, size_t size, const char *marks)
{
	for (size_t i = 0; i < size; i++)
		if (!isxdigit((unsigned char)text[i]) && !strchr(marks, text[i]))
			return false;
	return true;
}

/* The first line, if it is a number of at least 12 hexadecimal digits. */
static int scrub_address(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	(void)size;
	size = strcspn(data, "\n");
	if (size < 12 || !is_hex(data, size, ":-."))
		return 0;
	return scrub_hex(pseudonyms, data, size, false);
}

static int scrub_host(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	(void)size;
	return scrub_words(pseudonyms, KIND_HOST, data, strcspn(data, "\n"));
}

/* 8-4-4-4-12 digits, anywhere in a text. */
static bool is_uuid(const char *text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != shape[i])
			return false;
	return true;
}

#define UUID_SIZE	36u

static bool has_uuid(const char *text, size_t size)
{
	for (size_t i = 0; i + UUID_SIZE <= size; i++)
		if (is_uuid(text + i))
			return true;
	return false;
}

static int scrub_uuids(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	for (size_t i = 0; i + UUID_SIZE <= size; i++) {
		int r;

		if (!is_uuid(data + i))
			continue;
		r = scrub_hex(pseudonyms, data + i, UUID_SIZE, true);
		if (r < 0)
			return r;
		i += UUID_SIZE - 1;
	}
	return 0;
}

/* hwloc's <info name="..." value="..."/>: what to do with the value, by the name. */
static int scrub_info(struct p2p_pseudonyms *pseudonyms, const char *name, char *value,
		      size_t size)
{
	static const struct {
		const char *pattern;
		enum kind kind;
	} rows[] = {
		{ "Address", KIND_HEX },	 { "NodeGUID", KIND_HEX },
		{ "SysImageGUID", KIND_HEX },	 { "Port*GID*", KIND_HEX },
		{ "HostName", KIND_HOST },	 { "*Serial", KIND_SERIAL },
		{ "*SerialNumber", KIND_SERIAL }, { "*AssetTag", KIND_SERIAL },
		{ "*UUID", KIND_HEX },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (fnmatch(rows[i].pattern, name, 0))
			continue;
		if (rows[i].kind == KIND_HEX && is_hex(value, size, ":-."))
			return scrub_hex(pseudonyms, value, size, false);
		return scrub_words(pseudonyms, rows[i].kind, value, size);
	}
	return 0;
}

static int scrub_xml(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	static const char start[] = "<info name=\"", middle[] = "\" value=\"";
	char name[64];
	int r = 0;

	(void)size;
	for (char *at = strstr(data, start); at && r == 0; at = strstr(at, start)) {
		size_t length;

		at += sizeof(start) - 1;
		length = strcspn(at, "\"");
		snprintf(name, sizeof(name), "%.*s", (int)length, at);
		at += length;
		if (strncmp(at, middle, sizeof(middle) - 1) != 0)
			continue;
		at += sizeof(middle) - 1;
		length = strcspn(at, "\"");
		r = has_uuid(at, length) ? 0 : scrub_info(pseudonyms, name, at, length);
		at += length;
	}
	return r < 0 ? r : scrub_uuids(pseudonyms, data, strlen(data));
}

static int scrub_vpd(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	return p2p_vpd_each_serial((uint8_t *)data, size, scrub_serial, pseudonyms);
}

int p2p_scrub_file(struct p2p_pseudonyms *pseudonyms, const char *path, char *data, size_t size)
{
	static const struct {
		const char *pattern;
		int (*scrub)(struct p2p_pseudonyms *pseudonyms, char *data, size_t size);
	} rows[] = {
		{ "sys/devices/*/vpd", scrub_vpd },
		{ "sys/bus/pci/devices/*/vpd", scrub_vpd },
		{ "sys/devices/*/net/*/address", scrub_address },
		{ "sys/devices/*/node_guid", scrub_address },
		{ "sys/devices/*/sys_image_guid", scrub_address },
		{ "sys/devices/*/gids/*", scrub_address },
		{ "proc/sys/kernel/hostname", scrub_host },
		{ "proc/cmdline", scrub_uuids },
		{ "proc/driver/nvidia/gpus/*/information", scrub_uuids },
		{ "hwloc.xml", scrub_xml },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!fnmatch(rows[i].pattern, path, 0))
			return rows[i].scrub(pseudonyms, data, size);
	return 0;
}
