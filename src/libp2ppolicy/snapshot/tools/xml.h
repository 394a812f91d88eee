/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML of others through expat.  No document type is taken, so that no entity is expanded. */
#ifndef P2P_SNAPSHOT_XML_H
#define P2P_SNAPSHOT_XML_H

#include <expat.h>

#include "base/context.h"

/**
 * struct p2p_xml - a document on its way in, the first member of what its handlers get.
 * @name: of the document, for sentences
 * @doctype: the sentence on one that has a document type
 * @error: the first failure; 0 none
 */
struct p2p_xml {
	struct p2p_context *context;
	const char *name, *doctype;
	XML_Parser parser;
	int error;
};

/** p2p_xml_parse() - the whole text.  Return: 0; -EBADMSG with its sentence; -ENOMEM; what ended it. */
int p2p_xml_parse(struct p2p_xml *xml, const char *text, size_t size, XML_StartElementHandler start,
		  XML_EndElementHandler end);

/** p2p_xml_stop() - in a handler: end it with @error, unless something was wrong before. */
void p2p_xml_stop(struct p2p_xml *xml, int error);

/** p2p_xml_fail() - likewise, with -EBADMSG and a sentence that begins with name and line. */
void p2p_xml_fail(struct p2p_xml *xml, const char *what);

/** p2p_xml_value() - of an attribute; NULL there is none. */
const char *p2p_xml_value(const XML_Char **attributes, const char *name);

#endif
