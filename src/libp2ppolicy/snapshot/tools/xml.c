/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "snapshot/tools/xml.h"

/* Expat 2.9 has another name for it and warns about the old one. */
static unsigned long line_of(XML_Parser parser)
{
#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
	return (unsigned long)XML_GetCurrentLineNumber64(parser);
#else
	return (unsigned long)XML_GetCurrentLineNumber(parser);
#endif
}

void p2p_xml_stop(struct p2p_xml *xml, int error)
{
	if (xml->error)
		return;
	xml->error = error;
	XML_StopParser(xml->parser, XML_FALSE);
}

void p2p_xml_fail(struct p2p_xml *xml, const char *what)
{
	if (!xml->error)
		p2p_xml_stop(xml, p2p_error(xml->context, -EBADMSG, "%s:%lu: %s", xml->name,
					    line_of(xml->parser), what));
}

const char *p2p_xml_value(const XML_Char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (!strcmp(attributes[0], name))
			return attributes[1];
	return NULL;
}

static void XMLCALL refuse_doctype(void *data, const XML_Char *name, const XML_Char *system,
				   const XML_Char *public, int internal)
{
	struct p2p_xml *xml = data;

	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	p2p_xml_fail(xml, xml->doctype);
}

int p2p_xml_parse(struct p2p_xml *xml, const char *text, size_t size, XML_StartElementHandler start,
		  XML_EndElementHandler end)
{
	xml->parser = XML_ParserCreate("UTF-8");
	if (!xml->parser)
		return -ENOMEM;
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, start, end);
	XML_SetStartDoctypeDeclHandler(xml->parser, refuse_doctype);
	if (size >= INT32_MAX || XML_Parse(xml->parser, text, (int)size, XML_TRUE) != XML_STATUS_OK)
		p2p_xml_fail(xml, XML_ErrorString(XML_GetErrorCode(xml->parser)));
	XML_ParserFree(xml->parser);
	return xml->error;
}
