/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words every screen says facts with. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "print/words.h"

static const struct { uint64_t bytes; const char *text; } sizes[] = {
	{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1 KiB" }, { 1536, "1.5 KiB" },
	{ UINT64_C(256) << 20, "256 MiB" }, { UINT64_C(128) << 30, "128 GiB" },
	{ UINT64_MAX, "15.9 EiB" },
};

static const struct { struct p2p_link link; const char *text; } links[] = {
	{ { 2500, 1 }, "2.5 GT/s x1" }, { { 16000, 4 }, "16 GT/s x4" },
	{ { 64000, 16 }, "64 GT/s x16" }, { { 0, 4 }, "-" }, { { 8000, 0 }, "-" },
};

static const struct { const char *maker, *product, *text; } products[] = {
	{ "NVIDIA Corporation", "GA102 [GeForce RTX 3090]", "NVIDIA GeForce RTX 3090" },
	{ "Advanced Micro Devices, Inc. [AMD]", "Matisse Switch Upstream",
	  "AMD Matisse Switch Upstream" },
	{ "Advanced Micro Devices, Inc. [AMD]", "FCH SATA Controller [AHCI mode]",
	  "AMD FCH SATA Controller [AHCI mode]" },
	{ "Red Hat, Inc.", "Virtio 1.0 network device", "Red Hat Virtio 1.0 network device" },
	{ "Samsung Electronics Co Ltd", "NVMe SSD", "Samsung NVMe SSD" },
	{ "Broadcom / LSI", NULL, "Broadcom 10de:2204" },
	{ "[]", "x", "[] x" },
	{ NULL, NULL, "10de:2204" },
};

static const struct { const char *text; size_t column, indent, width; const char *wrapped; }
wraps[] = {
	{ "one two three", 0, 2, 80, "one two three\n" },
	{ "one two three", 0, 2, 9, "one two\n  three\n" },
	{ "one two three", 6, 4, 9, "one\n    two\n    three\n" },
	{ "much-too-long a b", 0, 1, 5, "much-too-long\n a b\n" },
	{ "\xe2\x94\x94\xe2\x94\x80 a", 0, 0, 4, "\xe2\x94\x94\xe2\x94\x80 a\n" },
	{ "", 0, 0, 80, "\n" },
};

START_TEST(says_sizes)
{
	char buffer[WORDS_SIZE];

	ck_assert_str_eq(words_bytes(sizes[_i].bytes, buffer), sizes[_i].text);
}
END_TEST

START_TEST(says_links)
{
	char buffer[WORDS_SIZE];

	ck_assert_str_eq(words_link(links[_i].link, buffer), links[_i].text);
}
END_TEST

START_TEST(says_products)
{
	struct p2p_function function = {
		.ids = P2P_PRESENT, .vendor = 0x10de, .device = 0x2204,
		.vendor_name = products[_i].maker, .device_name = products[_i].product,
	};
	char buffer[128];

	words_product(&function, buffer, sizeof(buffer));
	ck_assert_str_eq(buffer, products[_i].text);
	function.ids = P2P_DENIED;
	ck_assert_str_eq(words_product(&function, buffer, sizeof(buffer)), "not readable");
}
END_TEST

START_TEST(wraps_lines)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	ck_assert_ptr_nonnull(out);
	words_wrap(out, wraps[_i].text, wraps[_i].column, wraps[_i].indent, wraps[_i].width);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_str_eq(text, wraps[_i].wrapped);
	free(text);
}
END_TEST

static const struct { const char *text; size_t columns, used; const char *clipped, *padded; }
clips[] = {
	{ "nvme0", 8, 5, "nvme0", "nvme0   " },
	{ "nvme0", 5, 5, "nvme0", "nvme0" },
	{ "nvme0n1", 5, 5, "nvm..", "nvme0n1" },
	{ "n\xc3\xa4\xc3\xa4me", 4, 4, "n\xc3\xa4..", "n\xc3\xa4\xc3\xa4me" },
	{ "\xc3\xa4\xc3\xa4", 3, 2, "\xc3\xa4\xc3\xa4", "\xc3\xa4\xc3\xa4 " },
	{ "abc", 1, 1, ".", "abc" },
	{ "", 2, 0, "", "  " },
};

/* Columns are counted and no character is cut. */
START_TEST(clips_and_pads)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(words_clip(out, clips[_i].text, clips[_i].columns), clips[_i].used);
	fputc('|', out);
	words_pad(out, clips[_i].text, clips[_i].columns);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_uint_eq(strcspn(text, "|"), strlen(clips[_i].clipped));
	ck_assert_int_eq(strncmp(text, clips[_i].clipped, strlen(clips[_i].clipped)), 0);
	ck_assert_str_eq(strchr(text, '|') + 1, clips[_i].padded);
	free(text);
}
END_TEST

/* The names are those of p2p_acs_format(), in its order. */
START_TEST(names_acs_bits)
{
	char all[P2P_ACS_SIZE], some[P2P_ACS_SIZE];
	const char *at;

	p2p_acs_format(0, all);
	at = all;
	for (size_t i = 0; i < P2P_ACS_BITS; i++) {
		at = strstr(at, p2p_acs_bits[i].name);
		ck_assert_ptr_nonnull(at);
		ck_assert_int_eq(at[strlen(p2p_acs_bits[i].name)], '-');
		p2p_acs_format(p2p_acs_bits[i].bit, some);
		ck_assert_int_eq(some[(size_t)(at - all) + strlen(p2p_acs_bits[i].name)], '+');
	}
	ck_assert_str_eq(words_acs(P2P_ACS_RR | P2P_ACS_EC, some), "ReqRedir EgressCtrl");
	ck_assert_str_eq(words_acs(0, some), "");
}
END_TEST

#define LOOP(test, table) \
	tcase_add_loop_test(tcase, test, 0, sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *suite = suite_create("words");
	TCase *tcase = tcase_create("words");
	SRunner *runner;
	int failed;

	LOOP(says_sizes, sizes);
	LOOP(says_links, links);
	LOOP(says_products, products);
	LOOP(wraps_lines, wraps);
	LOOP(clips_and_pads, clips);
	tcase_add_test(tcase, names_acs_bits);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
