/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "print/hint.h"
#include "print/output.h"
#include "commands/report/report.h"
#include "print/lints.h"
#include "print/say.h"
#include "print/speed.h"
#include "print/words.h"

#define LABEL 9
#define MATRIX_LINES 10		/* of a screen of 24 */
#define MOST_NOTES 5

static void label(const struct app *app, const char *name)
{
	fprintf(app->out, "%s%-*s%s", paint_on(app, PAINT_BOLD), LABEL, name, paint_off(app));
}

static void line(const struct app *app, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void line(const struct app *app, const char *name, const char *format, ...)
{
	va_list args;

	label(app, name);
	va_start(args, format);
	say_list(app, LABEL, LABEL, format, args);
	va_end(args);
}

/* The path of a capture is not wrapped, so that it can be copied. */
static void print_machine(const struct app *app, const struct p2p_machine *machine)
{
	bool guest = machine->virtual_machine == P2P_YES;

	label(app, "machine");
	fprintf(app->out, "%s%s%s%s%s\n", machine->host ? machine->host : "",
		machine->host ? ", " : "", p2p_source_text(machine->source)->noun,
		app->options.from ? " " : "", app->options.from ? app->options.from : "");
	if (guest)
		fprintf(app->out, "%*sa virtual machine%s%s%s: its topology and registers are emulated\n", LABEL,
			"", machine->hypervisor ? " (" : "", machine->hypervisor ? machine->hypervisor : "",
			machine->hypervisor ? ")" : "");
}

static void print_cpu(const struct app *app, const struct p2p_machine *machine)
{
	char family[32] = "";

	if (!machine->cpu_vendor && !machine->cpu_name) {
		line(app, "CPU", "not recorded");
		return;
	}
	if (machine->cpu_family.fact == P2P_PRESENT)
		snprintf(family, sizeof(family), ", family %xh", (int)machine->cpu_family.value);
	line(app, "CPU", "%s%s", machine->cpu_name ? machine->cpu_name : machine->cpu_vendor, family);
}

static void print_kernel(const struct app *app, const struct survey *survey,
			 const struct p2p_machine *machine)
{
	static const char *const compiled[] = {
		[P2P_UNKNOWN] = "", [P2P_NO] = "; built without P2PDMA",
		[P2P_YES] = "; P2PDMA compiled in",
	};
	static const char *const iommu[] = {
		[P2P_UNKNOWN] = "; IOMMU not known", [P2P_NO] = "; no IOMMU in use",
		[P2P_YES] = "; IOMMU in use",
	};
	const struct p2p_rules *rules = p2p_eval_rules(app->eval);
	const char *note = p2p_eval_rules_note(app->eval);
	bool pairs = app->selected_count > 1, passes = machine->iommu == P2P_UNKNOWN &&
						       machine->iommu_translates == P2P_NO;
	const char *in_use = passes ? "; if an IOMMU is in use, it passes addresses through" :
			     iommu[machine->iommu];

	if (!machine->release && note)
		line(app, "kernel", "%s%s", note, in_use);
	else
		line(app, "kernel", "%s; rules of %s%s%s%s",
		     machine->release ? machine->release : "not recorded", p2p_rules_name(rules),
		     p2p_rules_is_experimental(rules) ? " (experimental)" : "",
		     compiled[machine->p2pdma], in_use);
	if (survey->hypothetical)
		line(app, "", "Without CONFIG_PCI_P2PDMA every pair is not_supported.%s%s%s",
		     pairs ? " Below: what the rules of " : "", pairs ? p2p_rules_name(rules) : "",
		     pairs ? " would say with it." : "");
	else if (note && machine->release)
		line(app, "", "%s", note);
}

/* How many may take part, since their class is not recorded: a list such as lspci -t has none. */
static size_t count_unclassed(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < p2p_topology_count(app->topology); i++)
		count += p2p_topology_function(app->topology, i)->class_fact == P2P_DENIED;
	return count;
}

static void print_devices(const struct app *app, const struct survey *survey)
{
	size_t unclassed = count_unclassed(app);
	struct paragraph text;
	char counted[WORDS_SIZE];

	if (!paragraph_start(&text))
		return;
	for (enum p2p_class kind = 0; kind < P2P_CLASSES; kind++)
		if (survey->selected[kind])
			fprintf(text.stream, "%zu %s, ", survey->selected[kind], p2p_class_name(kind));
	fprintf(text.stream, "%sof %s", app->selected_count ? "" : unclassed ? "none known to take part in P2P, " :
		"none that takes part in P2P, ", words_count(p2p_topology_count(app->topology), "function", counted));
	if (unclassed)
		fprintf(text.stream, "; the class of %s is not recorded", words_count(unclassed, "function", counted));
	label(app, "devices");
	paragraph_end(app, &text, LABEL, LABEL);
}

