/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt's domain XML, as `virsh dumpxml` prints it: controllers of type pci, whose index addresses use as
 * the bus, and the devices that are passed through.  https://libvirt.org/formatdomain.html
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/guest/guest.h"
#include "snapshot/tools/xml.h"

#define MOST_DEPTH 64u

/**
 * struct reading - a document while it is read.
 * @slot: the current controller or device, if @open
 * @expander: it is a root of its own, whose bus number is in <target>
 * @source: inside its <source>; @has_host, @has_address: what was found so far
 */
struct reading {
	struct p2p_xml xml;
	struct p2p_guest *guest;
	struct p2p_guest_slot slot;
	bool open, expander, source, has_host, has_address;
	unsigned int depth, opened;
};

static bool has(const XML_Char **attributes, const char *name, const char *wanted)
{
	const char *value = p2p_xml_value(attributes, name);

	return value && !strcmp(value, wanted);
}

/* A number up to @most; 0 if the attribute is missing. */
static unsigned long number_of(struct reading *reading, const XML_Char **attributes, const char *name,
			       unsigned long most)
{
	const char *value = p2p_xml_value(attributes, name);
	unsigned long number;
	char *end;

	if (!value)
		return 0;
	errno = 0;
	number = strtoul(value, &end, 0);
	if (*end || end == value || errno || *value == '-' || number > most) {
		p2p_xml_fail(&reading->xml, "not a number of a PCI address");
		return 0;
	}
	return number;
}

/* libvirt's bus is the index of a controller. */
static const char *bus_name(struct reading *reading, unsigned long index)
{
	const char *name = p2p_arena_format(&reading->guest->arena, "%lu", index);

	if (!name)
		p2p_xml_stop(&reading->xml, -ENOMEM);
	return name ? name : "";
}

static void start_controller(struct reading *reading, const XML_Char **attributes)
{
	const char *model = p2p_xml_value(attributes, "model");

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

	if (reading->source ? p2p_xml_value(attributes, "type") && !has(attributes, "type", "pci") :
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
		p2p_xml_fail(&reading->xml, "deeper than a domain of libvirt");
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
	int error = reading->xml.error ? 0 : p2p_guest_add(reading->guest, &reading->slot);

	if (error)
		p2p_xml_stop(&reading->xml, error);
}

/* A controller without an address is on no bus, and neither is anything below it. */
static void finish(struct reading *reading)
{
	reading->open = false;
	if (reading->slot.kind == P2P_GUEST_ROOT) {
		add(reading);
	} else if (reading->slot.passed && !reading->has_host) {
		return;
	} else if (reading->slot.passed && !reading->has_address) {
		p2p_xml_fail(&reading->xml, "the device has no address in the guest yet: take the XML "
			     "of the running guest");
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

int p2p_guest_libvirt(struct p2p_guest *guest, const char *text, size_t size)
{
	struct reading reading = {
		.xml = { .context = guest->context, .name = guest->name,
			 .doctype = "a domain of libvirt has no document type" },
		.guest = guest,
	};

	return p2p_xml_parse(&reading.xml, text, size, start, end);
}
