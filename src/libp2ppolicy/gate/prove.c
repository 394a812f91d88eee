/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <p2ppolicy/prove.h>

#include "base/context.h"
#include "gate/scratch.h"

#define PAGE 4096u
#define LARGEST (1u << 20)
#define MEASURE_NS 500000000ll

/* Length of a transfer, and where it begins in the provider's memory, in bytes. */
static const struct {
	uint32_t length, offset;
} shapes[] = {
	{ 512, 0 }, { 512, 512 }, { 4096, 0 }, { 4096, 4096 }, { 4096, 1536 }, { 8192, 2048 },
	{ 65536, 0 }, { 65536, 4608 }, { 131072, 512 }, { 1048576, 0 },
};
#define SHAPES P2P_LENGTH(shapes)

/*
 * struct bench - what the transfers use.
 * @memory: the provider's memory, mapped; @room bytes
 * @host: ordinary memory, one page larger; @arrived: a copy of what arrived in @memory
 * @sector: the length of a transfer must be a multiple of this
 */
struct bench {
	int scratch;
	uint32_t room, sector;
	uint8_t *memory, *host, *arrived;
	uint64_t seed;
};

/*
 * One word of a pattern.  The mix is a bijection, and the lower half of @seed is zero and so left to
 * @index; therefore no two words of a run are equal.
 */
static uint64_t word(uint64_t seed, uint64_t index)
{
	uint64_t x = (seed + index) * 0x9e3779b97f4a7c15ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static void fill(uint8_t *to, uint32_t bytes, uint64_t seed)
{
	for (uint32_t i = 0; i < bytes; i += 8) {
		uint64_t value = word(seed, i / 8);

		memcpy(to + i, &value, 8);
	}
}

static uint64_t load(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, 8);
	return value;
}

static bool stands_elsewhere(uint64_t value, uint64_t seed, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes / 8; i++)
		if (value == word(seed, i))
			return true;
	return false;
}

/* Classify the wrong word at @at: @seed is that of this transfer, @before that of the old content. */
static enum p2p_damage damage_of(const uint8_t *found, uint32_t at, uint32_t length, uint64_t seed,
				 uint64_t before)
{
	uint64_t value = load(found + at);

	if (value == UINT64_MAX)
		return P2P_DAMAGE_ONES;
	if (stands_elsewhere(value, seed, length))
		return P2P_DAMAGE_SWAPPED;
	if (stands_elsewhere(value, before, LARGEST))
		return P2P_DAMAGE_DROPPED;
	return P2P_DAMAGE_OTHER;
}

static void record_wrong(struct p2p_transfer *sum, enum p2p_damage damage, uint32_t at,
			 uint32_t length)
{
	if (sum->outcome == P2P_OUTCOME_WRONG)
		return;
	sum->outcome = P2P_OUTCOME_WRONG;
	sum->damage = damage;
	sum->bad_offset = at;
	sum->bad_bytes = length;
}

/* Compare @length bytes of @found with the pattern of @seed. */
static void compare(struct p2p_transfer *sum, const uint8_t *found, uint32_t length, uint64_t seed,
		    uint64_t before)
{
	sum->transfers++;
	sum->bytes += length;
	for (uint32_t at = 0; at < length; at += 8) {
		if (load(found + at) == word(seed, at / 8))
			continue;
		record_wrong(sum, damage_of(found, at, length, seed, before), at, length);
		return;
	}
	if (sum->outcome == P2P_OUTCOME_NOT_TRIED)
		sum->outcome = P2P_OUTCOME_EQUAL;
}

/* A refused transfer ends its direction; a short one counts as wrong. */
static bool went_through(struct p2p_transfer *sum, ssize_t done, uint32_t length)
{
	if (done == (ssize_t)length)
		return true;
	if (done < 0) {
		sum->error = errno;
		/* A later refusal does not hide bytes that were wrong. */
		if (sum->outcome != P2P_OUTCOME_WRONG)
			sum->outcome = P2P_OUTCOME_REFUSED;
	} else {
		record_wrong(sum, P2P_DAMAGE_DROPPED, (uint32_t)done, length);
	}
	return false;
}

/*
 * The same transfer with ordinary memory at the same alignment: if this fails, the drive rejects the
 * transfer itself and not the peer's memory.
 */
