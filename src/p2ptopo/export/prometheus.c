/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metrics for the textfile collector of node_exporter.  What its own pcidevice collector exports (links,
 * power states, IDs) is not repeated; these metrics say what that means for pairs. Labels consist of
 * p2ptopo's own words and addresses, so nothing in them needs escaping.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "export/export.h"
#include "export/prometheus.h"

/* With more pairs than this, drivers are not evaluated for each pair. */
#define MOST_PAIRS 1000000

/**
 * struct tally - counts over the pairs.
 * @delivered: by class of the provider and of the client
 * @redirects, @slow: by function index: the pairs that the function redirects, and the pairs slowed down by
 *	its link
 */
struct tally {
	uint64_t delivered[P2P_CLASSES][P2P_CLASSES][P2P_DELIVERIES];
	uint64_t *redirects, *slow;
};

void metrics_head(const struct app *app, const char *name, const char *type, const char *help)
{
	fprintf(app->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_info(const struct app *app)
{
	const struct p2p_rules *rules = p2p_eval_rules(app->eval);

	metrics_head(app, "p2ptopo_info", "gauge", "Version of p2ptopo and the rule set it used.");
	fprintf(app->out, "p2ptopo_info{version=\"%s\",rules=\"%s\"} 1\n", P2PTOPO_VERSION,
		p2p_rules_name(rules));
}

/* The shape as in p2ptopo fleet, which reveals odd nodes without a document for each node. */
static enum status print_shape(const struct app *app)
{
	struct p2p_shape shape;

	if (p2p_shape_of(app->eval, &shape))
		return fail_memory(app->failure);
	metrics_head(app, "p2ptopo_shape_info", "gauge", "Digest of all that p2ptopo fleet compares between nodes.");
	fprintf(app->out, "p2ptopo_shape_info{shape=\"%016" PRIx64 "%016" PRIx64 "\"} 1\n", shape.high, shape.low);
	return STATUS_DONE;
}

static enum status print_verdicts(const struct app *app, const struct p2p_function *const *functions,
				  size_t count)
{
	struct p2p_summary summary;

	if (p2p_eval_summary(app->eval, functions, count, &summary))
		return fail_memory(app->failure);
	metrics_head(app, "p2ptopo_pairs", "gauge", "Ordered pairs of devices by relation and by what the kernel "
	     "decides.");
	for (unsigned int relation = 0; relation < P2P_RELATIONS; relation++) {
		const char *name = p2p_relation_name((enum p2p_relation)relation);

		for (unsigned int type = 0; type < P2P_MAP_TYPES; type++) {
			if (summary.pairs[relation][type])
				fprintf(app->out, "p2ptopo_pairs{relation=\"%s\",map_type=\"%s\"} %" PRIu64 "\n",
					name ? name : "unknown",
					p2p_map_type_name((enum p2p_map_type)type),
					summary.pairs[relation][type]);
		}
	}
	return STATUS_DONE;
}

static void count_pair(const struct app *app, struct tally *tally, const struct p2p_function *provider,
		       const struct p2p_function *client)
{
	const struct p2p_function *found[64];
	struct p2p_verdict verdict;
	struct p2p_ways ways;
	size_t count;

	p2p_eval_pair(app->eval, provider, client, &verdict);
	p2p_ways_find(&verdict, &ways);
	tally->delivered[provider->kind][client->kind][ways.delivery]++;
	count = p2p_eval_redirects(app->eval, &verdict, found, 64);
	for (size_t i = 0; i < count && i < 64; i++)
		tally->redirects[found[i]->index]++;
	count = p2p_eval_degraded(app->eval, &verdict, found, 64);
	for (size_t i = 0; i < count && i < 64; i++)
		tally->slow[found[i]->index]++;
}

static void print_delivered(const struct app *app, const struct tally *tally)
{
	metrics_head(app, "p2ptopo_pairs_delivered", "gauge",
	     "Ordered pairs of devices by what the drivers in use are expected to do.");
	for (unsigned int i = 0; i < P2P_CLASSES; i++) {
		for (unsigned int j = 0; j < P2P_CLASSES; j++) {
			for (unsigned int k = 0; k < P2P_DELIVERIES; k++) {
				if (!tally->delivered[i][j][k])
					continue;
				fprintf(app->out, "p2ptopo_pairs_delivered{provider=\"%s\",client=\"%s\","
					"delivered=\"%s\"} %" PRIu64 "\n", p2p_class_name((enum p2p_class)i),
					p2p_class_name((enum p2p_class)j),
					p2p_delivery_name((enum p2p_delivery)k), tally->delivered[i][j][k]);
			}
		}
	}
}

static void print_counts(const struct app *app, const char *name, const char *help, const uint64_t *counts)
{
	size_t functions = p2p_topology_count(app->topology);
	char bdf[P2P_BDF_SIZE];

	metrics_head(app, name, "gauge", help);
	for (size_t i = 0; i < functions; i++) {
		if (counts[i])
			fprintf(app->out, "%s{device=\"%s\"} %" PRIu64 "\n", name,
				p2p_bdf_format(p2p_topology_function(app->topology, i)->bdf, bdf), counts[i]);
	}
}

static enum status print_ways(const struct app *app, const struct p2p_function *const *functions,
			      size_t count)
{
	size_t all = p2p_topology_count(app->topology) + 1;
	struct tally *tally = calloc(1, sizeof(*tally));
	uint64_t *counts = calloc(2 * all, sizeof(*counts));

	if (!tally || !counts) {
		free(tally);
		free(counts);
		return fail_memory(app->failure);
	}
	tally->redirects = counts;
	tally->slow = counts + all;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			if (i != j)
				count_pair(app, tally, functions[i], functions[j]);
		}
	}
	print_delivered(app, tally);
	print_counts(app, "p2ptopo_acs_redirected_pairs", "Ordered pairs of devices whose requests or "
		     "completions this function's ACS redirects.", tally->redirects);
	print_counts(app, "p2ptopo_degraded_link_pairs", "Ordered pairs of devices that cross the link of this "
		     "function, which runs below what both its ends can do.", tally->slow);
	free(counts);
	free(tally);
	return STATUS_DONE;
}

