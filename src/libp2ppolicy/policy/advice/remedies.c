/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would help a pair that no register helps, and what else its ends lack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pci-regs.h"
#include "policy/advice/advice.h"
#include "topology/build.h"
#include "verdict/eval.h"

/* Format the text of a remedy, which lives as long as the advice. */
#define SAY(advice, ...) p2p_arena_format(&(advice)->arena, __VA_ARGS__)

/* At most this many functions are named in a sentence. */
#define UNREAD 8

typedef int remedy_fn(struct p2p_advice *advice, const struct p2p_advised *advised);

/* What a kernel with another rule set, built with CONFIG_PCI_P2PDMA, would decide. */
static int eval_by(struct p2p_advice *advice, const char *rules, const struct p2p_pair *pair,
		    struct p2p_verdict *ret_verdict)
{
	struct p2p_eval *eval;
	int r = p2p_eval_new(advice->context, advice->topology, rules, &eval);

	if (r < 0)
		return r;
	p2p_eval_pair(eval, pair->provider, pair->client, ret_verdict);
	p2p_eval_free(eval);
	return 0;
}

static int compare_bdf(const void *a, const void *b)
{
	const struct p2p_function *const *left = a, *const *right = b;

	return p2p_bdf_compare((*left)->bdf, (*right)->bdf);
}

/* Sorted by address, so that the text is the same for a pair and its reverse. */
static void name_unread(struct p2p_advice *advice, const struct p2p_verdict *verdict, char *text,
			size_t size)
{
	const struct p2p_function *list[UNREAD];
	size_t count = p2p_eval_unread(advice->eval, verdict, list, UNREAD), used = 0;
	size_t listed = count < UNREAD ? count : UNREAD;
	char bdf[P2P_BDF_SIZE];

	*text = '\0';
	qsort((void *)list, listed, sizeof(struct p2p_function *), compare_bdf);
	for (size_t i = 0; i < listed && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
					 p2p_bdf_format(list[i]->bdf, bdf));
	if (count > UNREAD && used < size)
		snprintf(text + used, size - used, " and %zu more", count - UNREAD);
}

static const struct {
	enum p2p_reason reason;
	const char *what;
} unknown[] = {
	{ P2P_REASON_ROOT_UNKNOWN, "the first device of the host bridge" },
	{ P2P_REASON_CPU_UNKNOWN, "which CPU it is" },
	{ P2P_REASON_IOMMU_UNKNOWN, "whether an IOMMU is in use" },
	{ P2P_REASON_P2PDMA_UNKNOWN, "whether the kernel has CONFIG_PCI_P2PDMA" },
	{ P2P_REASON_PATH_UNKNOWN, "which bridges are above the two" },
};

static const char *what_is_unknown(struct p2p_advice *advice, const struct p2p_verdict *verdict)
{
	char unread[256];

	for (size_t i = 0; i < P2P_LENGTH(unknown); i++)
		if (unknown[i].reason == verdict->kernel.reason)
			return unknown[i].what;
	name_unread(advice, verdict, unread, sizeof(unread));
	return *unread ? SAY(advice, "ACS of %s", unread) : NULL;
}

static int read_facts(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_READ, .pair = advised->pair };
	enum p2p_source source = p2p_topology_machine(advice->topology)->source;
	const char *what = what_is_unknown(advice, &advised->before);

	if (!what)
		return 0;
	remedy.text = SAY(advice, "%s could not be read: %s", what,
			  source == P2P_SOURCE_LIVE ? p2p_live_cure() : p2p_source_text(source)->cure);
	p2p_advice_add(advice, &remedy);
	return 0;
}

/* With CONFIG_PCI_P2PDMA off, every pair is refused whatever the hardware. */
static int build_kernel(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_CONFIG, .pair = advised->pair };
	const struct p2p_verdict *after = &advised->after;
	bool changed = advice->register_count;

	if (advised->before.kernel.reason != P2P_REASON_NOT_COMPILED)
		return 0;
	remedy.map_type = after->kernel.map_type;
	remedy.sure = p2p_goal_met(advice->goal, after);
	remedy.line = "CONFIG_PCI_P2PDMA=y";
	remedy.text = SAY(advice, "this kernel was built without CONFIG_PCI_P2PDMA and refuses "
			  "every pair, regardless of anything else; built with it%s, it would "
			  "answer %s",
			  changed ? ", and with the registers changed" : "",
			  p2p_map_type_name(after->kernel.map_type));
	p2p_advice_add(advice, &remedy);
	return 0;
}

static const char not_asked[] = ", but the drivers of this pair do not ask p2pdma";

