/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of facts: what a row writes it reads, and what is not there is denied. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "topology/build.h"
#include "topology/facts/kinds.h"

/* Some value of the kind that @row has, another one for each @number. */
static struct json_object *some(const struct p2p_fact_row *row, unsigned int number)
{
	static const struct { const char *kind, *json; } values[] = {
		{ "present", "true" }, { "flag", "true" }, { "class", "\"nic\"" },
		{ "port", "\"Downstream Port\"" }, { "bar", "\"mem64\"" }, { "open", "true" },
		{ "texts", "[\"eth0\", \"eth1\"]" },
		{ "ids", "[2, 3]" }, { "sizes", "[1048576, 4194304]" },
		{ "link", "{\"speed_mtps\": 16000, \"width\": 4}" },
		{ "stack", "{\"nvidia\": 570124006, \"peermem\": \"absent\", \"nvfs\": null}" },
		{ "hexes", "[\"0x00000001\"]" }, { "bits", "[\"ReqRedir\"]" },
	};
	char text[300];

	/* The bits with names are in both. */
	if (!strcmp(row->key, "acs.capability") || !strcmp(row->key, "acs.control"))
		number = P2P_ACS_RR;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (!strcmp(values[i].kind, row->kind->name))
			return json_tokener_parse(values[i].json);
	snprintf(text, sizeof(text), "\"0x%0*x\"", (int)row->digits, number);
	if (!strcmp(row->kind->name, "text"))
		snprintf(text, sizeof(text), "\"text %u\"", number);
	else if (strcmp(row->kind->name, "hex") != 0)
		snprintf(text, sizeof(text), "%u", number);
	return json_tokener_parse(text);
}

static void put(struct json_object *document, const struct p2p_fact_row *row,
		struct json_object *value)
{
	const char *dot = strchr(row->key, '.');
	struct json_object *group = document;
	char name[64];

	if (dot) {
		snprintf(name, sizeof(name), "%.*s", (int)(dot - row->key), row->key);
		group = p2p_json_member(document, name);
		if (!group) {
			group = json_object_new_object();
			json_object_object_add(document, name, group);
		}
	}
	json_object_object_add(group, row->leaf ? row->leaf : dot ? dot + 1 : row->key, value);
}

static bool is_list(const struct p2p_fact_row *row)
{
	return row->kind == &p2p_kind_bars || row->kind == &p2p_kind_windows;
}

/* A document with a value for every row that is read; "egress_bits" makes the vector's length. */
static struct json_object *whole(struct p2p_fact_rows rows)
{
	struct json_object *document = json_object_new_object();

	for (size_t i = 0; i < rows.count; i++)
		if (!rows.rows[i].derived && !rows.rows[i].aside && !is_list(&rows.rows[i]))
			put(document, &rows.rows[i], some(&rows.rows[i], (unsigned int)i % 32 + 1));
	return document;
}

/* Is all of @part in @document as well? */
static void check_part(struct json_object *part, struct json_object *document, const char *path)
{
	json_object_object_foreach(part, key, value) {
		struct json_object *other = p2p_json_member(document, key);

		if (json_object_is_type(value, json_type_object))
			check_part(value, other, key);
		else
			ck_assert_msg(json_object_equal(value, other), "%s.%s is %s, then %s", path,
				      key, json_object_to_json_string(value),
				      json_object_to_json_string(other));
	}
}

static void check_rows(struct p2p_fact_rows rows, void *object,
		       const struct p2p_function *function)
{
	struct json_object *document = whole(rows), *again = json_object_new_object();
	struct p2p_topology topology = { 0 };

	p2p_facts_read(document, rows, object, &topology);
	p2p_facts_write(again, rows, object, function);
	check_part(document, again, "");
	json_object_put(document);
	json_object_put(again);
	p2p_arena_free(&topology.arena);
}

