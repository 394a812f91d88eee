/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completes a snapshot that was read without root from one that root saved in the same boot of this machine. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "base/pci-regs.h"
#include "snapshot/inside.h"
#include "snapshot/capture/manifest.h"

/*
 * Without privileges the kernel ends reads at 64 bytes.  A sleeping function, which does not answer at all,
 * is not short.
 */
static bool is_short(const struct p2p_config *config)
{
	return !config->silent &&
	       (config->standard == P2P_DENIED || config->extended == P2P_DENIED);
}

bool p2p_snapshot_is_whole(const struct p2p_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++)
		if (is_short(&snapshot->raws[i].config))
			return false;
	return true;
}

/* Anyone who can write the file, or replace it, controls what is read here.  Return: NULL if only root can. */
static const char *who_else(const struct stat *status)
{
	return status->st_uid ? "does not belong to root" :
	       status->st_mode & (S_IWGRP | S_IWOTH) ? "can be written to by others than root" : NULL;
}

static int check_owner(struct p2p_context *context, const char *path, int fd,
		       struct stat *ret_status)
{
	char copy[PATH_MAX];
	const char *folder, *why;
	struct stat directory;

	if (snprintf(copy, sizeof(copy), "%s", path) >= PATH_MAX)
		return p2p_error(context, -ENAMETOOLONG, "%s: the name is too long", path);
	folder = dirname(copy);
	if (fstat(fd, ret_status) || stat(folder, &directory))
		return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(ret_status->st_mode))
		return p2p_error(context, -EPERM, "%s is not trusted: it is not a regular file", path);
	why = who_else(ret_status);
	if (why)
		return p2p_error(context, -EPERM, "%s is not trusted: it %s", path, why);
	why = who_else(&directory);
	if (why)
		return p2p_error(context, -EPERM, "%s is not trusted: its folder %s", path, why);
	return 0;
}

/* Return: the snapshot, or NULL and the reason in @ret_error. */
static struct p2p_snapshot *load_saved(struct p2p_context *context, const char *path,
				       enum p2p_want want, int64_t *ret_when, int *ret_error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	struct p2p_snapshot *saved = NULL;
	struct stat status = { 0 };

	if (fd < 0) {
		*ret_error = p2p_error(context, -errno, "%s: %s", path, strerror(errno));
		return NULL;
	}
	*ret_error = check_owner(context, path, fd, &status);
	if (*ret_error)
		close(fd);
	else
		*ret_error = p2p_load_fd(context, path, fd, want, &saved);
	*ret_when = status.st_mtime;
	return saved;
}

/*
 * Header bytes that do not change as long as a function stays what and where it is: all but command and
 * status, latency timers, cache line size, BIST, interrupt line, and ROM enable.
 */
static bool is_lasting(unsigned int offset, uint8_t type)
{
	static const struct {
		uint8_t first, end;
	} rows[2][3] = {
		{ { PCI_VENDOR_ID, PCI_COMMAND }, { PCI_REVISION_ID, PCI_CACHE_LINE_SIZE },
		  { PCI_BASE_ADDRESS_0, PCI_ROM_ADDRESS } },
		{ { PCI_VENDOR_ID, PCI_COMMAND }, { PCI_REVISION_ID, PCI_CACHE_LINE_SIZE },
		  { PCI_BASE_ADDRESS_0, PCI_ROM_ADDRESS1 } },
	};

	if (offset == PCI_HEADER_TYPE || offset == PCI_CAPABILITY_LIST)
		return true;
	if (type && (offset == PCI_SEC_LATENCY_TIMER || offset == PCI_SEC_STATUS ||
		     offset == PCI_SEC_STATUS + 1))
		return false;
	for (size_t i = 0; i < 3; i++)
		if (offset >= rows[!!type][i].first && offset < rows[!!type][i].end)
			return true;
	return false;
}

static bool is_same_function(const struct p2p_raw *live, const struct p2p_raw *saved)
{
	uint8_t type = 0, left, right;

	if (p2p_bdf_compare(live->bdf, saved->bdf) || !live->path || !saved->path ||
	    strcmp(live->path, saved->path) != 0 || live->config.told != saved->config.told ||
	    live->config.silent != saved->config.silent)
		return false;
	(void)p2p_config_read8(&live->config, PCI_HEADER_TYPE, &type);
	for (unsigned int i = 0; i < P2P_CONFIG_HEADER; i++)
		if (is_lasting(i, type & 0x7f) && p2p_config_read8(&live->config, i, &left) &&
		    (!p2p_config_read8(&saved->config, i, &right) || left != right))
			return false;
	return true;
}

/* Check that it is of this boot and has exactly the functions that exist now. */
static int check_machine(struct p2p_context *context, const char *path,
			 const struct p2p_snapshot *live, const struct p2p_snapshot *saved)
{
	char bdf[P2P_BDF_SIZE];

	if (!saved->manifest || !*live->boot ||
	    strcmp(p2p_manifest_boot(saved->manifest), live->boot) != 0)
		return p2p_error(context, -ESTALE, "%s is from another boot", path);
	if (live->count != saved->count)
		return p2p_error(context, -ESTALE,
				 "%s has %zu functions, and there are %zu now", path, saved->count,
				 live->count);
	for (size_t i = 0; i < live->count; i++)
		if (!is_same_function(&live->raws[i], &saved->raws[i]))
			return p2p_error(context, -ESTALE, "%s has a different function at %s, or "
					 "that function has changed since", path,
					 p2p_bdf_format(live->raws[i].bdf, bdf));
	return 0;
}

/* What can be read now is newer than what was saved: memory decoding, for one, may have been turned off since. */
static void renew_header(struct p2p_config *saved, const struct p2p_config *live)
{
	uint8_t now, then;

	for (unsigned int i = 0; i < P2P_CONFIG_HEADER; i++)
		if (p2p_config_read8(live, i, &now) && p2p_config_read8(saved, i, &then))
			saved->bytes[i] = now;
}

/* Take from @saved the config space that was not fully readable now, and the files that were denied. */
static void borrow(struct p2p_snapshot *snapshot, struct p2p_snapshot *saved)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		if (!is_short(&snapshot->raws[i].config))
			continue;
		renew_header(&saved->raws[i].config, &snapshot->raws[i].config);
		snapshot->raws[i].config = saved->raws[i].config;
		snapshot->raws[i].borrowed = true;
	}
	for (size_t i = 0; i < snapshot->entry_count; i++) {
		struct p2p_entry *entry = &snapshot->entries[i];
		const struct p2p_file *file = p2p_snapshot_file(saved, entry->path);

		if (entry->file.fact == P2P_DENIED && entry->kind == P2P_KIND_FILE &&
		    file->fact == P2P_PRESENT)
			entry->file = *file;
	}
	snapshot->saved = saved;
}

int p2p_snapshot_fill(struct p2p_context *context, struct p2p_snapshot *snapshot,
		      const char *path, int64_t *ret_when)
{
	struct p2p_snapshot *saved;
	int64_t when = 0;
	int r;

	if (snapshot->source != P2P_SOURCE_LIVE || snapshot->saved)
		return p2p_error(context, -EINVAL, "%s: only what was read from the running machine "
				 "is filled", path);
	saved = load_saved(context, path, snapshot->want, &when, &r);
	if (!saved)
		return r;
	r = check_machine(context, path, snapshot, saved);
	if (r < 0) {
		p2p_snapshot_free(saved);
		return r;
	}
	borrow(snapshot, saved);
	*ret_when = when;
	return 0;
}
