/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The legend below a matrix. */
#include "commands/matrix/matrix.h"
#include "print/hint.h"
#include "print/output.h"
#include "print/words.h"

static void print_speed_legend(const struct app *app, const char *what)
{
	fprintf(app->out, "\nEach cell: %s.\n", what);
	fputs("  >= at least: a fact is missing; ? not known; - refused or blocked; no the root\n"
	      "  complex passes only writes\n", app->out);
	hint_pair(app, "Why, and what limits it", "path");
}

/* The best first. */
static void print_way_legend(const struct app *app)
{
	static const char *const means[P2P_DELIVERIES] = {
		[P2P_DELIVERY_LINK] = "link: over a link of the devices' own, as NVLink or xGMI",
		[P2P_DELIVERY_DIRECT] = "direct: peer-to-peer, turned by a switch",
		[P2P_DELIVERY_ROOT] = "root-complex: peer-to-peer, through the root complex",
		[P2P_DELIVERY_STAGED] = "staged: copied through system memory",
		[P2P_DELIVERY_REFUSED] = "refused: the transfer, or its set-up, fails",
		[P2P_DELIVERY_BROKEN] = "broken: would hang, fault or corrupt",
		[P2P_DELIVERY_UNKNOWN] = "unknown: a fact is missing, or no rule is about these drivers",
	};

	fputs("\nEach cell: what the drivers in use would do.\n", app->out);
	for (unsigned int i = P2P_DELIVERIES; i-- > 0;)
		fprintf(app->out, "  %s%c%s  %s\n", paint_on(app, paint_of_delivery(i)),
			words_delivery_mark(i), paint_off(app), means[i]);
	fputs("  .  the same function\n", app->out);
	hint_pair(app, "Why, and what would lift it", "path");
}

static void print_verdict_legend(const struct app *app)
{
	static const struct { enum p2p_map_type type; const char *means; } marks[] = {
		{ P2P_MAP_BUS_ADDR, "bus_addr: allowed, straight through a switch" },
		{ P2P_MAP_THRU_HOST_BRIDGE, "thru_host_bridge: allowed, through the root complex" },
		{ P2P_MAP_NOT_SUPPORTED, "not_supported: the kernel refuses" },
		{ P2P_MAP_UNKNOWN, "unknown: a fact is missing; do not take it for a yes" },
	};

	fputs("\nEach cell: relation, what the kernel decides, distance.\n", app->out);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		fprintf(app->out, "  %s%c%s  %s\n", paint_on(app, paint_of(marks[i].type)),
			words_mark(marks[i].type), paint_off(app), marks[i].means);
	fputs("  PIX one switch at most, PXB several, PHB one host bridge, NODE one NUMA node,\n"
	      "  SYS across NUMA nodes, X the same function\n", app->out);
	hint_pair(app, "Why, register by register", "path");
}

/* The mark and the text of each answer; NCCL_AGREES has them only if transfers go from peer to peer. */
static const struct { char mark; const char *means, *pairs; } nccl_marks[NCCL_DIFFERENCES] = {
	[NCCL_AGREES] = { '+', "NCCL goes from peer to peer, and data arrive that way", NULL },
	[NCCL_BY_ROOT] = { '^', "NCCL counts on a switch; data go through the root complex",
			   "go through the root complex where NCCL counts on a switch" },
	[NCCL_NOT_DELIVERED] = { '!', "NCCL goes from peer to peer; the drivers do not deliver that",
				 "are not delivered, and NCCL goes from peer to peer" },
	[NCCL_UNUSED] = { '*', "NCCL does not, though data would arrive; NCCL_P2P_LEVEL changes that for\n"
			  "     GPUs, NCCL_NET_GDR_LEVEL for NICs", "would be delivered, and NCCL does not use it" },
	[NCCL_NOT_KNOWN] = { '?', "NCCL goes from peer to peer, or may; whether data arrive is not known",
			     "depend on facts that are missing" },
};

char matrix_nccl_mark(const struct nccl_pair *pair)
{
	if (pair->differs == NCCL_AGREES && pair->uses != P2P_YES)
		return '\0';
	return nccl_marks[pair->differs].mark;
}

/** struct difference - the number of pairs with it, and the first of them. */
struct difference {
	size_t count;
	const struct p2p_function *provider, *client;
};

static void count_differences(const struct app *app, struct difference differences[NCCL_DIFFERENCES])
{
	struct p2p_verdict verdict;
	struct nccl_pair pair;

	for (size_t i = 0; i < app->selected_count; i++) {
		for (size_t j = 0; j < app->selected_count; j++) {
			if (i == j || !app_shows(app, i, j))
				continue;
			p2p_eval_pair(app->eval, app->selected[i], app->selected[j], &verdict);
			nccl_pair_find(app, &verdict, &pair);
			if (!differences[pair.differs].count++) {
				differences[pair.differs].provider = verdict.provider;
				differences[pair.differs].client = verdict.client;
			}
		}
	}
}

static void print_differences(const struct app *app)
{
	struct difference differences[NCCL_DIFFERENCES] = { 0 };
	char counted[WORDS_SIZE];

	count_differences(app, differences);
	for (unsigned int i = NCCL_AGREES + 1; i < NCCL_DIFFERENCES; i++) {
		if (!differences[i].count)
			continue;
		fprintf(app->out, "\n%s %s.  The first:\n", words_count(differences[i].count, "pair",
			counted), nccl_marks[i].pairs);
		hint_line(app, "  ", "path", differences[i].provider, differences[i].client);
	}
}

static void print_nccl_legend(const struct app *app)
{
	fputs("\nEach cell: the path type of NCCL 2.30, none of its variables set, and a mark.\n", app->out);
	for (unsigned int i = 0; i < NCCL_DIFFERENCES; i++)
		fprintf(app->out, "  %c  %s\n", nccl_marks[i].mark, nccl_marks[i].means);
	fputs("  NVL NVLink or xGMI, PIX one bridge, PXB several, P2C by C2C to the CPU, PXN\n"
	      "  by NVLink to a GPU near the NIC, PHB through a CPU, SYS through several,\n"
	      "  - no path, ? not known.  Two ports that face each other are one bridge, root\n"
	      "  ports are part of a CPU, and a CPU is a NUMA node.  Memory of GPUs that are\n"
	      "  not NVIDIA's has no mark.\n", app->out);
	print_differences(app);
}

void matrix_print_legend(const struct app *app, enum cell cell, const char *what)
{
	if (cell == CELL_VERDICT)
		print_verdict_legend(app);
	else if (cell == CELL_WAY)
		print_way_legend(app);
	else if (cell == CELL_NCCL)
		print_nccl_legend(app);
	else
		print_speed_legend(app, what);
}