/* The first later rule set that is not experimental and meets the goal. */
static int newer_kernel(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	const struct p2p_rules *rules = p2p_eval_rules(advice->eval), *row;
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_KERNEL, .pair = advised->pair };
	bool later = false, asked = p2p_advice_is_asked(&advised->before), met;

	/* If its own rules would permit the pair, or facts are missing, the kernel's age is not the cause. */
	if (advised->after.kernel.map_type != P2P_MAP_NOT_SUPPORTED)
		return 0;
	for (size_t i = 0; (row = p2p_rules_at(i)); i++) {
		struct p2p_verdict verdict;
		int r;

		if (later && !p2p_rules_is_experimental(row)) {
			r = eval_by(advice, p2p_rules_name(row), &advised->pair, &verdict);
			if (r < 0)
				return r;
			remedy.map_type = verdict.kernel.map_type;
			met = p2p_goal_met(advice->goal, &verdict);
			/* What p2pdma answers helps only drivers that ask it. */
			remedy.sure = met && asked;
			if (met)
				break;
		}
		later |= row == rules;
	}
	if (!row)
		return 0;
	remedy.line = p2p_rules_name(row);
	remedy.text = row->released ?
		      SAY(advice, "kernel %s or later answers %s%s", remedy.line, p2p_map_type_name(remedy.map_type),
			  asked ? "" : not_asked) :
		      SAY(advice, "the next kernel release, by a change that is queued, answers %s%s",
			  p2p_map_type_name(remedy.map_type), asked ? "" : not_asked);
	p2p_advice_add(advice, &remedy);
	return 0;
}

static const struct { uint16_t id; const char *macro; } vendors[] = {
	{ 0x8086, "PCI_VENDOR_ID_INTEL" }, { 0x1022, "PCI_VENDOR_ID_AMD" },
	{ 0x10de, "PCI_VENDOR_ID_NVIDIA" }, { 0x1d17, "PCI_VENDOR_ID_ZHAOXIN" },
	{ 0x1ded, "PCI_VENDOR_ID_ALIBABA" }, { 0x14e4, "PCI_VENDOR_ID_BROADCOM" },
	{ 0x19e5, "PCI_VENDOR_ID_HUAWEI" }, { 0x1ae0, "PCI_VENDOR_ID_GOOGLE" },
	{ 0x177d, "PCI_VENDOR_ID_CAVIUM" }, { 0x1b36, "PCI_VENDOR_ID_REDHAT" },
	{ 0x17cb, "PCI_VENDOR_ID_QCOM" }, { 0x1d94, "PCI_VENDOR_ID_HYGON" },
};

/* In the format of the rows of pci_p2pdma_whitelist[] in drivers/pci/p2pdma.c. */
static const char *whitelist_row(struct p2p_advice *advice, const struct p2p_function *root,
				 bool same)
{
	const char *flags = same ? "REQ_SAME_HOST_BRIDGE" : "0";

	for (size_t i = 0; i < P2P_LENGTH(vendors); i++)
		if (vendors[i].id == root->vendor)
			return SAY(advice, "{%s,\t0x%04x, %s},", vendors[i].macro, root->device,
				   flags);
	return SAY(advice, "{0x%04x,\t0x%04x, %s},", root->vendor, root->device, flags);
}

static bool reads_fail(const struct p2p_advice *advice, const struct p2p_verdict *verdict)
{
	struct p2p_score score;

	p2p_eval_score(advice->eval, verdict, &score);
	return score.read.way == P2P_LIMIT_WRITES_ONLY;
}

static void add_row(struct p2p_advice *advice, const struct p2p_advised *advised,
		    const struct p2p_root *root, bool same)
{
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_WHITELIST, .pair = advised->pair };
	char bdf[P2P_BDF_SIZE];

	if (root->fact != P2P_PRESENT || (root->row && (same || !root->same_bridge_only)))
		return;
	remedy.function = root->device;
	remedy.line = whitelist_row(advice, root->device, same);
	remedy.text = reads_fail(advice, &advised->before) ?
		SAY(advice, "this row would permit the pair, but this root complex (%s, %04x:%04x) is known to pass only "
		    "posted writes between its ports: reads of peers would fail silently; do not ask for it",
		    p2p_bdf_format(root->device->bdf, bdf), root->device->vendor, root->device->device) :
		root->row ?
		SAY(advice, "the kernel lists %s (%s) for pairs of one host bridge only; a row without "
		    "REQ_SAME_HOST_BRIDGE would permit the pair, but belongs there only once the "
		    "hardware is shown to forward such requests", p2p_bdf_format(root->device->bdf, bdf), root->row) :
		SAY(advice, "the kernel compares %s (%04x:%04x) with its list of host bridges, which "
		    "lacks it; this row would permit the pair, but belongs there only once the "
		    "hardware is shown to forward such requests", p2p_bdf_format(root->device->bdf, bdf),
		    root->device->vendor, root->device->device);
	p2p_advice_add(advice, &remedy);
}

