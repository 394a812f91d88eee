/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/boot.h"

int p2p_boot_id(char ret_id[P2P_BOOT_SIZE])
{
	int fd = open(P2P_BOOT_ID, O_RDONLY | O_CLOEXEC | O_NOCTTY), r = -errno;
	ssize_t size;

	*ret_id = '\0';
	if (fd < 0)
		return r;
	do {
		size = read(fd, ret_id, P2P_BOOT_SIZE - 1);
		r = -errno;
	} while (size < 0 && r == -EINTR);
	close(fd);
	if (size == P2P_BOOT_SIZE - 1) {
		ret_id[size] = '\0';
		return 0;
	}
	*ret_id = '\0';
	return size < 0 ? r : -ENODATA;
}
