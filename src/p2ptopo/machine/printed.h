/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is not a source of facts may be output that p2ptopo measured reads. */
#ifndef P2PTOPO_MACHINE_PRINTED_H
#define P2PTOPO_MACHINE_PRINTED_H

#include <p2ppolicy/all.h>

#define PRINTED_SIZE 256

/** struct printed - the figures of one file; zeroed memory has none. */
struct printed {
	struct p2p_context *context;
	struct p2p_measured *measured;
	char *path;
};

/**
 * printed_by() - which tools printed lines @first to @last of a file.
 * @path: only a regular file is read
 * @last: 0 for the end of the file
 * Return: "nvidia-smi and NCCL", in @text; NULL if no known tool.
 */
const char *printed_by(struct printed *printed, const char *path, unsigned int first,
		       unsigned int last, char text[PRINTED_SIZE]);

/** printed_clear() - free what it owns. */
void printed_clear(struct printed *printed);

#endif