static uint64_t refused(const struct p2p_gate_counts *counts)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < P2P_GATE_REASONS; i++)
		sum += p2p_gate_reason_refuses(i) ? counts->by_reason[i] : 0;
	return sum;
}

static void print_gauge(const struct app *app, const char *name, const char *help, uint64_t value)
{
	metrics_head(app, name, "gauge", help);
	fprintf(app->out, "%s %" PRIu64 "\n", name, value);
}

static void print_gate_info(const struct app *app, const struct p2p_gate_info *info)
{
	metrics_head(app, "p2ptopo_gate_mode", "gauge", "1 for the mode that the gate is in.");
	for (unsigned int mode = 0; mode < P2P_GATE_MODES; mode++)
		fprintf(app->out, "p2ptopo_gate_mode{mode=\"%s\"} %d\n",
			p2p_gate_mode_name((enum p2p_gate_mode)mode), info->mode == mode);
	print_gauge(app, "p2ptopo_gate_enforced", "1 when the mode is enforce and every hook is in place.",
		    info->enforced);
	print_gauge(app, "p2ptopo_gate_generation", "Advances with each push and each function that comes or "
		    "goes.", info->generation);
	print_gauge(app, "p2ptopo_gate_list_pairs", "Pairs on the allow-list.", info->pairs);
	metrics_head(app, "p2ptopo_gate_refused_total", "counter", "Calls that the gate refused, or would have in observe "
	     "mode.");
	fprintf(app->out, "p2ptopo_gate_refused_total{mode=\"enforce\"} %" PRIu64 "\n"
		"p2ptopo_gate_refused_total{mode=\"observe\"} %" PRIu64 "\n",
		refused(&info->enforced_distance) + refused(&info->enforced_map),
		refused(&info->observed_distance) + refused(&info->observed_map));
}

/* Only for the running machine. A gate that cannot be asked is not reported as "not loaded". */
static void print_gate(const struct app *app)
{
	struct p2p_gate_info info;
	struct p2p_gate *gate = NULL;
	int error;

	if (p2p_topology_machine(app->topology)->source != P2P_SOURCE_LIVE)
		return;
	error = p2p_gate_open(app->context, &gate);
	if (error && error != -ENOENT)
		return;
	print_gauge(app, "p2ptopo_gate_loaded", "1 when the kernel module p2pgate is loaded.", !error);
	if (!error && !p2p_gate_info(app->context, gate, &info))
		print_gate_info(app, &info);
	p2p_gate_close(gate);
}

static enum status print_all(struct app *app, const struct p2p_function *const *functions, size_t count)
{
	enum status status;

	print_info(app);
	status = print_shape(app);
	if (!status)
		status = print_verdicts(app, functions, count);
	if (!status && (uint64_t)count * count <= MOST_PAIRS)
		status = print_ways(app, functions, count);
	else if (!status)
		app_note(app, "%zu devices are too many to ask their drivers pair by pair: no metrics of what is "
			 "delivered; -s, -d and --class choose devices", count);
	return status;
}

enum status export_prometheus(struct app *app)
{
	const struct p2p_function **functions = calloc(app->selected_count + 1, sizeof(void *));
	struct bandwidths *bandwidths = NULL;
	enum status status = functions ? bandwidths_read(app, &bandwidths) : fail_memory(app->failure);
	size_t count = 0;

	for (size_t i = 0; functions && i < app->selected_count; i++) {
		if (app->picked[i])
			functions[count++] = app->selected[i];
	}
	if (!status)
		status = print_all(app, functions, count);
	if (!status) {
		bandwidths_print(app, bandwidths);
		print_gate(app);
	}
	bandwidths_free(bandwidths);
	free(functions);
	return status;
}
