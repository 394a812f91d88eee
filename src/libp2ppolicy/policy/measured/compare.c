/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares speeds and latencies with the prediction.  The rules are tried from the top.  Their bounds are
 * wide on purpose: the model is accurate to a tenth if its facts are known (p2ptopo-score(7)), tools lose
 * some more to their own overhead, and even so a half can be told from the whole.
 */
#include <errno.h>

#include "base/context.h"
#include "policy/measured/compare.h"
#include "policy/measured/reading.h"
#include "verdict/text.h"

#define CLOSE_LEAST	0.85
#define CLOSE_MOST	1.2
#define HALF_LEAST	0.4
#define HALF_MOST	0.62

/* A longer latency may be that of a small copy through system memory, which takes ten times as long as between peers. */
#define STAGED_NS	5000.0

static bool is_within(double value, double of, double least, double most)
{
	return value >= least * of && value <= most * of;
}

static bool was_off(const struct p2p_comparing *c)
{
	return c->figure->peer == P2P_NO;
}

static bool is_staged(const struct p2p_comparing *c)
{
	return c->ways.delivery == P2P_DELIVERY_STAGED;
}

/* Peer access is on but makes no difference, although it should be faster. */
static bool gains_nothing(const struct p2p_comparing *c)
{
	return c->off > 0 && is_within(c->figure->value, c->off, CLOSE_LEAST, CLOSE_MOST) &&
	       c->figure->value < CLOSE_LEAST * c->speed.gbytes_per_second;
}

/* Is no transfer that arrives predicted at all? */
static bool is_contradicted(const struct p2p_comparing *c)
{
	return c->ways.delivery == P2P_DELIVERY_REFUSED || c->ways.delivery == P2P_DELIVERY_BROKEN;
}

static bool is_not_predicted(const struct p2p_comparing *c)
{
	return !(c->speed.gbytes_per_second > 0);
}

static bool is_close(const struct p2p_comparing *c)
{
	double value = c->figure->value, speed = c->speed.gbytes_per_second;

	/* With a fact missing, the prediction is only a lower bound. */
	return value >= CLOSE_LEAST * speed &&
	       (value <= CLOSE_MOST * speed || c->speed.fact != P2P_PRESENT);
}

static bool is_more(const struct p2p_comparing *c)
{
	return c->figure->value > CLOSE_MOST * c->speed.gbytes_per_second;
}

static bool is_half(const struct p2p_comparing *c)
{
	bool cause = c->verdict.kernel.unread || c->figure->how != P2P_FIGURE_ALONE ||
		     c->speed.redirected;

	return is_within(c->figure->value, c->speed.gbytes_per_second, HALF_LEAST, HALF_MOST) &&
	       (cause || !c->speed.at_most);
}

static bool may_be_device(const struct p2p_comparing *c)
{
	return c->speed.at_most || c->speed.limit == P2P_LIMIT_DEVICE ||
	       c->speed.limit == P2P_LIMIT_PORT;
}

static void say_off(const struct p2p_comparing *c, struct p2p_text *text)
{
	(void)c;
	p2p_text_add(text, "measured without peer access: a copy through system memory, to compare "
		     "others with");
}

static void say_staged(const struct p2p_comparing *c, struct p2p_text *text)
{
	char sentence[P2P_WAY_TEXT];

	p2p_text_add(text, "%s", p2p_ways_sentence(&c->ways, sentence));
}

static void say_contradicted(const struct p2p_comparing *c, struct p2p_text *text)
{
	char sentence[P2P_WAY_TEXT];

	p2p_ways_sentence(&c->ways, sentence);
	if (c->ways.delivery == P2P_DELIVERY_BROKEN)
		p2p_text_add(text, "a measured speed does not show that the data arrived; predicted: %s", sentence);
	else
		p2p_text_add(text, "predicted: %s; the tool may have copied through system memory, or this "
			     "machine was read in another state than it was measured in", sentence);
}

static void say_look(const struct p2p_comparing *c, struct p2p_text *text)
{
	char provider[P2P_BDF_SIZE], client[P2P_BDF_SIZE];

	p2p_text_add(text, "; look at p2ptopo path %s %s",
		     p2p_bdf_format(c->verdict.provider->bdf, provider),
		     p2p_bdf_format(c->verdict.client->bdf, client));
}

static void say_no_gain(const struct p2p_comparing *c, struct p2p_text *text)
{
	p2p_text_add(text, "with peer access it is as fast as without (%.1f GB/s): the driver copies "
		     "through system memory, whatever it grants", c->off);
	say_look(c, text);
}

static void say_score(const struct p2p_comparing *c, struct p2p_text *text)
{
	char sentence[P2P_WAY_TEXT];

	p2p_score_reason(c->eval, &c->verdict, &c->speed, sentence, sizeof(sentence));
	p2p_text_add(text, "%s", sentence);
}

static void say_unpredicted(const struct p2p_comparing *c, struct p2p_text *text)
{
	p2p_text_add(text, "nothing can be predicted: ");
	say_score(c, text);
}

