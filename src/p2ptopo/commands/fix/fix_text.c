/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fix for people: the answer, what to type, how to undo it, and what it costs. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "commands/fix/fix.h"
#include "print/hint.h"
#include "print/output.h"
#include "print/say.h"
#include "print/speed.h"
#include "print/words.h"

#define PAIRS_SHOWN 24
#define NAMES_SHOWN 8
#define REMEDIES_SHOWN 64

static void heading(const struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void heading(const struct app *app, const char *format, ...)
{
	va_list args;

	fprintf(app->out, "\n%s", paint_on(app, PAINT_BOLD));
	va_start(args, format);
	vfprintf(app->out, format, args);
	va_end(args);
	fprintf(app->out, "%s\n", paint_off(app));
}

/* With GPUDirect only the switches matter; the kernel is not asked. */
static bool is_gpudirect(const struct app *app)
{
	return app->options.goal && !strcmp(app->options.goal, "gpudirect");
}

static bool is_diverted(enum p2p_route_kind kind)
{
	return kind == P2P_ROUTE_REDIRECTED || kind == P2P_ROUTE_BLOCKED;
}

/* "bus_addr, distance 4, requests redirected" */
static void print_verdict(const struct app *app, const struct p2p_verdict *verdict)
{
	const struct p2p_kernel *kernel = &verdict->kernel;
	enum p2p_route_kind request = verdict->fabric.request.kind;
	enum p2p_route_kind completion = verdict->fabric.completion.kind;

	if (is_gpudirect(app)) {
		fprintf(app->out, "requests %s%s%s, completions %s%s%s",
			paint_on(app, paint_of_route(request)), p2p_route_name(request),
			paint_off(app), paint_on(app, paint_of_route(completion)),
			p2p_route_name(completion), paint_off(app));
		return;
	}
	fprintf(app->out, "%s%s%s", paint_on(app, paint_of(kernel->map_type)),
		p2p_map_type_name(kernel->map_type), paint_off(app));
	if (kernel->map_type >= P2P_MAP_THRU_HOST_BRIDGE)
		fprintf(app->out, ", distance %d", kernel->distance);
	if (kernel->map_type != P2P_MAP_BUS_ADDR)
		return;
	if (is_diverted(request))
		fprintf(app->out, ", requests %s", p2p_route_name(request));
	if (is_diverted(completion))
		fprintf(app->out, ", completions %s", p2p_route_name(completion));
}

static bool has_remedy(const struct fix *fix, const struct p2p_pair *pair, enum p2p_remedy_kind kind)
{
	const struct p2p_remedy *remedy;

	for (size_t i = 0; (remedy = p2p_advice_remedy(fix->advice, i)); i++)
		if (remedy->kind == kind && remedy->pair.provider == pair->provider && remedy->pair.client == pair->client)
			return true;
	return false;
}

static bool is_refused(const struct p2p_verdict *verdict)
{
	const struct p2p_way_answer *told;
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	told = p2p_ways_told(&ways);
	return told && told->grant == P2P_GRANT_REFUSED;
}

/* Each goal has its own reason why nothing needs to be done. */
static const char *why_nothing(const struct app *app, const struct fix *fix, const struct p2p_advised *advised)
{
	if (is_gpudirect(app))
		return "nothing to do: the switches already forward it directly";
	if (app->options.goal && !strcmp(app->options.goal, "possible"))
		return "nothing to do: the kernel permits it already";
	if (has_remedy(fix, &advised->pair, P2P_REMEDY_MEMORY))
		return "no register is in the way; what is missing is memory: see below";
	if (is_refused(&advised->before))
		return "no register is in the way; its drivers refuse it: p2ptopo path says why";
	if (has_remedy(fix, &advised->pair, P2P_REMEDY_IOMMU))
		return "no register is in the way; the IOMMU may be: see below";
	if (!advised->before.kernel.common)
		return "nothing to do: no switch joins them; the path is through the root complex";
	if (advised->before.kernel.map_type != P2P_MAP_BUS_ADDR)
		return "nothing to do: it is direct already, and its drivers do not ask p2pdma";
	if (advised->before.fabric.request.kind != P2P_ROUTE_DIRECT ||
	    advised->before.fabric.completion.kind != P2P_ROUTE_DIRECT)
		return "nothing to do: the kernel permits it; what the switches do is not known";
	return "nothing to do: it is direct already; no register redirects it";
}

/* "mlx5_0 writes 34.6 -> 48.5 GB/s, ...": each score comes from the evaluator that made the verdict. */
static void print_speeds(const struct app *app, const struct fix *fix,
			 const struct p2p_advised *advised)
{
	char read[WORDS_SIZE], write[WORDS_SIZE], more_read[WORDS_SIZE], more_write[WORDS_SIZE];
	struct p2p_score before, after;
	bool changes = advised->state == P2P_ADVICE_REGISTERS;

	p2p_advice_score(fix->advice, advised, &before, &after);
	if (!changes && !speed_is_usable(&before.write) && !speed_is_usable(&before.read))
		return;
	speed_bandwidth(&before.write, write);
	speed_bandwidth(&before.read, read);
	speed_bandwidth(&after.write, more_write);
	speed_bandwidth(&after.read, more_read);
	fprintf(app->out, "  %s writes %s%s%s GB/s, reads %s%s%s GB/s\n",
		advised->pair.client->display, write, changes ? " -> " : "",
		changes ? more_write : "", read, changes ? " -> " : "", changes ? more_read : "");
}

static void print_pair(const struct app *app, const struct fix *fix, size_t index)
{
	const struct p2p_advised *advised = p2p_advice_pair(fix->advice, index);
	static const char *const ends[P2P_ADVICE_STATES] = {
		[P2P_ADVICE_FINE] = NULL,
		[P2P_ADVICE_REMEDIES] = "no register helps; see below",
		[P2P_ADVICE_NONE] = "no remedy is certain to help",
	};

	fprintf(app->out, "%s <- %s: ", advised->pair.provider->display,
		advised->pair.client->display);
	print_verdict(app, &advised->before);
	if (advised->state == P2P_ADVICE_REGISTERS) {
		fputs(fix->applied ? "\n  now " : "\n  after the change ", app->out);
		print_verdict(app, &advised->after);
	} else if (advised->state == P2P_ADVICE_REMEDIES &&
		   advised->after.kernel.map_type >= P2P_MAP_THRU_HOST_BRIDGE) {
		fputs("\n  with the remedy below: ", app->out);
		print_verdict(app, &advised->after);
	} else {
		bool guest = p2p_topology_machine(app->topology)->virtual_machine == P2P_YES;

		fprintf(app->out, "\n  %s", guest && advised->state == P2P_ADVICE_NONE ?
			"the host decides; see below" : ends[advised->state] ?
			ends[advised->state] : why_nothing(app, fix, advised));
	}
	if (fix->gated[index])
		fprintf(app->out, "\n  %sthe gate refuses it%s", paint_on(app, PAINT_BAD), paint_off(app));
	fputc('\n', app->out);
	print_speeds(app, fix, advised);
	if (!fix->gated[index])
		return;
	hint_line(app, "  why: ", "policy explain", advised->pair.provider, advised->pair.client);
}

static void print_pairs(const struct app *app, const struct fix *fix)
{
	size_t counts[P2P_ADVICE_STATES] = { 0 };
	const struct p2p_advised *advised;

	for (size_t i = 0; (advised = p2p_advice_pair(fix->advice, i)); i++) {
		counts[advised->state]++;
		if (i < PAIRS_SHOWN)
			print_pair(app, fix, i);
	}
	if (fix->pair_count <= PAIRS_SHOWN)
		return;
	fprintf(app->out, "... and %zu more, which --json shows.\n", fix->pair_count - PAIRS_SHOWN);
	say(app, 0, "Of all %zu pairs %zu need nothing, %zu are solved by registers, %zu by other remedies, and for %zu no "
	    "remedy is certain to help.", fix->pair_count, counts[P2P_ADVICE_FINE], counts[P2P_ADVICE_REGISTERS],
	    counts[P2P_ADVICE_REMEDIES], counts[P2P_ADVICE_NONE]);
}

/* How many functions redirect but are not part of the advice. */
static size_t count_bystanders(const struct app *app, const struct fix *fix)
{
	const struct p2p_function *function;
	size_t count = 0;

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		bool ours = false;

		for (size_t n = 0; n < fix->register_count; n++)
			ours |= fix->registers[n].function == function;
		count += !ours && function->acs.fact == P2P_PRESENT &&
			 function->acs.control & ACS_REDIRECTS;
	}
	return count;
}

