/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy files good and bad, and who decides: on hand-made functions and verdicts. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

#include <time.h>

#include "document.h"

#define HEAD "{ \"format\": \"p2ptopo-policy\", \"version\": 1,\n"
#define ANY "{\"any\": true}"
#define RULE_WITH(member) \
	HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": " ANY ", \"client\": " ANY ", " member "} ] }"

static int load(const char *text, struct p2p_policy **ret_policy)
{
	put_document(text);
	return p2p_policy_load(context, path, ret_policy);
}

static const struct { const char *text, *where; } bad[] = {
	{ "", ":1:1: the file is empty" },
	{ "[]", ":1:1: expected an object" },
	{ "{ \"format\": 1 }", ":1:13: expected \"format\"" },
	{ "{ \"format\": \"p2ptopo-policy\", \"version\": 2, \"rules\": [] }", ":1:42: expected \"version\": 1" },
	{ HEAD "}", ":2:1: expected a value after the comma" },
	{ HEAD "\"rules\": [ } }", ":2:12: not JSON" },
	{ HEAD "\"rules\": [] } x", ":2:15: not JSON" },
	{ HEAD "\"rules\": null }", ":2:10: null is not allowed here" },
	{ HEAD "\"rules\": {} }", ":2:10: expected \"rules\"" },
	{ HEAD "\"rules\": [],\n \"rules\": [] }", ":3:2: duplicate key \"rules\"" },
	{ HEAD "\"rules\": [],\n \"rules\": {} }", ":3:2: duplicate key \"rules\"" },
	{ HEAD "\"rulez\": [] }", ":2:10: unknown key \"rulez\"; did you mean 'rules'?" },
	{ HEAD "\"rules\": [ ], }", ":2:15: expected a value after the comma" },
	{ HEAD "/* open", ":2:1: unterminated comment" },
	{ HEAD "\"rules\": [ 3 ] }", ":2:12: a rule must be an object" },
	{ HEAD "\"rules\": [ {} ] }", ":2:12: expected \"action\"" },
	{ HEAD "\"rules\": [ {\"action\": \"permit\"} ] }", ":2:23: expected \"action\"" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\"} ] }", ":2:12: the rule lacks \"provider\"" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": \"gpus\", \"client\": " ANY "} ] }",
	  ":2:44: no group \"gpus\" is defined before this" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": [], \"client\": " ANY "} ] }",
	  ":2:44: an empty array matches nothing" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": {\"id\": \"10de\"}, \"client\": " ANY "} ] }",
	  ":2:51: \"id\" must be vendor:device" },
	{ HEAD "\"rules\": [ {\"action\": \"deny\", \"provider\": {\"bdf\": \"3b:00.0\"}, \"client\": " ANY "} ] }",
	  ":2:51: \"bdf\" must be an address with its domain" },
	{ HEAD "\"rules\": [ {\"action\": \"deny\", \"provider\": {\"bdf\": \"0000:3b:00\"}, \"client\": " ANY "} ] }",
	  ":2:51: \"bdf\" must be an address with its domain" },
	{ HEAD "\"rules\": [ {\"action\": \"deny\", \"provider\": {\"bdf\": \"3b:00.?\"}, \"client\": " ANY "} ] }",
	  ":2:51: \"bdf\" must be an address with its domain" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": {\"clas\": \"gpu\"}, \"client\": " ANY "} ] }",
	  ":2:53: unknown key \"clas\"; expected one of bdf, path, name, id, class" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": " ANY ", \"client\": " ANY ", \"when\": {\"same\": \"rack\"}} ] }",
	  "\"same\" must be switch, host_bridge, socket or iommu_group" },
	/* a member of another type, or empty */
	{ HEAD "\"groups\": [], \"rules\": [] }", ":2:11: \"groups\" must be an object" },
	{ HEAD "\"evidence\": \"proof.json\", \"rules\": [] }", ":2:13: \"evidence\" must be an array of files" },
	{ HEAD "\"evidence\": [3], \"rules\": [] }", ":2:14: expected the name of a file" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": 3, \"client\": " ANY "} ] }",
	  ":2:44: expected the name of a group, or a selector object" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": [[" ANY "]], \"client\": " ANY "} ] }",
	  ":2:45: expected the name of a group, or a selector object" },
	{ HEAD "\"rules\": [ {\"action\": \"deny\", \"provider\": {}, \"client\": " ANY "} ] }",
	  ":2:43: expected at least one member" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": {\"group\": true}, \"client\": " ANY "} ] }",
	  ":2:54: expected the name of a group" },
	{ RULE_WITH("\"both\": \"yes\""), ": \"both\" must be true or false" },
	{ RULE_WITH("\"when\": true"), ": \"when\" must be an object" },
	{ RULE_WITH("\"when\": {}"), ": expected at least one member" },
	{ RULE_WITH("\"when\": {\"relation_at_most\": \"PBX\"}"), ": \"relation_at_most\" must be X, PIX" },
	{ RULE_WITH("\"when\": {\"relation_at_most\": 3}"), ": \"relation_at_most\" must be X, PIX" },
	{ RULE_WITH("\"when\": {\"map_type\": \"bus-addr\"}"), ": \"map_type\" must be bus_addr" },
	{ RULE_WITH("\"when\": {\"map_type\": [\"bus_addr\", 1]}"), ": \"map_type\" must be bus_addr" },
	{ HEAD "\"rules\": [ {\"action\": \"deny\", \"provider\": {\"bdf\": 3}, \"client\": " ANY "} ] }",
	  ":2:51: \"bdf\" must be an address with its domain" },
	{ HEAD "\"rules\": [ {\"action\": \"deny\", \"provider\": {\"id\": \"10de:22x4\"}, \"client\": " ANY "} ] }",
	  ":2:50: \"id\" must be vendor:device" },
	{ HEAD "\"rules\": [ {\"action\": \"deny\", \"provider\": {\"id\": \"10de:220\"}, \"client\": " ANY "} ] }",
	  ":2:50: \"id\" must be vendor:device" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": " ANY ", \"client\": " ANY ", \"when\": {\"read_gbytes_at_least\": 0}} ] }",
	  "\"read_gbytes_at_least\" must be a number of 10^9 bytes a second" },
	{ HEAD "\"rules\": [ {\"action\": \"allow\", \"provider\": " ANY ", \"client\": " ANY ", \"when\": {\"write_gbytes_at_least\": \"10\"}} ] }",
	  "\"write_gbytes_at_least\" must be a number of 10^9 bytes a second" },
};

