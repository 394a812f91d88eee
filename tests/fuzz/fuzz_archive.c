/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An archive, and all that is read of what was taken. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "snapshot/tree/archive.h"
#include "snapshot/inside.h"
#include "snapshot/capture/manifest.h"

static void read_tree(struct p2p_context *context, struct p2p_tree *tree)
{
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	CHECK(snapshot);
	snapshot->source = P2P_SOURCE_ARCHIVE;
	snapshot->want = P2P_WANT_ALL;
	if (p2p_manifest_load(context, "archive", tree, snapshot) == 0 &&
	    p2p_load_functions(context, tree, snapshot) == 0) {
		p2p_snapshot_sort(snapshot);
		CHECK(p2p_load_machine(context, tree, snapshot) == 0);
		p2p_snapshot_sort_entries(snapshot);
		for (size_t i = 0; i < snapshot->entry_count; i++)
			CHECK(!strstr(snapshot->entries[i].path, "../"));
		CHECK(p2p_snapshot_capture(context, snapshot, "/dev/null", false) == 0);
	}
	p2p_snapshot_free(snapshot);
}

/* As it comes: packed, a capture, or a container of others. */
static void read_whole(struct p2p_context *context, const uint8_t *data, size_t size)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);
	struct p2p_snapshot *snapshot;
	int r;

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	r = p2p_load_fd(context, "archive", fd, P2P_WANT_VERDICT, &snapshot);
	if (r == 0)
		p2p_snapshot_free(snapshot);
	else
		CHECK(r == -EBADMSG && *p2p_context_error(context));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_context *context;
	struct p2p_tree *tree;
	int r;

	CHECK(p2p_context_new(&context) == 0);
	r = p2p_tree_archive(context, "archive", data, size, NULL, &tree);
	if (r == 0) {
		read_tree(context, tree);
		p2p_tree_free(tree);
	} else {
		CHECK(r == -ENOTSUP ||
		      ((r == -EBADMSG || r == -ENODATA) && *p2p_context_error(context)));
	}
	read_whole(context, data, size);
	p2p_context_free(context);
	return 0;
}
