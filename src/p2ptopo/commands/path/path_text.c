/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of one pair: the answer first, then both ends, the path, the rule and the fabric. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "print/hint.h"
#include "print/output.h"
#include "commands/path/path.h"
#include "print/say.h"
#include "print/speed.h"
#include "print/words.h"

#define LABEL 14	/* width of the first word of a line, indented by two */

static void label(const struct app *app, const char *text)
{
	fprintf(app->out, "  %-*s", LABEL - 2, text);
}

void path_line(const struct app *app, const char *name, const char *format, ...)
{
	va_list args;

	label(app, name);
	va_start(args, format);
	say_list(app, LABEL, LABEL, format, args);
	va_end(args);
}

/* Prints a cure, which contains a command to paste. */
static void change(const struct app *app, const char *cure)
{
	label(app, "  change");
	hint_wrap(app, cure, LABEL, LABEL);
}

static void heading(const struct app *app, const char *text)
{
	fprintf(app->out, "\n%s%s%s\n", paint_on(app, PAINT_BOLD), text, paint_off(app));
}

static void map_type(const struct app *app, const struct p2p_kernel *kernel)
{
	fprintf(app->out, "%s%s%s", paint_on(app, paint_of(kernel->map_type)),
		p2p_map_type_name(kernel->map_type), paint_off(app));
	if (kernel->map_type == P2P_MAP_UNKNOWN && kernel->reason == P2P_REASON_PATH_UNKNOWN)
		return;
	if (kernel->map_type == P2P_MAP_UNKNOWN)
		fprintf(app->out, " (%u hops)", kernel->hops);
	else
		fprintf(app->out, ", distance %d (%u hops)", kernel->distance, kernel->hops);
}

static void print_verdict(const struct app *app, const char *name,
			  const struct p2p_verdict *verdict)
{
	char *reason = path_sentence(app, verdict);

	label(app, name);
	map_type(app, &verdict->kernel);
	putc('\n', app->out);
	if (reason)
		path_line(app, "", "%s", reason);
	free(reason);
}

static void print_speed(const struct app *app, const char *name,
			const struct p2p_verdict *verdict, const struct p2p_speed *speed)
{
	char bandwidth[WORDS_SIZE], score[WORDS_SIZE];
	char *reason = speed_reason(app->eval, verdict, speed);
	bool any = speed_is_usable(speed) && speed->limit != P2P_LIMIT_WRITES_ONLY;

	label(app, name);
	fprintf(app->out, "%s%s%s%s", paint_on(app, speed_paint(speed)),
		any ? speed_bandwidth(speed, bandwidth) : "none", any ? " GB/s" : "",
		paint_off(app));
	if (!any && speed->gbytes_per_second > 0)
		fprintf(app->out, ", the path carries %.1f GB/s", speed->gbytes_per_second);
	fprintf(app->out, ", score %s", speed_score(speed, score));
	if (speed->latency_ns > 0)
		fprintf(app->out, ", %.0f ns", speed->latency_ns);
	putc('\n', app->out);
	if (reason)
		path_line(app, "", "%s", reason);
	free(reason);
}

static bool same_speed(const struct p2p_speed *a, const struct p2p_speed *b)
{
	double difference = a->gbytes_per_second - b->gbytes_per_second;

	return a->fact == b->fact && a->limit == b->limit && a->at_most == b->at_most &&
	       difference < 0.001 && difference > -0.001;
}

/* The ways before the one taken were refused; the next one is taken if that one is refused, too. */
static void print_other_ways(const struct app *app, const struct p2p_ways *ways,
			     const struct p2p_way_answer *told)
{
	char text[P2P_WAY_TEXT];

	for (unsigned int i = 0; i < ways->count; i++) {
		const struct p2p_way_answer *way = &ways->way[i];

		if (way < told)
			path_line(app, "tried first", "%s", p2p_driver_way_reason(ways, way, text));
		else if (way == told + 1 && told->grant == P2P_GRANT_UNKNOWN)
			path_line(app, "  or else", "%s", p2p_driver_way_reason(ways, way, text));
	}
}

