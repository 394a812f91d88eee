/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo flows: transfers that run at the same time, and the share of each. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "commands/flows.h"
#include "line.h"
#include "print/speed.h"

/* Room for all pairs of devices of a machine. */
#define LONGEST_LINE (16u << 20)

/** struct row - a flow and its share. */
struct row {
	struct p2p_flow flow;
	struct p2p_share share;
};

/** struct list - the requested flows, in order. */
struct list {
	struct p2p_flow *flows;
	size_t count;
};

static const struct row *row_of(const void *row)
{
	return row;
}

static void print_op(FILE *cell, const void *row)
{
	fputs(row_of(row)->flow.read ? "reads" : "writes", cell);
}

static void print_alone(FILE *cell, const void *row)
{
	char text[WORDS_SIZE];

	fputs(speed_bandwidth(&row_of(row)->share.alone, text), cell);
}

/* GB/s; 0 while it is not known whether the transfer gets through, although it takes its part from others. */
static double known_share(const struct p2p_share *share)
{
	return p2p_speed_has_figure(&share->alone) ? share->gbytes_per_second : 0;
}

/* What such a transfer is limited by is whether it gets through. */
static enum p2p_limit known_limit(const struct p2p_share *share)
{
	return p2p_speed_has_figure(&share->alone) ? share->limit : share->alone.limit;
}

static void print_share(FILE *cell, const void *row)
{
	/* Printed like a speed, so that unknown, refused and lower bounds look the same as elsewhere. */
	struct p2p_speed speed = row_of(row)->share.alone;
	char text[WORDS_SIZE];

	speed.gbytes_per_second = row_of(row)->share.gbytes_per_second;
	fputs(speed_bandwidth(&speed, text), cell);
	if (row_of(row)->share.collapse)
		fputc('!', cell);
}

static enum paint paint_share(const void *row)
{
	const struct p2p_share *share = &row_of(row)->share;

	if (share->collapse || !speed_is_usable(&share->alone))
		return PAINT_BAD;
	if (!p2p_speed_has_figure(&share->alone))
		return PAINT_UNKNOWN;
	/* Less than nine tenths of the speed of the transfer alone. */
	return share->gbytes_per_second < 0.9 * share->alone.gbytes_per_second ? PAINT_HOST :
										 PAINT_GOOD;
}

static void print_limit(FILE *cell, const void *row)
{
	fputs(p2p_limit_name(known_limit(&row_of(row)->share)), cell);
}

#define OF(member) .function = offsetof(struct row, member)

const struct column flows_columns[] = {
	{ "CLIENT", "who does the DMA", .tell = tell_name, OF(flow.client) },
	{ "OP", "reads or writes", false, 0, .print = print_op },
	{ "PROVIDER", "which owns the memory", .tell = tell_name, OF(flow.provider) },
	{ "ALONE", "GB/s while nothing else runs; >= at least, - refused or blocked, ? unknown",
	  true, 0, .print = print_alone },
	{ "SHARE", "GB/s while all of them run; ! posted writes are known to collapse here", true,
	  0, .print = print_share, .paint = paint_share },
	{ "LIMIT", "what limits it: link, redirect, root_complex, socket, ...", false, 0,
	  .print = print_limit },
	{ "LIMIT-AT", "the function where the limit is", .tell = tell_bdf, OF(share.at) },
	{ 0 }
};

static enum status add_flow(struct app *app, struct list *list,
			    const struct p2p_function *client,
			    const struct p2p_function *provider, bool read)
{
	struct p2p_flow *flow = p2p_more(list->flows, list->count);

	if (!flow)
		return fail_memory(app->failure);
	*flow = (struct p2p_flow){ provider, client, read };
	list->count++;
	return STATUS_DONE;
}

/* "A>B": A writes to B; "A<B": A reads from B; "A<>B": each writes to the other. */
static enum status parse_flow(struct app *app, struct list *list, char *text)
{
	const struct p2p_function *left, *right;
	char *mark = text + strcspn(text, "<>"), *second;
	bool read = *mark == '<', both = read && mark[1] == '>';
	enum status status;

	second = mark + (both ? 2 : 1);
	if (!*mark || mark == text || !*second)
		return fail_with(app->failure, STATUS_INPUT, "'%s' is not a transfer: write "
				 "CLIENT>PROVIDER, CLIENT<PROVIDER (it reads) or A<>B", text);
	*mark = '\0';
	status = app_find_end(app, text, &left);
	if (!status)
		status = app_find_end(app, second, &right);
	if (!status && left == right)
		status = fail_with(app->failure, STATUS_INPUT, "a transfer needs two devices: both are %s", left->display);
	if (!status)
		status = add_flow(app, list, left, right, read && !both);
	if (!status && both)
		status = add_flow(app, list, right, left, false);
	return status;
}

/* Flows are separated by commas and blanks. */
static enum status parse_line(struct app *app, struct list *list, char *line)
{
	enum status status = STATUS_DONE;
	char *rest = NULL;

	for (char *word = strtok_r(line, ", \t\r\n", &rest); word && !status;
	     word = strtok_r(NULL, ", \t\r\n", &rest))
		status = parse_flow(app, list, word);
	return status;
}

static enum status parse_lines(struct app *app, struct list *list, FILE *file, const char *name)
{
	enum status status = STATUS_DONE;
	unsigned int number = 1;
	char *line = NULL;
	size_t size = 0;

