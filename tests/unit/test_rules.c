/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rules hold for which kernel, and what is said about it. */
#include <errno.h>
#include <stdio.h>

#include "tree.h"
#include "verdict/rules.h"

/* The newest released set, which stands in for what is newer or not known. */
static const char *newest(void)
{
	const char *name = NULL;
	unsigned int release;

	for (size_t i = 0; p2p_rules_at(i); i++)
		if (!p2p_release_parse(p2p_rules_name(p2p_rules_at(i)), &release))
			name = p2p_rules_name(p2p_rules_at(i));
	return name;
}

/* Oldest first, each named as its release. */
START_TEST(named_sets)
{
	unsigned int before = 0;
	size_t i = 0;

	for (const struct p2p_rules *rules; (rules = p2p_rules_at(i)); i++) {
		const char *name = p2p_rules_name(rules);
		unsigned int release;

		ck_assert_ptr_eq(p2p_rules_find(name), rules);
		ck_assert_int_eq(p2p_rules_is_experimental(rules), !strcmp(name, "tlp"));
		if (p2p_release_parse(name, &release))
			continue;
		ck_assert_uint_gt(release, before);
		before = release;
	}
	ck_assert_uint_gt(i, 12);
	ck_assert_ptr_nonnull(p2p_rules_find("next"));
	ck_assert_ptr_null(p2p_rules_find("6.2"));
	ck_assert_ptr_null(p2p_rules_find(""));
	ck_assert_ptr_null(p2p_rules_find("auto"));
}
END_TEST

/* @rules NULL: the newest. */
static const struct { const char *release, *rules; bool exact; } releases[] = {
	{ "4.20.0", "4.20", true }, { "5.1.21", "4.20", true }, { "5.2.0", "5.2", true },
	{ "5.3.18-lp152.106-default", "5.2", false }, { "5.4.0-216-generic", "5.4", false },
	{ "5.9.16", "5.4", true }, { "5.10.0-35-amd64", "5.10", true },
	{ "5.15.0-139-generic", "5.15", false }, { "5.18.0", "5.15", true },
	{ "5.19.17", "5.19", true }, { "6.0.0", "5.19", true },
	{ "6.1.0-40-amd64", "6.1", true }, { "6.8.0-60-generic", "6.6", false },
	{ "6.12.107+deb13-amd64", "6.12", true }, { "6.18.2", "6.12", true },
	{ "7.0.1", "6.12", true }, { "7.2.13-arch1-1", "7.2", true },
	{ "7.3.4", "7.3", true }, { "99.0.0-rc1", NULL, false }, { "100.0", NULL, false },
	{ "4.19.0-27-amd64", "4.20", false }, { "3.10.0-1160.el7.x86_64", "4.20", false },
	{ "5.15.49-lts2021-iotg", "5.15", false }, { "6.6.40-amd64-desktop-hwe", "6.6", false },
	{ "unknown", NULL, false }, { "", NULL, false }, { NULL, NULL, false },
	{ "-6.1", NULL, false }, { "6", NULL, false },
};

START_TEST(release_to_rules)
{
	bool exact = !releases[_i].exact;
	const struct p2p_rules *rules = p2p_rules_for_release(releases[_i].release, &exact);

	ck_assert_str_eq(p2p_rules_name(rules), releases[_i].rules ? releases[_i].rules : newest());
	ck_assert_int_eq(exact, releases[_i].exact);
}
END_TEST

/* Two root ports below one host bridge with the root device given. */
static enum p2p_map_type eval(const char *release, enum p2p_tri p2pdma, const char *rules,
			       uint16_t vendor, uint16_t device, bool two_bridges, char note[512])
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree);
	struct p2p_host_bridge *other = two_bridges ? tree_bridge(tree) : host;
	struct p2p_function *root = tree_add(tree, host, NULL, -1), *a, *b;
	struct p2p_eval *eval;
	struct p2p_verdict verdict;

	root->vendor = vendor;
	root->device = device;
	if (two_bridges) {
		root = tree_add(tree, other, NULL, -1);
		root->vendor = vendor;
		root->device = device;
	}
	a = tree_add(tree, host, tree_add(tree, host, NULL, P2P_PORT_ROOT), P2P_PORT_ENDPOINT);
	b = tree_add(tree, other, tree_add(tree, other, NULL, P2P_PORT_ROOT), P2P_PORT_ENDPOINT);
	tree->machine.release = release;
	tree->machine.p2pdma = p2pdma;
	eval = tree_eval(tree, rules);
	p2p_eval_pair(eval, a, b, &verdict);
	snprintf(note, 512, "%s", p2p_eval_rules_note(eval) ? p2p_eval_rules_note(eval) : "");
	p2p_eval_free(eval);
	tree_free(tree);
	return verdict.kernel.map_type;
}

