/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "machine/label.h"

/* The number in "nvme3"; -1 if the kernel gave none. */
static long number_given(const struct p2p_function *function)
{
	const char *const *name = function->os_names;

	for (; function->kind == P2P_CLASS_NVME && name && *name; name++) {
		const char *digits = *name + strlen("nvme");

		if (!strncmp(*name, "nvme", strlen("nvme")) && *digits && strlen(digits) < 7 &&
		    strspn(digits, "0123456789") == strlen(digits))
			return strtol(digits, NULL, 10);
	}
	return -1;
}

static bool is_counted(const struct p2p_function *function, enum p2p_class kind)
{
	return function->kind == kind && p2p_function_takes_part(function);
}

/* The first number above those that the kernel gave to drives. */
static long first_free(const struct p2p_topology *topology, enum p2p_class kind)
{
	long most = -1;

	for (size_t i = 0; i < p2p_topology_count(topology); i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		if (is_counted(function, kind) && number_given(function) > most)
			most = number_given(function);
	}
	return most + 1;
}

static long number_of(const struct p2p_topology *topology, const struct p2p_function *function)
{
	long number = number_given(function);

	if (number >= 0)
		return number;
	number = function->kind == P2P_CLASS_NVME ? first_free(topology, function->kind) : 0;
	for (size_t i = 0; i < p2p_topology_count(topology); i++) {
		const struct p2p_function *other = p2p_topology_function(topology, i);

		number += is_counted(other, function->kind) && number_given(other) < 0 &&
			  p2p_bdf_compare(other->bdf, function->bdf) < 0;
	}
	return number;
}

char *label_of(const struct p2p_topology *topology, const struct p2p_function *function,
	       char text[LABEL_SIZE])
{
	const char *class = p2p_class_name(function->kind);
	size_t length = 0;

	*text = '\0';
	if (!p2p_function_takes_part(function))
		return text;
	for (; length < LABEL_SIZE / 2 && class[length]; length++)
		text[length] = (char)toupper((unsigned char)class[length]);
	snprintf(text + length, LABEL_SIZE - length, "%ld", number_of(topology, function));
	return text;
}

const struct p2p_function *label_find(const struct p2p_topology *topology, const char *label)
{
	char text[LABEL_SIZE];
	enum p2p_class kind;
	size_t letters = 0;

	for (; letters < LABEL_SIZE / 2 && isalpha((unsigned char)label[letters]); letters++)
		text[letters] = (char)tolower((unsigned char)label[letters]);
	text[letters] = '\0';
	if (!label[letters] || p2p_class_parse(text, &kind))
		return NULL;
	for (size_t i = 0; i < p2p_topology_count(topology); i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		if (is_counted(function, kind) &&
		    !strcasecmp(label_of(topology, function, text), label))
			return function;
	}
	return NULL;
}
