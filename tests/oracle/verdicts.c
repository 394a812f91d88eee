/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdicts CAPTURE RULESET...: what the library answers for every ordered pair of functions with
 * header type 0, for several rule sets in one process.  A line for each:
 * "RULESET PROVIDER CLIENT RELATION MAP-TYPE DISTANCE HOPS REDIRECTING,...", "-" for none.
 * With "-" as CAPTURE the captures are the lines of stdin, and a line "end STATUS" follows each.
 */
#include <stdio.h>
#include <string.h>

#include <p2ppolicy/all.h>

#define MOST_REDIRECTS 256

static void print_redirects(const struct p2p_eval *eval, const struct p2p_verdict *verdict)
{
	const struct p2p_function *list[MOST_REDIRECTS];
	size_t count = p2p_eval_redirects(eval, verdict, list, MOST_REDIRECTS);
	char bdf[P2P_BDF_SIZE];

	if (!count)
		putchar('-');
	for (size_t i = 0; i < count && i < MOST_REDIRECTS; i++)
		printf("%s%s", i ? "," : "", p2p_bdf_format(list[i]->bdf, bdf));
	putchar('\n');
}

static void print_pair(const struct p2p_eval *eval, const char *rules,
		       const struct p2p_function *provider, const struct p2p_function *client)
{
	char one[P2P_BDF_SIZE], other[P2P_BDF_SIZE];
	const char *relation;
	struct p2p_verdict verdict;

	p2p_eval_pair(eval, provider, client, &verdict);
	relation = p2p_relation_name(verdict.relation);
	printf("%s %s %s %s %s ", rules, p2p_bdf_format(provider->bdf, one),
	       p2p_bdf_format(client->bdf, other), relation ? relation : "-",
	       p2p_map_type_name(verdict.kernel.map_type));
	if (verdict.kernel.map_type == P2P_MAP_UNKNOWN)
		fputs("- ", stdout);
	else
		printf("%d ", verdict.kernel.distance);
	printf("%u ", verdict.kernel.hops);
	print_redirects(eval, &verdict);
}

static int print_rules(struct p2p_context *context, const struct p2p_topology *topology,
		       const char *rules)
{
	size_t count = p2p_topology_count(topology);
	struct p2p_eval *eval = NULL;

	if (p2p_eval_new(context, topology, rules, &eval))
		return 1;
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *provider = p2p_topology_function(topology, i);

		for (size_t j = 0; p2p_function_has_header_0(provider) && j < count; j++) {
			const struct p2p_function *client = p2p_topology_function(topology, j);

			if (p2p_function_has_header_0(client))
				print_pair(eval, rules, provider, client);
		}
	}
	p2p_eval_free(eval);
	return 0;
}

static int print_capture(struct p2p_context *context, const char *capture, char **rules)
{
	const struct p2p_topology_options options = { .hwloc = true };
	struct p2p_snapshot *snapshot = NULL;
	struct p2p_topology *topology = NULL;
	int status = p2p_snapshot_load(context, capture, P2P_WANT_NAMES, &snapshot) ||
		     p2p_topology_new(context, snapshot, &options, &topology);

	for (; *rules && !status; rules++)
		status = print_rules(context, topology, *rules);
	if (status)
		fprintf(stderr, "verdicts: %s\n", p2p_context_error(context));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	return status;
}

static void serve(struct p2p_context *context, char **rules)
{
	char capture[4096];

	while (fgets(capture, sizeof(capture), stdin)) {
		capture[strcspn(capture, "\n")] = '\0';
		printf("end %d\n", print_capture(context, capture, rules));
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct p2p_context *context = NULL;
	int status = 0;

	if (argc < 3 || p2p_context_new(&context))
		return 2;
	if (!strcmp(argv[1], "-"))
		serve(context, argv + 2);
	else
		status = print_capture(context, argv[1], argv + 2);
	p2p_context_free(context);
	return status;
}
