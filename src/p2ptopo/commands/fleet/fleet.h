/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many machines, distinguished by shape: one pass, with one machine in memory for each shape. */
#ifndef P2PTOPO_FLEET_H
#define P2PTOPO_FLEET_H

#include "app.h"

/**
 * struct shape - the nodes of one shape.
 * @machine: the first node, evaluated
 * @names: the names of all nodes; owned
 */
struct shape {
	struct p2p_shape digest;
	struct app machine;
	char **names;
	size_t count;
};

/**
 * struct document - a tree document that was read. Another with the same digest differs in the host name and
 *	serial numbers only.
 */
struct document {
	struct p2p_shape digest;
	size_t shape;
};

/**
 * struct fleet - all nodes so far.
 * @shapes: in the order of reading, until fleet_sort()
 * @documents: in the order of reading
 * @last: index of the shape of the node read last
 * @golden: index of the shape that the others are compared with
 * @unread: number of nodes that could not be read, each of which got a note
 */
struct fleet {
	struct app *app;
	struct shape *shapes;
	struct document *documents;
	size_t count, nodes, unread, golden, document_count, last;
	bool has_golden;
};

/**
 * fleet_add() - read what an argument names: a capture, a tree document, a file with a tree document on each
 *	line, a folder of any of these, "-" for standard input.
 * Return: STATUS_DONE, even if a node, or an entry of a folder, could not be read; another status if out of
 *	memory or if @path does not exist.
 */
enum status fleet_add(struct fleet *fleet, const char *path);

/** fleet_node() - read one node. @from: as in --from. @label: what to call it if it has no name. */
enum status fleet_node(struct fleet *fleet, const char *from, const char *label);

/**
 * fleet_skip() - one bad file does not stop the others from being read: make the failure a note about @label.
 * Return: STATUS_DONE, or STATUS_SYSTEM if the system failed and not the file.
 */
enum status fleet_skip(struct fleet *fleet, const char *label);

/**
 * fleet_document() - read one node from the text of a document. A document that equals another except for
 *	host name and serial numbers is not parsed again.
 */
enum status fleet_document(struct fleet *fleet, const char *text, size_t size, const char *label);

/** fleet_count() - add a node to @shape. Return: STATUS_DONE, or the status for lack of memory. */
enum status fleet_count(struct fleet *fleet, size_t shape, const char *name);

/** fleet_compare() - find what distinguishes @shape from the golden one. @ret_diff: release with p2p_diff_free() */
enum status fleet_compare(const struct fleet *fleet, const struct shape *shape, struct p2p_diff **ret_diff);

/** fleet_class() - number of functions of a class that take part in peer-to-peer DMA. */
size_t fleet_class(const struct app *machine, enum p2p_class kind);

/** fleet_print_json() - print one document, or a line for each node. */
enum status fleet_print_json(const struct fleet *fleet);

#endif
