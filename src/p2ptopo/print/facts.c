/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/facts.h"
#include "print/words.h"

struct json_object *facts_link(struct p2p_link link)
{
	struct json_object *object;

	if (!link.speed_mtps || !link.width)
		return NULL;
	object = json_object_new_object();
	json_put(object, "speed_mtps", json_count(link.speed_mtps));
	json_put(object, "width", json_count(link.width));
	return object;
}

struct json_object *facts_bits(uint16_t bits)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < ACS_BITS; i++)
		if (bits & acs_bits[i].bit)
			json_object_array_add(array, json_text(acs_bits[i].name));
	return array;
}

static struct json_object *tri_of(enum p2p_fact fact)
{
	return fact == P2P_DENIED ? NULL : json_flag(fact == P2P_PRESENT);
}

static void put_pcie(struct json_object *object, const struct p2p_function *function)
{
	const struct p2p_pcie *pcie = &function->pcie;

	json_put(object, "offset", json_hex(pcie->offset, 2));
	json_put(object, "type", json_text(p2p_port_type_name(pcie->type)));
	json_put(object, "link_now", facts_link(pcie->now));
	json_put(object, "link_most", facts_link(pcie->most));
	json_put(object, "mps_bytes", json_count(pcie->mps_bytes));
	json_put(object, "mps_supported_bytes", json_count(pcie->mps_supported_bytes));
	json_put(object, "mrrs_bytes", json_count(pcie->mrrs_bytes));
	json_put(object, "relaxed_ordering", json_flag(pcie->relaxed_ordering));
	json_put(object, "extended_tags", json_flag(pcie->extended_tags));
	json_put(object, "tags_10bit", json_flag(pcie->tags_10bit));
	json_put(object, "atomic_routing", json_flag(pcie->atomic_routing));
	json_put(object, "atomic_completer_32", json_flag(pcie->atomic_completer_32));
	json_put(object, "atomic_completer_64", json_flag(pcie->atomic_completer_64));
	json_put(object, "atomic_completer_128cas", json_flag(pcie->atomic_completer_128cas));
	json_put(object, "atomic_requester", json_flag(pcie->atomic_requester));
	json_put(object, "atomic_egress_block", json_flag(pcie->atomic_egress_block));
	json_put(object, "ari_forwarding", json_flag(pcie->ari_forwarding));
	json_put(object, "aspm_l0s", json_flag(pcie->aspm & 1));
	json_put(object, "aspm_l1", json_flag(pcie->aspm & 2));
	json_put(object, "port_number", json_number(pcie->port_number));
	json_put(object, "slot_number", pcie->slot ? json_count(pcie->slot_number) : NULL);
	json_put(object, "hotplug", json_flag(pcie->hotplug));
	json_put(object, "flit", json_flag(pcie->flit));
}

static struct json_object *egress_vector(const struct p2p_acs *acs)
{
	struct json_object *array;

	if (!acs->egress_bits || acs->egress_fact != P2P_PRESENT)
		return NULL;
	array = json_object_new_array();
	for (unsigned int i = 0; i < (acs->egress_bits + 31) / 32; i++)
		json_object_array_add(array, json_hex(acs->egress[i], 8));
	return array;
}

static void put_acs(struct json_object *object, const struct p2p_function *function)
{
	const struct p2p_acs *acs = &function->acs;
	bool enhanced = acs->capability & P2P_ACS_ENHANCED;

	json_put(object, "offset", json_hex(acs->offset, 3));
	json_put(object, "capability", json_hex(acs->capability, 4));
	json_put(object, "control", json_hex(acs->control, 4));
	json_put(object, "kernel_control", json_hex(acs->kernel_control, 4));
	json_put(object, "can", facts_bits(acs->capability));
	json_put(object, "on", facts_bits(acs->control));
	json_put(object, "redirects", json_flag(acs->kernel_control & ACS_REDIRECTS));
	json_put(object, "enhanced", json_flag(enhanced));
	json_put(object, "io_request_blocking",
		 enhanced ? json_flag(acs->control & P2P_ACS_IORB) : NULL);
	json_put(object, "dsp_memory_target",
		 enhanced ? json_count((acs->control & P2P_ACS_DSP_MT) >> 8) : NULL);
	json_put(object, "usp_memory_target",
		 enhanced ? json_count((acs->control & P2P_ACS_USP_MT) >> 10) : NULL);
	json_put(object, "unclaimed_request_redirect",
		 enhanced ? json_flag(acs->control & P2P_ACS_URRC) : NULL);
	json_put(object, "egress_bits", json_count(acs->egress_bits));
	json_put(object, "egress_vector", egress_vector(acs));
}

