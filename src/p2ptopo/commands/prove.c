/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prove: move real bytes both ways, compare them, and record the evidence. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "print/document.h"
#include "print/output.h"
#include "machine/save.h"
#include "commands/policy.h"

static struct json_object *json_transfer(const struct p2p_transfer *transfer)
{
	return json_members(
		{ "outcome", json_text(p2p_outcome_name(transfer->outcome)) },
		{ "error", transfer->error ? json_text(strerror(transfer->error)) : NULL },
		{ "damage", json_text(p2p_damage_name(transfer->damage)) },
		{ "transfers", json_count(transfer->transfers) },
		{ "bytes", json_count(transfer->bytes) },
		{ "bad_offset", json_count(transfer->bad_offset) },
		{ "bad_bytes", json_count(transfer->bad_bytes) },
		{ "bytes_per_s", transfer->bytes_per_s ?
		  json_count(transfer->bytes_per_s) : NULL });
}

/* Return: NULL if the link is not known, or there is none. */
static struct json_object *json_link(const struct p2p_function *function)
{
	if (function->pcie.link != P2P_PRESENT)
		return NULL;
	return json_members(
		{ "speed_mtps", json_count(function->pcie.now.speed_mtps) },
		{ "width", json_count(function->pcie.now.width) });
}

static bool is_proven(const struct p2p_proof *proof)
{
	return proof->into.outcome == P2P_OUTCOME_EQUAL && proof->out.outcome == P2P_OUTCOME_EQUAL;
}

static struct json_object *make_evidence(const struct app *app, const struct p2p_verdict *verdict,
					 const struct p2p_proof *proof)
{
	return document_members(app, "proof",
		{ "started", json_time(proof->started) },
		{ "provider", p2p_device_facts(verdict->provider) },
		{ "provider_link", json_link(verdict->provider) },
		{ "client", p2p_device_facts(verdict->client) },
		{ "client_link", json_link(verdict->client) },
		{ "map_type", json_text(p2p_map_type_name(verdict->kernel.map_type)) },
		{ "proven", json_flag(is_proven(proof)) },
		{ "largest_bytes", json_count(proof->largest_bytes) },
		{ "client_writes_provider", json_transfer(&proof->into) },
		{ "client_reads_provider", json_transfer(&proof->out) });
}

static void print_direction(const struct app *app, const char *what,
			    const struct p2p_transfer *transfer)
{
	enum paint paint = transfer->outcome == P2P_OUTCOME_EQUAL ? PAINT_GOOD : PAINT_BAD;

	fprintf(app->out, "%s: %s%s%s", what, paint_on(app, paint),
		p2p_outcome_name(transfer->outcome), paint_off(app));
	if (transfer->outcome == P2P_OUTCOME_REFUSED)
		fprintf(app->out, " (%s)", strerror(transfer->error));
	if (transfer->outcome == P2P_OUTCOME_WRONG)
		fprintf(app->out, " (%s: first at byte %llu of a transfer of %llu)",
			p2p_damage_name(transfer->damage),
			(unsigned long long)transfer->bad_offset,
			(unsigned long long)transfer->bad_bytes);
	fprintf(app->out, ", %u transfers, %llu bytes compared", transfer->transfers,
		(unsigned long long)transfer->bytes);
	if (transfer->bytes_per_s)
		fprintf(app->out, ", %.2f GB/s", (double)transfer->bytes_per_s / 1e9);
	fputc('\n', app->out);
}

static void print_text(const struct app *app, const struct p2p_verdict *verdict,
		       const struct p2p_proof *proof)
{
	bool proven = is_proven(proof), permitted;

	permitted = proof->into.outcome != P2P_OUTCOME_REFUSED &&
		    proof->out.outcome != P2P_OUTCOME_REFUSED;
	fprintf(app->out, "provider %s, client %s: %s%s%s\n", verdict->provider->display,
		verdict->client->display, paint_on(app, proven ? PAINT_GOOD : PAINT_BAD),
		proven ? "proven" : permitted ? "permitted and NOT proven: do not use it" :
		"refused", paint_off(app));
	print_direction(app, "client writes into the provider", &proof->into);
	print_direction(app, "client reads from the provider", &proof->out);
}

static void show_progress(void *userdata, unsigned int percent)
{
	fprintf(userdata, "\r%3u %%%s", percent, percent == 100 ? "\r     \r" : "");
	fflush(userdata);
}

static enum status prove(struct app *app, struct p2p_verdict *verdict, struct p2p_proof *proof)
{
	struct p2p_prove_options options = {
		.scratch = app->options.scratch,
		.overwrite = app->options.overwrite,
		.progress = isatty(STDERR_FILENO) ? show_progress : NULL,
		.userdata = stderr,
	};
	int error = p2p_prove(app->context, app->topology, verdict->provider, verdict->client,
			      &options, proof);

	if (!error)
		return STATUS_DONE;
	if (error == -EEXIST)
		return fail_with(app->failure, STATUS_ACCESS, "%s; --overwrite-signatures would "
				 "overwrite it", p2p_context_error(app->context));
	return fail_library(app->failure, app->context, error);
}

enum status command_prove(struct app *app)
{
	const struct p2p_function *provider, *client;
	struct json_object *document;
	struct p2p_verdict verdict;
	struct p2p_proof proof;
	enum status status = app_find(app, app->argv[0], &provider);

	if (!status)
		status = app_find(app, app->argv[1], &client);
	if (!status && !app->options.scratch)
		status = fail_with(app->failure, STATUS_USAGE, "prove needs --scratch DEVICE, a "
				   "block device of %s, whose first MiB is overwritten",
				   client->display);
	if (status)
		return status;
	p2p_eval_pair(app->eval, provider, client, &verdict);
	status = prove(app, &verdict, &proof);
	if (status)
		return status;
	document = make_evidence(app, &verdict, &proof);
	if (app->options.evidence)
		status = save_document(app, app->options.evidence, document);
	if (app->options.format == FORMAT_JSON) {
		document_print(app, document);
	} else {
		print_text(app, &verdict, &proof);
		json_object_put(document);
	}
	return status ? status : is_proven(&proof) ? STATUS_DONE : STATUS_NO;
}
