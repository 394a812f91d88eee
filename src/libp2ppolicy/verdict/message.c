/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel would log for a pair in verbose mode, worded as in drivers/pci/p2pdma.c, because users
 * search their logs for it.
 */
#include <string.h>

#include "verdict/eval.h"
#include "verdict/text.h"

/* Up to 5.13 the names are collected in a page, since then in 128 bytes on the stack. */
#define LIST_BYTES_LONG 4096u
#define LIST_BYTES_SHORT 128u

struct log {
	struct p2p_text text;
	const struct p2p_eval *eval;
	const struct p2p_verdict *verdict;
};

static void new_line(struct log *log)
{
	if (log->text.used)
		p2p_text_string(&log->text, "\n");
}

/* List names that fit completely; what the kernel prints of the next one is not predicted. */
static void add_list(struct log *log)
{
	size_t size = log->eval->clauses & P2P_CLAUSE_SHORT_LIST ? LIST_BYTES_SHORT :
								    LIST_BYTES_LONG;
	const struct p2p_function *list[LIST_BYTES_LONG / sizeof("0000:00:00.0")];
	size_t count = p2p_eval_redirects(log->eval, log->verdict, list, P2P_LENGTH(list));
	size_t used = 0;

	for (size_t i = 0; i < count && i < P2P_LENGTH(list); i++) {
		char bdf[P2P_BDF_SIZE];
		size_t length = strlen(p2p_bdf_format(list[i]->bdf, bdf)) + 1;

		if (used + length >= size)
			return;
		p2p_text_add(&log->text, "%s%s", used ? ";" : "", bdf);
		used += length;
	}
}

static void add_acs(struct log *log)
{
	const char *what = log->eval->clauses & P2P_CLAUSE_ACS_REFUSED ?
		"cannot be used for peer-to-peer DMA as ACS redirect is set" :
		"ACS redirect is set";
	char bdf[P2P_BDF_SIZE];

	new_line(log);
	p2p_text_add(&log->text, "%s between the client and provider (%s)\n", what,
		     p2p_bdf_format(log->verdict->provider->bdf, bdf));
	p2p_text_add(&log->text, "to disable ACS %s for this path, add the kernel parameter: "
		     "pci=disable_acs_redir=",
		     log->eval->clauses & P2P_CLAUSE_TLP ? "controls" : "redirect");
	add_list(log);
}

/* The kernel names a root device that is in no row; not one that is listed only for pairs of one host bridge. */
static void add_unlisted(struct log *log, const struct p2p_root *root)
{
	if (root->fact != P2P_PRESENT || root->row)
		return;
	new_line(log);
	p2p_text_add(&log->text, "Host bridge not in P2PDMA whitelist: %04x:%04x",
		     root->device->vendor, root->device->device);
}

static void add_unlisted_roots(struct log *log)
{
	const struct p2p_kernel *kernel = &log->verdict->kernel;
	const struct p2p_host_bridge *first = log->verdict->provider->host;
	unsigned int clauses = log->eval->clauses;
	bool second;

	if (!(clauses & P2P_CLAUSE_WARN_VERBOSE) &&
	    !(clauses & P2P_CLAUSE_WARN_ACS && kernel->common))
		return;
	/* The second is looked up only if the first passed. */
	second = first != log->verdict->client->host &&
		 log->eval->roots[first->index].listed == P2P_YES;
	add_unlisted(log, second ? &kernel->client_root : &kernel->provider_root);
}

static void add_refused(struct log *log)
{
	char bdf[P2P_BDF_SIZE];

	new_line(log);
	p2p_text_add(&log->text, "cannot be used for peer-to-peer DMA as the client and provider "
		     "(%s) do not share an upstream bridge%s",
		     p2p_bdf_format(log->verdict->provider->bdf, bdf),
		     log->eval->release < P2P_KERNEL(5, 4) ? "" : " or whitelisted host bridge");
}

int p2p_eval_message(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		      char *buffer, size_t size)
{
	struct log log = { { buffer, size, 0 }, eval, verdict };
	bool through_host;

	if (size)
		*buffer = '\0';
	if (eval->p2pdma != P2P_YES || verdict->kernel.map_type == P2P_MAP_UNKNOWN ||
	    verdict->kernel.map_type == P2P_MAP_BUS_ADDR)
		return 0;
	if (verdict->kernel.redirects && verdict->kernel.common)
		add_acs(&log);
	through_host = !(verdict->kernel.common && eval->clauses & P2P_CLAUSE_ACS_REFUSED);
	if (verdict->kernel.map_type == P2P_MAP_NOT_SUPPORTED && through_host) {
		add_unlisted_roots(&log);
		add_refused(&log);
	}
	return (int)log.text.used;
}
