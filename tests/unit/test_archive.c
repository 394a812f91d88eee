/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives made in memory: good ones in every compression, hostile ones, and ones cut short. */
#include <errno.h>

#include "every.h"
#include "files.h"
#include "make.h"

#include "snapshot/tree/archive.h"

#define DEVICE	"sys/devices/pci0000:00/0000:00:01.0"
#define LINK	"sys/bus/pci/devices/0000:00:01.0"
#define TARGET	"../../../devices/pci0000:00/0000:00:01.0"

/* One entry; @target makes it a link, hard if @type is 0. */
struct entry {
	const char *path;
	mode_t type;
	const char *text;	/* content, or target */
	int64_t size;		/* announced, if not that of the content */
};

struct tar {
	struct archive *archive;
	char data[1 << 20];
	size_t size;
};

static void put(struct tar *tar, const struct entry *from)
{
	struct archive_entry *entry = archive_entry_new();
	size_t size = from->type == AE_IFREG ? strlen(from->text) : 0;

	archive_entry_set_pathname(entry, from->path);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_filetype(entry, from->type ? from->type : AE_IFREG);
	archive_entry_set_size(entry, from->size ? from->size : (int64_t)size);
	if (from->type == AE_IFLNK)
		archive_entry_set_symlink(entry, from->text);
	if (!from->type)
		archive_entry_set_hardlink(entry, from->text);
	ck_assert_int_ge(archive_write_header(tar->archive, entry), ARCHIVE_WARN);
	if (size)
		ck_assert_int_eq(archive_write_data(tar->archive, from->text, size),
				 (la_ssize_t)size);
	archive_entry_free(entry);
}

static void start(struct tar *tar, int (*filter)(struct archive *archive))
{
	tar->archive = archive_write_new();
	archive_write_set_format_pax_restricted(tar->archive);
	filter(tar->archive);
	archive_write_set_bytes_in_last_block(tar->archive, 1);
	ck_assert_int_eq(archive_write_open_memory(tar->archive, tar->data, sizeof(tar->data),
						   &tar->size), ARCHIVE_OK);
}

static void end(struct tar *tar)
{
	ck_assert_int_eq(archive_write_close(tar->archive), ARCHIVE_OK);
	archive_write_free(tar->archive);
}

static char *config_text(void)
{
	static char text[65];

	memset(text, 'x', 64);
	return text;
}

/* A machine with one function; @root is "" or "name/". */
static void put_machine(struct tar *tar, const char *root)
{
	char path[256];

	snprintf(path, sizeof(path), "%s" LINK, root);
	put(tar, &(struct entry){ path, AE_IFLNK, TARGET, 0 });
	snprintf(path, sizeof(path), "%s" DEVICE "/config", root);
	put(tar, &(struct entry){ path, AE_IFREG, config_text(), 0 });
	snprintf(path, sizeof(path), "%sproc/version", root);
	put(tar, &(struct entry){ path, AE_IFREG, "Linux version 6.1\n", 0 });
}

static struct p2p_snapshot *load_tar(const struct tar *tar, size_t size)
{
	struct p2p_context *context = make_context();
	char *directory = make_directory(), path[PATH_MAX];
	struct p2p_snapshot *snapshot = NULL;
	int r;

	put_bytes(directory, "x", tar->data, size);
	snprintf(path, sizeof(path), "%s/x", directory);
	r = p2p_snapshot_load(context, path, P2P_WANT_VERDICT, &snapshot);
	ck_assert_msg(r == 0, "%s", p2p_context_error(context));
	remove_directory(directory);
	p2p_context_free(context);
	return snapshot;
}

static int (*const filters[])(struct archive *archive) = {
	archive_write_add_filter_none, archive_write_add_filter_gzip,
	archive_write_add_filter_bzip2, archive_write_add_filter_xz,
	archive_write_add_filter_zstd, archive_write_add_filter_lz4,
	archive_write_add_filter_lzma, archive_write_add_filter_compress,
};

static const char *const roots[] = { "", "./", "name/", "./name/", "dotted.name/" };

