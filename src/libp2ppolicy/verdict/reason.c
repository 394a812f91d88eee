/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the kernel decides this way: one sentence for each reason, with functions and registers. */
#include "verdict/eval.h"
#include "verdict/text.h"

/* This many functions are named; the others are counted. */
#define NAMED 3u

struct writer {
	struct p2p_text text;
	const struct p2p_eval *eval;
	const struct p2p_verdict *verdict;
};

static void add_bdf(struct writer *w, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	p2p_text_string(&w->text, p2p_bdf_format(function->bdf, bdf));
}

static void add_more(struct writer *w, size_t count)
{
	if (count > NAMED)
		p2p_text_add(&w->text, " and %zu more", count - NAMED);
}

static const char *joint(size_t i, size_t count)
{
	if (!i)
		return "";
	return i + 1 == count ? " and " : ", ";
}

/* %R: "ReqRedir and CmpltRedir on 0000:16:00.0 (ACS Control 0x001d)", for each function. */
static void add_redirects(struct writer *w)
{
	const struct p2p_function *list[NAMED];
	size_t count = p2p_eval_redirects(w->eval, w->verdict, list, NAMED);
	uint16_t mask = P2P_ACS_REDIRECT;

	for (size_t i = 0; i < count && i < NAMED; i++) {
		char bits[P2P_ACS_SIZE];

		p2p_text_add(&w->text, "%s%s on ", joint(i, count),
			     p2p_acs_names(list[i]->acs.kernel_control & mask, bits));
		add_bdf(w, list[i]);
		p2p_text_add(&w->text, " (ACS Control 0x%04x)", list[i]->acs.kernel_control);
	}
	add_more(w, count);
}

/* %U: the functions whose ACS is not known. */
static void add_unread(struct writer *w)
{
	const struct p2p_function *list[NAMED];
	size_t count = p2p_eval_unread(w->eval, w->verdict, list, NAMED);

	for (size_t i = 0; i < count && i < NAMED; i++) {
		p2p_text_string(&w->text, joint(i, count));
		add_bdf(w, list[i]);
	}
	add_more(w, count);
}

static void add_root(struct writer *w, const struct p2p_root *root,
		     const struct p2p_function *function)
{
	if (root->fact == P2P_ABSENT)
		p2p_text_add(&w->text, "nothing on %s", function->host->name);
	else if (!root->device)
		p2p_text_add(&w->text, "the first device on %s", function->host->name);
	else
		add_bdf(w, root->device);
	if (root->device && root->device->ids == P2P_PRESENT)
		p2p_text_add(&w->text, " (%04x:%04x)", root->device->vendor, root->device->device);
}

/* %H: the root device, or both. */
static void add_roots(struct writer *w)
{
	const struct p2p_verdict *verdict = w->verdict;

	add_root(w, &verdict->kernel.provider_root, verdict->provider);
	if (verdict->provider->host == verdict->client->host)
		return;
	p2p_text_string(&w->text, " and ");
	add_root(w, &verdict->kernel.client_root, verdict->client);
}

static bool is_unlisted(const struct p2p_root *root)
{
	return root->fact == P2P_PRESENT && !root->row;
}

/* %N: the root devices that are not on the list; both if neither, or both, are known to be missing. */
static void add_unlisted(struct writer *w)
{
	const struct p2p_verdict *verdict = w->verdict;
	bool provider = is_unlisted(&verdict->kernel.provider_root);
	bool client = is_unlisted(&verdict->kernel.client_root);

	if (provider == client)
		add_roots(w);
	else if (provider)
		add_root(w, &verdict->kernel.provider_root, verdict->provider);
	else
		add_root(w, &verdict->kernel.client_root, verdict->client);
}

/* %P: what sends the pair through the root complex. */
static void add_path(struct writer *w)
{
	if (!w->verdict->kernel.common) {
		p2p_text_string(&w->text, "no common bridge");
		return;
	}
	add_redirects(w);
}

static void add_common(struct writer *w)
{
	if (w->verdict->kernel.common)
		add_bdf(w, w->verdict->kernel.common);
}

