/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Builds a topology from the document that p2ptopo tree --json prints: the reverse of printing it.  What is
 * null there and not known to be absent becomes DENIED; so does what is missing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/context.h"
#include "topology/build.h"
#include "topology/facts/kinds.h"

static int damaged(const struct p2p_topology *topology, const char *what)
{
	return p2p_error(topology->context, -EBADMSG, "the tree document is damaged: %s", what);
}

static const char *report_text(struct json_object *object, const char *key)
{
	struct json_object *value = p2p_json_member(object, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static const char *text_of(struct p2p_topology *topology, struct json_object *object,
			   const char *key)
{
	const char *text = report_text(object, key);

	return text ? p2p_keep_text(topology, text, strlen(text)) : NULL;
}

static struct json_object *array_of(struct json_object *object, const char *key, size_t *ret_count)
{
	struct json_object *array = p2p_json_member(object, key);
	bool good = json_object_is_type(array, json_type_array);

	*ret_count = good ? json_object_array_length(array) : 0;
	return array;
}

/* Parse an address; a null key names no function. */
static bool read_bdf(struct json_object *object, const char *key, struct p2p_bdf *ret_bdf)
{
	const char *text = report_text(object, key);

	return text && !p2p_bdf_parse(text, ret_bdf);
}

/* @ret_function: NULL if the key is null.  Return: false if the key is missing, or names no function of the document. */
static bool find_linked(const struct p2p_topology *topology, struct json_object *object, const char *key,
			struct p2p_function **ret_function)
{
	struct json_object *value;
	struct p2p_bdf bdf;

	*ret_function = NULL;
	if (!json_object_object_get_ex(object, key, &value))
		return false;
	if (value && read_bdf(object, key, &bdf))
		*ret_function = p2p_tree_find(topology, bdf);
	return !value || *ret_function;
}

/* Either all ACS registers are there, or none, if only the named bits are known. */
static void finish_acs(struct json_object *object, struct p2p_acs *acs)
{
	static const char *const words[] = { "capability", "control", "kernel_control" };
	struct json_object *json = p2p_json_member(object, "acs");
	unsigned int count = 0;

	for (size_t i = 0; i < 3; i++)
		count += p2p_json_member(json, words[i]) != NULL;
	acs->upper = count == 3 ? P2P_PRESENT : P2P_DENIED;
	if (!count)
		acs->kernel_control = acs->control;
	else if (count < 3)
		acs->fact = P2P_DENIED;
	if (acs->fact != P2P_PRESENT && acs->kernel_fact == P2P_PRESENT)
		acs->kernel_fact = P2P_DENIED;
}

/* Set what the rows alone do not tell. */
static void finish_function(struct json_object *object, struct p2p_function *function)
{
	struct json_object *pcie = p2p_json_member(object, "pcie");

	function->pcie.slot = p2p_json_member(pcie, "slot_number");
	finish_acs(object, &function->acs);
	for (size_t i = 0; i < P2P_BARS; i++)
		if (function->bar[i].rebar.fact == P2P_PRESENT)
			function->rebar = P2P_PRESENT;
	for (size_t i = 0; i < P2P_WINDOWS && !p2p_json_member(object, "windows"); i++)
		function->window[i].fact = P2P_ABSENT;
}

static int read_function(struct p2p_topology *topology, struct json_object *object,
			 struct p2p_function *function)
{
	if (!json_object_is_type(object, json_type_object) ||
	    !read_bdf(object, "bdf", &function->bdf))
		return damaged(topology, "a function has no address");
	if (!json_object_is_type(p2p_json_member(object, "orphan"), json_type_boolean))
		return damaged(topology, "a function does not tell whether what is above it is known");
	p2p_facts_read(object, p2p_function_rows, function, topology);
	finish_function(object, function);
	return 0;
}

static int read_functions(struct p2p_topology *topology, struct json_object *report)
{
	struct json_object *array = array_of(report, "functions", &topology->count);
	int r = 0;

	topology->functions = p2p_keep(topology, topology->count + 1, sizeof(*topology->functions));
	if (!topology->functions)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count && !r; i++)
		r = read_function(topology, json_object_array_get_idx(array, i),
				  &topology->functions[i]);
	/* They are printed in this order, and all other code relies on it. */
	for (size_t i = 1; i < topology->count && !r; i++)
		if (p2p_bdf_compare(topology->functions[i - 1].bdf,
				    topology->functions[i].bdf) >= 0)
			r = damaged(topology, "its functions are not in order");
	for (size_t i = 0; i < topology->count && !r; i++)
		topology->functions[i].index = (unsigned int)i;
	return r;
}

static int read_host(struct p2p_topology *topology, struct json_object *object,
		     struct p2p_host_bridge *host)
{
	struct p2p_function *behind, *first;
	unsigned int domain = 0, bus = 0;

	p2p_facts_read(object, p2p_host_rows, host, topology);
	if (host->name && sscanf(host->name, "pci%x:%x", &domain, &bus) == 2) {
		host->domain = domain;
		host->bus = (uint8_t)bus;
	}
	if (!host->name)
		return damaged(topology, "a host bridge has no name");
	if (!find_linked(topology, object, "behind", &behind) || !find_linked(topology, object, "first", &first))
		return damaged(topology, "a host bridge names a function that is not there");
	host->behind = behind;
	host->first = first;
	return 0;
}

static int read_hosts(struct p2p_topology *topology, struct json_object *report)
{
	struct json_object *array = array_of(report, "host_bridges", &topology->host_count);

	topology->hosts = p2p_keep(topology, topology->host_count + 1, sizeof(*topology->hosts));
	if (!topology->hosts)
		return -ENOMEM;
	for (size_t i = 0; i < topology->host_count; i++) {
		struct p2p_host_bridge *host = &topology->hosts[i];
		int r = read_host(topology, json_object_array_get_idx(array, i), host);

		if (r)
			return r;
		host->index = (unsigned int)i;
	}
	return 0;
}

static const struct p2p_host_bridge *find_host(const struct p2p_topology *topology,
					       const char *name)
{
	for (size_t i = 0; name && i < topology->host_count; i++)
		if (!strcmp(topology->hosts[i].name, name))
			return &topology->hosts[i];
	return NULL;
}

/* Without a list the peers are unknown; so they are if the list names a function that is missing. */
static void link_peers(struct p2p_topology *topology, struct json_object *object,
		       struct p2p_function *function)
{
	size_t count;
	struct json_object *array = array_of(object, "kfd_peers", &count);
	const struct p2p_function **peers;
	struct p2p_bdf bdf;

	function->kfd = !array && p2p_json_is_absent(object, "kfd_peers") ? P2P_ABSENT : P2P_DENIED;
	if (!json_object_is_type(array, json_type_array))
		return;
	peers = p2p_keep(topology, count + 1, sizeof(const struct p2p_function *));
	for (size_t i = 0; peers && i < count; i++) {
		struct json_object *value = json_object_array_get_idx(array, i);

		if (!json_object_is_type(value, json_type_string) ||
		    p2p_bdf_parse(json_object_get_string(value), &bdf))
			return;
		peers[i] = p2p_tree_find(topology, bdf);
		if (!peers[i])
			return;
	}
	function->kfd_peers = peers;
	function->kfd = peers ? P2P_PRESENT : P2P_DENIED;
}

/* A parent's depth is one less: so there can be no ring. */
static int link_function(struct p2p_topology *topology, struct json_object *object,
			 struct p2p_function *function)
{
	struct p2p_function *parent, *physfn, *adapter;

	function->host = find_host(topology, report_text(object, "host_bridge"));
	if (!function->host)
		return damaged(topology, "a function is below no host bridge");
	if (!find_linked(topology, object, "parent", &parent) || !function->depth ||
	    function->depth != (parent ? parent->depth + 1 : 1))
		return damaged(topology, "a function is not below its parent");
	if (!find_linked(topology, object, "physfn", &physfn) || physfn == function)
		return damaged(topology, "a virtual function has no physical function");
	if (!find_linked(topology, object, "data_direct_of", &adapter))
		return damaged(topology, "a function has the memory of an adapter that is not there");
	link_peers(topology, object, function);
	function->parent = parent;
	function->physfn = physfn;
	function->data_direct_of = adapter;
	return 0;
}

static int link_functions(struct p2p_topology *topology, struct json_object *report)
{
	struct json_object *array = p2p_json_member(report, "functions");
	int r = 0;

	for (size_t i = 0; i < topology->count && !r; i++)
		r = link_function(topology, json_object_array_get_idx(array, i),
				  &topology->functions[i]);
	for (size_t i = 0; i < topology->count && !r; i++)
		if (topology->functions[i].physfn && topology->functions[i].physfn->physfn)
			r = damaged(topology, "a physical function is marked as virtual");
	for (size_t i = 0; i < topology->count && !r; i++) {
		struct p2p_function *function = &topology->functions[i];
		char bdf[P2P_BDF_SIZE];

		if (!function->display)
			function->display = p2p_keep_text(topology,
							  p2p_bdf_format(function->bdf, bdf),
							  sizeof(bdf));
	}
	return r;
}

static void read_machine(struct p2p_topology *topology, struct json_object *report)
{
	struct p2p_machine *machine = &topology->machine;
	struct json_object *object = p2p_json_member(report, "machine");
	struct json_object *x86 = p2p_json_member(object, "cpu_x86");

	p2p_facts_read(object, p2p_machine_rows, machine, topology);
	machine->source = P2P_SOURCE_REPORT;
	machine->host = text_of(topology, report, "host");
	machine->release = text_of(topology, report, "kernel");
	if (json_object_is_type(x86, json_type_boolean) && !json_object_get_boolean(x86))
		machine->cpu_family.fact = P2P_ABSENT;
}

static void read_notes(struct p2p_topology *topology, struct json_object *report)
{
	size_t count;
	struct json_object *array = array_of(report, "notes", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *object = json_object_array_get_idx(array, i);
		struct p2p_bdf bdf;
		const char *text = report_text(object, "text");
		bool named = read_bdf(object, "function", &bdf);

		if (text)
			p2p_note(topology, named ? p2p_tree_find(topology, bdf) : NULL, "%s", text);
	}
}

int p2p_report_build(struct p2p_topology *topology, struct json_object *report)
{
	int r = read_functions(topology, report);

	if (!r)
		r = read_hosts(topology, report);
	if (!r)
		r = link_functions(topology, report);
	if (!r)
		r = p2p_tree_list(topology);
	if (r)
		return r;
	read_machine(topology, report);
	read_notes(topology, report);
	return topology->no_memory ? -ENOMEM : 0;
}
