/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What contains the address of a fault, which device accessed it, and what that means. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/address/explain.h"
#include "print/document.h"
#include "print/output.h"
#include "print/say.h"
#include "print/words.h"

/**
 * struct hit - a BAR or a window that holds the address.
 * @bar: whether it is a BAR; @number: the number of the BAR
 * @bus: whether it was found by bus address, where bus and CPU addresses differ
 */
struct hit {
	const struct p2p_function *function;
	unsigned int number;
	bool bar, bus, prefetchable;
	uint64_t first, size;
};

typedef void hit_fn(void *userdata, const struct hit *hit);

/**
 * struct search - the address, the callback for hits, and what was found.
 * @requester: the requester of the fault; NULL if this machine has no such function
 * @owner: the function with the last BAR that holds the address
 */
struct search {
	const struct app *app;
	uint64_t address;
	struct fault fault;
	const struct p2p_function *requester, *owner;
	hit_fn *tell;
	void *userdata;
	size_t bars, windows, unknown;
};

static void tell(struct search *search, const struct hit *hit)
{
	search->bars += hit->bar;
	search->windows += !hit->bar;
	if (hit->bar)
		search->owner = hit->function;
	search->tell(search->userdata, hit);
}

static bool holds(uint64_t first, uint64_t size, uint64_t address)
{
	return size && address >= first && address - first < size;
}

static void look_at_bars(struct search *search, const struct p2p_function *function)
{
	for (unsigned int i = 0; i < P2P_BARS; i++) {
		const struct p2p_bar *bar = &function->bar[i];
		struct hit hit = { .bar = true, .function = function, .number = i,
				   .prefetchable = bar->prefetchable, .size = bar->size_bytes };

		search->unknown += p2p_bar_is_unknown(bar);
		if (bar->kind == P2P_BAR_UNUSED || bar->kind == P2P_BAR_IO)
			continue;
		search->unknown += bar->fact != P2P_PRESENT;
		hit.first = bar->cpu;
		if (holds(bar->cpu, bar->size_bytes, search->address))
			tell(search, &hit);
		hit.first = bar->bus;
		hit.bus = true;
		if (bar->bus_fact == P2P_PRESENT && bar->bus != bar->cpu &&
		    holds(bar->bus, bar->size_bytes, search->address))
			tell(search, &hit);
	}
}

static void look_at_windows(struct search *search, const struct p2p_function *function)
{
	for (unsigned int i = 0; i < P2P_WINDOWS; i++) {
		const struct p2p_window *window = &function->window[i];
		const struct hit hit = { .function = function,
					 .prefetchable = window->prefetchable,
					 .first = window->first,
					 .size = window->last - window->first + 1 };

		if (window->fact == P2P_PRESENT && window->first <= window->last &&
		    holds(hit.first, hit.size, search->address))
			tell(search, &hit);
	}
}

/* Reports the BAR first, then the windows on the way to it, from the root down. */
static void look(struct search *search)
{
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(search->app->topology, i)); i++)
		look_at_bars(search, function);
	for (size_t i = 0; (function = p2p_topology_function(search->app->topology, i)); i++)
		look_at_windows(search, function);
}

static void say_hit(FILE *out, const struct search *search, const struct hit *hit)
{
	char size[WORDS_SIZE], product[128];

	if (hit->bar)
		fprintf(out, "BAR %u of ", hit->number);
	else
		fprintf(out, "%s window of ", hit->prefetchable ? "prefetchable" : "memory");
	words_function(out, hit->function);
	fprintf(out, " (%s): %s from 0x%" PRIx64 "%s",
		words_product(hit->function, product, sizeof(product)),
		words_bytes(hit->size, size), hit->first, hit->bus ? " on the bus" : "");
	if (hit->bar)
		fprintf(out, ", at byte 0x%" PRIx64 " of it", search->address - hit->first);
}

static void print_hit(void *userdata, const struct hit *hit)
{
	const struct search *search = userdata;
	struct paragraph line;

	if (!paragraph_start(&line))
		return;
	say_hit(line.stream, search, hit);
	paragraph_end(search->app, &line, 0, 2);
}

