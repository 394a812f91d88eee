/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every picture of a machine shows: the functions chosen, and all that is above them. */
#ifndef P2PTOPO_EXPORT_PICTURE_H
#define P2PTOPO_EXPORT_PICTURE_H

#include "app.h"
#include "print/words.h"

/** More devices than this have no matrix of pairs: nobody could read it. */
#define PICTURE_MATRIX 64

/**
 * struct picture_node - a function, or a host bridge.
 * @function: NULL it is @host
 * @parent: index of the node above; that of a host bridge is its own
 * @first: index of the first device below or at it; @last: of the last; in picture.devices
 * @depth: 0 for host bridges
 * @redirects: its ACS Control redirects requests or completions
 * @slow: its link to the port above runs below what both ends can do
 */
struct picture_node {
	const struct p2p_function *function;
	const struct p2p_host_bridge *host;
	size_t parent, first, last;
	unsigned int depth;
	bool redirects, slow;
};

/**
 * struct picture - nodes, each before those below it, in the order of addresses.
 * @devices: indices of the nodes that were chosen, in that order
 */
struct picture {
	struct picture_node *nodes;
	size_t *devices;
	size_t count, device_count;
	unsigned int depth;
};

/**
 * picture_new() - lay out the functions that are picked.
 * @ret_picture: picture_free() it
 * Return: STATUS_DONE, or out of memory.
 */
enum status picture_new(const struct app *app, struct picture *ret_picture);

/** picture_free() - free what picture_new() filled. */
void picture_free(struct picture *picture);

/** picture_print() - lay it out, and have @print print it to app->out.  Return: as picture_new(). */
enum status picture_print(const struct app *app,
			  void (*print)(const struct app *app, const struct picture *picture));

/** picture_device() - the function of the device at @index. */
const struct p2p_function *picture_device(const struct picture *picture, size_t index);

/** picture_delivery() - what comes of transfers between two devices, by their index. */
enum p2p_delivery picture_delivery(const struct app *app, const struct picture *picture, size_t provider,
				   size_t client);

/**
 * picture_link() - the link above @function, as it runs now; NULL there is none, or it is not known.  Above a root
 *	port is a CPU, above a downstream port the inside of a switch: the link of these is below them.
 */
const char *picture_link(const struct p2p_function *function, char text[WORDS_SIZE]);

/** picture_label() - a line on a device: name, where it has one, address, product.  Return: @text. */
char *picture_label(const struct p2p_function *function, char *text, size_t size);

#endif