static void print_register(const struct app *app, const struct p2p_register *change)
{
	uint16_t next = (uint16_t)((change->present & ~change->mask) | change->value);
	uint16_t off = change->mask & change->present, set = change->mask & change->value;
	char line[128], words[32] = "", bits[P2P_ACS_SIZE], more[P2P_ACS_SIZE], product[128];

	p2p_register_setpci(change, false, line, sizeof(line));
	fprintf(app->out, "  %s\n", line);
	/* The text of lspci only has the bits with names, not the whole word. */
	if (change->function->acs.upper == P2P_PRESENT)
		snprintf(words, sizeof(words), "now %04x, then %04x: ", change->present, next);
	say(app, 6, "%s%s%s%s%s%s; %s, %s", words, words_acs(off, bits), off ? " off" : "", off && set ? ", " : "", words_acs(set, more),
	    set ? " on" : "", words_port(change->function),
	    words_product(change->function, product, sizeof(product)));
}

static void print_registers(const struct app *app, const struct fix *fix)
{
	size_t bystanders = count_bystanders(app, fix);
	char line[128], count[WORDS_SIZE];

	heading(app, fix->applied ? "Written: %s, and no other:" : "Effective at once; writes only %s:",
		words_count(fix->register_count, "register", count));
	for (size_t i = 0; i < fix->register_count; i++)
		print_register(app, &fix->registers[i]);
	if (bystanders)
		say(app, 2, "%s elsewhere redirect%s too but are not on the path.",
		    words_count(bystanders, "function", count), bystanders == 1 ? "s" : "");
	say(app, 2, "This lasts until the next boot, or until the port is reset or resumes; newer kernels (7.2) "
	    "also set the bits again whenever a driver is bound to the port. A driver that asked "
	    "p2pdma before the change keeps the old answer until it is bound again.");
	heading(app, "To undo it:");
	for (size_t i = 0; i < fix->register_count; i++) {
		p2p_register_setpci(&fix->registers[i], true, line, sizeof(line));
		fprintf(app->out, "  %s\n", line);
	}
	if (!fix->applied)
		return;
	fputs("  or: ", app->out);
	hint_word(app->out, hint_program(app));
	fputs(" fix --undo --undo-file ", app->out);
	hint_word(app->out, fix_undo_file(app));
	fputc('\n', app->out);
}

