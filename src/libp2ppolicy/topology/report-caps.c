/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registers of one function as a report gives them. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "topology/report.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct json_object *report_member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

const char *report_text(struct json_object *object, const char *key)
{
	struct json_object *value = report_member(object, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

struct p2p_number report_number(struct json_object *object, const char *key)
{
	struct json_object *value = report_member(object, key);

	if (!json_object_is_type(value, json_type_int))
		return (struct p2p_number){ P2P_DENIED, 0 };
	return (struct p2p_number){ P2P_PRESENT, json_object_get_int64(value) };
}

unsigned int report_count(struct json_object *object, const char *key)
{
	struct p2p_number number = report_number(object, key);

	return number.value < 0 || number.value > UINT32_MAX ? 0 : (unsigned int)number.value;
}

uint64_t report_hex(struct json_object *object, const char *key)
{
	const char *text = report_text(object, key);

	return text ? strtoull(text, NULL, 16) : 0;
}

enum p2p_tri report_tri(struct json_object *object, const char *key)
{
	struct json_object *value = report_member(object, key);

	if (!json_object_is_type(value, json_type_boolean))
		return P2P_UNKNOWN;
	return json_object_get_boolean(value) ? P2P_YES : P2P_NO;
}

bool report_flag(struct json_object *object, const char *key)
{
	return report_tri(object, key) == P2P_YES;
}

static enum p2p_fact fact_of(enum p2p_tri there)
{
	return there == P2P_YES ? P2P_PRESENT : there == P2P_NO ? P2P_ABSENT : P2P_DENIED;
}

enum p2p_fact report_fact(struct json_object *object)
{
	return fact_of(report_tri(object, "present"));
}

static struct p2p_link link_of(struct json_object *object, const char *key)
{
	struct json_object *link = report_member(object, key);

	return (struct p2p_link){ report_count(link, "speed_mtps"), report_count(link, "width") };
}

/* A kind of port this library has no name for is one it knows nothing of. */
static bool read_type(const char *name, enum p2p_port_type *ret_type)
{
	for (unsigned int i = P2P_PORT_ENDPOINT; i <= P2P_PORT_RC_EVENT_COLLECTOR; i++) {
		const char *one = p2p_port_type_name((enum p2p_port_type)i);

		if (!name || !one || strcmp(one, name) != 0)
			continue;
		*ret_type = (enum p2p_port_type)i;
		return true;
	}
	return false;
}

static const struct { const char *key; size_t offset; } pcie_flags[] = {
#define FLAG(name) { #name, offsetof(struct p2p_pcie, name) }
	FLAG(relaxed_ordering), FLAG(extended_tags), FLAG(tags_10bit), FLAG(atomic_routing),
	FLAG(atomic_completer_32), FLAG(atomic_completer_64), FLAG(atomic_completer_128cas),
	FLAG(atomic_requester), FLAG(atomic_egress_block), FLAG(ari_forwarding), FLAG(hotplug),
	FLAG(flit),
#undef FLAG
};

static void read_pcie(struct json_object *object, struct p2p_pcie *pcie)
{
	struct p2p_number slot = report_number(object, "slot_number");

	pcie->fact = report_fact(object);
	if (pcie->fact != P2P_PRESENT)
		return;
	if (!read_type(report_text(object, "type"), &pcie->type)) {
		pcie->fact = P2P_DENIED;
		return;
	}
	pcie->offset = (uint16_t)report_hex(object, "offset");
	pcie->now = link_of(object, "link_now");
	pcie->most = link_of(object, "link_most");
	pcie->mps_bytes = report_count(object, "mps_bytes");
	pcie->mps_supported_bytes = report_count(object, "mps_supported_bytes");
	pcie->mrrs_bytes = report_count(object, "mrrs_bytes");
	pcie->aspm = (uint8_t)(report_flag(object, "aspm_l0s") | report_flag(object, "aspm_l1") << 1);
	pcie->port_number = report_number(object, "port_number");
	pcie->slot = slot.fact == P2P_PRESENT;
	pcie->slot_number = (uint16_t)slot.value;
	for (size_t i = 0; i < LENGTH(pcie_flags); i++)
		*(bool *)((char *)pcie + pcie_flags[i].offset) =
			report_flag(object, pcie_flags[i].key);
}

static void read_link(struct json_object *object, struct p2p_pcie *pcie)
{
	pcie->link = report_fact(object);
	if (pcie->link != P2P_PRESENT)
		return;
	pcie->now = link_of(object, "now");
	pcie->most = link_of(object, "most");
}

static void read_egress(struct json_object *object, struct p2p_acs *acs)
{
	struct json_object *vector = report_member(object, "egress_vector");

	acs->egress_bits = report_count(object, "egress_bits");
	if (acs->egress_bits > 32 * LENGTH(acs->egress))
		acs->egress_bits = 32 * LENGTH(acs->egress);
	if (!json_object_is_type(vector, json_type_array))
		return;
	acs->egress_fact = P2P_PRESENT;
	for (size_t i = 0; i < LENGTH(acs->egress); i++) {
		struct json_object *dword = json_object_array_get_idx(vector, i);

		if (json_object_is_type(dword, json_type_string))
			acs->egress[i] = (uint32_t)strtoul(json_object_get_string(dword), NULL, 16);
	}
}

static void read_acs(struct json_object *object, struct p2p_acs *acs)
{
	acs->fact = report_fact(object);
	acs->kernel_fact = fact_of(report_tri(object, "kernel_present"));
	if (acs->fact != P2P_PRESENT)
		return;
	/* A register that is not there would read as all clear. */
	if (!report_text(object, "control") || !report_text(object, "kernel_control")) {
		acs->fact = acs->kernel_fact = P2P_DENIED;
		return;
	}
	acs->offset = (uint16_t)report_hex(object, "offset");
	acs->capability = (uint16_t)report_hex(object, "capability");
	acs->control = (uint16_t)report_hex(object, "control");
	acs->kernel_control = (uint16_t)report_hex(object, "kernel_control");
	read_egress(object, acs);
}

static void read_cxl(struct json_object *object, struct p2p_cxl *cxl)
{
	struct json_object *ids = report_member(object, "dvsec_ids");
	size_t count = json_object_is_type(ids, json_type_array) ? json_object_array_length(ids) : 0;

	cxl->fact = report_fact(object);
	cxl->cache = report_flag(object, "cache");
	cxl->io = report_flag(object, "io");
	cxl->mem = report_flag(object, "mem");
	cxl->mem_enabled = report_flag(object, "mem_enabled");
	for (size_t i = 0; i < count; i++) {
		int64_t id = json_object_get_int64(json_object_array_get_idx(ids, i));

		if (id >= 0 && id < 16)
			cxl->dvsec_ids |= (uint16_t)(1u << id);
	}
}

static void read_rest(struct json_object *function, struct p2p_function *out)
{
	struct json_object *sriov = report_member(function, "sriov");
	struct json_object *pool = report_member(function, "p2pmem");
	struct json_object *dpc = report_member(function, "dpc");
	struct json_object *aer = report_member(function, "aer");

	out->sriov = (struct p2p_sriov){
		report_fact(sriov), report_count(sriov, "total"), report_count(sriov, "active"),
		(uint16_t)report_hex(sriov, "vf_device"),
		(uint16_t)report_count(sriov, "first_offset"),
		(uint16_t)report_count(sriov, "stride"),
	};
	if (out->sriov.fact == P2P_PRESENT && !report_member(sriov, "stride"))
		out->sriov.fact = P2P_DENIED;
	out->pool = (struct p2p_pool){
		report_fact(pool), (uint64_t)report_number(pool, "size_bytes").value,
		(uint64_t)report_number(pool, "available_bytes").value,
		report_flag(pool, "published"),
	};
	out->dpc = (struct p2p_dpc){ report_fact(dpc), report_flag(dpc, "enabled"),
				     report_flag(dpc, "triggered") };
	out->aer = (struct p2p_aer){ report_fact(aer),
				     (uint32_t)report_hex(aer, "uncorrectable"),
				     (uint32_t)report_hex(aer, "correctable") };
	out->ari = report_fact(report_member(function, "ari"));
}

void report_capabilities(struct json_object *object, struct p2p_function *function)
{
	struct json_object *ats = report_member(object, "ats");
	struct json_object *pri = report_member(object, "pri");
	struct json_object *pasid = report_member(object, "pasid");

	read_pcie(report_member(object, "pcie"), &function->pcie);
	read_link(report_member(object, "link"), &function->pcie);
	read_acs(report_member(object, "acs"), &function->acs);
	read_cxl(report_member(object, "cxl"), &function->cxl);
	read_rest(object, function);
	function->ats = (struct p2p_ats){
		report_fact(ats), report_fact(pri), report_fact(pasid),
		report_flag(ats, "enabled"), report_flag(pri, "enabled"),
		report_flag(pasid, "enabled"),
	};
}

static const struct { const char *name; enum p2p_bar_kind kind; } bar_kinds[] = {
	{ "io", P2P_BAR_IO }, { "mem32", P2P_BAR_MEM32 }, { "mem64", P2P_BAR_MEM64 },
};

static void read_rebar(struct json_object *object, struct p2p_rebar *rebar)
{
	struct json_object *sizes = report_member(object, "possible_bytes");
	size_t count = json_object_is_type(sizes, json_type_array) ?
		       json_object_array_length(sizes) : 0;

	rebar->fact = report_fact(object);
	rebar->size_bytes = (uint64_t)report_number(object, "size_bytes").value;
	for (size_t i = 0; i < count; i++)
		rebar->sizes |= (uint64_t)json_object_get_int64(
			json_object_array_get_idx(sizes, i)) >> 20;
}

static void read_bar(struct json_object *object, struct p2p_function *function)
{
	const char *kind = report_text(object, "kind");
	struct p2p_number index = report_number(object, "index");
	struct p2p_number size = report_number(object, "size_bytes");
	struct p2p_bar *bar;

	if (index.fact != P2P_PRESENT || index.value < 0 || index.value >= P2P_BARS)
		return;
	bar = &function->bar[index.value];
	for (size_t i = 0; kind && i < LENGTH(bar_kinds); i++)
		if (!strcmp(kind, bar_kinds[i].name))
			bar->kind = bar_kinds[i].kind;
	bar->fact = size.fact;
	bar->size_bytes = (uint64_t)size.value;
	bar->cpu = report_hex(object, "cpu_address");
	bar->bus_fact = report_text(object, "bus_address") ? P2P_PRESENT : P2P_DENIED;
	bar->bus = report_hex(object, "bus_address");
	bar->prefetchable = report_flag(object, "prefetchable");
	read_rebar(report_member(object, "rebar"), &bar->rebar);
	if (bar->rebar.fact == P2P_PRESENT)
		function->rebar = P2P_PRESENT;
}

static void read_window(struct json_object *object, struct p2p_window *window)
{
	struct p2p_number free_bytes = report_number(object, "free_bytes");

	window->prefetchable = report_flag(object, "prefetchable");
	window->first = 1;
	window->fact = report_tri(object, "present") == P2P_UNKNOWN ? P2P_DENIED : P2P_PRESENT;
	if (!report_text(object, "first") || !report_text(object, "last"))
		return;
	window->first = report_hex(object, "first");
	window->last = report_hex(object, "last");
	window->free_fact = free_bytes.fact;
	window->free_bytes = (uint64_t)free_bytes.value;
	window->largest_free_bytes = (uint64_t)report_number(object, "largest_free_bytes").value;
}

void report_memory(struct json_object *object, struct p2p_function *function)
{
	struct json_object *bars = report_member(object, "bars");
	struct json_object *windows = report_member(object, "windows");
	bool bridge = json_object_is_type(windows, json_type_array);

	if (json_object_is_type(bars, json_type_array))
		for (size_t i = 0; i < json_object_array_length(bars); i++)
			read_bar(json_object_array_get_idx(bars, i), function);
	for (size_t i = 0; i < P2P_WINDOWS; i++) {
		function->window[i].fact = P2P_ABSENT;
		if (bridge)
			read_window(json_object_array_get_idx(windows, i), &function->window[i]);
	}
}
