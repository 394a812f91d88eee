/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo near DEVICE: its peers, the best first. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "commands/near/near.h"
#include "print/pair/pair_order.h"
#include "print/say.h"
#include "print/table/plain.h"
#include "print/speed.h"
#include "print/words.h"

static const struct near_peer *peer_of(const void *row)
{
	return row;
}

static void tell_numa(FILE *cell, const struct p2p_function *function)
{
	char text[WORDS_SIZE];

	fputs(words_node(function->numa, text), cell);
}

static void tell_cpus(FILE *cell, const struct p2p_function *function)
{
	fputs(function->cpus ? function->cpus : "?", cell);
}

static void tell_model(FILE *cell, const struct p2p_function *function)
{
	if (function->device_name)
		fputs(function->device_name, cell);
}

static void print_direct(FILE *cell, const void *row)
{
	if (peer_of(row)->register_count)
		near_say_registers(cell, peer_of(row));
}

/* Devices whose memory others read and write. The memory of other devices is a mailbox, or rarely a buffer. */
static bool has_memory(const struct p2p_function *function)
{
	return function->kind == P2P_CLASS_GPU || function->kind == P2P_CLASS_ACCEL;
}

/* Which direction of a pair matters? Both do if both ends have such memory, or neither. */
static enum { ASK_GIVES, ASK_TAKES, ASK_BOTH } asked_of(const struct near_peer *peer)
{
	bool device = has_memory(peer->gives.verdict.provider);

	if (device == has_memory(peer->function))
		return ASK_BOTH;
	return device ? ASK_GIVES : ASK_TAKES;
}

/* The direction that matters; if both do, the worse one. */
static const struct pair *told_pair(const struct near_peer *peer)
{
	switch (asked_of(peer)) {
	case ASK_GIVES:
		return &peer->gives;
	case ASK_TAKES:
		return &peer->takes;
	default:
		return peer->gives_order.keys[PAIR_KEY_DELIVERY] <
		       peer->takes_order.keys[PAIR_KEY_DELIVERY] ? &peer->takes : &peer->gives;
	}
}

static void print_delivered(FILE *cell, const void *row)
{
	char text[PAIR_SAY];

	fputs(pair_say(told_pair(peer_of(row)), PAIR_DELIVERED, text), cell);
}

static void print_why(FILE *cell, const void *row)
{
	char text[PAIR_SAY];

	fputs(pair_say(told_pair(peer_of(row)), PAIR_WAY_WHY, text), cell);
}

/* "11.2/34.6": reads, then writes. */
static void print_both(FILE *cell, const struct pair *pair)
{
	char read[WORDS_SIZE], write[WORDS_SIZE];

	fprintf(cell, "%s/%s", speed_bandwidth(&pair->score.read, read),
		speed_bandwidth(&pair->score.write, write));
}

static void print_gives(FILE *cell, const void *row)
{
	print_both(cell, &peer_of(row)->gives);
}

static void print_takes(FILE *cell, const void *row)
{
	print_both(cell, &peer_of(row)->takes);
}

#define PEER(called, about, print_cell) { .name = (called), .help = (about), .print = (print_cell) }
#define FUNCTION(called, about, of_function) \
	{ .name = (called), .help = (about), .tell = (of_function), \
	  .function = offsetof(struct near_peer, function) }
#define PAIR(called, about, numbers, side, of_pair) \
	{ .name = (called), .help = (about), .right = (numbers), .fact = PAIR_##of_pair, \
	  .pair = offsetof(struct near_peer, side) }

