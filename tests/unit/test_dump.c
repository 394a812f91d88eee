/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps of lspci, good and bad. */
#include <errno.h>

#include "files.h"
#include "make.h"

#define ROW(address) address ": 01 02 03 04 05 06 10 00 09 0a 0b 0c 0d 0e 0f 10\n"
#define HEADER "00: 86 80 34 12 07 00 10 00 00 00 04 06 00 00 01 00\n" ROW("10") ROW("20") \
	"30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"

static const struct {
	const char *text, *first;
	size_t count;
} good[] = {
	{ "0000:00:01.0 Host bridge\n" HEADER, "0000:00:01.0", 1 },
	{ "00:01.0 Host bridge\n" HEADER "\n", "0000:00:01.0", 1 },
	{ "00:01.0\n" HEADER, "0000:00:01.0", 1 },
	{ "10000:e0:06.0 PCI bridge\n" HEADER, "10000:e0:06.0", 1 },
	{ "12345678:e0:06.0 PCI bridge\n" HEADER, "12345678:e0:06.0", 1 },
	{ "00:02.0 x\n" HEADER "\n00:01.0 y\n" HEADER, "0000:00:01.0", 2 },
	{ "00:01.0 x\n\tControl: I/O+\n\t\tdeeper\n" HEADER "\n", "0000:00:01.0", 1 },
	{ "00:01.0 x\r\n00: 86 80 34 12 07 00 10 00 00 00 04 06 00 00 01 00\r\n" ROW("10")
	  ROW("20") ROW("30"), "0000:00:01.0", 1 },
	/* without a newline at the end, and a function without bytes among others */
	{ "00:01.0 x\n" ROW("00") ROW("10") ROW("20")
	  "30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "0000:00:01.0", 1 },
	{ "00:01.0 x\n00:02.0 y\n" HEADER, "0000:00:01.0", 2 },
	{ "\n\n00:01.0 x\n" HEADER, "0000:00:01.0", 1 },
};

static const struct {
	const char *text, *error;
} bad[] = {
	{ "00:01.0 x\n", "no function with a hex dump" },
	{ "00:01.0 x\n00:02.0 y\n", "no function with a hex dump" },
	{ "00:01.0 x\n" ROW("00"), ":2: the hex dump of the function above ends early" },
	{ "00:01.0 x\n" ROW("00") ROW("10") "\n00:02.0 y\n" HEADER,
	  ":5: the hex dump of the function above ends early" },
	{ "00:01.0 x\n" ROW("10"), ":2: a hex line is missing or out of order" },
	{ "00:01.0 x\n" ROW("00") ROW("20"), ":3: a hex line is missing or out of order" },
	{ "00:01.0 x\n" ROW("00") ROW("00"), ":3: a hex line is missing or out of order" },
	{ "00:01.0 x\n00: 86 80 34\n", ":2: a hex line is not 16 bytes" },
	{ "00:01.0 x\n00: 86 80 34", ":2: a hex line is not 16 bytes" },
	{ "00:01.0 x\n00:", ":2: a hex line is not 16 bytes" },
	{ "00:01.0 x\n00: 01 02 03 04 05 06 10 00 09 0a 0b 0c 0d 0e 0f 1\n",
	  ":2: a hex line is not 16 bytes" },
	{ "00:01.0 x\n00: 01 02 03 04 05 06 10 00 09 0a 0b 0c 0d 0e 0f 10 11\n",
	  ":2: a hex line is not 16 bytes" },
	{ "00:01.0 x\n00: 01 02 03 04 05 06 10 00 09 0a 0b 0c 0d 0e 0f gg\n",
	  ":2: a hex line is not 16 bytes" },
	{ ROW("00") "00:01.0 x\n" HEADER, ":1: a hex line before the first function" },
	{ "00:01.0 x\n" HEADER "00:02.", ":6: the dump is cut in this line" },
	{ "00:01.0 x\n" HEADER "\tControl", ":6: the dump is cut in this line" },
	{ "00:01.0 x\n" HEADER "what is this\n", ":6: neither a function" },
	{ "00:01.0 x\n" HEADER "00:01.0 x\n" HEADER, "0000:00:01.0 appears twice" },
};

static char *directory;

static void set_up(void)
{
	directory = make_directory();
}

static void tear_down(void)
{
	remove_directory(directory);
}

START_TEST(takes)
{
	struct p2p_context *context = make_context();
	struct p2p_snapshot *snapshot;
	char path[PATH_MAX], text[P2P_BDF_SIZE];

	put_text(directory, "dump", good[_i].text);
	snprintf(path, sizeof(path), "%s/dump", directory);
	snapshot = load(context, path, P2P_WANT_VERDICT);
	ck_assert_int_eq(p2p_snapshot_source(snapshot), P2P_SOURCE_DUMP);
	ck_assert_uint_eq(p2p_snapshot_count(snapshot), good[_i].count);
	ck_assert_str_eq(p2p_bdf_format(p2p_snapshot_raw(snapshot, 0)->bdf, text), good[_i].first);
	ck_assert_uint_eq(p2p_snapshot_raw(snapshot, good[_i].count - 1)->config.size, 64);
	ck_assert_ptr_null(p2p_snapshot_raw(snapshot, 0)->path);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}
END_TEST

START_TEST(refuses)
{
	struct p2p_context *context = make_context();
	char path[PATH_MAX];

	put_text(directory, "dump", bad[_i].text);
	snprintf(path, sizeof(path), "%s/dump", directory);
	refuse(context, path, -EBADMSG, bad[_i].error);
	p2p_context_free(context);
}
END_TEST

/* Every byte that was read is the byte of the text, and none more. */
START_TEST(bytes_arrive)
{
	static const unsigned int sizes[] = { 64, 128, 256, 4096 };
	struct p2p_context *context = make_context();
	unsigned int size = sizes[_i];
	const struct p2p_config *config;
	struct p2p_snapshot *snapshot;
	char path[PATH_MAX];
	uint8_t byte;
	FILE *dump;

	snprintf(path, sizeof(path), "%s/dump", directory);
	dump = fopen(path, "w");
	fputs("0001:02:03.4 Something\n", dump);
	for (unsigned int i = 0; i < size; i++) {
		if (i % 16 == 0)
			fprintf(dump, "%02x:", i);
		fprintf(dump, " %02x%s", (i * 7 + (i >> 8) + 1) & 0xff, i % 16 == 15 ? "\n" : "");
	}
	fclose(dump);
	snapshot = load(context, path, P2P_WANT_VERDICT);
	config = &p2p_snapshot_raw(snapshot, 0)->config;
	ck_assert_uint_eq(config->size, size);
	for (unsigned int i = 0; i < size; i++) {
		ck_assert(p2p_config_read8(config, i, &byte));
		ck_assert_uint_eq(byte, (i * 7 + (i >> 8) + 1) & 0xff);
	}
	ck_assert(!p2p_config_read8(config, size, &byte));
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}
END_TEST

/* A dump that is cut anywhere is refused, or was cut where a whole one could end. */
START_TEST(cut_anywhere)
{
	static const char text[] = "00:01.0 x\n" HEADER "\n00:02.0 y\n\tText\n" HEADER;
	struct p2p_context *context = make_context();
	unsigned int taken = 0;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/dump", directory);
	for (size_t size = 1; size < sizeof(text) - 1; size++) {
		struct p2p_snapshot *snapshot = NULL;
		int r;

		put_bytes(directory, "dump", text, size);
		r = p2p_snapshot_load(context, path, P2P_WANT_VERDICT, &snapshot);
		ck_assert(r == 0 || r == -EBADMSG);
		taken += r == 0;
		if (r == 0)
			ck_assert_uint_eq(p2p_snapshot_raw(snapshot, 0)->config.size, 64);
		p2p_snapshot_free(snapshot);
	}
	/*
	 * The end of the first function without and with its newline, the empty line after it,
	 * "00:02.0 y", a tab, the text, and the last line of all without its newline.
	 */
	ck_assert_uint_eq(taken, 7);
	p2p_context_free(context);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, takes, 0, ROWS(good));
	tcase_add_loop_test(tcase, refuses, 0, ROWS(bad));
	tcase_add_loop_test(tcase, bytes_arrive, 0, 4);
	tcase_add_test(tcase, cut_anywhere);
}

int main(void)
{
	return run_cases("dump", add_cases);
}