static int host_io(struct p2p_context *context, const struct bench *bench, bool write,
		   uint32_t length, uint32_t offset)
{
	uint8_t *host = bench->host + offset % PAGE;
	ssize_t done = write ? pwrite(bench->scratch, host, length, 0) :
			       pread(bench->scratch, host, length, 0);

	if (done == (ssize_t)length)
		return 0;
	return p2p_error(context, done < 0 ? -errno : -EIO,
			 "the scratch device fails even with ordinary memory: %s",
			 done < 0 ? strerror(errno) : "short transfer");
}

/* Did bytes of the provider's memory outside the transfer change? */
static bool is_spilled(const struct bench *bench, uint32_t offset, uint32_t length, uint64_t seed)
{
	for (uint32_t at = 0; at < bench->room; at += 8)
		if ((at < offset || at >= offset + length) &&
		    load(bench->memory + at) != word(seed, at / 8))
			return true;
	return false;
}

/* The client reads from its medium into the provider's memory; the CPU checks what arrived. */
static int try_into(struct p2p_context *context, struct bench *bench, uint32_t length,
		    uint32_t offset, struct p2p_transfer *sum)
{
	uint64_t before = bench->seed++ << 32, seed = bench->seed++ << 32;
	bool through;
	int r;

	fill(bench->host + offset % PAGE, length, seed);
	r = host_io(context, bench, true, length, offset);
	if (r)
		return r;
	fill(bench->memory, bench->room, before);
	through = went_through(sum, pread(bench->scratch, bench->memory + offset, length, 0),
			       length);
	if (through) {
		memcpy(bench->arrived, bench->memory + offset, length);
		compare(sum, bench->arrived, length, seed, before);
	}
	/* A refused transfer must not have moved a byte. */
	if (is_spilled(bench, offset, through ? length : 0, before))
		record_wrong(sum, P2P_DAMAGE_SPILLED, offset, length);
	return 0;
}