static const char *const loader_labels[P2P_LOADERS] = {
	[P2P_LOADER_PLAIN] = "the parameter itself",
	[P2P_LOADER_GRUB] = "GRUB: at the end of /etc/default/grub, then update-grub or "
			    "grub2-mkconfig -o /boot/grub2/grub.cfg",
	[P2P_LOADER_GRUBBY] = "Fedora, RHEL",
	[P2P_LOADER_SYSTEMD_BOOT] = "systemd-boot: in /etc/kernel/cmdline, then kernel-install "
				    "add-all",
	[P2P_LOADER_OSTREE] = "ostree",
};

static void print_loaders(const struct app *app, const struct fix_parameter *parameter)
{
	for (enum p2p_loader loader = 0; loader < P2P_LOADERS; loader++) {
		say(app, 4, "%s:", loader_labels[loader]);
		fprintf(app->out, "      %s\n", parameter->lines[loader]);
	}
}

/* config_acs is the best form if the kernel knows it; of the other form only the word is printed. */
static void print_parameters(const struct app *app, const struct fix *fix)
{
	const struct fix_parameter *best = NULL;
	const char *word;

	heading(app, "To keep the change after a reboot, on the kernel command line:");
	for (size_t i = P2P_PARAMETERS; i-- > 0;) {
		const struct fix_parameter *parameter = &fix->parameters[i];
		const char *warning = p2p_cmdline_warning(fix->cmdline, (enum p2p_parameter)i);

		if (!parameter->word) {
			say(app, 2, "not by %s: %s", p2p_parameter_name((enum p2p_parameter)i),
			    parameter->refused);
			continue;
		}
		say(app, 2, "%s %s%s%s", best ? "or by" : "by",
		    p2p_parameter_name((enum p2p_parameter)i), warning ? ": " : "",
		    warning ? warning : "");
		if (best)
			fprintf(app->out, "      %s\n", parameter->word);
		else
			print_loaders(app, parameter);
		best = best ? best : parameter;
	}
	for (size_t i = 0; best && (word = p2p_cmdline_pci(fix->cmdline, i)); i++)
		say(app, 2, "It replaces %s, which must be removed.", word);
}

