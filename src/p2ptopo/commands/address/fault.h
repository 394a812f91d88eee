/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the kernel's log that names an address: who sent a request there, and of which kind. */
#ifndef P2PTOPO_FAULT_H
#define P2PTOPO_FAULT_H

#include <p2ppolicy/all.h>

#include "failure.h"

/** enum fault_source - who logged it. */
enum fault_source {
	FAULT_NONE,		/* an address alone */
	FAULT_AMD_VI,
	FAULT_DMAR,
	FAULT_SMMU_V3,
	FAULT_SMMU,
	FAULT_AER,
	FAULT_XID,
	FAULT_SOURCES
};

/** enum fault_access - what the request wanted. */
enum fault_access { ACCESS_UNKNOWN, ACCESS_READ, ACCESS_WRITE, ACCESSES };

/** fault_source_name() - "amd-vi", "dmar", ...; fault_access_name() - "unknown", "read", "write". */
const char *fault_source_name(enum fault_source source);
const char *fault_access_name(enum fault_access access);

/**
 * struct fault - what a line says.
 * @requester: of the request, where @has_requester
 * @by_stream: @requester is the stream ID of an SMMU, taken for a requester ID
 * @no_domain: the line has the bus but not the domain
 * @gpu_virtual: @address is one of the GPU's own address space, and none on the bus
 */
struct fault {
	enum fault_source source;
	enum fault_access access;
	uint64_t address;
	struct p2p_bdf requester;
	bool has_requester, by_stream, no_domain, gpu_virtual;
};

/**
 * fault_parse() - read @text, an address or what was pasted; of several faults the first of a kind.
 * @text: is cut
 * Return: STATUS_DONE, or STATUS_INPUT with a failure.
 */
enum status fault_parse(struct failure *failure, char *text, struct fault *ret_fault);

/**
 * struct faults - all that was pasted.
 * @times: how often each was logged
 * @left_out: faults that name no address, behind another in one line, or for which there is no room
 */
#define FAULTS_MOST 64
struct faults {
	struct fault fault[FAULTS_MOST];
	unsigned int times[FAULTS_MOST];
	size_t count, left_out;
};

/**
 * fault_parse_all() - every fault of @text, each once, in their order.
 * @text: is cut
 * Return: STATUS_DONE, or STATUS_INPUT with the failure of the first where none can be used.
 */
enum status fault_parse_all(struct failure *failure, char *text, struct faults *ret_faults);

#endif
