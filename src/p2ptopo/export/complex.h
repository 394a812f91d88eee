/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complexes: the functions below one root port, which is below one switch where there is one. */
#ifndef P2PTOPO_EXPORT_COMPLEX_H
#define P2PTOPO_EXPORT_COMPLEX_H

#include "app.h"

/**
 * struct complex - one of them.
 * @top: the function on the root bus that all members are below, or the only member
 * @members: in BDF order; borrowed from the list
 */
struct complex {
	const struct p2p_function *top;
	const struct p2p_function *const *members;
	size_t count;
};

/** struct complexes - all of a machine, by address of their tops. */
struct complexes {
	struct complex *list;
	size_t count;
	const struct p2p_function **members;
};

/**
 * complexes_new() - sort the functions that are picked into complexes.  One with no known place in the
 *	tree is in none.
 * @ret_complexes: complexes_free() it
 * Return: STATUS_DONE, or out of memory.
 */
enum status complexes_new(const struct app *app, struct complexes *ret_complexes);

/** complexes_free() - free what complexes_new() filled. */
void complexes_free(struct complexes *complexes);

/** Bytes that complex_id() fills at most. */
#define COMPLEX_ID 40

/**
 * complex_id() - "pci0000:40-01.1": host bridge, device and function on its root bus.  No number in it is
 *	given out while buses are counted, so it stays when cards below other ports come and go.
 * Return: @id.
 */
char *complex_id(const struct complex *complex, char id[COMPLEX_ID]);

/**
 * complex_switch() - is there a switch below @complex's root port?
 * @ret_port: its upstream port; NULL there is none, or that is not known
 */
enum p2p_tri complex_switch(const struct complex *complex, const struct p2p_function **ret_port);

/** complex_node() - the NUMA node that its members agree on. */
struct p2p_number complex_node(const struct complex *complex);

#endif