/* A row that is not read, or to another place than it is written from, is lost here. */
START_TEST(reads_what_it_writes)
{
	struct p2p_function function = { .pcie.slot = true, .switch_id = 1, .header_type = 1 };
	struct p2p_window window = { 0 };
	struct p2p_host_bridge host = { 0 };
	struct p2p_machine machine = { 0 };
	struct p2p_bar bar = { 0 };

	check_rows(p2p_function_rows, &function, &function);
	check_rows(p2p_bar_rows, &bar, &function);
	check_rows(p2p_window_rows, &window, &function);
	check_rows(p2p_host_rows, &host, &function);
	check_rows(p2p_machine_rows, &machine, &function);
}
END_TEST

/* Zeroed memory claims nothing: each value with a state is denied, and said to be unknown. */
START_TEST(nothing_is_denied)
{
	struct p2p_function function = { .display = "?" };
	struct json_object *json = p2p_function_facts(&function);
	struct json_object *unknown = p2p_json_member(json, "unknown");

	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];
		struct p2p_value value;

		p2p_fact_get(row, &function, &value);
		if (row->fact || row->capability || row->kind == &p2p_kind_present)
			ck_assert_int_eq(value.fact, P2P_DENIED);
		if (!strchr(row->key, '.'))
			ck_assert_int_eq(value.fact == P2P_DENIED,
					 p2p_json_member(unknown, row->key) != NULL);
	}
	json_object_put(json);
}
END_TEST

/* A register that is lost would read as zero: then the capability is not known. */
START_TEST(needs_registers)
{
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];
		struct json_object *document;
		struct p2p_topology topology = { 0 };
		struct p2p_function function = { 0 };
		struct p2p_value value;

		if (!row->needed)
			continue;
		document = whole(p2p_function_rows);
		put(document, row, NULL);
		p2p_facts_read(document, p2p_function_rows, &function, &topology);
		p2p_fact_get(row, &function, &value);
		ck_assert_msg(value.fact == P2P_DENIED, "%s", row->key);
		json_object_put(document);
		p2p_arena_free(&topology.arena);
	}
}
END_TEST

/* A value of another type is none: what has a state is denied, and all else is as if nothing were said. */
START_TEST(wrong_types)
{
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];
		struct json_object *document = whole(p2p_function_rows);
		struct p2p_function function = { 0 }, lacks = { 0 };
		struct p2p_topology topology = { 0 };
		struct p2p_value value, nothing;

		if (!row->derived && !row->aside) {
			put(document, row, json_object_new_object());
			p2p_facts_read(document, p2p_function_rows, &function, &topology);
			put(document, row, NULL);
			p2p_facts_read(document, p2p_function_rows, &lacks, &topology);
			p2p_fact_get(row, &function, &value);
			p2p_fact_get(row, &lacks, &nothing);
			if (row->capability || row->fact || row->kind == &p2p_kind_present)
				ck_assert_msg(value.fact == P2P_DENIED, "%s", row->key);
			else
				ck_assert_msg(value.fact == nothing.fact && value.number == nothing.number &&
					      !value.text == !nothing.text, "%s", row->key);
		}
		json_object_put(document);
		p2p_arena_free(&topology.arena);
	}
}
END_TEST

START_TEST(keys_are_unique)
{
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];

		ck_assert_ptr_eq(p2p_fact_row(row->key), row);
		ck_assert_msg(row->help && *row->help, "%s", row->key);
	}
	ck_assert_ptr_null(p2p_fact_row("acs"));
}
END_TEST

START_TEST(compares)
{
	struct p2p_function old = { .driver = "nvme", .driver_fact = P2P_PRESENT };
	struct p2p_function now = { .driver_fact = P2P_ABSENT };

	ck_assert(p2p_fact_differs("driver", &old, &now));
	now.driver_fact = P2P_DENIED;
	ck_assert(!p2p_fact_differs("driver", &old, &now));
	old.pcie.link = now.pcie.link = P2P_PRESENT;
	old.pcie.now = now.pcie.now = (struct p2p_link){ 16000, 4 };
	ck_assert(!p2p_fact_differs("link.now.", &old, &now));
	now.pcie.now.width = 2;
	ck_assert(p2p_fact_differs("link.now.", &old, &now));
	ck_assert(!p2p_fact_differs("link", &old, &now));
}
END_TEST