START_TEST(refuses)
{
	struct p2p_policy *policy = NULL;
	const char *error;

	ck_assert_int_eq(load(bad[_i].text, &policy), -EBADMSG);
	ck_assert_ptr_null(policy);
	error = p2p_context_error(context);
	ck_assert_msg(!strncmp(error, path, strlen(path)), "no file in: %s", error);
	ck_assert_msg(strstr(error, bad[_i].where), "expected '%s' in: %s", bad[_i].where, error);
}
END_TEST

static const char *const gpu_names[] = { "card0", "renderD128", NULL };
static const char *const nic_names[] = { "mlx5_0", "eth0", NULL };
static const struct p2p_host_bridge bridges[2];

static const struct p2p_function gpu = {
	.index = 0, .bdf = { 0, 0x3b, 0 }, .vendor = 0x10de, .device = 0x2330, .ids = P2P_PRESENT,
	.class_fact = P2P_PRESENT, .kind = P2P_CLASS_GPU, .driver = "amdgpu", .driver_fact = P2P_PRESENT, .slot = "GPU 7",
	.numa = { P2P_PRESENT, 0 }, .host = &bridges[0], .os_names = gpu_names,
};
static const struct p2p_function nic = {
	.index = 1, .bdf = { 0, 0x5e, 0 }, .vendor = 0x15b3, .device = 0x1021, .ids = P2P_PRESENT,
	.class_fact = P2P_PRESENT, .kind = P2P_CLASS_NIC, .driver = "mlx5_core", .driver_fact = P2P_PRESENT,
	.numa = { P2P_PRESENT, 1 }, .host = &bridges[1], .os_names = nic_names,
};
/* Nothing but its address is known. */
static const struct p2p_function blank = { .index = 2, .bdf = { 0, 0x60, 0 }, .orphan = true };

static struct p2p_decision decide(const char *rules, const struct p2p_function *provider,
				  const struct p2p_function *client, enum p2p_map_type type,
				  enum p2p_relation relation)
{
	struct p2p_verdict verdict = { .provider = provider, .client = client,
				       .relation = relation, .kernel.map_type = type };
	struct p2p_decision decision;
	struct p2p_policy *policy;
	char text[4096];

