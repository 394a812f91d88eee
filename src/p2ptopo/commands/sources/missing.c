/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which unknown facts prevent verdicts, and which command prints them. */
#include <stdlib.h>
#include <string.h>

#include "commands/sources/sources.h"

#define REGISTERS	"sudo lspci -vvnnxxxx"
#define LOG		"sudo dmesg | head -2000"
#define CONFIG		"grep P2PDMA /boot/config-$(uname -r)"

/* The reason of an unknown verdict names the missing fact. */
static const struct {
	enum p2p_reason reason;
	const char *what, *command;
} rows[] = {
	{ P2P_REASON_ACS_UNKNOWN, "ACS of functions on the path", REGISTERS },
	{ P2P_REASON_ROOT_UNKNOWN, "the device that the kernel looks up in its list", REGISTERS },
	{ P2P_REASON_PATH_UNKNOWN, "which bridges are above them", REGISTERS },
	{ P2P_REASON_CPU_UNKNOWN, "which CPU it is", LOG },
	{ P2P_REASON_IOMMU_UNKNOWN, "whether an IOMMU is in use", LOG },
	{ P2P_REASON_P2PDMA_UNKNOWN, "whether the kernel has CONFIG_PCI_P2PDMA", CONFIG },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))
_Static_assert(ROWS <= MOST_MISSING, "MOST_MISSING is too small");

/* Do the sources have all that lspci shows about functions, so that more of it would not help? */
static bool has_registers(const struct app *app)
{
	struct p2p_given given;

	for (size_t i = 0; p2p_snapshot_given(app->snapshot, i, &given); i++) {
		size_t functions = given.count[P2P_GIFT_FUNCTIONS];

		if (functions && given.count[P2P_GIFT_REGISTERS] + given.count[P2P_GIFT_TEXT] == functions)
			return true;
	}
	return false;
}

/* For sources with files, one command captures all of them. */
static const char *command_of(const struct app *app, size_t row)
{
	enum p2p_source source = p2p_topology_machine(app->topology)->source;

	switch (source) {
	case P2P_SOURCE_LIVE:
	case P2P_SOURCE_TREE:
	case P2P_SOURCE_ARCHIVE:
	case P2P_SOURCE_REPORT:
		return p2p_source_text(source)->again;
	default:
		/* A list cannot show that nothing precedes what it lists. */
		if (rows[row].reason == P2P_REASON_ROOT_UNKNOWN && has_registers(app))
			return p2p_source_text(P2P_SOURCE_TREE)->again;
		return rows[row].command;
	}
}

static void count_pair(const struct app *app, const struct p2p_function *provider,
		       const struct p2p_function *client, uint64_t pairs, uint64_t stopped[ROWS],
		       struct shortfall *shortfall)
{
	struct p2p_verdict verdict;

	if (!pairs)
		return;
	p2p_eval_pair(app->eval, provider, client, &verdict);
	shortfall->pairs += pairs;
	if (verdict.kernel.map_type != P2P_MAP_UNKNOWN)
		return;
	shortfall->unknown += pairs;
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].reason == verdict.kernel.reason)
			stopped[i] += pairs;
}

/* Functions of one group have equal answers, so one pair represents all pairs of two groups. */
static void count_groups(const struct app *app, const struct p2p_groups *groups,
			 uint64_t stopped[ROWS], struct shortfall *shortfall)
{
	size_t count = p2p_groups_count(groups);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			const struct p2p_group *left = p2p_groups_at(groups, i);
			const struct p2p_group *right = p2p_groups_at(groups, j);
			const struct p2p_function *client = right->members[0];

			if (i == j && right->count > 1)
				client = right->members[1];
			count_pair(app, left->members[0], client,
				   left->count * (i == j ? right->count - 1 : right->count),
				   stopped, shortfall);
		}
}

static int compare(const void *a, const void *b)
{
	const struct missing *left = a, *right = b;

	return (left->pairs < right->pairs) - (left->pairs > right->pairs);
}

/* Facts that the same command prints are counted together. */
static void choose(struct shortfall *shortfall)
{
	for (size_t i = 0; i < shortfall->count; i++) {
		uint64_t pairs = 0;

		for (size_t j = 0; j < shortfall->count; j++)
			if (!strcmp(shortfall->rows[i].command, shortfall->rows[j].command))
				pairs += shortfall->rows[j].pairs;
		if (pairs <= shortfall->decides)
			continue;
		shortfall->decides = pairs;
		shortfall->paste = shortfall->rows[i].command;
	}
}

int shortfall_find(const struct app *app, struct shortfall *ret_shortfall)
{
	struct shortfall shortfall = { 0 };
	uint64_t stopped[ROWS] = { 0 };
	struct p2p_groups *groups;
	int r = p2p_groups_new(app->eval, app->selected, app->selected_count, &groups);

	if (r < 0)
		return r;
	count_groups(app, groups, stopped, &shortfall);
	p2p_groups_free(groups);
	for (size_t i = 0; i < ROWS; i++)
		if (stopped[i])
			shortfall.rows[shortfall.count++] = (struct missing){
				rows[i].what, command_of(app, i), stopped[i],
			};
	qsort(shortfall.rows, shortfall.count, sizeof(shortfall.rows[0]), compare);
	choose(&shortfall);
	*ret_shortfall = shortfall;
	return 0;
}