static void print_group(const struct app *app, const struct fix_group *group)
{
	struct paragraph line;

	if (!paragraph_start(&line))
		return;
	fputs("one IOMMU group:", line.stream);
	for (size_t i = 0; i < group->count && i < NAMES_SHOWN; i++)
		fprintf(line.stream, " %s", group->members[i]->display);
	if (group->count > NAMES_SHOWN)
		fprintf(line.stream, " and %zu more", group->count - NAMES_SHOWN);
	if (group->parts)
		fprintf(line.stream, " (%zu now)", group->parts);
	fputs("  ", app->out);
	paragraph_end(app, &line, 2, 4);
}

/* The kernel checks what each port redirects, not who can reach the devices below it. */
static void print_crossing(const struct app *app, const struct fix *fix)
{
	const struct p2p_advised *advised;
	size_t apart = 0;

	for (size_t i = 0; (advised = p2p_advice_pair(fix->advice, i)); i++)
		apart += advised->state == P2P_ADVICE_REGISTERS && fix->together[i] == P2P_NO;
	if (apart)
		say(app, 2, "For %zu of the pairs above, the kernel keeps the two devices in separate groups, although they "
		    "then reach each other without passing through the IOMMU: the groups do not show this.",
		    apart);
}

static void print_isolation(const struct app *app, const struct fix *fix)
{
	enum p2p_tri iommu = p2p_topology_machine(app->topology)->iommu;

	heading(app, "Isolation that the change costs:");
	if (iommu == P2P_NO)
		say(app, 2, "No IOMMU is in use, so nothing isolates these devices now. With one "
		    "on, groups would be:");
	if (!fix->group_count)
		say(app, 2, "The kernel would form the same IOMMU groups.");
	for (size_t i = 0; i < fix->group_count; i++)
		print_group(app, &fix->groups[i]);
	print_crossing(app, fix);
	if (fix->group_count && iommu != P2P_NO)
		say(app, 2, "These are the groups from the next boot on, with the parameter above. Until then the "
		    "kernel keeps its present groups, although these are no longer isolated from each "
		    "other: give none of these devices to a guest or to user space.");
}

static void say_reach(FILE *out, const struct p2p_reach *reach, size_t shown)
{
	if (shown == NAMES_SHOWN)
		fputs(" and more", out);
	if (shown < NAMES_SHOWN)
		fprintf(out, "%s %s%s", shown ? "," : "", reach->pair.client->display,
			!reach->direct ? " (permitted by the kernel)" :
			!reach->permitted ? " (bypassing the IOMMU)" : "");
}

/*
 * Prints who reaches the provider of the entry at @index; entries of one provider are adjacent. Return: the
 * index of the first entry of the next provider.
 */
static size_t print_reach(const struct app *app, const struct fix *fix, size_t index)
{
	const struct p2p_reach *reach = p2p_advice_reach(fix->advice, index);
	const struct p2p_function *provider = reach->pair.provider;
	struct paragraph line;
	size_t shown = 0;

	if (!paragraph_start(&line))
		return index + 1;
	fprintf(line.stream, "%s:", provider->display);
	for (; reach && reach->pair.provider == provider;
	     reach = p2p_advice_reach(fix->advice, index + shown))
		say_reach(line.stream, reach, shown++);
	fputs("  ", app->out);
	paragraph_end(app, &line, 2, 4);
	return index + shown;
}

static void print_reaches(const struct app *app, const struct fix *fix)
{
	size_t index = 0;

	if (p2p_advice_reach(fix->advice, 0))
		heading(app, "Other devices that could then reach them:");
	while (p2p_advice_reach(fix->advice, index))
		index = print_reach(app, fix, index);
}

/* A sentence is printed once, however many pairs it helps. */
static bool is_said(const char *const *said, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(said[i], text))
			return true;
	return false;
}

static void print_remedy(const struct app *app, const struct p2p_remedy *remedy)
{
	say(app, 2, "%s%s: %s", p2p_remedy_name(remedy->kind), remedy->sure ? "" : "?",
	    remedy->text);
	if (remedy->line)
		fprintf(app->out, "      %s\n", remedy->line);
	if (remedy->kind != P2P_REMEDY_WHITELIST || !remedy->line || !remedy->pair.provider)
		return;
	hint_line(app, "      what a maintainer asks for: ", "fix --report", remedy->pair.provider,
		  remedy->pair.client);
}