	snprintf(text, sizeof(text), HEAD
		 "\"groups\": { \"gpus\": {\"class\": \"gpu\"}, \"fast\": [\"gpus\", {\"name\": \"mlx5_*\"}] },\n"
		 "// first match decides\n\"rules\": [ %s ] }", rules);
	ck_assert_msg(!load(text, &policy), "%s", p2p_context_error(context));
	p2p_policy_decide(policy, &verdict, &decision);
	decision.rule = decision.rule ? (void *)1 : NULL;	/* it dies with the policy */
	p2p_policy_free(policy);
	return decision;
}

#define ALLOW(provider, client) \
	"{\"action\": \"allow\", \"provider\": " provider ", \"client\": " client " }"
#define DENY(provider, client) \
	"{\"action\": \"deny\", \"provider\": " provider ", \"client\": " client " }"
#define WHEN(provider, client, when) \
	"{\"action\": \"allow\", \"provider\": " provider ", \"client\": " client ", \"when\": {" when "} }"

#define DENY_WHEN(when) \
	"{\"action\": \"deny\", \"provider\": " ANY ", \"client\": " ANY ", \"when\": {" when "} }"

/* provider gpu, client nic */
static const struct {
	const char *rules;
	bool allow;
	enum p2p_map_type type;
	enum p2p_relation relation;
} decisions[] = {
	{ "", false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ ALLOW("\"gpus\"", ANY), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ ALLOW(ANY, "\"gpus\""), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ ALLOW("\"fast\"", "\"fast\""), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ ALLOW("{\"group\": \"fast\", \"numa\": 1}", ANY), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ ALLOW("{\"group\": [\"fast\"], \"numa\": [0, 7]}", ANY), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ DENY("{\"id\": \"10de:*\"}", ANY) "," ALLOW(ANY, ANY), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ DENY("{\"id\": \"10df:*\"}", ANY) "," ALLOW(ANY, ANY), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ DENY("{\"bdf\": \"0000:3B:00.0\"}", ANY) "," ALLOW(ANY, ANY), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ DENY("{\"bdf\": \"0:3b:0.0\"}", ANY) "," ALLOW(ANY, ANY), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ DENY("{\"bdf\": \"0000:3B:00.?\"}", ANY) "," ALLOW(ANY, ANY), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ ALLOW("{\"bdf\": \"0000:3b:*\"}", "{\"driver\": \"mlx5*\"}"), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ "{\"action\": \"allow\", \"provider\": {\"class\": \"nic\"}, \"client\": \"gpus\", \"both\": true}",
	  true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ WHEN(ANY, ANY, "\"relation_at_most\": \"PXB\""), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ WHEN(ANY, ANY, "\"relation_at_most\": \"PXB\""), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PHB },
	{ WHEN(ANY, ANY, "\"relation_at_most\": \"PXB\""), false, P2P_MAP_BUS_ADDR, P2P_RELATION_UNKNOWN },
	{ WHEN(ANY, ANY, "\"kernel_permits\": true"), true, P2P_MAP_THRU_HOST_BRIDGE, P2P_RELATION_SYS },
	{ WHEN(ANY, ANY, "\"kernel_permits\": true"), false, P2P_MAP_NOT_SUPPORTED, P2P_RELATION_SYS },
	{ WHEN(ANY, ANY, "\"kernel_permits\": true"), false, P2P_MAP_UNKNOWN, P2P_RELATION_SYS },
	{ WHEN(ANY, ANY, "\"map_type\": [\"bus_addr\", \"thru_host_bridge\"]"), true, P2P_MAP_BUS_ADDR, P2P_RELATION_SYS },
	{ WHEN(ANY, ANY, "\"delivered\": [\"direct\", \"root-complex\"]"), false, P2P_MAP_BUS_ADDR,
	  P2P_RELATION_PIX },
	{ WHEN(ANY, ANY, "\"proven\": true"), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ WHEN(ANY, ANY, "\"proven\": false"), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ DENY_WHEN("\"map_type\": \"not_supported\"") "," ALLOW(ANY, ANY), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ DENY_WHEN("\"map_type\": \"not_supported\"") "," ALLOW(ANY, ANY), false, P2P_MAP_UNKNOWN, P2P_RELATION_PIX },
	{ ALLOW("{\"slot\": \"GPU*\"}", ANY), true, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ ALLOW("{\"slot\": \"7\"}", ANY), false, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX },
	{ WHEN(ANY, ANY, "\"same\": \"socket\""), false, P2P_MAP_BUS_ADDR, P2P_RELATION_SYS },
	{ WHEN(ANY, ANY, "\"same\": \"host_bridge\""), false, P2P_MAP_BUS_ADDR, P2P_RELATION_SYS },
};

