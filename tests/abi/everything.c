/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program with a locale of its own: all that the library answers on a machine and a policy. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy.h>

static struct p2p_context *context;
static struct p2p_system *machine;
static struct p2p_evaluation *evaluation;

static void print_pair(const struct p2p_function *provider, const struct p2p_function *client)
{
	struct p2p_pair *pair;
	char *json;

	if (p2p_pair_new(context, evaluation, provider, client, &pair) || p2p_pair_json(context, pair, &json)) {
		printf("%s\n", p2p_context_error(context));
		return;
	}
	puts(json);
	free(json);
	p2p_pair_free(pair);
}

static void print_function(const struct p2p_function *function)
{
	const struct p2p_function *found;
	char *json, address[P2P_ADDRESS_SIZE];

	if (p2p_system_find(context, machine, p2p_function_address(function, address), &found) ||
	    p2p_function_json(context, found, &json)) {
		printf("%s\n", p2p_context_error(context));
		return;
	}
	puts(json);
	free(json);
}

static void print_policy(const char *path)
{
	struct p2p_allow_list *list = NULL;
	struct p2p_policy *policy;

	if (p2p_policy_load(context, path, &policy) || p2p_policy_compile(context, policy, evaluation, &list))
		printf("%s\n", p2p_context_error(context));
	else
		printf("%zu pairs\n", p2p_allow_list_count(list));
}

static void print_gate(void)
{
	struct p2p_gate *gate = NULL;

	puts(p2p_gate_open(context, &gate) ? p2p_context_error(context) : "a gate");
	p2p_gate_close(gate);
}

/* everything MACHINE POLICY LOCALE */
int main(int argc, char **argv)
{
	struct p2p_load_options options = { .size = sizeof(options), .path = argv[1] };
	const struct p2p_function *one, *other;
	char *json, before[64];

	if (argc != 4 || !setlocale(LC_ALL, argv[3]))
		return 2;
	snprintf(before, sizeof(before), "%.2f", 1234.5);
	if (p2p_context_new(&context))
		return 2;
	if (p2p_system_load(context, &options, &machine) ||
	    p2p_evaluation_new(context, machine, NULL, &evaluation) || p2p_system_json(context, machine, &json)) {
		printf("%s\n", p2p_context_error(context));
		return 1;
	}
	puts(json);
	free(json);
	for (size_t i = 0; (one = p2p_system_function(machine, i)); i++)
		print_function(one);
	for (size_t i = 0; (one = p2p_system_function(machine, i)); i++)
		for (size_t j = 0; (other = p2p_system_function(machine, j)); j++)
			print_pair(one, other);
	print_policy(argv[2]);
	print_policy("/nonexistent");
	print_gate();
	p2p_evaluation_free(evaluation);
	p2p_system_free(machine);
	p2p_context_free(context);
	/* The program's own locale is as it was. */
	snprintf(before + 32, 32, "%.2f", 1234.5);
	return strcmp(before, before + 32) ? 3 : 0;
}
