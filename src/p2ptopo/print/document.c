/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "print/document.h"
#include "print/json_text.h"
#include "print/schemas.h"

struct json_object *json_text(const char *text)
{
	return text ? p2p_json_new_text(text) : NULL;
}

struct json_object *json_flag(bool value)
{
	return p2p_json_new_flag(value);
}

struct json_object *json_count(uint64_t value)
{
	return p2p_json_new_count(value);
}

struct json_object *json_time(int64_t seconds)
{
	time_t time = (time_t)seconds;
	struct tm parts;
	char text[32];

	if (!gmtime_r(&time, &parts) || !strftime(text, sizeof(text), "%FT%TZ", &parts))
		return NULL;
	return p2p_json_new_text(text);
}

struct json_object *json_hex(uint64_t value, int digits)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%0*" PRIx64, digits, value);
	return p2p_json_new_text(text);
}

struct json_object *json_tri(enum p2p_tri tri)
{
	return tri == P2P_UNKNOWN ? NULL : p2p_json_new_flag(tri == P2P_YES);
}

struct json_object *json_number(struct p2p_number number)
{
	return number.fact == P2P_PRESENT ? p2p_json_new_number(number.value) : NULL;
}

struct json_object *json_bdf(const struct p2p_function *function)
{
	char text[P2P_BDF_SIZE];

	return function ? p2p_json_new_text(p2p_bdf_format(function->bdf, text)) : NULL;
}

void json_put(struct json_object *object, const char *key, struct json_object *value)
{
	p2p_json_put(object, key, value);
}

struct json_object *json_put_all(struct json_object *object, const struct json_member *members)
{
	for (; members->key; members++)
		json_put(object, members->key, members->value);
	return object;
}

struct json_object *json_functions(const struct p2p_function *const *list, size_t count)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < count; i++)
		p2p_json_append(array, json_bdf(list[i]));
	return array;
}

static void put_rules(struct json_object *document, const struct p2p_eval *eval)
{
	const struct p2p_rules *rules = eval ? p2p_eval_rules(eval) : NULL;

	json_put(document, "rules", rules ? json_text(p2p_rules_name(rules)) : NULL);
	json_put(document, "rules_experimental",
		 rules ? json_flag(p2p_rules_is_experimental(rules)) : NULL);
	json_put(document, "rules_note", rules ? json_text(p2p_eval_rules_note(eval)) : NULL);
}

struct json_object *document_new(const struct app *app, const char *name)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);
	struct json_object *document = p2p_json_new_object();
	char format[64];

	snprintf(format, sizeof(format), "p2ptopo-%s", name);
	json_put(document, "format", json_text(format));
	json_put(document, "version", json_count(DOCUMENT_VERSION));
	json_put(document, "source", json_text(p2p_source_text(machine->source)->name));
	json_put(document, "host", json_text(machine->host));
	json_put(document, "kernel", json_text(machine->release));
	if (app->saved_at)
		json_put(document, "registers_saved_at", json_time(app->saved_at));
	put_rules(document, app->eval);
	return document;
}

enum status document_print(const struct app *app, struct json_object *document)
{
	enum status status = p2p_lost_count() ? fail_memory(app->failure) : STATUS_DONE;

	if (!status)
		json_text_indent(app->out, document);
	json_object_put(document);
	return status;
}

void document_print_text(const struct app *app, const char *text, size_t size)
{
	if (app->ascii)
		json_text_ascii(app->out, text, size);
	else
		fwrite(text, 1, size, app->out);
}

void document_print_line(const struct app *app, struct json_object *object)
{
	const char *text = json_text_plain(object);

	if (!p2p_lost_count())
		document_print_text(app, text, strlen(text));
	json_object_put(object);
}

void document_open(const struct app *app, struct json_object *document, const char *key)
{
	const char *text = json_text_plain(document);

	if (!p2p_lost_count()) {
		document_print_text(app, text, strlen(text) - 1);
		fprintf(app->out, ",\"%s\":[\n", key);
	}
	json_object_put(document);
}

void document_element(const struct app *app, struct json_object *element, const char **separator)
{
	fputs(*separator, app->out);
	*separator = ",\n";
	document_print_line(app, element);
}

void document_next(const struct app *app, const char *key)
{
	fprintf(app->out, "\n],\"%s\":[\n", key);
}

void document_close(const struct app *app)
{
	fputs("\n]}\n", app->out);
}

enum status document_schema(FILE *out, const char *name)
{
	for (const struct schema *schema = schemas; schema->name; schema++) {
		if (!strcmp(schema->name, name))
			fputs(schema->text, out);
	}
	return STATUS_DONE;
}

struct json_object *json_notes(const struct p2p_topology *topology)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_note *note;

	for (size_t i = 0; (note = p2p_topology_note(topology, i)); i++)
		p2p_json_append(array, json_members(
			{ "function", json_bdf(note->function) },
			{ "text", json_text(note->text) }));
	return array;
}
