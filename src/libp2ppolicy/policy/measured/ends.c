/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the function of the machine that a text refers to: by its address, or by a number for which the
 * text itself gives an address or a name.  Any other number is assumed to follow the order of addresses,
 * as in nvidia-smi, and in CUDA with CUDA_DEVICE_ORDER=PCI_BUS_ID; but a list of numbers only if it has
 * as many devices as the machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/measured/reading.h"

/** enum found - was the function found, and if not, why not. */
enum found { FOUND, FOUND_NONE, FOUND_SEVERAL, FOUND_OTHER_COUNT, FOUND_UNLISTED };

static bool is_counted(const struct p2p_function *function, const struct p2p_tool *tool,
		       enum p2p_class kind)
{
	return function->kind == kind && !function->physfn &&
	       p2p_function_has_header_0(function) &&
	       (!tool->vendor || (function->ids == P2P_PRESENT && function->vendor == tool->vendor));
}

static const struct p2p_function *nth(const struct p2p_topology *topology,
				      const struct p2p_tool *tool, enum p2p_class kind,
				      unsigned int index, unsigned int *ret_count)
{
	const struct p2p_function *function, *found = NULL;
	unsigned int count = 0;

	for (size_t i = 0; (function = p2p_topology_function(topology, i)); i++)
		if (is_counted(function, tool, kind) && count++ == index)
			found = function;
	*ret_count = count;
	return found;
}

/* How many devices of a class a text has, by the highest number in it. */
static unsigned int count_in_text(const struct p2p_measured *measured,
				  const struct p2p_figure *figure, enum p2p_class kind)
{
	unsigned int count = 0;

	for (size_t i = 0; i < measured->count; i++) {
		const struct p2p_figure *other = &measured->figures[i];
		const struct p2p_end *ends[] = { &other->client, &other->provider };

		if (other->tool != figure->tool || other->file != figure->file)
			continue;
		for (size_t j = 0; j < 2; j++)
			if (ends[j]->named == P2P_NAMED_BY_INDEX && ends[j]->kind == kind &&
			    ends[j]->index >= count)
				count = ends[j]->index + 1;
	}
	return count;
}

/* Find the function that @end refers to, if there is exactly one. */
static enum found find_only(const struct p2p_topology *topology, const struct p2p_end *end,
			    bool (*is_meant)(const struct p2p_function *function,
					     const struct p2p_end *end),
			    const struct p2p_function **ret_function)
{
	const struct p2p_function *function;
	size_t count = 0;

	for (size_t i = 0; (function = p2p_topology_function(topology, i)); i++) {
		if (!is_meant(function, end))
			continue;
		*ret_function = function;
		count++;
	}
	return count == 1 ? FOUND : count ? FOUND_SEVERAL : FOUND_NONE;
}

static bool is_there(const struct p2p_function *function, const struct p2p_end *end)
{
	return function->bdf.bus == end->bdf.bus && function->bdf.devfn == end->bdf.devfn;
}

static bool is_of_class_there(const struct p2p_function *function, const struct p2p_end *end)
{
	return is_there(function, end) && function->kind == end->kind;
}

/* An address without its domain may be that of several functions: domain 0 is no better than another. */
static enum found find_address(const struct p2p_topology *topology, const struct p2p_end *end,
			       const struct p2p_function **ret_function)
{
	enum found found;

	if (end->domain_known) {
		*ret_function = p2p_topology_find(topology, end->bdf);
		return *ret_function ? FOUND : FOUND_NONE;
	}
	found = find_only(topology, end, is_there, ret_function);
	if (found == FOUND_SEVERAL && find_only(topology, end, is_of_class_there, ret_function) == FOUND)
		return FOUND;
	return found;
}

static bool has_name(const struct p2p_function *function, const struct p2p_end *end)
{
	for (const char *const *known = function->os_names; known && *known; known++) {
		size_t length = strlen(*known);
		const char *name = end->name;

		/* nvme0 has the namespace nvme0n1. */
		if (!strcmp(*known, name) || (!strncmp(*known, "nvme", 4) &&
		    !strncmp(*known, name, length) && name[length] == 'n'))
			return true;
	}
	return false;
}

/* What the text's own list of devices says of @end.  @ret_some: does it list any device of that kind? */
static const struct p2p_end *listed(const struct p2p_measured *measured, const struct p2p_figure *figure,
				    const struct p2p_end *end, bool *ret_some)
{
	*ret_some = false;
	for (size_t i = 0; i < measured->listed_count; i++) {
		const struct p2p_listed *row = &measured->listed[i];

		if (row->tool != figure->tool || row->file != figure->file ||
		    (row->end.kind != end->kind && end->kind != P2P_CLASS_OTHER))
			continue;
		*ret_some = true;
		if (row->index == end->index)
			return &row->end;
	}
	return NULL;
}

static enum found find_index(const struct p2p_measured *measured, const struct p2p_figure *figure,
			     const struct p2p_end *end, const struct p2p_function **ret_function)
{
	const struct p2p_function *function;
	unsigned int count;

	if (end->kind == P2P_CLASS_OTHER)
		return FOUND_UNLISTED;
	function = nth(measured->topology, figure->tool, end->kind, end->index, &count);
	if (!function || (!end->single && count != count_in_text(measured, figure, end->kind)))
		return FOUND_OTHER_COUNT;
	*ret_function = function;
	return FOUND;
}

