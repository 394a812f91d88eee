/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A feature file of Node Feature Discovery, for /etc/kubernetes/node-feature-discovery/features.d.  Names
 * and values are at most 63 characters of letters, digits, '-', '_' and '.'.
 */
#include <string.h>
#include <time.h>

#include "export/complex.h"
#include "export/export.h"
#include "print/pair/pair_facts.h"

/* Labels expire after so many seconds unless renewed; a timer renews them well before that. */
#define EXPIRES 7200

/* The answer for several pairs is that of the worst one; unknown ranks below all others. */
static enum p2p_delivery worst_of(const struct app *app, enum p2p_class client_class, size_t *ret_pairs)
{
	enum p2p_delivery worst = P2P_DELIVERY_LINK;
	struct p2p_verdict verdict;

	*ret_pairs = 0;
	for (size_t i = 0; i < app->selected_count; i++) {
		for (size_t j = 0; j < app->selected_count; j++) {
			const struct p2p_function *provider = app->selected[i], *client = app->selected[j];

			if (i == j || !app->picked[i] || !app->picked[j] || provider->kind != P2P_CLASS_GPU ||
			    client->kind != client_class)
				continue;
			p2p_eval_pair(app->eval, provider, client, &verdict);
			if (pair_delivery(&verdict) < worst)
				worst = pair_delivery(&verdict);
			++*ret_pairs;
		}
	}
	return worst;
}

static void print_worst(const struct app *app, enum p2p_class client)
{
	size_t pairs;
	enum p2p_delivery worst = worst_of(app, client, &pairs);

	if (pairs)
		fprintf(app->out, "p2ptopo.dev/gpu-%s.worst=%s\n", p2p_class_name(client),
			p2p_delivery_name(worst));
}

static bool has(const struct complex *complex, enum p2p_class kind)
{
	for (size_t i = 0; i < complex->count; i++) {
		if (complex->members[i]->kind == kind)
			return true;
	}
	return false;
}

/* GPUs and NICs whose complex is not known. */
static size_t count_unplaced(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];

		count += app->picked[i] && !complex_is_known(function) &&
			 (function->kind == P2P_CLASS_GPU || function->kind == P2P_CLASS_NIC);
	}
	return count;
}

static enum status print_complexes(const struct app *app)
{
	size_t both = 0, unplaced = count_unplaced(app);
	struct complexes complexes;
	enum status status;

	/* A number without them would be a guess, and there is no label for "at least". */
	if (unplaced) {
		app_note(app, "complexes.gpu-nic is left out of the file: which bridges are above %zu of the GPUs and "
			 "NICs is not known", unplaced);
		return STATUS_DONE;
	}
	status = complexes_new(app, &complexes);
	if (status)
		return status;
	for (size_t i = 0; i < complexes.count; i++)
		both += has(&complexes.list[i], P2P_CLASS_GPU) && has(&complexes.list[i], P2P_CLASS_NIC);
	fprintf(app->out, "p2ptopo.dev/complexes.gpu-nic=%zu\n", both);
	complexes_free(&complexes);
	return STATUS_DONE;
}

/* A capture does not expire: its output must stay the same, byte for byte. */
static void print_expiry(const struct app *app)
{
	time_t when = time(NULL) + EXPIRES;
	struct tm parts;
	char text[32];

	if (p2p_topology_machine(app->topology)->source == P2P_SOURCE_LIVE && gmtime_r(&when, &parts) &&
	    strftime(text, sizeof(text), "%FT%TZ", &parts))
		fprintf(app->out, "# +expiry-time=%s\n", text);
}

enum status export_nfd(struct app *app)
{
	const char *rules = p2p_rules_name(p2p_eval_rules(app->eval));

	print_expiry(app);
	fprintf(app->out, "p2ptopo.dev/rules=%s\n", rules);
	print_worst(app, P2P_CLASS_GPU);
	print_worst(app, P2P_CLASS_NIC);
	print_worst(app, P2P_CLASS_NVME);
	return print_complexes(app);
}
