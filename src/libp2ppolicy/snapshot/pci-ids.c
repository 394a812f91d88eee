/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pci.ids: "10de  NVIDIA Corporation", below it "<tab>2204  GA102 [...]", and with two tabs the subsystems.
 *  Classes follow, "C 03  Display controller", with two digits instead of four; other capital letters start
 * blocks of other kinds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/pci-ids.h"
#include "snapshot/tree/archive.h"

#define VENDORS_MOST	0x10000u
#define CLASSES_MOST	0x100u
#define MISSED_MOST	16
/* The classes, at the end of the file, are smaller than that. */
#define TAIL		((size_t)16 << 10)

/**
 * struct block - a vendor, or a base class.
 * @inside: the lines of its devices or subclasses, up to the next block
 */
struct block {
	unsigned int id;
	struct p2p_name name;
	const char *inside;
};

/**
 * struct blocks - the known ones, in the order of the list or in which they were found.
 * @key: what starts one
 * @from: where to search first
 */
struct blocks {
	struct block *all;
	size_t count, most;
	const char *key, *from;
};

/**
 * struct p2p_names - the list.
 * @mapped: @text is a mapping of the file of that many bytes; 0 if it is a copy
 * @whole: all blocks are known; otherwise blocks are searched for on demand, until MISSED_MOST were not found
 * @checked: every line is checked; otherwise the inside of a block only on demand
 * @wrong: number of the first malformed line; 0 if none
 */
struct p2p_names {
	struct p2p_buffer text;
	size_t mapped;
	struct blocks vendors, classes;
	bool whole, checked;
	unsigned int missed, wrong;
};

static const char *const places[] = {
	"/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids",
	"/usr/share/misc/pci.ids.gz", "/usr/share/hwdata/pci.ids.gz",
};

/*
 * Parse exactly @digits hexadecimal digits at *@at, which is advanced past them.  Hand-written because it
 * runs for each of 40,000 lines.  Return: the number; -1 if there is none.
 */
static int take_id(const char **at, size_t digits)
{
	const char *digit = *at;
	int id = 0;

	for (; digits--; digit++) {
		unsigned char c = (unsigned char)*digit | 0x20;

		if (*digit >= '0' && *digit <= '9')
			id = id << 4 | (*digit - '0');
		else if (c >= 'a' && c <= 'f')
			id = id << 4 | (c - 'a' + 10);
		else
			return -1;
	}
	*at = digit;
	return *digit == ' ' || *digit == '\t' ? id : -1;
}

/* The rest of a line, without surrounding blanks. */
static struct p2p_name take_name(const char *at, const char *stop)
{
	at += strspn(at, " \t");
	while (stop > at && strchr(" \t\r", stop[-1]))
		stop--;
	return (struct p2p_name){ at, stop > at ? (size_t)(stop - at) : 0 };
}

/* Parse an id of @digits at @at, and its name up to @stop. */
static bool take_line(const char *at, const char *stop, size_t digits, unsigned int *ret_id,
		      struct p2p_name *ret_name)
{
	int id = take_id(&at, digits);

	*ret_name = take_name(at, stop);
	*ret_id = (unsigned int)id;
	return id >= 0 && ret_name->length;
}

/* Is a line that starts with tabs well-formed?  @digits: of an id in this block; 0 for blocks that are skipped. */
static bool is_item(const char *line, const char *stop, size_t digits, bool has_item)
{
	size_t depth = strspn(line, "\t");
	const char *at = line + depth;
	struct p2p_name name;
	unsigned int id;

	if (!digits)
		return true;
	/* Subsystems have two ids. */
	if (depth == 2 && digits == 4) {
		if (take_id(&at, 4) < 0)
			return false;
		at += strspn(at, " ");
	}
	return depth <= 2 && (depth == 1 || has_item) && take_line(at, stop, digits, &id, &name);
}

/*
 * Take a line that starts a block.  Return: the number of digits of the ids in it; 0 for a block that is
 * skipped; -1 if malformed.
 */
static int begin_block(struct p2p_names *names, const char *line, const char *stop)
{
	bool class = line[0] == 'C' && line[1] == ' ';
	struct blocks *blocks = class ? &names->classes : &names->vendors;
	struct block *block = &blocks->all[blocks->count];

	if (line[0] >= 'A' && line[0] <= 'Z' && line[1] == ' ' && !class)
		return 0;
	if (blocks->count == blocks->most ||
	    !take_line(class ? line + 2 : line, stop, class ? 2 : 4, &block->id, &block->name))
		return -1;
	block->inside = *stop ? stop + 1 : stop;
	blocks->count++;
	return class ? 2 : 4;
}

static bool is_remark(const char *line, const char *stop)
{
	line += strspn(line, " \t\r");
	return line >= stop || *line == '#';
}

