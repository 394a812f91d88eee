/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/pci-regs.h"
#include "snapshot/capture/pseudonym.h"
#include "snapshot/vpd.h"

/* Identifiers of different kinds are numbered separately. */
enum kind { KIND_DSN, KIND_SERIAL, KIND_HEX, KIND_HOST, KIND_NAME, KINDS };

struct name {
	enum kind kind;
	const char *text;
	size_t size;
	unsigned int number;
};

struct p2p_pseudonyms {
	struct p2p_arena arena;
	struct name *names;
	size_t count;
	unsigned int numbers[KINDS];
	const char *host;
	size_t host_size;
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

/* The number of an identifier; 0 when out of memory, which is counted as p2p_lost(). */
static unsigned int number_of(struct p2p_pseudonyms *pseudonyms, enum kind kind,
			      const char *text, size_t size)
{
	struct name *name;

	for (size_t i = 0; i < pseudonyms->count; i++) {
		name = &pseudonyms->names[i];
		if (name->kind == kind && name->size == size && !memcmp(name->text, text, size))
			return name->number;
	}
	text = p2p_arena_copy(&pseudonyms->arena, text, size);
	name = text ? p2p_more(pseudonyms->names, pseudonyms->count) : NULL;
	if (!name) {
		p2p_lost();
		return 0;
	}
	pseudonyms->count++;
	*name = (struct name){ kind, text, size, ++pseudonyms->numbers[kind] };
	return name->number;
}

void p2p_scrub_config(struct p2p_pseudonyms *pseudonyms, const struct p2p_config *config,
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
		memset(bytes + at, 0, 8);
		for (int k = 0; k < 4; k++)
			bytes[at + (size_t)k] = (uint8_t)(number >> 8 * k);
		bytes[at + 7] = 0x02;	/* locally administered, as in an EUI-64 */
	}
}

/* Write @number over the digits and letters of @text, in @base, with leading zeros. */
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

/* All zeros or all ones are not an identifier but an empty field. */
static bool is_empty(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (isalnum((unsigned char)text[i]) && !strchr("0fF", text[i]))
			return false;
	return true;
}

/*
 * Replace a hexadecimal number with separators: MAC address, GUID, UUID.  The separators stay, and so does
 * what comes before the last 16 digits (the subnet of a GID, the queue pair of an IPoIB address), so that an
 * address that contains a GUID contains its pseudonym.
 */
static void scrub_hex(struct p2p_pseudonyms *pseudonyms, char *text, size_t size, bool whole)
{
	size_t from = size, digits = 0, length = 0;
	char key[64] = "";

	while (from && (whole || digits < 16)) {
		from--;
		digits += isxdigit((unsigned char)text[from]) != 0;
	}
	for (size_t i = from; i < size && length < sizeof(key); i++)
		if (isxdigit((unsigned char)text[i]))
			key[length++] = (char)tolower((unsigned char)text[i]);
	if (is_empty(key, length))
		return;
	write_number(text + from, size - from, number_of(pseudonyms, KIND_HEX, key, length), 16);
	/* The second digit of the first byte marks it as locally administered. */
	if (length >= 12)
		for (size_t i = from, digit = 0; i < size && digit < 2; i++)
			if (isxdigit((unsigned char)text[i]) && ++digit == 2)
				text[i] = '2';
}

static void scrub_words(struct p2p_pseudonyms *pseudonyms, enum kind kind, char *text,
			size_t size)
{
	while (size && isspace((unsigned char)text[size - 1]))
		size--;
	if (!is_empty(text, size))
		write_number(text, size, number_of(pseudonyms, kind, text, size), 36);
}

static void scrub_serial(void *data, char *text, size_t size)
{
	scrub_words(data, KIND_SERIAL, text, size);
}

static bool is_hex(const char *text, size_t size, const char *marks)
{
	for (size_t i = 0; i < size; i++)
		if (!isxdigit((unsigned char)text[i]) && !strchr(marks, text[i]))
			return false;
	return true;
}

