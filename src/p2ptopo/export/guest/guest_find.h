/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest that runs on this machine, for export --map vm. */
#ifndef P2PTOPO_EXPORT_GUEST_FIND_H
#define P2PTOPO_EXPORT_GUEST_FIND_H

#include "app.h"

/** Bytes of "/proc/PID/cmdline". */
#define GUEST_PATH 64

/**
 * guest_find() - find the one process of QEMU that vfio-pci passes functions on to.
 * Return: STATUS_DONE; or a status and a sentence: none, several, or not this machine.
 */
enum status guest_find(struct app *app, char path[GUEST_PATH]);

#endif
