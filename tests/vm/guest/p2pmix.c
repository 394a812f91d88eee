// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * p2pmix METHOD read|write DISK PIECE...: one transfer between a disk and several pieces of memory of 16 KiB each: "ram", or
 * the peer memory of a PCI function. METHOD: preadv; pread, the pieces mapped next to each other; uring (READV), fixed (a
 * registered buffer), batch (one io_uring request for each piece, handed over together); vector, single (an NVMe command with
 * a vector, or with one address), meta (an NVMe command whose data is RAM and whose metadata lies in the piece, or in the two);
 * cmd, cmdvec (such a command by io_uring, through the character device), cmdfixed, cmdfixedvec (that from a registered buffer).
 * Prints "moved", "differs", or how it failed (an error's name, SHORT) and whether a byte came to or from a peer's memory all
 * the same ("EINVAL clean"). Exit status: 0 moved, 1 differs, 3 refused, 4 refused but bytes moved, 2 could not be tried.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/nvme_ioctl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define LEN	16384
#define MAX	8
#define OFFSET	(256 * 1024)
#define BLOCK	512

struct job {
	const char *disk;
	int fd;
	bool writing;
	int n;
	bool is_peer[MAX];
	struct iovec iov[MAX];
	unsigned char *all;		/* the pieces, side by side */
	unsigned char before[MAX * LEN];	/* what the side written to held */
	unsigned char source[MAX * LEN];	/* what is to be there */
};

static void give_up(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	exit(2);
}

/* Byte by byte: peer memory is no place for wide accesses. */
static void copy(void *to, const void *from, size_t n)
{
	volatile unsigned char *t = to;
	const volatile unsigned char *f = from;

	while (n--)
		*t++ = *f++;
}

static void map_piece(struct job *job, int i, const char *what)
{
	unsigned char *at = job->all + i * LEN;
	int fd, flags = MAP_SHARED | MAP_FIXED;
	char path[128];

	job->is_peer[i] = strcmp(what, "ram");
	if (job->is_peer[i]) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/p2pmem/allocate", what);
		fd = open(path, O_RDWR);
		if (fd < 0 || mmap(at, LEN, PROT_READ | PROT_WRITE, flags, fd, 0) == MAP_FAILED)
			give_up(path);
	} else if (mmap(at, LEN, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) {
		give_up("mmap");
	}
	job->iov[i] = (struct iovec){ at, LEN };
}

static void read_disk(const struct job *job, unsigned char *to)
{
	void *ram;

	if (posix_memalign(&ram, 4096, MAX * LEN) || pread(job->fd, ram, job->n * LEN, OFFSET) != job->n * LEN)
		give_up("read back");
	memcpy(to, ram, job->n * LEN);
	free(ram);
}

/* Both sides differ in every byte. */
static void prepare(struct job *job)
{
	unsigned char disk[MAX * LEN];

	read_disk(job, disk);
	for (int i = 0; i < job->n * LEN; i++)
		((volatile unsigned char *)job->all)[i] = ~disk[i];
	copy(job->source, job->writing ? job->all : disk, job->n * LEN);
	copy(job->before, job->writing ? disk : job->all, job->n * LEN);
}

static long vectored(struct job *job)
{
	return job->writing ? pwritev(job->fd, job->iov, job->n, OFFSET) : preadv(job->fd, job->iov, job->n, OFFSET);
}

static long side_by_side(struct job *job)
{
	return job->writing ? pwrite(job->fd, job->all, job->n * LEN, OFFSET) :
			      pread(job->fd, job->all, job->n * LEN, OFFSET);
}

struct ring {
	int fd;
	unsigned char *map;
	struct io_uring_params p;
	struct io_uring_sqe *sqe;	/* of those that are twice as long, only the first is used */
	unsigned int queued;
};

/* A page is more than either map takes. */
static void ring_open(struct ring *ring, unsigned int flags)
{
	ring->p.flags = flags;
	ring->fd = syscall(SYS_io_uring_setup, MAX, &ring->p);
	if (ring->fd < 0)
		give_up("io_uring");
	ring->map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->sqe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQES);
	if (ring->map == MAP_FAILED || ring->sqe == MAP_FAILED)
		give_up("rings");
}

static void ring_queue(struct ring *ring, const struct job *job, int op, const void *addr, unsigned int len, off_t at)
{
	unsigned int i = ring->queued++;

	ring->sqe[i] = (struct io_uring_sqe){
		.opcode = op, .fd = job->fd, .addr = (unsigned long)addr, .len = len, .off = at,
	};
	((unsigned int *)(ring->map + ring->p.sq_off.array))[i] = i;
}