START_TEST(decides)
{
	struct p2p_decision decision = decide(decisions[_i].rules, &gpu, &nic, decisions[_i].type,
					      decisions[_i].relation);

	ck_assert_msg(decision.allow == decisions[_i].allow, "%s", decisions[_i].rules);
}
END_TEST

/* A fact that is not known lets no rule allow, and makes a rule deny. */
START_TEST(unknown_never_allows)
{
	static const char *const selectors[] = {
		"{\"class\": \"gpu\"}", "{\"id\": \"10de:*\"}", "{\"driver\": \"x\"}",
		"{\"numa\": 0}", "{\"name\": \"nvme0\"}", "{\"slot\": \"1\"}", "{\"iommu_group\": 3}",
		"{\"path\": \"0000:00:02.0/*\"}",
	};
	struct p2p_decision decision;
	char rules[512];

	snprintf(rules, sizeof(rules), ALLOW("%s", ANY), selectors[_i]);
	decision = decide(rules, &blank, &nic, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX);
	ck_assert(!decision.allow && decision.uncertain && !decision.rule);
	snprintf(rules, sizeof(rules), DENY("%s", ANY) "," ALLOW(ANY, ANY), selectors[_i]);
	decision = decide(rules, &blank, &nic, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX);
	ck_assert(!decision.allow && decision.uncertain && decision.rule);
}
END_TEST

/* Ids without a class are not those of "other", which no rule for GPUs is about. */
START_TEST(unknown_class)
{
	struct p2p_function named = gpu;
	struct p2p_decision decision;

	named.class_fact = P2P_DENIED;
	named.kind = P2P_CLASS_OTHER;
	decision = decide(DENY("{\"class\": \"gpu\"}", ANY) "," ALLOW(ANY, ANY), &named, &nic, P2P_MAP_BUS_ADDR,
			  P2P_RELATION_PIX);
	ck_assert(!decision.allow && decision.uncertain);
	decision = decide(ALLOW("{\"class\": \"other\"}", ANY), &named, &nic, P2P_MAP_BUS_ADDR, P2P_RELATION_PIX);
	ck_assert(!decision.allow && decision.uncertain);
}
END_TEST

static const struct p2p_function upstream = { .pcie = { .fact = P2P_PRESENT, .type = P2P_PORT_UPSTREAM } };
static const struct p2p_function root_port = { .pcie = { .fact = P2P_PRESENT, .type = P2P_PORT_ROOT } };
static const struct p2p_function unread = { .pcie = { .fact = P2P_DENIED } };

/* @one, @other: the node and the group of both */
static const struct {
	const char *same;
	const struct p2p_function *common;
	struct p2p_number one, other;
	bool orphan;
	enum p2p_tri answer;
} sames[] = {
	{ "switch", &upstream, { 0 }, { 0 }, false, P2P_YES },
	{ "switch", &root_port, { 0 }, { 0 }, false, P2P_NO },
	{ "switch", &unread, { 0 }, { 0 }, false, P2P_UNKNOWN },
	{ "switch", NULL, { 0 }, { 0 }, false, P2P_NO },
	{ "switch", NULL, { 0 }, { 0 }, true, P2P_UNKNOWN },
	{ "switch", &upstream, { 0 }, { 0 }, true, P2P_YES },
	{ "host_bridge", NULL, { 0 }, { 0 }, false, P2P_NO },
	{ "host_bridge", NULL, { 0 }, { 0 }, true, P2P_UNKNOWN },
	{ "socket", NULL, { P2P_PRESENT, 1 }, { P2P_PRESENT, 1 }, false, P2P_YES },
	{ "socket", NULL, { P2P_PRESENT, 1 }, { P2P_PRESENT, 0 }, false, P2P_NO },
	{ "socket", NULL, { P2P_PRESENT, -1 }, { P2P_PRESENT, -1 }, false, P2P_UNKNOWN },
	{ "socket", NULL, { P2P_PRESENT, 0 }, { P2P_PRESENT, -1 }, false, P2P_UNKNOWN },
	{ "socket", NULL, { P2P_PRESENT, 0 }, { P2P_DENIED, 0 }, false, P2P_UNKNOWN },
	{ "iommu_group", NULL, { P2P_PRESENT, 7 }, { P2P_PRESENT, 7 }, false, P2P_YES },
	{ "iommu_group", NULL, { P2P_PRESENT, 7 }, { P2P_PRESENT, 8 }, false, P2P_NO },
	{ "iommu_group", NULL, { P2P_PRESENT, 7 }, { P2P_DENIED, 0 }, false, P2P_UNKNOWN },
	/* Without an IOMMU there are no groups, and so no common one. */
	{ "iommu_group", NULL, { P2P_ABSENT, 0 }, { P2P_ABSENT, 0 }, false, P2P_NO },
};

