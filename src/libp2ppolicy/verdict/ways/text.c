/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts about ways: conditions, cures and the sentence of a pair. */
#include <string.h>

#include "verdict/text.h"
#include "verdict/ways/ways.h"

static void expand(struct p2p_text *text, const struct p2p_verdict *verdict,
		   const struct p2p_condition_answer *condition, const char *template);

/* The kernel's reason is a sentence of its own; here it becomes a clause. */
static void add_kernel(struct p2p_text *text, const struct p2p_verdict *verdict)
{
	char reason[P2P_WAY_TEXT];
	size_t size;

	if (!verdict->eval) {
		p2p_text_string(text, "the reason is not recorded");
		return;
	}
	p2p_eval_reason(verdict->eval, verdict, reason, sizeof(reason));
	size = strlen(reason);
	p2p_text_add(text, "%.*s", (int)(size - (size && reason[size - 1] == '.')),
		     reason);
}

static void add_token(struct p2p_text *text, const struct p2p_verdict *verdict,
		      const struct p2p_condition_answer *condition, char token)
{
	switch (token) {
	case 'P': p2p_text_string(text, verdict->provider->display); break;
	case 'C': p2p_text_string(text, verdict->client->display); break;
	case 'p': p2p_text_add(text, "%s", verdict->provider->driver); break;
	case 'c': p2p_text_add(text, "%s", verdict->client->driver); break;
	case 'a':
		if (condition && condition->id == P2P_IF_NEVER)
			expand(text, verdict, NULL, condition->argument);
		else
			p2p_text_string(text, condition && condition->argument ? condition->argument : "");
		break;
	case 'n': p2p_text_add(text, "%lld", condition ? (long long)condition->number : 0); break;
	case 'K': add_kernel(text, verdict); break;
	default: p2p_text_add(text, "%%%c", token); break;
	}
}

static void expand(struct p2p_text *text, const struct p2p_verdict *verdict,
		   const struct p2p_condition_answer *condition, const char *template)
{
	const char *c = template;

	for (; c && *(c = p2p_text_until(text, c)); c += 2)
		add_token(text, verdict, condition, c[1]);
}

static struct p2p_text text_in(char buffer[P2P_WAY_TEXT])
{
	*buffer = '\0';
	return (struct p2p_text){ buffer, P2P_WAY_TEXT, 0 };
}

const char *p2p_condition_name(unsigned int condition)
{
	const struct p2p_condition_template *template = p2p_condition_template(condition);

	return template ? template->name : NULL;
}

const char *p2p_condition_reason(const struct p2p_ways *ways, const struct p2p_condition_answer *condition,
			    char buffer[P2P_WAY_TEXT])
{
	const struct p2p_condition_template *template = p2p_condition_template(condition->id);
	struct p2p_text text = text_in(buffer);

	expand(&text, ways->verdict, condition, condition->held == P2P_YES ? template->held :
	       condition->held == P2P_NO ? template->refused : template->unknown);
	return buffer;
}

const char *p2p_condition_cure(const struct p2p_ways *ways, const struct p2p_condition_answer *condition,
			  char buffer[P2P_WAY_TEXT])
{
	const struct p2p_condition_template *template = p2p_condition_template(condition->id);
	struct p2p_text text = text_in(buffer);

	if (!template->cure)
		return NULL;
	expand(&text, ways->verdict, condition, template->cure);
	return buffer;
}

/* The first condition with that answer; NULL if none. */
static const struct p2p_condition_answer *first_condition(const struct p2p_way_answer *answer,
						enum p2p_tri held)
{
	for (unsigned int i = 0; i < answer->condition_count; i++)
		if (answer->conditions[i].held == held)
			return &answer->conditions[i];
	return NULL;
}

/* Add why requests with the address that is programmed fail, or why it is not known whether they arrive. */
static void add_doubt(struct p2p_text *text, const struct p2p_verdict *verdict,
		      const struct p2p_way_answer *answer)
{
	enum p2p_route_kind route = p2p_way_route(verdict);

	if (answer->granted == P2P_DELIVERY_BROKEN)
		p2p_text_string(text, route != P2P_ROUTE_BLOCKED ?
				": ACS sends unmapped addresses to an IOMMU that translates" :
				verdict->fabric.request.kind == P2P_ROUTE_BLOCKED ?
				": a port blocks the requests" : ": a port blocks the completions");
	else if (answer->translates == P2P_UNKNOWN)
		p2p_text_add(text, ": whether the IOMMU translates for %s is not recorded",
			     verdict->client->display);
	else if (answer->translates == P2P_NO && route == P2P_ROUTE_UNKNOWN)
		p2p_text_string(text, verdict->kernel.common ?
				": the ACS of a port on the way could not be read" :
				": whether the egress control of a root port blocks the requests is not known");
	else if (p2p_way_nvidia_maps(answer->way) && answer->translates == P2P_YES &&
		 p2p_stack(verdict, P2P_STACK_NVIDIA_REMAP)->fact != P2P_PRESENT)
		p2p_text_string(text, ": the IOMMU translates, and it is not recorded whether NVIDIA's "
				"driver maps the peer's BAR through it (DmaRemapPeerMmio)");
	else if (answer->translates == P2P_YES && route == P2P_ROUTE_BLOCKED)
		p2p_text_string(text, ": a port blocks peer-to-peer transfers, and whether it also blocks "
				"those that the IOMMU translates is not known");
	else if (answer->forwards != P2P_YES)
		p2p_text_string(text, p2p_way_splits(verdict, answer) ?
				": writes go directly, but a port redirects the completions of reads to a "
				"root complex that is not known to pass them on" :
				": requests reach a root complex that is not known to pass them on to a peer");
}