static void scrub_text(struct p2p_pseudonyms *pseudonyms, char *data, size_t size);

/* Replace the first line if it is a number of at least 12 characters, digits and separators; otherwise treat it as text. */
static void scrub_address(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	size_t length = strcspn(data, "\n");

	if (length < 12 || !is_hex(data, length, ":-."))
		scrub_text(pseudonyms, data, size);
	else
		scrub_hex(pseudonyms, data, length, false);
}

static void scrub_host(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	(void)size;
	scrub_words(pseudonyms, KIND_HOST, data, strcspn(data, "\n"));
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

static void scrub_uuids(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	for (size_t i = 0; i + UUID_SIZE <= size; i++) {
		if (!is_uuid(data + i))
			continue;
		scrub_hex(pseudonyms, data + i, UUID_SIZE, true);
		i += UUID_SIZE - 1;
	}
}

/* hwloc's <info name="..." value="..."/>: the name decides what to do with the value. */
static void scrub_info(struct p2p_pseudonyms *pseudonyms, const char *name, char *value,
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

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		if (fnmatch(rows[i].pattern, name, 0))
			continue;
		if (rows[i].kind == KIND_HEX && is_hex(value, size, ":-."))
			scrub_hex(pseudonyms, value, size, false);
		else
			scrub_words(pseudonyms, rows[i].kind, value, size);
		return;
	}
	scrub_text(pseudonyms, value, size);
}

static void scrub_name(struct p2p_pseudonyms *pseudonyms, char *name, size_t size, bool interface);

/* hwloc's <object type="OSDev" ... name="eth0" ... osdev_type="2"/>: 2 network, 3 OpenFabrics. */
static void scrub_objects(struct p2p_pseudonyms *pseudonyms, char *data)
{
	static const char start[] = "<object type=\"OSDev\"", key[] = " name=\"";

	for (char *at = strstr(data, start); at; at = strstr(at + 1, start)) {
		size_t length = strcspn(at, ">");
		char *name = strstr(at, key), *kind = strstr(at, "osdev_type=\"");
		bool interface = kind && kind < at + length && strchr("23", kind[12]);

		if (!name || name > at + length)
			continue;
		name += sizeof(key) - 1;
		scrub_name(pseudonyms, name, strcspn(name, "\""), interface);
	}
}

static void scrub_xml(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	static const char start[] = "<info name=\"", middle[] = "\" value=\"";
	char name[64];

	(void)size;
	for (char *at = strstr(data, start); at; at = strstr(at, start)) {
		size_t length;

		at += sizeof(start) - 1;
		length = strcspn(at, "\"");
		snprintf(name, sizeof(name), "%.*s", (int)length, at);
		at += length;
		if (strncmp(at, middle, sizeof(middle) - 1) != 0)
			continue;
		at += sizeof(middle) - 1;
		length = strcspn(at, "\"");
		if (!has_uuid(at, length))
			scrub_info(pseudonyms, name, at, length);
		at += length;
	}
	scrub_objects(pseudonyms, data);
	scrub_uuids(pseudonyms, data, strlen(data));
}

static void scrub_vpd(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	p2p_vpd_each_serial((uint8_t *)data, size, scrub_serial, pseudonyms);
}