/* Between two sets, the rows of the release itself. */
static const struct { const char *release; uint16_t vendor, device; bool listed; } between[] = {
	{ "5.5.19", 0x8086, 0x2030, false }, { "5.6.0", 0x8086, 0x2030, true },
	{ "5.6.19", 0x8086, 0x2020, true }, { "5.6.19", 0x8086, 0x2031, false },
	{ "5.7.0", 0x8086, 0x2031, true }, { "5.7.0", 0x8086, 0x2032, true },
	{ "5.6.0", 0x8086, 0x2032, false }, { "5.6.0", 0x8086, 0x2033, false },
	{ "5.7.0", 0x8086, 0x2033, true }, { "5.8.0", 0x1022, 0x15d0, true }, { "5.7.0", 0x1022, 0x15d0, false },
	{ "5.8.0", 0x1022, 0x1630, true }, { "5.8.0", 0x1022, 0x1450, true },
	{ "5.9.0", 0x1022, 0x1630, false }, { "5.9.0", 0x1022, 0x1450, false },
	{ "5.17.0", 0x8086, 0x09a2, false }, { "5.18.0", 0x8086, 0x09a2, true },
	{ "7.0.0", 0x1ae0, 0x1111, false }, { "7.1.0", 0x1ae0, 0x1111, true },
	{ "7.9.0", 0x10de, 0x2f95, true }, { "7.9.0", 0x8086, 0x6f00, false },
};

START_TEST(releases_between)
{
	char note[512];

	ck_assert_int_eq(eval(between[_i].release, P2P_YES, "auto", between[_i].vendor,
			       between[_i].device, true, note),
			 between[_i].listed ? P2P_MAP_THRU_HOST_BRIDGE : P2P_MAP_NOT_SUPPORTED);
}
END_TEST

/* Rows that only some stable updates have; which, is not known. */
static const struct { const char *release, *rules; enum p2p_map_type type; } updates[] = {
	{ "7.1.0", "auto", P2P_MAP_NOT_SUPPORTED }, { "7.1.5", "auto", P2P_MAP_UNKNOWN },
	{ "7.1-rc3", "auto", P2P_MAP_UNKNOWN }, { "6.18.30", "auto", P2P_MAP_UNKNOWN },
	{ "6.12.107", "auto", P2P_MAP_NOT_SUPPORTED }, { "7.2.0", "auto", P2P_MAP_THRU_HOST_BRIDGE },
	{ "7.2.13", "auto", P2P_MAP_THRU_HOST_BRIDGE }, { "7.1.5", "7.1", P2P_MAP_NOT_SUPPORTED },
};

START_TEST(stable_updates)
{
	char note[512];

	ck_assert_int_eq(eval(updates[_i].release, P2P_YES, updates[_i].rules, 0x8086, 0x4940,
			       true, note), updates[_i].type);
	ck_assert_int_eq(eval(updates[_i].release, P2P_YES, updates[_i].rules, 0x8086, 0x4941,
			       true, note), P2P_MAP_NOT_SUPPORTED);
}
END_TEST