static void print_flat(const struct app *app)
{
	size_t count = p2p_topology_count(app->topology);
	char counted[WORDS_SIZE], product[128], bdf[P2P_BDF_SIZE];

	fprintf(app->out, "\nno PCIe hierarchy here: %s, no bridge and no PCI Express function\n",
		words_count(count, "PCI function", counted));
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);
		const char *name = words_os_name(function);

		fprintf(app->out, "  %s  %-8s %s%s%s\n", p2p_bdf_format(function->bdf, bdf),
			p2p_class_name(function->kind),
			words_product(function, product, sizeof(product)), *name ? "  " : "", name);
	}
}

/* Two roots with the same IDs are printed once: "8086:09a2 at 0000:10:00.0 0000:40:00.0". */
static void print_functions(const struct app *app, const struct finding *finding)
{
	bool roots = finding->kind->culprits == CULPRITS_ROOTS;
	const struct p2p_function *before = NULL;
	struct paragraph line;
	char bdf[P2P_BDF_SIZE];

	if (!finding->function_count || !paragraph_start(&line))
		return;
	for (size_t i = 0; i < finding->function_count; i++) {
		const struct p2p_function *function = finding->functions[i];

		if (roots && (!before || before->vendor != function->vendor ||
			      before->device != function->device))
			fprintf(line.stream, "%s%04x:%04x at", before ? "; " : "",
				function->vendor, function->device);
		fprintf(line.stream, "%s%s", before || roots ? " " : "",
			p2p_bdf_format(function->bdf, bdf));
		before = function;
	}
	fputs(finding->more ? " ..." : "", line.stream);
	fprintf(app->out, "    %s ", roots ? "compared:" : "not readable at:");
	paragraph_end(app, &line, roots ? 14 : 21, 4);
}

/* Do both functions redirect with the same bits, and are they the same kind of port? */
static bool is_alike(const struct p2p_function *a, const struct p2p_function *b)
{
	return words_port(a) == words_port(b) &&
	       !((a->acs.kernel_control ^ b->acs.kernel_control) & ACS_REDIRECTS);
}

static bool is_first(const struct survey *survey, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_alike(survey->redirecting[i], survey->redirecting[index]))
			return false;
	return true;
}

static void print_alike(const struct app *app, const struct survey *survey, size_t index)
{
	const struct p2p_function *like = survey->redirecting[index];
	char bits[P2P_ACS_SIZE], bdf[P2P_BDF_SIZE];
	size_t count = 0, named = 0, most;
	int column;

	for (size_t i = index; i < survey->redirecting_count; i++)
		count += is_alike(survey->redirecting[i], like);
	column = fprintf(app->out, "    %s on %zu %s%s:",
			 words_acs(like->acs.kernel_control & ACS_REDIRECTS, bits), count,
			 words_port(like), count == 1 ? "" : "s");
	most = app->options.width > (unsigned int)column + 4 ?
		(app->options.width - (unsigned int)column - 4) / 13 : 0;
	for (size_t i = index; i < survey->redirecting_count && named < most; i++)
		if (is_alike(survey->redirecting[i], like)) {
			fprintf(app->out, " %s", p2p_bdf_format(survey->redirecting[i]->bdf, bdf));
			named++;
		}
	fputs(named < count ? " ...\n" : "\n", app->out);
}

/* There are few kinds of ports, so looking back over them costs little. */
static void print_redirecting(const struct app *app, const struct survey *survey)
{
	size_t kinds = 0;

	for (size_t i = 0; i < survey->redirecting_count && kinds < 4; i++)
		if (is_first(survey, i)) {
			print_alike(app, survey, i);
			kinds++;
		}
}

static void print_finding(const struct app *app, const struct survey *survey,
			  const struct finding *finding)
{
	enum p2p_map_type type = finding->kind->map_type;
	char counted[WORDS_SIZE];

	fprintf(app->out, "%s%c%s ", paint_on(app, paint_of(type)), words_mark(type),
		paint_off(app));
	say_from(app, 2, 2, "%s%s %s", survey->complete ? "" : "at least ",
		 words_count(finding->pairs, "pair", counted), finding->kind->text);
	print_functions(app, finding);
}

/* With NVIDIA's driver the switches matter, except on ways on which the kernel is asked. */
static bool is_gpudirect(const struct p2p_verdict *pair)
{
	const char *driver = pair->provider->driver;
	struct p2p_ways ways;

	p2p_ways_find(pair, &ways);
	return driver && !strcmp(driver, "nvidia") && pair->kernel.common && !p2p_ways_ask_p2pdma(&ways);
}

/* `fix` has nothing to say of a pair that is direct, or has no switch that could make it so. */
static void print_fix(const struct app *app, const struct survey *survey)
{
	const struct p2p_verdict *pairs[] = { survey_example(survey), survey_finding_example(survey) };

	for (size_t i = 0; i < P2P_LENGTH(pairs); i++) {
		const struct p2p_verdict *pair = pairs[i];
		bool gpudirect = pair && is_gpudirect(pair);

		if (!pair || p2p_goal_met(gpudirect ? P2P_GOAL_GPUDIRECT : P2P_GOAL_DIRECT, pair))
			continue;
		hint_line(app, "  what to change: ", gpudirect ? "fix --goal gpudirect" : "fix",
			  pair->provider, pair->client);
		return;
	}
}

