/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "base/pci-regs.h"
#include "gate/undo.h"
#include "snapshot/access/access.h"

/* Reads and writes registers of one function at a time. */
struct writer {
	struct p2p_context *context;
	struct p2p_access *access;
};

static bool read16(struct writer *writer, unsigned int offset, uint16_t *ret_value)
{
	uint8_t bytes[2];

	if (p2p_access_read(writer->access, offset, 2, bytes) < 0)
		return false;
	*ret_value = (uint16_t)(bytes[0] | bytes[1] << 8);
	return true;
}

static int check_access(struct p2p_context *context, struct p2p_bdf bdf)
{
	char path[64], address[P2P_BDF_SIZE];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config",
		 p2p_bdf_format(bdf, address));
	if (access(path, F_OK))
		return p2p_error(context, -ESTALE, "%s is no longer there", address);
	/* Without root only 64 bytes can be read, even if the file is writable. */
	if (access(path, W_OK) || geteuid())
		return p2p_error(context, -EACCES, "config space of %s cannot be written: this "
				 "must be run as root", address);
	return 0;
}

/* Is it the function that was evaluated, and does its register hold @expected? */
static int check(struct writer *writer, const struct p2p_write *write, uint16_t expected)
{
	uint16_t vendor, device, id, now;
	char bdf[P2P_BDF_SIZE];
	int r = check_access(writer->context, write->bdf);

	p2p_bdf_format(write->bdf, bdf);
	if (r < 0)
		return r;
	if (p2p_access_select(writer->access, write->bdf) < 0 ||
	    !read16(writer, PCI_VENDOR_ID, &vendor) || !read16(writer, PCI_DEVICE_ID, &device) ||
	    !read16(writer, write->acs, &id) || !read16(writer, write->offset, &now))
		return p2p_error(writer->context, -EACCES, "config space of %s cannot be read", bdf);
	if (vendor != write->vendor || device != write->device || id != PCI_EXT_CAP_ID_ACS)
		return p2p_error(writer->context, -ESTALE, "%s is a different device now, or is powered off", bdf);
	if (now != expected)
		return p2p_error(writer->context, -ESTALE, "ACS control of %s is %04x now, and not "
				 "%04x: nothing was written", bdf, now, expected);
	return 0;
}

/* Write the bits of the mask and read them back; the other bits keep their current value. */
static bool put(struct writer *writer, const struct p2p_write *write, uint16_t value)
{
	uint8_t bytes[4] = { 0 };
	uint16_t now;

	if (p2p_access_select(writer->access, write->bdf) < 0 ||
	    p2p_access_read(writer->access, write->offset, write->size, bytes) < 0)
		return false;
	now = (uint16_t)((bytes[0] | bytes[1] << 8) & ~write->mask);
	now |= value & write->mask;
	bytes[0] = (uint8_t)now;
	bytes[1] = (uint8_t)(now >> 8);
	return !p2p_access_write(writer->access, write->offset, write->size, bytes) &&
	       read16(writer, write->offset, &now) && !((now ^ value) & write->mask);
}

/** struct job - @writes to make in their order, or to @undo in reverse order. */
struct job {
	const struct p2p_write *writes;
	size_t count;
	bool undo;
};

static const struct p2p_write *write_at(const struct job *job, size_t index)
{
	return &job->writes[job->undo ? job->count - 1 - index : index];
}

static int roll_back(struct writer *writer, const struct job *job, size_t at)
{
	char failed[P2P_BDF_SIZE], bdf[P2P_BDF_SIZE];
	bool good = true;

	p2p_bdf_format(write_at(job, at)->bdf, failed);
	/* Include the failed write: it may have taken effect in part. */
	for (size_t i = at + 1; i-- > 0;) {
		const struct p2p_write *write = write_at(job, i);

		if (put(writer, write, job->undo ? write->after : write->before))
			continue;
		good = false;
		p2p_bdf_format(write->bdf, bdf);
	}
	return good ? p2p_error(writer->context, -EIO, "ACS Control of %s did not accept the value "
				"written: all registers were restored", failed) :
	       p2p_error(writer->context, -ENOTRECOVERABLE, "ACS Control of %s did not accept the value "
			 "written, and that of %s could not be restored", failed, bdf);
}

/* Make all writes or none. */
static int write_all(struct writer *writer, const struct job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		const struct p2p_write *write = write_at(job, i);

		if (!put(writer, write, job->undo ? write->before : write->after))
			return roll_back(writer, job, i);
	}
	return 0;
}

