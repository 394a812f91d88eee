/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every picture of a machine shows: the chosen functions and everything above them. */
#ifndef P2PTOPO_EXPORT_PICTURE_H
#define P2PTOPO_EXPORT_PICTURE_H

#include "app.h"
#include "print/words.h"

/** With more devices than this there is no matrix of pairs: nobody could read it. */
#define PICTURE_MATRIX 64

/**
 * struct picture_node - a function, or a host bridge.
 * @function: NULL if the node is @host
 * @parent: index of the node above; a host bridge has its own index
 * @first: index in picture.devices of the first device at or below the node; @last: of the last one
 * @depth: 0 for host bridges
 * @redirects: whether its ACS Control redirects requests or completions
 * @slow: whether its link to the port above is slower than both ends can do
 */
struct picture_node {
	const struct p2p_function *function;
	const struct p2p_host_bridge *host;
	size_t parent, first, last;
	unsigned int depth;
	bool redirects, slow;
};

/**
 * struct picture - nodes in address order, each before those below it.
 * @devices: indices of the chosen nodes, in the same order
 */
struct picture {
	struct picture_node *nodes;
	size_t *devices;
	size_t count, device_count;
	unsigned int depth;
};

/**
 * picture_new() - lay out the functions that the filters pick.
 * @ret_picture: release with picture_free()
 * Return: STATUS_DONE, or the status for lack of memory.
 */
enum status picture_new(const struct app *app, struct picture *ret_picture);

/** picture_free() - free what picture_new() filled. */
void picture_free(struct picture *picture);

/** picture_print() - lay a picture out and call @print to print it to app->out. Return: as picture_new(). */
enum status picture_print(const struct app *app,
			  void (*print)(const struct app *app, const struct picture *picture));

/** picture_device() - the function of the device at @index. */
const struct p2p_function *picture_device(const struct picture *picture, size_t index);

/** picture_delivery() - how transfers between two devices, given by index, are delivered. */
enum p2p_delivery picture_delivery(const struct app *app, const struct picture *picture, size_t provider,
				   size_t client);

/**
 * picture_link() - the link above @function, as it runs now; NULL if there is none, or if it is unknown.
 *	Above a root port is a CPU, and above a downstream port the inside of a switch: the link of such a
 *	port is below it.
 */
const char *picture_link(const struct p2p_function *function, char text[WORDS_SIZE]);

/** picture_label() - a line about a device: its name, if it has one, address and product. Return: @text. */
char *picture_label(const struct p2p_function *function, char *text, size_t size);

#endif