/* What the drivers in use would do, and what to change. The kernel's verdict is one of the facts behind it. */
static void print_ways(const struct app *app, const char *name, const struct p2p_verdict *verdict)
{
	char text[P2P_WAY_TEXT];
	const struct p2p_way_answer *told;
	struct p2p_ways ways;
	const char *cure;

	p2p_ways_find(verdict, &ways);
	told = p2p_ways_told(&ways);
	label(app, name);
	fprintf(app->out, "%s%s%s%s%s%s\n", paint_on(app, paint_of_delivery(ways.delivery)),
		p2p_delivery_name(ways.delivery), paint_off(app), told ? " (" : "",
		told ? p2p_driver_way_name(told->way) : "", told ? ")" : "");
	path_line(app, "", "%s", p2p_ways_sentence(&ways, text));
	if (!told)
		return;
	print_other_ways(app, &ways, told);
	cure = p2p_driver_way_cure(&ways, told, text);
	if (cure)
		change(app, cure);
}

static bool same_ways(const struct p2p_verdict *forward, const struct p2p_verdict *reverse)
{
	struct p2p_ways one, other;

	p2p_ways_find(forward, &one);
	p2p_ways_find(reverse, &other);
	return one.delivery == other.delivery && one.used == other.used && one.count == other.count &&
	       (!one.count || one.way[0].way == other.way[0].way) && one.drivers_known;
}

/* The expected speeds, first for the pair as named, then for the reverse. */
static void print_speeds(const struct app *app, const struct path *path)
{
	struct p2p_score forward, reverse;

	p2p_eval_score(app->eval, &path->forward, &forward);
	p2p_eval_score(app->eval, &path->reverse, &reverse);
	print_speed(app, "writes", &path->forward, &forward.write);
	print_speed(app, "reads", &path->forward, &forward.read);
	if (same_speed(&forward.write, &reverse.write) && same_speed(&forward.read, &reverse.read))
		return;
	print_speed(app, "writes back", &path->reverse, &reverse.write);
	print_speed(app, "reads back", &path->reverse, &reverse.read);
}

/* What this kernel says now, for comparison with the prediction. */
static void print_permitted(const struct app *app, const struct path_permitted *permitted)
{
	const struct p2p_gate_distance *answer = &permitted->answer;

	if (!permitted->asked)
		return;
	label(app, "permitted");
	fprintf(app->out, "%s%s%s, queried now: distance %d; with the gate %d (%s)\n",
		paint_on(app, answer->ungated < 0 ? PAINT_BAD : PAINT_GOOD),
		answer->ungated < 0 ? "no" : "yes", paint_off(app), answer->ungated,
		answer->gated, p2p_gate_reason_name(answer->reason));
	if (permitted->agrees == P2P_NO)
		fprintf(app->out, "%sTHE KERNEL'S ANSWER DIFFERS FROM THE PREDICTION: trust the kernel, "
			"and report this%s\n", paint_on(app, PAINT_BAD), paint_off(app));
}

static void print_answer(const struct app *app, const struct path *path)
{
	const struct p2p_kernel *forward = &path->forward.kernel, *reverse = &path->reverse.kernel;
	const struct p2p_function *provider = path->forward.provider;
	const struct p2p_function *client = path->forward.client;
	char from[P2P_BDF_SIZE], to[P2P_BDF_SIZE];

	fprintf(app->out, "%sprovider %s%s%s, client %s%s%s%s\n", paint_on(app, PAINT_BOLD),
		p2p_bdf_format(provider->bdf, from), *words_os_name(provider) ? " " : "",
		words_os_name(provider), p2p_bdf_format(client->bdf, to),
		*words_os_name(client) ? " " : "", words_os_name(client), paint_off(app));
	print_ways(app, "drivers", &path->forward);
	if (same_ways(&path->forward, &path->reverse))
		path_line(app, "  back", "the same");
	else
		print_ways(app, "  back", &path->reverse);
	print_verdict(app, "kernel", &path->forward);
	if (reverse->map_type == forward->map_type && reverse->distance == forward->distance)
		path_line(app, "  back", "the same");
	else
		print_verdict(app, "  back", &path->reverse);
	print_permitted(app, &path->permitted);
	path_line(app, "relation", "%s", path_relation(&path->forward));
	path_print_labels(app, path);
	path_print_caution(app, path);
	print_speeds(app, path);
}

