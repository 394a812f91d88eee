/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contains libpci: its warnings go to the log callback, and its errors do not end the program. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pci/pci.h>

#include "base/context.h"
#include "snapshot/access/access.h"

/* @error: errno at libpci's last warning, the only hint why a read failed */
struct p2p_access {
	struct p2p_context *context;
	struct pci_access *lib;
	struct pci_dev *device;
	jmp_buf escape;
	int error;
};

/*
 * libpci's callbacks carry no pointer of ours, so the object that is currently inside libpci is kept here,
 * per thread.
 */
static _Thread_local struct p2p_access *inside;

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
	int error = errno;
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!inside)
		return;
	inside->error = error;
	p2p_debug(inside->context, "libpci: %s", text);
}

static int start(struct p2p_access *access)
{
	inside = access;
	if (setjmp(access->escape)) {
		inside = NULL;
		return -EBADMSG;
	}
	access->lib = pci_alloc();
	access->lib->method = PCI_ACCESS_SYS_BUS_PCI;
	access->lib->error = on_error;
	access->lib->warning = on_warning;
	access->lib->debug = on_warning;
	pci_init(access->lib);
	inside = NULL;
	return 0;
}

int p2p_access_open(struct p2p_context *context, struct p2p_access **ret_access)
{
	struct p2p_access *access = calloc(1, sizeof(*access));
	int r;

	if (!access)
		return p2p_error(context, -ENOMEM, "out of memory");
	access->context = context;
	r = start(access);
	if (r < 0) {
		p2p_access_close(access);
		return r;
	}
	*ret_access = access;
	return 0;
}

static void drop_device(struct p2p_access *access)
{
	if (access->device)
		pci_free_dev(access->device);
	access->device = NULL;
}

struct p2p_access *p2p_access_close(struct p2p_access *access)
{
	if (!access)
		return NULL;
	inside = access;
	if (!setjmp(access->escape)) {
		drop_device(access);
		if (access->lib)
			pci_cleanup(access->lib);
	}
	inside = NULL;
	free(access);
	return NULL;
}

int p2p_access_select(struct p2p_access *access, struct p2p_bdf bdf)
{
	inside = access;
	if (setjmp(access->escape)) {
		inside = NULL;
		return -EIO;
	}
	drop_device(access);
	access->device = pci_get_dev(access->lib, (int)bdf.domain, bdf.bus, bdf.devfn >> 3,
				     bdf.devfn & 7);
	inside = NULL;
	return 0;
}

/* libpci opens the file on the first read. */
static bool read_block(struct p2p_access *access, unsigned int offset, unsigned int length,
		       uint8_t *ret_bytes)
{
	int done;

	access->error = 0;
	/* A warning that is not about a failed call must not report an earlier errno. */
	errno = 0;
	inside = access;
	if (setjmp(access->escape)) {
		inside = NULL;
		return false;
	}
	done = pci_read_block(access->device, (int)offset, ret_bytes, (int)length);
	inside = NULL;
	return done;
}

int p2p_access_read(struct p2p_access *access, unsigned int offset, unsigned int length,
		    uint8_t *ret_bytes)
{
	if (!access->device)
		return -EIO;
	while (!read_block(access, offset, length, ret_bytes)) {
		if (access->error != EINTR)
			return p2p_is_exhausted(-access->error) ? -access->error : -EIO;
	}
	return 0;
}

int p2p_access_write(struct p2p_access *access, unsigned int offset, unsigned int length,
		     const uint8_t *bytes)
{
	uint8_t copy[8];
	int done;

	if (!access->device || length > sizeof(copy))
		return -EIO;
	memcpy(copy, bytes, length);
	inside = access;
	if (setjmp(access->escape)) {
		inside = NULL;
		return -EIO;
	}
	done = pci_write_block(access->device, (int)offset, copy, (int)length);
	inside = NULL;
	return done ? 0 : -EIO;
}
