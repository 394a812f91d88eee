/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complexes: the functions below one root port, and so below one switch, if there is one. */
#ifndef P2PTOPO_EXPORT_COMPLEX_H
#define P2PTOPO_EXPORT_COMPLEX_H

#include "app.h"

/**
 * struct complex - one complex.
 * @top: the function on the root bus that all members are below, or the only member
 * @members: in BDF order; borrowed from the list
 */
struct complex {
	const struct p2p_function *top;
	const struct p2p_function *const *members;
	size_t count;
};

/**
 * struct complexes - all complexes of a machine, sorted by the address of @top.
 * @unplaced: number of functions that the filters pick and that are in none, since their place is unknown
 */
struct complexes {
	struct complex *list;
	size_t count, unplaced;
	const struct p2p_function **members;
};

/**
 * complexes_new() - group the functions that the filters pick into complexes. A function whose place in the
 *	tree is unknown belongs to none.
 * @ret_complexes: release with complexes_free()
 * Return: STATUS_DONE, or the status for lack of memory.
 */
enum status complexes_new(const struct app *app, struct complexes *ret_complexes);

/** complexes_note_unplaced() - say on standard error how many functions are in none, and so not in the file. */
void complexes_note_unplaced(const struct app *app, const struct complexes *complexes);

/** complex_is_known() - is the place of @function in the tree known, and so its complex? */
bool complex_is_known(const struct p2p_function *function);

/** complexes_free() - free what complexes_new() filled. */
void complexes_free(struct complexes *complexes);

/** Size of the buffer for complex_id(). */
#define COMPLEX_ID 40

/**
 * complex_id() - "pci0000:40-01.1": host bridge, then device and function on its root bus. None of these
 *	numbers is assigned during bus enumeration, so the ID stays the same when cards below other ports come
 *	and go.
 * Return: @id.
 */
char *complex_id(const struct complex *complex, char id[COMPLEX_ID]);

/**
 * complex_switch() - whether there is a switch below @complex's root port.
 * @ret_port: its upstream port; NULL if there is none, or if that is unknown
 */
enum p2p_tri complex_switch(const struct complex *complex, const struct p2p_function **ret_port);

/** complex_node() - the NUMA node that its members agree on. */
struct p2p_number complex_node(const struct complex *complex);

#endif