/* A dump gives no sizes, which is said once. */
static void print_bars(const struct app *app, const struct p2p_function *function)
{
	const char *separator = "";
	struct paragraph text;
	char size[WORDS_SIZE];
	bool unknown = false, hidden = false;

	if (!paragraph_start(&text))
		return;
	for (int i = 0; i < P2P_BARS; i++) {
		const struct p2p_bar *bar = &function->bar[i];
		bool sized = bar->fact == P2P_PRESENT;

		hidden |= p2p_bar_is_unknown(bar);
		if (bar->kind == P2P_BAR_UNUSED || bar->kind == P2P_BAR_IO)
			continue;
		unknown |= !sized;
		fprintf(text.stream, "%s%d: %s%s%s", separator, i,
			sized ? words_bytes(bar->size_bytes, size) : "", sized ? " " : "",
			words_bar_kind(bar));
		separator = ", ";
	}
	if (!*separator)
		fputs(function->header == P2P_DENIED ? "not readable" : hidden ? "not recorded" : "no memory BAR",
		      text.stream);
	fputs(unknown ? "; sizes not known" : "", text.stream);
	if (function->pool.fact == P2P_PRESENT)
		fprintf(text.stream, "; p2pmem %s, %s", words_bytes(function->pool.size_bytes, size),
			function->pool.published ? "published" : "not published");
	label(app, "BARs");
	paragraph_end(app, &text, LABEL, LABEL);
}

static void print_locality(const struct app *app, const struct p2p_function *function)
{
	label(app, "locality");
	if (function->orphan)
		fputs("host bridge not known, ", app->out);
	else
		fprintf(app->out, "host bridge %s, ", function->host->name);
	if (function->numa.fact == P2P_PRESENT && function->numa.value >= 0)
		fprintf(app->out, "NUMA node %d, ", (int)function->numa.value);
	else
		fputs(function->numa.fact == P2P_DENIED ? "NUMA node not known, " :
							  "no NUMA node, ", app->out);
	if (function->iommu_group.fact == P2P_PRESENT)
		fprintf(app->out, "IOMMU group %d (%s)", (int)function->iommu_group.value,
			function->iommu_type ? function->iommu_type : "type not known");
	else
		fputs(function->iommu_group.fact == P2P_ABSENT ? "no IOMMU" :
								 "IOMMU group not known",
		      app->out);
	putc('\n', app->out);
}

static void print_ats(const struct app *app, const struct p2p_function *function)
{
	const struct p2p_ats *ats = &function->ats;

	label(app, "ATS");
	fprintf(app->out, "%s; PRI %s; PASID %s\n", words_enable(ats->ats, ats->ats_enabled),
		words_enable(ats->pri, ats->pri_enabled),
		words_enable(ats->pasid, ats->pasid_enabled));
}

static void print_driver(const struct app *app, const struct p2p_function *function)
{
	const struct p2p_driver *known;

	if (!function->driver) {
		path_line(app, "driver", "%s",
			  function->driver_fact == P2P_DENIED ? "not known" : "none");
		return;
	}
	known = p2p_driver_find(function->driver);
	if (known)
		path_line(app, "driver", "%s: gives peer memory: %s; takes it: %s%s%s%s%s",
			  known->name, p2p_ability_name(known->gives),
			  p2p_ability_name(known->takes), known->since ? "; since " : "",
			  known->since ? known->since : "", known->how ? "; " : "",
			  known->how ? known->how : "");
	else
		path_line(app, "driver", "%s (what it does with peer memory is not known)",
			  function->driver);
}

