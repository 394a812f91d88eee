/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters in lspci's syntax, against one function: 0001:3b:1c.2, 15b3:1021, class 0207, interface 00. */
#include <string.h>

#include "machine/filter.h"
#include "make.h"

static const struct p2p_function function = {
	.bdf = { .domain = 1, .bus = 0x3b, .devfn = 0x1c << 3 | 2 }, .ids = P2P_PRESENT,
	.vendor = 0x15b3, .device = 0x1021, .class_code = 0x020700,
};

/* "yes" it is selected, "no" it is not, else what is wrong. */
static const struct { const char *text, *says; } addresses[] = {
	{ "", "yes" }, { "*", "yes" }, { ":", "yes" }, { "::", "yes" }, { ".", "yes" },
	{ "1c", "yes" }, { "1C.2", "yes" }, { ".2", "yes" }, { "1c.", "yes" }, { "*.2", "yes" },
	{ "3b:", "yes" }, { "3b:1c.2", "yes" }, { "1:3b:1c.2", "yes" }, { "0001::", "yes" },
	{ "1:*:*.*", "yes" }, { "000000003b:", "yes" },
	{ "1d", "no" }, { "1c.3", "no" }, { "3c:", "no" }, { "0:3b:1c.2", "no" }, { ".0", "no" },
	{ "zz:00", "the bus is" }, { "100:", "the bus is" }, { "20", "the device is" },
	{ ".8", "the function is" }, { "x", "the device is" }, { "80000000::", "the domain is" },
	{ "100000001::", "the domain is" }, { "1:2:3:4", "an address is" }, { "1.2.3", "a device and" },
	{ "-1:", "the bus is" }, { " 3b:", "the bus is" }, { "0x3b:", "the bus is" },
};

static const struct { const char *text, *says; } ids[] = {
	{ ":", "yes" }, { "15b3:", "yes" }, { ":1021", "yes" }, { "15B3:1021", "yes" },
	{ "::", "yes" }, { "::0207", "yes" }, { "::207", "yes" }, { "::02xx", "yes" },
	{ "::xX07", "yes" }, { "::0207:00", "yes" }, { "::0207:0", "yes" }, { "*:*:*:*", "yes" },
	{ "10de:", "no" }, { ":1022", "no" }, { "::02", "no" }, { "::03xx", "no" }, { "::0207:1", "no" },
	{ "", "ids are" }, { "10de", "ids are" }, { "1:2:3:4:5", "ids are" },
	{ "10dex:", "the vendor is" }, { "12345:", "the vendor is" }, { ":g", "the device is" },
	{ "::xxxxx", "the class is" }, { "::12345", "the class is" }, { ":::100", "the programming" },
};

static void check_one(const char *(*parse)(struct filter *, const char *), const char *text,
		      const char *says)
{
	struct filter filter;
	const char *wrong = parse(&filter, text);
	const char *is = wrong ? wrong : filter_matches(&filter, &function) ? "yes" : "no";

	ck_assert_msg(!strncmp(is, says, strlen(says)), "'%s': %s, not %s", text, is, says);
}

START_TEST(address)
{
	check_one(filter_parse_address, addresses[_i].text, addresses[_i].says);
}
END_TEST

START_TEST(id)
{
	check_one(filter_parse_ids, ids[_i].text, ids[_i].says);
}
END_TEST

/* Who asks for an id does not get a function whose ids were not read. */
START_TEST(unread)
{
	struct p2p_function blind = { .bdf = function.bdf };
	struct filter filter;

	ck_assert_ptr_null(filter_parse_ids(&filter, ":"));
	ck_assert(filter_matches(&filter, &blind));
	ck_assert_ptr_null(filter_parse_ids(&filter, "0:"));
	ck_assert(!filter_matches(&filter, &blind));
	ck_assert_ptr_null(filter_parse_ids(&filter, "::xxxx"));
	ck_assert(!filter_matches(&filter, &blind));
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, address, 0, (int)(sizeof(addresses) / sizeof(addresses[0])));
	tcase_add_loop_test(tcase, id, 0, (int)(sizeof(ids) / sizeof(ids[0])));
	tcase_add_test(tcase, unread);
}

int main(void)
{
	return run_cases("filter", add_cases);
}
