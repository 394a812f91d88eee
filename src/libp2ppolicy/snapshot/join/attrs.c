/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joins the files of one function from several pieces. */
#include <stdlib.h>
#include <string.h>

#include "base/pci-regs.h"
#include "snapshot/join/join.h"

/* Without the trailing newline of sysfs. */
static size_t text_length(const struct p2p_file *file)
{
	size_t length = strlen(file->data);

	while (length && strchr("\r\n\t ", file->data[length - 1]))
		length--;
	return length;
}

static bool same_text(const struct p2p_file *left, const struct p2p_file *right)
{
	size_t length = text_length(left);

	return length == text_length(right) && !memcmp(left->data, right->data, length);
}

static bool same_number(const struct p2p_file *left, const struct p2p_file *right)
{
	return strtoul(left->data, NULL, 0) == strtoul(right->data, NULL, 0);
}

/* A plain list does not show the programming interface and has 0 instead. */
static bool same_class(const struct p2p_file *left, const struct p2p_file *right)
{
	unsigned long one = strtoul(left->data, NULL, 0), other = strtoul(right->data, NULL, 0);

	return one >> 8 == other >> 8 && (one == other || !(one & 0xff) || !(other & 0xff));
}

static size_t count_lines(const struct p2p_file *file)
{
	size_t lines = 0;

	for (const char *at = file->data; (at = strchr(at, '\n')); at++)
		lines++;
	return lines;
}

/* BARs and ROM.  If one of the two comes from a kernel without SR-IOV, the lines after these do not correspond. */
#define COMMON_LINES 7u

/* The regions of a text have fewer lines, and fewer flags, than the kernel's. */
static bool same_regions(const struct p2p_file *left, const struct p2p_file *right)
{
	const char *one = left->data, *other = right->data;
	size_t lines = count_lines(left) == count_lines(right) ? SIZE_MAX : COMMON_LINES;

	for (; lines && *one && *other; lines--) {
		char *ends[2];

		for (unsigned int i = 0; i < 2; i++) {
			if (strtoull(one, &ends[0], 16) != strtoull(other, &ends[1], 16))
				return false;
			one = ends[0];
			other = ends[1];
		}
		one += strcspn(one, "\n");
		other += strcspn(other, "\n");
		one += *one == '\n';
		other += *other == '\n';
	}
	return true;
}

/* How files are compared; NULL for those that change while a machine runs, which are not. */
static const struct {
	enum p2p_attr attr;
	bool (*same)(const struct p2p_file *left, const struct p2p_file *right);
} rows[] = {
	{ P2P_ATTR_VENDOR, same_number },	{ P2P_ATTR_DEVICE, same_number },
	{ P2P_ATTR_CLASS, same_class },		{ P2P_ATTR_RESOURCE, same_regions },
	{ P2P_ATTR_CURRENT_LINK_SPEED, NULL },	{ P2P_ATTR_CURRENT_LINK_WIDTH, NULL },
	{ P2P_ATTR_POWER_STATE, NULL },		{ P2P_ATTR_P2PMEM_AVAILABLE, NULL },
	{ P2P_ATTR_NET_SPEED, NULL },		{ P2P_ATTR_PORT_RATE, NULL },
	{ P2P_ATTR_PORT_STATE, NULL },		{ P2P_ATTR_ENABLE, NULL },
	{ P2P_ATTR_IRQ, NULL },			{ P2P_ATTR_VRAM_VISIBLE, NULL },
};

static bool same_file(enum p2p_attr attr, const struct p2p_file *left,
		      const struct p2p_file *right)
{
	if (left->fact != right->fact)
		return false;
	if (left->fact != P2P_PRESENT)
		return true;
	for (size_t i = 0; i < P2P_LENGTH(rows); i++)
		if (rows[i].attr == attr)
			return !rows[i].same || rows[i].same(left, right);
	return same_text(left, right);
}

/* Of two files that agree, does @right say more? */
static bool says_more(enum p2p_attr attr, const struct p2p_file *left,
		      const struct p2p_file *right)
{
	if (left->fact != P2P_PRESENT || right->fact != P2P_PRESENT)
		return false;
	if (attr == P2P_ATTR_CLASS)
		return !(strtoul(left->data, NULL, 0) & 0xff);
	return attr == P2P_ATTR_RESOURCE && right->size > left->size;
}

static struct p2p_where where(const struct p2p_side *side)
{
	return (struct p2p_where){ side->name, side->raw->line };
}

static void join_attr(struct p2p_snapshot *snapshot, const struct p2p_side *sides, size_t count,
		      enum p2p_attr attr, struct p2p_raw *raw)
{
	const struct p2p_side *known = NULL;
	struct p2p_file *file = &raw->attr[attr];

	for (size_t i = 0; i < count; i++) {
		const struct p2p_file *other = p2p_raw_attr(sides[i].raw, attr);

		if (other->fact == P2P_DENIED)
			continue;
		if (!known) {
			known = &sides[i];
			*file = *other;
		} else if (!same_file(attr, file, other)) {
			*file = (struct p2p_file){ P2P_DENIED, 0, NULL };
			p2p_join_conflict(snapshot, raw, p2p_attr_rows[attr].path, where(known),
					  where(&sides[i]), false);
			return;
		} else if (says_more(attr, file, other)) {
			*file = *other;
		}
	}
}

void p2p_join_attrs(struct p2p_snapshot *snapshot, const struct p2p_side *sides, size_t count,
		    struct p2p_raw *raw)
{
	for (unsigned int attr = 0; attr < P2P_ATTRS; attr++)
		join_attr(snapshot, sides, count, (enum p2p_attr)attr, raw);
}

/* Read a number from the header, unless it was made from text, or else from a file of sysfs. */
static bool read_id(const struct p2p_raw *raw, unsigned int offset, enum p2p_attr attr,
		    unsigned long *ret_value)
{
	uint16_t vendor, value;

	if (!raw->config.from_text && p2p_config_read16(&raw->config, PCI_VENDOR_ID, &vendor) &&
	    vendor != 0xffff && p2p_config_read16(&raw->config, offset, &value)) {
		*ret_value = value;
		return true;
	}
	if (p2p_raw_attr(raw, attr)->fact != P2P_PRESENT)
		return false;
	*ret_value = strtoul(p2p_raw_attr(raw, attr)->data, NULL, 0);
	/* Only the upper 16 of the class's 24 bits are compared. */
	if (attr == P2P_ATTR_CLASS)
		*ret_value >>= 8;
	return true;
}

const char *p2p_join_identity(const struct p2p_side *sides, size_t count,
			      const struct p2p_side **ret_first,
			      const struct p2p_side **ret_second)
{
	static const struct {
		const char *what;
		unsigned int offset;
		enum p2p_attr attr;
	} ids[] = {
		{ "vendor", PCI_VENDOR_ID, P2P_ATTR_VENDOR },
		{ "device", PCI_DEVICE_ID, P2P_ATTR_DEVICE },
		{ "class", PCI_CLASS_DEVICE, P2P_ATTR_CLASS },
	};
	unsigned long first = 0, value;

	for (size_t i = 0; i < P2P_LENGTH(ids); i++) {
		*ret_first = NULL;
		for (size_t j = 0; j < count; j++) {
			if (!read_id(sides[j].raw, ids[i].offset, ids[i].attr, &value))
				continue;
			*ret_second = &sides[j];
			if (*ret_first && value != first)
				return ids[i].what;
			if (!*ret_first)
				first = value;
			*ret_first = *ret_first ? *ret_first : &sides[j];
		}
	}
	return NULL;
}
