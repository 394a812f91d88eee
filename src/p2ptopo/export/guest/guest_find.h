/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the guest that runs on this machine, for export --map vm. */
#ifndef P2PTOPO_EXPORT_GUEST_FIND_H
#define P2PTOPO_EXPORT_GUEST_FIND_H

#include "app.h"

/** Size of the buffer for "/proc/PID/cmdline". */
#define GUEST_PATH 64

/**
 * guest_find() - find the only QEMU process that gets functions through vfio-pci.
 * Return: STATUS_DONE, or a status and a sentence if there are none or several, or if the machine is not this
 *	one.
 */
enum status guest_find(struct app *app, char path[GUEST_PATH]);

#endif
