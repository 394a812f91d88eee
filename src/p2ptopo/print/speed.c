/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "print/document.h"
#include "print/speed.h"

bool speed_is_usable(const struct p2p_speed *speed)
{
	return speed->limit != P2P_LIMIT_REFUSED && speed->limit != P2P_LIMIT_BLOCKED;
}

/* The kind of figure: a lower bound if a fact of the way is missing, an upper bound if a device limits it. */
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
	else if (value <= 0 || !p2p_speed_has_figure(speed))
		snprintf(buffer, WORDS_SIZE, "?");
	else
		snprintf(buffer, WORDS_SIZE, value < 1 ? "%s%.2f" : "%s%.1f", bound_of(speed), value);
	return buffer;
}

char *speed_score(const struct p2p_speed *speed, char buffer[WORDS_SIZE])
{
	bool known = p2p_speed_is_known(speed) || !speed_is_usable(speed);

	if (!known && !speed->score)
		snprintf(buffer, WORDS_SIZE, "?");
	else
		snprintf(buffer, WORDS_SIZE, "%s%d", known ? "" : ">=", speed->score);
	return buffer;
}

enum paint speed_paint(const struct p2p_speed *speed)
{
	if (!speed_is_usable(speed) || speed->limit == P2P_LIMIT_WRITES_ONLY)
		return PAINT_BAD;
	if (!p2p_speed_is_known(speed))
		return PAINT_UNKNOWN;
	return speed->score >= 75 ? PAINT_GOOD : PAINT_HOST;
}

char *speed_reason(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		   const struct p2p_speed *speed)
{
	int length = p2p_score_reason(eval, verdict, speed, NULL, 0);
	char *text = malloc((size_t)length + 1);

	if (text)
		p2p_score_reason(eval, verdict, speed, text, (size_t)length + 1);
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
	return p2p_speed_has_figure(speed) ?
	       speed_json_decimal(speed->gbytes_per_second, "%.3f") : NULL;
}