	for (; !status && line_read(&line, &size, file, LONGEST_LINE) >= 0; number++) {
		line[strcspn(line, "#")] = '\0';
		if (parse_line(app, list, line))
			status = fail_at(app->failure, name, number);
	}
	if (!status && !feof(file))
		status = line_fail(app->failure, name, number);
	free(line);
	return status;
}

static enum status parse_file(struct app *app, struct list *list, const char *path)
{
	bool standard = !strcmp(path, "-");
	FILE *file = standard ? stdin : fopen(path, "re");
	enum status status;

	if (!file)
		return fail_system(app->failure, -errno, path);
	status = parse_lines(app, list, file, standard ? "standard input" : path);
	if (!standard)
		fclose(file);
	return status;
}

static enum status parse_argument(struct app *app, struct list *list, const char *argument)
{
	enum status status;
	char *line;

	if (*argument == '@')
		return parse_file(app, list, argument + 1);
	line = strdup(argument);
	if (!line)
		return fail_memory(app->failure);
	status = parse_line(app, list, line);
	free(line);
	return status;
}

static const char collapse_text[] =
	"! Several devices behind one switch write to memory behind several host bridges: on this "
	"switch and CPU posted writes were measured to collapse then, to a tenth of the share or "
	"less.  Reads do not, nor do writes to one host bridge at a time; see p2ptopo-score(7).";

/**
 * struct total - the total of all flows.
 * @known: false if the share of any transfer is unknown or known only as "at least", since the others share
 *	links with it
 * @undecided: of a transfer it is not known whether it gets through
 * @at_most: no figure is published for something on a path; see struct p2p_speed
 */
struct total {
	double sum;
	bool known, undecided, at_most, collapse;
};

static struct total total_of(const struct p2p_share *shares, size_t count)
{
	struct total total = { .known = true };

	for (size_t i = 0; i < count; i++) {
		total.sum += known_share(&shares[i]);
		total.known &= p2p_speed_is_known(&shares[i].alone);
		total.undecided |= shares[i].alone.limit == P2P_LIMIT_UNDECIDED;
		total.at_most |= shares[i].alone.at_most;
		total.collapse |= shares[i].collapse;
	}
	return total;
}

static void print_total(const struct app *app, struct total total)
{
	fprintf(app->out, "\nTogether %s%.1f GB/s%s.\n", total.at_most && total.known ? "at most " : "", total.sum,
		total.known ? "" : " by what is known");
	if (!total.known)
		print_wrapped(app->out, app->options.width, 0, "A transfer with an unknown fact "
			      "is counted at its lower bound: it may get more, and leave less to "
			      "the others.");
	if (total.undecided)
		print_wrapped(app->out, app->options.width, 0, "A transfer of which it is not known whether it "
			      "gets through takes its part from the others, but is not in the sum.");
	if (total.collapse)
		print_wrapped(app->out, app->options.width, 0, collapse_text);
}

static enum status print_text(struct app *app, const struct list *list,
			      const struct p2p_share *shares)
{
	struct table *table = NULL;
	enum status status = table_new(app, flows_columns,
				       "CLIENT,OP,PROVIDER,ALONE,SHARE,LIMIT,LIMIT-AT", "LIMIT-AT",
				       &table);
	int error = 0;

	if (status)
		return status;
	print_rules_note(app, "# ");
	for (size_t i = 0; i < list->count && !error; i++)
		error = table_add(table, &(struct row){ list->flows[i], shares[i] });
	if (!error)
		error = table_end(table);
	table_free(table);
	if (error)
		return fail_memory(app->failure);
	print_total(app, total_of(shares, list->count));
	return STATUS_DONE;
}

static struct json_object *json_flow(const struct p2p_flow *flow, const struct p2p_share *share)
{
	return json_members(
		{ "client", json_bdf(flow->client) },
		{ "provider", json_bdf(flow->provider) },
		{ "op", json_text(flow->read ? "read" : "write") },
		{ "known", json_flag(p2p_speed_is_known(&share->alone)) },
		{ "at_most", json_flag(share->alone.at_most) },
		{ "alone_gbytes_per_second", speed_json_bandwidth(&share->alone) },
		{ "share_gbytes_per_second", speed_json_decimal(known_share(share), "%.3f") },
		{ "limit", json_text(p2p_limit_name(known_limit(share))) },
		{ "at", json_bdf(share->at) },
		{ "collapse", json_flag(share->collapse) });
}

static enum status print_json(const struct app *app, const struct list *list,
			      const struct p2p_share *shares)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < list->count; i++)
		p2p_json_append(array, json_flow(&list->flows[i], &shares[i]));
	return document_print(app, document_members(app, "flows",
		{ "flows", array },
		{ "sum_gbytes_per_second",
		  speed_json_decimal(total_of(shares, list->count).sum, "%.3f") }));
}

enum status command_flows(struct app *app)
{
	struct list list = { 0 };
	struct p2p_share *shares = NULL;
	enum status status = STATUS_DONE;

	for (int i = 0; i < app->argc && !status; i++)
		status = parse_argument(app, &list, app->argv[i]);
	if (!status && !list.count)
		status = fail_with(app->failure, STATUS_INPUT, "no transfer is given");
	if (!status) {
		shares = calloc(list.count + 1, sizeof(*shares));
		if (!shares || p2p_flows_share(app->eval, list.flows, list.count, shares))
			status = fail_memory(app->failure);
		else if (app->options.format == FORMAT_TEXT)
			status = print_text(app, &list, shares);
		else
			status = print_json(app, &list, shares);
	}
	free(list.flows);
	free(shares);
	return status;
}
