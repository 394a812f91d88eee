/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The groups that the library predicts beside those that a kernel made and a capture recorded:
 * both must put the same functions together.  Arguments: captures.  Numbers differ by design.
 */
#include <stdio.h>
#include <stdlib.h>

#include <p2ppolicy/all.h>

/* Are two functions together: by what was recorded, and by what is predicted? */
static bool is_pair_same(const struct p2p_isolation *isolation, const struct p2p_function *a,
			 const struct p2p_function *b)
{
	return (a->iommu_group.value == b->iommu_group.value) ==
	       (p2p_isolation_group(isolation, a).value == p2p_isolation_group(isolation, b).value);
}

static unsigned int compare_with(const char *name, const struct p2p_topology *topology,
				 const struct p2p_isolation *isolation,
				 const struct p2p_function *function)
{
	struct p2p_number group = p2p_isolation_group(isolation, function);
	char a[P2P_BDF_SIZE], b[P2P_BDF_SIZE], why[512];
	unsigned int wrong = 0;

	p2p_bdf_format(function->bdf, a);
	if (group.fact != function->iommu_group.fact) {
		p2p_isolation_why(isolation, function, why, sizeof(why));
		printf("%s: %s: fact %d recorded, %d predicted %s\n", name, a,
		       (int)function->iommu_group.fact, (int)group.fact, why);
		return 1;
	}
	if (group.fact != P2P_PRESENT)
		return 0;
	for (size_t i = 0; i < function->index; i++) {
		const struct p2p_function *other = p2p_topology_function(topology, i);

		if (other->iommu_group.fact != P2P_PRESENT || is_pair_same(isolation, function, other))
			continue;
		printf("%s: %s and %s are %s\n", name, p2p_bdf_format(other->bdf, b), a,
		       function->iommu_group.value == other->iommu_group.value ?
		       "in one group, predicted apart" : "apart, predicted in one group");
		wrong++;
	}
	return wrong;
}

static int compare(struct p2p_context *context, const char *path, const char *name,
		   unsigned int *compared, unsigned int *wrong)
{
	struct p2p_snapshot *snapshot = NULL;
	struct p2p_topology *topology = NULL;
	struct p2p_isolation *isolation = NULL;
	int error = p2p_snapshot_load(context, path, P2P_WANT_ALL, &snapshot);

	if (!error)
		error = p2p_topology_new(context, snapshot, NULL, &topology);
	if (!error)
		error = p2p_isolation_new(context, topology, &isolation);
	for (size_t i = 0; !error && i < p2p_topology_count(topology); i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		/* Where nothing was recorded there is nothing to compare with. */
		if (function->iommu_group.fact == P2P_DENIED)
			continue;
		*compared += function->iommu_group.fact == P2P_PRESENT;
		*wrong += compare_with(name, topology, isolation, function);
	}
	if (error)
		fprintf(stderr, "%s: %s\n", name, p2p_context_error(context));
	p2p_isolation_free(isolation);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	return error;
}

int main(int argc, char **argv)
{
	struct p2p_context *context;
	unsigned int compared = 0, wrong = 0;

	if (argc < 2 || p2p_context_new(&context))
		return 2;
	for (int i = 1; i < argc; i++)
		if (compare(context, argv[i], argv[i], &compared, &wrong))
			return 1;
	printf("%u functions with a group, %u differences\n", compared, wrong);
	p2p_context_free(context);
	return wrong || !compared;
}
