/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many machines, told apart by shape: one pass, and in memory one machine for each shape there is.
 */
#ifndef P2PTOPO_FLEET_H
#define P2PTOPO_FLEET_H

#include "app.h"

/**
 * struct shape - the nodes that are of one kind.
 * @machine: the first of them, evaluated
 * @names: of all; owned
 */
struct shape {
	struct p2p_shape digest;
	struct app machine;
	char **names;
	size_t count;
};

/**
 * struct document - a tree document that was read: all that differs from another of the same digest is the
 *	host and serial numbers.
 */
struct document {
	struct p2p_shape digest;
	size_t shape;
};

/**
 * struct fleet - all nodes so far.
 * @shapes: in the order in which they came, until fleet_sort()
 * @documents: in the order in which they came
 * @last: index of the shape of the last node that was read
 * @golden: index of the shape that the others are held against
 * @unread: nodes that could not be read; a note was said of each
 */
struct fleet {
	struct app *app;
	struct shape *shapes;
	struct document *documents;
	size_t count, nodes, unread, golden, document_count, last;
	bool has_golden;
};

/**
 * fleet_add() - read what an argument names: a capture, a tree document, a file with a tree document on
 *	each line, a folder of any of these, "-" for standard input.
 * Return: STATUS_DONE, also when a node could not be read; out of memory; or @path is not there.
 */
enum status fleet_add(struct fleet *fleet, const char *path);

/** fleet_node() - read one node; @from as --from takes it, @label what it is called when it has no name. */
enum status fleet_node(struct fleet *fleet, const char *from, const char *label);

/**
 * fleet_document() - read one node from the text of a document; one that is like another but for its host
 *	and serial numbers is not read again.
 */
enum status fleet_document(struct fleet *fleet, const char *text, size_t size, const char *label);

/** fleet_count() - one more node of @shape.  Return: STATUS_DONE, or out of memory. */
enum status fleet_count(struct fleet *fleet, size_t shape, const char *name);

/** fleet_compare() - what makes @shape another than the golden one.  @ret_diff: p2p_diff_free() it */
enum status fleet_compare(const struct fleet *fleet, const struct shape *shape, struct p2p_diff **ret_diff);

/** fleet_class() - functions of a class that take part in peer-to-peer DMA. */
size_t fleet_class(const struct app *machine, enum p2p_class kind);

/** fleet_print_json() - one document, or a line for each node. */
enum status fleet_print_json(const struct fleet *fleet);

#endif
