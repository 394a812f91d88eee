/* SPDX-License-Identifier: GPL-2.0-only */
#include "../fuzz.h"
#include "model.h"

struct model model;

static u32 pair_index(const struct pci_dev *provider, const struct pci_dev *client)
{
	u32 i = 0;

	while (i < model.nr_pairs && (model.devices[model.tables.pairs[i].provider] != provider ||
				      model.devices[model.tables.pairs[i].client] != client))
		i++;
	return i;
}

enum p2pgate_reason model_judge(const struct pci_dev *provider, const struct pci_dev *client)
{
	u32 i = pair_index(provider, client);

	if (provider == client)
		return P2PGATE_SELF;
	if (i == model.nr_pairs)
		return P2PGATE_NOT_LISTED;
	if (machine_is_direct(provider, client))
		model.tables.pairs[i].flags &= ~P2PGATE_PAIR_PROMOTED;
	return model.tables.pairs[i].flags & P2PGATE_PAIR_PROMOTED ? P2PGATE_PROMOTED : P2PGATE_LISTED;
}

/* A pair is lost by the first of its functions that goes. */
void model_forget(const struct pci_dev *dev)
{
	for (u32 i = 0; i < model.nr_functions; i++) {
		if (model.devices[i] == dev)
			model.devices[i] = NULL;
	}
}

/* What the caller had at @address. */
static bool look_up(u64 address, size_t n, const unsigned char *copy, void *to)
{
	uintptr_t at = (uintptr_t)address - (uintptr_t)kernel.user;

	if (n && (at > sizeof(kernel.user) || n > sizeof(kernel.user) - at))
		return false;
	if (n)
		memcpy(to, copy + at, n);
	return true;
}

static bool is_good_function(const struct p2pgate_function *function, const struct p2pgate_function *before)
{
	for (size_t i = 0; i < PLACES; i++) {
		struct p2pgate_function there;

		if (!kernel.bus[i])
			continue;
		there = machine_describe(kernel.bus[i]);
		if (!memcmp(&there, function, sizeof(there)))
			return !before || before->domain < function->domain ||
			       (before->domain == function->domain &&
				(before->bus < function->bus ||
				 (before->bus == function->bus && before->devfn < function->devfn)));
	}
	return false;
}

static bool is_good_pair(const struct p2pgate_pair *pair, const struct p2pgate_pair *before, u32 n)
{
	return pair->provider < n && pair->client < n && pair->provider != pair->client &&
	       !(pair->flags & ~(gate_promote ? P2PGATE_PAIR_PROMOTE : 0)) &&
	       (!before || before->provider < pair->provider ||
		(before->provider == pair->provider && before->client < pair->client));
}

static bool are_good(const struct model_tables *tables, u32 nr_functions, u32 nr_pairs)
{
	for (u32 i = 0; i < nr_functions; i++) {
		if (!is_good_function(&tables->functions[i], i ? &tables->functions[i - 1] : NULL))
			return false;
	}
	for (u32 i = 0; i < nr_pairs; i++) {
		if (!is_good_pair(&tables->pairs[i], i ? &tables->pairs[i - 1] : NULL, nr_functions))
			return false;
	}
	return true;
}

bool model_is_good(const struct p2pgate_set *set, bool may_write, const unsigned char *copy,
		   struct model_tables *ret_tables)
{
	if (!kernel.admin || !may_write || set->size < sizeof(*set) || set->size > 4096 ||
	    set->mode > P2PGATE_ENFORCE || set->flags || set->bad || set->generation != model.generation ||
	    set->nr_functions > PLACES || set->nr_pairs > MOST_PAIRS)
		return false;
	for (size_t i = sizeof(*set); i < set->size; i++) {
		if (copy[i])
			return false;
	}
	return look_up(set->functions, set->nr_functions * sizeof(ret_tables->functions[0]), copy, ret_tables->functions) &&
	       look_up(set->pairs, set->nr_pairs * sizeof(ret_tables->pairs[0]), copy, ret_tables->pairs) &&
	       are_good(ret_tables, set->nr_functions, set->nr_pairs);
}

void model_set(const struct p2pgate_set *set, const struct model_tables *tables)
{
	model.mode = set->mode;
	model.generation++;
	model.nr_functions = set->nr_functions;
	model.nr_pairs = set->nr_pairs;
	memcpy(model.tag, set->tag, sizeof(model.tag));
	model.tables = *tables;
	for (u32 i = 0; i < set->nr_functions; i++) {
		const struct p2pgate_function *function = &tables->functions[i];

		model.devices[i] = pci_get_domain_bus_and_slot((int)function->domain, function->bus, function->devfn);
		pci_dev_put(model.devices[i]);
	}
	for (u32 i = 0; i < set->nr_pairs; i++) {
		struct p2pgate_pair *pair = &model.tables.pairs[i];

		if (pair->flags && machine_distance(model.devices[pair->provider], model.devices[pair->client]) < 0)
			pair->flags |= P2PGATE_PAIR_PROMOTED;
	}
}

u32 model_live_pairs(void)
{
	u32 n = 0;

	for (u32 i = 0; i < model.nr_pairs; i++)
		n += model.devices[model.tables.pairs[i].provider] && model.devices[model.tables.pairs[i].client];
	return n;
}

void model_check_tables(const struct p2pgate_function *functions, const struct p2pgate_pair *pairs, u32 n)
{
	u32 k = 0;

	for (u32 i = 0; i < model.nr_functions; i++) {
		struct p2pgate_function expected = model.tables.functions[i];

		expected.flags = model.devices[i] ? 0 : P2PGATE_FUNCTION_GONE;
		CHECK(!memcmp(&functions[i], &expected, sizeof(expected)));
	}
	for (u32 i = 0; i < model.nr_pairs; i++) {
		if (model.devices[model.tables.pairs[i].provider] && model.devices[model.tables.pairs[i].client])
			CHECK(k < n && !memcmp(&pairs[k++], &model.tables.pairs[i], sizeof(*pairs)));
	}
	CHECK(k == n);
}
