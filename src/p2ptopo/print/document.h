/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON: every document starts with its format and its subject, and everything of one kind is written by one
 * function, so that it looks the same in all documents.  See p2ptopo-json(5).
 */
#ifndef P2PTOPO_DOCUMENT_H
#define P2PTOPO_DOCUMENT_H

#include "app.h"

/** Version of all documents: it is increased when a key changes its meaning or is removed. */
#define DOCUMENT_VERSION 1

/**
 * document_new() - a document with its header: format, version, host, kernel, rules, ...
 * @name: "pairs" makes the format "p2ptopo-pairs"
 *
 * Return: owned by the caller; json_object_put().
 */
struct json_object *document_new(const struct app *app, const char *name);

/**
 * document_print() - print @document, indented, and free it.
 * Return: STATUS_DONE; otherwise there was no memory for a part of it, and nothing was printed.
 */
enum status document_print(const struct app *app, struct json_object *document);

/** document_print_text() - print @size bytes of JSON unchanged, or as ASCII in a locale without UTF-8. */
void document_print_text(const struct app *app, const char *text, size_t size);

/**
 * document_print_line() - print @object on one line, without newline, and free it.  After memory ran out for
 *	a part, nothing more is printed; main() reports that.
 */
void document_print_line(const struct app *app, struct json_object *object);

/**
 * document_open() - print @document without its end, free it, and start an array called @key: for arrays that
 *	are too long for memory.
 */
void document_open(const struct app *app, struct json_object *document, const char *key);

/**
 * document_element() - print one element of that array, and free it.
 * @separator: "" before the first
 */
void document_element(const struct app *app, struct json_object *element, const char **separator);

/** document_next() - end that array, and start another one called @key. */
void document_next(const struct app *app, const char *key);

/** document_close() - end the array and the document. */
void document_close(const struct app *app);

/** document_schema() - print the JSON Schema called @name.  Return: STATUS_DONE. */
enum status document_schema(FILE *out, const char *name);

/* Values; NULL is null in JSON. */
struct json_object *json_text(const char *text);
struct json_object *json_flag(bool value);
struct json_object *json_count(uint64_t value);
struct json_object *json_hex(uint64_t value, int digits);
struct json_object *json_time(int64_t seconds);	/* since 1970 */
struct json_object *json_tri(enum p2p_tri tri);
struct json_object *json_number(struct p2p_number number);
struct json_object *json_bdf(const struct p2p_function *function);

/** json_put() - object[key] = value; @key is a constant.  Takes over @value. */
void json_put(struct json_object *object, const char *key, struct json_object *value);

/** struct json_member - @key is a constant; @value NULL is null in JSON. */
struct json_member {
	const char *key;
	struct json_object *value;
};

/** json_put_all() - json_put() each of @members, the last of which has no key.  Return: @object. */
struct json_object *json_put_all(struct json_object *object, const struct json_member *members);

/** json_members() - an object of these: json_members({ "bdf", json_bdf(function) }, ...). */
#define json_members(...) \
	json_put_all(p2p_json_new_object(), \
		     (const struct json_member[]){ __VA_ARGS__, { NULL, NULL } })

/** document_members() - a document_new() with these members after its header. */
#define document_members(app, name, ...) \
	json_put_all(document_new(app, name), \
		     (const struct json_member[]){ __VA_ARGS__, { NULL, NULL } })

/** json_functions() - an array of BDFs. */
struct json_object *json_functions(const struct p2p_function *const *list, size_t count);

/** json_notes() - what a user should know about the machine as a whole. */
struct json_object *json_notes(const struct p2p_topology *topology);

/** json_pair_ways() - what the drivers in use would do with a pair, way by way. */
struct json_object *json_pair_ways(const struct p2p_verdict *verdict);

/** json_pair_drivers() - the same without the individual ways: {delivered, granted, way, why}. */
struct json_object *json_pair_drivers(const struct p2p_verdict *verdict);

/** json_pair() - one ordered pair, as in a row of pairs. */
struct json_object *json_pair(const struct app *app, const struct p2p_verdict *verdict);

#endif
