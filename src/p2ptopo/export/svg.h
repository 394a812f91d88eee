/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine as SVG, alone or inside a page. */
#ifndef P2PTOPO_EXPORT_SVG_H
#define P2PTOPO_EXPORT_SVG_H

#include "export/picture.h"

/** svg_print() - print @picture to app->out as one svg element. */
void svg_print(const struct app *app, const struct picture *picture);

/**
 * struct svg_delivery - how a delivery looks.
 * @name: the class of its cells in CSS
 * @means: its meaning in a few words
 * @letter: the class of a letter that is readable on it: white or the background colour
 */
struct svg_delivery {
	const char *name, *means, *letter;
};
extern const struct svg_delivery svg_deliveries[P2P_DELIVERIES];

#endif