static void print_remedies(const struct app *app, const struct fix *fix)
{
	const char *said[REMEDIES_SHOWN];
	const struct p2p_remedy *remedy;
	size_t count = 0;

	for (size_t i = 0; (remedy = p2p_advice_remedy(fix->advice, i)); i++) {
		if (is_said(said, count, remedy->text))
			continue;
		if (!count)
			heading(app, "Besides registers:");
		if (count == REMEDIES_SHOWN) {
			say(app, 2, "... and more; --json has all.");
			return;
		}
		said[count++] = remedy->text;
		print_remedy(app, remedy);
	}
}

static void print_growths(const struct app *app, const struct fix *fix)
{
	const struct p2p_growth *growth;
	char now[WORDS_SIZE], most[WORDS_SIZE], lacking[WORDS_SIZE], bdf[P2P_BDF_SIZE];

	if (!p2p_advice_growth(fix->advice, 0))
		return;
	heading(app, "BARs that could be larger:");
	for (size_t i = 0; (growth = p2p_advice_growth(fix->advice, i)); i++) {
		words_bytes(growth->now_bytes, now);
		words_bytes(growth->most_bytes, most);
		words_bytes(growth->lacking_bytes, lacking);
		if (growth->narrow)
			p2p_bdf_format(growth->narrow->bdf, bdf);
		say(app, 2, "BAR %u of %s is %s and can be %s; %s%s%s%s", growth->bar,
		    growth->function->display, now, most,
		    growth->narrow ? "the window of bridge " : growth->window_fact == P2P_PRESENT ?
		    "the windows above it have room" : "the windows above it could not be read",
		    growth->narrow ? bdf : "", growth->narrow ? " is too small by " : "",
		    growth->narrow ? lacking : "");
	}
}

static void print_lints(const struct app *app, const struct fix *fix)
{
	const struct p2p_lint *lint;

	if (!p2p_cmdline_lint(fix->cmdline, 0))
		return;
	heading(app, "Mistakes in the present kernel command line:");
	for (size_t i = 0; (lint = p2p_cmdline_lint(fix->cmdline, i)); i++)
		say(app, 2, "%s%s: %s: %s", p2p_lint_name(lint->kind), lint->certain ? "" : "?",
		    lint->word, lint->text);
}

/* While the IOMMU translates, mapped addresses go through the root complex, whatever the switches do. */
static void print_translated(const struct app *app, const struct fix *fix)
{
	const struct p2p_advised *advised;

	for (size_t i = 0; is_gpudirect(app) && (advised = p2p_advice_pair(fix->advice, i)); i++) {
		const struct p2p_way_answer *told;
		struct p2p_ways ways;

		p2p_ways_find(&advised->before, &ways);
		told = p2p_ways_told(&ways);
		if (!told || told->translates != P2P_YES ||
		    p2p_driver_way_addressing(told->way) != P2P_ADDRESSING_RESOURCE)
			continue;
		heading(app, "And besides:");
		say(app, 2, "the IOMMU translates for %s, and the addresses that %s maps for it then "
		    "go up to the root complex: boot with iommu=pt, or iommu.passthrough=1 on Arm. "
		    "The IOMMU then no longer protects memory from devices that kernel drivers use.",
		    advised->pair.client->display, advised->pair.provider->driver);
		return;
	}
}

/* Repeats only what must be done, with comments for what no shell can do. */
static void print_paste(const struct app *app, const struct fix *fix)
{
	const struct fix_parameter *best = NULL;
	char line[128];

	for (size_t i = P2P_PARAMETERS; i-- > 0 && !best;)
		best = fix->parameters[i].word ? &fix->parameters[i] : NULL;
	heading(app, "All of it, to paste as root:");
	for (size_t i = 0; i < fix->register_count; i++) {
		p2p_register_setpci(&fix->registers[i], false, line, sizeof(line));
		fprintf(app->out, "%s\n", line);
	}
	if (best)
		fprintf(app->out, "# and on the kernel command line, for the next boot:\n# %s\n",
			best->word);
}

void fix_print(struct app *app, const struct fix *fix)
{
	print_pairs(app, fix);
	print_translated(app, fix);
	if (fix->register_count) {
		print_registers(app, fix);
		print_parameters(app, fix);
		print_isolation(app, fix);
		print_reaches(app, fix);
	}
	print_remedies(app, fix);
	print_growths(app, fix);
	print_lints(app, fix);
	if (app->options.apply && !fix->register_count)
		fputs("\nThere is no register to write; nothing was changed.\n", app->out);
	if (fix->register_count && !fix->applied)
		print_paste(app, fix);
}
