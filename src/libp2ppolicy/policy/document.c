/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/document.h"

void p2p_document_position(const struct p2p_document *document, const struct json_object *node,
			   unsigned int *ret_line, unsigned int *ret_column)
{
	p2p_json_position(&document->json, node, ret_line, ret_column);
}

int p2p_document_error(const struct p2p_document *document, const struct json_object *node,
		       const char *format, ...)
{
	unsigned int line, column;
	char sentence[512];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	p2p_document_position(document, node, &line, &column);
	return p2p_error(document->context, -EBADMSG, "%s:%u:%u: %s", document->path, line, column,
			 sentence);
}

static int load(struct p2p_document *document, unsigned int flags)
{
	int fd = open(document->path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r;

	if (fd < 0)
		return p2p_error(document->context, -errno, "%s: %s", document->path,
				 strerror(errno));
	r = p2p_json_read(document->context, document->path, fd, flags, &document->json);
	close(fd);
	document->root = document->json.root;
	if (!r && !json_object_is_type(document->root, json_type_object))
		return p2p_error(document->context, -EBADMSG, "%s:1:1: expected an object, { ... }",
				 document->path);
	return r;
}

int p2p_document_load(struct p2p_context *context, const char *path, unsigned int flags,
		      struct p2p_document **ret_document)
{
	struct p2p_document *document = calloc(1, sizeof(*document));
	int r;

	if (!document)
		return -ENOMEM;
	document->context = context;
	document->path = strdup(path);
	r = document->path ? load(document, flags) : -ENOMEM;
	if (r) {
		p2p_document_free(document);
		return r;
	}
	*ret_document = document;
	return 0;
}

struct p2p_document *p2p_document_free(struct p2p_document *document)
{
	if (document) {
		p2p_json_clear(&document->json);
		free(document->path);
		free(document);
	}
	return NULL;
}

static int unknown_key(const struct p2p_document *document, struct json_object *value,
		       const char *name, const char *const *keys)
{
	struct p2p_nearest nearest = { .typed = name };
	char known[256] = "", meant[P2P_NEAREST_SIZE];
	size_t used = 0;

	for (; *keys && used < sizeof(known); keys++) {
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 used ? ", " : "", *keys);
		p2p_nearest_try(&nearest, *keys);
	}
	p2p_nearest_say(&nearest, meant);
	return p2p_document_error(document, value, "unknown key \"%s\"%s%s%s%s", name, meant,
				  *meant ? " (" : "; expected one of ", known, *meant ? ")" : "");
}

int p2p_document_keys(const struct p2p_document *document, struct json_object *node,
		      const char *const *keys)
{
	json_object_object_foreach(node, name, value) {
		const char *const *key = keys;

		while (*key && strcmp(*key, name) != 0)
			key++;
		if (!*key)
			return unknown_key(document, value, name, keys);
	}
	return 0;
}

int p2p_document_flag(const struct p2p_document *document, struct json_object *node,
		      const char *name, bool *ret_flag)
{
	struct json_object *value = p2p_json_member(node, name);

	if (value && !json_object_is_type(value, json_type_boolean))
		return p2p_document_error(document, value, "\"%s\" must be true or false", name);
	*ret_flag = value && json_object_get_boolean(value);
	return 0;
}

int p2p_document_why(const struct p2p_document *document, struct json_object *node,
		     const char **ret_why)
{
	struct json_object *value = p2p_json_member(node, "why");

	if (value && !json_object_is_type(value, json_type_string))
		return p2p_document_error(document, value, "\"why\" must be text");
	*ret_why = value ? json_object_get_string(value) : "";
	return 0;
}

int p2p_document_head(const struct p2p_document *document, const struct p2p_document_form *form)
{
	const char *keys[sizeof(form->keys) / sizeof(form->keys[0]) + 3] = { "format", "version" };
	struct json_object *format = p2p_json_member(document->root, "format");
	struct json_object *version = p2p_json_member(document->root, "version");

	if (!format || !json_object_is_type(format, json_type_string) ||
	    strcmp(json_object_get_string(format), form->format) != 0)
		return p2p_document_error(document, format ? format : document->root,
					  "expected \"format\": \"%s\"", form->format);
	if (!version || !json_object_is_type(version, json_type_int) ||
	    json_object_get_int64(version) != form->version)
		return p2p_document_error(document, version ? version : document->root,
					  "expected \"version\": %d", form->version);
	for (size_t i = 0; form->keys[i]; i++)
		keys[i + 2] = form->keys[i];
	return p2p_document_keys(document, document->root, keys);
}