static void add_rules(struct writer *w)
{
	p2p_text_string(&w->text, w->eval->rules->name);
}

static const struct { char letter; void (*add)(struct writer *w); } fields[] = {
	{ 'R', add_redirects }, { 'U', add_unread }, { 'H', add_roots }, { 'P', add_path },
	{ 'C', add_common }, { 'K', add_rules }, { 'N', add_unlisted },
};

/* One row for each enum p2p_reason; %X stands for the fields above. */
static const char *const sentences[P2P_REASONS] = {
	[P2P_REASON_NONE] = "not evaluated",
	[P2P_REASON_SWITCH] = "both lie below %C, and nothing in between redirects",
	[P2P_REASON_SELF] = "provider and client are the same function, which redirects nothing",
	[P2P_REASON_HOST_LISTED] =
		"%P: through the root complex; the host bridge list of rule set %K has %H",
	[P2P_REASON_CPU_ZEN] =
		"%P: through the root complex of an AMD Zen CPU, which the kernel permits",
	[P2P_REASON_ACS_REFUSED] = "%R: peer traffic is sent up to the root complex, and %L",
	[P2P_REASON_HOST_NOT_LISTED] =
		"no common bridge, and the host bridge list of rule set %K lacks %N",
	[P2P_REASON_HOST_SAME_ONLY] =
		"no common bridge, and the list allows %H only for pairs of one host bridge",
	[P2P_REASON_NO_ROOT_DEVICE] =
		"no common bridge, and the kernel finds no root device to look up: %H",
	[P2P_REASON_NO_COMMON] =
		"no common bridge, and rule set %K never permits that",
	[P2P_REASON_IOMMU_PRESENT] =
		"no common bridge, and rule set %K permits no pair through host bridges while an IOMMU is in use",
	[P2P_REASON_NOT_COMPILED] =
		"the kernel is built without CONFIG_PCI_P2PDMA and permits no pair",
	[P2P_REASON_ACS_UNKNOWN] =
		"unknown: direct or redirected depends on ACS of %U, which could not be read",
	[P2P_REASON_ROOT_UNKNOWN] =
		"unknown: %P, and whether the host bridge list has %H is unknown",
	[P2P_REASON_CPU_UNKNOWN] =
		"unknown: %P, and the CPU's vendor and family could not be read",
	[P2P_REASON_IOMMU_UNKNOWN] =
		"unknown: %P, and whether an IOMMU is in use could not be read",
	[P2P_REASON_P2PDMA_UNKNOWN] =
		"unknown: whether the kernel is built with CONFIG_PCI_P2PDMA",
	[P2P_REASON_PATH_UNKNOWN] =
		"unknown: which bridges are above one of the two, and whether they share one",
	[P2P_REASON_TLP_BLOCKED] = "a port on the path blocks this class of requests",
};

/* %L: why a redirected pair is not permitted through the root complex. */
static void add_refusal(struct writer *w)
{
	const struct p2p_kernel *kernel = &w->verdict->kernel;

	if (w->eval->clauses & P2P_CLAUSE_ACS_REFUSED) {
		p2p_text_add(&w->text, "rule set %s never permits that", w->eval->rules->name);
		return;
	}
	if (kernel->provider_root.fact == P2P_ABSENT) {
		p2p_text_string(&w->text, "the kernel finds no root device to look up: ");
		add_roots(w);
		return;
	}
	p2p_text_add(&w->text, "the host bridge list of rule set %s lacks ",
		     w->eval->rules->name);
	add_unlisted(w);
}

static void add_field(struct writer *w, char letter)
{
	if (letter == 'L')
		add_refusal(w);
	for (size_t i = 0; i < P2P_LENGTH(fields); i++)
		if (fields[i].letter == letter)
			fields[i].add(w);
}

int p2p_eval_reason(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		     char *buffer, size_t size)
{
	struct writer w = { { buffer, size, 0 }, eval, verdict };

	if (size)
		*buffer = '\0';
	for (const char *s = sentences[verdict->kernel.reason];
	     *(s = p2p_text_until(&w.text, s)); s += 2)
		add_field(&w, s[1]);
	return (int)w.text.used;
}
