/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command line of QEMU: bridges and functions passed through by vfio-pci, as given by -device, written as
 * "driver,key=value,..." or as JSON, which libvirt uses.  A bus is named after the id of the bridge above it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-read.h"
#include "snapshot/guest/guest.h"

#define ROOT "pcie.0"

/* hw/pci-bridge/, hw/i386/; a port has one slot below it. */
static const char *const ports[] = { "pcie-root-port", "ioh3420", "xio3130-downstream" };
static const char *const bridges[] = { "pci-bridge", "i82801b11-bridge", "pcie-pci-bridge", "x3130-upstream" };
static const char *const roots[] = { "pxb", "pxb-pcie" };

/** struct device - one -device; NULL for keys that are missing. */
struct device {
	const char *driver, *id, *bus, *addr, *host, *sysfsdev, *bus_nr;
};

static const struct { const char *key; size_t offset; } keys[] = {
	{ "driver", offsetof(struct device, driver) }, { "id", offsetof(struct device, id) },
	{ "bus", offsetof(struct device, bus) }, { "addr", offsetof(struct device, addr) },
	{ "host", offsetof(struct device, host) }, { "sysfsdev", offsetof(struct device, sysfsdev) },
	{ "bus_nr", offsetof(struct device, bus_nr) },
};

static void put(struct device *device, const char *key, const char *value)
{
	for (size_t i = 0; i < P2P_LENGTH(keys); i++) {
		if (!strcmp(keys[i].key, key))
			*(const char **)((char *)device + keys[i].offset) = value;
	}
}

static bool is_among(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(list[i], name))
			return true;
	}
	return false;
}

/* Terminate the text at the first comma, in place; two commas stand for one.  Return: what follows, or NULL. */
static char *cut(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == ',' && *++text != ',') {
			*to = '\0';
			return text;
		}
		*to++ = *text;
	}
	*to = '\0';
	return NULL;
}

static void parse_keys(char *text, struct device *device)
{
	char *next = cut(text), *value;

	device->driver = text;
	while ((text = next)) {
		next = cut(text);
		value = strchr(text, '=');
		if (!value)
			continue;
		*value++ = '\0';
		put(device, text, value);
	}
}

/* In JSON a number as the address is device and function in one; hw/core/qdev-properties-system.c, set_pci_devfn(). */
static const char *text_of(struct p2p_guest *guest, const char *key, struct json_object *value)
{
	int64_t devfn = json_object_get_int64(value);

	if (strcmp(key, "addr") != 0 || !json_object_is_type(value, json_type_int) || devfn < 0 || devfn > 0xff)
		return p2p_arena_format(&guest->arena, "%s", json_object_get_string(value));
	return p2p_arena_format(&guest->arena, "%x.%x", (unsigned int)devfn >> 3, (unsigned int)devfn & 7);
}

static int parse_json(struct p2p_guest *guest, const char *text, struct device *device)
{
	struct json_object *value;
	struct p2p_json json;
	int error = p2p_json_parse(guest->context, guest->name, text, strlen(text), P2P_JSON_NULLS, &json);

	if (error)
		return error;
	for (size_t i = 0; i < P2P_LENGTH(keys) && !error; i++) {
		const char *copy;

		if (!json_object_is_type(json.root, json_type_object) ||
		    !json_object_object_get_ex(json.root, keys[i].key, &value) || !value)
			continue;
		copy = text_of(guest, keys[i].key, value);
		if (copy)
			put(device, keys[i].key, copy);
		else
			error = -ENOMEM;
	}
	p2p_json_clear(&json);
	return error;
}

/* "0x2.0x4", "2.4" or "2": always hexadecimal.  hw/core/qdev-properties-system.c */
static bool parse_addr(const char *text, uint8_t *ret_devfn)
{
	unsigned long slot, function = 0;
	char *end;

	slot = strtoul(text, &end, 16);
	if (end == text || slot > 0x1f)
		return false;
	if (*end == '.') {
		text = end + 1;
		function = strtoul(text, &end, 16);
		if (end == text)
			return false;
	}
	*ret_devfn = (uint8_t)(slot << 3 | (function & 7));
	return !*end && function <= 7;
}

static bool is_below_port(const struct p2p_guest *guest, const char *bus)
{
	for (size_t i = 0; i < guest->count; i++) {
		if (guest->slots[i].kind == P2P_GUEST_BRIDGE && guest->slots[i].port && !strcmp(guest->slots[i].id, bus))
			return true;
	}
	return false;
}

/* Take the function of the host, if it is one: sysfsdev may also be a mediated device. */
static int take_host(const struct p2p_guest *guest, const struct device *device, struct p2p_guest_slot *slot)
{
	const char *name = device->host, *last;

	if (strncmp(device->driver, "vfio-pci", 8) != 0)
		return 0;
	if (!name && device->sysfsdev) {
		last = strrchr(device->sysfsdev, '/');
		name = last ? last + 1 : device->sysfsdev;
	}
	slot->passed = name && !p2p_bdf_parse(name, &slot->host);
	if (device->host && !slot->passed)
		return p2p_error(guest->context, -EBADMSG, "%s: '%s' is not the address of a function of the host",
				 guest->name, device->host);
	return 0;
}

