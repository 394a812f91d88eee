/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Config space through /sys/bus/pci/devices/ADDRESS/config, for a library built without libpci. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/access/access.h"

/**
 * struct p2p_access - the file of the selected function.
 * @fd: -1 until it is needed
 * @writable: @fd was opened for writing as well
 */
struct p2p_access {
	struct p2p_bdf bdf;
	int fd;
	bool writable;
};

int p2p_access_open(struct p2p_context *context, struct p2p_access **ret_access)
{
	struct p2p_access *access = calloc(1, sizeof(*access));

	if (!access)
		return p2p_error(context, -ENOMEM, "out of memory");
	access->fd = -1;
	*ret_access = access;
	return 0;
}

static void drop_file(struct p2p_access *access)
{
	if (access->fd >= 0)
		close(access->fd);
	access->fd = -1;
}

struct p2p_access *p2p_access_close(struct p2p_access *access)
{
	if (access)
		drop_file(access);
	free(access);
	return NULL;
}

int p2p_access_select(struct p2p_access *access, struct p2p_bdf bdf)
{
	drop_file(access);
	access->bdf = bdf;
	return 0;
}

static bool have_file(struct p2p_access *access, bool writable)
{
	char path[64], address[P2P_BDF_SIZE];

	if (access->fd >= 0 && (access->writable || !writable))
		return true;
	drop_file(access);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config",
		 p2p_bdf_format(access->bdf, address));
	do {
		access->fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOCTTY);
	} while (access->fd < 0 && errno == EINTR);
	access->writable = writable;
	return access->fd >= 0;
}

int p2p_access_read(struct p2p_access *access, unsigned int offset, unsigned int length,
		    uint8_t *ret_bytes)
{
	ssize_t done;

	if (!have_file(access, false))
		return p2p_is_exhausted(-errno) ? -errno : -EIO;
	do {
		done = pread(access->fd, ret_bytes, length, (off_t)offset);
	} while (done < 0 && errno == EINTR);
	return done == (ssize_t)length ? 0 : -EIO;
}

int p2p_access_write(struct p2p_access *access, unsigned int offset, unsigned int length,
		     const uint8_t *bytes)
{
	bool taken = have_file(access, true) &&
		     pwrite(access->fd, bytes, length, (off_t)offset) == (ssize_t)length;

	return taken ? 0 : -EIO;
}
