/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "print/clean.h"
#include "print/words.h"

char *words_link(struct p2p_link link, char buffer[WORDS_SIZE])
{
	if (!link.speed_mtps || !link.width)
		snprintf(buffer, WORDS_SIZE, "-");
	else
		p2p_link_format(link, buffer);
	return buffer;
}

char *words_bytes(uint64_t bytes, char buffer[WORDS_SIZE])
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0;
	uint64_t whole = bytes, rest = 0;

	for (; whole >= 1024 && units[unit + 1]; unit++) {
		rest = whole % 1024;
		whole /= 1024;
	}
	if (!unit)
		snprintf(buffer, WORDS_SIZE, "%" PRIu64 " B", whole);
	else if (rest * 10 / 1024)
		snprintf(buffer, WORDS_SIZE, "%" PRIu64 ".%" PRIu64 " %ciB", whole,
			 rest * 10 / 1024, units[unit]);
	else
		snprintf(buffer, WORDS_SIZE, "%" PRIu64 " %ciB", whole, units[unit]);
	return buffer;
}

const char *words_bar_kind(const struct p2p_bar *bar)
{
	static const char *const kinds[][2] = {
		[P2P_BAR_UNUSED] = { "unused", "unused" },
		[P2P_BAR_IO] = { "I/O", "I/O" },
		[P2P_BAR_MEM32] = { "32-bit", "32-bit prefetchable" },
		[P2P_BAR_MEM64] = { "64-bit", "64-bit prefetchable" },
	};

	return kinds[bar->kind][bar->prefetchable];
}

/* Suffixes of vendors' names. */
static const char *const suffixes[] = {
	"Corporation", "Corp", "Inc", "Co", "Company", "Ltd", "Limited", "Technologies",
	"Technology", "Semiconductor", "Electronics", "Systems", "Semiconductors", "GmbH", "AG",
	"International", "Group", "Networks", "/",
};

static bool is_suffix(const char *word, size_t length)
{
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strlen(suffixes[i]) == length && !strncmp(word, suffixes[i], length))
			return true;
	return false;
}

/* The length of a name without comma, suffix and what follows them: "Red Hat, Inc." becomes Red Hat. */
static size_t without_suffix(const char *name)
{
	size_t end = strcspn(name, " ,.");

	while (name[end] == ' ') {
		size_t length = strcspn(name + end + 1, " ,.");

		if (is_suffix(name + end + 1, length))
			break;
		end += 1 + length;
	}
	return end;
}

/* "[AHCI mode]" is not a name, "[GeForce RTX 3090]" is: product names have numbers. */
static bool is_name(const char *text, size_t length, bool maker)
{
	return length && (maker || strcspn(text, "0123456789") < length);
}

/* The text between the last brackets, if that is the name people use, else the start. */
static int short_name(const char *name, bool maker, size_t *ret_start)
{
	const char *open = strrchr(name, '['), *close = open ? strchr(open, ']') : NULL;

	*ret_start = 0;
	if (close && is_name(open + 1, (size_t)(close - open) - 1, maker)) {
		*ret_start = (size_t)(open - name) + 1;
		return (int)(close - open) - 1;
	}
	return (int)(maker ? without_suffix(name) : strlen(name));
}

char *words_product(const struct p2p_function *function, char *buffer, size_t size)
{
	const char *maker = function->vendor_name, *product = function->device_name;
	size_t maker_at = 0, product_at = 0;
	int maker_length = maker ? short_name(maker, true, &maker_at) : 0;
	int product_length = product ? short_name(product, false, &product_at) : 0;

	if (function->ids != P2P_PRESENT)
		snprintf(buffer, size, "not readable");
	else if (maker_length && product_length)
		snprintf(buffer, size, "%.*s %.*s", maker_length, maker + maker_at,
			 product_length, product + product_at);
	else if (maker_length)
		snprintf(buffer, size, "%.*s %04x:%04x", maker_length, maker + maker_at,
			 function->vendor, function->device);
	else
		snprintf(buffer, size, "%04x:%04x", function->vendor, function->device);
	return buffer;
}

const char *words_port(const struct p2p_function *function)
{
	const char *name = NULL;

	if (function->pcie.fact == P2P_PRESENT)
		name = p2p_port_type_name(function->pcie.type);
	if (name)
		return name;
	if (p2p_function_is_bridge(function))
		return function->pcie.fact == P2P_DENIED ? "bridge" : "PCI bridge";
	return function->pcie.fact == P2P_DENIED ? "function" : "PCI function";
}

const char *words_host(const struct p2p_host_bridge *host)
{
	if (host->roots && host->root[0]->orphan)
		return "bus, its bridge is not known";
	return host->vmd ? "VMD domain" : "host bridge";
}