/* Take the bus number of a separate hierarchy. */
static int take_number(const struct p2p_guest *guest, const char *text, struct p2p_guest_slot *slot)
{
	unsigned long number;
	char *end;

	number = strtoul(text, &end, 0);
	if (end == text || *end || *text == '-' || number > UINT8_MAX)
		return p2p_error(guest->context, -EBADMSG, "%s: '%s' is not a valid bus_nr", guest->name, text);
	slot->number = (uint8_t)number;
	return 0;
}

static int place(struct p2p_guest *guest, const struct device *device, struct p2p_guest_slot *slot)
{
	slot->bus = device->bus && strcmp(device->bus, "pci.0") != 0 ? device->bus : ROOT;
	/* For q35, Proxmox VE's file names a bridge behind a bridge so. */
	if (device->bus && slot->bus != device->bus && guest->hidden)
		return p2p_error(guest->context, -EBADMSG, "%s: %s%s%s is on bus pci.0, which the file of -readconfig may "
				 "define", guest->name, device->driver, device->host ? ",host=" : "",
				 device->host ? device->host : "");
	if (device->addr && !parse_addr(device->addr, &slot->devfn))
		return p2p_error(guest->context, -EBADMSG, "%s: '%s' is not a valid addr", guest->name,
				 device->addr);
	if (!device->addr && !is_below_port(guest, slot->bus))
		return p2p_error(guest->context, -EBADMSG, "%s: %s%s%s on bus %s has no addr: where QEMU puts it is not "
				 "known", guest->name, device->driver, device->host ? ",host=" : "",
				 device->host ? device->host : "", slot->bus);
	return p2p_guest_add(guest, slot);
}

static int add(struct p2p_guest *guest, const struct device *device)
{
	bool port = is_among(device->driver, ports, P2P_LENGTH(ports));
	bool root = is_among(device->driver, roots, P2P_LENGTH(roots));
	struct p2p_guest_slot slot = { .id = device->id ? device->id : "", .port = port };
	int error = 0;

	if (port || is_among(device->driver, bridges, P2P_LENGTH(bridges))) {
		slot.kind = P2P_GUEST_BRIDGE;
		return place(guest, device, &slot);
	}
	if (root) {
		slot.kind = P2P_GUEST_ROOT;
		error = device->bus_nr ? take_number(guest, device->bus_nr, &slot) : 0;
		error = error ? error : p2p_guest_add(guest, &slot);
	}
	slot.kind = P2P_GUEST_DEVICE;
	error = error ? error : take_host(guest, device, &slot);
	return !error && slot.passed ? place(guest, device, &slot) : error;
}

/* The next shell word, in place; quotes and backslashes are removed. */
static char *next_word(char **text)
{
	char *at = *text, *word, *to, quote = '\0';

	while (isspace((unsigned char)*at) || (at[0] == '\\' && at[1] == '\n'))
		at++;
	if (!*at)
		return NULL;
	for (word = to = at; *at && (quote || !isspace((unsigned char)*at)); at++) {
		if (*at == quote && quote)
			quote = '\0';
		else if (!quote && (*at == '\'' || *at == '"'))
			quote = *at;
		else if (*at == '\\' && at[1] && quote != '\'')
			*to++ = *++at;
		else
			*to++ = *at;
	}
	*text = *at ? at + 1 : at;
	*to = '\0';
	return word;
}

static int take(struct p2p_guest *guest, char *word)
{
	struct device device = { 0 };
	int error = 0;

	if (*word == '{')
		error = parse_json(guest, word, &device);
	else
		parse_keys(word, &device);
	return error || !device.driver ? error : add(guest, &device);
}

/* Does one of the words name a file with further devices? */
static bool has_file(const char *text, size_t size)
{
	static const char option[] = "-readconfig";

	return memmem(text, size, option, strlen(option));
}

/* @copy lives as long as the guest, since its slots point into it. */
static int read_words(struct p2p_guest *guest, char *copy, size_t size)
{
	bool zeros = strlen(copy) < size, wanted = false;
	char *at = copy, *word;
	int error = 0;

	while (!error && (word = zeros ? (at < copy + size ? at : NULL) : next_word(&at))) {
		if (zeros)
			at += strlen(at) + 1;
		if (wanted)
			error = take(guest, word);
		wanted = !wanted && (!strcmp(word, "-device") || !strcmp(word, "--device"));
	}
	return error;
}

int p2p_guest_qemu(struct p2p_guest *guest, const char *text, size_t size)
{
	const struct p2p_guest_slot root = { .kind = P2P_GUEST_ROOT, .id = ROOT };
	char *copy = p2p_arena_copy(&guest->arena, text, size);
	int error;

	if (!copy)
		return -ENOMEM;
	guest->hidden = has_file(text, size);
	error = p2p_guest_add(guest, &root);
	return error ? error : read_words(guest, copy, size);
}