START_TEST(every_compression)
{
	static struct tar tar;
	struct p2p_snapshot *snapshot;

	start(&tar, filters[_i]);
	put_machine(&tar, roots[_i % 5]);
	end(&tar);
	snapshot = load_tar(&tar, tar.size);
	ck_assert_int_eq(p2p_snapshot_source(snapshot), P2P_SOURCE_ARCHIVE);
	ck_assert_uint_eq(p2p_snapshot_count(snapshot), 1);
	ck_assert_str_eq(p2p_snapshot_raw(snapshot, 0)->path,
			 "devices/pci0000:00/0000:00:01.0");
	ck_assert_uint_eq(p2p_snapshot_raw(snapshot, 0)->config.size, 64);
	ck_assert_str_eq(p2p_snapshot_file(snapshot, "proc/version")->data,
			 "Linux version 6.1\n");
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "proc/cmdline")->fact, P2P_DENIED);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Cut anywhere, an archive is an error: never a smaller machine. */
START_TEST(cut_anywhere)
{
	static struct tar tar;
	struct p2p_context *context = make_context();
	size_t step;

	start(&tar, filters[_i]);
	put_machine(&tar, "");
	end(&tar);
	step = (tar.size > 1000 ? 64 : 1) * (size_t)every();
	for (size_t size = 1; size < tar.size; size += step) {
		struct p2p_tree *tree = NULL;
		int r;

		/* The second of the two blocks of zeros at the end says nothing new. */
		if (_i == 0 && size > tar.size - 1024)
			break;
		r = p2p_tree_archive(context, "x", tar.data, size, NULL, &tree);
		/* What has no checksum of its own may lack its last bytes. */
		if (r == 0 && size + 16 > tar.size)
			p2p_tree_free(tree);
		else
			ck_assert_msg(r == -EBADMSG || r == -ENOTSUP, "filter %d, %zu of %zu: %d",
				      _i, size, tar.size, r);
	}
	p2p_context_free(context);
}
END_TEST

static const struct {
	struct entry entry;
	const char *error;
} hostile[] = {
	{ { "/etc/passwd", AE_IFREG, "x", 0 }, "absolute path" },
	{ { "../up", AE_IFREG, "x", 0 }, "'..'" },
	{ { "sys/../../up", AE_IFREG, "x", 0 }, "'..'" },
	{ { "sys/..", AE_IFDIR, "", 0 }, "'..'" },
	{ { "dev/sda", AE_IFBLK, "", 0 }, "device node" },
	{ { "sys/null", AE_IFCHR, "", 0 }, "device node" },
	{ { "sys/out", AE_IFLNK, "/etc", 0 }, "absolute link" },
	{ { "sys/out", AE_IFLNK, "../../etc/passwd", 0 }, "leads out" },
	{ { DEVICE "/driver", AE_IFLNK, "../../../../../driver", 0 }, "leads out" },
	{ { "sys/a\nb", AE_IFREG, "x", 0 }, "newline in its path" },
	{ { "sys/hard", 0, "/etc/passwd", 0 }, "absolute path" },
	{ { "sys/hard", 0, "../passwd", 0 }, "'..'" },
	{ { "sys/hard", 0, "sys/nothing", 0 }, "hard link to nothing" },
};

START_TEST(refuses)
{
	static struct tar tar;
	struct p2p_context *context = make_context();
	struct p2p_tree *tree = (void *)1;

	start(&tar, archive_write_add_filter_none);
	put_machine(&tar, "");
	put(&tar, &hostile[_i].entry);
	end(&tar);
	ck_assert_int_eq(p2p_tree_archive(context, "x", tar.data, tar.size, NULL, &tree), -EBADMSG);
	ck_assert_ptr_eq(tree, (void *)1);
	ck_assert_msg(strstr(p2p_context_error(context), hostile[_i].error) != NULL, "%s",
		      p2p_context_error(context));
	p2p_context_free(context);
}
END_TEST

