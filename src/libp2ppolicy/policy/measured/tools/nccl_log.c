/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logs of NCCL and RCCL: the transport of each channel, and whether GPUDirect RDMA is on.  From a log of
 * several hosts only the first host is read.  Lines are repeated for each channel; each answer is taken
 * once.
 * Source: NVIDIA/nccl, src/init.cc, src/transport/p2p.cc, shm.cc and net.cc, src/graph/paths.cc; the
 * number of a bus is busIdToInt64() of src/misc/utils.cc.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/measured/reading.h"

#define MOST_RANKS	1024u
#define MOST_ANSWERS	1024u

/** struct log - what was read so far.  @host: that of the first line with one; @first: number of figures before */
struct log {
	const char *host;
	size_t host_length, first;
	struct p2p_end ranks[MOST_RANKS];
};

/* busIdToInt64(): all digits of an address in one number. */
static struct p2p_end end_of_bus(uint64_t bus)
{
	struct p2p_end end = { .named = P2P_NAMED_BY_ADDRESS, .kind = P2P_CLASS_GPU,
			       .domain_known = true };

	end.bdf.domain = (uint32_t)(bus >> 20);
	end.bdf.bus = (uint8_t)(bus >> 12);
	end.bdf.devfn = (uint8_t)((bus >> 4 & 0x1f) << 3 | (bus & 7));
	return end;
}

/* "81000" is an address, "3" the number of a device. */
static bool parse_gpu(const char *text, struct p2p_end *ret_end)
{
	struct p2p_field digits = { text, strspn(text, "0123456789abcdef") };
	unsigned int index;

	if (digits.length >= 4 && digits.length <= 13) {
		*ret_end = end_of_bus(strtoull(text, NULL, 16));
		return true;
	}
	if (!p2p_field_index(digits, &index))
		return false;
	*ret_end = p2p_end_of_index(P2P_CLASS_GPU, index);
	return true;
}

/* "rank 0 nranks 8 cudaDev 0 nvmlDev 0 busId 53000" */
static void take_rank(struct log *log, const char *line)
{
	const char *rank = p2p_after(line, " rank "), *bus = p2p_after(line, " busId ");
	struct p2p_field digits;
	unsigned int index;

	if (!rank || !bus)
		return;
	digits = (struct p2p_field){ bus, strspn(bus, "0123456789abcdef") };
	if (!p2p_index(rank, &index) || index >= MOST_RANKS || !digits.length || digits.length > 13)
		return;
	log->ranks[index] = end_of_bus(strtoull(bus, NULL, 16));
}

/* "3[5d000]" or "3[3]": a rank and its device. */
static const char *parse_peer(const struct log *log, const char *text, struct p2p_end *ret_end)
{
	unsigned int rank;
	const char *bracket = p2p_index(text, &rank);

	if (!bracket || *bracket != '[' || !parse_gpu(bracket + 1, ret_end))
		return NULL;
	if (ret_end->named == P2P_NAMED_BY_INDEX && rank < MOST_RANKS && log->ranks[rank].named)
		*ret_end = log->ranks[rank];
	bracket = strchr(bracket, ']');
	return bracket ? bracket + 1 : NULL;
}

static bool is_same(const struct p2p_figure *one, const struct p2p_figure *other)
{
	const struct p2p_end *a[] = { &one->client, &one->provider };
	const struct p2p_end *b[] = { &other->client, &other->provider };

	for (size_t i = 0; i < 2; i++)
		if (a[i]->named != b[i]->named || a[i]->index != b[i]->index ||
		    p2p_bdf_compare(a[i]->bdf, b[i]->bdf))
			return false;
	return one->read == other->read && one->says == other->says &&
	       !strcmp(one->label, other->label);
}

static void add_once(struct p2p_reading *reading, const struct log *log, size_t line,
		     const struct p2p_figure *figure)
{
	const struct p2p_measured *measured = reading->measured;

	if (measured->count - log->first >= MOST_ANSWERS) {
		p2p_reading_skip(reading, line, "the log has more pairs than one machine");
		return;
	}
	for (size_t i = log->first; i < measured->count; i++)
		if (is_same(&measured->figures[i], figure))
			return;
	p2p_reading_add(reading, line, figure);
}

/* "NET/IB/0/GDRDMA": adapter 0, with or without RDMA into the GPU. */
static bool take_network(const char *via, bool receives, const struct p2p_end *gpu,
			 struct p2p_figure *figure)
{
	const char *number = p2p_after(via, "NET/IB/");
	unsigned int index;

	if (!number || !p2p_index(number, &index))
		return false;
	figure->client = p2p_end_of_index(P2P_CLASS_NIC, index);
	figure->provider = *gpu;
	figure->read = !receives;
	figure->says = strstr(via, "GDRDMA") ? P2P_YES : P2P_NO;
	figure->label = figure->says == P2P_YES ? "NET/IB/GDRDMA" : "NET/IB";
	return true;
}

