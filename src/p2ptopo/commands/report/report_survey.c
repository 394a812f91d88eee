/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong, for how many pairs, and which functions cause it. */
#include <errno.h>
#include <stdlib.h>

#include "commands/report/report.h"
#include "print/words.h"

/* So many groups are evaluated with one another; of more, only every nth one is. */
#define MOST_GROUPS 64

/* Worst first. A map type that is unusual for the reason has its own row. */
static const struct finding_kind kinds[] = {
	{ P2P_REASON_ACS_REFUSED, P2P_MAP_NOT_SUPPORTED, CULPRITS_PORTS,
	  "refused: ACS redirects on the path, and the kernel does not trust the host bridge" },
	{ P2P_REASON_TLP_BLOCKED, P2P_MAP_NOT_SUPPORTED, CULPRITS_PORTS,
	  "refused: ACS blocks them" },
	{ P2P_REASON_HOST_NOT_LISTED, P2P_MAP_NOT_SUPPORTED, CULPRITS_ROOTS,
	  "refused: no common bridge, and the host bridge is not on the kernel's list" },
	{ P2P_REASON_HOST_SAME_ONLY, P2P_MAP_NOT_SUPPORTED, CULPRITS_ROOTS,
	  "refused: the kernel trusts these host bridges for pairs within one, not between two" },
	{ P2P_REASON_NO_ROOT_DEVICE, P2P_MAP_NOT_SUPPORTED, CULPRITS_NONE,
	  "refused: the root bus has no device that the kernel could look up in its list" },
	{ P2P_REASON_NO_COMMON, P2P_MAP_NOT_SUPPORTED, CULPRITS_NONE,
	  "refused: no common bridge, which these rules require" },
	{ P2P_REASON_IOMMU_PRESENT, P2P_MAP_NOT_SUPPORTED, CULPRITS_NONE,
	  "refused: no common bridge, and an IOMMU is in use" },
	{ P2P_REASON_ACS_UNKNOWN, P2P_MAP_UNKNOWN, CULPRITS_UNREAD,
	  "unknown: ACS on the path could not be read" },
	{ P2P_REASON_ROOT_UNKNOWN, P2P_MAP_UNKNOWN, CULPRITS_NONE,
	  "unknown: the device that the kernel would look up in its list" },
	{ P2P_REASON_CPU_UNKNOWN, P2P_MAP_UNKNOWN, CULPRITS_ROOTS,
	  "unknown: permitted on any AMD Zen, refused on other CPUs, as the host bridge is not on "
	  "the kernel's list; the CPU is not recorded" },
	{ P2P_REASON_IOMMU_UNKNOWN, P2P_MAP_UNKNOWN, CULPRITS_NONE,
	  "unknown: permitted without an IOMMU, refused with one; whether one is in use is not "
	  "recorded" },
	{ P2P_REASON_P2PDMA_UNKNOWN, P2P_MAP_UNKNOWN, CULPRITS_NONE,
	  "unknown: whether this kernel has P2PDMA at all is not recorded" },
	{ P2P_REASON_PATH_UNKNOWN, P2P_MAP_UNKNOWN, CULPRITS_NONE,
	  "unknown: which bridges are above them is not known" },
	{ P2P_REASON_HOST_LISTED, P2P_MAP_THRU_HOST_BRIDGE, CULPRITS_PORTS,
	  "share a bridge, but go through the host bridge: ACS redirects" },
	{ P2P_REASON_CPU_ZEN, P2P_MAP_THRU_HOST_BRIDGE, CULPRITS_PORTS,
	  "share a bridge, but go through the host bridge: ACS redirects" },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Pairs without a common bridge cannot go any other way than through the host bridge, so that is not a finding. */
static const struct finding_kind *kind_of(const struct p2p_verdict *verdict)
{
	const struct p2p_kernel *kernel = &verdict->kernel;

	if (kernel->map_type == P2P_MAP_THRU_HOST_BRIDGE && !kernel->common)
		return NULL;
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].reason == kernel->reason && kinds[i].map_type == kernel->map_type)
			return &kinds[i];
	return NULL;
}

bool survey_group_pair(const struct survey *survey, const struct p2p_group *providers,
		       const struct p2p_group *clients, struct p2p_verdict *ret_verdict)
{
	size_t other = providers == clients ? 1 : 0;

	if (other >= clients->count)
		return false;
	p2p_eval_pair(survey->eval, providers->members[0], clients->members[other],
		       ret_verdict);
	return true;
}

uint64_t survey_pairs(const struct survey *survey, size_t providers, size_t clients)
{
	uint64_t first = p2p_groups_at(survey->groups, providers)->count;
	uint64_t second = p2p_groups_at(survey->groups, clients)->count;
	uint64_t left_first = survey->unpicked[providers], left_second = survey->unpicked[clients];
	uint64_t itself = providers == clients;

	return first * (second - itself) -
	       (left_first ? left_first * (left_second - itself) : 0);
}

