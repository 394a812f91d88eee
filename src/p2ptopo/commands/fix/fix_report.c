/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fix --report: what maintainers want to know before they add a host bridge to the kernel's list. */
#include <string.h>

#include <json-c/json.h>

#include "commands/fix/fix.h"
#include "print/output.h"
#include "print/words.h"

static const char *or_unknown(const char *text)
{
	return text ? text : "not recorded";
}

static void print_machine(const struct app *app)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);
	const char *vendor = or_unknown(machine->cpu_vendor);

	fprintf(app->out, "CPU:     %s, %s", or_unknown(machine->cpu_name), vendor);
	if (machine->cpu_family.fact == P2P_PRESENT)
		fprintf(app->out, " family %lld", (long long)machine->cpu_family.value);
	if (machine->cpu_model.fact == P2P_PRESENT)
		fprintf(app->out, " model %lld", (long long)machine->cpu_model.value);
	fprintf(app->out, "\nKernel:  %s, CONFIG_PCI_P2PDMA %s, evaluated by the rules of %s\n",
		or_unknown(machine->release), words_tri(machine->p2pdma),
		p2p_rules_name(p2p_eval_rules(app->eval)));
	fprintf(app->out, "IOMMU:   %s\nCommand line: %s\n",
		machine->iommu == P2P_YES ? "in use" : machine->iommu == P2P_NO ? "not in use" :
		"not known", or_unknown(machine->cmdline));
}

static void print_function(const struct app *app, const struct p2p_function *function,
			   const char *role)
{
	char bdf[P2P_BDF_SIZE], link[WORDS_SIZE], bits[P2P_ACS_SIZE];

	fprintf(app->out, "  %-9s %s [%04x:%04x] %s, %s\n", role,
		p2p_bdf_format(function->bdf, bdf), function->vendor, function->device,
		words_port(function), words_link(function->pcie.now, link));
	if (function->device_name)
		fprintf(app->out, "            %s %s\n",
			function->vendor_name ? function->vendor_name : "",
			function->device_name);
	if (function->acs.fact == P2P_PRESENT)
		fprintf(app->out, "            ACSCtl: %s\n",
			p2p_acs_format(function->acs.control, bits));
	else if (function->acs.fact == P2P_DENIED)
		fputs("            ACSCtl: not readable\n", app->out);
}

static void print_chain(const struct app *app, const struct p2p_function *function,
			const char *role)
{
	print_function(app, function, role);
	for (function = function->parent; function; function = function->parent)
		print_function(app, function, "above");
}

static void print_root(const struct app *app, const struct p2p_host_bridge *host,
		       const struct p2p_root *root)
{
	char bdf[P2P_BDF_SIZE];

	fprintf(app->out, "  %s: ", host->name);
	if (root->fact == P2P_PRESENT)
		fprintf(app->out, "the kernel compares %s [%04x:%04x]%s%s: %s\n",
			p2p_bdf_format(root->device->bdf, bdf), root->device->vendor,
			root->device->device, root->device->device_name ? " " : "",
			root->device->device_name ? root->device->device_name : "",
			root->row ? root->row : "not on its list");
	else
		fprintf(app->out, "%s\n", root->fact == P2P_ABSENT ?
			"the kernel finds no device to compare" : "could not be read");
}

static void print_pair(const struct app *app, const struct p2p_advised *advised)
{
	const struct p2p_verdict *verdict = &advised->before;
	char message[1024];

	fprintf(app->out, "\nProvider %s, client %s: %s, %u hops\n",
		advised->pair.provider->display, advised->pair.client->display,
		p2p_map_type_name(verdict->kernel.map_type), verdict->kernel.hops);
	print_root(app, verdict->provider->host, &verdict->kernel.provider_root);
	if (verdict->client->host != verdict->provider->host)
		print_root(app, verdict->client->host, &verdict->kernel.client_root);
	print_chain(app, verdict->provider, "provider");
	print_chain(app, verdict->client, "client");
	p2p_eval_message(app->eval, verdict, message, sizeof(message));
	if (*message)
		fprintf(app->out, "What the kernel logs when asked:\n%s\n", message);
}

