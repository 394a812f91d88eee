/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading matrices: a heading of devices, and a row for each of them. */
#include <string.h>

#include "policy/measured/reading.h"

/** struct heading - the devices of a matrix. */
struct heading {
	struct p2p_end ends[P2P_MOST_FIELDS];
	size_t count;
};

void p2p_cell_add(struct p2p_reading *reading, const struct p2p_cell *cell,
		  const struct p2p_end *client, const struct p2p_end *provider)
{
	struct p2p_figure figure = *(const struct p2p_figure *)cell->data;

	figure.client = *client;
	figure.provider = *provider;
	if (figure.kind == P2P_FIGURE_ACCESS) {
		figure.says = p2p_field_is(cell->field, "1") ? P2P_YES : P2P_NO;
		figure.label = figure.says == P2P_YES ? "1" : "0";
	} else if (!p2p_field_number(cell->field, &figure.value) || !(figure.value > 0)) {
		p2p_reading_skip(reading, cell->line, "a cell of the matrix is not a number");
		return;
	}
	/* Tools print latencies in microseconds. */
	if (figure.kind == P2P_FIGURE_LATENCY)
		figure.value *= 1000;
	p2p_reading_add(reading, cell->line, &figure);
}

/* Is it an InfiniBand device name?  Old releases of nvidia-smi print these instead of numbers. */
static bool is_name(struct p2p_field field)
{
	return field.length > 5 && field.length < 32 && !memcmp(field.text, "mlx", 3) &&
	       memchr(field.text, '_', field.length);
}

/* Join "GPU 00" into one word. */
static size_t join(struct p2p_field *fields, size_t count)
{
	unsigned int index;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		bool gpu = p2p_field_is(fields[i], "GPU"), cpu = p2p_field_is(fields[i], "CPU");
		bool numbered = (gpu || cpu) && i + 1 < count &&
				p2p_field_index(fields[i + 1], &index);

		/* A CPU is not an end of a pair, but its column must be kept. */
		fields[kept++] = fields[numbered && gpu ? i + 1 : i];
		i += numbered;
	}
	return kept;
}

static bool take_end(struct p2p_reading *reading, struct p2p_field field, struct p2p_end *ret_end)
{
	if (p2p_field_is(field, "CPU")) {
		*ret_end = (struct p2p_end){ .named = P2P_NAMED_NOT };
		return true;
	}
	if (p2p_field_end(field, ret_end))
		return true;
	if (!is_name(field))
		return false;
	*ret_end = p2p_end_of_name(p2p_reading_word(reading, field));
	return true;
}

/* The heading ends at the first word that is not a device, as in "CPU Affinity". */
static bool read_heading(struct p2p_reading *reading, size_t at, const char *corner,
			 struct heading *heading)
{
	struct p2p_field fields[P2P_MOST_FIELDS];
	size_t count = p2p_fields(reading->lines[at], fields), first = 0;

	heading->count = 0;
	if (corner) {
		if (!count || !p2p_field_is(fields[0], corner))
			return false;
		first = 1;
	}
	count = first + join(fields + first, count - first);
	for (size_t i = first; i < count; i++) {
		bool affinity = i + 1 < count && p2p_field_is(fields[i + 1], "Affinity");

		if (affinity || !take_end(reading, fields[i], &heading->ends[heading->count]))
			break;
		heading->count++;
	}
	return heading->count;
}

static bool is_same_end(const struct p2p_end *one, const struct p2p_end *other)
{
	if (one->named != other->named)
		return false;
	switch (one->named) {
	case P2P_NAMED_BY_INDEX:
		return one->kind == other->kind && one->index == other->index;
	case P2P_NAMED_BY_ADDRESS:
		return !p2p_bdf_compare(one->bdf, other->bdf);
	case P2P_NAMED_BY_NAME:
		return !strcmp(one->name, other->name);
	case P2P_NAMED_NOT:
		break;
	}
	return false;
}

/** struct row - one row; @first: index of its first cell. */
struct row {
	struct p2p_end end;
	struct p2p_field fields[P2P_MOST_FIELDS];
	size_t count, first;
};

/* A row starts with a device of the heading, which an arrow may follow. */
static bool read_row(struct p2p_reading *reading, size_t at, const struct heading *heading,
		     struct row *row)
{
	row->count = join(row->fields, p2p_fields(reading->lines[at], row->fields));
	if (!row->count || !take_end(reading, row->fields[0], &row->end))
		return false;
	row->first = 1;
	if (row->count > 1 && (p2p_field_is(row->fields[1], "->") ||
			       p2p_field_is(row->fields[1], "<-") ||
			       p2p_field_is(row->fields[1], "<->")))
		row->first = 2;
	for (size_t i = 0; i < heading->count; i++)
		if (is_same_end(&heading->ends[i], &row->end) ||
		    (!row->end.named && !heading->ends[i].named))
			return true;
	return false;
}

static void take_row(struct p2p_reading *reading, size_t at, const struct heading *heading,
		     const struct row *row,
		     void (*take)(struct p2p_reading *reading, const struct p2p_cell *cell),
		     const void *data)
{
	if (row->count - row->first < heading->count) {
		p2p_reading_skip(reading, at, "a row of the matrix has fewer cells than its heading");
		return;
	}
	for (size_t i = 0; i < heading->count && row->end.named; i++) {
		struct p2p_cell cell = { at, &row->end, &heading->ends[i],
					 row->fields[row->first + i], data };

		if (heading->ends[i].named && !is_same_end(&row->end, &heading->ends[i]))
			take(reading, &cell);
	}
}

size_t p2p_matrix(struct p2p_reading *reading, size_t at, const char *corner,
		  void (*take)(struct p2p_reading *reading, const struct p2p_cell *cell),
		  const void *data)
{
	struct heading heading;
	struct row row;
	size_t next = at + 1, gap = 0;

	if (at >= reading->count || !read_heading(reading, at, corner, &heading))
		return at;
	/* Some tools print an empty line between rows. */
	for (size_t i = at + 1; i < reading->count && gap < 2; i++) {
		if (!*p2p_reading_line(reading, i)) {
			gap++;
			continue;
		}
		if (!read_row(reading, i, &heading, &row))
			break;
		take_row(reading, i, &heading, &row, take, data);
		gap = 0;
		next = i + 1;
	}
	return next;
}
