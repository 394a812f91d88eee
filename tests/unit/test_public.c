/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The public face: structures that carry their size, keys, look-up, and what is refused. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <json-c/json.h>

#include <p2ppolicy.h>

#define CAPTURE P2P_FIXTURES "/vm-switch/tree.tar.xz"

static struct p2p_context *context;
static struct p2p_system *machine;

static void set_up(void)
{
	struct p2p_load_options options = { .size = sizeof(options), .path = CAPTURE };

	ck_assert_int_eq(p2p_context_new(&context), 0);
	ck_assert_int_eq(p2p_system_load(context, &options, &machine), 0);
}

static void tear_down(void)
{
	p2p_system_free(machine);
	p2p_context_free(context);
}

static const struct p2p_function *find(const char *name)
{
	const struct p2p_function *function = NULL;

	ck_assert_int_eq(p2p_system_find(context, machine, name, &function), 0);
	return function;
}

/* A program of a later release has longer structures; what is not known must be zero. */
START_TEST(sizes)
{
	struct {
		struct p2p_load_options known;
		uint64_t later;
	} options = { .known = { .size = sizeof(options), .path = CAPTURE } };
	struct {
		struct p2p_value known;
		uint64_t later;
	} value = { .known = { .size = sizeof(value) }, .later = 7 };
	struct p2p_system *other = NULL;

	ck_assert_int_eq(p2p_system_load(context, &options.known, &other), 0);
	other = p2p_system_free(other);
	options.later = 1;
	ck_assert_int_eq(p2p_system_load(context, &options.known, &other), -EINVAL);
	options.known.size = sizeof(size_t);
	ck_assert_int_eq(p2p_system_load(context, &options.known, &other), -EINVAL);
	options.known = (struct p2p_load_options){ sizeof(options.known), CAPTURE, 1u << 31 };
	ck_assert_int_eq(p2p_system_load(context, &options.known, &other), -EINVAL);
	ck_assert_ptr_null(other);
	ck_assert_int_eq(p2p_function_fact(find("nvme0"), "driver", &value.known), 0);
	ck_assert_str_eq(value.known.text, "nvme");
	ck_assert_uint_eq(value.later, 7);
	ck_assert_uint_eq(value.known.size, sizeof(value));
	value.known.size = 8;
	ck_assert_int_eq(p2p_function_fact(find("nvme0"), "driver", &value.known), -EINVAL);
}
END_TEST

static void check_document(char *text, const char *(*key)(size_t index))
{
	struct json_object *document = json_tokener_parse(text);

	ck_assert(json_object_is_type(document, json_type_object));
	for (size_t i = 0; key(i); i++)
		ck_assert(json_object_object_get_ex(document, key(i), NULL));
	json_object_put(document);
	free(text);
}

/* Each key answers, has one type, and is in the document. */
START_TEST(keys)
{
	const struct p2p_function *function;
	struct p2p_evaluation *evaluation;
	struct p2p_pair *pair;
	char *text;

	ck_assert_int_eq(p2p_evaluation_new(context, machine, "6.1", &evaluation), 0);
	ck_assert_int_eq(p2p_pair_new(context, evaluation, find("nvme0"), find("nvme1"), &pair), 0);
	for (size_t i = 0; p2p_pair_key(i); i++) {
		struct p2p_value value = P2P_VALUE_INIT;

		ck_assert_int_eq(p2p_pair_fact(pair, p2p_pair_key(i), &value), 0);
		ck_assert(value.fact == P2P_PRESENT || (!value.text && !value.number));
	}
	ck_assert_int_eq(p2p_pair_json(context, pair, &text), 0);
	check_document(text, p2p_pair_key);
	for (size_t i = 0; (function = p2p_system_function(machine, i)); i++) {
		for (size_t j = 0; p2p_function_key(j); j++) {
			struct p2p_value value = P2P_VALUE_INIT;

			ck_assert_int_eq(p2p_function_fact(function, p2p_function_key(j), &value), 0);
			ck_assert(value.fact == P2P_PRESENT || (!value.text && !value.number));
			ck_assert(value.fact != P2P_PRESENT ||
				  !value.text == (value.type != P2P_TYPE_TEXT));
		}
		ck_assert_int_eq(p2p_function_json(context, function, &text), 0);
		check_document(text, p2p_function_key);
	}
	p2p_pair_free(pair);
	p2p_evaluation_free(evaluation);
}
END_TEST

START_TEST(refused)
{
	struct p2p_value value = P2P_VALUE_INIT;
	const struct p2p_function *function = NULL;
	struct p2p_evaluation *evaluation = NULL;
	struct p2p_pair *pair = NULL;

	ck_assert_int_eq(p2p_function_fact(find("nvme0"), "colour", &value), -ENOENT);
	ck_assert_int_eq(p2p_system_find(context, machine, "nvme9", &function), -ENOENT);
	ck_assert_str_eq(p2p_context_error(context), "no function is called nvme9");
	ck_assert_ptr_null(function);
	ck_assert_int_eq(p2p_evaluation_new(context, machine, "1.0", &evaluation), -EINVAL);
	ck_assert_ptr_null(evaluation);
	ck_assert_int_eq(p2p_evaluation_new(context, machine, NULL, &evaluation), 0);
	ck_assert_int_eq(p2p_pair_new(context, evaluation, find("nvme0"), find("01:00.0"), &pair),
			 -EINVAL);
	ck_assert_ptr_null(pair);
	p2p_evaluation_free(evaluation);
}
END_TEST

/* A function of another system is refused, also where both were loaded from one file. */
START_TEST(foreign)
{
	struct p2p_load_options options = { .size = sizeof(options), .path = CAPTURE };
	const struct p2p_function *function = NULL;
	struct p2p_evaluation *evaluation;
	struct p2p_system *other;
	struct p2p_pair *pair = NULL;

	ck_assert_int_eq(p2p_system_load(context, &options, &other), 0);
	ck_assert_int_eq(p2p_system_find(context, other, "nvme0", &function), 0);
	ck_assert_int_eq(p2p_evaluation_new(context, machine, "6.1", &evaluation), 0);
	ck_assert_int_eq(p2p_pair_new(context, evaluation, function, find("nvme1"), &pair), -EINVAL);
	ck_assert_ptr_null(pair);
	p2p_evaluation_free(evaluation);
	p2p_system_free(other);
}
END_TEST

START_TEST(lists)
{
	size_t count = 0;

	ck_assert_str_eq(p2p_format_name(0), "live");
	for (; p2p_format_name(count); count++)
		ck_assert_ptr_nonnull(p2p_format_help(count));
	ck_assert_ptr_null(p2p_format_help(count));
	ck_assert_ptr_nonnull(p2p_rule_set_name(0));
	ck_assert_str_eq(p2p_system_format(machine), "archive");
	ck_assert_ptr_null(p2p_gate_mode_name((enum p2p_gate_mode)3));
	ck_assert_int_eq(p2p_gate_replace(context, NULL, NULL, NULL, NULL), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("public");
	TCase *tcase = tcase_create("face");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, keys);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, foreign);
	tcase_add_test(tcase, lists);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
