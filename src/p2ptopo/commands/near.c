/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo near DEVICE: its peers, the best first. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "commands/near.h"
#include "print/pair_facts.h"
#include "print/speed.h"

/**
 * struct near_peer - one row.
 * @gives: the device is the provider and the peer the client; @takes: the other way round
 */
struct near_peer {
	const struct p2p_function *function;
	struct pair gives, takes;
};

static const struct near_peer *peer_of(const void *row)
{
	return row;
}

static void print_peer(FILE *cell, const struct app *app, const void *row)
{
	char text[P2P_BDF_SIZE];

	(void)app;
	fputs(p2p_bdf_format(peer_of(row)->function->bdf, text), cell);
}

static void print_name(FILE *cell, const struct app *app, const void *row)
{
	const struct p2p_function *function = peer_of(row)->function;

	(void)app;
	if (function->os_names && function->os_names[0])
		fputs(function->os_names[0], cell);
}

static void print_class(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	fputs(p2p_class_name(peer_of(row)->function->kind), cell);
}

static void print_numa(FILE *cell, const struct app *app, const void *row)
{
	char text[WORDS_SIZE];

	(void)app;
	fputs(words_node(peer_of(row)->function->numa, text), cell);
}

static void print_cpus(FILE *cell, const struct app *app, const void *row)
{
	const char *cpus = peer_of(row)->function->cpus;

	(void)app;
	fputs(cpus ? cpus : "?", cell);
}

static void print_model(FILE *cell, const struct app *app, const void *row)
{
	const struct p2p_function *function = peer_of(row)->function;

	(void)app;
	if (function->device_name)
		fputs(function->device_name, cell);
}

#define PEER(name, help, right, print) { name, help, right, 0, print, NULL, PAIR_NONE, 0, 0 }
#define PAIR(name, help, right, side, fact) \
	{ name, help, right, 0, NULL, NULL, PAIR_##fact, offsetof(struct near_peer, side), 0 }

const struct column near_columns[] = {
	PEER("PEER", "address of the peer", false, print_peer),
	PEER("NAME", "its name", false, print_name),
	PEER("CLASS", "gpu, nic, nvme, ...", false, print_class),
	PEER("NUMA", "its NUMA node; - the kernel says none, ? unknown", true, print_numa),
	PEER("CPUS", "the CPUs local to it", false, print_cpus),
	PAIR("REL", "relation: X PIX PXB PHB NODE SYS, ? unknown", false, gives, RELATION),
	PAIR("GIVES", "what the kernel decides when DEVICE is the provider, the peer the client",
	     false, gives, MAP_TYPE),
	PAIR("TAKES", "the same when DEVICE is the client, the peer the provider", false, takes,
	     MAP_TYPE),
	PAIR("HOPS", "the kernel's count of hops", true, gives, HOPS),
	PAIR("READ", "GB/s the peer can read from DEVICE; >= at least, - refused or blocked, "
	     "? unknown", true, gives, READ),
	PAIR("WRITE", "GB/s the peer can write to DEVICE", true, gives, WRITE),
	PAIR("SCORE", "the lower score of these two, 0 to 100; ? unknown", true, gives, SCORE),
	PAIR("TAKES-READ", "GB/s DEVICE can read from the peer", true, takes, READ),
	PAIR("TAKES-WRITE", "GB/s DEVICE can write to the peer", true, takes, WRITE),
	PEER("MODEL", "its name in pci.ids", false, print_model),
	PAIR("REASON", "reason of the kernel's decision with DEVICE as the provider", false, gives,
	     REASON),
	{ 0 }
};

/* What is known to work comes before what may, and that before what does not. */
static int rank_of(enum p2p_map_type type)
{
	static const int ranks[P2P_MAP_TYPES] = {
		[P2P_MAP_BUS_ADDR] = 0,
		[P2P_MAP_THRU_HOST_BRIDGE] = 0,
		[P2P_MAP_UNKNOWN] = 1,
		[P2P_MAP_NOT_SUPPORTED] = 2,
	};

	return ranks[type];
}

/* A relation that is not known may be the worst. */
static int far_of(enum p2p_relation relation)
{
	return relation == P2P_RELATION_UNKNOWN ? P2P_RELATIONS : (int)relation;
}

enum { KEYS = 7 };

/* The keys of a peer, the lowest first: permitted, fast, straight, close. */
static void make_keys(const struct near_peer *peer, int keys[KEYS])
{
	int gives = rank_of(peer->gives.verdict.kernel.map_type);
	int takes = rank_of(peer->takes.verdict.kernel.map_type);

	keys[0] = gives > takes ? gives : takes;
	keys[1] = gives > takes ? takes : gives;
	keys[2] = -speed_lower(&peer->gives.score)->score;
	keys[3] = -speed_lower(&peer->takes.score)->score;
	keys[4] = -(int)peer->gives.verdict.kernel.map_type;
	keys[5] = far_of(peer->gives.verdict.relation);
	keys[6] = (int)peer->gives.verdict.kernel.hops;
}

static int compare_peers(const void *left, const void *right)
{
	const struct near_peer *a = left, *b = right;
	int of_a[KEYS], of_b[KEYS];

	make_keys(a, of_a);
	make_keys(b, of_b);
	for (size_t k = 0; k < KEYS; k++)
		if (of_a[k] != of_b[k])
			return of_a[k] < of_b[k] ? -1 : 1;
	return p2p_bdf_compare(a->function->bdf, b->function->bdf);
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
		count++;
	}
	if (count)
		qsort(peers, count, sizeof(peers[0]), compare_peers);
	return count;
}