const char *words_name(const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	return strcmp(p2p_bdf_format(function->bdf, bdf), function->display) ? function->display : "";
}

const char *words_os_name(const struct p2p_function *function)
{
	return function->os_names && function->os_names[0] ? function->os_names[0] : "";
}

void words_function(FILE *out, const struct p2p_function *function)
{
	const char *name = words_name(function);
	char bdf[P2P_BDF_SIZE];

	fprintf(out, "%s%s%s", p2p_bdf_format(function->bdf, bdf), *name ? " " : "", name);
}

const char *words_relation(enum p2p_relation relation)
{
	const char *name = p2p_relation_name(relation);

	return name ? name : "?";
}

char words_mark(enum p2p_map_type type)
{
	static const char marks[P2P_MAP_TYPES] = {
		[P2P_MAP_UNKNOWN] = '?',
		[P2P_MAP_NOT_SUPPORTED] = 'x',
		[P2P_MAP_THRU_HOST_BRIDGE] = 'H',
		[P2P_MAP_BUS_ADDR] = 'B',
	};

	return marks[type];
}

char words_delivery_mark(enum p2p_delivery delivery)
{
	static const char marks[P2P_DELIVERIES] = {
		[P2P_DELIVERY_UNKNOWN] = '?', [P2P_DELIVERY_BROKEN] = '!',
		[P2P_DELIVERY_REFUSED] = 'X', [P2P_DELIVERY_STAGED] = 'S',
		[P2P_DELIVERY_ROOT] = 'R', [P2P_DELIVERY_DIRECT] = 'D',
		[P2P_DELIVERY_LINK] = 'L',
	};

	return marks[delivery];
}

unsigned int words_place(enum p2p_class kind)
{
	return kind == P2P_CLASS_OTHER ? P2P_CLASSES : (unsigned int)kind;
}

char *words_node(struct p2p_number node, char buffer[WORDS_SIZE])
{
	if (node.fact == P2P_PRESENT && node.value >= 0)
		snprintf(buffer, WORDS_SIZE, "%" PRId64, node.value);
	else
		snprintf(buffer, WORDS_SIZE, node.fact == P2P_PRESENT ? "-" : "?");
	return buffer;
}

char *words_count(uint64_t count, const char *noun, char buffer[WORDS_SIZE])
{
	snprintf(buffer, WORDS_SIZE, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
	return buffer;
}

const char *words_tri(enum p2p_tri value)
{
	static const char *const words[] = {
		[P2P_NO] = "no", [P2P_YES] = "yes", [P2P_UNKNOWN] = "not known",
	};

	return words[value];
}

const char *words_enable(enum p2p_fact fact, bool enabled)
{
	static const char *const words[] = {
		[P2P_DENIED] = "not readable", [P2P_ABSENT] = "none", [P2P_PRESENT] = "off",
	};

	return fact == P2P_PRESENT && enabled ? "on" : words[fact];
}

char *words_acs(uint16_t bits, char buffer[P2P_ACS_SIZE])
{
	size_t used = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < P2P_ACS_BITS; i++)
		if (bits & p2p_acs_bits[i].bit)
			used += (size_t)snprintf(buffer + used, P2P_ACS_SIZE - used, "%s%s",
						 used ? " " : "", p2p_acs_bits[i].name);
	return buffer;
}

size_t words_clip(FILE *out, const char *text, size_t columns)
{
	size_t whole = clean_width(text), fits;

	if (whole <= columns) {
		fputs(text, out);
		return whole;
	}
	fits = clean_fit(text, columns > 2 ? columns - 2 : 0);
	fprintf(out, "%.*s%.*s", (int)fits, text, (int)columns, "..");
	return clean_columns(text, fits) + (columns < 2 ? columns : 2);
}

void words_line(FILE *out, const char *text)
{
	char *copy = strdup(text);

	if (copy)
		fputs(clean_line(copy), out);
	else
		p2p_lost();
	free(copy);
}

void words_pad(FILE *out, const char *text, size_t columns)
{
	size_t width = clean_width(text);

	fprintf(out, "%s%*s", text, width < columns ? (int)(columns - width) : 0, "");
}

void words_wrap(FILE *out, const char *text, size_t column, size_t indent, size_t width)
{
	bool first = true;

	while (*text) {
		size_t bytes = strcspn(text, " \n"), wide = clean_columns(text, bytes);

		if (!first && column + 1 + wide > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		fprintf(out, "%s%.*s", first ? "" : " ", (int)bytes, text);
		column += wide + !first;
		first = false;
		text += bytes;
		text += strspn(text, " \n");
	}
	putc('\n', out);
}
