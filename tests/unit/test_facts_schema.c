/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The definitions of functions, host bridges and the machine in the schemas are those of the table
 * of facts.  UPDATE=1 writes them anew.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "topology/facts/kinds.h"

/* What each kind is in JSON. */
static const struct { const char *kind, *schema; } kinds[] = {
	{ "present", "{'type':'boolean'}" }, { "open", "{'type':'boolean'}" },
	{ "flag", "{'type':'boolean'}" }, { "count", "{'type':'integer','minimum':0}" },
	{ "integer", "{'type':'integer'}" }, { "hex", "{'$ref':'#/$defs/hex'}" },
	{ "text", "{'type':'string'}" }, { "port", "{'type':'string'}" },
	{ "class", "{'$ref':'#/$defs/class'}" }, { "bar", "{'enum':['io','mem32','mem64']}" },
	{ "link", "{'$ref':'#/$defs/link'}" }, { "bdf", "{'$ref':'#/$defs/bdf'}" },
	{ "bdfs", "{'type':'array','items':{'$ref':'#/$defs/bdf'}}" },
	{ "bits", "{'$ref':'#/$defs/bits'}" },
	{ "stack", "{'type':'object','additionalProperties':{'oneOf':[{'type':['integer','null']},"
		   "{'const':'absent'}]}}" },
	{ "texts", "{'type':'array','items':{'type':'string'}}" },
	{ "ids", "{'type':'array','items':{'type':'integer','minimum':0}}" },
	{ "sizes", "{'type':'array','items':{'type':'integer','minimum':0}}" },
	{ "hexes", "{'type':'array','items':{'$ref':'#/$defs/hex'}}" },
};

static struct json_object *parse(const char *text)
{
	char quoted[256];
	size_t i;

	for (i = 0; text[i]; i++) {
		quoted[i] = text[i];
		if (text[i] == '\'')
			quoted[i] = '"';
	}
	quoted[i] = '\0';
	return json_tokener_parse(quoted);
}

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add(object, key, value);
}

static struct json_object *text(const char *value)
{
	return json_object_new_string(value);
}

static struct json_object *object_of(struct p2p_fact_rows rows, const char *index);

static struct json_object *schema_of(const struct p2p_fact_row *row)
{
	struct json_object *schema;

	if (row->kind == &p2p_kind_bars || row->kind == &p2p_kind_windows) {
		schema = parse("{'type':'array'}");
		add(schema, "items", row->kind == &p2p_kind_bars ?
		    object_of(p2p_bar_rows, "index") : object_of(p2p_window_rows, NULL));
		return schema;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].kind, row->kind->name))
			return parse(kinds[i].schema);
	ck_abort_msg("%s: no schema for the kind %s", row->key, row->kind->name);
	return NULL;
}

/* May it be null?  Names are always there. */
static bool may_lack(const struct p2p_fact_row *row)
{
	const struct p2p_fact_kind *kind = row->kind;

	if (!strcmp(row->key, "name") || !strcmp(row->key, "bdf"))
		return false;
	return row->fact || row->there || kind == &p2p_kind_present || kind == &p2p_kind_open ||
	       kind == &p2p_kind_tri || kind == &p2p_kind_text || kind == &p2p_kind_host ||
	       kind == &p2p_kind_function || kind == &p2p_kind_port || kind == &p2p_kind_link ||
	       kind == &p2p_kind_egress || kind == &p2p_kind_egress_bits || kind == &p2p_kind_bars;
}

static struct json_object *with_null(struct json_object *schema)
{
	struct json_object *type = json_object_object_get(schema, "type"), *types, *either;

	if (type) {
		types = json_object_new_array();
		json_object_array_add(types, json_object_get(type));
		json_object_array_add(types, text("null"));
		add(schema, "type", types);
		return schema;
	}
	either = parse("{'oneOf':[{'type':'null'}]}");
	json_object_array_add(json_object_object_get(either, "oneOf"), schema);
	return either;
}

static struct json_object *property(const struct p2p_fact_row *row)
{
	struct json_object *schema = schema_of(row), *described = json_object_new_object();

	if (may_lack(row))
		schema = with_null(schema);
	add(described, "description", text(row->help));
	json_object_object_foreach(schema, key, value)
		add(described, key, json_object_get(value));
	json_object_put(schema);
	return described;
}

static struct json_object *empty_object(void)
{
	return parse("{'type':'object','properties':{},'required':[],'additionalProperties':false}");
}

static void put(struct json_object *object, const char *key, struct json_object *value,
		bool required)
{
	add(json_object_object_get(object, "properties"), key, value);
	if (required)
		json_object_array_add(json_object_object_get(object, "required"), text(key));
}

/* The rows whose keys begin with @prefix, which ends in a dot. */
static struct json_object *group_of(struct p2p_fact_rows rows, const char *prefix)
{
	struct json_object *group = empty_object();