static void put_ats(struct json_object *object, const struct p2p_function *function)
{
	json_put(object, "enabled", json_flag(function->ats.ats_enabled));
}

static void put_pri(struct json_object *object, const struct p2p_function *function)
{
	json_put(object, "enabled", json_flag(function->ats.pri_enabled));
}

static void put_pasid(struct json_object *object, const struct p2p_function *function)
{
	json_put(object, "enabled", json_flag(function->ats.pasid_enabled));
}

static void put_sriov(struct json_object *object, const struct p2p_function *function)
{
	json_put(object, "total", json_count(function->sriov.total));
	json_put(object, "active", json_count(function->sriov.active));
	json_put(object, "vf_device", json_hex(function->sriov.vf_device, 4));
	json_put(object, "first_offset", json_count(function->sriov.first_offset));
	json_put(object, "stride", json_count(function->sriov.stride));
}

static void put_dpc(struct json_object *object, const struct p2p_function *function)
{
	json_put(object, "enabled", json_flag(function->dpc.enabled));
	json_put(object, "triggered", json_flag(function->dpc.triggered));
}

static void put_aer(struct json_object *object, const struct p2p_function *function)
{
	json_put(object, "uncorrectable", json_hex(function->aer.uncorrectable, 8));
	json_put(object, "correctable", json_hex(function->aer.correctable, 8));
	json_put(object, "acs_violation", json_flag(function->aer.uncorrectable & 1u << 21));
}

static void put_cxl(struct json_object *object, const struct p2p_function *function)
{
	const struct p2p_cxl *cxl = &function->cxl;
	struct json_object *ids = json_object_new_array();

	for (unsigned int i = 0; i < 16; i++)
		if (cxl->dvsec_ids & 1u << i)
			json_object_array_add(ids, json_count(i));
	json_put(object, "dvsec_ids", ids);
	json_put(object, "cache", json_flag(cxl->cache));
	json_put(object, "io", json_flag(cxl->io));
	json_put(object, "mem", json_flag(cxl->mem));
	json_put(object, "mem_enabled", json_flag(cxl->mem_enabled));
}

static void put_pool(struct json_object *object, const struct p2p_function *function)
{
	json_put(object, "size_bytes", json_count(function->pool.size_bytes));
	json_put(object, "available_bytes", json_count(function->pool.available_bytes));
	json_put(object, "published", json_flag(function->pool.published));
}

/* What an object with "present" starts with; NULL unless there is more to say. */
static struct json_object *capability(const struct p2p_function *function, enum p2p_fact fact,
				      bool config)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "present", tri_of(fact));
	if (fact == P2P_DENIED)
		json_put(object, "reason",
			 json_text(config ? words_denied(function) : "not recorded"));
	return object;
}

struct json_object *facts_acs(const struct p2p_function *function)
{
	struct json_object *object = capability(function, function->acs.fact, true);

	json_put(object, "kernel_present", tri_of(function->acs.kernel_fact));
	if (function->acs.fact == P2P_PRESENT)
		put_acs(object, function);
	return object;
}

/* Known without root, too, where sysfs tells it. */
static struct json_object *json_link(const struct p2p_pcie *pcie)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "present", tri_of(pcie->link));
	if (pcie->link == P2P_PRESENT) {
		json_put(object, "now", facts_link(pcie->now));
		json_put(object, "most", facts_link(pcie->most));
	}
	return object;
}