/* With "auto" the kernel's config counts, with a named set it does not. */
static const struct {
	const char *release;
	enum p2p_tri p2pdma;
	const char *rules;
	bool listed;
	enum p2p_map_type type;
	const char *note;
} configs[] = {
	{ "6.12.1", P2P_YES, "auto", true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.12.1", P2P_NO, "auto", true, P2P_MAP_NOT_SUPPORTED, "CONFIG_PCI_P2PDMA" },
	{ "6.12.1", P2P_UNKNOWN, "auto", true, P2P_MAP_UNKNOWN, "could not be read" },
	{ "6.12.1", P2P_UNKNOWN, "auto", false, P2P_MAP_NOT_SUPPORTED, "could not be read" },
	{ "6.12.1", P2P_NO, "6.1", true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.12.1", P2P_UNKNOWN, "6.1", true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ NULL, P2P_UNKNOWN, "auto", true, P2P_MAP_THRU_HOST_BRIDGE, "no kernel release" },
	{ NULL, P2P_NO, "auto", true, P2P_MAP_NOT_SUPPORTED, "no kernel release" },
	{ "7.9.1", P2P_YES, "auto", true, P2P_MAP_THRU_HOST_BRIDGE, "newer than every" },
	{ "4.19.1", P2P_YES, "auto", true, P2P_MAP_NOT_SUPPORTED, "older than p2pdma" },
	{ "5.15.2-lts2021", P2P_YES, "auto", true, P2P_MAP_THRU_HOST_BRIDGE, "Intel LTS" },
};

START_TEST(configuration)
{
	char note[512];

	ck_assert_int_eq(eval(configs[_i].release, configs[_i].p2pdma, configs[_i].rules, 0x8086,
			       configs[_i].listed ? 0x2030 : 0x1111, false, note),
			 configs[_i].type);
	if (*configs[_i].note)
		ck_assert_msg(strstr(note, configs[_i].note) != NULL, "%s", note);
	else
		ck_assert_str_eq(note, "");
}
END_TEST

/* Rows of distributors: openEuler's Zhaoxin, what EL took from later releases, nothing elsewhere. */
static const struct {
	const char *release;
	uint16_t vendor, device;
	bool two_bridges;
	enum p2p_map_type type;
	const char *note;
} distributors[] = {
	{ "6.6.0-72.0.0.76.oe2403.x86_64", 0x1d17, 0x1003, false, P2P_MAP_THRU_HOST_BRIDGE,
	  "from openEuler, which adds rows" },
	{ "6.6.0-72.0.0.76.oe2403.x86_64", 0x1d17, 0x1003, true, P2P_MAP_NOT_SUPPORTED, "openEuler" },
	{ "6.6.0-72.0.0.76.oe2403.x86_64", 0x1d17, 0x1008, true, P2P_MAP_THRU_HOST_BRIDGE,
	  "openEuler" },
	{ "6.6.0-72.0.0.76.oe2403.x86_64", 0x1d17, 0x1004, false, P2P_MAP_NOT_SUPPORTED, "openEuler" },
	{ "6.6.102-5.an23.x86_64", 0x1d17, 0x1007, false, P2P_MAP_THRU_HOST_BRIDGE, "Anolis OS" },
	{ "6.6.40-amd64-desktop-hwe", 0x1d17, 0x1006, false, P2P_MAP_THRU_HOST_BRIDGE, "deepin" },
	{ "6.6.0", 0x1d17, 0x1003, false, P2P_MAP_NOT_SUPPORTED, "" },
	{ "6.12.0-237.el10.x86_64", 0x8086, 0x4940, true, P2P_MAP_THRU_HOST_BRIDGE,
	  "Enterprise Linux 10" },
	{ "6.12.0-55.el10_0.x86_64", 0x8086, 0x4940, true, P2P_MAP_UNKNOWN, "Enterprise Linux 10" },
	{ "6.12.0-55.el10_0.x86_64", 0x8086, 0x1111, true, P2P_MAP_NOT_SUPPORTED,
	  "Enterprise Linux 10" },
	{ "5.14.0-503.el9_5.x86_64", 0x8086, 0x09a2, true, P2P_MAP_UNKNOWN, "Enterprise Linux 9" },
	{ "5.14.0-503.el9_5.x86_64", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE,
	  "Enterprise Linux 9" },
	{ "4.18.0-553.el8_10.x86_64", 0x8086, 0x2030, true, P2P_MAP_NOT_SUPPORTED,
	  "of Enterprise Linux 8, whose p2pdma is that of mainline's 5.2: the rules of 5.2 are used" },
	{ "4.18.0-553.el8_10.x86_64", 0x1022, 0x1450, true, P2P_MAP_THRU_HOST_BRIDGE,
	  "of Enterprise Linux 8" },
	{ "5.15.0-200.131.27.el8uek.x86_64", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.1.0-40-amd64", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.12.107+deb13-cloud-amd64", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.8.0-1015-nvidia-64k", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.6.64.2-9.azl3", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.4.0-150600.23.7-default", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "6.8.12-4-pve", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "Proxmox VE" },
	{ "6.8.0-79-generic", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "from Ubuntu, whose" },
	{ "6.8.0-1021-aws", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "Ubuntu (AWS)" },
	{ "6.8.0-1021-azure", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "Ubuntu (Azure)" },
	{ "6.8.0-1021-gcp", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "Ubuntu (Google" },
	{ "6.8.0-1021-oracle", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "Ubuntu (Oracle" },
	{ "6.1.115-126.197.amzn2023.x86_64", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE,
	  "Amazon Linux" },
	{ "7.2.13-arch1-1", 0x8086, 0x2030, true, P2P_MAP_THRU_HOST_BRIDGE, "" },
	{ "4.15.0-64-generic", 0x8086, 0x2030, true, P2P_MAP_NOT_SUPPORTED, "older than p2pdma" },
};

START_TEST(distributor)
{
	char note[512];

	ck_assert_int_eq(eval(distributors[_i].release, P2P_YES, "auto", distributors[_i].vendor,
			      distributors[_i].device, distributors[_i].two_bridges, note),
			 distributors[_i].type);
	if (*distributors[_i].note)
		ck_assert_msg(strstr(note, distributors[_i].note) != NULL, "%s", note);
	else
		ck_assert_str_eq(note, "");
}
END_TEST

/* What uname -r prints names the rules of the release. */
static const struct { const char *kernel, *rules; } given[] = {
	{ "6.8.0-45-generic", "6.6" }, { "5.14.0-427.el9.x86_64", "5.10" }, { "6.2", "6.1" },
	{ "6.12.107", "6.12" }, { "7.3", "7.3" }, { "next", "next" }, { "4.18.0-553.el8_10.x86_64", "5.2" },
	{ "3.10.0-1160.el7.x86_64", NULL }, { "4.15.0-1-generic", NULL }, { "six", NULL }, { "", NULL },
};

START_TEST(any_release)
{
	struct tree *tree = tree_new();
	struct p2p_parts parts = { .machine = &tree->machine };
	const char *rules = given[_i].rules;
	struct p2p_eval *eval;

	ck_assert_int_eq(p2p_rules_is_known(given[_i].kernel), rules != NULL);
	if (rules) {
		ck_assert_int_eq(p2p_eval_new_from_parts(tree->context, &parts, given[_i].kernel,
							 &eval), 0);
		ck_assert_str_eq(p2p_rules_name(p2p_eval_rules(eval)), rules);
		p2p_eval_free(eval);
	}
	tree_free(tree);
}
END_TEST

START_TEST(no_such_set)
{
	struct tree *tree = tree_new();
	struct p2p_parts parts = { .machine = &tree->machine };
	struct p2p_eval *kept = (struct p2p_eval *)(uintptr_t)tree, *eval = kept;

	ck_assert_int_eq(p2p_eval_new_from_parts(tree->context, &parts, "3.2", &eval), -EINVAL);
	ck_assert_ptr_eq(eval, kept);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(tree->context), "'3.2'"));
	for (size_t i = 0; p2p_rules_at(i); i++)
		ck_assert_ptr_nonnull(strstr(p2p_context_error(tree->context), p2p_rules_name(p2p_rules_at(i))));
	ck_assert_ptr_null(p2p_eval_free(NULL));
	ck_assert_ptr_null(p2p_groups_free(NULL));
	tree_free(tree);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rules");
	TCase *tcase = tcase_create("rules");

	tcase_add_test(tcase, named_sets);
	tcase_add_loop_test(tcase, release_to_rules, 0, sizeof(releases) / sizeof(releases[0]));
	tcase_add_loop_test(tcase, releases_between, 0, sizeof(between) / sizeof(between[0]));
	tcase_add_loop_test(tcase, configuration, 0, sizeof(configs) / sizeof(configs[0]));
	tcase_add_loop_test(tcase, distributor, 0,
			    sizeof(distributors) / sizeof(distributors[0]));
	tcase_add_loop_test(tcase, stable_updates, 0, sizeof(updates) / sizeof(updates[0]));
	tcase_add_loop_test(tcase, any_release, 0, (int)(sizeof(given) / sizeof(given[0])));
	tcase_add_test(tcase, no_such_set);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}
