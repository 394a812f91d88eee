/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One sentence about what limits a pair, and why. */
#include "verdict/score/score.h"
#include "verdict/text.h"

struct writer {
	struct p2p_text text;
	const struct p2p_eval *eval;
	const struct p2p_verdict *verdict;
	const struct p2p_speed *speed;
};

static void add_bdf(struct writer *w, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	p2p_text_string(&w->text, function ? p2p_bdf_format(function->bdf, bdf) : "it");
}

/* %A: the function where the limit is. */
static void add_at(struct writer *w)
{
	add_bdf(w, w->speed->at);
}

/* %L: "16 GT/s x4" of that link, as used in the calculation. */
static void add_link(struct writer *w)
{
	const struct p2p_function *at = w->speed->at;
	const struct p2p_pcie *pcie = &at->pcie;

	if (pcie->link != P2P_PRESENT || !pcie->now.width)
		pcie = at->parent ? &at->parent->pcie : pcie;
	if (at == w->speed->idle)
		p2p_text_add(&w->text, "%g GT/s x%u under load", pcie->most.speed_mtps / 1000.0,
			     pcie->most.width);
	else
		p2p_text_add(&w->text, "%g GT/s x%u", pcie->now.speed_mtps / 1000.0,
			     pcie->now.width);
}

/* %P: bytes of payload. */
static void add_payload(struct writer *w)
{
	p2p_text_add(&w->text, "%u", w->speed->payload_bytes);
}

/* %C: the CPU of the root complex. */
static void add_cpu(struct writer *w)
{
	p2p_text_string(&w->text, w->eval->cpu->name);
}

/* %R: how many requests of how many bytes. */
static void add_requests(struct writer *w)
{
	const struct p2p_pcie *pcie = &w->speed->at->pcie;

	if (pcie->fact != P2P_PRESENT)
		p2p_text_string(&w->text, "an unknown number of outstanding reads, for which the smallest is assumed");
	else
		p2p_text_add(&w->text, "at most %s outstanding reads of %u bytes",
			     pcie->tags_10bit ? "768" : pcie->extended_tags ? "256" : "32",
			     pcie->mrrs_bytes);
}

/* %T: the time a read takes. */
static void add_latency(struct writer *w)
{
	p2p_text_add(&w->text, "%.0f", w->speed->latency_ns);
}

static const struct { char letter; void (*add)(struct writer *w); } fields[] = {
	{ 'A', add_at }, { 'L', add_link }, { 'P', add_payload }, { 'C', add_cpu },
	{ 'R', add_requests }, { 'T', add_latency },
};

static const char *const sentences[P2P_LIMITS] = {
	[P2P_LIMIT_UNKNOWN] = "what the path carries is unknown",
	[P2P_LIMIT_LINK] = "the link of %A is the slowest: %L, %P bytes of payload",
	[P2P_LIMIT_REDIRECT] = "a redirected transfer uses the link of %A in both directions, so two "
			       "opposite transfers get half each: %L, %P bytes of payload",
	[P2P_LIMIT_REQUESTS] = "%A has %R, and each takes %T ns",
	[P2P_LIMIT_ROOT_COMPLEX] = "the root complex (%C) limits traffic from port to port",
	[P2P_LIMIT_SPLIT] = "the root complex (%C) splits peer traffic into payloads of %P bytes, and "
			    "with these the link of %A is the slowest: %L",
	[P2P_LIMIT_ORDERING] = "%A may not use relaxed ordering (Device Control, RlxdOrd-), and the "
			       "root complex (%C) is slow without it",
	[P2P_LIMIT_SOCKET] = "it crosses from one NUMA node to another (%C)",
	[P2P_LIMIT_CHIPSET] = "%A belongs to the chipset, all devices of which share one link to "
			      "the CPU",
	[P2P_LIMIT_BUS] = "%A leads to a conventional PCI bus, which all devices on it share",
	[P2P_LIMIT_WRITES_ONLY] = "the root complex (%C) passes only posted writes between its "
				  "ports: reads fail",
	[P2P_LIMIT_BLOCKED] = "a port on the path rejects the requests; of the path itself, ",
	[P2P_LIMIT_REFUSED] = "the kernel refuses the pair; of the path itself, ",
	[P2P_LIMIT_UNDECIDED] = "whether the pair gets through is unknown; of the path itself, ",
	[P2P_LIMIT_OWN_LINK] = "the data go over the devices' own link; of the path over PCIe, ",
	[P2P_LIMIT_DEVICE] = "by published figures, %A itself is the limit, not its link",
	[P2P_LIMIT_PORT] = "the network ports of %A carry no more",
};

