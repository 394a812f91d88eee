/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON Schemas of schemas/, turned into a C file at build time. */
#ifndef P2PTOPO_SCHEMAS_H
#define P2PTOPO_SCHEMAS_H

struct schema {
	const char *name, *text;
};

/** The last one has no name. */
extern const struct schema schemas[];

#endif
