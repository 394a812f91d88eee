/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/guest/guest.h"

/* More than a guest has slots on its first buses. */
#define MOST_SLOTS 4096

#define LAST_BUS 255u

int p2p_guest_add(struct p2p_guest *guest, const struct p2p_guest_slot *slot)
{
	struct p2p_guest_slot *place;

	if (guest->count == MOST_SLOTS)
		return p2p_error(guest->context, -EBADMSG, "%s: more than %d devices", guest->name, MOST_SLOTS);
	place = p2p_more(guest->slots, guest->count);
	if (!place)
		return -ENOMEM;
	*place = *slot;
	guest->count++;
	return 0;
}

static bool is_on(const struct p2p_guest_slot *slot, const char *bus, unsigned int devfn)
{
	return slot->kind != P2P_GUEST_ROOT && slot->devfn == devfn && !strcmp(slot->bus, bus);
}

/* Number a bus and all below it.  Cycles and duplicate names end at the last bus number. */
static int number_bus(struct p2p_guest *guest, const char *bus, unsigned int number, unsigned int *ret_last)
{
	unsigned int last = number;
	int error = 0;

	if (number > LAST_BUS)
		return p2p_error(guest->context, -EBADMSG, "%s: the guest would have more than 256 buses",
				 guest->name);
	for (unsigned int devfn = 0; devfn < 256 && !error; devfn++) {
		for (size_t i = 0; i < guest->count && !error; i++) {
			struct p2p_guest_slot *slot = &guest->slots[i];

			if (!is_on(slot, bus, devfn))
				continue;
			slot->address = (struct p2p_bdf){ 0, (uint8_t)number, (uint8_t)devfn };
			slot->placed = true;
			if (slot->kind == P2P_GUEST_BRIDGE)
				error = number_bus(guest, slot->id, last + 1, &last);
		}
	}
	*ret_last = last;
	return error;
}

static int number(struct p2p_guest *guest)
{
	unsigned int last;
	int error = 0;

	for (size_t i = 0; i < guest->count && !error; i++) {
		if (guest->slots[i].kind == P2P_GUEST_ROOT)
			error = number_bus(guest, guest->slots[i].id, guest->slots[i].number, &last);
	}
	return error;
}

static int collect(struct p2p_guest *guest)
{
	char bdf[P2P_BDF_SIZE];

	guest->devices = calloc(guest->count + 1, sizeof(*guest->devices));
	if (!guest->devices)
		return -ENOMEM;
	for (size_t i = 0; i < guest->count; i++) {
		const struct p2p_guest_slot *slot = &guest->slots[i];

		if (!slot->passed)
			continue;
		if (!slot->placed)
			return p2p_error(guest->context, -EBADMSG, "%s: %s is on bus '%s', which no bridge there leads to",
					 guest->name, p2p_bdf_format(slot->host, bdf), slot->bus);
		guest->devices[guest->device_count++] = (struct p2p_guest_device){ slot->host, slot->address };
	}
	if (!guest->device_count)
		return p2p_error(guest->context, -EBADMSG, "%s: it passes no PCI function of the host through", guest->name);
	return 0;
}

static bool is_xml(const char *text)
{
	return text[strspn(text, " \t\n\v\f\r")] == '<';
}

bool p2p_guest_is(const char *text, size_t size)
{
	return is_xml(text) || strlen(text) < size || strstr(text, "-device ");
}

int p2p_guest_read(struct p2p_context *context, const char *name, const char *text, size_t size,
		   struct p2p_guest **ret_guest)
{
	struct p2p_guest *guest = calloc(1, sizeof(*guest));
	int error;

	if (!guest)
		return p2p_error(context, -ENOMEM, "out of memory");
	guest->context = context;
	guest->name = name;
	error = is_xml(text) ? p2p_guest_libvirt(guest, text, size) : p2p_guest_qemu(guest, text, size);
	if (!error)
		error = number(guest);
	if (!error)
		error = collect(guest);
	if (error)
		p2p_guest_free(guest);
	else
		*ret_guest = guest;
	return error == -ENOMEM ? p2p_exhausted(context, error) : error;
}

void p2p_guest_free(struct p2p_guest *guest)
{
	if (!guest)
		return;
	p2p_arena_free(&guest->arena);
	free(guest->slots);
	free(guest->devices);
	free(guest);
}

const struct p2p_guest_device *p2p_guest_device(const struct p2p_guest *guest, size_t index)
{
	return index < guest->device_count ? &guest->devices[index] : NULL;
}