/* Length of six or more hexadecimal bytes with separators: "0c:42:a1:de:fa:ce"; 0 if it is none. */
static size_t mac_size(const char *text, size_t size)
{
	size_t at = 0;

	while (size - at >= 2 && isxdigit((unsigned char)text[at]) &&
	       isxdigit((unsigned char)text[at + 1])) {
		at += 2;
		if (at == size || (text[at] != ':' && text[at] != '-'))
			return at < 17 || (at < size && isxdigit((unsigned char)text[at])) ? 0 : at;
		at++;
	}
	return 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_host(const struct p2p_pseudonyms *pseudonyms, const char *text, size_t left)
{
	size_t size = pseudonyms->host_size;

	return size && left >= size && !strncasecmp(text, pseudonyms->host, size) &&
	       (left == size || !is_word(text[size]));
}

/* Replace MAC addresses, UUIDs and the host name anywhere in a text. */
static void scrub_text(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	scrub_uuids(pseudonyms, data, size);
	for (size_t i = 0, length; i < size; i += length ? length : 1) {
		bool starts = !i || !is_word(data[i - 1]);

		length = starts ? mac_size(data + i, size - i) : 0;
		if (length)
			scrub_hex(pseudonyms, data + i, length, true);
		else if (starts && is_host(pseudonyms, data + i, size - i))
			scrub_words(pseudonyms, KIND_HOST, data + i, pseudonyms->host_size);
	}
}

/*
 * Kernel parameters that a capture keeps: those that affect PCI, IOMMU and NUMA.  All others (BOOTIF=, ip=,
 * root=, systemd.machine_id=, ...) are removed completely.
 */
static bool is_parameter(const char *word, size_t size)
{
	static const char *const patterns[] = {
		"pci", "pcie_*", "iommu", "iommu.*", "intel_iommu", "amd_iommu", "amd_iommu_*",
		"intremap", "numa", "numa_*", "swiotlb", "vfio_iommu_type1.*",
	};
	char name[40];
	size_t length = 0;

	while (length < size && word[length] != '=')
		length++;
	if (length >= sizeof(name))
		return false;
	/* lib/cmdline.c and kernel/params.c, parameq(): "-" and "_" are equivalent. */
	for (size_t i = 0; i < length; i++)
		name[i] = (char)(word[i] == '-' ? '_' : word[i]);
	name[length] = '\0';
	for (size_t i = 0; i < P2P_LENGTH(patterns); i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return false;
}

/* lib/cmdline.c, next_arg(): words end at a space outside of quotes. */
static size_t word_size(const char *text, size_t size)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < size && (quoted || !isspace((unsigned char)text[i])); i++)
		quoted ^= text[i] == '"';
	return i;
}

/* Replace each character of a word that is not kept by "x"; what follows "--" is not for the kernel. */
static void scrub_cmdline(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	bool ended = false;
	size_t at = 0, length;

	for (; at < size; at += length) {
		length = word_size(data + at, size - at);
		if (!length)
			length = 1;
		else if (length == 2 && !memcmp(data + at, "--", 2))
			ended = true;
		else if (ended || !is_parameter(data + at, length))
			memset(data + at, 'x', length);
	}
	scrub_text(pseudonyms, data, size);
}

/* "Linux version RELEASE (who@where) ...": the parentheses hold who built it, where and with what. */
static void scrub_version(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	unsigned int depth = 0;

	(void)pseudonyms;
	for (size_t i = 0; i < size; i++) {
		depth -= data[i] == ')' && depth;
		if (depth && isalnum((unsigned char)data[i]))
			data[i] = 'x';
		depth += data[i] == '(';
	}
}

static void scrub_nothing(struct p2p_pseudonyms *pseudonyms, char *data, size_t size)
{
	(void)pseudonyms;
	(void)data;
	(void)size;
}

/*
 * Is it a name that the kernel, or systemd based on the place of a device, gives a network or RDMA interface?
 * These consist of letters and numbers in turn: eth0, enp59s0f0np0, mlx5_0, rocep59s0.  Names based on the
 * MAC address, such as enx0c42a1deface, are not.
 */
static bool is_stable(const char *name, size_t size)
{
	static const char *const prefixes[] = {
		"eth", "wlan", "mlx4_", "mlx5_", "roce", "irdma", "hfi1_", "bnxt_re", "efa_",
		"qedr", "mana_", "en", "ib", "wl", "ww",
	};
	size_t at = 0;

	for (size_t i = 0; i < P2P_LENGTH(prefixes) && !at; i++)
		if (size > strlen(prefixes[i]) && !strncmp(name, prefixes[i], strlen(prefixes[i])))
			at = strlen(prefixes[i]);
	if (!at || name[at] == 'x')
		return false;
	while (at < size) {
		size_t letters = 0, digits = 0;

		for (; at < size && strchr("Ppsfnduicbvr", name[at]) && name[at]; at++)
			letters++;
		for (; at < size && isdigit((unsigned char)name[at]); at++)
			digits++;
		if (letters > 2 || !digits || digits > 5)
			return false;
	}
	return true;
}

