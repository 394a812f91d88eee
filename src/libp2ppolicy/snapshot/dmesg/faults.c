/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps lines of a log about refused requests, to be explained once the machine is known. */
#include <string.h>

#include "snapshot/dmesg/dmesg.h"

const char *p2p_fault_mark(size_t index)
{
	static const char *const marks[] = {
#define FAULT_MARK(text) text,
#include <p2ppolicy/tables/faults.def>
#undef FAULT_MARK
	};

	return index < P2P_LENGTH(marks) ? marks[index] : NULL;
}

bool p2p_log_is_fault(const char *message)
{
	const char *mark;

	for (size_t i = 0; (mark = p2p_fault_mark(i)); i++)
		if (strstr(message, mark))
			return true;
	return false;
}

static void keep(struct p2p_log *log, const char *message)
{
	if (log->faults.size + strlen(message) + 2 <= P2P_FAULTS_MOST)
		log->snapshot->no_memory |= p2p_buffer_append_line(&log->faults, message) < 0;
}

void p2p_log_fault(struct p2p_log *log, const char *message)
{
	bool fault = p2p_log_is_fault(message);
	bool smmu = !strncmp(message, "arm-smmu-v3", 11);

	log->event = smmu && (fault || log->event);
	log->snapshot->fault_lines += fault;
	if (!fault && !log->event)
		return;
	log->first_fault = log->first_fault ? log->first_fault : log->line;
	log->last_fault = log->line;
	keep(log, message);
}

void p2p_log_drop_faults(struct p2p_log *log)
{
	struct p2p_skipped *skipped = NULL;

	if (log->snapshot->fault_lines)
		skipped = p2p_snapshot_skip(log->snapshot, log->name,
					    "faults of an earlier boot, in which addresses and devices may have been "
					    "others; to explain them, give the log of that boot alone");
	if (skipped) {
		skipped->first = log->first_fault;
		skipped->last = log->last_fault;
	}
	log->faults.size = 0;
	log->first_fault = log->last_fault = 0;
	log->snapshot->fault_lines = 0;
	log->event = false;
}

void p2p_log_fill_faults(struct p2p_log *log)
{
	if (log->faults.size)
		log->snapshot->faults = p2p_snapshot_string(log->snapshot, log->faults.data);
}