/* Add why the data may not arrive. */
static void add_obstacle(struct p2p_text *text, const struct p2p_verdict *verdict,
			 const struct p2p_way_answer *answer)
{
	if (answer->evidence >= 0)
		p2p_text_add(text, ": %s (%s)", p2p_evidence_text(answer->evidence),
			     p2p_evidence_source(answer->evidence));
	else if (answer->way->addressing == P2P_ADDRESSING_GUEST && p2p_is_guest(verdict) != P2P_YES)
		p2p_text_string(text, ": the guest or program that has the devices decides what they send; "
				"whether that reaches this host's IOMMU, and gets through, depends on ATS, "
				"ACS and the root complex");
	else if (p2p_is_guest(verdict) == P2P_YES)
		p2p_text_string(text, ": the host's switches, ACS and IOMMU decide, and a guest sees none "
				"of them");
	else if (p2p_is_guest(verdict) == P2P_UNKNOWN)
		p2p_text_string(text, ": whether this is a guest is not recorded");
	else
		add_doubt(text, verdict, answer);
}

/* Add where the data go once the way is granted. */
static void add_delivery(struct p2p_text *text, const struct p2p_ways *ways,
			 const struct p2p_way_answer *answer)
{
	const struct p2p_verdict *verdict = ways->verdict;
	char bdf[P2P_BDF_SIZE];

	switch (answer->granted) {
	case P2P_DELIVERY_LINK:
		p2p_text_add(text, "the data go over %s", answer->way->interface);
		return;
	case P2P_DELIVERY_DIRECT:
		p2p_text_add(text, "the data go directly, below %s",
			     verdict->kernel.common ?
			     p2p_bdf_format(verdict->kernel.common->bdf, bdf) : "the root complex");
		return;
	case P2P_DELIVERY_ROOT:
		if (p2p_way_splits(verdict, answer))
			p2p_text_string(text, "writes go directly, but a port redirects the completions of "
					"reads through the root complex");
		else
			p2p_text_add(text, "the data go through the root complex%s",
				     answer->translates == P2P_YES && verdict->kernel.common ?
				     ", since the IOMMU translates" : "");
		return;
	case P2P_DELIVERY_STAGED:
		p2p_text_string(text, "the data go through system memory");
		return;
	case P2P_DELIVERY_BROKEN:
		p2p_text_string(text, "the transfer would fail or hang");
		break;
	default:
		p2p_text_string(text, "it is not known whether the data arrive");
	}
	add_obstacle(text, verdict, answer);
}

/* "it is not known whether A, B, and C; if so, ": the unknown conditions that would have to hold. */
static void add_open(struct p2p_text *text, const struct p2p_ways *ways,
		     const struct p2p_way_answer *answer)
{
	bool arrives = answer->granted >= P2P_DELIVERY_STAGED;
	unsigned int total = 0, done = 0;

	for (unsigned int i = 0; i < answer->condition_count; i++)
		total += answer->conditions[i].held == P2P_UNKNOWN;
	for (unsigned int i = 0; i < answer->condition_count; i++) {
		const struct p2p_condition_answer *condition = &answer->conditions[i];

		if (condition->held != P2P_UNKNOWN)
			continue;
		p2p_text_string(text, !done ? "it is not known whether " : done + 1 < total ? ", " :
				total > 2 ? ", and " : " and ");
		expand(text, ways->verdict, condition,
		       p2p_condition_template(condition->id)->held);
		done++;
	}
	p2p_text_string(text, arrives ? "; if so, " : "; even if so, ");
}

static void add_reason(struct p2p_text *text, const struct p2p_ways *ways,
		       const struct p2p_way_answer *answer)
{
	char clause[P2P_WAY_TEXT];

	expand(text, ways->verdict, NULL, answer->way->summary);
	p2p_text_string(text, ": ");
	switch (answer->grant) {
	case P2P_GRANT_REFUSED:
		p2p_text_string(text, p2p_condition_reason(ways, first_condition(answer, P2P_NO), clause));
		if (p2p_way_is_late(answer))
			p2p_text_add(text, "; %s", answer->way->late);
		else if (*answer->way->refusal)
			p2p_text_add(text, "; %s", answer->way->refusal);
		return;
	case P2P_GRANT_UNKNOWN:
		add_open(text, ways, answer);
		break;
	case P2P_GRANT_NOT_ASKED:
		p2p_text_string(text, "nobody is asked, and ");
		break;
	case P2P_GRANT_GRANTED:
		p2p_text_add(text, "granted by %s, and ", answer->way->decider);
		break;
	}
	add_delivery(text, ways, answer);
}

