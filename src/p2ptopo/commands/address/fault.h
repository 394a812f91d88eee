/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses lines of the kernel log that name an address: which function sent the request, and of which kind. */
#ifndef P2PTOPO_FAULT_H
#define P2PTOPO_FAULT_H

#include <p2ppolicy/all.h>

#include "failure.h"

/** enum fault_source - what logged the fault. */
enum fault_source {
	FAULT_NONE,		/* only an address */
	FAULT_AMD_VI,
	FAULT_DMAR,
	FAULT_SMMU_V3,
	FAULT_SMMU,
	FAULT_AER,
	FAULT_XID,
	FAULT_SOURCES
};

/** enum fault_access - the kind of request. */
enum fault_access { ACCESS_UNKNOWN, ACCESS_READ, ACCESS_WRITE, ACCESSES };

/** fault_source_name() - "amd-vi", "dmar", ...; fault_access_name() - "unknown", "read", "write". */
const char *fault_source_name(enum fault_source source);
const char *fault_access_name(enum fault_access access);

/**
 * struct fault - the contents of a line.
 * @requester: the requester, if @has_requester
 * @by_stream: @requester is a stream ID of an SMMU, interpreted as a requester ID
 * @no_domain: the line names the bus but not the domain
 * @gpu_virtual: @address belongs to the GPU's own address space and is not an address on the bus
 */
struct fault {
	enum fault_source source;
	enum fault_access access;
	uint64_t address;
	struct p2p_bdf requester;
	bool has_requester, by_stream, no_domain, gpu_virtual;
};

/**
 * fault_parse() - read @text, which is an address or something pasted; of several faults, the first one of
 *	the first kind found.
 * @text: is cut
 * Return: STATUS_DONE, or STATUS_INPUT with a failure.
 */
enum status fault_parse(struct failure *failure, char *text, struct fault *ret_fault);

/**
 * struct faults - all faults that were pasted.
 * @times: how often each fault was logged
 * @left_out: number of faults that name no address, follow another one on the same line, or do not fit
 */
#define FAULTS_MOST 64
struct faults {
	struct fault fault[FAULTS_MOST];
	unsigned int times[FAULTS_MOST];
	size_t count, left_out;
};

/**
 * fault_parse_all() - read every fault in @text, each once, in order of appearance.
 * @text: is cut
 * Return: STATUS_DONE, or, if none can be used, STATUS_INPUT with the failure of the first.
 */
enum status fault_parse_all(struct failure *failure, char *text, struct faults *ret_faults);

#endif