/* The client writes the provider's memory to its medium, which is read back into ordinary memory. */
static int try_out(struct p2p_context *context, struct bench *bench, uint32_t length,
		   uint32_t offset, struct p2p_transfer *sum)
{
	uint64_t before = bench->seed++ << 32, seed = bench->seed++ << 32;
	struct p2p_transfer untouched = { 0 };
	bool through;
	int r;

	fill(bench->host + offset % PAGE, length, before);
	r = host_io(context, bench, true, length, offset);
	if (r)
		return r;
	fill(bench->memory + offset, length, seed);
	through = went_through(sum, pwrite(bench->scratch, bench->memory + offset, length, 0),
			       length);
	r = host_io(context, bench, false, length, offset);
	if (r)
		return r;
	compare(through ? sum : &untouched, bench->host + offset % PAGE, length,
		through ? seed : before, before);
	/* A refused transfer must not have moved a byte. */
	if (!through && untouched.outcome == P2P_OUTCOME_WRONG)
		record_wrong(sum, P2P_DAMAGE_OTHER, (uint32_t)untouched.bad_offset, length);
	return 0;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* Repeat the largest transfer for half a second.  Return: bytes per second; 0 if one failed. */
static uint64_t measure(const struct bench *bench, uint32_t length, bool into)
{
	int64_t start = now_ns(), spent;
	uint64_t bytes = 0;

	do {
		ssize_t done = into ? pread(bench->scratch, bench->memory, length, 0) :
				      pwrite(bench->scratch, bench->memory, length, 0);

		if (done != (ssize_t)length)
			return 0;
		bytes += length;
		spent = now_ns() - start;
	} while (spent < MEASURE_NS);
	return (uint64_t)((double)bytes * 1e9 / (double)spent);
}

static int run(struct p2p_context *context, struct bench *bench,
	       const struct p2p_prove_options *options, struct p2p_proof *proof)
{
	int r = 0;

	for (size_t i = 0; !r && i < SHAPES; i++) {
		uint32_t length = shapes[i].length, offset = shapes[i].offset;

		if (length + offset > bench->room || length % bench->sector)
			continue;
		proof->largest_bytes = length > proof->largest_bytes ? length :
				       proof->largest_bytes;
		if (proof->into.outcome != P2P_OUTCOME_REFUSED)
			r = try_into(context, bench, length, offset, &proof->into);
		if (!r && proof->out.outcome != P2P_OUTCOME_REFUSED)
			r = try_out(context, bench, length, offset, &proof->out);
		if (options->progress)
			options->progress(options->userdata, (unsigned int)((i + 1) * 100 / SHAPES));
	}
	if (!r && proof->into.outcome == P2P_OUTCOME_EQUAL)
		proof->into.bytes_per_s = measure(bench, (uint32_t)proof->largest_bytes, true);
	if (!r && proof->out.outcome == P2P_OUTCOME_EQUAL)
		proof->out.bytes_per_s = measure(bench, (uint32_t)proof->largest_bytes, false);
	return r;
}

/* Map a piece of the provider's pool, as large as the pool allows and at most LARGEST. */
static int map_pool(struct p2p_context *context, const struct p2p_function *provider,
		    struct bench *bench)
{
	char bdf[P2P_BDF_SIZE], path[96];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/p2pmem/allocate",
		 p2p_bdf_format(provider->bdf, bdf));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return p2p_error(context, errno == ENOENT ? -ENODEV : -errno,
				 errno == ENOENT ? "%s has no p2pmem pool that user space may allocate from" :
				 "%s: its p2pmem pool cannot be opened", bdf);
	for (bench->room = LARGEST; bench->room >= PAGE; bench->room /= 2) {
		bench->memory = mmap(NULL, bench->room, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (bench->memory != MAP_FAILED)
			break;
	}
	close(fd);
	if (bench->memory != MAP_FAILED)
		return 0;
	bench->memory = NULL;
	return p2p_error(context, -ENOMEM, "%s: its p2pmem pool has no free page", bdf);
}

static void release(struct bench *bench)
{
	if (bench->memory)
		munmap(bench->memory, bench->room);
	free(bench->host);
	free(bench->arrived);
	close(bench->scratch);
}

static int prepare(struct p2p_context *context, const struct p2p_function *provider,
		   uint64_t scratch_bytes, struct bench *bench)
{
	int r = map_pool(context, provider, bench), sector;

	if (r)
		return r;
	if (ioctl(bench->scratch, BLKSSZGET, &sector) < 0 || sector < 1)
		return p2p_error(context, -EIO, "the block size of the scratch device cannot be read");
	bench->sector = (uint32_t)sector;
	if (scratch_bytes < bench->room)
		return p2p_error(context, -ENOSPC, "the scratch device is smaller than %u bytes",
				 bench->room);
	bench->host = aligned_alloc(PAGE, bench->room + PAGE);
	bench->arrived = aligned_alloc(PAGE, bench->room);
	if (!bench->host || !bench->arrived)
		return p2p_exhausted(context, -ENOMEM);
	return 0;
}

int p2p_prove(struct p2p_context *context, const struct p2p_topology *topology,
	      const struct p2p_function *provider, const struct p2p_function *client,
	      const struct p2p_prove_options *options, struct p2p_proof *ret_proof)
{
	struct p2p_proof proof = { .started = time(NULL) };
	struct bench bench = { .scratch = -1, .seed = (uint64_t)now_ns() & UINT32_MAX };
	uint64_t bytes;
	int r;

	if (p2p_topology_machine(topology)->source != P2P_SOURCE_LIVE)
		return p2p_error(context, -EXDEV, "a capture cannot be used for a proof");
	r = p2p_scratch_open(context, options->scratch, client, options->overwrite,
			     &bench.scratch, &bytes);
	if (r)
		return r;
	r = prepare(context, provider, bytes, &bench);
	if (!r)
		r = run(context, &bench, options, &proof);
	release(&bench);
	if (!r)
		*ret_proof = proof;
	return r;
}

static const char *const outcome_names[] = {
	[P2P_OUTCOME_NOT_TRIED] = "not_tried",
	[P2P_OUTCOME_REFUSED] = "refused",
	[P2P_OUTCOME_WRONG] = "wrong",
	[P2P_OUTCOME_EQUAL] = "equal",
};

static const char *const damage_names[] = {
	[P2P_DAMAGE_NONE] = "none",
	[P2P_DAMAGE_DROPPED] = "dropped",
	[P2P_DAMAGE_ONES] = "all_ones",
	[P2P_DAMAGE_SWAPPED] = "swapped",
	[P2P_DAMAGE_OTHER] = "other",
	[P2P_DAMAGE_SPILLED] = "spilled",
};

const char *p2p_outcome_name(enum p2p_outcome outcome)
{
	return outcome_names[outcome];
}

const char *p2p_damage_name(enum p2p_damage damage)
{
	return damage_names[damage];
}
