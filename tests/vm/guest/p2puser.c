// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * p2puser raw|container|dmabuf DRIVE PEER SERIAL: a driver of an NVMe drive in user space, which has the drive say who it is, into the
 * memory of another function, PEER, whose BAR 2 that is. No driver of the kernel is asked for the memory:
 *   raw: registers by sysfs, bus addresses of the program's own choice, as with UIO; of a PEER whose driver is the kernel's
 *   container: VFIO type 1, into whose domain the program's own mapping of PEER's BAR is mapped
 *   dmabuf: iommufd, which is given a dma-buf that vfio-pci has made of PEER's BAR
 * Prints "moved" if the drive's answer lies there and did not before, "clean" if not, or what could not be done. Exit status: 0, 3, 2.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <linux/vfio.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	4096
#define QUEUES	0x100000u	/* where the drive sees our queues, and PEER's memory, if there is an IOMMU */
#define TARGET	0x200000u

/* What <linux/iommufd.h> and newer <linux/vfio.h> have. */
struct bind_iommufd { uint32_t argsz, flags; int32_t iommufd; uint32_t devid; };
struct attach_pt { uint32_t argsz, flags, pt; };
struct ioas_alloc { uint32_t size, flags, id; };
struct ioas_map { uint32_t size, flags, ioas, reserved; uint64_t va, length, iova; };
struct ioas_map_file { uint32_t size, flags, ioas; int32_t fd; uint64_t start, length, iova; };
struct dma_buf_feature {
	uint32_t argsz, flags;
	uint32_t region, open_flags, more_flags, ranges;
	uint64_t offset, length;
};
#define BIND_IOMMUFD	_IO(VFIO_TYPE, VFIO_BASE + 18)
#define ATTACH_PT	_IO(VFIO_TYPE, VFIO_BASE + 19)
#define FEATURE_DMA_BUF	11
#define IOAS_ALLOC	_IO(';', 0x81)
#define IOAS_MAP	_IO(';', 0x85)
#define IOAS_MAP_FILE	_IO(';', 0x8f)
#define IOAS_ANYWHERE	7	/* at this address, to be read and written */

static void give_up(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	exit(2);
}

static int must_open(const char *format, const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), format, name);
	fd = open(path, O_RDWR | O_SYNC);
	if (fd < 0)
		give_up(path);
	return fd;
}

static void *must_map(int fd, off_t at, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS | MAP_LOCKED : 0), fd, at);

	if (map == MAP_FAILED)
		give_up("mmap");
	return map;
}

static void must(int result, const char *what)
{
	if (result < 0)
		give_up(what);
}

/* The drive, its registers and two queues of a page each, and where all of that is. */
struct drive {
	volatile uint32_t *regs;
	uint32_t *queues;
	uint64_t queues_at;
	uint64_t target_at;
	volatile uint8_t *target;	/* PEER's memory, as the CPU sees it; NULL: read from this file */
	int target_fd;
	off_t target_offset;
};

enum { CC = 0x14 / 4, CSTS = 0x1c / 4, AQA = 0x24 / 4, ASQ = 0x28 / 4, ACQ = 0x30 / 4, SQ0 = 0x1000 / 4 };

static void wait_ready(struct drive *drive, uint32_t ready)
{
	for (int i = 0; (drive->regs[CSTS] & 1) != ready; i++, usleep(1000)) {
		if (i == 10000) {
			puts("the drive is not ready");
			exit(2);
		}
	}
}

static void set_address(volatile uint32_t *at, uint64_t address)
{
	at[0] = address;
	at[1] = address >> 32;
}