static void name_function(struct finding *finding, const struct p2p_function *function)
{
	for (size_t i = 0; i < finding->function_count; i++)
		if (finding->functions[i] == function)
			return;
	if (finding->function_count < FINDING_FUNCTIONS)
		finding->functions[finding->function_count++] = function;
	else
		finding->more = true;
}

/* Of two roots, names the one that the reason is about. */
static void name_root(struct finding *finding, const struct p2p_root *root)
{
	bool same_only = finding->kind->reason == P2P_REASON_HOST_SAME_ONLY;

	if (root->device && (same_only ? root->same_bridge_only : !root->row))
		name_function(finding, root->device);
}

static void name_culprits(const struct survey *survey, struct finding *finding,
			  const struct p2p_verdict *verdict)
{
	const struct p2p_function *unread[FINDING_FUNCTIONS];
	size_t count;

	if (finding->kind->culprits == CULPRITS_ROOTS) {
		name_root(finding, &verdict->kernel.provider_root);
		name_root(finding, &verdict->kernel.client_root);
	}
	if (finding->kind->culprits != CULPRITS_UNREAD)
		return;
	count = p2p_eval_unread(survey->eval, verdict, unread, FINDING_FUNCTIONS);
	for (size_t i = 0; i < count && i < FINDING_FUNCTIONS; i++)
		name_function(finding, unread[i]);
}

/* The pairs of classes that people ask for, in order of importance; the class with the memory comes first. */
static const struct { enum p2p_class provider, client; } asked_for[] = {
	{ P2P_CLASS_GPU, P2P_CLASS_NIC }, { P2P_CLASS_GPU, P2P_CLASS_GPU },
	{ P2P_CLASS_GPU, P2P_CLASS_NVME }, { P2P_CLASS_ACCEL, P2P_CLASS_NIC },
	{ P2P_CLASS_ACCEL, P2P_CLASS_ACCEL }, { P2P_CLASS_ACCEL, P2P_CLASS_NVME },
	{ P2P_CLASS_ACCEL, P2P_CLASS_GPU }, { P2P_CLASS_NVME, P2P_CLASS_NIC },
	{ P2P_CLASS_NVME, P2P_CLASS_NVME }, { P2P_CLASS_NIC, P2P_CLASS_NIC },
};
#define ASKED_FOR (sizeof(asked_for) / sizeof(asked_for[0]))

bool survey_is_inside(const struct p2p_function *function)
{
	return function->pcie.fact == P2P_PRESENT && function->pcie.type == P2P_PORT_RC_ENDPOINT;
}

static const struct p2p_function *find_member(const struct survey *survey,
					      const struct p2p_group *group, enum p2p_class kind,
					      bool picked, const struct p2p_function *without)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct p2p_function *member = group->members[i];

		if (member == without || member->kind != kind || survey_is_inside(member) ||
		    (picked && survey->left_out[member->index]))
			continue;
		return member;
	}
	return NULL;
}

/* Finds a pair of two classes between two groups, with at least one end that a filter selects. */
static bool find_pair(const struct survey *survey, const struct p2p_group *const groups[2],
		      const enum p2p_class classes[2], const struct p2p_function *ret_ends[2])
{
	for (int first = 0; first < 2; first++) {
		ret_ends[first] = find_member(survey, groups[first], classes[first], true, NULL);
		if (!ret_ends[first])
			continue;
		ret_ends[!first] = find_member(survey, groups[!first], classes[!first], false,
					       ret_ends[first]);
		if (ret_ends[!first])
			return true;
	}
	return false;
}

/* Looks for a better example than the current one among the pairs of two groups, which all have the same verdict. */
static void find_example(const struct survey *survey, const struct p2p_group *providers,
			 const struct p2p_group *clients, struct finding *finding)
{
	const struct p2p_group *const groups[] = { providers, clients };
	const struct p2p_function *ends[2];
	struct p2p_verdict verdict;

	for (unsigned int at = 0; at < 2 * ASKED_FOR && at < finding->interest; at++) {
		bool back = at % 2;
		enum p2p_class classes[2];

		classes[back] = asked_for[at / 2].provider;
		classes[!back] = asked_for[at / 2].client;
		if (!find_pair(survey, groups, classes, ends))
			continue;
		p2p_eval_pair(survey->eval, ends[0], ends[1], &verdict);
		if (kind_of(&verdict) != finding->kind)
			continue;
		finding->example = verdict;
		finding->interest = at;
	}
}

const struct p2p_verdict *survey_finding_example(const struct survey *survey)
{
	const struct finding *best = NULL;

	for (size_t i = 0; i < survey->finding_count; i++)
		if (survey->findings[i].interest < (best ? best->interest : NO_INTEREST))
			best = &survey->findings[i];
	return best ? &best->example : NULL;
}