void path_print_end(const struct app *app, const char *title,
		    const struct p2p_function *function)
{
	char product[128];

	heading(app, title);
	path_line(app, "device", "%s (%s) [%04x:%04x]",
		  words_product(function, product, sizeof(product)),
		  p2p_class_name(function->kind), function->vendor, function->device);
	if (function->data_direct_of)
		path_line(app, "", "for memory regions of %s with Data Direct, this function does the "
			  "DMA", function->data_direct_of->display);
	print_locality(app, function);
	path_print_iommu(app, function);
	print_bars(app, function);
	print_ats(app, function);
	print_driver(app, function);
}

static void print_role(const struct app *app, const char *role, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE], title[256];

	snprintf(title, sizeof(title), "%s %s%s%s", role, p2p_bdf_format(function->bdf, bdf),
		 *words_os_name(function) ? " " : "", words_os_name(function));
	path_print_end(app, title, function);
}

/* "ReqRedir+", with the bits of @marked in brackets and in the colour of a refusal. */
static void print_acs(const struct app *app, const char *name, uint16_t bits, uint16_t marked)
{
	size_t column = (size_t)fprintf(app->out, "    %s", name);

	for (size_t i = 0; i < P2P_ACS_BITS; i++) {
		bool mark = marked & p2p_acs_bits[i].bit;
		size_t width = strlen(p2p_acs_bits[i].name) + (mark ? 4 : 2);

		if (column + width > app->options.width)
			column = (size_t)fprintf(app->out, "\n%*s", LABEL - 3, "");
		fprintf(app->out, " %s%s%s%c%s%s", mark ? paint_on(app, PAINT_BAD) : "",
			mark ? "[" : "", p2p_acs_bits[i].name, bits & p2p_acs_bits[i].bit ? '+' : '-',
			mark ? "]" : "", mark ? paint_off(app) : "");
		column += width;
	}
	putc('\n', app->out);
}

static void print_hop_acs(const struct app *app, const struct path_hop *hop)
{
	const struct p2p_acs *acs = &hop->function->acs;

	if (acs->fact == P2P_DENIED && hop->unread) {
		fprintf(app->out, "    %s", paint_on(app, PAINT_UNKNOWN));
		say_from(app, 4, 4, "ACS unknown, and it decides: %s",
			 p2p_function_denied(hop->function));
		fputs(paint_off(app), app->out);
	}
	if (acs->fact != P2P_PRESENT)
		return;
	print_acs(app, "ACSCap:", acs->capability, 0);
	print_acs(app, "ACSCtl:", acs->control, hop->kernel | hop->fabric);
	if (acs->kernel_control != acs->control)
		fprintf(app->out, "    the kernel reads ACSCtl as %04x, because it expects another "
			"register layout\n", acs->kernel_control);
}

static void print_hop_link(const struct app *app, const struct p2p_pcie *pcie)
{
	char now[WORDS_SIZE], most[WORDS_SIZE];
	bool full = pcie->now.speed_mtps == pcie->most.speed_mtps &&
		    pcie->now.width == pcie->most.width;

	if (pcie->link == P2P_DENIED)
		fputs(", link not readable", app->out);
	else if (pcie->link == P2P_PRESENT && pcie->now.speed_mtps)
		fprintf(app->out, ", %s%s%s", words_link(pcie->now, now), full ? "" : " of ",
			full ? "" : words_link(pcie->most, most));
	else if (pcie->link == P2P_PRESENT && pcie->most.speed_mtps)
		fputs(", link down", app->out);
}