/* What lies beside the tree is not looked at, links and hard links inside it work. */
START_TEST(takes)
{
	static const struct entry more[] = {
		{ "home/link", AE_IFLNK, "/etc/passwd", 0 },
		{ "sys/a", AE_IFREG, "content", 0 },
		{ "sys/b", 0, "sys/a", 0 },
		{ "sys/c", AE_IFLNK, "../sys/../sys/b", 0 },
		{ "sys/loop", AE_IFLNK, "loop", 0 },
		{ "sys/into", AE_IFLNK, "devices", 0 },
		{ "sys/dangling", AE_IFLNK, "nowhere", 0 },
		{ "sys/pipe", AE_IFIFO, "", 0 },
	};
	static struct tar tar;
	struct p2p_context *context = make_context();
	struct p2p_buffer buffer = { 0 };
	struct p2p_tree *tree = NULL;

	start(&tar, archive_write_add_filter_none);
	put_machine(&tar, "");
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		put(&tar, &more[i]);
	end(&tar);
	ck_assert_int_eq(p2p_tree_archive(context, "x", tar.data, tar.size, NULL, &tree), 0);
	ck_assert_int_eq(tree->ops->read(tree, NULL, "sys/c", &buffer), 0);
	ck_assert_str_eq(buffer.data, "content");
	ck_assert_int_eq(tree->ops->read(tree, NULL, "sys/into/pci0000:00/0000:00:01.0/config",
					 &buffer), 0);
	ck_assert_uint_eq(buffer.size, 64);
	ck_assert_int_eq(tree->ops->read(tree, NULL, "sys/loop", &buffer), -ELOOP);
	ck_assert_int_eq(tree->ops->read(tree, NULL, "sys/dangling", &buffer), -ENOENT);
	ck_assert_int_eq(tree->ops->read(tree, NULL, "sys/devices", &buffer), -EISDIR);
	ck_assert_int_eq(tree->ops->read(tree, NULL, "home/link", &buffer), -ENOENT);
	ck_assert_int_eq(tree->ops->list(tree, NULL, "sys", &buffer), 0);
	ck_assert_str_eq(buffer.data, "a\nb\nbus\nc\ndangling\ndevices\ninto\nloop\n");
	free(buffer.data);
	p2p_tree_free(tree);
	p2p_context_free(context);
}
END_TEST

static const struct {
	struct entry entries[2];
	const char *error;
} useless[] = {
	{ { { "sys/x", AE_IFREG, "x", 0 } }, "no sys/bus/pci/devices" },
	{ { { "sys/bus/pci/devices", AE_IFDIR, "", 0 } }, "no PCI function" },
	{ { { "a/" LINK, AE_IFLNK, TARGET, 0 }, { "b/" LINK, AE_IFLNK, TARGET, 0 } },
	  "several captures" },
};

START_TEST(holds_nothing)
{
	static struct tar tar;
	struct p2p_context *context = make_context();
	char *directory = make_directory(), path[PATH_MAX];

	start(&tar, archive_write_add_filter_none);
	for (int i = 0; i < 2 && useless[_i].entries[i].path; i++)
		put(&tar, &useless[_i].entries[i]);
	end(&tar);
	put_bytes(directory, "x", tar.data, tar.size);
	snprintf(path, sizeof(path), "%s/x", directory);
	refuse(context, path, -EBADMSG, useless[_i].error);
	remove_directory(directory);
	p2p_context_free(context);
}
END_TEST

/* Gigabytes of zeros pack well; what they unpack to is refused, quickly. */
START_TEST(bomb)
{
	static struct tar tar;
	static char zeros[1 << 20];
	struct archive_entry *entry = archive_entry_new();
	struct p2p_context *context = make_context();
	struct p2p_tree *tree = NULL;
	int64_t size = (int64_t)_i << 20;

	start(&tar, archive_write_add_filter_zstd);
	archive_entry_set_pathname(entry, "sys/large");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, size);
	archive_write_header(tar.archive, entry);
	for (int64_t done = 0; done < size; done += (int64_t)sizeof(zeros))
		archive_write_data(tar.archive, zeros, sizeof(zeros));
	archive_entry_free(entry);
	end(&tar);
	ck_assert_int_eq(p2p_tree_archive(context, "x", tar.data, tar.size, NULL, &tree), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "too large"));
	p2p_context_free(context);
}
END_TEST

/* Read the tar, and say why it was refused; NULL it was not. */
static const char *refusal(struct p2p_context *context, struct tar *tar, struct p2p_tree **ret_tree)
{
	int r;

	end(tar);
	r = p2p_tree_archive(context, "x", tar->data, tar->size, NULL, ret_tree);
	ck_assert_msg(r == 0 || r == -EBADMSG, "%d", r);
	return r ? p2p_context_error(context) : NULL;
}

