/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program as a user of the library would have built it for the recorded release: it is compiled
 * with that header and runs with the library of today.  Its output may never change.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy.h>

static struct p2p_context *context;

static void stop(void)
{
	printf("error: %s\n", p2p_context_error(context));
	exit(1);
}

static void print_value(const char *key, const struct p2p_value *value)
{
	static const char *const words[] = { "denied", "absent" };

	if (value->fact != P2P_PRESENT)
		printf(" %s=%s", key, words[value->fact]);
	else if (value->type == P2P_TYPE_TEXT)
		printf(" %s=%s", key, value->text);
	else
		printf(" %s=%lld", key, (long long)value->number);
}

static void print_function(const struct p2p_function *function)
{
	static const char *const keys[] = {
		"class", "vendor", "device", "driver", "numa_node", "iommu_group", "acs.control",
		"link.now.speed_mtps", "link.now.width",
	};
	const struct p2p_function *parent = p2p_function_parent(function);
	char address[P2P_ADDRESS_SIZE];

	printf("%s", p2p_function_address(function, address));
	printf(" %s", parent ? p2p_function_address(parent, address) : "root");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct p2p_value value = P2P_VALUE_INIT;

		if (p2p_function_fact(function, keys[i], &value))
			printf(" %s=?", keys[i]);
		else
			print_value(keys[i], &value);
	}
	printf("\n");
}

static void print_pair(const struct p2p_evaluation *evaluation,
		       const struct p2p_function *provider, const struct p2p_function *client)
{
	static const char *const keys[] = {
		"relation", "map_type", "distance", "hops", "redirects", "common", "request",
	};
	char from[P2P_ADDRESS_SIZE], to[P2P_ADDRESS_SIZE];
	struct p2p_pair *pair;

	if (p2p_pair_new(context, evaluation, provider, client, &pair))
		stop();
	printf("%s %s", p2p_function_address(provider, from), p2p_function_address(client, to));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct p2p_value value = P2P_VALUE_INIT;

		if (p2p_pair_fact(pair, keys[i], &value))
			printf(" %s=?", keys[i]);
		else
			print_value(keys[i], &value);
	}
	printf("\n");
	p2p_pair_free(pair);
}

static void print_policy(const struct p2p_evaluation *evaluation, const char *path)
{
	const struct p2p_function *provider, *client;
	char from[P2P_ADDRESS_SIZE], to[P2P_ADDRESS_SIZE];
	struct p2p_allow_list *list;
	struct p2p_policy *policy;

	if (p2p_policy_load(context, path, &policy) ||
	    p2p_policy_compile(context, policy, evaluation, &list))
		stop();
	printf("%zu allowed\n", p2p_allow_list_count(list));
	for (size_t i = 0; p2p_allow_list_pair(list, i, &provider, &client); i++)
		printf("allowed %s %s %d\n", p2p_function_address(provider, from),
		       p2p_function_address(client, to),
		       p2p_allow_list_has(list, provider, client));
	p2p_allow_list_free(list);
	p2p_policy_free(policy);
}

int main(int argc, char **argv)
{
	struct p2p_load_options options = { .size = sizeof(options) };
	const struct p2p_function *provider, *client;
	struct p2p_evaluation *evaluation;
	struct p2p_system *system;

	if (argc != 3 || p2p_context_new(&context))
		return 2;
	options.path = argv[1];
	if (p2p_system_load(context, &options, &system) ||
	    p2p_evaluation_new(context, system, "6.1", &evaluation))
		stop();
	printf("%s %zu %s\n", p2p_system_format(system), p2p_system_count(system),
	       p2p_evaluation_rules(evaluation));
	for (size_t i = 0; (provider = p2p_system_function(system, i)); i++)
		print_function(provider);
	for (size_t i = 0; (provider = p2p_system_function(system, i)); i++)
		for (size_t j = 0; (client = p2p_system_function(system, j)); j++)
			if (p2p_function_is_end(provider) && p2p_function_is_end(client))
				print_pair(evaluation, provider, client);
	print_policy(evaluation, argv[2]);
	p2p_evaluation_free(evaluation);
	p2p_system_free(system);
	p2p_context_free(context);
	return 0;
}