/* The bytes moved by all, or the first error. */
static long ring_run(struct ring *ring)
{
	struct io_uring_cqe *cqe = (void *)(ring->map + ring->p.cq_off.cqes);
	long sum = 0, err = 0;

	*(volatile unsigned int *)(ring->map + ring->p.sq_off.tail) = ring->queued;
	if (syscall(SYS_io_uring_enter, ring->fd, ring->queued, ring->queued, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		give_up("io_uring_enter");
	for (unsigned int i = 0; i < ring->queued; i++) {
		if (cqe[i].res < 0 && !err)
			err = cqe[i].res;
		sum += cqe[i].res > 0 ? cqe[i].res : 0;
	}
	errno = -err;
	return err ? -1 : sum;
}

/* A transfer that ends early is gone on with, as a program does; the kernel may end one where the kind of memory changes. */
static long uring(struct job *job)
{
	int op = job->writing ? IORING_OP_WRITEV : IORING_OP_READV;
	long moved = 0, got;

	do {
		struct ring ring = { 0 };

		ring_open(&ring, 0);
		ring_queue(&ring, job, op, job->iov + moved / LEN, job->n - moved / LEN, OFFSET + moved);
		got = ring_run(&ring);
		moved += got;
	} while (got > 0 && got % LEN == 0 && moved < job->n * LEN);
	return got < 0 ? got : moved;
}

static long ring_register(const struct ring *ring, const struct job *job)
{
	struct iovec whole = { job->all, job->n * LEN };

	return syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS, &whole, 1);
}

static long fixed(struct job *job)
{
	struct ring ring = { 0 };

	ring_open(&ring, 0);
	if (ring_register(&ring, job) < 0)
		return -1;
	ring_queue(&ring, job, job->writing ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED, job->all, job->n * LEN, OFFSET);
	return ring_run(&ring);
}

static long batch(struct job *job)
{
	struct ring ring = { 0 };

	ring_open(&ring, 0);
	for (int i = 0; i < job->n; i++)
		ring_queue(&ring, job, job->writing ? IORING_OP_WRITE : IORING_OP_READ, job->iov[i].iov_base, LEN,
			   OFFSET + i * LEN);
	return ring_run(&ring);
}

static long command(struct job *job, struct nvme_passthru_cmd64 *cmd, unsigned long how, unsigned int blocks)
{
	int status;

	cmd->opcode = job->writing ? 1 : 2;
	cmd->nsid = ioctl(job->fd, NVME_IOCTL_ID);
	cmd->cdw10 = OFFSET / BLOCK;
	cmd->cdw12 = blocks - 1;
	status = ioctl(job->fd, how, cmd);
	if (status > 0)
		errno = EIO;
	return status ? -1 : job->n * LEN;
}

static long single(struct job *job)
{
	struct nvme_passthru_cmd64 cmd = { .addr = (unsigned long)job->all, .data_len = job->n * LEN };

	return command(job, &cmd, NVME_IOCTL_IO64_CMD, job->n * LEN / BLOCK);
}

static long vector(struct job *job)
{
	struct nvme_passthru_cmd64 cmd = { .addr = (unsigned long)job->iov, .vec_cnt = job->n };

	return command(job, &cmd, NVME_IOCTL_IO64_CMD_VEC, job->n * LEN / BLOCK);
}

/* The character device of the namespace whose block device is @job's: /dev/ng0n1 of /dev/nvme0n1. */
static int open_char(const char *disk)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/ng%s", disk + strlen("/dev/nvme"));
	fd = open(path, O_RDWR);
	if (fd < 0)
		give_up(path);
	return fd;
}

/* An NVMe command by io_uring. What it returns is an errno, or what the drive said: no byte is known to have moved then. */
static long uring_command(struct job *job, bool vectored, bool registered)
{
	struct ring ring = { 0 };
	struct nvme_uring_cmd *cmd;
	long err;

	ring_open(&ring, IORING_SETUP_SQE128 | IORING_SETUP_CQE32);
	if (registered && ring_register(&ring, job) < 0)
		return -1;
	ring_queue(&ring, job, IORING_OP_URING_CMD, NULL, 0, 0);
	ring.sqe->fd = open_char(job->disk);
	ring.sqe->cmd_op = vectored ? NVME_URING_CMD_IO_VEC : NVME_URING_CMD_IO;
	ring.sqe->uring_cmd_flags = registered ? IORING_URING_CMD_FIXED : 0;
	cmd = (void *)ring.sqe->cmd;
	*cmd = (struct nvme_uring_cmd){
		.opcode = job->writing ? 1 : 2,
		.nsid = ioctl(job->fd, NVME_IOCTL_ID),
		.addr = (unsigned long)(vectored ? (void *)job->iov : job->all),
		.data_len = vectored ? job->n : job->n * LEN,
		.cdw10 = OFFSET / BLOCK,
		.cdw12 = job->n * LEN / BLOCK - 1,
	};
	err = ring_run(&ring);
	if (err > 0)
		errno = EIO;
	return err ? -1 : job->n * LEN;
}