/* Pairs that are permitted but take a longer path lose speed. */
static void print_speed(const struct app *app, const struct p2p_verdict *pair)
{
	char write[WORDS_SIZE], read[WORDS_SIZE];
	struct p2p_score score;

	p2p_eval_score(app->eval, pair, &score);
	if (pair->kernel.map_type != P2P_MAP_THRU_HOST_BRIDGE || !score.write.score)
		return;
	fprintf(app->out, "  how fast: %s writes to %s at %s GB/s, reads at %s GB/s\n",
		pair->client->display, pair->provider->display,
		speed_bandwidth(&score.write, write), speed_bandwidth(&score.read, read));
}

static void print_findings(const struct app *app, const struct survey *survey)
{
	const struct p2p_verdict *example;
	bool ports = false;

	if (!survey->finding_count)
		return;
	putc('\n', app->out);
	for (size_t i = 0; i < survey->finding_count; i++) {
		const struct finding *finding = &survey->findings[i];

		print_finding(app, survey, finding);
		if (finding->kind->culprits == CULPRITS_PORTS && !ports) {
			print_redirecting(app, survey);
			ports = true;
		}
		if (finding->kind->reason == P2P_REASON_CPU_UNKNOWN)
			hint_line(app, "    on an AMD Zen: ", "what-if cpu=AMD:Zen", NULL, NULL);
		if (finding->allowed_by)
			fprintf(app->out, "    later rules permit %s %s: %s\n",
				finding->example.provider->display,
				finding->example.client->display,
				p2p_rules_name(finding->allowed_by));
	}
	example = survey_finding_example(survey);
	if (example)
		print_speed(app, example);
}

/* A pair whose drivers were mentioned comes before one that only p2pdma refuses. */
static void print_hints(const struct app *app, const struct survey *survey)
{
	const struct p2p_verdict *example = survey_example(survey);

	if (!example)
		example = survey_finding_example(survey);
	if (!example)
		return;
	hint_line(app, "  why, hop by hop: ", "path", example->provider, example->client);
	print_fix(app, survey);
}

/* Most notes name their function themselves. */
static void print_note(const struct app *app, const struct p2p_note *note)
{
	char bdf[P2P_BDF_SIZE];
	int column = fprintf(app->out, "! ");

	if (note->function && !strstr(note->text, p2p_bdf_format(note->function->bdf, bdf)))
		column += fprintf(app->out, "%s: ", bdf);
	words_wrap(app->out, note->text, (size_t)column, 2, app->options.width);
}

static void print_notes(const struct app *app)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);
	const struct p2p_note *note;
	size_t count = 0;

	for (size_t i = 0; (note = p2p_topology_note(app->topology, i)); i++) {
		/* print_machine() has said it already, at a better place. */
		if (!note->function && machine->virtual_machine == P2P_YES &&
		    strstr(note->text, "virtual machine"))
			continue;
		if (count++ < MOST_NOTES)
			print_note(app, note);
	}
	if (count <= MOST_NOTES)
		return;
	fprintf(app->out, "! %zu more notes", count - MOST_NOTES);
	hint_line(app, ": ", "report --json", NULL, NULL);
}

static void print_advice(const struct app *app, const struct survey *survey)
{
	const char *advice = survey_advice(app, survey);
	char counted[WORDS_SIZE];
	bool is_root = p2p_topology_machine(app->topology)->source == P2P_SOURCE_LIVE && !geteuid();

	if (advice)
		say_from(app, 0, 2, is_root ? "? ACS, ATS and links of %s could not be read: %s" :
			 "? only root can read ACS, ATS and links of %s: %s",
			 words_count(survey->shallow, "function", counted), advice);
}

static void print_pairs(const struct app *app, const struct survey *survey)
{
	unsigned int lines = app->options.height > 24 ?
		app->options.height - 24 + MATRIX_LINES : MATRIX_LINES;

	putc('\n', app->out);
	if (survey->answer_count || survey->without_drivers)
		fprintf(app->out, "%sthe kernel's p2pdma, for drivers that ask it%s\n",
			paint_on(app, PAINT_BOLD), paint_off(app));
	if (app->selected_count < 2)
		fprintf(app->out, "no pair to evaluate: %s %s part in peer-to-peer DMA\n",
			app->selected_count ? "only one function" : "no function",
			count_unclassed(app) ? "is known to take" : "takes");
	else
		report_print_matrix(app, survey, lines);
}

void report_print(struct app *app, const struct survey *survey)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);

	print_machine(app, machine);
	print_cpu(app, machine);
	print_kernel(app, survey, machine);
	print_devices(app, survey);
	report_print_answers(app, survey);
	if (!survey->hierarchy)
		print_flat(app);
	if (survey->hierarchy || app->selected_count > 1)
		print_pairs(app, survey);
	print_findings(app, survey);
	print_hints(app, survey);
	report_print_faults(app, survey);
	print_notes(app);
	lints_notes(app, survey->cmdline);
	print_advice(app, survey);
}
