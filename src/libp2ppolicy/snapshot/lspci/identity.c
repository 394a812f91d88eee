/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first line of a function: class, ids, revision, programming interface. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/pci-regs.h"
#include "snapshot/lspci/text.h"

static const struct {
	uint16_t code;
	const char *name;
} classes[] = {
	{ 0x0100, "SCSI storage controller" }, { 0x0101, "IDE interface" },
	{ 0x0104, "RAID bus controller" }, { 0x0106, "SATA controller" },
	{ 0x0107, "Serial Attached SCSI controller" },
	{ 0x0108, "Non-Volatile memory controller" }, { 0x0180, "Mass storage controller" },
	{ 0x0200, "Ethernet controller" }, { 0x0207, "Infiniband controller" },
	{ 0x0280, "Network controller" }, { 0x0300, "VGA compatible controller" },
	{ 0x0302, "3D controller" }, { 0x0380, "Display controller" },
	{ 0x0401, "Multimedia audio controller" }, { 0x0403, "Audio device" },
	{ 0x0500, "RAM memory" }, { 0x0502, "CXL" }, { 0x0580, "Memory controller" },
	{ 0x0600, "Host bridge" }, { 0x0601, "ISA bridge" }, { 0x0604, "PCI bridge" },
	{ 0x0607, "CardBus bridge" }, { 0x0680, "Bridge" }, { 0x0700, "Serial controller" },
	{ 0x0780, "Communication controller" }, { 0x0800, "PIC" }, { 0x0806, "IOMMU" },
	{ 0x0880, "System peripheral" }, { 0x0b40, "Co-processor" },
	{ 0x0c00, "FireWire (IEEE 1394)" }, { 0x0c03, "USB controller" }, { 0x0c05, "SMBus" }, { 0x1080, "Encryption controller" },
	{ 0x1101, "Performance counters" }, { 0x1180, "Signal processing controller" },
	{ 0x1200, "Processing accelerators" }, { 0x1300, "Non-Essential Instrumentation" },
};

unsigned int p2p_text_class(const char *name, size_t length)
{
	for (size_t i = 0; i < P2P_LENGTH(classes); i++)
		if (strlen(classes[i].name) == length && !memcmp(classes[i].name, name, length))
			return classes[i].code;
	return 0;
}

bool p2p_text_hex(const char *from, size_t digits, char after, unsigned int *ret_value)
{
	for (size_t i = 0; i < digits; i++)
		if (!isxdigit((unsigned char)from[i]))
			return false;
	if (from[digits] != after)
		return false;
	*ret_value = (unsigned int)strtoul(from, NULL, 16);
	return true;
}

bool p2p_text_ids(const char *line, unsigned int *ret_vendor, unsigned int *ret_device)
{
	unsigned int vendor, device;
	bool found = p2p_text_hex(line, 4, ':', &vendor) && p2p_text_hex(line + 5, 4, '\0', &device);

	for (const char *at = strchr(line, '['); at && !found; at = strchr(at + 1, '['))
		found = p2p_text_hex(at + 1, 4, ':', &vendor) &&
			p2p_text_hex(at + 6, 4, ']', &device);
	if (found) {
		*ret_vendor = vendor;
		*ret_device = device;
	}
	return found;
}

/* "NVIDIA Corporation ...": display controllers of other vendors belong to management controllers or emulators. */
static bool makes_gpus(const char *name)
{
	return !strncmp(name, "NVIDIA", 6) || !strncmp(name, "Advanced Micro Devices", 22) ||
	       !strncmp(name, "Intel", 5);
}

/* "0302: 10de:2330 ..." */
static unsigned int take_numbers(struct p2p_text_function *function, const char *rest)
{
	unsigned int class = 0;

	p2p_text_hex(rest, 4, ':', &class);
	function->has_ids = p2p_text_hex(rest + 6, 4, ':', &function->vendor) &&
			    (p2p_text_hex(rest + 11, 4, '\0', &function->device) ||
			     p2p_text_hex(rest + 11, 4, ' ', &function->device));
	return class;
}

/* "Class 0302: Device 10de:2330 (rev a1)", if lspci found no name; releases before 3.0 print "Unknown device". */
static bool is_nameless(const char *rest)
{
	unsigned int class;

	return !strncmp(rest, "Class ", 6) && p2p_text_hex(rest + 6, 4, ':', &class);
}

