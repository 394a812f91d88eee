/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answers, at the top of the report: a line for each use, and the reason for the worst. */
#include <string.h>

#include "commands/report/report.h"
#include "print/hint.h"
#include "print/output.h"
#include "print/say.h"
#include "print/speed.h"
#include "print/words.h"

static const char *phrase(enum p2p_delivery delivery, const struct p2p_driver_way *way)
{
	static const char *const texts[P2P_DELIVERIES] = {
		[P2P_DELIVERY_UNKNOWN] = "not known", [P2P_DELIVERY_BROKEN] = "would fail or hang",
		[P2P_DELIVERY_REFUSED] = "refused", [P2P_DELIVERY_STAGED] = "staged through system memory",
		[P2P_DELIVERY_ROOT] = "through the root complex", [P2P_DELIVERY_DIRECT] = "direct",
	};

	return delivery == P2P_DELIVERY_LINK ? p2p_driver_way_interface(way) : texts[delivery];
}

/* "direct if nvidia grants it": while it is unknown whether the way is granted, the delivery if it is. */
static void name_outcome(const struct outcome *outcome, char *text, size_t size)
{
	bool open = outcome->grant == P2P_GRANT_UNKNOWN && outcome->way &&
		    outcome->granted != P2P_DELIVERY_UNKNOWN &&
		    outcome->granted != P2P_DELIVERY_STAGED;
	enum p2p_delivery delivery = open ? outcome->granted : outcome->delivery;
	size_t used = (size_t)snprintf(text, size, "%s%s", delivery == P2P_DELIVERY_LINK ? "over " : "",
				       phrase(delivery, outcome->way));

	if (outcome->fastest > 0 && used < size)
		used += (size_t)snprintf(text + used, size - used, "%s%.1f GB/s",
					 outcome->at_most ? " at no more than " :
					 outcome->fastest - outcome->slowest < 0.1 ? " at " :
					 " at up to ", outcome->fastest);
	if (open && used < size && outcome->granted == P2P_DELIVERY_LINK)
		snprintf(text + used, size - used, " if the baseboard connects them");
	else if (open && used < size && !strcmp(p2p_driver_way_decider(outcome->way), "nobody"))
		snprintf(text + used, size - used, " if the client's driver supports it");
	else if (open && used < size)
		snprintf(text + used, size - used, " if %s grants it",
			 p2p_driver_way_decider(outcome->way));
}

/* Merges outcomes that have the same text. */
static void fold(const struct answer *answer, struct answer *ret_folded)
{
	char one[128], other[128];

	*ret_folded = *answer;
	ret_folded->outcome_count = 0;
	for (size_t i = 0; i < answer->outcome_count; i++) {
		size_t k;

		name_outcome(&answer->outcomes[i], one, sizeof(one));
		for (k = 0; k < ret_folded->outcome_count; k++) {
			name_outcome(&ret_folded->outcomes[k], other, sizeof(other));
			if (!strcmp(one, other))
				break;
		}
		if (k == ret_folded->outcome_count) {
			ret_folded->outcomes[ret_folded->outcome_count++] = answer->outcomes[i];
			continue;
		}
		ret_folded->outcomes[k].pairs += answer->outcomes[i].pairs;
		ret_folded->outcomes[k].nearest += answer->outcomes[i].nearest;
	}
}

/* "8 direct, 56 through the root complex"; a single outcome needs no count. */
static void list(const struct answer *folded, bool nearest, char *text, size_t size)
{
	size_t used = 0, kinds = 0;

	for (size_t i = 0; i < folded->outcome_count; i++)
		kinds += !nearest || folded->outcomes[i].nearest;
	*text = '\0';
	for (size_t i = 0; i < folded->outcome_count && used < size; i++) {
		const struct outcome *outcome = &folded->outcomes[i];
		uint64_t count = nearest ? outcome->nearest : outcome->pairs;
		char word[128];

		if (!count)
			continue;
		name_outcome(outcome, word, sizeof(word));
		used += (size_t)snprintf(text + used, size - used, "%s", used ? ", " : "");
		if (kinds > 1 && used < size)
			used += (size_t)snprintf(text + used, size - used, "%llu ",
						 (unsigned long long)count);
		if (used < size)
			used += (size_t)snprintf(text + used, size - used, "%s", word);
	}
}

static void print_line(const struct app *app, const struct answer *answer)
{
	char nearest[320], all[320], counted[WORDS_SIZE];
	struct answer folded;

	fold(answer, &folded);
	list(&folded, true, nearest, sizeof(nearest));
	list(&folded, false, all, sizeof(all));
	words_count(answer->pairs, "pair", counted);
	fputs(paint_on(app, PAINT_BOLD), app->out);
	if (answer->by_nearest && strcmp(nearest, all) != 0)
		say_from(app, 0, 2, "%s, nearest pairs: %s; %s%s: %s", answer_text(answer),
			 nearest, answer->complete ? "all " : "of ", counted, all);
	else
		say_from(app, 0, 2, "%s, %s%s: %s", answer_text(answer),
			 answer->complete ? "" : "of ", counted, all);
	fputs(paint_off(app), app->out);
}

static void print_why(const struct app *app, const struct outcome *outcome)
{
	char why[P2P_WAY_TEXT], text[P2P_WAY_TEXT + 128];
	const struct p2p_function *adapter;
	const struct p2p_way_answer *told;
	struct p2p_ways ways;
	const char *cure;

	p2p_ways_find(&outcome->example, &ways);
	told = p2p_ways_told(&ways);
	adapter = outcome->example.client->data_direct_of;
	say_from(app, 0, 4, "  %s to %s%s%s%s, %s", outcome->example.provider->display,
		 outcome->example.client->display, adapter ? " (Data Direct of " : "",
		 adapter ? adapter->display : "", adapter ? ")" : "",
		 p2p_ways_sentence(&ways, why));
	cure = told ? p2p_driver_way_cure(&ways, told, why) : NULL;
	snprintf(text, sizeof(text), "  what to change: %s", cure ? cure : "");
	if (cure)
		hint_wrap(app, text, 0, 4);
}

void report_print_answers(const struct app *app, const struct survey *survey)
{
	const struct outcome *last = NULL;

	if (survey->answer_count || survey->without_drivers)
		putc('\n', app->out);
	if (survey->without_drivers)
		fputs("no driver is recorded, so what the drivers would do is not known\n", app->out);
	for (size_t i = 0; i < survey->answer_count; i++) {
		const struct outcome *outcome = answer_to_explain(&survey->answers[i]);

		print_line(app, &survey->answers[i]);
		/* If two uses fail for the same reason, it is printed once. */
		if (outcome && (!last || outcome->condition != last->condition ||
				outcome->evidence != last->evidence || !outcome->way))
			print_why(app, outcome);
		last = outcome;
	}
}