static void put_capabilities(struct json_object *object, const struct p2p_function *f)
{
	const struct {
		const char *key;
		enum p2p_fact fact;
		void (*put)(struct json_object *object, const struct p2p_function *function);
		bool config;
	} rows[] = {
		{ "pcie", f->pcie.fact, put_pcie, true },
		{ "ats", f->ats.ats, put_ats, true },
		{ "pri", f->ats.pri, put_pri, true },
		{ "pasid", f->ats.pasid, put_pasid, true },
		{ "ari", f->ari, NULL, true },
		{ "sriov", f->sriov.fact, put_sriov, true },
		{ "dpc", f->dpc.fact, put_dpc, true },
		{ "aer", f->aer.fact, put_aer, true },
		{ "cxl", f->cxl.fact, put_cxl, true },
		{ "p2pmem", f->pool.fact, put_pool, false },
	};

	json_put(object, "link", json_link(&f->pcie));
	json_put(object, "acs", facts_acs(f));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *value = capability(f, rows[i].fact, rows[i].config);

		if (rows[i].fact == P2P_PRESENT && rows[i].put)
			rows[i].put(value, f);
		json_put(object, rows[i].key, value);
	}
}

static const char *bar_kind(enum p2p_bar_kind kind)
{
	static const char *const names[] = {
		[P2P_BAR_UNUSED] = "unused", [P2P_BAR_IO] = "io",
		[P2P_BAR_MEM32] = "mem32", [P2P_BAR_MEM64] = "mem64",
	};

	return names[kind];
}

static struct json_object *rebar(const struct p2p_function *function, const struct p2p_rebar *rebar)
{
	struct json_object *object = capability(function, rebar->fact, true), *sizes;

	if (rebar->fact != P2P_PRESENT)
		return object;
	sizes = json_object_new_array();
	for (unsigned int i = 0; i < 44; i++)
		if (rebar->sizes & UINT64_C(1) << i)
			json_object_array_add(sizes, json_count(UINT64_C(1) << (i + 20)));
	json_put(object, "possible_bytes", sizes);
	json_put(object, "size_bytes", json_count(rebar->size_bytes));
	return object;
}

static struct json_object *bars(const struct p2p_function *function)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < P2P_BARS; i++) {
		const struct p2p_bar *bar = &function->bar[i];
		struct json_object *object;
		bool sized = bar->fact == P2P_PRESENT, on_bus = bar->bus_fact == P2P_PRESENT;

		if (bar->kind == P2P_BAR_UNUSED)
			continue;
		object = json_object_new_object();
		json_put(object, "index", json_count(i));
		json_put(object, "kind", json_text(bar_kind(bar->kind)));
		json_put(object, "prefetchable", json_flag(bar->prefetchable));
		json_put(object, "size_bytes", sized ? json_count(bar->size_bytes) : NULL);
		json_put(object, "cpu_address", sized ? json_hex(bar->cpu, 16) : NULL);
		json_put(object, "bus_address", on_bus ? json_hex(bar->bus, 16) : NULL);
		json_put(object, "rebar", rebar(function, &bar->rebar));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *windows(const struct p2p_function *function)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < P2P_WINDOWS; i++) {
		const struct p2p_window *window = &function->window[i];
		struct json_object *object = json_object_new_object();
		bool open = window->fact == P2P_PRESENT && window->first <= window->last;
		bool known = open && window->free_fact == P2P_PRESENT;

		json_put(object, "prefetchable", json_flag(window->prefetchable));
		json_put(object, "present",
			 window->fact == P2P_DENIED ? NULL : json_flag(open));
		json_put(object, "first", open ? json_hex(window->first, 16) : NULL);
		json_put(object, "last", open ? json_hex(window->last, 16) : NULL);
		json_put(object, "free_bytes", known ? json_count(window->free_bytes) : NULL);
		json_put(object, "largest_free_bytes",
			 known ? json_count(window->largest_free_bytes) : NULL);
		json_object_array_add(array, object);
	}
	return array;
}

/* Why what is null above is not known; what is null and not here is absent. */
static struct json_object *unknowns(const struct p2p_function *f)
{
	struct json_object *object = json_object_new_object();
	const struct {
		const char *key, *why;
		bool denied;
	} rows[] = {
		{ "vendor", "not recorded", f->ids == P2P_DENIED },
		{ "device", "not recorded", f->ids == P2P_DENIED },
		{ "header_type", words_denied(f), f->header == P2P_DENIED },
		{ "serial", words_denied(f), f->serial.fact == P2P_DENIED },
		{ "driver", "not recorded", f->driver_fact == P2P_DENIED },
		{ "numa_node", "not recorded", f->numa.fact == P2P_DENIED },
		{ "iommu_group", "not recorded", f->iommu_group.fact == P2P_DENIED },
		{ "iommu_type", "not recorded",
		  !f->iommu_type && f->iommu_group.fact != P2P_ABSENT },
		{ "cpus", "not recorded", !f->cpus },
		{ "power_state", "not recorded", !f->power_state },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].denied)
			json_put(object, rows[i].key, json_text(rows[i].why));
	return object;
}