/* What is not known to be the same lets no rule allow, and makes a rule deny. */
START_TEST(same_or_not_known)
{
	struct p2p_function one = gpu, other = nic;
	struct p2p_verdict verdict = { .provider = &one, .client = &other,
				       .kernel.common = sames[_i].common };
	struct p2p_decision decision;
	struct p2p_policy *policy;
	char text[512];

	one.numa = one.iommu_group = sames[_i].one;
	other.numa = other.iommu_group = sames[_i].other;
	other.orphan = sames[_i].orphan;
	snprintf(text, sizeof(text), HEAD "\"rules\": [ " WHEN(ANY, ANY, "\"same\": \"%s\"") " ] }",
		 sames[_i].same);
	ck_assert_int_eq(load(text, &policy), 0);
	p2p_policy_decide(policy, &verdict, &decision);
	ck_assert(decision.allow == (sames[_i].answer == P2P_YES));
	ck_assert(decision.uncertain == (sames[_i].answer == P2P_UNKNOWN));
	p2p_policy_free(policy);
}
END_TEST

START_TEST(self_is_always_allowed)
{
	struct p2p_decision decision = decide(DENY(ANY, ANY), &gpu, &gpu, P2P_MAP_NOT_SUPPORTED,
					      P2P_RELATION_X);

	ck_assert(decision.allow && !decision.rule);
}
END_TEST

/* Of a verdict made by hand no speed is known. */
START_TEST(unknown_speed_allows_nothing)
{
	struct p2p_decision decision;

	decision = decide(WHEN(ANY, ANY, "\"read_gbytes_at_least\": 0.1"), &gpu, &nic,
			  P2P_MAP_BUS_ADDR, P2P_RELATION_PIX);
	ck_assert(!decision.allow && decision.uncertain);
}
END_TEST

static const struct { const char *evidence, *kernel; bool allow; } proofs[] = {
	{ "\"provider\": {\"bdf\": \"0000:3b:00.0\", \"vendor\": \"0x10de\", \"device\": \"0x2330\"}, \"proven\": true", "6.12.1", true },
	{ "\"provider\": {\"bdf\": \"0000:3b:00.0\", \"vendor\": \"0x10de\", \"device\": \"0x2330\"}, \"proven\": true", "6.12.2", false },
	{ "\"provider\": {\"bdf\": \"0000:3b:00.0\", \"vendor\": \"0x10de\", \"device\": \"0x2330\"}, \"proven\": false", "6.12.1", false },
	{ "\"provider\": {\"bdf\": \"0000:3b:00.0\", \"vendor\": \"0x10de\", \"device\": \"0x2331\"}, \"proven\": true", "6.12.1", false },
	{ "\"provider\": {\"bdf\": \"0000:3c:00.0\", \"vendor\": \"0x10de\", \"device\": \"0x2330\"}, \"proven\": true", "6.12.1", false },
};

