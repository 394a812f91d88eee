/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <blkid/blkid.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/context.h"
#include "gate/scratch.h"

/* Does the sysfs path @path lead to @bdf's directory? */
static bool leads_to(const char *path, const char *bdf)
{
	char real[PATH_MAX], part[P2P_BDF_SIZE + 2];

	snprintf(part, sizeof(part), "/%s/", bdf);
	return realpath(path, real) && strstr(real, part);
}

/*
 * With native multipath, an NVMe disk is below its subsystem in sysfs, whose directory links to the
 * controllers.  A disk with several controllers is refused, because I/O may not go through the client.
 */
static bool only_controller(const char *disk, const char *bdf)
{
	char path[PATH_MAX], link[PATH_MAX + 512];
	struct dirent *entry;
	unsigned int controllers = 0, ours = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/device", disk);
	dir = opendir(path);
	/* cppcheck-suppress readdirCalled ; one thread reads this stream */
	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "nvme", 4) != 0 || strchr(entry->d_name + 4, 'n') ||
		    strchr(entry->d_name + 4, 'c'))
			continue;
		controllers++;
		snprintf(link, sizeof(link), "%s/%s/device/vendor", path, entry->d_name);
		ours += leads_to(link, bdf);
	}
	if (dir)
		closedir(dir);
	return controllers == 1 && ours == 1;
}

static bool belongs_to(dev_t device, const struct p2p_function *client)
{
	char disk[64], part[96], bdf[P2P_BDF_SIZE];
	const char *up = "";

	snprintf(part, sizeof(part), "/sys/dev/block/%u:%u/partition", major(device),
		 minor(device));
	if (!access(part, F_OK))
		up = "/..";
	snprintf(disk, sizeof(disk), "/sys/dev/block/%u:%u%s", major(device), minor(device), up);
	p2p_bdf_format(client->bdf, bdf);
	return leads_to(disk, bdf) || only_controller(disk, bdf);
}

/* The name of what libblkid finds, valid as long as the probe; NULL nothing. */
static int find_signature(blkid_probe probe, const char **ret_name)
{
	int found;

	*ret_name = NULL;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
	blkid_probe_enable_partitions(probe, 1);
	found = blkid_do_safeprobe(probe);
	if (found == -1)
		return -EIO;
	/* -2: several signatures that contradict each other. */
	if (found != 1 && blkid_probe_lookup_value(probe, "TYPE", ret_name, NULL) &&
	    blkid_probe_lookup_value(probe, "PTTYPE", ret_name, NULL))
		*ret_name = "a signature";
	return 0;
}

/* libblkid opens the path itself: its reads are not aligned as a descriptor with O_DIRECT requires. */
static int check_signature(struct p2p_context *context, const char *path, dev_t device)
{
	blkid_probe probe = blkid_new_probe_from_filename(path);
	const char *name;
	int r;

	if (!probe || blkid_probe_get_devno(probe) != device || find_signature(probe, &name))
		r = p2p_error(context, -EIO, "%s: libblkid cannot identify its contents", path);
	else if (name)
		r = p2p_error(context, -EEXIST, "%s carries %s; nothing was written", path, name);
	else
		r = 0;
	blkid_free_probe(probe);
	return r;
}

static int check_device(struct p2p_context *context, const char *path,
			const struct p2p_function *client, dev_t *ret_device)
{
	char bdf[P2P_BDF_SIZE];
	struct stat status;

	if (stat(path, &status))
		return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
	if (!S_ISBLK(status.st_mode))
		return p2p_error(context, -ENODEV, "%s is not a block device", path);
	if (!belongs_to(status.st_rdev, client))
		return p2p_error(context, -ENODEV, "%s is not a disk of %s alone", path,
				 p2p_bdf_format(client->bdf, bdf));
	*ret_device = status.st_rdev;
	return 0;
}

/* True if the opened device is the one that was checked, wherever the path leads by now. */
static bool is_same_device(int fd, dev_t device)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISBLK(status.st_mode) && status.st_rdev == device;
}

int p2p_scratch_open(struct p2p_context *context, const char *path,
		     const struct p2p_function *client, bool overwrite, int *ret_fd,
		     uint64_t *ret_bytes)
{
	uint64_t bytes = 0;
	dev_t device = 0;
	int r = check_device(context, path, client, &device), fd;

	if (r)
		return r;
	/* O_EXCL on a block device fails while it is mounted, used as swap, or held by dm, md or the like. */
	fd = open(path, O_RDWR | O_DIRECT | O_EXCL | O_CLOEXEC);
	if (fd < 0 && errno == EBUSY)
		return p2p_error(context, -EBUSY, "%s is in use (mounted, swap, or held)", path);
	if (fd < 0)
		return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
	if (!is_same_device(fd, device))
		r = p2p_error(context, -ENODEV, "%s became another device in the meantime", path);
	else if (ioctl(fd, BLKGETSIZE64, &bytes) < 0)
		r = p2p_error(context, -errno, "%s: its size cannot be read: %s", path,
			      strerror(errno));
	if (!r && !overwrite)
		r = check_signature(context, path, device);
	if (r) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	*ret_bytes = bytes;
	return 0;
}