START_TEST(says_capabilities)
{
	struct p2p_function function = { .ats = { .pri = P2P_PRESENT, .pri_enabled = true } };
	char text[256];

	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("pri.present"), &function, text, sizeof(text)),
			 "enabled+");
	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("ats.present"), &function, text, sizeof(text)),
			 "not known");
	function.ats.ats = P2P_ABSENT;
	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("ats.present"), &function, text, sizeof(text)),
			 "none");
	function.sriov = (struct p2p_sriov){ P2P_PRESENT, 8, 2, 0x1234, 1, 1 };
	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("sriov.present"), &function, text, sizeof(text)),
			 "2 of 8 VFs");
	function.dpc = (struct p2p_dpc){ P2P_PRESENT, true, true };
	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("dpc.present"), &function, text, sizeof(text)),
			 "on, TRIGGERED");
	function.cxl = (struct p2p_cxl){ .fact = P2P_PRESENT, .io = true, .mem = true };
	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("cxl.present"), &function, text, sizeof(text)),
			 "io mem");
	function.ari = P2P_PRESENT;
	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("ari.present"), &function, text, sizeof(text)),
			 "there");
}
END_TEST

/* The states of a fact that is no capability, and its value with and without words of its own. */
START_TEST(says_facts)
{
	struct p2p_function function = { 0 };
	struct p2p_bar bar = { .fact = P2P_PRESENT, .size_bytes = 4096 };
	char text[64];
	static const struct {
		const char *key, *denied, *absent, *present;
	} rows[] = {
		{ "driver", "not known", "none", "nvme" },
		{ "numa_node", "not known", "none", "node 1" },
		{ "iommu_type", "not known", "off", "passthrough" },
		{ "serial", "not known", "none", "0x00000000000000ff" },
		{ "port_mbps", "not known", "none", "400000" },
	};

	for (int state = P2P_DENIED; state <= P2P_PRESENT; state++) {
		enum p2p_fact fact = (enum p2p_fact)state;

		function.driver_fact = function.numa.fact = function.iommu_group.fact = fact;
		function.serial = (struct p2p_number){ fact, 0xff };
		function.port_mbps = (struct p2p_number){ fact, 400000 };
		function.numa.value = 1;
		function.driver = fact == P2P_PRESENT ? "nvme" : NULL;
		function.iommu_type = fact == P2P_PRESENT ? "identity" : NULL;
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			ck_assert_str_eq(p2p_fact_format(p2p_fact_row(rows[i].key), &function, text,
							 sizeof(text)),
					 fact == P2P_DENIED ? rows[i].denied :
					 fact == P2P_ABSENT ? rows[i].absent : rows[i].present);
	}
	function.numa.value = -1;
	ck_assert_str_eq(p2p_fact_format(p2p_fact_row("numa_node"), &function, text, sizeof(text)),
			 "none");
	for (size_t i = 0; i < p2p_bar_rows.count; i++)
		if (!strcmp(p2p_fact_about(&p2p_bar_rows.rows[i]), "bar_size"))
			ck_assert_str_eq(p2p_fact_format(&p2p_bar_rows.rows[i], &bar, text,
							 sizeof(text)), "4096 bytes");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("facts");
	TCase *tcase = tcase_create("facts");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, reads_what_it_writes);
	tcase_add_test(tcase, nothing_is_denied);
	tcase_add_test(tcase, needs_registers);
	tcase_add_test(tcase, wrong_types);
	tcase_add_test(tcase, keys_are_unique);
	tcase_add_test(tcase, compares);
	tcase_add_test(tcase, says_capabilities);
	tcase_add_test(tcase, says_facts);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