static void put_hit(void *userdata, const struct hit *hit)
{
	p2p_json_append(userdata, json_members(
		{ "holder", json_text(hit->bar ? "bar" : "window") },
		{ "function", json_bdf(hit->function) },
		{ "name", json_text(hit->function->display) },
		{ "bar", hit->bar ? json_count(hit->number) : NULL },
		{ "prefetchable", json_flag(hit->prefetchable) },
		{ "first", json_hex(hit->first, 16) },
		{ "size_bytes", json_count(hit->size) },
		{ "bus_address", json_flag(hit->bus) }));
}

/* For a line without a domain: the only function with that bus and devfn, in any domain. */
static const struct p2p_function *find_requester(const struct search *search)
{
	const struct fault *fault = &search->fault;
	const struct p2p_function *function, *found = NULL;

	for (size_t i = 0; (function = p2p_topology_function(search->app->topology, i)); i++) {
		struct p2p_bdf bdf = fault->requester;

		if (fault->no_domain)
			bdf.domain = function->bdf.domain;
		if (p2p_bdf_compare(function->bdf, bdf) != 0)
			continue;
		if (found)
			return NULL;
		found = function;
	}
	return found;
}

/* An IOMMU domain that is neither of the kernel's own two types belongs to user space, so the answer is unknown. */
static enum p2p_tri translates(const struct app *app, const struct p2p_function *function)
{
	const char *type = function->iommu_type;

	return type && strncmp(type, "DMA", 3) != 0 && strcmp(type, "identity") != 0 ? P2P_UNKNOWN :
	       p2p_function_translates(p2p_topology_machine(app->topology), function);
}

/* What it means that a request targets a BAR of another device, by the source of the log line and the IOMMU domain. */
static const char *meaning_of_bar(const struct search *search)
{
	const struct fault *fault = &search->fault;

	if (fault->source == FAULT_AER)
		return "A peer request was refused on its way: look at ACS and at the windows of the "
		       "bridges between the two; where it crosses the root complex, the root complex "
		       "may not forward peer requests.";
	if (!search->requester)
		return "A device that the IOMMU reports with this address sent peer traffic to it: the "
		       "pair was set up with bus addresses, and a redirect (ACS) or the route through "
		       "the root complex led it into a translated domain.";
	switch (translates(search->app, search->requester)) {
	case P2P_YES:
		return "The requester's IOMMU domain translates and has no mapping for this address: its "
		       "driver used the bus address of the BAR, and a redirect (ACS) or the route "
		       "through the root complex led the request to the IOMMU. The request arrives "
		       "when the switch delivers it (fix), when the driver maps the BAR by the DMA API, "
		       "or with iommu=pt.";
	case P2P_NO:
		return "The requester's addresses are not translated now, so the request met the IOMMU "
		       "under another setting than this one, or the IOMMU refused it for another "
		       "reason: compare the time of the line with the last boot.";
	case P2P_UNKNOWN:
		break;
	}
	return "Whether the requester's IOMMU domain translates is not known. If it does, its driver "
	       "used the bus address of the BAR, and a redirect (ACS) or the route through the root "
	       "complex led the request to the IOMMU.";
}

static const char *meaning_of(const struct search *search)
{
	if (search->fault.gpu_virtual)
		return "The address is one of the GPU's own address space: the GPU's page tables refused "
		       "the access before anything reached the bus, so no device's BAR can be named.";
	if (search->bars && search->requester && search->owner == search->requester)
		return "The BAR is the requester's own: this is not traffic between peers.";
	if (search->bars)
		return meaning_of_bar(search);
	if (search->windows)
		return "no BAR contains it: it lies in a gap of the windows above";
	return "no BAR and no window contains it: memory, or an address that only an IOMMU domain "
	       "knows";
}

