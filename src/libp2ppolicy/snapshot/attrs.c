/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "snapshot/inside.h"

const struct p2p_attr_row p2p_attr_rows[P2P_ATTRS] = {
#define ATTR(id, path, kind, want) { path, P2P_KIND_##kind, P2P_WANT_##want },
#include "snapshot/attrs.def"
#undef ATTR
};

/* May @name, of @size characters, match the first component of @path? */
static bool may_be(const char *name, size_t size, const char *path)
{
	size_t length = strcspn(path, "/"), literal = strcspn(path, "*?[");

	if (literal < length)
		return literal <= size && !memcmp(name, path, literal);
	return length == size && !memcmp(name, path, length);
}

void p2p_attrs_listed(const char *names, bool listed[P2P_ATTRS])
{
	size_t size;

	memset(listed, 0, P2P_ATTRS * sizeof(*listed));
	for (; *names; names += size + 1) {
		size = strcspn(names, "\n");
		for (size_t i = 0; i < P2P_ATTRS; i++)
			if (*names == *p2p_attr_rows[i].path && may_be(names, size, p2p_attr_rows[i].path))
				listed[i] = true;
	}
}