/* Identify Controller, with the answer to be written to the target. */
static void identify(struct drive *drive)
{
	volatile uint32_t *done = drive->queues + PAGE / 4;

	drive->regs[CC] = 0;
	wait_ready(drive, 0);
	drive->regs[AQA] = 7 << 16 | 7;
	set_address(drive->regs + ASQ, drive->queues_at);
	set_address(drive->regs + ACQ, drive->queues_at + PAGE);
	drive->regs[CC] = 4 << 20 | 6 << 16 | 1;
	wait_ready(drive, 1);
	drive->queues[0] = 0x06;
	set_address(drive->queues + 6, drive->target_at);
	drive->queues[10] = 1;
	drive->regs[SQ0] = 1;
	for (int i = 0; !(done[3] & 1 << 16) && i < 10000; i++)
		usleep(1000);
	printf("drive: status %#x\n", done[3] >> 17);
	drive->regs[CC] = 0;
}

/* The answer has the serial number at byte 4. */
static bool is_there(const struct drive *drive, const char *serial)
{
	char found[21] = "";

	if (drive->target) {
		for (int i = 0; i < 20; i++)
			found[i] = drive->target[4 + i];
	} else if (pread(drive->target_fd, found, 20, drive->target_offset + 4) != 20) {
		give_up("read of the peer's memory");
	}
	return !strncmp(found, serial, strlen(serial));
}

/* The command register: memory and bus mastering on. */
static void enable(int fd, off_t at)
{
	uint16_t command = 0x6;

	if (pwrite(fd, &command, 2, at + 4) != 2)
		give_up("command register");
}

static uint64_t physical(const void *at)
{
	int pagemap = must_open("%s", "/proc/self/pagemap");
	uint64_t entry;

	if (pread(pagemap, &entry, 8, (uintptr_t)at / PAGE * 8) != 8)
		give_up("pagemap");
	close(pagemap);
	return (entry & ((1ull << 55) - 1)) * PAGE;
}

static void raw(struct drive *drive, const char *function, const char *peer)
{
	drive->regs = must_map(must_open("/sys/bus/pci/devices/%s/resource0", function), 0, 2 * PAGE);
	enable(must_open("/sys/bus/pci/devices/%s/config", function), 0);
	/* Two pages that lie behind each other are found soon. */
	for (int i = 0; ; i++) {
		drive->queues = must_map(-1, 0, 2 * PAGE);
		memset(drive->queues, 0, 2 * PAGE);
		drive->queues_at = physical(drive->queues);
		if (physical(drive->queues + PAGE / 4) == drive->queues_at + PAGE || i == 1000)
			break;
	}
	drive->target = must_map(must_open("/sys/bus/pci/devices/%s/p2pmem/allocate", peer), 0, PAGE);
	drive->target[4] = 0;
	drive->target_at = physical((const void *)drive->target);
}

static struct vfio_region_info region(int device, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	must(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info), "region");
	return info;
}

static void take(struct drive *drive, int device)
{
	enable(device, region(device, VFIO_PCI_CONFIG_REGION_INDEX).offset);
	drive->regs = must_map(device, region(device, 0).offset, 2 * PAGE);
	drive->queues = must_map(-1, 0, 2 * PAGE);
	drive->queues_at = QUEUES;
	drive->target_at = TARGET;
}

static void map_into(int container, const volatile void *at, uint64_t iova, uint64_t size)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)at, .iova = iova, .size = size,
	};

	must(ioctl(container, VFIO_IOMMU_MAP_DMA, &map), "VFIO_IOMMU_MAP_DMA");
}

static void container(struct drive *drive, const char *function, const char *peer)
{
	char path[128], link[128] = "";
	int all = must_open("%s", "/dev/vfio/vfio"), group, device;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", function);
	must(readlink(path, link, sizeof(link) - 1), "no IOMMU group");
	group = must_open("/dev/vfio/%s", basename(link));
	must(ioctl(group, VFIO_GROUP_SET_CONTAINER, &all), "VFIO_GROUP_SET_CONTAINER");
	must(ioctl(all, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), "VFIO_SET_IOMMU");
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, function);
	must(device, "VFIO_GROUP_GET_DEVICE_FD");
	take(drive, device);
	drive->target = must_map(must_open("/sys/bus/pci/devices/%s/resource2", peer), 0, PAGE);
	drive->target[4] = 0;
	map_into(all, drive->queues, QUEUES, 2 * PAGE);
	map_into(all, drive->target, TARGET, PAGE);
}

