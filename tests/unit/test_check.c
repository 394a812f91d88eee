/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of expectations that are wrong, and how links are looked at. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

#include "document.h"
#include "policy/link.h"
#include "policy/place.h"

#define HEAD "{ \"format\": \"p2ptopo-check\", \"version\": 1,\n"
#define GPU "\"select\": {\"class\": \"gpu\"}"

static int load(const char *text, struct p2p_check **ret_check)
{
	put_document(text);
	return p2p_check_load(context, path, ret_check);
}

static const struct { const char *text, *where; } bad[] = {
	{ "{ \"format\": \"p2ptopo-policy\", \"version\": 1 }", ":1:13: expected \"format\": \"p2ptopo-check\"" },
	{ "{ \"format\": \"p2ptopo-check\", \"version\": 2 }", ":1:41: expected \"version\": 1" },
	{ HEAD "\"rules\": [] }", ":2:10: unknown key \"rules\"" },
	{ HEAD "\"machine\": [] }", ":2:12: expected an object" },
	{ HEAD "\"machine\": {} }", ":2:12: expected an object" },
	{ HEAD "\"machine\": {\"gate\": \"open\"} }", ":2:21: \"gate\" must be enforce" },
	{ HEAD "\"machine\": {\"gates\": \"off\"} }", ":2:22: unknown key \"gates\"; expected one of gate" },
	{ HEAD "\"devices\": {} }", ":2:12: \"devices\" must be an array" },
	{ HEAD "\"devices\": [ 1 ] }", ":2:14: an expectation must be an object" },
	{ HEAD "\"devices\": [ {} ] }", ":2:14: the expectation lacks \"select\"" },
	{ HEAD "\"devices\": [ {\"select\": \"gpus\"} ] }", ":2:25: there is no group \"gpus\"" },
	{ HEAD "\"devices\": [ {\"select\": [\"gpus\"]} ] }", ":2:26: there is no group \"gpus\"" },
	{ HEAD "\"devices\": [ {\"select\": []} ] }", ":2:25: an empty array matches nothing" },
	{ HEAD "\"devices\": [ {" GPU ", \"count\": -1} ] }", ":2:52: expected a number of devices" },
	{ HEAD "\"devices\": [ {" GPU ", \"count\": \"8\"} ] }", ":2:52: expected a number of devices" },
	{ HEAD "\"devices\": [ {" GPU ", \"count\": {\"max\": 8}} ] }", ":2:60: unknown key \"max\"" },
	{ HEAD "\"devices\": [ {" GPU ", \"count\": {\"least\": 9, \"most\": 8}} ] }", ":2:52: \"least\" is more than" },
	{ HEAD "\"devices\": [ {" GPU ", \"why\": 3} ] }", ":2:50: \"why\" must be text" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {}} ] }", ":2:53: expected an object, not empty" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"speed\": 1}} ] }",
	  ":2:63: unknown key \"speed\"; expected one of link, link_above, acs" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"link\": \"half\"}} ] }", ":2:62: \"link\" must be \"full\"" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"link\": {}}} ] }", ":2:62: \"link\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"link\": {\"lanes\": 4}}} ] }", ":2:62: \"link\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"link\": [16]}} ] }", ":2:62: \"link\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"link\": {\"width\": -1}}} ] }", ":2:62: \"link\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"link\": {\"width\": 4294967296}}} ] }", ":2:62: \"link\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"bar_bytes\": {}}} ] }", "\"bar_bytes\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"bar_bytes\": [1]}} ] }", "\"bar_bytes\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"acs\": []}} ] }", ":2:61: \"acs\" must be bits" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"acs\": \"ReqRedir\"}} ] }", ":2:61: \"acs\" must be bits" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"acs\": [\"SrcValid+\", \"-\"]}} ] }", "\"acs\" must be bits" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"iommu\": \"on\"}} ] }", "\"iommu\" must be off, passthrough" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"bar_bytes\": {\"6\": 1}}} ] }", "\"bar_bytes\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"bar_bytes\": {\"1\": \"16G\"}}} ] }", "\"bar_bytes\" must be" },
	{ HEAD "\"devices\": [ {" GPU ", \"expect\": {\"numa\": -2}} ] }", "\"numa\" must be" },
	{ HEAD "\"pairs\": [ {\"provider\": {\"any\": true}} ] }", ":2:12: the expectation lacks \"client\"" },
	{ HEAD "\"pairs\": [ {\"provider\": {\"any\": true}, \"client\": {\"any\": true}} ] }",
	  ":2:12: the expectation lacks \"expect\"" },
	{ HEAD "\"pairs\": [ {\"provider\": {\"any\": true}, \"client\": {\"any\": true}, \"expect\": {\"read_gbytes_at_least\": \"20\"}} ] }",
	  "\"read_gbytes_at_least\" must be a number" },
	{ HEAD "\"pairs\": [ {\"provider\": {\"any\": true}, \"client\": {\"any\": true}, \"expect\": {\"bandwidth\": 20}} ] }",
	  "unknown key \"bandwidth\"" },
	{ HEAD "\"pairs\": [ {\"provider\": {\"any\": true}, \"client\": {\"any\": true}, \"expect\": {\"proven\": true}} ] }",
	  "\"proven\" is a condition of policies only" },
	{ HEAD "\"pairs\": [ {\"provider\": {\"any\": true}, \"client\": {\"any\": true}, \"clients_least\": 1.5,"
	  " \"expect\": {\"map_type\": \"bus_addr\"}} ] }", "expected a number of devices" },
};

