/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Speeds as text and JSON, the same in all output and all documents. */
#ifndef P2PTOPO_SPEED_H
#define P2PTOPO_SPEED_H

#include <json-c/json.h>

#include "print/output.h"
#include "print/words.h"

/** speed_is_usable() - does the pair get any of it?  Not if it is refused or blocked. */
bool speed_is_usable(const struct p2p_speed *speed);

/**
 * speed_bandwidth() - GB/s: "28.4"; ">=3.2" a lower bound; "<=28.4" an upper bound, since a device may be
 *	slower; "~3.2" either; "?" not known; "-" refused or blocked; "no" if the root complex forwards none.
 */
char *speed_bandwidth(const struct p2p_speed *speed, char buffer[WORDS_SIZE]);

/** speed_score() - "93"; ">=61" a lower bound; "?" not known; "0" not usable. */
char *speed_score(const struct p2p_speed *speed, char buffer[WORDS_SIZE]);

/** speed_paint() - the colour of a score. */
enum paint speed_paint(const struct p2p_speed *speed);

/** speed_reason() - p2p_score_reason(); owned by the caller, NULL when out of memory. */
char *speed_reason(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		   const struct p2p_speed *speed);

/** speed_json_decimal() - a number printed with @form, so that equal facts give equal bytes. */
struct json_object *speed_json_decimal(double value, const char *form);

/** speed_json_bandwidth() - its GB/s; null if not even a lower bound is known. */
struct json_object *speed_json_bandwidth(const struct p2p_speed *speed);

/** speed_json_pair() - {"read": ..., "write": ...} of an evaluated pair. */
struct json_object *speed_json_pair(const struct app *app, const struct p2p_verdict *verdict);

#endif
