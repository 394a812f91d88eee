/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares labels of other tools with the prediction, and says why both may be right. */
#include <stdio.h>
#include <string.h>

#include "policy/measured/compare.h"
#include "verdict/text.h"

static void set_predicted(struct p2p_comparison *comparison, const char *word)
{
	snprintf(comparison->predicted, sizeof(comparison->predicted), "%s", word ? word : "?");
}

/* A label such as PIX says where the common bridge is, but not what ACS does below it. */
static void say_agreed(const struct p2p_comparing *c, struct p2p_text *text)
{
	const struct p2p_function *first = NULL, *unread = p2p_compare_unread(c);
	const char *relation = p2p_relation_name(c->verdict.relation);
	char bdf[P2P_BDF_SIZE];

	if (p2p_eval_redirects(c->eval, &c->verdict, &first, 1) && first)
		p2p_text_add(text, "%s is where the paths meet; ACS of %s sends requests on to the root "
			     "complex all the same: setpci -s %s ECAP_ACS+6.w", relation,
			     p2p_bdf_format(first->bdf, bdf), bdf);
	else if (unread)
		p2p_text_add(text, "%s is where the paths meet; whether ACS of %s redirects there could "
			     "not be read", relation, p2p_bdf_format(unread->bdf, bdf));
	else
		p2p_text_add(text, "both say where the paths meet");
}

static bool is_below_bridge(enum p2p_relation relation)
{
	return relation == P2P_RELATION_PIX || relation == P2P_RELATION_PXB;
}

static bool is_in_node(enum p2p_relation relation)
{
	return relation == P2P_RELATION_PHB || relation == P2P_RELATION_NODE;
}

/* The labels differ.  enum p2p_relation is in the order of distance. */
static void say_otherwise(const struct p2p_comparing *c, struct p2p_text *text)
{
	enum p2p_relation label = c->figure->relation, ours = c->verdict.relation;
	const struct p2p_function *provider = c->verdict.provider, *client = c->verdict.client;

	if (is_below_bridge(label) && is_below_bridge(ours)) {
		p2p_text_add(text, "both mean a common bridge; PIX is at most one switch here, and the "
			     "kernel counts %u hops", c->verdict.kernel.hops);
	} else if (c->figure->tool->vendor == 0x8086 && label <= P2P_RELATION_PHB &&
		   ours <= P2P_RELATION_PHB) {
		p2p_text_add(text, "xpu-smi's letters count the bridges that both have above them");
	} else if (is_in_node(label) && is_in_node(ours)) {
		p2p_text_add(text, "both mean one NUMA node; the host bridges are %s and %s",
			     provider->host->name, client->host->name);
	} else if (label > P2P_RELATION_PHB && ours > P2P_RELATION_PHB) {
		p2p_text_add(text, "both mean several host bridges; what differs is the NUMA node that "
			     "firmware gives them");
	} else {
		p2p_text_add(text, "one sees a common bridge or host bridge and the other does not: the "
			     "text is of another machine or boot, or of a guest, which sees what its "
			     "emulator shows");
	}
}

static void compare_relation(const struct p2p_comparing *c, struct p2p_comparison *comparison)
{
	struct p2p_text text = { comparison->why, sizeof(comparison->why), 0 };

	set_predicted(comparison, p2p_relation_name(c->verdict.relation));
	if (!c->figure->relation) {
		bool link = c->ways.delivery == P2P_DELIVERY_LINK;

		if (link)
			set_predicted(comparison, p2p_delivery_name(c->ways.delivery));
		comparison->finding = link ? P2P_COMPARED_EXPECTED : P2P_COMPARED_UNKNOWN;
		p2p_text_add(&text, "%s is a link of the devices' own, which PCI does not show; what is "
			     "predicted is the way over PCIe", c->figure->label);
	} else if (!c->verdict.relation) {
		comparison->finding = P2P_COMPARED_UNKNOWN;
		p2p_text_add(&text, "where their paths meet is not known of this machine");
	} else if (c->figure->relation == c->verdict.relation) {
		comparison->finding = P2P_COMPARED_EXPECTED;
		say_agreed(c, &text);
	} else {
		comparison->finding = P2P_COMPARED_DIFFERS;
		comparison->surprising = is_below_bridge(c->figure->relation) !=
					 is_below_bridge(c->verdict.relation);
		say_otherwise(c, &text);
	}
}

/* Do the drivers in use reach the peer, as far as is known? */
static enum p2p_tri reaches(enum p2p_delivery delivery)
{
	switch (delivery) {
	case P2P_DELIVERY_LINK:
	case P2P_DELIVERY_DIRECT:
	case P2P_DELIVERY_ROOT:
		return P2P_YES;
	case P2P_DELIVERY_BROKEN:
	case P2P_DELIVERY_REFUSED:
	case P2P_DELIVERY_STAGED:
		return P2P_NO;
	case P2P_DELIVERY_UNKNOWN:
	case P2P_DELIVERIES:
		break;
	}
	return P2P_UNKNOWN;
}

