/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that "fix --undo" reads: what was taken is written and read again, and undone on a machine that has those
 * registers, where nothing but the bits that the file tells of may change.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

#include "base/boot.h"
#include "base/pci-regs.h"
#include "fuzz.h"
#include "gate/undo.h"
#include "snapshot/access/access.h"

/* That of the seeds. */
#define BOOT		"5f1c33d8-8b8e-4a5e-9d7d-2f4b5c6d7e8f"
/* The two bytes behind a control register of four. */
#define ABOVE		0xbeef
#define NEVER		SIZE_MAX

/**
 * struct machine - what stands in the place of config space; see the --wrap options of this program.
 * @undo: what the file told; its functions are there
 * @values: of the control registers; that of the first write to a register counts
 * @deaf: the write that changes nothing, counted from 0
 */
static struct machine {
	struct p2p_undo undo;
	uint16_t *values;
	struct p2p_bdf selected;
	size_t writes, deaf;
} machine;

/* The loader demands a file of ours that is no link, so it gets a folder where nobody else writes. */
static char folder[32], path[sizeof(folder) + 8];

int __wrap_p2p_boot_id(char ret_id[P2P_BOOT_SIZE]);
int __wrap_p2p_access_open(struct p2p_context *context, struct p2p_access **ret_access);
int __wrap_p2p_access_select(struct p2p_access *access, struct p2p_bdf bdf);
int __wrap_p2p_access_read(struct p2p_access *access, unsigned int offset, unsigned int length, uint8_t *ret_bytes);
int __wrap_p2p_access_write(struct p2p_access *access, unsigned int offset, unsigned int length, const uint8_t *bytes);
struct p2p_access *__wrap_p2p_access_close(struct p2p_access *access);
int __real_access(const char *name, int mode);
int __wrap_access(const char *name, int mode);
uid_t __wrap_geteuid(void);

int __wrap_p2p_boot_id(char ret_id[P2P_BOOT_SIZE])
{
	memcpy(ret_id, BOOT, P2P_BOOT_SIZE);
	return 0;
}

int __wrap_p2p_access_open(struct p2p_context *context, struct p2p_access **ret_access)
{
	(void)context;
	*ret_access = NULL;
	return 0;
}

struct p2p_access *__wrap_p2p_access_close(struct p2p_access *access)
{
	return access;
}

int __wrap_p2p_access_select(struct p2p_access *access, struct p2p_bdf bdf)
{
	(void)access;
	machine.selected = bdf;
	return 0;
}

/* The last write to the selected function: what it tells of the function is checked. */
static const struct p2p_write *last_write(void)
{
	const struct p2p_write *last = NULL;

	for (size_t i = 0; i < machine.undo.count; i++)
		if (!p2p_bdf_compare(machine.undo.writes[i].bdf, machine.selected))
			last = &machine.undo.writes[i];
	CHECK(last);
	return last;
}

/* The value of a control register of the selected function. */
static uint16_t *value_at(unsigned int offset)
{
	const struct p2p_write *write = machine.undo.writes;
	size_t i = 0;

	while (i < machine.undo.count && (write[i].offset != offset || p2p_bdf_compare(write[i].bdf, machine.selected)))
		i++;
	CHECK(i < machine.undo.count);
	return &machine.values[i];
}

int __wrap_p2p_access_read(struct p2p_access *access, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	const struct p2p_write *last = last_write();
	uint16_t value;

	(void)access;
	CHECK(length == 2 || length == 4);
	if (offset == PCI_VENDOR_ID)
		value = last->vendor;
	else if (offset == PCI_DEVICE_ID)
		value = last->device;
	else if (offset == last->acs && length == 2)
		value = PCI_EXT_CAP_ID_ACS;
	else
		value = *value_at(offset);
	ret_bytes[0] = (uint8_t)value;
	ret_bytes[1] = (uint8_t)(value >> 8);
	if (length == 4) {
		ret_bytes[2] = ABOVE & 0xff;
		ret_bytes[3] = ABOVE >> 8;
	}
	return 0;
}