const struct column near_columns[] = {
	FUNCTION("PEER", "address of the peer", tell_bdf),
	FUNCTION("NAME", "its name, or its address where it has none", tell_name),
	FUNCTION("CLASS", "gpu, nic, nvme, ...", tell_class),
	{ .name = "NUMA", .help = "its NUMA node; - the kernel says none, ? unknown", .right = true,
	  .tell = tell_numa, .function = offsetof(struct near_peer, function) },
	FUNCTION("CPUS", "the CPUs local to it", tell_cpus),
	PAIR("REL", "relation: X PIX PXB PHB NODE SYS, ? unknown", false, gives, RELATION),
	PEER("DELIVERED", "what the drivers in use would do for DMA to the memory of a GPU or an "
	     "accelerator; for other pairs, the worse of the two directions", print_delivered),
	PAIR("GIVES-DELIVERED", "the same when DEVICE is the provider, the peer the client", false,
	     gives, DELIVERED),
	PAIR("TAKES-DELIVERED", "the same when DEVICE is the client, the peer the provider", false,
	     takes, DELIVERED),
	PEER("WHY", "DELIVERED in one sentence", print_why),
	PAIR("GIVES", "what the kernel decides when DEVICE is the provider, the peer the client",
	     false, gives, MAP_TYPE),
	PAIR("TAKES", "the same when DEVICE is the client, the peer the provider", false, takes,
	     MAP_TYPE),
	PAIR("HOPS", "the kernel's count of hops", true, gives, HOPS),
	PAIR("READ", "GB/s the peer can read from DEVICE; >= at least, <= at most, ~ either, "
	     "- refused or blocked, ? unknown", true, gives, READ),
	PAIR("WRITE", "GB/s the peer can write to DEVICE", true, gives, WRITE),
	PAIR("SCORE", "the lower score of these two, 0 to 100; ? unknown", true, gives, SCORE),
	PEER("GIVES-GB/S", "GB/s the peer can read from DEVICE, and write to it", print_gives),
	PEER("TAKES-GB/S", "GB/s DEVICE can read from the peer, and write to it", print_takes),
	PAIR("TAKES-READ", "GB/s DEVICE can read from the peer", true, takes, READ),
	PAIR("TAKES-WRITE", "GB/s DEVICE can write to the peer", true, takes, WRITE),
	PEER("DIRECT-IF", "the bits to clear to make both directions direct; empty: none helps", print_direct),
	FUNCTION("MODEL", "its name in pci.ids", tell_model),
	PAIR("REASON", "reason of the kernel's decision with DEVICE as the provider", false, gives,
	     REASON),
	{ 0 }
};

/*
 * The order by the direction that matters: the one into the memory of a GPU or an accelerator. If both ends
 * have such memory, or neither, both directions matter.
 */
static struct pair_order order_of(const struct near_peer *peer)
{
	switch (asked_of(peer)) {
	case ASK_GIVES:
		return peer->gives_order;
	case ASK_TAKES:
		return peer->takes_order;
	default:
		return pair_order_worse(&peer->gives_order, &peer->takes_order);
	}
}

/* If the direction that matters is equal, the other one decides. */
static int compare_peers(const void *left, const void *right)
{
	const struct near_peer *a = left, *b = right;
	struct pair_order of_a = order_of(a), of_b = order_of(b);
	int order = pair_order_compare(&of_a, &of_b);

	if (!order)
		order = pair_order_compare(&a->gives_order, &b->gives_order);
	if (!order)
		order = pair_order_compare(&a->takes_order, &b->takes_order);
	return order ? order : p2p_bdf_compare(a->function->bdf, b->function->bdf);
}

static size_t find_peers(const struct app *app, const struct p2p_function *device,
			 struct near_peer *peers)
{
	size_t count = 0;

	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];
		struct near_peer *peer = &peers[count];

		if (function == device || !app->picked[i])
			continue;
		peer->function = function;
		pair_eval(app->eval, device, function, &peer->gives);
		pair_eval(app->eval, function, device, &peer->takes);
		peer->gives_order = pair_order_of(&peer->gives);
		peer->takes_order = pair_order_of(&peer->takes);
		count++;
	}
	if (count)
		qsort(peers, count, sizeof(peers[0]), compare_peers);
	return count;
}