/* Paths of hundreds of directories that nobody named: many below one are few, unlike many such. */
START_TEST(deep_paths)
{
	static struct tar tar;
	static char deep[2048], path[PATH_MAX];
	struct p2p_context *context = make_context();
	struct p2p_tree *tree = NULL;

	for (size_t i = 0; i < sizeof(deep) - 2; i += 2)
		memcpy(deep + i, "d/", 2);
	start(&tar, archive_write_add_filter_zstd);
	put_machine(&tar, "");
	for (int i = 0; i < 4000; i++) {
		if (_i)
			snprintf(path, sizeof(path), "sys/%d/%sx", i, deep);
		else
			snprintf(path, sizeof(path), "sys/%s%d", deep, i);
		put(&tar, &(struct entry){ path, AE_IFREG, "x", 0 });
	}
	if (_i) {
		ck_assert_ptr_nonnull(strstr(refusal(context, &tar, &tree), "256 MiB of memory"));
	} else {
		ck_assert_ptr_null(refusal(context, &tar, &tree));
		p2p_tree_free(tree);
	}
	p2p_context_free(context);
}
END_TEST

/* Each is another name of the one before; a search from the start for each took minutes. */
START_TEST(many_hard_links)
{
	static struct tar tar;
	struct p2p_context *context = make_context();
	struct p2p_buffer buffer = { 0 };
	struct p2p_tree *tree = NULL;
	char path[32], target[32];

	start(&tar, archive_write_add_filter_zstd);
	put_machine(&tar, "");
	put(&tar, &(struct entry){ "sys/0", AE_IFREG, "content", 0 });
	for (int i = 1; i < 50000; i++) {
		snprintf(path, sizeof(path), "sys/%d", i);
		snprintf(target, sizeof(target), "sys/%d", i - 1);
		put(&tar, &(struct entry){ path, 0, target, 0 });
	}
	ck_assert_ptr_null(refusal(context, &tar, &tree));
	ck_assert_int_eq(tree->ops->read(tree, NULL, path, &buffer), 0);
	ck_assert_str_eq(buffer.data, "content");
	free(buffer.data);
	p2p_tree_free(tree);
	p2p_context_free(context);
}
END_TEST

/* No file is too large, and all of them are. */
START_TEST(large_files)
{
	static struct tar tar;
	static char zeros[1 << 20];
	struct p2p_context *context = make_context();
	struct p2p_tree *tree = NULL;

	start(&tar, archive_write_add_filter_zstd);
	put_machine(&tar, "");
	for (int i = 0; i < 5; i++) {
		struct archive_entry *entry = archive_entry_new();
		char path[32];

		snprintf(path, sizeof(path), "sys/large%d", i);
		archive_entry_set_pathname(entry, path);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_size(entry, (int64_t)60 << 20);
		archive_write_header(tar.archive, entry);
		for (int done = 0; done < 60; done++)
			archive_write_data(tar.archive, zeros, sizeof(zeros));
		archive_entry_free(entry);
	}
	ck_assert_ptr_nonnull(strstr(refusal(context, &tar, &tree), "256 MiB of memory"));
	p2p_context_free(context);
}
END_TEST

/* @size bytes of lines, packed.  Return: how many bytes they take. */
static size_t pack_lines(size_t size, char *data, size_t room)
{
	static char lines[1 << 20];
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	memset(lines, 'x', sizeof(lines));
	for (size_t i = 0; i < sizeof(lines); i += 1024)
		lines[i] = '\n';
	archive_write_set_format_raw(archive);
	archive_write_add_filter_zstd(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	ck_assert_int_eq(archive_write_open_memory(archive, data, room, &used), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_header(archive, entry);
	for (size_t done = 0; done < size; done += sizeof(lines))
		archive_write_data(archive, lines, sizeof(lines));
	archive_entry_free(entry);
	ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	return used;
}

static void put_packed(struct tar *tar, const char *path, const char *data, size_t size)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (int64_t)size);
	archive_write_header(tar->archive, entry);
	archive_write_data(tar->archive, data, size);
	archive_entry_free(entry);
}

/*
 * Small archives in a small archive, whose files unpack to much: what all of them unpack to is limited,
 * whether one is too large to be looked at or all of them are together.
 */
static const struct {
	size_t size;
	unsigned int files, archives;
	const char *error;
} nested_bombs[] = {
	{ (size_t)65 << 20, 6, 3, "x: unpacks to more than 1024 MiB" },
	{ (size_t)15 << 20, 6, 3, "x: its files hold more than 256 MiB" },
};

