/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/check.h>

#include "base/context.h"
#include "policy/check/evidence.h"

#define FORMAT "p2ptopo-proof"
#define VERSION 1

static bool is_proof(const struct p2p_document *document)
{
	struct json_object *version = p2p_json_member(document->root, "version");

	return !strcmp(p2p_json_word(document->root, "format"), FORMAT) &&
	       json_object_is_type(version, json_type_int) && json_object_get_int64(version) == VERSION;
}

int p2p_proof_load(struct p2p_context *context, const char *path, struct json_object **ret_proof)
{
	struct p2p_document *document = NULL;
	int r = p2p_document_load(context, path, P2P_JSON_NULLS, &document);

	if (!r && !is_proof(document))
		r = p2p_error(context, -EBADMSG, "%s was not written by prove --evidence of this release",
			      path);
	if (!r)
		*ret_proof = json_object_get(document->root);
	p2p_document_free(document);
	return r;
}

/* The name is relative to the folder of the document that cites it. */
static int load(const struct p2p_document *document, const char *name,
		struct p2p_document **ret_proof)
{
	const char *slash = strrchr(document->path, '/');
	size_t folder = *name == '/' || !slash ? 0 : (size_t)(slash + 1 - document->path);
	size_t size = folder + strlen(name) + 1;
	char *path = malloc(size);
	int r;

	if (!path)
		return -ENOMEM;
	snprintf(path, size, "%.*s%s", (int)folder, document->path, name);
	r = p2p_document_load(document->context, path, P2P_JSON_NULLS, ret_proof);
	free(path);
	return r;
}

static int parse_one(const struct p2p_document *document, struct json_object *node,
		     struct p2p_document **ret_proof)
{
	int r;

	if (!json_object_is_type(node, json_type_string))
		return p2p_document_error(document, node, "expected the name of a file");
	r = load(document, json_object_get_string(node), ret_proof);
	if (r == -ENOMEM)
		return r;
	if (r)
		return p2p_document_error(document, node, "%s",
					  p2p_context_error(document->context));
	if (!is_proof(*ret_proof)) {
		*ret_proof = p2p_document_free(*ret_proof);
		return p2p_document_error(document, node, "%s is not of version %d of the format " FORMAT,
					  json_object_get_string(node), VERSION);
	}
	return 0;
}

int p2p_evidence_parse(const struct p2p_document *document, struct json_object *node,
		       struct p2p_evidence *ret_evidence)
{
	size_t count;
	int r = 0;

	*ret_evidence = (struct p2p_evidence){ 0 };
	if (!node)
		return 0;
	if (!json_object_is_type(node, json_type_array))
		return p2p_document_error(document, node, "\"evidence\" must be an array of files");
	count = json_object_array_length(node);
	ret_evidence->proofs = calloc(count + 1, sizeof(struct p2p_document *));
	if (!ret_evidence->proofs)
		return -ENOMEM;
	for (size_t i = 0; !r && i < count; i++) {
		r = parse_one(document, json_object_array_get_idx(node, i),
			      &ret_evidence->proofs[ret_evidence->count]);
		ret_evidence->count += !r;
	}
	return r;
}

void p2p_evidence_clear(struct p2p_evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++)
		p2p_document_free(evidence->proofs[i]);
	free(evidence->proofs);
	*evidence = (struct p2p_evidence){ 0 };
}

static bool is_device(struct json_object *proof, const char *side,
		      const struct p2p_function *function)
{
	struct json_object *device = p2p_json_member(proof, side);
	char bdf[P2P_BDF_SIZE], vendor[8], id[8];

	if (function->ids != P2P_PRESENT)
		return false;
	snprintf(vendor, sizeof(vendor), "0x%04x", function->vendor);
	snprintf(id, sizeof(id), "0x%04x", function->device);
	return !strcmp(p2p_json_word(device, "bdf"), p2p_bdf_format(function->bdf, bdf)) &&
	       !strcmp(p2p_json_word(device, "vendor"), vendor) && !strcmp(p2p_json_word(device, "device"), id);
}

static bool says_yes(struct json_object *proof)
{
	struct json_object *value = p2p_json_member(proof, "proven");

	return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

bool p2p_evidence_proves(const struct p2p_evidence *evidence, const struct p2p_verdict *verdict)
{
	const char *release = verdict->machine ? verdict->machine->release : NULL;

	for (size_t i = 0; release && i < evidence->count; i++) {
		struct json_object *proof = evidence->proofs[i]->root;

		if (says_yes(proof) && !strcmp(p2p_json_word(proof, "kernel"), release) &&
		    is_device(proof, "provider", verdict->provider) &&
		    is_device(proof, "client", verdict->client))
			return true;
	}
	return false;
}
