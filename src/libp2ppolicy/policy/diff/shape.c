/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One number for all that makes two machines differ, so that many can be told apart in one pass. */
#include <string.h>

#include "policy/diff/diff.h"

/* Two hashes of 64 bits: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), and a polynomial. */
void p2p_shape_add(struct p2p_shape *shape, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		shape->low = (shape->low ^ byte[i]) * UINT64_C(0x100000001b3);
		shape->high = shape->high * UINT64_C(0x9e3779b97f4a7c15) + byte[i] + 1;
	}
}

/* The zero at its end, too: no two words run together. */
static void add_text(struct p2p_shape *shape, const char *text)
{
	p2p_shape_add(shape, text, strlen(text) + 1);
}

static void add_fact(void *data, const char *about, const char *text)
{
	add_text(data, about);
	add_text(data, text);
}

int p2p_shape_of(const struct p2p_eval *eval, struct p2p_shape *ret_shape)
{
	*ret_shape = (struct p2p_shape){ 0 };
	return p2p_diff_tell(eval, add_fact, ret_shape);
}