/* "card0 (0000:13:00.0 gpu)", or "0000:08:00.0 (accel)" of what has no other name. */
static void print_title(const struct app *app, const struct p2p_function *device, size_t count)
{
	const char *name = device->display;
	char bdf[P2P_BDF_SIZE], text[512];
	bool named;

	p2p_bdf_format(device->bdf, bdf);
	named = strcmp(name, bdf) != 0;
	snprintf(text, sizeof(text), "%s%s (%s%s%s)%s", count ? "Peers of " : "", name,
		 named ? bdf : "", named ? " " : "", p2p_class_name(device->kind),
		 count ? ", the best first:" : " has no matching peer.");
	print_wrapped(app->out, app->options.width, 0, text);
}

static void print_legend(const struct app *app, const struct p2p_function *device)
{
	char text[512];

	snprintf(text, sizeof(text), "GIVES: the peer does DMA to the memory of %s. TAKES: %s does "
		 "DMA to the memory of the peer. READ, WRITE: GB/s of the peer, as in GIVES.", device->display, device->display);
	fputc('\n', app->out);
	print_wrapped(app->out, app->options.width, 0, text);
}

static enum status print_text(struct app *app, const struct p2p_function *device,
			      const struct near_peer *peers, size_t count)
{
	struct table *table = NULL;
	enum status status;
	int error = 0;

	status = table_new(app, near_columns, "PEER,NAME,CLASS,REL,GIVES,TAKES,READ,WRITE,SCORE", &table);
	if (status)
		return status;
	print_rules_note(app, "");
	print_title(app, device, count);
	if (count)
		fputc('\n', app->out);
	for (size_t i = 0; i < count && !error; i++)
		error = table_add(table, &peers[i]);
	if (!error && count)
		error = table_end(table);
	table_free(table);
	if (error == -ENOMEM)
		return fail_memory(app->failure);
	if (count)
		print_legend(app, device);
	return STATUS_DONE;
}

static enum status print_json(const struct app *app, const struct p2p_function *device,
			      const struct near_peer *peers, size_t count)
{
	struct json_object *document = document_new(app, "near");
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		struct json_object *peer = json_object_new_object();

		json_put(peer, "device", p2p_device_facts(peers[i].function));
		json_put(peer, "gives", json_pair(app, &peers[i].gives.verdict));
		json_put(peer, "takes", json_pair(app, &peers[i].takes.verdict));
		json_object_array_add(array, peer);
	}
	json_put(document, "device", p2p_device_facts(device));
	json_put(document, "peers", array);
	return document_print(app, document);
}

enum status command_near(struct app *app, int argc, char **argv)
{
	const struct p2p_function *device = NULL;
	enum status status = app_find_end(app, argv[0], &device);
	struct near_peer *peers;
	size_t count;

	(void)argc;
	if (status)
		return status;
	peers = calloc(app->selected_count + 1, sizeof(*peers));
	if (!peers)
		return fail_memory(app->failure);
	count = find_peers(app, device, peers);
	if (app->options.format == FORMAT_TEXT)
		status = print_text(app, device, peers, count);
	else
		status = print_json(app, device, peers, count);
	free(peers);
	return status;
}
