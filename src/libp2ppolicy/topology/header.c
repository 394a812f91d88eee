/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identity of a function: from sysfs first, since a VF's own registers lack it, then from config space. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pci-regs.h"
#include "topology/build.h"

struct p2p_number p2p_file_number(const struct p2p_file *file)
{
	struct p2p_number number = { file->fact, 0 };
	char *end;

	if (file->fact != P2P_PRESENT)
		return number;
	errno = 0;
	number.value = strtoll(file->data, &end, 0);
	if (errno || end == file->data || (*end && *end != '\n'))
		number.fact = P2P_DENIED;
	return number;
}

const struct p2p_file *p2p_file_at(const struct p2p_topology *topology, const char *format, ...)
{
	char path[320];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return p2p_snapshot_file(topology->snapshot, path);
}

const char *p2p_file_lines(const struct p2p_file *file)
{
	return file->fact == P2P_PRESENT ? file->data : "";
}

const char *p2p_next_line(const char *text)
{
	text += strcspn(text, "\n");
	return text + (*text == '\n');
}

const char *p2p_line_value(const struct p2p_file *file, const char *name, char separator)
{
	const char *text = p2p_file_lines(file);
	size_t size = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at += size)
		if ((at == text || at[-1] == '\n') && at[size] == separator)
			return at + size + 1;
	return NULL;
}

const char *p2p_file_text(struct p2p_topology *topology, const struct p2p_file *file)
{
	if (file->fact != P2P_PRESENT || !file->data)
		return NULL;
	return p2p_keep_text(topology, file->data, strcspn(file->data, "\n"));
}

static void decode_ids(struct p2p_function *function, const struct p2p_raw *raw)
{
	struct p2p_number vendor = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_VENDOR));
	struct p2p_number device = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_DEVICE));
	uint16_t word[2];

	if (vendor.fact == P2P_PRESENT && device.fact == P2P_PRESENT) {
		function->vendor = (uint16_t)vendor.value;
		function->device = (uint16_t)device.value;
		function->ids = P2P_PRESENT;
	} else if (p2p_config_read16(&raw->config, PCI_VENDOR_ID, &word[0]) &&
		   p2p_config_read16(&raw->config, PCI_DEVICE_ID, &word[1]) &&
		   word[0] != 0xffff) {
		function->vendor = word[0];
		function->device = word[1];
		function->ids = P2P_PRESENT;
	}
}

static void decode_class(struct p2p_function *function, const struct p2p_raw *raw)
{
	struct p2p_number class_code = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_CLASS));
	uint32_t dword;

	if (class_code.fact == P2P_PRESENT)
		function->class_code = (uint32_t)class_code.value & 0xffffff;
	if (!function->silent && p2p_config_read32(&raw->config, PCI_REVISION_ID, &dword)) {
		function->revision = (uint8_t)dword;
		function->revision_fact = P2P_PRESENT;
		if (class_code.fact != P2P_PRESENT)
			function->class_code = dword >> 8;
		class_code.fact = P2P_PRESENT;
	}
	function->class_fact = class_code.fact == P2P_PRESENT ? function->ids : P2P_DENIED;
}

/* The place of the subsystem ids depends on the header type; a bridge has them in a capability. */
static void decode_subsystem(struct p2p_function *function, const struct p2p_config *config)
{
	const struct p2p_capability *capability;
	unsigned int offset = PCI_SUBSYSTEM_VENDOR_ID;
	uint16_t vendor, device;

	if (function->header_type == PCI_HEADER_TYPE_CARDBUS)
		offset = PCI_CB_SUBSYSTEM_VENDOR_ID;
	else if (function->header_type == PCI_HEADER_TYPE_BRIDGE) {
		enum p2p_fact fact = p2p_config_find(config, PCI_CAP_ID_SSVID, false, &capability);

		/* Without the capability it has none, which is expressed as zeros. */
		function->subsystem_fact = fact == P2P_ABSENT ? P2P_PRESENT : P2P_DENIED;
		if (fact != P2P_PRESENT)
			return;
		offset = capability->offset + PCI_SSVID_VENDOR;
	}
	if (p2p_config_read16(config, offset, &vendor) &&
	    p2p_config_read16(config, offset + 2, &device)) {
		function->subsystem_vendor = vendor;
		function->subsystem_device = device;
		function->subsystem_fact = P2P_PRESENT;
	}
}

static void decode_buses(struct p2p_function *function, const struct p2p_config *config)
{
	if (!p2p_function_is_bridge(function))
		function->buses = P2P_ABSENT;
	/* The same place for CardBus bridges: PCI_CB_CARD_BUS. */
	else if (p2p_config_read8(config, PCI_SECONDARY_BUS, &function->secondary) &&
		 p2p_config_read8(config, PCI_SUBORDINATE_BUS, &function->subordinate))
		function->buses = P2P_PRESENT;
}

void p2p_header_decode(struct p2p_function *function, const struct p2p_raw *raw)
{
	uint8_t type;

	function->silent = raw->config.silent;
	decode_ids(function, raw);
	decode_class(function, raw);
	function->kind = p2p_class_of(function->class_code, function->vendor, function->device);
	if (function->silent || !p2p_config_read8(&raw->config, PCI_HEADER_TYPE, &type))
		return;
	function->header = P2P_PRESENT;
	function->header_type = type & 0x7f;
	function->multifunction = type & 0x80;
	function->several = P2P_PRESENT;
	decode_subsystem(function, &raw->config);
	decode_buses(function, &raw->config);
}