static struct finding *add(struct survey *survey, struct finding *by_kind, const struct p2p_verdict *verdict,
		uint64_t pairs)
{
	const struct finding_kind *kind = kind_of(verdict);
	struct finding *finding = kind ? &by_kind[kind - kinds] : NULL;

	if (!finding)
		return NULL;
	if (!finding->kind) {
		finding->kind = kind;
		finding->example = *verdict;
		finding->interest = NO_INTEREST;
	}
	finding->pairs += pairs;
	name_culprits(survey, finding, verdict);
	return finding;
}

static void eval_groups(struct survey *survey, struct finding *by_kind)
{
	size_t count = p2p_groups_count(survey->groups);
	size_t step = count > MOST_GROUPS ? count / MOST_GROUPS + 1 : 1;

	survey->complete = step == 1;
	for (size_t i = 0; i < count; i += step) {
		const struct p2p_group *providers = p2p_groups_at(survey->groups, i);

		for (size_t j = 0; j < count; j += step) {
			const struct p2p_group *clients = p2p_groups_at(survey->groups, j);
			uint64_t pairs = survey_pairs(survey, i, j);
			struct p2p_verdict verdict;
			struct finding *finding;

			if (!pairs || !survey_group_pair(survey, providers, clients, &verdict))
				continue;
			finding = add(survey, by_kind, &verdict, pairs);
			if (finding)
				find_example(survey, providers, clients, finding);
		}
	}
}

/* The rule sets are sorted by age; those that are not merged are no help. */
static int ask_later_rules(struct app *app, const struct survey *survey, struct finding *finding)
{
	const struct p2p_rules *now = p2p_eval_rules(survey->eval), *rules;
	struct p2p_verdict verdict;
	bool later = false;

	for (size_t i = 0; (rules = p2p_rules_at(i)) && !finding->allowed_by; i++) {
		struct p2p_eval *eval;

		if (later && !p2p_rules_is_experimental(rules)) {
			if (p2p_eval_new(app->context, app->topology, p2p_rules_name(rules),
					  &eval))
				return -ENOMEM;
			p2p_eval_pair(eval, finding->example.provider,
				       finding->example.client, &verdict);
			p2p_eval_free(eval);
			if (verdict.kernel.map_type > P2P_MAP_NOT_SUPPORTED)
				finding->allowed_by = rules;
		}
		later |= rules == now;
	}
	return 0;
}

int survey_findings(struct app *app, struct survey *survey)
{
	int err = 0;

	struct finding *by_kind = calloc(KINDS, sizeof(*by_kind));

	if (!by_kind)
		return -ENOMEM;
	eval_groups(survey, by_kind);
	for (size_t i = 0; i < KINDS; i++)
		if (by_kind[i].kind)
			by_kind[survey->finding_count++] = by_kind[i];
	survey->findings = by_kind;
	for (size_t i = 0; i < survey->finding_count && !err; i++)
		if (by_kind[i].kind->map_type == P2P_MAP_NOT_SUPPORTED)
			err = ask_later_rules(app, survey, &by_kind[i]);
	return err;
}

/**
 * struct below - what is at and below a function.
 * @selected: number of selected functions; @picked: of those that a filter selects
 * @branches: number of its children with any of these
 */
struct below {
	uint32_t selected, picked, branches;
};

static void count_below(const struct app *app, struct below *below)
{
	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *at = app->selected[i];

		below[at->index].branches++;
		for (; at; at = at->parent) {
			below[at->index].picked += app->picked[i];
			if (!below[at->index].selected++ && at->parent)
				below[at->parent->index].branches++;
		}
	}
}

/*
 * Is the function on the path of two selected functions, one of them picked, to their common device? It is if
 * it is one of the two, or above one of them while the other is not below it.
 */
static bool is_between(const struct p2p_function *function, const struct below *below)
{
	const struct below *here = &below[function->index], *all;

	while (function->parent)
		function = function->parent;
	all = &below[function->index];
	if (here->branches > 1 && here->picked)
		return true;
	return here->selected && all->selected > here->selected && all->picked;
}

int survey_redirecting(const struct app *app, struct survey *survey)
{
	size_t count = p2p_topology_count(app->topology);
	struct below *below = calloc(count + 1, sizeof(*below));

	survey->redirecting = calloc(count + 1, sizeof(void *));
	if (!below || !survey->redirecting) {
		free(below);
		return -ENOMEM;
	}
	count_below(app, below);
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		if (function->acs.kernel_fact == P2P_PRESENT &&
		    (function->acs.kernel_control & ACS_REDIRECTS) && is_between(function, below))
			survey->redirecting[survey->redirecting_count++] = function;
	}
	free(below);
	return 0;
}
