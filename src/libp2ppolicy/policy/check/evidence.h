/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence: files written by `prove` that a policy cites. */
#ifndef P2P_POLICY_EVIDENCE_H
#define P2P_POLICY_EVIDENCE_H

#include <p2ppolicy/verdict.h>

#include "policy/document.h"

/** struct p2p_evidence - the documents, owned. */
struct p2p_evidence {
	struct p2p_document **proofs;
	size_t count;
};

/**
 * p2p_evidence_parse() - read the files that @node names, relative to the folder of @document.
 * @node: an array of text; NULL: none
 * @ret_evidence: freed by p2p_evidence_clear(), also after failure
 * Return: 0; -EBADMSG a file is missing or not a proof, with the sentence in the context; -ENOMEM.
 */
int p2p_evidence_parse(const struct p2p_document *document, struct json_object *node,
		       struct p2p_evidence *ret_evidence);

/** p2p_evidence_clear() - free what it holds. */
void p2p_evidence_clear(struct p2p_evidence *evidence);

/**
 * p2p_evidence_proves() - does one of the files say that every byte arrived between these two devices
 *	(by address and ids) on this machine's kernel release?
 */
bool p2p_evidence_proves(const struct p2p_evidence *evidence, const struct p2p_verdict *verdict);

#endif
