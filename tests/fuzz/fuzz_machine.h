/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For targets that read a file of rules: the file, and a machine they can be held against. */
#ifndef TESTS_FUZZ_FUZZ_MACHINE_H
#define TESTS_FUZZ_FUZZ_MACHINE_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

#include "fuzz.h"

/* A drive, and a display controller with memory of its own. */
static const char fuzz_functions[] =
	"00:00.0 Non-Volatile memory controller: Some Drive\n"
	"00: 4d 14 24 a8 06 00 10 00 00 02 08 01 00 00 00 00\n"
	"10: 04 00 00 90 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"20: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n\n"
	"00:01.0 3D controller: Some Accelerator\n"
	"00: de 10 b5 20 06 00 10 00 a1 00 02 03 00 00 00 00\n"
	"10: 0c 00 00 a0 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"20: 00 00 00 00 00 00 00 00 00 00 00 00 de 10 33 15\n"
	"30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n";

/* The name of a file that holds @size bytes of @data, while @ret_fd is open. */
static inline void fuzz_file(const void *data, size_t size, char path[32], int *ret_fd)
{
	*ret_fd = memfd_create("fuzz", MFD_CLOEXEC);
	CHECK(*ret_fd >= 0 && write(*ret_fd, data, size) == (ssize_t)size);
	snprintf(path, 32, "/proc/self/fd/%d", *ret_fd);
}

/* The evaluator of that machine, made once. */
static inline const struct p2p_eval *fuzz_machine(void)
{
	static struct p2p_snapshot *snapshot;
	static struct p2p_topology *topology;
	static struct p2p_eval *eval;
	static struct p2p_context *context;
	char path[32];
	int fd;

	if (eval)
		return eval;
	CHECK(!p2p_context_new(&context));
	fuzz_file(fuzz_functions, sizeof(fuzz_functions) - 1, path, &fd);
	CHECK(!p2p_snapshot_load(context, path, P2P_WANT_NAMES, &snapshot));
	CHECK(!p2p_topology_new(context, snapshot, NULL, &topology));
	CHECK(!p2p_eval_new(context, topology, "auto", &eval));
	close(fd);
	return eval;
}

#endif