/* "card0 (0000:13:00.0 gpu)", or "0000:08:00.0 (accel)" for a device without another name. */
static void print_title(const struct app *app, const struct p2p_function *device, size_t count)
{
	bool named = *words_name(device);
	char bdf[P2P_BDF_SIZE];

	say(app, 0, "%s%s (%s%s%s)%s", count ? "Peers of " : "", device->display,
	    named ? p2p_bdf_format(device->bdf, bdf) : "", named ? " " : "",
	    p2p_class_name(device->kind),
	    count ? ", by class, the best first:" : " has no matching peer.");
}

static void print_legend(const struct app *app, const struct p2p_function *device)
{
	fputc('\n', app->out);
	say(app, 0, "DELIVERED: what the drivers in use would do for DMA to the memory of a GPU or an "
	    "accelerator; for other pairs, the worse of the two directions. GIVES: what the kernel decides "
	    "for DMA of the peer to the memory of %s. GB/S: reads/writes, for that DMA and, in TAKES, "
	    "for DMA of %s to the memory of the peer.", device->display, device->display);
}

/* Adds the peers class by class, keeping their order within each. */
static int add_peers(struct table *table, const struct near_peer *peers, size_t count)
{
	int error = 0;

	for (unsigned int place = 0; place <= P2P_CLASSES; place++)
		for (size_t i = 0; i < count && !error; i++)
			if (words_place(peers[i].function->kind) == place)
				error = table_add(table, &peers[i]);
	return error;
}

static enum status print_text(struct app *app, const struct p2p_function *device,
			      const struct near_peer *peers, size_t count)
{
	struct table *table = NULL;
	enum status status;
	int error = 0;

	status = table_new(app, near_columns,
			   "CLASS,NAME,PEER,REL,DELIVERED,GIVES,GIVES-GB/S,TAKES-GB/S,SCORE",
			   "SCORE,PEER,GIVES", &table);
	if (status)
		return status;
	print_rules_note(app, "");
	if (!plain_wanted(app))
		print_title(app, device, count);
	if (count && !plain_wanted(app))
		fputc('\n', app->out);
	error = add_peers(table, peers, count);
	if (!error && (count || plain_wanted(app)))
		error = table_end(table);
	table_free(table);
	if (error == -ENOMEM)
		return fail_memory(app->failure);
	if (!count || plain_wanted(app))
		return STATUS_DONE;
	near_print_better(app, device, peers, count);
	print_legend(app, device);
	return STATUS_DONE;
}

static enum status print_json(const struct app *app, const struct p2p_function *device,
			      const struct near_peer *peers, size_t count)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < count; i++) {
		p2p_json_append(array, json_members(
			{ "device", p2p_device_facts(peers[i].function) },
			{ "gives", json_pair(app, &peers[i].gives.verdict) },
			{ "takes", json_pair(app, &peers[i].takes.verdict) },
			{ "direct_if_cleared", near_json_registers(&peers[i]) }));
	}
	return document_print(app, document_members(app, "near",
		{ "device", p2p_device_facts(device) },
		{ "peers", array }));
}

static enum status print_peers(struct app *app, const struct p2p_function *device,
			       struct near_peer *peers, size_t count)
{
	struct p2p_advice *advice = NULL;
	enum status status;
	int r = near_advise(app, device, peers, count, &advice);

	if (r)
		status = fail_library(app->failure, app->context, r);
	else if (app->options.format == FORMAT_TEXT)
		status = print_text(app, device, peers, count);
	else
		status = print_json(app, device, peers, count);
	for (size_t i = 0; i < count; i++)
		free(peers[i].registers);
	p2p_advice_free(advice);
	return status;
}

enum status command_near(struct app *app)
{
	const struct p2p_function *device = NULL;
	enum status status = app_find_end(app, app->argv[0], &device);
	struct near_peer *peers;

	if (status)
		return status;
	peers = calloc(app->selected_count + 1, sizeof(*peers));
	if (!peers)
		return fail_memory(app->failure);
	status = print_peers(app, device, peers, find_peers(app, device, peers));
	free(peers);
	return status;
}
