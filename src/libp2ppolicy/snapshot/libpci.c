/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pci/pci.h>

#include "base/context.h"
#include "snapshot/libpci.h"

struct p2p_libpci {
	struct p2p_context *context;
	struct pci_access *access;
	struct pci_dev *device;
	jmp_buf escape;
};

/*
 * libpci's callbacks carry no pointer of ours, so the object that is inside libpci now is kept
 * here, for each thread, from enter() to leave().
 */
static _Thread_local struct p2p_libpci *inside;

static void PCI_NONRET on_error(char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	p2p_error(inside->context, -EBADMSG, "libpci: %s", text);
	longjmp(inside->escape, 1);
}

static void on_warning(char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (inside)
		p2p_debug(inside->context, "libpci: %s", text);
}

static int start(struct p2p_libpci *libpci)
{
	inside = libpci;
	if (setjmp(libpci->escape)) {
		inside = NULL;
		return -EBADMSG;
	}
	libpci->access = pci_alloc();
	libpci->access->method = PCI_ACCESS_SYS_BUS_PCI;
	libpci->access->error = on_error;
	libpci->access->warning = on_warning;
	libpci->access->debug = on_warning;
	pci_init(libpci->access);
	inside = NULL;
	return 0;
}

int p2p_libpci_open_sysfs(struct p2p_context *context, struct p2p_libpci **ret_libpci)
{
	struct p2p_libpci *libpci = calloc(1, sizeof(*libpci));
	int r;

	if (!libpci)
		return p2p_error(context, -ENOMEM, "out of memory");
	libpci->context = context;
	r = start(libpci);
	if (r < 0) {
		p2p_libpci_close(libpci);
		return r;
	}
	*ret_libpci = libpci;
	return 0;
}

static void drop_device(struct p2p_libpci *libpci)
{
	if (libpci->device)
		pci_free_dev(libpci->device);
	libpci->device = NULL;
}

struct p2p_libpci *p2p_libpci_close(struct p2p_libpci *libpci)
{
	if (!libpci)
		return NULL;
	inside = libpci;
	if (!setjmp(libpci->escape)) {
		drop_device(libpci);
		if (libpci->access)
			pci_cleanup(libpci->access);
	}
	inside = NULL;
	free(libpci);
	return NULL;
}

int p2p_libpci_select(struct p2p_libpci *libpci, struct p2p_bdf bdf)
{
	inside = libpci;
	if (setjmp(libpci->escape)) {
		inside = NULL;
		return -EIO;
	}
	drop_device(libpci);
	libpci->device = pci_get_dev(libpci->access, (int)bdf.domain, bdf.bus, bdf.devfn >> 3,
				     bdf.devfn & 7);
	inside = NULL;
	return 0;
}

bool p2p_libpci_read(struct p2p_libpci *libpci, unsigned int offset, unsigned int length,
		     uint8_t *ret_bytes)
{
	int done;

	if (!libpci->device)
		return false;
	inside = libpci;
	if (setjmp(libpci->escape)) {
		inside = NULL;
		return false;
	}
	done = pci_read_block(libpci->device, (int)offset, ret_bytes, (int)length);
	inside = NULL;
	return done;
}

bool p2p_libpci_write(struct p2p_libpci *libpci, unsigned int offset, unsigned int length,
		      const uint8_t *bytes)
{
	uint8_t copy[8];
	int done;

	if (!libpci->device || length > sizeof(copy))
		return false;
	memcpy(copy, bytes, length);
	inside = libpci;
	if (setjmp(libpci->escape)) {
		inside = NULL;
		return false;
	}
	done = pci_write_block(libpci->device, (int)offset, copy, (int)length);
	inside = NULL;
	return done;
}
