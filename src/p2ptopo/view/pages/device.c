/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of one function. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "print/output.h"
#include "print/say.h"
#include "commands/path/path.h"
#include "view/pages/text_pages.h"
#include "print/words.h"

#define LABEL 14

static void __attribute__((format(printf, 3, 4)))
line(const struct app *app, const char *name, const char *format, ...)
{
	va_list args;

	fprintf(app->out, "  %-*s", LABEL - 2, name);
	va_start(args, format);
	say_list(app, LABEL, LABEL, format, args);
	va_end(args);
}

static void print_names(const struct app *app, const struct p2p_function *function)
{
	char text[512] = "";
	size_t used = 0;

	for (const char *const *name = function->os_names; name && *name; name++)
		used += (size_t)snprintf(text + used, used < sizeof(text) ? sizeof(text) - used : 0,
					 "%s%s", used ? " " : "", *name);
	if (used)
		line(app, "names", "%s", text);
	if (function->class_name)
		line(app, "class", "%s (%06x), revision %02x", function->class_name,
		     function->class_code, function->revision);
	if (function->subsystem_vendor)
		line(app, "subsystem", "%04x:%04x", function->subsystem_vendor,
		     function->subsystem_device);
	if (function->physfn) {
		char bdf[P2P_BDF_SIZE];

		line(app, "VF of", "%s", p2p_bdf_format(function->physfn->bdf, bdf));
	}
}

static void print_link(const struct app *app, const struct p2p_pcie *pcie)
{
	char now[WORDS_SIZE], most[WORDS_SIZE];

	if (pcie->fact != P2P_PRESENT) {
		line(app, "PCI Express", pcie->fact == P2P_ABSENT ? "none" : "not readable");
		return;
	}
	if (pcie->most.speed_mtps)
		line(app, "link", "%s now, %s possible",
		     pcie->now.speed_mtps ? words_link(pcie->now, now) : "down",
		     words_link(pcie->most, most));
	line(app, "payload", "%u of %u bytes; read requests of %u bytes", pcie->mps_bytes,
	     pcie->mps_supported_bytes, pcie->mrrs_bytes);
	line(app, "enabled", "%s%s%s%s%s%s%s", pcie->relaxed_ordering ? "relaxed ordering " : "",
	     pcie->extended_tags ? "8-bit tags " : "", pcie->tags_10bit ? "10-bit tags " : "",
	     pcie->atomic_requester ? "AtomicOp requester " : "",
	     pcie->atomic_egress_block ? "AtomicOp egress blocking " : "",
	     pcie->ari_forwarding ? "ARI forwarding " : "", pcie->flit ? "Flit mode " : "");
}

/* " (0x001d)", or nothing if only the bits that have names are known, from a text. */
static const char *acs_word(const struct p2p_acs *acs, uint16_t control, char text[16])
{
	snprintf(text, 16, acs->upper == P2P_PRESENT ? " (0x%04x)" : "", control);
	return text;
}

static void print_acs(const struct app *app, const struct machine *machine,
		      const struct p2p_function *function)
{
	const struct p2p_acs *acs = &function->acs;
	char text[P2P_ACS_SIZE], word[16];

	if (acs->fact != P2P_PRESENT) {
		line(app, "ACS", "%s", acs->fact == P2P_ABSENT ? "none" : p2p_function_denied(function));
		return;
	}
	line(app, "ACSCap", "%s", p2p_acs_format(acs->capability, text));
	if (machine_is_tried(machine, function)) {
		uint16_t read = machine_as_read(machine, function)->acs.control;

		line(app, "ACSCtl", "%s%s, as read", p2p_acs_format(read, text),
		     acs_word(acs, read, word));
		fputs(paint_on(app, PAINT_HOST), app->out);
		line(app, "WHAT IF", "%s%s; nothing is written",
		     p2p_acs_format(acs->control, text), acs_word(acs, acs->control, word));
		fputs(paint_off(app), app->out);
		return;
	}
	line(app, "ACSCtl", "%s%s%s", p2p_acs_format(acs->control, text),
	     acs_word(acs, acs->control, word),
	     acs->kernel_control & ACS_REDIRECTS ? ": redirects" : "");
	if (acs->kernel_control != acs->control)
		line(app, "", "the kernel reads 0x%04x, another layout than this port has",
		     acs->kernel_control);
}

static void print_bridge(const struct app *app, const struct p2p_function *function)
{
	char size[WORDS_SIZE], free_size[WORDS_SIZE];

	line(app, "buses", "%02x to %02x", function->secondary, function->subordinate);
	for (int i = 0; i < P2P_WINDOWS; i++) {
		const struct p2p_window *window = &function->window[i];

		if (window->fact != P2P_PRESENT || window->first > window->last)
			continue;
		line(app, window->prefetchable ? "prefetch" : "memory",
		     "%#" PRIx64 " to %#" PRIx64 ", %s%s%s", window->first, window->last,
		     words_bytes(window->last - window->first + 1, size),
		     window->free_fact == P2P_PRESENT ? ", free " : "",
		     window->free_fact == P2P_PRESENT ?
		     words_bytes(window->free_bytes, free_size) : "");
	}
}

/* Prints those facts, or capabilities, of the table that the function has. */
static void print_rows(const struct app *app, const struct p2p_function *function,
		       bool capabilities)
{
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];
		struct p2p_value value;
		char text[512];

		p2p_fact_get(row, function, &value);
		if (row->show & P2P_SHOW_PAGE && !row->name == !capabilities &&
		    (value.number || value.text))
			line(app, row->label, "%s",
			     p2p_fact_format(row, function, text, sizeof(text)));
	}
}

static void print_notes(const struct app *app, const struct p2p_function *function)
{
	const struct p2p_note *note;

	for (size_t i = 0; (note = p2p_topology_note(app->topology, i)); i++)
		if (note->function == function)
			line(app, "note", "%s", note->text);
}

void device_print(const struct app *app, const struct machine *machine,
		  const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE], title[256];
	bool named = strcmp(function->display, p2p_bdf_format(function->bdf, bdf)) != 0;

	snprintf(title, sizeof(title), "%s%s%s, %s", function->display, named ? ", " : "",
		 named ? bdf : "", words_port(function));
	path_print_end(app, title, function);
	print_names(app, function);
	print_rows(app, function, false);
	print_link(app, &function->pcie);
	print_acs(app, machine, function);
	if (p2p_function_is_bridge(function))
		print_bridge(app, function);
	print_rows(app, function, true);
	print_notes(app, function);
}