START_TEST(refuses)
{
	struct p2p_check *check = NULL;
	const char *error;

	ck_assert_int_eq(load(bad[_i].text, &check), -EBADMSG);
	ck_assert_ptr_null(check);
	error = p2p_context_error(context);
	ck_assert_msg(!strncmp(error, path, strlen(path)), "no file in: %s", error);
	ck_assert_msg(strstr(error, bad[_i].where), "expected '%s' in: %s", bad[_i].where, error);
}
END_TEST

static const struct { const char *text; bool taken; } proofs[] = {
	{ "{\"format\": \"p2ptopo-proof\", \"version\": 1, \"proven\": null}", true },
	{ "{\"format\": \"p2ptopo-proof\", \"version\": 2}", false },
	{ "{\"format\": \"p2ptopo-proof\", \"version\": \"1\"}", false },
	{ "{\"format\": \"p2ptopo-proof\"}", false },
	{ "{\"format\": \"p2ptopo-check\", \"version\": 1}", false },
};

/* What another release proved may mean another thing. */
START_TEST(takes_proofs)
{
	struct json_object *proof = NULL;
	int r;

	put_document(proofs[_i].text);
	r = p2p_proof_load(context, path, &proof);
	ck_assert_int_eq(r, proofs[_i].taken ? 0 : -EBADMSG);
	ck_assert(!proof == !proofs[_i].taken);
	ck_assert(!r || strstr(p2p_context_error(context), " was not written by prove --evidence of this release"));
	json_object_put(proof);
}
END_TEST

START_TEST(class_names)
{
	static const char *const names[] = {
		"missing", "gate", "iommu", "acs", "link_width", "link_speed", "bar", "numa",
		"relation", "map_type", "read", "write", "delivered",
	};
	enum p2p_check_class kind;

	ck_assert_uint_eq(sizeof(names) / sizeof(names[0]), P2P_CHECK_CLASSES);
	for (unsigned int i = 0; i < P2P_CHECK_CLASSES; i++) {
		ck_assert_str_eq(p2p_check_class_name((enum p2p_check_class)i), names[i]);
		ck_assert_int_eq(p2p_check_class_parse(names[i], &kind), 0);
		ck_assert_int_eq(kind, i);
	}
	ck_assert_int_eq(p2p_check_class_parse("", &kind), -EINVAL);
}
END_TEST

static struct p2p_function port = {
	.pcie = { .fact = P2P_PRESENT, .link = P2P_PRESENT, .type = P2P_PORT_DOWNSTREAM, .now = { 16000, 16 },
		  .most = { 16000, 16 } },
};
static struct p2p_function card = {
	.parent = &port, .kind = P2P_CLASS_NIC, .power_state = "D0",
	.pcie = { .fact = P2P_PRESENT, .link = P2P_PRESENT, .type = P2P_PORT_ENDPOINT, .most = { 32000, 16 } },
};