static void add_no_root(struct p2p_advice *advice, const struct p2p_advised *advised,
			const struct p2p_root *root, const struct p2p_host_bridge *host)
{
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_WHITELIST, .pair = advised->pair };

	if (root->fact != P2P_ABSENT)
		return;
	remedy.text = SAY(advice, "the kernel finds no device of host bridge %s to compare with its "
			  "list: no row can permit the pair", host->name);
	p2p_advice_add(advice, &remedy);
}

static int whitelist(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	const struct p2p_kernel *kernel = &advised->before.kernel;
	const struct p2p_host_bridge *from = advised->pair.provider->host;
	const struct p2p_host_bridge *to = advised->pair.client->host;
	bool same = from == to;

	/* A guest's host bridge is emulated, and no row in the guest says whether the real one forwards. */
	if (p2p_topology_machine(advice->topology)->virtual_machine == P2P_YES)
		return 0;
	if (kernel->reason != P2P_REASON_HOST_NOT_LISTED &&
	    kernel->reason != P2P_REASON_HOST_SAME_ONLY &&
	    kernel->reason != P2P_REASON_NO_ROOT_DEVICE &&
	    kernel->reason != P2P_REASON_ACS_REFUSED)
		return 0;
	add_row(advice, advised, &kernel->provider_root, same);
	add_no_root(advice, advised, &kernel->provider_root, from);
	if (same)
		return 0;
	if (kernel->client_root.device != kernel->provider_root.device)
		add_row(advice, advised, &kernel->client_root, same);
	add_no_root(advice, advised, &kernel->client_root, to);
	return 0;
}

static int change_iommu(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	struct p2p_change change = { .kind = P2P_CHANGE_IOMMU, .iommu = P2P_IOMMU_OFF };
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_IOMMU, .pair = advised->pair };
	struct p2p_topology *off;
	struct p2p_eval *eval;
	struct p2p_verdict verdict;
	int r;

	if (advised->before.kernel.reason != P2P_REASON_IOMMU_PRESENT)
		return 0;
	r = p2p_topology_change(advice->context, advice->topology, &change, 1, &off);
	if (r < 0)
		return r;
	r = p2p_eval_new(advice->context, off, advice->kernel, &eval);
	if (!r) {
		p2p_advice_eval(eval, &advised->pair, &verdict);
		remedy.map_type = verdict.kernel.map_type;
		remedy.sure = p2p_goal_met(advice->goal, &verdict);
		remedy.text = SAY(advice, "kernels 5.2 and 5.3 refuse pairs through host bridges "
				  "while an IOMMU is in use; with the IOMMU off they answer %s, but any "
				  "device can then reach any memory",
				  p2p_map_type_name(verdict.kernel.map_type));
		if (remedy.map_type != P2P_MAP_NOT_SUPPORTED)
			p2p_advice_add(advice, &remedy);
		p2p_eval_free(eval);
	}
	p2p_topology_free(off);
	return r;
}

static void check_driver(struct p2p_advice *advice, const struct p2p_advised *advised,
			 const struct p2p_function *function, bool gives)
{
	const struct p2p_driver *driver = p2p_driver_find(function->driver);
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_DRIVER, .pair = advised->pair,
				     .function = function };
	enum p2p_ability ability;

	if (!driver)
		return;
	ability = gives ? driver->gives : driver->takes;
	if (ability != P2P_ABILITY_NO && ability != P2P_ABILITY_CPU)
		return;
	remedy.text = SAY(advice, "driver %s of %s does not %s: %s", driver->name,
			  function->display, gives ? "give its memory to peers" :
			  "take memory of peers", driver->how);
	p2p_advice_add(advice, &remedy);
}

/* A drive without a Controller Memory Buffer has no memory to offer. */
static void check_memory(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	const struct p2p_function *provider = advised->pair.provider;
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_MEMORY, .pair = advised->pair,
				     .function = provider };

	if (provider->kind != P2P_CLASS_NVME)
		return;
	if (provider->pool.fact == P2P_ABSENT)
		remedy.text = SAY(advice, "%s offers no memory: its driver registered no Controller "
				  "Memory Buffer, so it can only be the client", provider->display);
	else if (provider->pool.fact == P2P_PRESENT && !provider->pool.published)
		remedy.text = SAY(advice, "%s has %llu bytes of memory for peers that its driver does "
				  "not publish", provider->display,
				  (unsigned long long)provider->pool.size_bytes);
	else
		return;
	p2p_advice_add(advice, &remedy);
}