static void print_rows(const struct app *app, const struct fix *fix)
{
	const struct p2p_remedy *remedy;
	const char *said = "";

	for (size_t i = 0; (remedy = p2p_advice_remedy(fix->advice, i)); i++) {
		if (remedy->kind != P2P_REMEDY_WHITELIST || !remedy->line ||
		    !strcmp(said, remedy->line))
			continue;
		if (!*said)
			fputs("\nRow for pci_p2pdma_whitelist[] in drivers/pci/p2pdma.c:\n",
			      app->out);
		said = remedy->line;
		fprintf(app->out, "\t%s\n", said);
	}
	if (!*said)
		fputs("\nNo row is missing: the list of host bridges does not decide here.\n",
		      app->out);
}

static const char *text_at(struct json_object *object, const char *outer, const char *inner)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, outer, &value) ||
	    !json_object_object_get_ex(value, inner, &value) || !value)
		return "?";
	return json_object_get_string(value);
}

static void print_transfer(const struct app *app, struct json_object *proof, const char *key,
			   const char *what)
{
	fprintf(app->out, "  %s: %s, %s transfers, %s bytes compared, %s bytes/s\n", what,
		text_at(proof, key, "outcome"), text_at(proof, key, "transfers"),
		text_at(proof, key, "bytes"), text_at(proof, key, "bytes_per_s"));
}

/* @proof: NULL none was given */
static void print_proof(const struct app *app, struct json_object *proof)
{
	struct json_object *started = NULL;

	if (!proof) {
		fputs("\nProof: none was given (p2ptopo prove --evidence FILE, then --proof FILE). "
		      "Nobody should list a\nhost bridge without proof that bytes arrive.\n", app->out);
		return;
	}
	json_object_object_get_ex(proof, "started", &started);
	fprintf(app->out, "\nProof of %s from %s to %s:\n",
		started ? json_object_get_string(started) : "?", text_at(proof, "client", "bdf"),
		text_at(proof, "provider", "bdf"));
	print_transfer(app, proof, "client_writes_provider", "client writes");
	print_transfer(app, proof, "client_reads_provider", "client reads");
}

/* Both directions of a pair take the same path: one that stands for both is enough, whichever was asked for. */
static bool is_told(const struct fix *fix, size_t index)
{
	const struct p2p_advised *advised = p2p_advice_pair(fix->advice, index), *other;

	for (size_t i = 0; i < index && (other = p2p_advice_pair(fix->advice, i)); i++)
		if (other->pair.provider == advised->pair.client && other->pair.client == advised->pair.provider)
			return true;
	return false;
}

enum status fix_report(struct app *app, const struct fix *fix)
{
	const struct p2p_advised *advised;
	struct json_object *proof = NULL;
	int error;

	if (p2p_topology_machine(app->topology)->virtual_machine == P2P_YES)
		return fail_with(app->failure, STATUS_INPUT, "this is a virtual machine: its host "
				 "bridge is emulated, and no row of the kernel's list can be asked for "
				 "it; run fix --report on the host");
	/* Nothing is printed that lacks the proof it was to have. */
	error = app->options.proof ? p2p_proof_load(app->context, app->options.proof, &proof) : 0;
	if (error)
		return fail_library(app->failure, app->context, error);
	fputs("PCI/P2PDMA: report on a host bridge\n\n", app->out);
	print_machine(app);
	for (size_t i = 0; (advised = p2p_advice_pair(fix->advice, i)); i++)
		if (!is_told(fix, i))
			print_pair(app, advised);
	print_rows(app, fix);
	print_proof(app, proof);
	json_object_put(proof);
	return STATUS_DONE;
}
