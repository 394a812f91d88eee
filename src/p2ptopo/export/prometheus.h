/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics in the text format of Prometheus. */
#ifndef P2PTOPO_EXPORT_PROMETHEUS_H
#define P2PTOPO_EXPORT_PROMETHEUS_H

#include "app.h"

/** metrics_head() - print the header of a metric family; its samples follow. */
void metrics_head(const struct app *app, const char *name, const char *type, const char *help);

/** struct bandwidths - what tools measured on this machine, from --measured. */
struct bandwidths;

/**
 * bandwidths_read() - read what --measured names.
 * @ret_bandwidths: release with bandwidths_free(); NULL without that option
 */
enum status bandwidths_read(struct app *app, struct bandwidths **ret_bandwidths);

/** bandwidths_free() - NULL is fine. */
void bandwidths_free(struct bandwidths *bandwidths);

/** bandwidths_print() - print metrics for them, beside what is expected; nothing for NULL. */
void bandwidths_print(const struct app *app, const struct bandwidths *bandwidths);

#endif