static void find_blocks(struct p2p_names *names)
{
	unsigned int number = 0;
	bool has_item = false;
	int digits = -1;

	for (const char *line = names->text.data, *stop; *line; line = *stop ? stop + 1 : stop) {
		bool good = true;

		stop = strchrnul(line, '\n');
		number++;
		if ((*line == '\t' && !names->checked) || is_remark(line, stop))
			continue;
		if (*line == '\t') {
			good = digits >= 0 && is_item(line, stop, (size_t)digits, has_item);
			has_item = good;
		} else {
			has_item = false;
			digits = begin_block(names, line, stop);
			good = digits >= 0;
		}
		if (!good && !names->wrong)
			names->wrong = number;
	}
}

/*
 * Map this machine's list, since copying it would cost more than finding a name in it; packages replace the
 * file and never write into it.  The parser needs the zeros that fill up the last page.
 */
static bool map_list(struct p2p_names *names, int fd)
{
	struct stat status;
	char *text;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_size > (off_t)P2P_FILE_MOST ||
	    status.st_size % sysconf(_SC_PAGESIZE) == 0)
		return false;
	text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return false;
	if (p2p_is_packed(text, (size_t)status.st_size)) {
		munmap(text, (size_t)status.st_size);
		return false;
	}
	names->text = (struct p2p_buffer){ .data = text, .size = (size_t)status.st_size };
	names->mapped = names->text.size;
	return true;
}

static void free_text(struct p2p_names *names)
{
	if (names->mapped)
		munmap(names->text.data, names->mapped);
	else
		free(names->text.data);
}

static int read_list(struct p2p_names *names, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (names->checked || !map_list(names, fd))
		r = p2p_buffer_read(fd, P2P_FILE_MOST, &names->text);
	close(fd);
	return r;
}

static int load(struct p2p_names *names, const char *path)
{
	int r = read_list(names, path);
	const char *text;

	if (!r && !names->mapped)
		r = p2p_unpack(&names->text);
	if (r < 0 || !names->text.data)
		return r < 0 ? r : -ENOMEM;
	text = names->text.data;
	names->vendors = (struct blocks){ calloc(VENDORS_MOST, sizeof(struct block)), 0, VENDORS_MOST,
					  "\n%04x ", text };
	names->classes = (struct blocks){ calloc(CLASSES_MOST, sizeof(struct block)), 0, CLASSES_MOST,
					  "\nC %02x ", names->text.size > TAIL ? text + names->text.size - TAIL : text };
	if (!names->vendors.all || !names->classes.all)
		return -ENOMEM;
	if (names->whole)
		find_blocks(names);
	return 0;
}

struct p2p_names *p2p_names_new(bool backwards)
{
	for (size_t i = 0; i < P2P_LENGTH(places); i++) {
		struct p2p_names *names = calloc(1, sizeof(*names));

		if (names)
			names->whole = backwards;
		if (names && !load(names, places[i]) && (backwards ? names->vendors.count : names->text.size))
			return names;
		p2p_names_free(names);
	}
	return NULL;
}

int p2p_names_read(struct p2p_context *context, const char *path, struct p2p_names **ret_names)
{
	struct p2p_names *names = calloc(1, sizeof(*names));
	int r = -ENOMEM;

	if (names) {
		names->whole = names->checked = true;
		r = load(names, path);
	}
	if (p2p_is_exhausted(r))
		p2p_exhausted(context, r);
	else if (r == -EBADMSG)
		p2p_error(context, r, "%s: damaged, or too large", path);
	else if (r < 0)
		p2p_error(context, r, "%s: %s", path, strerror(-r));
	else if (names->wrong || strlen(names->text.data) < names->text.size)
		r = p2p_error(context, -EBADMSG, "%s:%u: not a list of PCI names", path,
			      names->wrong ? names->wrong : 1);
	if (r < 0)
		p2p_names_free(names);
	else
		*ret_names = names;
	return r;
}

struct p2p_names *p2p_names_free(struct p2p_names *names)
{
	if (names) {
		free(names->vendors.all);
		free(names->classes.all);
		free_text(names);
		free(names);
	}
	return NULL;
}

/*
 * Search from the block found last, since callers usually ask for vendors in ascending order; if it is not
 * there, from the beginning.  The list starts with remarks, so every block follows a newline.
 */
static const struct block *seek_block(struct p2p_names *names, struct blocks *blocks, unsigned int id)
{
	const char *line;
	char key[16];

	snprintf(key, sizeof(key), blocks->key, id);
	line = strstr(blocks->from, key);
	if (!line && blocks->from > names->text.data)
		line = strstr(names->text.data, key);
	if (!line || begin_block(names, line + 1, strchrnul(line + 1, '\n')) < 0)
		return NULL;
	blocks->from = line + 1;
	return &blocks->all[blocks->count - 1];
}

