/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses untrusted XML with expat.  Document types are refused, so that no entity is expanded. */
#ifndef P2P_SNAPSHOT_XML_H
#define P2P_SNAPSHOT_XML_H

#include <expat.h>

#include "base/context.h"

/**
 * struct p2p_xml - a document while it is parsed; the first member of what its handlers get.
 * @name: of the document, for sentences
 * @doctype: the sentence for a document that has a document type
 * @error: the first failure; 0 if none
 */
struct p2p_xml {
	struct p2p_context *context;
	const char *name, *doctype;
	XML_Parser parser;
	int error;
};

/**
 * p2p_xml_parse() - parse the whole text.  Return: 0; -EBADMSG with its sentence; -ENOMEM; what a handler
 *	stopped it with.
 */
int p2p_xml_parse(struct p2p_xml *xml, const char *text, size_t size, XML_StartElementHandler start,
		  XML_EndElementHandler end);

/** p2p_xml_stop() - in a handler: stop with @error, unless it failed before. */
void p2p_xml_stop(struct p2p_xml *xml, int error);

/** p2p_xml_fail() - likewise, with -EBADMSG and a sentence that begins with name and line. */
void p2p_xml_fail(struct p2p_xml *xml, const char *what);

/** p2p_xml_value() - the value of an attribute; NULL if there is none. */
const char *p2p_xml_value(const XML_Char **attributes, const char *name);

#endif
