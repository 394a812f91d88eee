/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pci.ids, backwards.  libpci looks up names by ids only, so the list is read here: "10de  NVIDIA
 * Corporation", below it "<tab>2204  GA102 [...]", and two tabs before subsystems.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot/lspci/names.h"
#include "snapshot/lspci/text.h"

#define LIST_MOST	((off_t)16 << 20)
#define VENDORS_MOST	0x10000u

/**
 * struct vendor - a maker.
 * @name: @length characters
 * @devices: the lines of its devices, up to @end
 */
struct vendor {
	unsigned int id;
	const char *name;
	size_t length;
	const char *devices, *end;
};

/**
 * struct p2p_names - the list.
 * @data: @size bytes and a zero
 */
struct p2p_names {
	char *data;
	size_t size;
	struct vendor *vendors;
	size_t count;
};

static const char *const places[] = {
	"/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids",
};

static bool read_list(struct p2p_names *names, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat status;
	ssize_t size = 0;

	if (fd < 0)
		return false;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
	    status.st_size < LIST_MOST)
		names->data = malloc((size_t)status.st_size + 1);
	if (names->data)
		size = read(fd, names->data, (size_t)status.st_size);
	close(fd);
	if (!names->data)
		return false;
	names->size = size > 0 ? (size_t)size : 0;
	names->data[names->size] = '\0';
	return true;
}

/* "2204  GA102": four digits, two blanks, a name. */
static bool parse_line(const char *line, unsigned int *ret_id)
{
	return p2p_text_hex(line, 4, ' ', ret_id) && line[5] == ' ';
}

/* Where the makers end, the classes begin: "C 00  ...". */
static bool find_vendors(struct p2p_names *names)
{
	struct vendor *last = NULL;
	unsigned int id;

	names->vendors = calloc(VENDORS_MOST, sizeof(*names->vendors));
	for (const char *line = names->data; names->vendors && line && *line;) {
		const char *stop = strchrnul(line, '\n');

		if (*line != '\t' && *line != '#' && last)
			last->end = line;
		if (*line != '\t' && *line != '#')
			last = NULL;
		if (parse_line(line, &id) && names->count < VENDORS_MOST) {
			last = &names->vendors[names->count++];
			*last = (struct vendor){ id, line + 6, (size_t)(stop - line) - 6, stop,
						 names->data + names->size };
		}
		line = *stop ? stop + 1 : stop;
	}
	return names->vendors;
}

struct p2p_names *p2p_names_new(void)
{
	struct p2p_names *names = calloc(1, sizeof(*names));

	for (size_t i = 0; names && !names->data && i < sizeof(places) / sizeof(places[0]); i++)
		read_list(names, places[i]);
	if (!names || !names->data || !find_vendors(names))
		return p2p_names_free(names);
	return names;
}

struct p2p_names *p2p_names_free(struct p2p_names *names)
{
	if (names) {
		free(names->vendors);
		free(names->data);
		free(names);
	}
	return NULL;
}

/* How many of the devices of @vendor are called @name; @ret_device is the last. */
static unsigned int count_devices(const struct vendor *vendor, const char *name,
				  unsigned int *ret_device)
{
	size_t length = strlen(name);
	unsigned int count = 0, id;

	for (const char *at = vendor->devices; at < vendor->end;) {
		const char *stop = strchrnul(at, '\n');

		if (*at == '\t' && parse_line(at + 1, &id) && (size_t)(stop - at) == length + 7 &&
		    !memcmp(at + 7, name, length)) {
			*ret_device = id;
			count++;
		}
		at = *stop ? stop + 1 : vendor->end;
	}
	return count;
}

bool p2p_names_find(const struct p2p_names *names, const char *text, unsigned int *ret_vendor,
		    unsigned int *ret_device)
{
	unsigned int found = 0, vendor_id = 0, device = 0;

	for (size_t i = 0; names && i < names->count; i++) {
		const struct vendor *vendor = &names->vendors[i];
		unsigned int before = found;
		const char *rest;

		if (strncmp(text, vendor->name, vendor->length) != 0 ||
		    text[vendor->length] != ' ')
			continue;
		rest = text + vendor->length + 1;
		found += count_devices(vendor, rest, &device);
		if (!strncmp(rest, "Device ", 7) && p2p_text_hex(rest + 7, 4, '\0', &device))
			found++;
		if (found > before)
			vendor_id = vendor->id;
	}
	if (found != 1)
		return false;
	*ret_vendor = vendor_id;
	*ret_device = device;
	return true;
}
