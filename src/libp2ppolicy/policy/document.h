/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A JSON file written by people; the position of each value is known, for error messages. */
#ifndef P2P_POLICY_DOCUMENT_H
#define P2P_POLICY_DOCUMENT_H

#include "base/json-read.h"

/** struct p2p_document - @root is that of @json, and always an object. */
struct p2p_document {
	struct p2p_context *context;
	char *path;
	struct p2p_json json;
	struct json_object *root;
};

/**
 * p2p_document_load() - read and parse.
 * @flags: P2P_JSON_COMMENTS and P2P_JSON_NULLS
 * Return: 0; -EBADMSG it is not such a file; another negative errno if it cannot be read.
 */
int p2p_document_load(struct p2p_context *context, const char *path, unsigned int flags,
		      struct p2p_document **ret_document);

/** p2p_document_free() - NULL is fine.  Return: NULL. */
struct p2p_document *p2p_document_free(struct p2p_document *document);

/** p2p_document_position() - line and column, from 1, of a value (for a member: of the value). */
void p2p_document_position(const struct p2p_document *document, const struct json_object *node,
			   unsigned int *ret_line, unsigned int *ret_column);

/** p2p_document_error() - "FILE:LINE:COLUMN: " and a sentence about @node.  Return: -EBADMSG. */
int p2p_document_error(const struct p2p_document *document, const struct json_object *node,
		       const char *format, ...) __attribute__((format(printf, 3, 4)));

/** p2p_document_keys() - refuse any member of @node that is not in @keys, which ends with NULL. */
int p2p_document_keys(const struct p2p_document *document, struct json_object *node,
		      const char *const *keys);

/** p2p_document_flag() - a boolean member; false if it is missing. */
int p2p_document_flag(const struct p2p_document *document, struct json_object *node,
		      const char *name, bool *ret_flag);

/** p2p_document_why() - the member "why", borrowed text; "" if it is missing. */
int p2p_document_why(const struct p2p_document *document, struct json_object *node,
		     const char **ret_why);

/**
 * struct p2p_document_form - what a file must look like.
 * @keys: the members it may have besides "format" and "version"; the last one is NULL
 */
struct p2p_document_form {
	const char *format;
	int version;
	const char *keys[8];
};

/** p2p_document_head() - refuse a document that does not have this @form. */
int p2p_document_head(const struct p2p_document *document, const struct p2p_document_form *form);

#endif
