/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt's domain XML, as `virsh dumpxml` prints it: controllers of type pci, which have an index that
 * addresses name as their bus, and the devices that are passed on.  https://libvirt.org/formatdomain.html
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/guest/guest.h"
#include "snapshot/tools/xml-line.h"

#define MOST_DEPTH 64u

/**
 * struct reading - a document on its way in.
 * @slot: the controller or device that is open, when @open
 * @expander: it is a root of its own, whose bus <target> names
 * @source: inside its <source>; @has_host, @has_address: what was found of it
 */
struct reading {
	struct p2p_guest *guest;
	XML_Parser parser;
	struct p2p_guest_slot slot;
	bool open, expander, source, has_host, has_address;
	unsigned int depth, opened;
	int error;
};

static void fail(struct reading *reading, int error, const char *what)
{
	if (reading->error)
		return;
	reading->error = p2p_error(reading->guest->context, error, "%s:%lu: %s", reading->guest->name,
				   p2p_xml_line(reading->parser), what);
	XML_StopParser(reading->parser, XML_FALSE);
}

static const char *value_of(const XML_Char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2) {
		if (!strcmp(attributes[0], name))
			return attributes[1];
	}
	return NULL;
}

static bool has(const XML_Char **attributes, const char *name, const char *wanted)
{
	const char *value = value_of(attributes, name);

	return value && !strcmp(value, wanted);
}

/* A number up to @most; one that is left out is 0. */
static unsigned long number_of(struct reading *reading, const XML_Char **attributes, const char *name,
			       unsigned long most)
{
	const char *value = value_of(attributes, name);
	unsigned long number;
	char *end;

	if (!value)
		return 0;
	errno = 0;
	number = strtoul(value, &end, 0);
	if (*end || end == value || errno || *value == '-' || number > most) {
		fail(reading, -EBADMSG, "not a number of a PCI address");
		return 0;
	}
	return number;
}

/* The bus of libvirt is the index of a controller. */
static const char *bus_name(struct reading *reading, unsigned long index)
{
	const char *name = p2p_arena_format(&reading->guest->arena, "%lu", index);

	if (!name)
		fail(reading, -ENOMEM, "out of memory");
	return name ? name : "";
}

static void start_controller(struct reading *reading, const XML_Char **attributes)
{
	const char *model = value_of(attributes, "model");

	if (!has(attributes, "type", "pci"))
		return;
	reading->open = true;
	reading->opened = reading->depth;
	reading->slot.kind = P2P_GUEST_BRIDGE;
	reading->slot.id = bus_name(reading, number_of(reading, attributes, "index", UINT16_MAX));
	if (model && (!strcmp(model, "pcie-root") || !strcmp(model, "pci-root")))
		reading->slot.kind = P2P_GUEST_ROOT;
	reading->expander = model && strstr(model, "expander-bus");
}

static void start_device(struct reading *reading, const XML_Char *name, const XML_Char **attributes)
{
	if (!strcmp(name, "hostdev") ? !has(attributes, "type", "pci") : !has(attributes, "type", "hostdev"))
		return;
	reading->open = true;
	reading->opened = reading->depth;
	reading->slot.kind = P2P_GUEST_DEVICE;
	reading->slot.passed = true;
}

static void take_address(struct reading *reading, const XML_Char **attributes)
{
	unsigned long bus, slot, function;

	if (reading->source ? value_of(attributes, "type") && !has(attributes, "type", "pci") :
			      !has(attributes, "type", "pci"))
		return;
	bus = number_of(reading, attributes, "bus", reading->source ? UINT8_MAX : UINT16_MAX);
	slot = number_of(reading, attributes, "slot", 0x1f);
	function = number_of(reading, attributes, "function", 7);
	if (reading->source) {
		reading->slot.host.domain = (uint32_t)number_of(reading, attributes, "domain", UINT16_MAX);
		reading->slot.host.bus = (uint8_t)bus;
		reading->slot.host.devfn = (uint8_t)(slot << 3 | function);
		reading->has_host = true;
	} else {
		reading->slot.bus = bus_name(reading, bus);
		reading->slot.devfn = (uint8_t)(slot << 3 | function);
		reading->has_address = true;
	}
}

static void XMLCALL start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = data;

	if (++reading->depth > MOST_DEPTH)
		fail(reading, -EBADMSG, "deeper than a domain of libvirt");
	if (reading->open && !strcmp(name, "source"))
		reading->source = true;
	else if (reading->open && !strcmp(name, "address"))
		take_address(reading, attributes);
	else if (reading->open && !strcmp(name, "target") && reading->expander)
		reading->slot.number = (uint8_t)number_of(reading, attributes, "busNr", UINT8_MAX);
	if (reading->open)
		return;
	reading->slot = (struct p2p_guest_slot){ 0 };
	reading->expander = reading->source = reading->has_host = reading->has_address = false;
	if (!strcmp(name, "controller"))
		start_controller(reading, attributes);
	else if (!strcmp(name, "hostdev") || !strcmp(name, "interface"))
		start_device(reading, name, attributes);
}

static void add(struct reading *reading)
{
	if (!reading->error)
		reading->error = p2p_guest_add(reading->guest, &reading->slot);
	if (reading->error)
		XML_StopParser(reading->parser, XML_FALSE);
}

/* A controller that has no address yet is on no bus, so that what is below it is on none. */
static void finish(struct reading *reading)
{
	reading->open = false;
	if (reading->slot.kind == P2P_GUEST_ROOT) {
		add(reading);
	} else if (reading->slot.passed && !reading->has_host) {
		return;
	} else if (reading->slot.passed && !reading->has_address) {
		fail(reading, -EBADMSG, "the device has no address in the guest yet: take the XML of the running "
		     "guest");
	} else if (reading->has_address) {
		if (reading->expander) {
			reading->slot.kind = P2P_GUEST_ROOT;
			add(reading);
			reading->slot.kind = P2P_GUEST_DEVICE;
		}
		add(reading);
	}
}

static void XMLCALL end(void *data, const XML_Char *name)
{
	struct reading *reading = data;

	if (!strcmp(name, "source"))
		reading->source = false;
	if (reading->open && reading->depth == reading->opened)
		finish(reading);
	reading->depth--;
}

/* None, so that no entity is expanded. */
static void XMLCALL start_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
				  int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	fail(data, -EBADMSG, "a domain of libvirt has no document type");
}

int p2p_guest_libvirt(struct p2p_guest *guest, const char *text, size_t size)
{
	struct reading reading = { .guest = guest, .parser = XML_ParserCreate("UTF-8") };

	if (!reading.parser)
		return p2p_error(guest->context, -ENOMEM, "out of memory");
	XML_SetUserData(reading.parser, &reading);
	XML_SetElementHandler(reading.parser, start, end);
	XML_SetStartDoctypeDeclHandler(reading.parser, start_doctype);
	if (size >= INT32_MAX || XML_Parse(reading.parser, text, (int)size, XML_TRUE) != XML_STATUS_OK)
		fail(&reading, -EBADMSG, XML_ErrorString(XML_GetErrorCode(reading.parser)));
	XML_ParserFree(reading.parser);
	return reading.error;
}