static enum found find_end(const struct p2p_measured *measured, const struct p2p_figure *figure,
			   const struct p2p_end *end, const struct p2p_function **ret_function,
			   bool *ret_guessed)
{
	const struct p2p_end *known = end;
	bool some;

	if (end->named == P2P_NAMED_BY_INDEX) {
		known = listed(measured, figure, end, &some);
		*ret_guessed = !known;
		/* The order of addresses need not be that of a list, part of which is lost. */
		if (!known)
			return some ? FOUND_UNLISTED : find_index(measured, figure, end, ret_function);
	}
	if (known->named == P2P_NAMED_BY_ADDRESS)
		return find_address(measured->topology, known, ret_function);
	if (known->named == P2P_NAMED_BY_NAME)
		return find_only(measured->topology, known, has_name, ret_function);
	return FOUND_NONE;
}

static void find_into(const struct p2p_measured *measured, const struct p2p_figure *figure,
		      struct p2p_end *end, const struct p2p_function *otherwise)
{
	const struct p2p_function *function = NULL;
	bool guessed = false;

	if (end->named == P2P_NAMED_NOT) {
		end->function = otherwise;
		return;
	}
	if (find_end(measured, figure, end, &function, &guessed) == FOUND) {
		end->function = function;
		end->guessed |= guessed;
	}
}

/* Turn a figure about all drives into one for each drive. */
static int spread(struct p2p_measured *measured, size_t index)
{
	bool first = true;

	for (size_t i = 0; i < p2p_topology_count(measured->topology); i++) {
		const struct p2p_function *drive = p2p_topology_function(measured->topology, i);
		struct p2p_figure figure = measured->figures[index];

		if (drive->kind != P2P_CLASS_NVME || drive->physfn)
			continue;
		figure.client.function = drive;
		if (first)
			measured->figures[index] = figure;
		else if (p2p_measured_append(measured, &figure))
			return -ENOMEM;
		first = false;
	}
	return 0;
}

int p2p_measured_find(struct p2p_measured *measured, const struct p2p_topology *topology,
		      const struct p2p_function *client, const struct p2p_function *provider)
{
	size_t count = measured->count;
	int r = 0;

	measured->topology = topology;
	for (size_t i = 0; i < count && !r; i++) {
		struct p2p_figure *figure = &measured->figures[i];

		find_into(measured, figure, &figure->client, client);
		find_into(measured, figure, &figure->provider, provider);
		if (figure->client.named == P2P_NAMED_NOT && !figure->client.function &&
		    figure->client.kind == P2P_CLASS_NVME)
			r = spread(measured, i);
	}
	return r ? p2p_error(measured->context, r, "out of memory") : 0;
}

/* "GPU 3", "0000:53:00.0", "53:00.0" where the text has no domain, "mlx5_0" */
static const char *say_end(const struct p2p_end *end, char *text, size_t size)
{
	char bdf[P2P_BDF_SIZE];

	switch (end->named) {
	case P2P_NAMED_BY_INDEX:
		snprintf(text, size, "%s %u", end->kind == P2P_CLASS_GPU ? "GPU" :
			 end->kind == P2P_CLASS_NIC ? "adapter" : "device", end->index);
		break;
	case P2P_NAMED_BY_ADDRESS:
		p2p_bdf_format(end->bdf, bdf);
		snprintf(text, size, "%s", end->domain_known ? bdf : strchr(bdf, ':') + 1);
		break;
	case P2P_NAMED_BY_NAME:
		snprintf(text, size, "%.64s", end->name);
		break;
	case P2P_NAMED_NOT:
		snprintf(text, size, "one end");
		break;
	}
	return text;
}

char *p2p_measured_lost(const struct p2p_measured *measured, const struct p2p_figure *figure,
			char buffer[P2P_WAY_TEXT])
{
	const struct p2p_end *end = figure->client.function ? &figure->provider : &figure->client;
	const struct p2p_function *function = NULL;
	bool guessed, some = false;
	const struct p2p_end *known = end->named == P2P_NAMED_BY_INDEX ?
				      listed(measured, figure, end, &some) : NULL;
	char name[80], there[80];

	say_end(end, name, sizeof(name));
	if (end->named == P2P_NAMED_NOT) {
		snprintf(buffer, P2P_WAY_TEXT, end->kind == P2P_CLASS_NVME ?
			 "the machine has no NVMe drive" :
			 "the text does not name both ends; --between does");
		return buffer;
	}
	switch (find_end(measured, figure, end, &function, &guessed)) {
	case FOUND_SEVERAL:
		snprintf(buffer, P2P_WAY_TEXT, "%s is several functions", name);
		break;
	case FOUND_OTHER_COUNT:
		snprintf(buffer, P2P_WAY_TEXT, "which function %s is cannot be told: the text gives no "
			 "address, and does not count as many such devices as the machine has", name);
		break;
	case FOUND_UNLISTED:
		snprintf(buffer, P2P_WAY_TEXT, "which function %s is cannot be told: %s", name, some ?
			 "it is not on the text's list of devices" : "the list of devices is missing from the text");
		break;
	case FOUND:
	case FOUND_NONE:
		if (known)
			snprintf(buffer, P2P_WAY_TEXT, "%s is %s in the text, and the machine has no "
				 "such device", name, say_end(known, there, sizeof(there)));
		else
			snprintf(buffer, P2P_WAY_TEXT, "the machine has no %s", name);
		break;
	}
	return buffer;
}