static void print_requester(const struct search *search)
{
	static const char *const translated[] = {
		[P2P_UNKNOWN] = "not known to translate", [P2P_NO] = "does not translate",
		[P2P_YES] = "translates",
	};
	static const char *const verbs[ACCESSES] = {
		[ACCESS_UNKNOWN] = "accessed", [ACCESS_READ] = "read from",
		[ACCESS_WRITE] = "wrote to",
	};
	const struct fault *fault = &search->fault;
	const struct p2p_function *function = search->requester;
	char bdf[P2P_BDF_SIZE], text[512];

	if (fault->source == FAULT_NONE)
		return;
	p2p_bdf_format(function ? function->bdf : fault->requester, bdf);
	if (!fault->has_requester)
		snprintf(text, sizeof(text), "a device that the line does not name %s 0x%" PRIx64,
			 verbs[fault->access], fault->address);
	else if (!function)
		snprintf(text, sizeof(text), "%s, which is not among the devices here, %s 0x%" PRIx64, bdf,
			 verbs[fault->access], fault->address);
	else
		snprintf(text, sizeof(text), "%s%s%s %s 0x%" PRIx64 "; its IOMMU domain: %s, %s%s",
			 bdf, strcmp(function->display, bdf) ? " " : "",
			 strcmp(function->display, bdf) ? function->display : "",
			 verbs[fault->access], fault->address,
			 function->iommu_type ? function->iommu_type : "type not known",
			 translated[translates(search->app, function)], fault->by_stream ?
			 " (the requester is the stream ID, where firmware maps requester IDs one to one)"
			 : "");
	print_wrapped(search->app->out, search->app->options.width, 0, text);
}

/* Prints everything about one fault. */
static enum status print_text(struct search *search)
{
	FILE *out = search->app->out;
	char count[WORDS_SIZE];

	search->tell = print_hit;
	search->userdata = search;
	print_requester(search);
	if (!search->fault.gpu_virtual)
		look(search);
	say(search->app, 0, "%s", meaning_of(search));
	if (search->unknown && !search->bars)
		fprintf(out, "%s %s not known, and may contain it\n", words_count(search->unknown, "BAR", count),
			search->unknown == 1 ? "is" : "are");
	return search->bars ? STATUS_DONE : STATUS_NO;
}

static struct search search_for(const struct app *app, const struct fault *fault)
{
	struct search search = { .app = app, .fault = *fault, .address = fault->address };

	if (fault->has_requester)
		search.requester = find_requester(&search);
	return search;
}

enum status explain_text(const struct app *app, const struct faults *faults, size_t most)
{
	enum status status = STATUS_DONE;
	char count[WORDS_SIZE];

	for (size_t i = 0; i < faults->count && i < most; i++) {
		struct search search = search_for(app, &faults->fault[i]);

		if (faults->count > 1 || faults->left_out)
			fprintf(app->out, "%s%zu of %zu%s", i ? "\n" : "", i + 1, faults->count,
				faults->times[i] > 1 ? "" : ":\n");
		if (faults->times[i] > 1)
			fprintf(app->out, "%slogged %u times:\n", faults->count > 1 ||
				faults->left_out ? ", " : "", faults->times[i]);
		if (print_text(&search))
			status = STATUS_NO;
	}
	if (faults->left_out)
		fprintf(app->out, "\n%s left out: without an address, in one line with another, or too many\n",
			words_count(faults->left_out, "fault", count));
	return status;
}

static struct json_object *fault_object(const struct search *search)
{
	const struct fault *fault = &search->fault;
	const struct p2p_function *function = search->requester;
	char bdf[P2P_BDF_SIZE];

	if (fault->source == FAULT_NONE)
		return NULL;
	return json_members(
		{ "source", json_text(fault_source_name(fault->source)) },
		{ "access", json_text(fault_access_name(fault->access)) },
		{ "requester", fault->has_requester ? json_text(p2p_bdf_format(function ?
		  function->bdf : fault->requester, bdf)) : NULL },
		{ "name", function ? json_text(function->display) : NULL },
		{ "from_stream_id", json_flag(fault->by_stream) },
		{ "iommu_type", function ? json_text(function->iommu_type) : NULL },
		{ "translates", function ? json_tri(translates(search->app, function)) : NULL },
		{ "gpu_virtual", json_flag(fault->gpu_virtual) });
}

bool explain_json(struct json_object *object, const struct app *app, const struct faults *faults,
		  size_t index)
{
	struct search search = search_for(app, &faults->fault[index]);
	struct json_object *array = p2p_json_new_array();

	search.tell = put_hit;
	search.userdata = array;
	if (!search.fault.gpu_virtual)
		look(&search);
	json_put(object, "address", json_hex(search.address, 16));
	json_put(object, "times", json_count(faults->times[index]));
	json_put(object, "fault", fault_object(&search));
	json_put(object, "holders", array);
	json_put(object, "unknown_bars", json_count(search.unknown));
	json_put(object, "meaning", json_text(meaning_of(&search)));
	return search.bars;
}
