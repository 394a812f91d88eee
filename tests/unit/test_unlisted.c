/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories that cannot be listed: what they may have is unknown, and what is elsewhere is found. */
#include <errno.h>
#include <string.h>

#include "make.h"
#include "snapshot/inside.h"

#define PEERS	"sys/kernel/mm/memory_peers/x/version"

/* A machine where peers/b is a directory whose names the disk does not give. */
struct broken {
	struct p2p_tree tree;
	int error;
};

static int list(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		struct p2p_buffer *buffer)
{
	(void)place;
	buffer->size = 0;
	if (!strcmp(path, "peers"))
		return p2p_buffer_append(buffer, "a\nb\nc\n", 6);
	if (!strcmp(path, "peers/b") || !strcmp(path, "sys/kernel/mm/memory_peers"))
		return ((struct broken *)tree)->error;
	if (!strncmp(path, "peers/", 6))
		return p2p_buffer_append(buffer, "one\n", 4);
	return -ENOENT;
}

static int nothing(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		   struct p2p_buffer *buffer)
{
	(void)tree;
	(void)place;
	(void)path;
	(void)buffer;
	return -ENOENT;
}

static const struct p2p_tree_ops ops = { .list = list, .read = nothing, .link = nothing };

static int note(void *data, const char *path)
{
	strcat(strcat(data, path), " ");
	return 0;
}

static const struct {
	int error, result;
	enum p2p_fact fact;
} errors[] = {
	{ -EIO, -EIO, P2P_DENIED },
	{ -EACCES, -EACCES, P2P_DENIED },
	{ -ENOENT, 0, P2P_ABSENT },
	{ -ENOTDIR, 0, P2P_ABSENT },
	{ -EXDEV, 0, P2P_ABSENT },
	{ -ENOMEM, -ENOMEM, P2P_DENIED },
};
#define ERRORS	(int)(sizeof(errors) / sizeof(errors[0]))

START_TEST(patterns)
{
	struct broken broken = { { .ops = &ops, .live = true }, errors[_i].error };
	char found[64] = "";

	ck_assert_int_eq(p2p_tree_glob(&broken.tree, NULL, "peers/*/*", note, found), errors[_i].result);
	ck_assert_str_eq(found, errors[_i].error == -ENOMEM ? "peers/a/one " : "peers/a/one peers/c/one ");
}
END_TEST

START_TEST(rows)
{
	struct broken broken = { { .ops = &ops, .live = true }, errors[_i].error };
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	struct p2p_context *context;

	ck_assert(snapshot && !p2p_context_new(&context));
	snapshot->source = P2P_SOURCE_LIVE;
	snapshot->want = P2P_WANT_NAMES;
	ck_assert_int_eq(p2p_load_machine(context, &broken.tree, snapshot),
			 errors[_i].error == -ENOMEM ? -ENOMEM : 0);
	p2p_snapshot_sort_entries(snapshot);
	if (errors[_i].error != -ENOMEM)
		ck_assert_int_eq(p2p_snapshot_file(snapshot, PEERS)->fact, errors[_i].fact);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, patterns, 0, ERRORS);
	tcase_add_loop_test(tcase, rows, 0, ERRORS);
}

int main(void)
{
	return run_cases("unlisted", add_cases);
}