/* "NVIDIA Corporation GH100 (rev a1) (prog-if ...)": what precedes the first "(rev " or "(prog-if ". */
static bool find_ids(struct p2p_text_function *function, const struct p2p_names *names,
		     const char *name)
{
	const char *end = strstr(name, " (rev "), *interface = strstr(name, " (prog-if ");
	char text[512];
	size_t length;

	end = end ? end : interface ? interface : name + strlen(name);
	length = (size_t)(end - name);
	if (length >= sizeof(text))
		return false;
	memcpy(text, name, length);
	text[length] = '\0';
	return p2p_names_find(names, text, &function->vendor, &function->device);
}

static unsigned int take_nameless(struct p2p_text_function *function, const struct p2p_names *names, const char *rest)
{
	static const char *const words[] = { " Device ", " Unknown device ", " " };
	unsigned int class = 0;

	p2p_text_hex(rest + 6, 4, ':', &class);
	rest += 11;
	for (size_t i = 0; i < P2P_LENGTH(words) && !function->has_ids; i++) {
		const char *ids = rest + strlen(words[i]);

		function->has_ids = p2p_starts(rest, words[i]) && p2p_text_hex(ids, 4, ':', &function->vendor) &&
				    (p2p_text_hex(ids + 5, 4, '\0', &function->device) ||
				     p2p_text_hex(ids + 5, 4, ' ', &function->device));
	}
	if (!function->has_ids && *rest == ' ')
		function->has_ids = p2p_text_ids(rest, &function->vendor, &function->device) ||
				    find_ids(function, names, rest + 1);
	return class;
}

/* "3D controller [0302]: NVIDIA Corporation GH100 [10de:2330] ..."; @colon: after the class */
static unsigned int take_names(struct p2p_text_function *function, const struct p2p_names *names,
			       const char *rest, const char *colon)
{
	unsigned int class = 0;

	function->has_ids = p2p_text_ids(colon, &function->vendor, &function->device) ||
			    find_ids(function, names, colon + 2);
	if (colon - rest < 7 || !p2p_text_hex(colon - 6 + 1, 4, ']', &class))
		class = p2p_text_class(rest, (size_t)(colon - rest));
	if (class >> 8 == PCI_BASE_CLASS_DISPLAY && !function->has_ids && !makes_gpus(colon + 2))
		class = 0;
	return class;
}

/* Does @word occur between @from and @end, ignoring case? */
static bool is_word_before(const char *from, const char *end, const char *word)
{
	const char *at = strcasestr(from, word);

	return at && at < end;
}

void p2p_text_identity(struct p2p_text_function *function, const struct p2p_names *names,
		       const char *rest)
{
	const char *colon = strstr(rest, ": "), *at;
	unsigned int class, value;

	/* If the line below was joined to this one, the ids are not its own. */
	if (!colon || strstr(colon, "Subsystem: "))
		return;
	class = p2p_text_hex(rest, 4, ':', &value) ? take_numbers(function, rest) :
		is_nameless(rest) ? take_nameless(function, names, rest) : take_names(function, names, rest, colon);
	function->odd_acs = !function->has_ids && !strncmp(colon + 2, "Intel", 5);
	at = strstr(colon, "(rev ");
	if (at && p2p_text_hex(at + 5, 2, ')', &value))
		function->revision = (uint8_t)value;
	at = strstr(colon, "(prog-if ");
	if (at && isxdigit((unsigned char)at[9]))
		function->interface = (uint8_t)strtoul(at + 9, NULL, 16);
	function->has_class = class != 0;
	/* Whatever it is called, it is not a bridge. */
	function->header_known = !is_nameless(rest) && !is_word_before(rest, colon, "bridge");
	function->class_code = class << 8 | function->interface;
	/* Even if its line of buses is missing, it is a bridge, to unknown buses. */
	if (class == PCI_CLASS_BRIDGE_PCI || class == PCI_CLASS_BRIDGE_SEMI)
		function->header_type = PCI_HEADER_TYPE_BRIDGE;
	if (class == PCI_CLASS_BRIDGE_CARDBUS)
		function->header_type = PCI_HEADER_TYPE_CARDBUS;
}