static void say_more(const struct p2p_comparing *c, struct p2p_text *text)
{
	p2p_text_add(text, "faster than PCIe is here: a link of the devices' own, such as NVLink or "
		     "xGMI, carried it, or a link on the way was slower when this machine was read");
	if (c->speed.degraded || c->speed.idle) {
		char bdf[P2P_BDF_SIZE];

		p2p_text_add(text, "; look at LnkSta: lspci -vv -s %s",
			     p2p_bdf_format((c->speed.degraded ? c->speed.degraded :
					      c->speed.idle)->bdf, bdf));
	}
}

const struct p2p_function *p2p_compare_unread(const struct p2p_comparing *c)
{
	const struct p2p_function *unread[16] = { NULL };
	size_t count = p2p_eval_unread(c->eval, &c->verdict, unread, P2P_LENGTH(unread));

	for (size_t i = 0; i < count && i < P2P_LENGTH(unread); i++)
		if (p2p_function_is_bridge(unread[i]))
			return unread[i];
	return unread[0];
}

/* Name the likeliest cause that doubles the load of a link. */
static void say_half(const struct p2p_comparing *c, struct p2p_text *text)
{
	const struct p2p_function *unread = p2p_compare_unread(c), *redirect = NULL;
	char bdf[P2P_BDF_SIZE];

	p2p_eval_redirects(c->eval, &c->verdict, &redirect, 1);
	p2p_text_add(text, "about half of what the path carries");
	if (c->figure->how != P2P_FIGURE_ALONE)
		p2p_text_add(text, ": both directions share one link or port in one direction, as they "
			     "do where ACS redirects them up the same uplink");
	else if (unread)
		p2p_text_add(text, ": ACS of %s could not be read, and a redirect there sends "
			     "requests up the uplink and down again", p2p_bdf_format(unread->bdf, bdf));
	else if (redirect)
		p2p_text_add(text, ": ACS of %s sends requests up the uplink and down again, where they "
			     "meet those of other transfers", p2p_bdf_format(redirect->bdf, bdf));
	else
		p2p_text_add(text, ": a redirect that was not there when this machine was read, "
			     "another transfer on the same uplink, or a link that trained to half its "
			     "width");
	if (unread || redirect)
		p2p_text_add(text, "; look at setpci -s %s ECAP_ACS+6.w",
			     p2p_bdf_format((unread ? unread : redirect)->bdf, bdf));
	else
		say_look(c, text);
}

static void say_device(const struct p2p_comparing *c, struct p2p_text *text)
{
	char bdf[P2P_BDF_SIZE];

	p2p_text_add(text, "less than the way carries, and an end may be the reason: ");
	if (c->speed.slower)
		p2p_text_add(text, "of %s no figure is published; measure it against system memory",
			     p2p_bdf_format(c->speed.slower->bdf, bdf));
	else
		say_score(c, text);
}

static void say_low(const struct p2p_comparing *c, struct p2p_text *text)
{
	char bdf[P2P_BDF_SIZE];

	p2p_text_add(text, "%.0f %% of what the path carries", 100 * c->figure->value /
		     c->speed.gbytes_per_second);
	if (c->speed.at)
		p2p_text_add(text, ", the least of it at %s", p2p_bdf_format(c->speed.at->bdf, bdf));
	say_look(c, text);
}

/** struct rule - a finding; @holds: when it applies (NULL: always); @say: what to say about it. */
struct rule {
	bool (*holds)(const struct p2p_comparing *c);
	enum p2p_compared finding;
	bool surprising;
	void (*say)(const struct p2p_comparing *c, struct p2p_text *text);
};

static const struct rule speed_rules[] = {
	{ was_off, P2P_COMPARED_OFF, false, say_off },
	{ is_staged, P2P_COMPARED_STAGED, false, say_staged },
	{ gains_nothing, P2P_COMPARED_STAGED, true, say_no_gain },
	{ is_contradicted, P2P_COMPARED_DIFFERS, true, say_contradicted },
	{ is_not_predicted, P2P_COMPARED_UNKNOWN, false, say_unpredicted },
	{ is_close, P2P_COMPARED_EXPECTED, false, say_score },
	{ is_more, P2P_COMPARED_MORE, false, say_more },
	{ is_half, P2P_COMPARED_HALF, true, say_half },
	{ may_be_device, P2P_COMPARED_DEVICE, false, say_device },
	{ NULL, P2P_COMPARED_LOW, true, say_low },
};

/* Is the latency as long as without peer access, or as that of a copy? */
static bool takes_as_long(const struct p2p_comparing *c)
{
	return c->figure->value > STAGED_NS && (!(c->off > 0) || c->figure->value > 0.8 * c->off);
}

static bool has_no_latency(const struct p2p_comparing *c)
{
	return !(c->speed.latency_ns > 0);
}

static void say_long(const struct p2p_comparing *c, struct p2p_text *text)
{
	p2p_text_add(text, "as long as a copy through system memory takes, where the way itself takes "
		     "%.0f ns", c->speed.latency_ns);
	say_look(c, text);
}