/* Replace runs of twelve or more hexadecimal digits, as of a MAC address, in a name.  Return: was there one? */
static bool scrub_digits(struct p2p_pseudonyms *pseudonyms, char *name, size_t size)
{
	bool found = false;
	size_t run;

	for (size_t at = 0; at < size; at += run + !run) {
		run = 0;
		while (at + run < size && isxdigit((unsigned char)name[at + run]))
			run++;
		if (run < 12)
			continue;
		found = true;
		scrub_hex(pseudonyms, name + at + run - 12, 12, true);
		/* Up to three more may belong to a word before it, such as the end of "node". */
		if (run >= 16)
			memset(name + at, '0', run - 12);
	}
	return found;
}

/* @interface: it names a network or RDMA interface, which its owner may have chosen */
static void scrub_name(struct p2p_pseudonyms *pseudonyms, char *name, size_t size, bool interface)
{
	if (!scrub_digits(pseudonyms, name, size) && interface && !is_stable(name, size))
		scrub_words(pseudonyms, KIND_NAME, name, size);
}

void p2p_scrub_path(struct p2p_pseudonyms *pseudonyms, char *path)
{
	bool interface = false;
	size_t size;

	for (; *path; path += size + (path[size] == '/')) {
		size = strcspn(path, "/");
		scrub_name(pseudonyms, path, size, interface);
		interface = (size == 3 && !memcmp(path, "net", 3)) ||
			    (size == 10 && !memcmp(path, "infiniband", 10));
	}
}

void p2p_pseudonyms_set_host(struct p2p_pseudonyms *pseudonyms, const char *host)
{
	pseudonyms->host = host;
	pseudonyms->host_size = strcspn(host, ".\n");
	/* A name of one or two letters occurs in too many texts. */
	if (pseudonyms->host_size < 3)
		pseudonyms->host_size = 0;
}

void p2p_scrub_file(struct p2p_pseudonyms *pseudonyms, const char *path, char *data, size_t size)
{
	static const struct {
		const char *pattern;
		void (*scrub)(struct p2p_pseudonyms *pseudonyms, char *data, size_t size);
	} rows[] = {
		{ "sys/devices/*/vpd", scrub_vpd },
		{ "sys/bus/pci/devices/*/vpd", scrub_vpd },
		{ "sys/*/net/*/address", scrub_address },
		{ "sys/*/node_guid", scrub_address },
		{ "sys/*/sys_image_guid", scrub_address },
		{ "sys/*/gids/*", scrub_address },
		{ "proc/sys/kernel/hostname", scrub_host },
		{ "proc/cmdline", scrub_cmdline },
		{ "proc/version", scrub_version },
		{ "proc/driver/nvidia/version", scrub_version },
		/* Words that must stay as they are, whatever the host is called. */
		{ "proc/sys/kernel/osrelease", scrub_nothing },
		{ "proc/cpuinfo", scrub_nothing },
		{ "sys/hypervisor/type", scrub_nothing },
		{ "proc/driver/nvidia/params", scrub_nothing },
		{ "sys/devices/virtual/kfd/*/properties", scrub_nothing },
		{ "sys/kernel/iommu_groups/*/type", scrub_nothing },
		{ "hwloc.xml", scrub_xml },
		{ "manifest.json", scrub_nothing },
	};

	for (size_t i = 0; i < P2P_LENGTH(rows); i++)
		if (!fnmatch(rows[i].pattern, path, 0)) {
			rows[i].scrub(pseudonyms, data, size);
			return;
		}
	scrub_text(pseudonyms, data, size);
}
