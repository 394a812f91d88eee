/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peers of a device, the best first. */
#ifndef P2PTOPO_NEAR_H
#define P2PTOPO_NEAR_H

#include <json-c/json.h>

#include "print/pair/pair_order.h"

/**
 * struct near_peer - one row.
 * @gives: the device is the provider and the peer the client; @takes: the other way round
 * @gives_order, @takes_order: the rank of each direction
 * @registers: the registers to change to make both directions direct, @register_count pointers into the list
 *	of the advice; none if no register helps
 */
struct near_peer {
	const struct p2p_function *function;
	struct pair gives, takes;
	struct pair_order gives_order, takes_order;
	const struct p2p_register **registers;
	size_t register_count;
};

/** The columns of `near`; the last one has no name. */
extern const struct column near_columns[];

/**
 * near_advise() - fill the registers of each peer.
 * @ret_advice: owns what they point to; NULL if no peer can be improved. Free it after them, with
 *	p2p_advice_free()
 * Return: 0 or a negative errno.
 */
int near_advise(struct app *app, const struct p2p_function *device, struct near_peer *peers,
		size_t count, struct p2p_advice **ret_advice);

/** near_print_better() - print what would become direct and the registers to clear, one line per peer. */
void near_print_better(const struct app *app, const struct p2p_function *device,
		       const struct near_peer *peers, size_t count);

/** near_say_registers() - print "ReqRedir CmpltRedir at 0000:02:00.0 0000:02:01.0". */
void near_say_registers(FILE *out, const struct near_peer *peer);

/** near_json_registers() - the registers of a peer; owned by the caller. */
struct json_object *near_json_registers(const struct near_peer *peer);

#endif
