/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "print/words.h"
#include "view/filter.h"

static bool has(const char *text, const char *wanted)
{
	return text && strcasestr(text, wanted);
}

bool filter_has(const struct p2p_function *function, const char *wanted)
{
	char bdf[P2P_BDF_SIZE], product[128];

	for (const char *const *name = function->os_names; name && *name; name++)
		if (has(*name, wanted))
			return true;
	return has(p2p_bdf_format(function->bdf, bdf), wanted) || has(function->driver, wanted) ||
	       has(words_product(function, product, sizeof(product)), wanted) ||
	       has(p2p_class_name(function->kind), wanted) || has(words_port(function), wanted) ||
	       has(function->device_name, wanted);
}

/* The name of a class matches that class only, not functions that merely contain the word in a name. */
static bool takes_word(const struct p2p_function *function, const char *word)
{
	enum p2p_class kind;

	return p2p_class_parse(word, &kind) ? filter_has(function, word) : function->kind == kind;
}

bool filter_takes(const char *filter, const struct p2p_function *function)
{
	char words[INPUT_SIZE], *rest = words, *word;
	bool any = false;

	snprintf(words, sizeof(words), "%s", filter);
	while ((word = strsep(&rest, ", "))) {
		if (*word && takes_word(function, word))
			return true;
		any |= *word != '\0';
	}
	return !any;
}