static const struct {
	struct p2p_link now;
	enum p2p_class kind;
	const char *power_state;
	bool idle;
} links[] = {
	{ { 16000, 16 }, P2P_CLASS_NIC, "D0", false },	/* all the port can do */
	{ { 2500, 16 }, P2P_CLASS_NIC, "D0", false },
	{ { 2500, 16 }, P2P_CLASS_NIC, NULL, false },
	{ { 2500, 16 }, P2P_CLASS_NIC, "unknown", false },
	{ { 2500, 16 }, P2P_CLASS_NIC, "D3hot", true },
	{ { 2500, 16 }, P2P_CLASS_GPU, "D0", true },
	{ { 16000, 8 }, P2P_CLASS_GPU, "D3hot", false },	/* width is never lowered */
	{ { 0, 0 }, P2P_CLASS_NIC, "D3cold", true },
};

START_TEST(looks_at_links)
{
	struct p2p_function device = card;
	struct p2p_link_view view;

	device.pcie.now = links[_i].now;
	device.kind = links[_i].kind;
	device.power_state = links[_i].power_state;
	view = p2p_link_look(&device);
	ck_assert_int_eq(view.fact, P2P_PRESENT);
	ck_assert(view.most_known);
	ck_assert_uint_eq(view.most.speed_mtps, 16000);
	ck_assert_uint_eq(view.most.width, 16);
	ck_assert_int_eq(view.idle, links[_i].idle);
}
END_TEST

START_TEST(link_not_known)
{
	struct p2p_function blind = { .parent = NULL }, device = card;

	ck_assert_int_eq(p2p_link_look(&blind).fact, P2P_DENIED);
	device.parent = &blind;
	device.pcie.now = (struct p2p_link){ 16000, 16 };
	ck_assert_int_eq(p2p_link_look(&device).fact, P2P_PRESENT);
	ck_assert(!p2p_link_look(&device).most_known);
	/* A width of zero in Link Capabilities is of no link. */
	device.pcie.most.width = 0;
	ck_assert_int_eq(p2p_link_look(&device).fact, P2P_ABSENT);
	/* Nothing hangs below the port. */
	ck_assert_int_eq(p2p_link_look(&port).fact, P2P_ABSENT);
}
END_TEST

START_TEST(places)
{
	const struct p2p_function root = { .bdf = { 0x10000, 0, 0x12 } };
	const struct p2p_function down = { .bdf = { 0x10000, 7, 0xff }, .parent = &root };
	const struct p2p_function pf = {
		.bdf = { 0x10000, 9, 1 }, .parent = &down,
		.sriov = { .fact = P2P_PRESENT, .first_offset = 0x100, .stride = 2 },
	};
	const struct p2p_function orphan = { .bdf = { 0x10000, 11, 0 }, .orphan = true };
	struct p2p_function vf = { .bdf = { 0x10000, 10, 5 }, .physfn = &pf, .parent = &down };
	char text[P2P_PLACE_SIZE];

	ck_assert_int_eq(p2p_place_format(&pf, text), 0);
	ck_assert_str_eq(text, "10000:00:02.2/1f.7/00.1");
	ck_assert_int_eq(p2p_place_format(&vf, text), 0);
	ck_assert_str_eq(text, "10000:00:02.2/1f.7/00.1/virtfn2");
	vf.bdf.devfn = 6;
	ck_assert_int_eq(p2p_place_format(&vf, text), -ENOENT);
	ck_assert_int_eq(p2p_place_format(&orphan, text), -ENOENT);
}
END_TEST

START_TEST(too_deep)
{
	static struct p2p_function chain[100];
	char text[P2P_PLACE_SIZE];

	for (size_t i = 1; i < 100; i++)
		chain[i].parent = &chain[i - 1];
	ck_assert_int_eq(p2p_place_format(&chain[60], text), 0);
	ck_assert_int_eq(p2p_place_format(&chain[99], text), -E2BIG);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check");
	TCase *tcase = tcase_create("check");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, refuses, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_loop_test(tcase, takes_proofs, 0, sizeof(proofs) / sizeof(proofs[0]));
	tcase_add_test(tcase, class_names);
	tcase_add_loop_test(tcase, looks_at_links, 0, sizeof(links) / sizeof(links[0]));
	tcase_add_test(tcase, link_not_known);
	tcase_add_test(tcase, places);
	tcase_add_test(tcase, too_deep);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
