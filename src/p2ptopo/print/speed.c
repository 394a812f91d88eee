/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "print/speed.h"

bool speed_is_usable(const struct p2p_speed *speed)
{
	return speed->limit != P2P_LIMIT_REFUSED && speed->limit != P2P_LIMIT_BLOCKED;
}

/* What the figure is: the least where a fact of the way is missing, the most of a device. */
static const char *bound_of(const struct p2p_speed *speed)
{
	if (speed->fact == P2P_PRESENT)
		return speed->at_most ? "<=" : "";
	return speed->at_most ? "~" : ">=";
}

char *speed_bandwidth(const struct p2p_speed *speed, char buffer[WORDS_SIZE])
{
	double value = speed->gbytes_per_second;

	if (!speed_is_usable(speed))
		snprintf(buffer, WORDS_SIZE, "-");
	else if (speed->limit == P2P_LIMIT_WRITES_ONLY)
		snprintf(buffer, WORDS_SIZE, "no");
	else if (value <= 0 || speed->limit == P2P_LIMIT_UNDECIDED)
		snprintf(buffer, WORDS_SIZE, "?");
	else
		snprintf(buffer, WORDS_SIZE, value < 1 ? "%s%.2f" : "%s%.1f", bound_of(speed), value);
	return buffer;
}

char *speed_score(const struct p2p_speed *speed, char buffer[WORDS_SIZE])
{
	bool known = speed->fact == P2P_PRESENT || !speed_is_usable(speed);

	if (!known && !speed->score)
		snprintf(buffer, WORDS_SIZE, "?");
	else
		snprintf(buffer, WORDS_SIZE, "%s%d", known ? "" : ">=", speed->score);
	return buffer;
}

const struct p2p_speed *speed_lower(const struct p2p_score *score)
{
	return score->read.score < score->write.score ? &score->read : &score->write;
}

enum paint speed_paint(const struct p2p_speed *speed)
{
	if (!speed_is_usable(speed) || speed->limit == P2P_LIMIT_WRITES_ONLY)
		return PAINT_BAD;
	if (speed->fact != P2P_PRESENT)
		return PAINT_UNKNOWN;
	return speed->score >= 75 ? PAINT_GOOD : PAINT_HOST;
}

char *speed_reason(const struct app *app, const struct p2p_verdict *verdict,
		   const struct p2p_speed *speed)
{
	int length = p2p_score_reason(app->eval, verdict, speed, NULL, 0);
	char *text = malloc((size_t)length + 1);

	if (text)
		p2p_score_reason(app->eval, verdict, speed, text, (size_t)length + 1);
	else
		p2p_lost();
	return text;
}

struct json_object *speed_json_decimal(double value, const char *form)
{
	char text[32];

	snprintf(text, sizeof(text), form, value);
	return p2p_json_new_real(value, text);
}

struct json_object *speed_json_bandwidth(const struct p2p_speed *speed)
{
	bool known = speed->fact == P2P_PRESENT || speed->gbytes_per_second > 0;

	return known && speed->limit != P2P_LIMIT_UNDECIDED ?
	       speed_json_decimal(speed->gbytes_per_second, "%.3f") : NULL;
}

struct json_object *speed_json(const struct app *app, const struct p2p_verdict *verdict,
			       const struct p2p_speed *speed)
{
	struct json_object *object = p2p_json_new_object();
	bool known = speed->fact == P2P_PRESENT;
	char *reason = speed_reason(app, verdict, speed);

	json_put(object, "known", json_flag(known));
	json_put(object, "at_most", json_flag(speed->at_most));
	json_put(object, "gbytes_per_second", speed_json_bandwidth(speed));
	json_put(object, "latency_ns", speed->latency_ns > 0 ?
		 speed_json_decimal(speed->latency_ns, "%.0f") : NULL);
	json_put(object, "score", known || speed->score || !speed_is_usable(speed) ?
		 p2p_json_new_number(speed->score) : NULL);
	json_put(object, "limit", json_text(p2p_limit_name(speed->limit)));
	json_put(object, "at", json_bdf(speed->at));
	json_put(object, "redirected", json_flag(speed->redirected));
	json_put(object, "idle_link", json_bdf(speed->idle));
	json_put(object, "degraded_link", json_bdf(speed->degraded));
	json_put(object, "reason", json_text(reason));
	free(reason);
	return object;
}

struct json_object *speed_json_pair(const struct app *app, const struct p2p_verdict *verdict)
{
	struct json_object *object = p2p_json_new_object();
	struct p2p_score score;

	p2p_eval_score(app->eval, verdict, &score);
	json_put(object, "read", speed_json(app, verdict, &score.read));
	json_put(object, "write", speed_json(app, verdict, &score.write));
	return object;
}
