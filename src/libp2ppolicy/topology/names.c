/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of vendors, devices and classes: pci.ids through libpci, and for what it does not know
 * the hardware database of udev.  Never the network, never a word to anybody.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libudev.h>
#include <pci/pci.h>

#include "base/context.h"
#include "topology/build.h"

#define NAME_SIZE 256u

/**
 * struct names - the two lists.
 * @access: first, so that libpci's error handler, which is given nothing else, finds the rest
 * @last_*: names of the ids looked up last; machines repeat themselves
 */
struct names {
	struct p2p_topology *topology;
	struct pci_access *access;
	struct udev *udev;
	struct udev_hwdb *hwdb;
	bool pinned;
};

/*
 * libpci reports a malformed list through a handler that must not return and is told nothing but
 * text; the way out is found through this, one per thread and set only while libpci runs.
 */
static _Thread_local jmp_buf *way_out;

static void PCI_PRINTF(1, 2) PCI_NONRET give_up(char *format, ...)
{
	(void)format;
	longjmp(*way_out, 1);
}

static void PCI_PRINTF(1, 2) say_nothing(char *format, ...)
{
	(void)format;
}

/* Return: false when the list is malformed. */
static bool load_list(struct pci_access *access)
{
	jmp_buf here;
	bool good = false;

	way_out = &here;
	if (!setjmp(here)) {
		pci_load_name_list(access);
		good = true;
	}
	way_out = NULL;
	return good;
}

static int open_list(struct names *names, const char *pci_ids)
{
	struct p2p_context *context = names->topology->context;
	int fd;

	if (pci_ids) {
		fd = open(pci_ids, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			return p2p_error(context, -errno, "%s: %s", pci_ids, strerror(errno));
		close(fd);
	}
	names->access = pci_alloc();
	if (!names->access)
		return -ENOMEM;
	names->access->error = give_up;
	names->access->warning = say_nothing;
	names->access->debug = say_nothing;
	/* Neither the network nor what an earlier program kept of it. */
	names->access->id_lookup_mode = 0;
	if (pci_ids) {
		char *copy = strdup(pci_ids);

		if (!copy)
			return -ENOMEM;
		pci_set_name_list_path(names->access, copy, 1);
	}
	if (load_list(names->access) || !pci_ids)
		return 0;
	return p2p_error(context, -EBADMSG, "%s: not a list of PCI names", pci_ids);
}

/* What hwdb says under @key for @modalias; NULL nothing. */
static const char *ask_hwdb(struct names *names, const char *modalias, const char *key)
{
	struct udev_list_entry *entry;

	if (names->pinned)
		return NULL;
	if (!names->udev) {
		names->udev = udev_new();
		names->hwdb = names->udev ? udev_hwdb_new(names->udev) : NULL;
	}
	if (!names->hwdb)
		return NULL;
	entry = udev_hwdb_get_properties_list_entry(names->hwdb, modalias, 0);
	entry = udev_list_entry_get_by_name(entry, key);
	return entry ? udev_list_entry_get_value(entry) : NULL;
}

/* @flags: PCI_LOOKUP_VENDOR, _DEVICE or _CLASS; what pci_lookup_name() takes for it. */
static const char *look_up(struct names *names, int flags, int first, int second,
			   const char *modalias, const char *key)
{
	const char *name;
	char buffer[NAME_SIZE];

	name = pci_lookup_name(names->access, buffer, sizeof(buffer),
			       flags | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB, first, second);
	/* A name that did not fit comes as a remark of libpci. */
	if (!name || name != buffer || !strncmp(name, "<pci_lookup_name:", 17))
		name = ask_hwdb(names, modalias, key);
	return name ? p2p_keep_text(names->topology, name, NAME_SIZE) : NULL;
}

static void name_ids(struct names *names, struct p2p_function *function)
{
	char modalias[64];

	snprintf(modalias, sizeof(modalias), "pci:v%08Xd%08Xsv%08Xsd%08X", function->vendor,
		 function->device, function->subsystem_vendor, function->subsystem_device);
	function->vendor_name = look_up(names, PCI_LOOKUP_VENDOR, function->vendor, 0, modalias,
					"ID_VENDOR_FROM_DATABASE");
	function->device_name = look_up(names, PCI_LOOKUP_DEVICE, function->vendor,
					function->device, modalias, "ID_MODEL_FROM_DATABASE");
}

static void name_class(struct names *names, struct p2p_function *function)
{
	char modalias[64];

	snprintf(modalias, sizeof(modalias), "pci:v*d*sv*sd*bc%02Xsc%02Xi%02X",
		 function->class_code >> 16, function->class_code >> 8 & 0xff,
		 function->class_code & 0xff);
	function->class_name = look_up(names, PCI_LOOKUP_CLASS, (int)(function->class_code >> 8),
				       0, modalias, "ID_PCI_SUBCLASS_FROM_DATABASE");
}

/* Order by what the names depend on, so that equal functions stand together. */
static int compare_ids(const void *a, const void *b)
{
	const struct p2p_function *left = *(struct p2p_function *const *)a;
	const struct p2p_function *right = *(struct p2p_function *const *)b;

	if (left->vendor != right->vendor)
		return left->vendor < right->vendor ? -1 : 1;
	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	if (left->class_code != right->class_code)
		return left->class_code < right->class_code ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

static int name_all(struct names *names)
{
	struct p2p_topology *topology = names->topology;
	struct p2p_function **sorted, *before = NULL;
	size_t i;

	sorted = p2p_scratch(topology, topology->count, sizeof(struct p2p_function *));
	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < topology->count; i++)
		sorted[i] = &topology->functions[i];
	qsort(sorted, topology->count, sizeof(struct p2p_function *), compare_ids);
	for (i = 0; i < topology->count; i++) {
		struct p2p_function *function = sorted[i];

		if (function->ids != P2P_PRESENT)
			continue;
		if (before && before->vendor == function->vendor &&
		    before->device == function->device) {
			function->vendor_name = before->vendor_name;
			function->device_name = before->device_name;
		} else {
			name_ids(names, function);
		}
		if (before && before->class_code == function->class_code)
			function->class_name = before->class_name;
		else
			name_class(names, function);
		before = function;
	}
	return 0;
}

int p2p_names_build(struct p2p_topology *topology, const char *pci_ids)
{
	struct names names = { .topology = topology, .pinned = pci_ids != NULL };
	int error = open_list(&names, pci_ids);

	if (!error)
		error = name_all(&names);
	if (names.hwdb)
		udev_hwdb_unref(names.hwdb);
	if (names.udev)
		udev_unref(names.udev);
	if (names.access)
		pci_cleanup(names.access);
	return error;
}
