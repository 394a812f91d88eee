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
	struct pci_dev *device, *cursor;
	bool borrowed;		/* @device belongs to @access */
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

static int start(struct p2p_libpci *libpci, unsigned int method, const char *dump)
{
	inside = libpci;
	if (setjmp(libpci->escape)) {
		inside = NULL;
		return -EBADMSG;
	}
	libpci->access = pci_alloc();
	libpci->access->method = method;
	libpci->access->error = on_error;
	libpci->access->warning = on_warning;
	libpci->access->debug = on_warning;
	if (dump)
		pci_set_param(libpci->access, (char *)"dump.name", (char *)dump);
	pci_init(libpci->access);
	inside = NULL;
	return 0;
}

static int open_method(struct p2p_context *context, unsigned int method, const char *dump,
		       struct p2p_libpci **ret_libpci)
{
	struct p2p_libpci *libpci = calloc(1, sizeof(*libpci));
	int r;

	if (!libpci)
		return p2p_error(context, -ENOMEM, "out of memory");
	libpci->context = context;
	r = start(libpci, method, dump);
	if (r < 0) {
		p2p_libpci_close(libpci);
		return r;
	}
	*ret_libpci = libpci;
	return 0;
}

int p2p_libpci_open_sysfs(struct p2p_context *context, struct p2p_libpci **ret_libpci)
{
	return open_method(context, PCI_ACCESS_SYS_BUS_PCI, NULL, ret_libpci);
}

int p2p_libpci_open_dump(struct p2p_context *context, const char *path,
			 struct p2p_libpci **ret_libpci)
{
	return open_method(context, PCI_ACCESS_DUMP, path, ret_libpci);
}

static void drop_device(struct p2p_libpci *libpci)
{
	if (libpci->device && !libpci->borrowed)
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

static struct pci_dev *find_from(struct pci_dev *device, struct p2p_bdf bdf)
{
	for (; device; device = device->next)
		if ((uint32_t)device->domain == bdf.domain && device->bus == bdf.bus &&
		    (device->dev << 3 | device->func) == bdf.devfn)
			return device;
	return NULL;
}

/*
 * In a dump only what was read from it may be asked: libpci trips over any other.  Asked in
 * the order of its list, each is found beside the last.
 */
static struct pci_dev *find_in_dump(struct p2p_libpci *libpci, struct p2p_bdf bdf)
{
	struct pci_dev *device = find_from(libpci->cursor, bdf);

	if (!device)
		device = find_from(libpci->access->devices, bdf);
	if (device)
		libpci->cursor = device;
	return device && device->aux ? device : NULL;
}

int p2p_libpci_select(struct p2p_libpci *libpci, struct p2p_bdf bdf)
{
	inside = libpci;
	if (setjmp(libpci->escape)) {
		inside = NULL;
		return -EIO;
	}
	drop_device(libpci);
	libpci->borrowed = libpci->access->method == PCI_ACCESS_DUMP;
	if (libpci->borrowed)
		libpci->device = find_in_dump(libpci, bdf);
	else
		libpci->device = pci_get_dev(libpci->access, (int)bdf.domain, bdf.bus,
					     bdf.devfn >> 3, bdf.devfn & 7);
	inside = NULL;
	return libpci->device ? 0 : -ENOENT;
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

	if (!libpci->device || libpci->borrowed || length > sizeof(copy))
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