/* What a refusal means, by its label. */
static const struct { const char *label, *means; } refusals[] = {
	{ "CNS", "the driver does not trust the chipset" },
	{ "GNS", "the driver grants it to no GPU of this kind" },
	{ "TNS", "the driver does not trust where the GPUs are" },
	{ "NS", "the driver does not support it" },
	{ "DR", "a key in the registry of the driver turns it off" },
	{ "SHM", "NCCL was told, or chose by distance, not to: look at NCCL_P2P_LEVEL, "
		 "NCCL_P2P_DISABLE and NCCL_DEBUG_SUBSYS=GRAPH" },
	{ "NET/IB", "look at NCCL_NET_GDR_LEVEL, nvidia-peermem and dma-buf" },
	{ "no-GDR", "NCCL asks for a shorter distance: look at NCCL_NET_GDR_LEVEL" },
	{ "no-GDS", "look at the IOMMU and at the driver of the GPU" },
};

static const char *meaning(const char *label)
{
	for (size_t i = 0; i < P2P_LENGTH(refusals); i++)
		if (!strncmp(label, refusals[i].label, strlen(refusals[i].label)))
			return refusals[i].means;
	return "the driver, or the one who measured, left it off";
}

/*
 * Compares what p2pdma logged with what it is predicted to decide.  It logs when a driver asks, with the
 * registers and the kernel of that moment.
 */
static void compare_kernel(const struct p2p_comparing *c, struct p2p_comparison *comparison)
{
	struct p2p_text text = { comparison->why, sizeof(comparison->why), 0 };
	const struct p2p_function *first = NULL;
	enum p2p_map_type map_type = c->verdict.kernel.map_type;
	bool acs = !strcmp(c->figure->label, "ACS"), same;
	char bdf[P2P_BDF_SIZE];

	set_predicted(comparison, p2p_map_type_name(map_type));
	if (map_type == P2P_MAP_UNKNOWN) {
		comparison->finding = P2P_COMPARED_UNKNOWN;
		p2p_text_add(&text, "what is known of this machine does not decide it");
		return;
	}
	same = acs ? p2p_eval_redirects(c->eval, &c->verdict, &first, 1) > 0 :
		     map_type == P2P_MAP_NOT_SUPPORTED;
	comparison->finding = same ? P2P_COMPARED_EXPECTED : P2P_COMPARED_DIFFERS;
	comparison->surprising = !same;
	if (same && first)
		p2p_text_add(&text, "%s redirects", p2p_bdf_format(first->bdf, bdf));
	else
		p2p_text_add(&text, same ? "the rules of p2pdma refuse it" :
			     "the line is of another boot, kernel or setting of ACS than this machine");
}

static bool is_of_kernel(const struct p2p_figure *figure)
{
	return !strcmp(figure->label, "refused") || !strcmp(figure->label, "ACS");
}

static void compare_access(const struct p2p_comparing *c, struct p2p_comparison *comparison)
{
	enum p2p_tri says = c->figure->says, ours = reaches(c->ways.delivery);
	struct p2p_text text = { comparison->why, sizeof(comparison->why), 0 };
	char sentence[P2P_WAY_TEXT];

	p2p_ways_sentence(&c->ways, sentence);
	set_predicted(comparison, c->ways.delivery ? p2p_delivery_name(c->ways.delivery) : NULL);
	comparison->finding = says == P2P_UNKNOWN || ours == P2P_UNKNOWN ? P2P_COMPARED_UNKNOWN :
			      says == ours ? P2P_COMPARED_EXPECTED : P2P_COMPARED_DIFFERS;
	comparison->surprising = comparison->finding == P2P_COMPARED_DIFFERS;
	if (!comparison->surprising)
		p2p_text_add(&text, "%s", sentence);
	else if (says == P2P_YES)
		p2p_text_add(&text, "what is granted need not arrive, and nobody compared the data; "
			     "predicted: %s", sentence);
	else
		p2p_text_add(&text, "%s: %s; predicted: %s", c->figure->label,
			     meaning(c->figure->label), sentence);
}

void p2p_compare_label(const struct p2p_comparing *comparing,
		       struct p2p_comparison *ret_comparison)
{
	if (comparing->figure->kind == P2P_FIGURE_RELATION)
		compare_relation(comparing, ret_comparison);
	else if (is_of_kernel(comparing->figure))
		compare_kernel(comparing, ret_comparison);
	else
		compare_access(comparing, ret_comparison);
}
