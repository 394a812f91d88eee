/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where expat stands in a document. */
#ifndef P2P_SNAPSHOT_XML_LINE_H
#define P2P_SNAPSHOT_XML_LINE_H

#include <expat.h>

/* Expat 2.9 has another name for it, and warns of the old one. */
static inline unsigned long p2p_xml_line(XML_Parser parser)
{
#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
	return (unsigned long)XML_GetCurrentLineNumber64(parser);
#else
	return (unsigned long)XML_GetCurrentLineNumber(parser);
#endif
}

#endif