static void print_hop(const struct app *app, const struct path_hop *hop)
{
	const struct p2p_function *function = hop->function;
	char bdf[P2P_BDF_SIZE], product[128];
	bool end = hop->role == PATH_PROVIDER || hop->role == PATH_CLIENT;

	fprintf(app->out, "  %-9s %s  %s", path_role_name(hop->role),
		p2p_bdf_format(function->bdf, bdf), words_port(function));
	print_hop_link(app, &function->pcie);
	fputs(function->acs.fact == P2P_ABSENT ? "; no ACS\n" :
	      function->acs.fact == P2P_DENIED && !hop->unread ? "; ACS not readable\n" : "\n",
	      app->out);
	if (!end)
		say(app, 4, "%s [%04x:%04x]", words_product(function, product, sizeof(product)),
		    function->vendor, function->device);
	print_hop_acs(app, hop);
}

static void print_gap(const struct app *app, const struct path *path)
{
	const struct p2p_host_bridge *from = path->forward.provider->host;
	const struct p2p_host_bridge *to = path->forward.client->host;

	if (path->forward.provider->orphan || path->forward.client->orphan)
		fputs("  ---- through bridges that are not known ----\n", app->out);
	else if (from == to)
		fprintf(app->out, "  ---- through host bridge %s ----\n", from->name);
	else
		fprintf(app->out, "  ---- through host bridges %s and %s ----\n", from->name,
			to->name);
}

static void print_way(const struct app *app, const struct path *path)
{
	char link[WORDS_SIZE], bdf[P2P_BDF_SIZE];

	heading(app, "the path from provider to client ([bits that decide])");
	for (size_t i = 0; i < path->count; i++) {
		if (i == path->turn && !path->forward.kernel.common)
			print_gap(app, path);
		print_hop(app, &path->hops[i]);
	}
	if (path->weakest)
		fprintf(app->out, "  weakest link: %s at %s\n",
			words_link(path->weakest->function->pcie.now, link),
			p2p_bdf_format(path->weakest->function->bdf, bdf));
}

static void print_root(const struct app *app, const char *name, const struct p2p_root *root)
{
	char bdf[P2P_BDF_SIZE];

	if (root->fact == P2P_DENIED)
		path_line(app, name, "cannot be determined");
	else if (root->fact == P2P_ABSENT || !root->device)
		path_line(app, name, "the kernel finds no device to compare");
	else
		path_line(app, name, "%s %04x:%04x, %s%s%s", p2p_bdf_format(root->device->bdf, bdf),
			  root->device->vendor, root->device->device,
			  root->row ? "row " : "not on the list", root->row ? root->row : "",
			  root->row && root->same_bridge_only ? " (for one host bridge only)" : "");
}

static void print_rules(const struct app *app, const struct path *path)
{
	bool release = app->options.kernel == NULL || !strcmp(app->options.kernel, "auto");
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);

	if (path->rules_count == 1 && !(release && machine->p2pdma == P2P_NO)) {
		path_line(app, "rule sets", "all say the same");
		return;
	}
	for (size_t i = 0; i < path->rules_count; i++) {
		const struct path_rules *run = &path->rules[i];
		char distance[32] = "";

		if (run->map_type != P2P_MAP_UNKNOWN)
			snprintf(distance, sizeof(distance), ", distance %d", run->distance);
		path_line(app, i ? "" : "rule sets", "%s%s%s%s: %s%s", p2p_rules_name(run->first),
			  run->first == run->last ? "" : " to ",
			  run->first == run->last ? "" : p2p_rules_name(run->last),
			  p2p_rules_is_experimental(run->first) ? " (experimental)" : "",
			  p2p_map_type_name(run->map_type), distance);
	}
}

static void print_message(const struct app *app, const struct path *path)
{
	char *message = path_message(app, &path->forward), *rest = message, *text;

	for (bool first = true; (text = strsep(&rest, "\n")) != NULL; first = false)
		if (*text)
			path_line(app, first ? "would log" : "", "%s", text);
	free(message);
}

