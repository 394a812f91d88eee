/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_VIEW_SAVE_H
#define P2PTOPO_VIEW_SAVE_H

#include <stdio.h>
#include <stdbool.h>

/**
 * save_file() - write a file beside @path and rename it to that: all of it or nothing.
 * @replace: may a file of that name be replaced?
 * @print: writes what goes into it
 *
 * Return: 0; -EEXIST there is one and it may not be replaced; another negative errno.
 */
int save_file(const char *path, bool replace, void (*print)(FILE *out, void *data), void *data);

#endif
