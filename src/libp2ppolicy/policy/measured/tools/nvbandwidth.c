/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nvbandwidth.  The name of a test says whether the copy engine or kernel of the row's GPU reads from
 * the column's or writes to it; the arrows above the matrices are different in older releases.
 * Source: NVIDIA/nvbandwidth v0.8, testcases_ce.cpp, output.cpp, json_output.cpp.
 */
#include <string.h>

#include "policy/measured/reading.h"

/** struct test - what the following matrix contains. */
struct test {
	enum p2p_figure_kind kind;
	enum p2p_figure_how how;
	bool read;
};

/* @name: of the test; @title: the line above the matrix */
static bool parse_test(const char *name, const char *title, struct test *ret_test)
{
	const char *rest = p2p_after(name, "device_to_device_");
	bool both = rest && strstr(rest, "bidirectional");

	if (!rest || !strstr(title, "GPU(row)") || !strstr(title, "GPU(column)"))
		return false;
	/* A test of both directions has three matrices, of which only the sum is used. */
	if (strstr(title, "Read1") || strstr(title, "Read2") || strstr(title, "Write1") ||
	    strstr(title, "Write2"))
		return false;
	*ret_test = (struct test){
		.kind = strstr(rest, "latency") ? P2P_FIGURE_LATENCY : P2P_FIGURE_SPEED,
		.how = !both ? P2P_FIGURE_ALONE : strstr(title, "Total") ? P2P_FIGURE_SUM :
									    P2P_FIGURE_AGAINST,
		.read = strstr(rest, "read") || strstr(rest, "latency"),
	};
	return true;
}

static void take_value(struct p2p_reading *reading, const struct p2p_cell *cell)
{
	const struct test *test = cell->data;
	struct p2p_figure figure = {
		.kind = test->kind, .how = test->how, .read = test->read, .peer = P2P_YES,
		.client = *cell->row, .provider = *cell->column,
	};

	if (p2p_field_is(cell->field, "N/A") || p2p_field_is(cell->field, "0.00") ||
	    p2p_field_is(cell->field, "0")) {
		if (test->how != P2P_FIGURE_ALONE)
			return;
		/* nvbandwidth leaves out pairs without peer access. */
		figure.kind = P2P_FIGURE_ACCESS;
		figure.says = P2P_NO;
		figure.label = "N/A";
	} else if (!p2p_field_number(cell->field, &figure.value)) {
		p2p_reading_skip(reading, cell->line, "a cell of the matrix is not a number");
		return;
	}
	p2p_reading_add(reading, cell->line, &figure);
}

/* "Device 0: NVIDIA H100 (00000000:53:00)", and in JSON "0: NVIDIA H100 (00000000:53:00): (host)". */
static void list_device(struct p2p_reading *reading, const char *text)
{
	const char *open;
	unsigned int index;

	text = p2p_index(text, &index);
	if (!text || *text != ':')
		return;
	for (open = strchr(text, '('); open; open = strchr(open + 1, '('))
		if (strchr(open, ')') &&
		    p2p_reading_list_gpu(reading, index, p2p_field_until(open + 1, ")")))
			return;
}

static void read_text(struct p2p_reading *reading)
{
	const char *name = "";
	struct test test;

	for (size_t i = 0; i < reading->count; i++) {
		const char *line = p2p_reading_line(reading, i);

		if (!strncmp(line, "Running ", 8))
			name = line + 8;
		else if (parse_test(name, line, &test))
			p2p_matrix(reading, i + 1, NULL, take_value, &test);
		else if (!strncmp(line, "Device ", 7))
			list_device(reading, line + 7);
	}
}

static void read_row(struct p2p_reading *reading, size_t line, size_t row,
		     struct json_object *values, const struct test *test)
{
	struct p2p_end from = p2p_end_of_index(P2P_CLASS_GPU, (unsigned int)row), to;

	for (size_t i = 0; i < p2p_json_length(values) && i < P2P_MOST_FIELDS; i++) {
		struct json_object *value = json_object_array_get_idx(values, i);
		struct p2p_cell cell = { line, &from, &to, { "", 0 }, test };

		if (i == row || !json_object_is_type(value, json_type_string))
			continue;
		to = p2p_end_of_index(P2P_CLASS_GPU, (unsigned int)i);
		cell.field = p2p_field_of(json_object_get_string(value));
		take_value(reading, &cell);
	}
}

static void read_test(struct p2p_reading *reading, const struct p2p_json *json, size_t first,
		      struct json_object *object)
{
	struct json_object *rows = p2p_json_member(object, "bandwidth_matrix");
	struct test test;

	if (!parse_test(p2p_json_word(object, "name"),
			p2p_json_word(object, "bandwidth_description"), &test))
		return;
	for (size_t i = 0; i < p2p_json_length(rows) && i < P2P_MOST_FIELDS; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		read_row(reading, p2p_json_line(json, first, row), i, row, &test);
	}
}

static void read_document(struct p2p_reading *reading, const struct p2p_json *json, size_t first)
{
	struct json_object *root = p2p_json_member(json->root, "nvbandwidth");
	struct json_object *tests = p2p_json_member(root, "testcases");
	struct json_object *devices = p2p_json_member(root, "GPU Device list");

	for (size_t i = 0; i < p2p_json_length(devices); i++) {
		struct json_object *device = json_object_array_get_idx(devices, i);

		if (json_object_is_type(device, json_type_string))
			list_device(reading, json_object_get_string(device));
	}
	for (size_t i = 0; i < p2p_json_length(tests); i++)
		read_test(reading, json, first, json_object_array_get_idx(tests, i));
}

void p2p_read_nvbandwidth(struct p2p_reading *reading)
{
	read_text(reading);
	p2p_reading_json(reading, read_document);
}