static void expand(struct writer *w, const char *sentence)
{
	for (const char *s = sentence; *(s = p2p_text_until(&w->text, s)); s += 2)
		for (size_t i = 0; i < P2P_LENGTH(fields); i++)
			if (fields[i].letter == s[1])
				fields[i].add(w);
}

/* Add "; ..." unless the function is NULL. */
static void clause(struct writer *w, const char *before, const struct p2p_function *function,
		   const char *after)
{
	if (!function)
		return;
	p2p_text_string(&w->text, before);
	add_bdf(w, function);
	p2p_text_string(&w->text, after);
}

/* Is there a figure to which this applies? */
static bool has_figure(const struct p2p_speed *speed)
{
	return speed->gbytes_per_second > 0 && speed->limit == speed->way;
}

/* Without a figure, no value was assumed. */
static const char *worst_of(const struct p2p_speed *speed)
{
	return has_figure(speed) ? ", and is assumed at its worst" : "";
}

static void add_unknown(struct writer *w)
{
	const struct p2p_speed *speed = w->speed;

	if (speed->fact == P2P_PRESENT)
		return;
	if (w->verdict->kernel.map_type == P2P_MAP_UNKNOWN)
		p2p_text_string(&w->text, "; whether the kernel permits it is unknown");
	else if (!speed->missing)
		p2p_text_add(&w->text, "; a fact of the machine is missing%s", worst_of(speed));
	if (!speed->missing)
		return;
	clause(w, "; a fact of ", speed->missing, " is missing");
	p2p_text_string(&w->text, worst_of(speed));
}

static void add_slower(struct writer *w)
{
	const struct p2p_speed *speed = w->speed;

	if (!speed->at_most || !has_figure(speed))
		return;
	if (!speed->slower)
		p2p_text_add(&w->text, "; an upper bound, since no figure for the root complex (%s) is published",
			     w->eval->cpu->name);
	clause(w, "; ", speed->slower, " itself may be slower, so this is an upper bound");
}

/* The worst is counted where it is not known what the switches do. */
static bool redirection_is_known(const struct p2p_verdict *verdict)
{
	return verdict->fabric.request.kind != P2P_ROUTE_UNKNOWN && verdict->fabric.completion.kind != P2P_ROUTE_UNKNOWN;
}

int p2p_score_reason(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		     const struct p2p_speed *speed, char *buffer, size_t size)
{
	struct writer w = { { buffer, size, 0 }, eval, verdict, speed };

	if (size)
		*buffer = '\0';
	if (speed->limit != speed->way)
		expand(&w, sentences[speed->limit]);
	expand(&w, sentences[speed->way]);
	if (speed->redirected && speed->way != P2P_LIMIT_REDIRECT)
		p2p_text_string(&w.text, redirection_is_known(verdict) ?
				"; the transfer is redirected through the root complex" :
				"; the transfer may be redirected through the root complex, and is counted so");
	if (speed->translated)
		p2p_text_add(&w.text, verdict->client->iommu_type ? "; the IOMMU translates" :
			     "; an IOMMU may translate");
	clause(&w, "; the link of ", speed->idle, " idles and counts at its maximum: check under load");
	clause(&w, "; the link of ", speed->degraded, " is below the maximum of its two ends");
	add_unknown(&w);
	add_slower(&w);
	return (int)w.text.used;
}
