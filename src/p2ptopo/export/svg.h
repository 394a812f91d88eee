/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine as SVG, alone or inside a page. */
#ifndef P2PTOPO_EXPORT_SVG_H
#define P2PTOPO_EXPORT_SVG_H

#include "export/picture.h"

/** svg_print() - print @picture to app->out as one svg element. */
void svg_print(const struct app *app, const struct picture *picture);

/** svg_delivery_class() - the class of its cells in CSS; svg_delivery_means() - what it is, in a few words. */
const char *svg_delivery_class(enum p2p_delivery delivery);
const char *svg_delivery_means(enum p2p_delivery delivery);

#endif
