/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow by one element. */
#include <check.h>
#include <stdlib.h>

#include <p2ppolicy/base.h>

/* Where memory runs out, a sanitizer would rather end the program. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

struct element { uint32_t number; char rest[9]; };

START_TEST(grows)
{
	struct element *array = NULL, *element;

	for (uint32_t i = 0; i < 1000; i++) {
		element = p2p_more(array, i);
		ck_assert_ptr_eq(element, &array[i]);
		ck_assert_uint_eq(element->number, 0);
		element->number = i + 1;
	}
	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(array[i].number, i + 1);
	free(array);
}
END_TEST

/* What was dropped from the end comes back zeroed, whatever the room behind it. */
START_TEST(shrinks)
{
	static const size_t kept[] = { 0, 1, 15, 16, 17, 31, 32, 33, 63, 64 };
	struct element *array = NULL, *element;

	for (size_t k = 0; k < sizeof(kept) / sizeof(kept[0]); k++) {
		for (size_t i = kept[k] / 2; i < 200; i++) {
			element = p2p_more(array, i);
			ck_assert_uint_eq(element->number, 0);
			element->number = 1;
		}
		for (size_t i = kept[k]; i < 130; i++) {
			element = p2p_more(array, i);
			ck_assert_uint_eq(element->number, 0);
			element->number = 1;
		}
	}
	free(array);
}
END_TEST

START_TEST(leaves_the_array_where_memory_runs_out)
{
	struct element *array = NULL;
	size_t count = SIZE_MAX / 4 + 1;

	ck_assert_ptr_nonnull(p2p_more(array, 0));
	ck_assert_ptr_null(p2p_more(array, count));
	ck_assert_ptr_nonnull(array);
	free(array);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("more");
	TCase *tests = tcase_create("more");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, grows);
	tcase_add_test(tests, shrinks);
	tcase_add_test(tests, leaves_the_array_where_memory_runs_out);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
