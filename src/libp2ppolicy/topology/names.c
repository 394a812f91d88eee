/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of vendors, devices and classes: from pci.ids, and for what it lacks from the hardware database of
 * udev.  The network is never used, and nothing is printed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <libudev.h>

#include "snapshot/pci-ids.h"
#include "topology/build.h"

#define NAME_SIZE 256u

/**
 * struct names - the two sources of names.
 * @list: NULL if there is none
 * @pinned: the list was named by the user, and no other source is asked
 */
struct names {
	struct p2p_topology *topology;
	struct p2p_names *list;
	struct udev *udev;
	struct udev_hwdb *hwdb;
	bool pinned;
};

/* What hwdb has under @key for @modalias; NULL if nothing. */
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

/* The name in the list, or else what hwdb has under @key for @modalias. */
static const char *keep(struct names *names, struct p2p_name name, const char *modalias,
			const char *key)
{
	if (!name.text) {
		name.text = ask_hwdb(names, modalias, key);
		name.length = NAME_SIZE;
	}
	if (!name.text)
		return NULL;
	return p2p_keep_text(names->topology, name.text,
			     name.length < NAME_SIZE ? name.length : NAME_SIZE);
}

static void name_ids(struct names *names, struct p2p_function *function)
{
	char modalias[64];

	snprintf(modalias, sizeof(modalias), "pci:v%08Xd%08Xsv%08Xsd%08X", function->vendor,
		 function->device, function->subsystem_vendor, function->subsystem_device);
	function->vendor_name = keep(names, p2p_names_vendor(names->list, function->vendor),
				     modalias, "ID_VENDOR_FROM_DATABASE");
	function->device_name = keep(names, p2p_names_device(names->list, function->vendor,
							     function->device),
				     modalias, "ID_MODEL_FROM_DATABASE");
}

/* A subclass without a name is shown as its base class and the number, as in lspci. */
static void name_class(struct names *names, struct p2p_function *function)
{
	unsigned int class = function->class_code >> 8;
	char modalias[64], text[NAME_SIZE];
	struct p2p_name name;
	bool exact;

	snprintf(modalias, sizeof(modalias), "pci:v*d*sv*sd*bc%02Xsc%02Xi%02X", class >> 8,
		 class & 0xff, function->class_code & 0xff);
	name = p2p_names_class(names->list, class, &exact);
	if (name.text && !exact) {
		snprintf(text, sizeof(text), "%.*s [%04x]",
			 (int)(name.length < 200 ? name.length : 200), name.text, class);
		name = (struct p2p_name){ text, NAME_SIZE };
	}
	function->class_name = keep(names, name, modalias, "ID_PCI_SUBCLASS_FROM_DATABASE");
}

/* Order by what the names depend on, so that equal functions are adjacent. */
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

	sorted = p2p_scratch(topology, topology->count, sizeof(struct p2p_function *));
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count; i++)
		sorted[i] = &topology->functions[i];
	qsort(sorted, topology->count, sizeof(struct p2p_function *), compare_ids);
	for (size_t i = 0; i < topology->count; i++) {
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
	int error = 0;

	if (pci_ids)
		error = p2p_names_read(topology->context, pci_ids, &names.list);
	else
		names.list = p2p_names_new(false);
	if (!error)
		error = name_all(&names);
	if (names.hwdb)
		udev_hwdb_unref(names.hwdb);
	if (names.udev)
		udev_unref(names.udev);
	p2p_names_free(names.list);
	return error;
}