static long cmd(struct job *job)
{
	return uring_command(job, false, false);
}

static long cmdvec(struct job *job)
{
	return uring_command(job, true, false);
}

static long cmdfixed(struct job *job)
{
	return uring_command(job, false, true);
}

static long cmdfixedvec(struct job *job)
{
	return uring_command(job, true, true);
}

static const struct method {
	const char *name;
	long (*run)(struct job *job);
} methods[] = {
	{ "preadv", vectored }, { "pread", side_by_side }, { "uring", uring }, { "fixed", fixed }, { "batch", batch },
	{ "vector", vector }, { "single", single }, { "cmd", cmd }, { "cmdvec", cmdvec }, { "cmdfixed", cmdfixed },
	{ "cmdfixedvec", cmdfixedvec },
};

static int eval(struct job *job, long moved, int err)
{
	unsigned char now[MAX * LEN];
	int dirty = 0;

	if (job->writing)
		read_disk(job, now);
	else
		copy(now, job->all, job->n * LEN);
	if (moved == job->n * LEN) {
		dirty = !!memcmp(now, job->source, job->n * LEN);
		puts(dirty ? "differs" : "moved");
		return dirty;
	}
	for (int i = 0; i < job->n; i++)
		dirty |= job->is_peer[i] && memcmp(now + i * LEN, job->before + i * LEN, LEN);
	printf("%s %s\n", moved < 0 ? strerrorname_np(err) : "SHORT", dirty ? "dirty" : "clean");
	return dirty ? 4 : 3;
}

/* An NVMe command with data in RAM and metadata at @at, 8 bytes for each of BLOCKS blocks. */
enum { BLOCKS = 64, BYTES = BLOCKS * 8 };

static long with_metadata(struct job *job, bool writing, unsigned char *data, unsigned char *at)
{
	struct nvme_passthru_cmd64 cmd = { .addr = (unsigned long)data, .data_len = BLOCKS * BLOCK,
					   .metadata = (unsigned long)at, .metadata_len = BYTES };

	job->writing = writing;
	return command(job, &cmd, NVME_IOCTL_IO64_CMD, BLOCKS);
}

/*
 * All metadata is first written from RAM, then moved to or from the piece; of two pieces, the end of the first and the
 * beginning of the second.
 */
static int meta(struct job *job)
{
	unsigned char *data, *ram, *at = job->all + (job->n > 1 ? LEN - BYTES / 2 : 0);
	unsigned char was[BYTES], source[BYTES], now[BYTES];
	bool writing = job->writing;
	long moved;
	int err, dirty = 0;

	if (posix_memalign((void **)&data, 4096, BLOCKS * BLOCK) || posix_memalign((void **)&ram, 4096, BYTES))
		return 2;
	memset(data, 0x55, BLOCKS * BLOCK);
	for (int i = 0; i < BYTES; i++)
		ram[i] = i ^ getpid();
	if (with_metadata(job, true, data, ram) < 0)
		give_up("metadata from RAM");
	for (int i = 0; i < BYTES; i++) {
		((volatile unsigned char *)at)[i] = ~ram[i];
		was[i] = writing ? ram[i] : ~ram[i];
		source[i] = ~was[i];
	}
	moved = with_metadata(job, writing, data, at);
	err = errno;
	if (writing && with_metadata(job, false, data, ram) < 0)
		give_up("metadata to RAM");
	copy(now, writing ? ram : at, BYTES);
	if (moved >= 0) {
		dirty = !!memcmp(now, source, BYTES);
		puts(dirty ? "differs" : "moved");
		return dirty;
	}
	for (int i = 0; i < BYTES; i++)
		dirty |= job->is_peer[job->n > 1 && i >= BYTES / 2] && now[i] != was[i];
	printf("%s %s\n", strerrorname_np(err), dirty ? "dirty" : "clean");
	return dirty ? 4 : 3;
}

int main(int argc, char **argv)
{
	static struct job job;
	long moved;

	if (argc < 5 || argc - 4 > MAX)
		return 2;
	job.writing = !strcmp(argv[2], "write");
	job.n = argc - 4;
	job.disk = argv[3];
	job.fd = open(job.disk, O_RDWR | O_DIRECT);
	if (job.fd < 0)
		give_up(argv[3]);
	job.all = mmap(NULL, MAX * LEN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < job.n; i++)
		map_piece(&job, i, argv[4 + i]);
	if (!strcmp(argv[1], "meta"))
		return meta(&job);
	prepare(&job);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(argv[1], methods[i].name))
			continue;
		moved = methods[i].run(&job);
		return eval(&job, moved, errno);
	}
	return 2;
}