static void say_latency(const struct p2p_comparing *c, struct p2p_text *text)
{
	p2p_text_add(text, "the way itself takes %.0f ns; the rest is spent in the devices and their "
		     "software", c->speed.latency_ns);
}

static bool takes_less(const struct p2p_comparing *c)
{
	return c->figure->value < CLOSE_LEAST * c->speed.latency_ns;
}

static const struct rule latency_rules[] = {
	{ was_off, P2P_COMPARED_OFF, false, say_off },
	{ is_staged, P2P_COMPARED_STAGED, false, say_staged },
	{ is_contradicted, P2P_COMPARED_DIFFERS, true, say_contradicted },
	{ has_no_latency, P2P_COMPARED_UNKNOWN, false, say_unpredicted },
	{ takes_as_long, P2P_COMPARED_STAGED, true, say_long },
	{ takes_less, P2P_COMPARED_MORE, false, say_more },
	{ NULL, P2P_COMPARED_EXPECTED, false, say_latency },
};

static void apply(const struct p2p_comparing *c, const struct rule *rule,
		  struct p2p_comparison *ret_comparison)
{
	struct p2p_text text = { ret_comparison->why, sizeof(ret_comparison->why), 0 };

	while (rule->holds && !rule->holds(c))
		rule++;
	ret_comparison->finding = rule->finding;
	ret_comparison->surprising = rule->surprising;
	rule->say(c, &text);
}

/* The figure for the same pair, tool and text with peer access off; 0 none. */
static double find_off(const struct p2p_measured *measured, const struct p2p_figure *figure)
{
	for (size_t i = 0; figure->peer == P2P_YES && i < measured->count; i++) {
		const struct p2p_figure *other = &measured->figures[i];

		if (other->peer == P2P_NO && other->tool == figure->tool &&
		    other->file == figure->file && other->kind == figure->kind &&
		    other->how == figure->how &&
		    other->client.function == figure->client.function &&
		    other->provider.function == figure->provider.function)
			return other->value;
	}
	return 0;
}

/*
 * Both directions at once.  Of two GPUs, each does the same to the other; an adapter or a drive is the
 * only one to issue DMA, so it both reads and writes.
 */
static int predict_both(struct p2p_comparing *c)
{
	const struct p2p_function *provider = c->verdict.provider, *client = c->verdict.client;
	bool read = c->figure->read, peers = provider->kind == client->kind;
	const struct p2p_flow flows[] = {
		{ provider, client, read },
		{ peers ? client : provider, peers ? provider : client, peers ? read : !read },
	};
	struct p2p_share shares[2];
	double sum;

	if (p2p_flows_share(c->eval, flows, 2, shares))
		return -ENOMEM;
	sum = shares[0].gbytes_per_second;
	if (c->figure->how == P2P_FIGURE_SUM)
		sum += shares[1].gbytes_per_second;
	/* A refused pair has no share, but what its path can carry is known. */
	if (!(sum > 0) && c->figure->how == P2P_FIGURE_SUM)
		c->speed.gbytes_per_second *= 2;
	else if (sum > 0)
		c->speed.gbytes_per_second = sum;
	if (shares[1].alone.fact != P2P_PRESENT)
		c->speed.fact = P2P_DENIED;
	c->speed.at_most |= shares[1].alone.at_most;
	return 0;
}

static int predict(struct p2p_comparing *c)
{
	struct p2p_score score;

	p2p_eval_score(c->eval, &c->verdict, &score);
	c->speed = c->figure->read ? score.read : score.write;
	/* What the path over PCIe carries says nothing of the devices' own link. */
	if (c->speed.limit == P2P_LIMIT_OWN_LINK)
		c->speed.gbytes_per_second = c->speed.latency_ns = 0;
	return c->speed.limit == P2P_LIMIT_OWN_LINK || c->figure->how == P2P_FIGURE_ALONE ? 0 : predict_both(c);
}

int p2p_measured_compare(const struct p2p_measured *measured, const struct p2p_eval *eval,
			 size_t index, struct p2p_comparison *ret_comparison)
{
	struct p2p_comparing comparing = { .figure = &measured->figures[index], .eval = eval };
	const struct p2p_figure *figure = comparing.figure;
	int r;

	*ret_comparison = (struct p2p_comparison){ 0 };
	p2p_eval_pair(eval, figure->provider.function, figure->client.function,
		      &comparing.verdict);
	p2p_ways_find(&comparing.verdict, &comparing.ways);
	comparing.off = find_off(measured, figure);
	if (figure->kind != P2P_FIGURE_SPEED && figure->kind != P2P_FIGURE_LATENCY) {
		p2p_compare_label(&comparing, ret_comparison);
		return 0;
	}
	r = predict(&comparing);
	if (r)
		return p2p_error(measured->context, r, "out of memory");
	ret_comparison->speed = comparing.speed;
	apply(&comparing, figure->kind == P2P_FIGURE_SPEED ? speed_rules : latency_rules,
	      ret_comparison);
	return 0;
}