/* Evidence counts for these devices on this kernel, and only when it says yes. */
START_TEST(evidence_is_of_one_pair)
{
	const struct p2p_machine machine = { .release = proofs[_i].kernel };
	struct p2p_verdict verdict = { .machine = &machine, .provider = &gpu, .client = &nic };
	char proof[sizeof(path) + 8], text[1024];
	struct p2p_decision decision;
	struct p2p_policy *policy;
	FILE *file;

	snprintf(proof, sizeof(proof), "%s.proof", path);
	file = fopen(proof, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "{\"format\": \"p2ptopo-proof\", \"version\": 1, \"kernel\": \"6.12.1\", %s, "
		"\"client\": {\"bdf\": \"0000:5e:00.0\", \"vendor\": \"0x15b3\", \"device\": \"0x1021\"}}",
		proofs[_i].evidence);
	fclose(file);
	snprintf(text, sizeof(text), HEAD "\"evidence\": [\"%s\"], \"rules\": [ %s ] }",
		 strrchr(proof, '/') + 1, WHEN(ANY, ANY, "\"proven\": true"));
	ck_assert_msg(!load(text, &policy), "%s", p2p_context_error(context));
	p2p_policy_decide(policy, &verdict, &decision);
	ck_assert(decision.allow == proofs[_i].allow);
	p2p_policy_free(policy);
	unlink(proof);
	ck_assert_int_eq(load(text, &policy), -EBADMSG);
}
END_TEST

START_TEST(rules_know_their_place)
{
	struct p2p_policy *policy;
	const struct p2p_rule *rule;

	ck_assert_int_eq(load(HEAD "\"rules\": [\n\n   {\"action\": \"deny\", \"provider\": " ANY
			      ", \"client\": " ANY ", \"why\": \"quiet // hours\"} ] }", &policy), 0);
	rule = p2p_policy_rule(policy, 0);
	ck_assert_uint_eq(rule->line, 4);
	ck_assert_uint_eq(rule->column, 4);
	ck_assert_str_eq(rule->why, "quiet // hours");
	ck_assert_ptr_null(p2p_policy_rule(policy, 1));
	p2p_policy_free(policy);
}
END_TEST

#define RULE "{\"action\": \"deny\", \"provider\": {\"numa\": 1}, \"client\": {\"numa\": 2}}"

/* The processor time that loading @count rules takes; the last of them stands in its line. */
static double time_of(unsigned int count)
{
	FILE *file = fopen(path, "w");
	struct p2p_policy *policy;
	clock_t start;

	fputs(HEAD "\"rules\": [\n" RULE, file);
	for (unsigned int i = 1; i < count; i++)
		fputs(",\n" RULE, file);
	fputs("] }", file);
	fclose(file);
	start = clock();
	ck_assert_int_eq(p2p_policy_load(context, path, &policy), 0);
	ck_assert_uint_eq(p2p_policy_rule(policy, count - 1)->line, count + 2);
	p2p_policy_free(policy);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Ten times the rules take about ten times as long, where a search for each would take 100. */
START_TEST(many_rules_take_linear_time)
{
	double few = time_of(5000);

	ck_assert_double_lt(time_of(50000), 40 * few);
}
END_TEST

/* Each group is twice the one before it; each text is as short as its groups are few. */
START_TEST(groups_of_groups_end)
{
	FILE *file = fopen(path, "w");
	struct p2p_policy *policy;

	fputs(HEAD "\"groups\": { \"g0\": " ANY, file);
	for (int i = 1; i < 40; i++)
		fprintf(file, ",\n\"g%d\": [ \"g%d\", \"g%d\" ]", i, i - 1, i - 1);
	fputs(" }, \"rules\": [] }", file);
	fclose(file);
	ck_assert_int_eq(p2p_policy_load(context, path, &policy), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context),
				     "groups used here and before this stand for more than"));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = tcase_create("policy");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, refuses, 0, COUNT(bad));
	tcase_add_loop_test(tcase, decides, 0, COUNT(decisions));
	tcase_add_loop_test(tcase, unknown_never_allows, 0, 8);
	tcase_add_test(tcase, unknown_class);
	tcase_add_loop_test(tcase, same_or_not_known, 0, COUNT(sames));
	tcase_add_loop_test(tcase, evidence_is_of_one_pair, 0, COUNT(proofs));
	tcase_add_test(tcase, self_is_always_allowed);
	tcase_add_test(tcase, unknown_speed_allows_nothing);
	tcase_add_test(tcase, rules_know_their_place);
	tcase_add_test(tcase, groups_of_groups_end);
	tcase_add_test(tcase, many_rules_take_linear_time);
	tcase_set_timeout(tcase, 300);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