static const struct block *known_block(const struct blocks *blocks, unsigned int id)
{
	for (size_t i = 0; i < blocks->count; i++) {
		if (blocks->all[i].id == id)
			return &blocks->all[i];
	}
	return NULL;
}

static const struct block *find_block(struct p2p_names *names, struct blocks *blocks, unsigned int id)
{
	const struct block *block = known_block(blocks, id);

	if (block || names->whole)
		return block;
	block = seek_block(names, blocks, id);
	/* A failed search costs as much as indexing the whole list. */
	if (!block && ++names->missed == MISSED_MOST) {
		names->vendors.count = names->classes.count = 0;
		names->whole = true;
		find_blocks(names);
	}
	return block;
}

/*
 * The next line with one tab and an id in a block, from *@at on, which is advanced past it.
 * @ret_name: where the name begins; @ret_stop: where the line ends
 * Return: the id; -1 at the end of the block.
 */
static int next_item(size_t digits, const char **at, const char **ret_name, const char **ret_stop)
{
	while (**at) {
		const char *line = *at, *stop = strchrnul(line, '\n'), *name = line + 1;
		int id = line[0] == '\t' ? take_id(&name, digits) : -1;

		if (line[0] != '\t' && !is_remark(line, stop))
			break;
		*at = *stop ? stop + 1 : stop;
		*ret_name = name;
		*ret_stop = stop;
		if (id >= 0)
			return id;
	}
	return -1;
}

static struct p2p_name find_item(const struct block *block, size_t digits, unsigned int wanted)
{
	const char *at = block ? block->inside : NULL, *from, *stop;
	int id;

	while (block && (id = next_item(digits, &at, &from, &stop)) >= 0) {
		if (id == (int)wanted && take_name(from, stop).length)
			return take_name(from, stop);
	}
	return (struct p2p_name){ 0 };
}

struct p2p_name p2p_names_vendor(struct p2p_names *names, unsigned int vendor)
{
	const struct block *block = names ? find_block(names, &names->vendors, vendor) : NULL;

	return block ? block->name : (struct p2p_name){ 0 };
}

struct p2p_name p2p_names_device(struct p2p_names *names, unsigned int vendor, unsigned int device)
{
	return find_item(names ? find_block(names, &names->vendors, vendor) : NULL, 4, device);
}

struct p2p_name p2p_names_class(struct p2p_names *names, unsigned int class, bool *ret_exact)
{
	const struct block *block = names ? find_block(names, &names->classes, class >> 8) : NULL;
	struct p2p_name name = find_item(block, 2, class & 0xff);

	*ret_exact = name.text;
	return name.text || !block ? name : block->name;
}

/* Count the devices of @vendor that are called @name; @ret_device is the last. */
static unsigned int count_devices(const struct block *vendor, const char *name,
				  unsigned int *ret_device)
{
	const char *at = vendor->inside, *from, *stop;
	size_t length = strlen(name);
	unsigned int count = 0;
	int id;

	while ((id = next_item(4, &at, &from, &stop)) >= 0) {
		struct p2p_name each = take_name(from, stop);

		if (length && each.length == length && !memcmp(each.text, name, length)) {
			*ret_device = (unsigned int)id;
			count++;
		}
	}
	return count;
}

/* "Device 2204" */
static bool is_nameless(const char *name, unsigned int *ret_device)
{
	const char *at = name + 7;
	char *end;

	if (strncmp(name, "Device ", 7) != 0 || strspn(at, "0123456789abcdefABCDEF") != 4 || at[4])
		return false;
	*ret_device = (unsigned int)strtoul(at, &end, 16);
	return true;
}

/* "Broadcom Corporation" was 14e4 in lists before 2018, and is the name of SiByte's id now. */
static bool had_another_owner(unsigned int vendor)
{
	return vendor == 0x166d;
}

bool p2p_names_find(const struct p2p_names *names, const char *text, unsigned int *ret_vendor,
		    unsigned int *ret_device)
{
	unsigned int found = 0, vendor_id = 0, device = 0;

	for (size_t i = 0; names && i < names->vendors.count; i++) {
		const struct block *vendor = &names->vendors.all[i];
		unsigned int before = found;
		const char *rest;

		if (strncmp(text, vendor->name.text, vendor->name.length) != 0 ||
		    text[vendor->name.length] != ' ')
			continue;
		rest = text + vendor->name.length + 1;
		found += count_devices(vendor, rest, &device);
		if (is_nameless(rest, &device))
			found++;
		if (found > before)
			vendor_id = vendor->id;
	}
	if (found != 1 || had_another_owner(vendor_id))
		return false;
	*ret_vendor = vendor_id;
	*ret_device = device;
	return true;
}