START_TEST(nested_bomb)
{
	static struct tar tar, inner;
	static char data[1 << 18];
	size_t size = pack_lines(nested_bombs[_i].size, data, sizeof(data));
	struct p2p_context *context = make_context();
	char *directory = make_directory(), path[PATH_MAX];

	start(&inner, archive_write_add_filter_zstd);
	for (unsigned int i = 0; i < nested_bombs[_i].files; i++) {
		snprintf(path, sizeof(path), "%u", i);
		put_packed(&inner, path, data, size);
	}
	end(&inner);
	start(&tar, archive_write_add_filter_none);
	for (unsigned int i = 0; i < nested_bombs[_i].archives; i++) {
		snprintf(path, sizeof(path), "%u", i);
		put_packed(&tar, path, inner.data, inner.size);
	}
	end(&tar);
	put_bytes(directory, "x", tar.data, tar.size);
	snprintf(path, sizeof(path), "%s/x", directory);
	refuse(context, path, -EBADMSG, nested_bombs[_i].error);
	remove_directory(directory);
	p2p_context_free(context);
}
END_TEST

START_TEST(many_functions)
{
	static struct tar tar;
	struct p2p_context *context = make_context();
	char *directory = make_directory(), path[PATH_MAX];

	start(&tar, archive_write_add_filter_zstd);
	for (unsigned int i = 0; i <= P2P_MOST_FUNCTIONS; i++) {
		snprintf(path, sizeof(path), "sys/bus/pci/devices/%04x:%02x:%02x.%x", i >> 16,
			 i >> 8 & 0xff, i >> 3 & 0x1f, i & 7);
		put(&tar, &(struct entry){ path, AE_IFDIR, "", 0 });
	}
	end(&tar);
	put_bytes(directory, "x", tar.data, tar.size);
	snprintf(path, sizeof(path), "%s/x", directory);
	refuse(context, path, -EBADMSG, "more than 131072 functions");
	remove_directory(directory);
	p2p_context_free(context);
}
END_TEST

/*
 * Files that fill their buffer to the last byte and end without a newline, or within the word that
 * is looked for (under ASan a byte too many is an error).
 */
START_TEST(no_newline)
{
	static const struct {
		const char *path, *last, *kept;
	} files[] = {
		{ "proc/kallsyms", "ffffffff81000010 T pci_enable_device",
		  "0000000000000000 T pci_enable_device" },
		{ "proc/config.gz", "CONFIG_PCI=y", "CONFIG_PCI=y" },
		{ "proc/config.gz", "CONFIG_PCI=y\nC", "CONFIG_PCI=y\n" },
		{ "proc/config.gz", "CONFIG_PCI=y\n#", "CONFIG_PCI=y\n" },
		{ "proc/config.gz", "CONFIG_PCI=y\n# CONFIG_", "CONFIG_PCI=y\n" },
	};
	static struct tar tar;
	char text[4096], path[32];
	struct p2p_snapshot *snapshot;
	const struct p2p_file *file;

	memset(text, '#', sizeof(text));
	text[1] = '\n';
	strcpy(text + sizeof(text) - 1 - strlen(files[_i].last), files[_i].last);
	text[sizeof(text) - 2 - strlen(files[_i].last)] = '\n';
	start(&tar, archive_write_add_filter_none);
	put_machine(&tar, "");
	put(&tar, &(struct entry){ files[_i].path, AE_IFREG, text, 0 });
	end(&tar);
	snapshot = load_tar(&tar, tar.size);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(files[_i].path, "."), files[_i].path);
	file = p2p_snapshot_file(snapshot, path);
	ck_assert_int_eq(file->fact, P2P_PRESENT);
	ck_assert_str_eq(file->data, files[_i].kept);
	p2p_snapshot_free(snapshot);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_cases(TCase *tcase)
{
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_compression, 0, ROWS(filters));
	tcase_add_loop_test(tcase, cut_anywhere, 0, ROWS(filters));
	tcase_add_loop_test(tcase, refuses, 0, ROWS(hostile));
	tcase_add_test(tcase, takes);
	tcase_add_loop_test(tcase, holds_nothing, 0, ROWS(useless));
	tcase_add_loop_test(tcase, no_newline, 0, 5);
	tcase_add_loop_test(tcase, deep_paths, 0, 2);
	tcase_add_loop_test(tcase, nested_bomb, 0, ROWS(nested_bombs) / (every() > 1 ? 2 : 1));
	/* Gigabytes, and a hundred thousand of the same: an emulator takes minutes for them. */
	if (every() > 1)
		return;
	tcase_add_loop_test(tcase, bomb, 65, 66);
	tcase_add_test(tcase, many_hard_links);
	tcase_add_test(tcase, large_files);
	tcase_add_test(tcase, many_functions);
}

int main(void)
{
	return run_cases("archive", add_cases);
}