static void put_identity(struct json_object *object, const struct p2p_function *f)
{
	bool ids = f->ids == P2P_PRESENT, header = f->header == P2P_PRESENT;
	bool bridge = header && p2p_function_is_bridge(f);

	json_put(object, "subsystem_vendor", ids ? json_hex(f->subsystem_vendor, 4) : NULL);
	json_put(object, "subsystem_device", ids ? json_hex(f->subsystem_device, 4) : NULL);
	json_put(object, "class_code", ids ? json_hex(f->class_code, 6) : NULL);
	json_put(object, "class_name", json_text(f->class_name));
	json_put(object, "revision", header ? json_hex(f->revision, 2) : NULL);
	json_put(object, "header_type", header ? json_count(f->header_type) : NULL);
	json_put(object, "multifunction", header ? json_flag(f->multifunction) : NULL);
	json_put(object, "config_bytes", json_count(f->config_bytes));
	json_put(object, "capabilities_broken", json_flag(f->capabilities_broken));
	json_put(object, "missing", json_flag(f->missing));
	json_put(object, "orphan", json_flag(f->orphan));
	json_put(object, "host_bridge", f->host ? json_text(f->host->name) : NULL);
	json_put(object, "parent", json_bdf(f->parent));
	json_put(object, "physfn", json_bdf(f->physfn));
	json_put(object, "depth", json_count(f->depth));
	json_put(object, "secondary_bus", bridge ? json_hex(f->secondary, 2) : NULL);
	json_put(object, "subordinate_bus", bridge ? json_hex(f->subordinate, 2) : NULL);
}

struct json_object *facts_function(const struct p2p_function *function)
{
	struct json_object *object = json_device(function);
	bool serial = function->serial.fact == P2P_PRESENT;

	put_identity(object, function);
	json_put(object, "serial",
		 serial ? json_hex((uint64_t)function->serial.value, 16) : NULL);
	json_put(object, "iommu_group", json_number(function->iommu_group));
	json_put(object, "iommu_type", json_text(function->iommu_type));
	json_put(object, "power_state", json_text(function->power_state));
	json_put(object, "slot", json_text(function->slot));
	json_put(object, "switch_id",
		 function->switch_id ? json_count(function->switch_id) : NULL);
	json_put(object, "emulated", json_flag(function->emulated));
	put_capabilities(object, function);
	json_put(object, "bars", bars(function));
	json_put(object, "windows", p2p_function_is_bridge(function) ? windows(function) : NULL);
	json_put(object, "unknown", unknowns(function));
	return object;
}

struct json_object *facts_host_bridge(const struct p2p_host_bridge *host)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "name", json_text(host->name));
	json_put(object, "numa_node", json_number(host->numa));
	json_put(object, "bus_offset",
		 host->offset_fact == P2P_PRESENT ? json_object_new_int64(host->offset) : NULL);
	json_put(object, "vmd", json_flag(host->vmd));
	json_put(object, "behind", json_bdf(host->behind));
	json_put(object, "functions", json_functions(host->root, host->roots));
	return object;
}

struct json_object *facts_machine(const struct p2p_machine *machine)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "cmdline", json_text(machine->cmdline));
	json_put(object, "p2pdma", json_tri(machine->p2pdma));
	json_put(object, "cpu_vendor", json_text(machine->cpu_vendor));
	json_put(object, "cpu_x86", machine->cpu_family.fact == P2P_DENIED ? NULL :
		 json_flag(machine->cpu_family.fact == P2P_PRESENT));
	json_put(object, "cpu_family", json_number(machine->cpu_family));
	json_put(object, "cpu_model", json_number(machine->cpu_model));
	json_put(object, "cpu_name", json_text(machine->cpu_name));
	json_put(object, "iommu", json_tri(machine->iommu));
	json_put(object, "virtual_machine", json_tri(machine->virtual_machine));
	json_put(object, "hypervisor", json_text(machine->hypervisor));
	json_put(object, "numa_nodes",
		 machine->numa_nodes ? json_count(machine->numa_nodes) : NULL);
	return object;
}