/* Only a register that the file tells of is written, and of it only what a mask has. */
int __wrap_p2p_access_write(struct p2p_access *access, unsigned int offset, unsigned int length, const uint8_t *bytes)
{
	uint16_t *held = value_at(offset), value = (uint16_t)(bytes[0] | bytes[1] << 8);
	bool told = false;

	(void)access;
	CHECK(length == 2 || (length == 4 && (bytes[2] | bytes[3] << 8) == ABOVE));
	CHECK(offset >= 0x106 && offset + length <= 4096);
	for (size_t i = 0; i < machine.undo.count; i++) {
		const struct p2p_write *write = &machine.undo.writes[i];

		told |= write->offset == offset && write->size == length && !((value ^ *held) & ~write->mask) &&
			!p2p_bdf_compare(write->bdf, machine.selected);
	}
	CHECK(told);
	if (machine.writes++ != machine.deaf)
		*held = value;
	return 0;
}

int __wrap_access(const char *name, int mode)
{
	return strncmp(name, "/sys/", 5) ? __real_access(name, mode) : 0;
}

uid_t __wrap_geteuid(void)
{
	return 0;
}

static void remove_folder(void)
{
	unlink(path);
	rmdir(folder);
}

/* In memory where that can be had: the file is written and synced for every input. */
static void make_folder(void)
{
	if (*folder)
		return;
	snprintf(folder, sizeof(folder), "/dev/shm/p2ptopo-undo-XXXXXX");
	if (!mkdtemp(folder)) {
		snprintf(folder, sizeof(folder), "/tmp/p2ptopo-undo-XXXXXX");
		CHECK(mkdtemp(folder));
	}
	snprintf(path, sizeof(path), "%s/undo", folder);
	CHECK(!atexit(remove_folder));
}

static void put_file(const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size && !close(fd));
}

static bool is_same(const struct p2p_write *a, const struct p2p_write *b)
{
	return !p2p_bdf_compare(a->bdf, b->bdf) && a->vendor == b->vendor && a->device == b->device && a->acs == b->acs &&
	       a->offset == b->offset && a->size == b->size && a->mask == b->mask && a->before == b->before &&
	       a->after == b->after;
}

static void save_and_load(struct p2p_context *context)
{
	struct p2p_undo again;

	CHECK(!p2p_undo_save(context, path, &machine.undo) && !p2p_undo_load(context, path, &again));
	CHECK(again.count == machine.undo.count);
	for (size_t i = 0; i < again.count; i++)
		CHECK(is_same(&again.writes[i], &machine.undo.writes[i]));
	p2p_undo_free(&again);
}

/* No function has two writes, which need not fit each other. */
static bool is_plain(void)
{
	for (size_t i = 0; i < machine.undo.count; i++)
		for (size_t n = i + 1; n < machine.undo.count; n++)
			if (!p2p_bdf_compare(machine.undo.writes[i].bdf, machine.undo.writes[n].bdf))
				return false;
	return true;
}

/* Undo it where every register holds what was written last; all of it is undone, or nothing. */
static void take_back(struct p2p_context *context, size_t deaf)
{
	size_t count = NEVER;
	int r;

	machine.writes = 0;
	machine.deaf = deaf;
	for (size_t i = 0; i < machine.undo.count; i++) {
		machine.selected = machine.undo.writes[i].bdf;
		*value_at(machine.undo.writes[i].offset) = machine.undo.writes[i].after;
	}
	r = p2p_apply_undo(context, path, &count);
	CHECK(r ? *p2p_context_error(context) && count == NEVER : count == machine.undo.count);
	CHECK((__real_access(path, F_OK) == 0) == (r != 0));
	if (!is_plain())
		return;
	CHECK(!r || (r == -EIO && machine.writes > deaf));
	for (size_t i = 0; i < machine.undo.count; i++) {
		const struct p2p_write *write = &machine.undo.writes[i];

		CHECK(machine.values[i] == (r ? write->after : write->before));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_context *context;

	make_folder();
	put_file(data, size);
	CHECK(!p2p_context_new(&context));
	if (p2p_undo_load(context, path, &machine.undo)) {
		CHECK(*p2p_context_error(context) && !machine.undo.writes && !machine.undo.count);
	} else {
		machine.values = calloc(machine.undo.count + 1, sizeof(*machine.values));
		CHECK(machine.values);
		save_and_load(context);
		take_back(context, size % (machine.undo.count + 1));
		put_file(data, size);
		take_back(context, NEVER);
		free(machine.values);
		p2p_undo_free(&machine.undo);
	}
	p2p_context_free(context);
	return 0;
}