const char *p2p_driver_way_reason(const struct p2p_ways *ways, const struct p2p_way_answer *answer,
				  char buffer[P2P_WAY_TEXT])
{
	struct p2p_text text = text_in(buffer);

	add_reason(&text, ways, answer);
	return buffer;
}

/*
 * A mapped address reaches a peer below the same bridge directly only if nothing translates it and no port
 * redirects it; one that is not mapped, or mapped by p2pdma, if no port redirects it.
 */
static void add_cure(struct p2p_text *text, const struct p2p_verdict *verdict,
		     const struct p2p_way_answer *answer)
{
	bool mapped = answer->way->addressing == P2P_ADDRESSING_RESOURCE;
	bool untranslate = mapped && answer->translates == P2P_YES &&
			   (verdict->kernel.common || answer->evidence >= 0);
	enum p2p_route_kind route = p2p_way_route(verdict);
	bool clear = verdict->kernel.common && (route == P2P_ROUTE_REDIRECTED || route == P2P_ROUTE_BLOCKED);

	bool x86 = verdict->machine->cpu_family.fact != P2P_ABSENT;
	/* Evidence about domains that translate is mentioned even if the domain is not known. */
	bool perhaps = mapped && answer->translates == P2P_UNKNOWN && answer->evidence >= 0 &&
		       answer->granted == P2P_DELIVERY_UNKNOWN &&
		       (!strcmp(answer->way->name, "nv-gpu") || !strcmp(answer->way->name, "kfd"));

	if (untranslate || perhaps)
		p2p_text_add(text, "%sboot with %s", perhaps ? "where the IOMMU translates, " : "",
			     x86 ? "iommu=pt" : "iommu.passthrough=1");
	if (clear)
		p2p_text_add(text, "%sclear the ACS redirects: `p2ptopo fix %s%s %s`",
			     untranslate || perhaps ? ", and " : "",
			     strcmp(verdict->provider->driver, "nvidia") != 0 ||
			     answer->way->addressing == P2P_ADDRESSING_P2PDMA ?
			     "" : "--goal gpudirect ", verdict->provider->display,
			     verdict->client->display);
}

/* The cure of what refuses, and of what would refuse then. */
static const char *cure_all(const struct p2p_ways *ways, const struct p2p_way_answer *answer,
			    const struct p2p_condition_answer *refused, char buffer[P2P_WAY_TEXT])
{
	const struct p2p_condition *c = answer->way->conditions;
	char more[P2P_WAY_TEXT];
	struct p2p_text text;

	if (!p2p_condition_cure(ways, refused, buffer))
		return NULL;
	text = (struct p2p_text){ buffer, P2P_WAY_TEXT, strlen(buffer) };
	while (c->id != P2P_IF_NONE && c->id != refused->id)
		c++;
	/* A witness stands before all conditions. */
	for (c = c->id == P2P_IF_NONE ? answer->way->conditions : c + 1; c->id != P2P_IF_NONE; c++) {
		struct p2p_condition_answer next = { c->id, p2p_condition_ask(ways->verdict, c), c->argument, c->number };
		bool cured = next.held == P2P_NO && p2p_condition_cure(ways, &next, more);

		if (next.held == P2P_NO)
			p2p_text_add(&text, cured ? "; then also: %s" : "; but even then %s",
				     cured ? more : p2p_condition_reason(ways, &next, more));
	}
	return buffer;
}

const char *p2p_driver_way_cure(const struct p2p_ways *ways, const struct p2p_way_answer *answer,
				char buffer[P2P_WAY_TEXT])
{
	const struct p2p_condition_answer *refused = first_condition(answer, P2P_NO);
	struct p2p_text text = text_in(buffer);

	if (refused)
		return cure_all(ways, answer, refused, buffer);
	if (answer->granted >= P2P_DELIVERY_DIRECT || answer->granted == P2P_DELIVERY_STAGED ||
	    p2p_is_guest(ways->verdict) != P2P_NO)
		return NULL;
	add_cure(&text, ways->verdict, answer);
	if (!*buffer)
		return NULL;
	return buffer;
}

static void add_no_driver(struct p2p_text *text, const struct p2p_ways *ways)
{
	const struct p2p_function *side = ways->verdict->provider->driver ?
					  ways->verdict->client : ways->verdict->provider;

	p2p_text_add(text, side->driver_fact == P2P_ABSENT ?
		     "no driver is bound to %s, so nothing moves its data" :
		     "the driver of %s is not recorded, so it is not known what it would do",
		     side->display);
}

const char *p2p_ways_sentence(const struct p2p_ways *ways, char buffer[P2P_WAY_TEXT])
{
	const struct p2p_way_answer *told = p2p_ways_told(ways);
	struct p2p_text text = text_in(buffer);

	if (!ways->drivers_known)
		add_no_driver(&text, ways);
	else if (told)
		add_reason(&text, ways, told);
	else
		p2p_text_add(&text, "how %s and %s would move data between them is not known; "
			     "p2ptopo-ways(7) lists no way for these drivers", ways->verdict->provider->driver,
			     ways->verdict->client->driver);
	return buffer;
}