	for (size_t i = 0; i < rows.count; i++) {
		const struct p2p_fact_row *row = &rows.rows[i];
		const char *leaf = row->leaf ? row->leaf : strchr(row->key, '.') + 1;
		bool present = row->kind == &p2p_kind_present;

		if (strncmp(row->key, prefix, strlen(prefix)) != 0 || row->aside)
			continue;
		put(group, leaf, property(row), present);
		if (present && row->why != P2P_WHY_NONE)
			put(group, "reason", parse("{'description':'why present is null',"
						   "'type':'string'}"), false);
	}
	return group;
}

static struct json_object *object_of(struct p2p_fact_rows rows, const char *index)
{
	struct json_object *object = empty_object();
	char prefix[64] = "?";

	if (index)
		put(object, index, parse("{'type':'integer','minimum':0}"), true);
	for (size_t i = 0; i < rows.count; i++) {
		const struct p2p_fact_row *row = &rows.rows[i];
		const char *dot = strchr(row->key, '.');

		if (!dot) {
			put(object, row->key, property(row), true);
		} else if (strncmp(row->key, prefix, strlen(prefix)) != 0) {
			struct json_object *group;

			char name[64];

			snprintf(name, sizeof(name), "%.*s", (int)(dot - row->key), row->key);
			snprintf(prefix, sizeof(prefix), "%.*s.", (int)(dot - row->key), row->key);
			group = strcmp(name, "acs") != 0 ? group_of(rows, prefix) :
				parse("{'$ref':'#/$defs/acs'}");
			put(object, name, group, true);
		}
	}
	return object;
}

static const char *line_of(struct json_object *value)
{
	return json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE |
						     JSON_C_TO_STRING_SPACED);
}

static void print(FILE *out, struct json_object *value, size_t indent, size_t used);

/* As many of them on a line as fit. */
static void print_list(FILE *out, struct json_object *list, size_t indent)
{
	size_t count = json_object_array_length(list), column = 100;

	for (size_t i = 0; i < count; i++) {
		const char *line = line_of(json_object_array_get_idx(list, i));
		bool more = i + 1 < count;

		if (column + strlen(line) + 2 > 99) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		fprintf(out, "%s%s%s", column > indent ? " " : "", line, more ? "," : "");
		column += strlen(line) + 2;
	}
}

static void print_members(FILE *out, struct json_object *object, size_t indent)
{
	const char *comma = "";

	json_object_object_foreach(object, key, member) {
		fprintf(out, "%s\n%*s\"%s\": ", comma, (int)indent, "", key);
		print(out, member, indent, strlen(key) + 4);
		comma = ",";
	}
}

/* A value that fits into a line stands in one. */
static void print(FILE *out, struct json_object *value, size_t indent, size_t used)
{
	bool list = json_object_is_type(value, json_type_array);

	if (indent && indent + used + strlen(line_of(value)) < 100) {
		fputs(line_of(value), out);
		return;
	}
	fputc(list ? '[' : '{', out);
	if (list)
		print_list(out, value, indent + 2);
	else
		print_members(out, value, indent + 2);
	fprintf(out, "\n%*s%c", (int)indent, "", list ? ']' : '}');
}

static struct json_object *whole_function(void)
{
	struct json_object *schema = object_of(p2p_function_rows, NULL);

	struct json_object *unknown = parse("{'type':'object',"
					    "'additionalProperties':{'type':'string'}}");

	add(unknown, "description",
	    text("why a key above is null; a key that is null and not in here is absent"));
	put(schema, "unknown", unknown, true);
	return schema;
}

static void check_file(const char *name, struct json_object *schema)
{
	struct json_object *found;
	char path[512];

	snprintf(path, sizeof(path), P2P_SCHEMAS "/%s.json", name);
	if (getenv("UPDATE")) {
		FILE *out = fopen(path, "w");

		ck_assert_ptr_nonnull(out);
		print(out, schema, 0, 0);
		fputc('\n', out);
		ck_assert_int_eq(fclose(out), 0);
	}
	found = json_object_from_file(path);
	ck_assert_msg(json_object_equal(found, schema), "%s is not what the table of facts says: "
		      "UPDATE=1 writes it anew", path);
	json_object_put(found);
	json_object_put(schema);
}

START_TEST(definitions)
{
	struct p2p_fact_rows device = { p2p_function_rows.rows, 0 };

	while (device.rows[device.count].device)
		device.count++;
	check_file("device", object_of(device, NULL));
	check_file("function", whole_function());
	check_file("acs", group_of(p2p_function_rows, "acs."));
	check_file("host_bridge", object_of(p2p_host_rows, NULL));
	check_file("machine", object_of(p2p_machine_rows, NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("facts_schema");
	TCase *tcase = tcase_create("facts_schema");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, definitions);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
