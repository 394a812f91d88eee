/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots made by hand.  A test writes registers into a config space of its own, says which
 * bytes are readable, and gets the topology that the library makes of it.
 */
#ifndef TESTS_UNIT_MAKE_H
#define TESTS_UNIT_MAKE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/all.h>

#include "snapshot/inside.h"

/** struct space - config space as a test writes it; @size bytes can be read. */
struct space {
	uint8_t bytes[4096];
	unsigned int size;
	bool kernel_size;
};

static inline void put16(struct space *space, unsigned int offset, unsigned int value)
{
	space->bytes[offset] = (uint8_t)value;
	space->bytes[offset + 1] = (uint8_t)(value >> 8);
}

static inline void put32(struct space *space, unsigned int offset, uint32_t value)
{
	put16(space, offset, value & 0xffff);
	put16(space, offset + 2, value >> 16);
}

/* A function with header type @type and, at 0x40, a PCI Express capability of port type @port. */
static inline struct space make_space(uint16_t vendor, uint16_t device, uint32_t class_code,
				      unsigned int type, unsigned int port)
{
	struct space space = { .size = 4096 };

	put16(&space, 0x00, vendor);
	put16(&space, 0x02, device);
	put32(&space, 0x08, class_code << 8);
	space.bytes[0x0e] = (uint8_t)type;
	put16(&space, 0x06, 0x10);
	space.bytes[0x34] = 0x40;
	put16(&space, 0x40, 0x0010);
	put16(&space, 0x42, 0x2 | port << 4);
	return space;
}

/* Append an extended capability at @offset to the chain; the one at @before points to it. */
static inline void add_extended(struct space *space, unsigned int before, unsigned int offset,
				unsigned int id)
{
	if (before)
		put16(space, before + 2, 1 | offset << 4);
	put32(space, offset, id | 1u << 16);
}

static inline bool fetch_space(void *data, unsigned int offset, unsigned int length,
			       uint8_t *ret_bytes)
{
	const struct space *space = data;

	if (offset + length > space->size)
		return false;
	memcpy(ret_bytes, space->bytes + offset, length);
	return true;
}

static inline struct p2p_snapshot *make_snapshot(enum p2p_source source)
{
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	ck_assert_ptr_nonnull(snapshot);
	snapshot->source = source;
	snapshot->want = P2P_WANT_ALL;
	return snapshot;
}

/* @path: below /sys, NULL as in a dump; @space: NULL nothing could be read. */
static inline struct p2p_raw *make_function(struct p2p_snapshot *snapshot, const char *bdf,
					    const char *path, struct space *space)
{
	struct p2p_raw *raw;
	struct p2p_bdf address;

	ck_assert_int_eq(p2p_bdf_parse(bdf, &address), 0);
	raw = p2p_snapshot_add(snapshot, address);
	ck_assert_ptr_nonnull(raw);
	raw->path = path;
	if (space) {
		struct p2p_config_source source = {
			.size = space->size, .fetch = fetch_space, .data = space, .all = true,
			.kernel_size = space->kernel_size,
		};

		ck_assert_int_eq(p2p_config_load(&snapshot->arena, &source, &raw->config), 0);
	}
	return raw;
}

static inline void make_attr(struct p2p_raw *raw, enum p2p_attr attr, const char *text)
{
	raw->attr[attr] = (struct p2p_file){ P2P_PRESENT, strlen(text), text };
}

static inline void make_file(struct p2p_snapshot *snapshot, const char *path, const char *text)
{
	struct p2p_entry *entry = p2p_snapshot_add_entry(snapshot, path);

	ck_assert_ptr_nonnull(entry);
	entry->file = (struct p2p_file){ P2P_PRESENT, strlen(text), text };
}

/* The topology of a snapshot that is complete now. */
static inline struct p2p_topology *make_topology(struct p2p_snapshot *snapshot)
{
	struct p2p_context *context;
	struct p2p_topology *topology;

	ck_assert_ptr_null(p2p_snapshot_sort(snapshot));
	p2p_snapshot_sort_entries(snapshot);
	ck_assert_int_eq(p2p_context_new(&context), 0);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	p2p_context_free(context);
	return topology;
}

static inline const struct p2p_function *get(const struct p2p_topology *topology, const char *bdf)
{
	const struct p2p_function *function;
	struct p2p_bdf address;

	ck_assert_int_eq(p2p_bdf_parse(bdf, &address), 0);
	function = p2p_topology_find(topology, address);
	ck_assert_msg(function != NULL, "%s is not in the topology", bdf);
	return function;
}

/* The note whose text holds @text; NULL none. */
static inline const struct p2p_note *get_note(const struct p2p_topology *topology,
					      const char *text)
{
	const struct p2p_note *note;
	size_t i;

	for (i = 0; (note = p2p_topology_note(topology, i)); i++)
		if (strstr(note->text, text))
			return note;
	return NULL;
}

static inline int run_cases(const char *name, void (*add)(TCase *tcase))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	add(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
