/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address: which BAR, bridge window or host bridge does an address lie in? */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "print/output.h"
#include "print/words.h"

/** enum holder - what holds the address. */
enum holder { HOLDER_BAR, HOLDER_WINDOW, HOLDERS };

/**
 * struct hit - one that does.
 * @number: of the BAR
 * @bus: found among bus addresses, which differ from those of the CPU here
 */
struct hit {
	enum holder holder;
	const struct p2p_function *function;
	unsigned int number;
	bool bus, prefetchable;
	uint64_t first, size;
};

typedef void hit_fn(void *userdata, const struct hit *hit);

/** struct search - the address, who is told, and what was found. */
struct search {
	const struct app *app;
	uint64_t address;
	hit_fn *tell;
	void *userdata;
	size_t bars, windows, unknown;
};

static void tell(struct search *search, const struct hit *hit)
{
	search->bars += hit->holder == HOLDER_BAR;
	search->windows += hit->holder == HOLDER_WINDOW;
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
		struct hit hit = { .holder = HOLDER_BAR, .function = function, .number = i,
				   .prefetchable = bar->prefetchable, .size = bar->size_bytes };

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
		const struct hit hit = { .holder = HOLDER_WINDOW, .function = function,
					 .prefetchable = window->prefetchable,
					 .first = window->first,
					 .size = window->last - window->first + 1 };

		if (window->fact == P2P_PRESENT && window->first <= window->last &&
		    holds(hit.first, hit.size, search->address))
			tell(search, &hit);
	}
}

/* The BAR first, then the windows on the way to it, from the root down. */
static void look(struct search *search)
{
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(search->app->topology, i)); i++)
		look_at_bars(search, function);
	for (size_t i = 0; (function = p2p_topology_function(search->app->topology, i)); i++)
		look_at_windows(search, function);
}

static void print_hit(void *userdata, const struct hit *hit)
{
	const struct search *search = userdata;
	FILE *out = search->app->out;
	char bdf[P2P_BDF_SIZE], size[WORDS_SIZE], product[128];
	const struct p2p_function *function = hit->function;

	p2p_bdf_format(function->bdf, bdf);
	if (hit->holder == HOLDER_BAR)
		fprintf(out, "BAR %u of %s", hit->number, bdf);
	else
		fprintf(out, "%s window of %s", hit->prefetchable ? "prefetchable" : "memory", bdf);
	if (strcmp(function->display, bdf) != 0)
		fprintf(out, " %s", function->display);
	fprintf(out, " (%s): %s from 0x%" PRIx64 "%s", words_product(function, product,
								      sizeof(product)),
		words_bytes(hit->size, size), hit->first,
		hit->bus ? " on the bus" : "");
	if (hit->holder == HOLDER_BAR)
		fprintf(out, ", at byte 0x%" PRIx64 " of it", search->address - hit->first);
	fputc('\n', out);
}

static void put_hit(void *userdata, const struct hit *hit)
{
	struct json_object *object = json_object_new_object();
	bool bar = hit->holder == HOLDER_BAR;

	json_put(object, "holder", json_text(bar ? "bar" : "window"));
	json_put(object, "function", json_bdf(hit->function));
	json_put(object, "name", json_text(hit->function->display));
	json_put(object, "bar", bar ? json_count(hit->number) : NULL);
	json_put(object, "prefetchable", json_flag(hit->prefetchable));
	json_put(object, "first", json_hex(hit->first, 16));
	json_put(object, "size_bytes", json_count(hit->size));
	json_put(object, "bus_address", json_flag(hit->bus));
	json_object_array_add(userdata, object);
}

static enum status print_text(struct search *search)
{
	FILE *out = search->app->out;
	char count[WORDS_SIZE];

	search->tell = print_hit;
	search->userdata = search;
	look(search);
	if (search->bars)
		print_wrapped(out, search->app->options.width, 0,
			      "A device that the IOMMU reports with this address sent peer traffic "
			      "to it: the pair was set up with bus addresses, and a redirect (ACS) "
			      "or the route through the root complex led it into a translated domain.");
	else if (search->windows)
		fputs("no BAR contains it: it lies in a gap of the windows above\n", out);
	else
		fputs("no BAR and no window contains it: memory, or an address that only an IOMMU "
		      "domain knows\n", out);
	if (search->unknown)
		fprintf(out, "the size of %s is not known\n",
			words_count(search->unknown, "BAR", count));
	return search->bars ? STATUS_DONE : STATUS_NO;
}

static enum status print_json(struct search *search)
{
	struct json_object *document = document_new(search->app, "address");
	struct json_object *array = json_object_new_array();

	search->tell = put_hit;
	search->userdata = array;
	look(search);
	json_put(document, "address", json_hex(search->address, 16));
	json_put(document, "holders", array);
	json_put(document, "unknown_bars", json_count(search->unknown));
	document_print(search->app, document);
	return search->bars ? STATUS_DONE : STATUS_NO;
}

enum status command_address(struct app *app, int argc, char **argv)
{
	struct search search = { .app = app };
	char *end;

	(void)argc;
	errno = 0;
	search.address = strtoull(argv[0], &end, 16);
	if (end == argv[0] || *end || errno || strchr("-+ ", *argv[0]))
		return fail_with(app->failure, STATUS_INPUT, "'%s' is not an address: expected "
				 "hexadecimal digits such as 0x380005000000", argv[0]);
	return app->options.format == FORMAT_JSON ? print_json(&search) : print_text(&search);
}