static struct p2p_write describe(const struct p2p_register *change)
{
	const struct p2p_function *function = change->function;

	return (struct p2p_write){
		.bdf = function->bdf, .vendor = function->vendor, .device = function->device,
		.acs = function->acs.offset, .offset = change->offset, .size = change->size,
		.mask = change->mask, .before = change->present,
		.after = (uint16_t)((change->present & ~change->mask) |
				    (change->value & change->mask)),
	};
}

/* Append the new writes to those in the file, if there is one from this boot. */
static int gather(struct p2p_context *context, const char *path,
		  const struct p2p_register *registers, size_t count, struct p2p_undo *undo)
{
	struct p2p_write *larger;
	int r = p2p_undo_load(context, path, undo);

	if (r < 0 && r != -ENOENT && r != -ESTALE)
		return r;
	larger = reallocarray(undo->writes, undo->count + count + 1, sizeof(*larger));
	if (!larger)
		return p2p_error(context, -ENOMEM, "out of memory");
	undo->writes = larger;
	for (size_t i = 0; i < count; i++)
		larger[undo->count++] = describe(&registers[i]);
	return 0;
}

/* Restore the file as it was before, because our writes have been rolled back. */
static void withdraw(struct p2p_context *context, const char *path, struct p2p_undo *undo,
		     size_t count)
{
	undo->count -= count;
	if (undo->count)
		(void)p2p_undo_save(context, path, undo);
	else
		unlink(path);
	undo->count += count;
}

static int apply(struct writer *writer, const char *path, struct p2p_undo *undo, size_t count)
{
	const struct job job = { &undo->writes[undo->count - count], count, false };
	int r = 0;

	for (size_t i = 0; i < count && !r; i++)
		r = check(writer, &job.writes[i], job.writes[i].before);
	if (!r)
		r = p2p_undo_save(writer->context, path, undo);
	if (r)
		return r;
	r = write_all(writer, &job);
	if (r == -EIO) {
		char *sentence = strdup(p2p_context_error(writer->context));

		withdraw(writer->context, path, undo, count);
		p2p_error(writer->context, r, "%s", sentence ? sentence : "a write failed");
		free(sentence);
	}
	return r;
}

int p2p_apply(struct p2p_context *context, const struct p2p_topology *topology,
	      const struct p2p_register *registers, size_t count, const char *undo)
{
	const char *path = undo ? undo : P2P_UNDO_FILE;
	struct writer writer = { .context = context };
	struct p2p_undo all = { 0 };
	int r;

	if (p2p_topology_machine(topology)->source != P2P_SOURCE_LIVE)
		return p2p_error(context, -EXDEV, "a capture cannot be changed: only the machine "
				 "that this runs on");
	if (!count)
		return 0;
	r = gather(context, path, registers, count, &all);
	if (!r)
		r = p2p_access_open(context, &writer.access);
	if (!r)
		r = apply(&writer, path, &all, count);
	p2p_access_close(writer.access);
	p2p_undo_free(&all);
	return r;
}

/* A register that was written more than once is checked for the value of the last write only. */
static int check_left(struct writer *writer, const struct p2p_undo *undo)
{
	for (size_t i = 0; i < undo->count; i++) {
		const struct p2p_write *write = &undo->writes[i];
		bool last = true;
		int r;

		for (size_t n = i + 1; n < undo->count; n++)
			last &= p2p_bdf_compare(undo->writes[n].bdf, write->bdf) != 0;
		r = last ? check(writer, write, write->after) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_back(struct writer *writer, const struct p2p_undo *undo)
{
	const struct job job = { undo->writes, undo->count, true };
	int r = check_left(writer, undo);

	return r ? r : write_all(writer, &job);
}

int p2p_apply_undo(struct p2p_context *context, const char *undo, size_t *ret_count)
{
	const char *path = undo ? undo : P2P_UNDO_FILE;
	struct writer writer = { .context = context };
	struct p2p_undo all = { 0 };
	int r = p2p_undo_load(context, path, &all);

	if (r < 0)
		return r;
	r = p2p_access_open(context, &writer.access);
	if (!r)
		r = take_back(&writer, &all);
	if (!r && unlink(path)) {
		r = -errno;
		p2p_error(context, r, "everything was undone, but %s cannot be removed: %s", path,
			  strerror(-r));
	}
	if (!r && ret_count)
		*ret_count = all.count;
	p2p_access_close(writer.access);
	p2p_undo_free(&all);
	return r;
}