static int check_ends(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	check_driver(advice, advised, advised->pair.provider, true);
	check_driver(advice, advised, advised->pair.client, false);
	check_memory(advice, advised);
	return 0;
}

/* Other options that drivers need; reported only if the configuration says explicitly that they are off. */
static const struct {
	const char *driver, *option, *why;
} options[] = {
	{ "amdgpu", "DMABUF_MOVE_NOTIFY", "amdgpu then moves buffers to system memory before it "
	  "shares them" },
	{ "amdgpu", "HSA_AMD_P2P", "ROCm then sees no peer access between GPUs" },
	{ "mlx5_core", "DMABUF_MOVE_NOTIFY", "memory regions on dma-buf are then pinned in system "
	  "memory" },
	{ "xe", "DMABUF_MOVE_NOTIFY", "xe then moves buffers to system memory before it shares "
	  "them" },
};

/* Does one of the kernel configurations that were read have the line "# CONFIG_... is not set"? */
static bool is_off(const struct p2p_advice *advice, const char *option)
{
	static const char *const paths[] = {
		"proc/config.gz", "proc/config", "boot/config-%s", "usr/lib/modules/%s/config",
		"lib/modules/%s/config",
	};
	const char *release = p2p_topology_machine(advice->topology)->release;
	char line[128], path[256];

	snprintf(line, sizeof(line), "# CONFIG_%s is not set\n", option);
	for (size_t i = 0; i < P2P_LENGTH(paths); i++) {
		const struct p2p_file *file;

		if (strchr(paths[i], '%') && !release)
			continue;
		snprintf(path, sizeof(path), paths[i], release);
		file = p2p_snapshot_file(advice->topology->snapshot, path);
		if (file->fact == P2P_PRESENT && strstr(file->data, line))
			return true;
	}
	return false;
}

static bool has_driver(const struct p2p_advice *advice, const char *driver)
{
	for (size_t i = 0; i < advice->pair_count; i++) {
		const struct p2p_pair *pair = &advice->pairs[i].pair;

		if ((pair->provider->driver && !strcmp(pair->provider->driver, driver)) ||
		    (pair->client->driver && !strcmp(pair->client->driver, driver)))
			return true;
	}
	return false;
}

static void check_options(struct p2p_advice *advice)
{
	for (size_t i = 0; i < P2P_LENGTH(options); i++) {
		struct p2p_remedy remedy = { .kind = P2P_REMEDY_CONFIG };

		if (!has_driver(advice, options[i].driver) || !is_off(advice, options[i].option))
			continue;
		remedy.line = SAY(advice, "CONFIG_%s=y", options[i].option);
		remedy.text = SAY(advice, "this kernel was built without CONFIG_%s: %s",
				  options[i].option, options[i].why);
		p2p_advice_add(advice, &remedy);
	}
}

/* In the order in which to try them.  @in_guest: also if the host decides */
static const struct { remedy_fn *find; bool in_guest; } remedies[] = {
	{ read_facts, false }, { build_kernel, true }, { change_iommu, false }, { newer_kernel, false },
	{ p2p_advice_moves_find, false }, { whitelist, false },
};

static int help(struct p2p_advice *advice, struct p2p_advised *advised)
{
	bool host = p2p_advice_host_decides(advice, &advised->pair);
	size_t first = advice->remedy_count;
	int r = 0;

	for (size_t i = 0; i < P2P_LENGTH(remedies) && !r; i++)
		if (!host || remedies[i].in_guest)
			r = remedies[i].find(advice, advised);
	for (size_t i = first; i < advice->remedy_count; i++)
		if (advice->remedies[i].sure)
			advised->state = P2P_ADVICE_REMEDIES;
	return r;
}

int p2p_advice_remedies_find(struct p2p_advice *advice)
{
	int r = 0;

	for (size_t i = 0; i < advice->pair_count && !r; i++) {
		if (advice->pairs[i].state == P2P_ADVICE_NONE)
			r = help(advice, &advice->pairs[i]);
		if (!r)
			r = check_ends(advice, &advice->pairs[i]);
	}
	if (!r)
		r = p2p_advice_translation_find(advice);
	check_options(advice);
	p2p_advice_host_find(advice);
	return r;
}