/* P2P/CUMEM, P2P/IPC, P2P/direct pointer, with /read where the receiver reads. */
static bool take_local(struct p2p_reading *reading, const char *via, const struct p2p_end *from,
		       const struct p2p_end *to, struct p2p_figure *figure)
{
	struct p2p_field word = { via, strcspn(via, " \t") };
	bool peer = !strncmp(via, "P2P/", 4);

	if ((!peer && strncmp(via, "SHM", 3) != 0) || !strncmp(via, "P2P/indirect", 12))
		return false;
	figure->says = peer ? P2P_YES : P2P_NO;
	figure->read = peer && word.length >= 5 && !memcmp(via + word.length - 5, "/read", 5);
	figure->client = figure->read ? *to : *from;
	figure->provider = figure->read ? *from : *to;
	figure->label = p2p_reading_word(reading, word);
	return true;
}

/* "Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM", "... -> 8[0] [send] via NET/IB/0/GDRDMA" */
static void take_channel(struct p2p_reading *reading, const struct log *log, size_t at,
			 const char *line)
{
	struct p2p_figure figure = { .kind = P2P_FIGURE_ACCESS };
	const char *peer = p2p_after(line, " : "), *via;
	struct p2p_end from, to;
	bool receives;

	peer = peer ? parse_peer(log, peer, &from) : NULL;
	if (!peer || strncmp(peer, " -> ", 4) != 0)
		return;
	peer = parse_peer(log, peer + 4, &to);
	via = peer ? p2p_after(peer, " via ") : NULL;
	if (!via)
		return;
	receives = strstr(peer, "[receive]");
	if (take_network(via, receives, receives ? &to : &from, &figure) ||
	    take_local(reading, via, &from, &to, &figure))
		add_once(reading, log, at, &figure);
}

/* "GPU Direct RDMA Enabled for GPU 81000 / HCA 1 (distance 6 <= 7), read 0" */
static void take_decision(struct p2p_reading *reading, const struct log *log, size_t at,
			  const char *line)
{
	const char *enabled = p2p_after(line, "GPU Direct RDMA Enabled for GPU ");
	const char *gpu = enabled ? enabled : p2p_after(line, "GPU Direct RDMA Disabled for GPU ");
	const char *adapter = gpu ? p2p_after(gpu, " / HCA ") : NULL;
	const char *read = gpu ? p2p_after(gpu, "read ") : NULL;
	struct p2p_figure figure = { .kind = P2P_FIGURE_ACCESS,
				     .says = enabled ? P2P_YES : P2P_NO };
	unsigned int index;

	if (!adapter || !parse_gpu(gpu, &figure.provider) || !p2p_index(adapter, &index))
		return;
	figure.client = p2p_end_of_index(P2P_CLASS_NIC, index);
	figure.read = read && *read == '1';
	figure.label = enabled ? "GDR" : "no-GDR";
	add_once(reading, log, at, &figure);
}

/* "NET/IB : Using [0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE", and "... for HCA 0 'mlx5_0'". */
static void take_adapters(struct p2p_reading *reading, const char *line)
{
	const char *next = p2p_after(line, "NET/IB : Using "), *name;
	const char *one = p2p_after(line, "for HCA ");
	unsigned int index;

	for (; next && (next = strchr(next, '[')); next++) {
		name = p2p_index(next + 1, &index);
		if (name && *name == ']')
			p2p_reading_list_nic(reading, index, p2p_field_until(name + 1, ": \t"));
	}
	name = one ? strchr(one, '\'') : NULL;
	if (name && p2p_index(one, &index))
		p2p_reading_list_nic(reading, index, p2p_field_until(name + 1, "'"));
}

/* "host:pid:thread [0] NCCL INFO ...": is it the first host, or none? */
static bool is_ours(struct log *log, const char *line, const char *mark)
{
	const char *colon = strchr(line, ':');
	size_t length = colon && colon < mark ? (size_t)(colon - line) : 0;

	if (!length)
		return true;
	if (!log->host) {
		log->host = line;
		log->host_length = length;
	}
	return log->host_length == length && !memcmp(log->host, line, length);
}

/* Two rounds, because the ranks may be printed before or after the channels. */
void p2p_read_nccl_log(struct p2p_reading *reading)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log) {
		reading->error = -ENOMEM;
		return;
	}
	log->first = reading->measured->count;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < reading->count; i++) {
			const char *line = reading->lines[i], *mark = strstr(line, "NCCL INFO");

			if (!mark || !is_ours(log, line, mark))
				continue;
			if (!round) {
				take_rank(log, mark);
				take_adapters(reading, mark);
			} else if (strstr(mark, " via ")) {
				take_channel(reading, log, i, mark);
			} else {
				take_decision(reading, log, i, mark);
			}
		}
	}
	free(log);
}