static void print_kernel(const struct app *app, const struct path *path)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);
	const struct p2p_kernel *kernel = &path->forward.kernel;
	const char *note = p2p_eval_rules_note(app->eval);
	char title[160];

	snprintf(title, sizeof(title), "kernel %s, by the rules of %s",
		 machine->release ? machine->release : "(release not recorded)",
		 p2p_rules_name(p2p_eval_rules(app->eval)));
	heading(app, title);
	if (note)
		path_line(app, "note", "%s", note);
	print_root(app, "host bridge", &kernel->provider_root);
	if (path->forward.provider->host != path->forward.client->host)
		print_root(app, "client's", &kernel->client_root);
	path_line(app, "CPU", "%s: %s", machine->cpu_vendor ? machine->cpu_vendor : "not recorded",
		  kernel->cpu_listed == P2P_YES ? "trusted as a whole (AMD Zen)" :
		  kernel->cpu_listed == P2P_NO ? "not trusted as a whole (not an AMD Zen)" :
						 "is it an AMD Zen?");
	print_rules(app, path);
	print_message(app, path);
}

static void print_route(const struct app *app, const char *name, const struct p2p_route *route)
{
	const char *kind = p2p_route_name(route->kind);
	size_t column = 30 + strlen(kind);
	char bdf[P2P_BDF_SIZE], bits[P2P_ACS_SIZE];

	fprintf(app->out, "    %-26s%s%s%s", name, paint_on(app, paint_of_route(route->kind)), kind,
		paint_off(app));
	if (route->kind == P2P_ROUTE_DIRECT)
		putc('\n', app->out);
	else if (route->port && route->bits)
		say_from(app, column, 30, " by %s %s", p2p_bdf_format(route->port->bdf, bdf),
			 words_acs(route->bits, bits));
	else
		say_from(app, column, 30, "%s%s: %s", route->port ? " at " : "",
			 route->port ? p2p_bdf_format(route->port->bdf, bdf) : "",
			 route->why ? route->why : "");
}

static bool is_same_route(const struct p2p_route *a, const struct p2p_route *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == P2P_ROUTE_DIRECT ||
	       (a->port == b->port && a->bits == b->bits &&
		(a->why == b->why || (a->why && b->why && !strcmp(a->why, b->why))));
}

/* Prints two kinds of TLP on one line if the fabric treats them alike. */
static void print_two(const struct app *app, const char *both, const char *first,
		      const struct p2p_route *route, const char *second,
		      const struct p2p_route *other)
{
	bool same = is_same_route(route, other);

	print_route(app, same ? both : first, route);
	if (!same)
		print_route(app, second, other);
}

static void print_fabric(const struct app *app, const struct p2p_verdict *verdict)
{
	const struct p2p_fabric *fabric = &verdict->fabric;
	char provider[P2P_BDF_SIZE], client[P2P_BDF_SIZE];

	fprintf(app->out, "  %s reads and writes %s\n",
		p2p_bdf_format(verdict->client->bdf, client),
		p2p_bdf_format(verdict->provider->bdf, provider));
	if (is_same_route(&fabric->request, &fabric->translated) &&
	    is_same_route(&fabric->request, &fabric->completion) &&
	    is_same_route(&fabric->request, &fabric->completion_relaxed)) {
		print_route(app, "requests and completions", &fabric->request);
		return;
	}
	print_two(app, "requests", "untranslated requests", &fabric->request,
		  "translated requests (ATS)", &fabric->translated);
	print_two(app, "completions", "completions", &fabric->completion,
		  "completions, relaxed", &fabric->completion_relaxed);
}

void path_print(struct app *app, const struct path *path)
{
	print_answer(app, path);
	print_role(app, "provider", path->forward.provider);
	if (path->forward.provider != path->forward.client)
		print_role(app, "client", path->forward.client);
	print_way(app, path);
	print_kernel(app, path);
	heading(app, "fabric, by the PCIe specification");
	print_fabric(app, &path->forward);
	if (path->forward.provider != path->forward.client)
		print_fabric(app, &path->reverse);
}