/* The device of a function, bound to the iommufd. */
static int bound(const char *function, int iommufd)
{
	struct bind_iommufd bind = { .argsz = sizeof(bind), .iommufd = iommufd };
	char pattern[128];
	glob_t found;
	int device;

	snprintf(pattern, sizeof(pattern), "/sys/bus/pci/devices/%s/vfio-dev/vfio*", function);
	errno = ENOENT;
	must(glob(pattern, 0, NULL, &found) ? -1 : 0, "no device of vfio-pci");
	device = must_open("/dev/vfio/devices/%s", basename(found.gl_pathv[0]));
	must(ioctl(device, BIND_IOMMUFD, &bind), "VFIO_DEVICE_BIND_IOMMUFD");
	return device;
}

static void dmabuf(struct drive *drive, const char *function, const char *peer)
{
	int iommufd = must_open("%s", "/dev/iommu"), device = bound(function, iommufd), other = bound(peer, iommufd), fd;
	struct ioas_alloc ioas = { .size = sizeof(ioas) };
	struct attach_pt attach = { .argsz = sizeof(attach) };
	struct ioas_map queues = { .size = sizeof(queues), .flags = IOAS_ANYWHERE, .length = 2 * PAGE, .iova = QUEUES };
	struct ioas_map_file file = { .size = sizeof(file), .flags = IOAS_ANYWHERE, .length = PAGE, .iova = TARGET };
	struct dma_buf_feature feature = {
		.argsz = sizeof(feature), .flags = VFIO_DEVICE_FEATURE_GET | FEATURE_DMA_BUF,
		.region = 2, .open_flags = O_RDWR | O_CLOEXEC, .ranges = 1, .length = PAGE,
	};

	must(ioctl(iommufd, IOAS_ALLOC, &ioas), "IOMMU_IOAS_ALLOC");
	attach.pt = ioas.id;
	must(ioctl(device, ATTACH_PT, &attach), "VFIO_DEVICE_ATTACH_IOMMUFD_PT");
	take(drive, device);
	queues.ioas = ioas.id;
	queues.va = (uintptr_t)drive->queues;
	must(ioctl(iommufd, IOAS_MAP, &queues), "IOMMU_IOAS_MAP");

	drive->target_fd = other;
	drive->target_offset = region(other, 2).offset;
	enable(other, region(other, VFIO_PCI_CONFIG_REGION_INDEX).offset);
	must(pwrite(other, "", 1, drive->target_offset + 4), "write of the peer's memory");
	fd = ioctl(other, VFIO_DEVICE_FEATURE, &feature);
	must(fd, "VFIO_DEVICE_FEATURE_DMA_BUF");
	file.ioas = ioas.id;
	file.fd = fd;
	must(ioctl(iommufd, IOAS_MAP_FILE, &file), "IOMMU_IOAS_MAP_FILE");
}

static const struct {
	const char *name;
	void (*prepare)(struct drive *drive, const char *function, const char *peer);
} ways[] = { { "raw", raw }, { "container", container }, { "dmabuf", dmabuf } };

int main(int argc, char **argv)
{
	struct drive drive = { 0 };
	size_t i = 0;
	bool there;

	if (argc != 5)
		return 2;
	while (i < sizeof(ways) / sizeof(ways[0]) && strcmp(ways[i].name, argv[1]))
		i++;
	if (i == sizeof(ways) / sizeof(ways[0]))
		return 2;
	ways[i].prepare(&drive, argv[2], argv[3]);
	if (is_there(&drive, argv[4])) {
		puts("there before");
		return 2;
	}
	identify(&drive);
	there = is_there(&drive, argv[4]);
	puts(there ? "moved" : "clean");
	return there ? 0 : 3;
}
