/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of sources: recognizes which of them an input is, and describes each. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/join/join.h"
#include "snapshot/post/container.h"
#include "snapshot/post/post.h"
#include "snapshot/tree/archive.h"

#define FILE_MOST	((size_t)1 << 30)

static const struct {
	struct p2p_source_text text;
	const struct p2p_format *format;
} rows[] = {
#define SOURCE(id, symbol, name, noun, help, again, cure) \
	[P2P_SOURCE_##id] = { { name, noun, help, again, cure }, &p2p_format_##symbol },
#include <p2ppolicy/tables/sources.def>
#undef SOURCE
};

#define ROWS (P2P_LENGTH(rows))

const struct p2p_source_text *p2p_source_text(enum p2p_source source)
{
	return (size_t)source < ROWS ? &rows[source].text : NULL;
}

const struct p2p_format *p2p_format_of(const struct p2p_snapshot *snapshot)
{
	return rows[snapshot->source].format;
}

static bool has_all(enum p2p_source source)
{
	return rows[source].format->is_files || source == P2P_SOURCE_REPORT;
}

bool p2p_snapshot_is_list(const struct p2p_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->part_count; i++)
		if (has_all(snapshot->parts[i]->source))
			return false;
	return snapshot->part_count || !has_all(snapshot->source);
}

const struct p2p_snapshot *p2p_snapshot_list(const struct p2p_snapshot *snapshot, size_t index)
{
	if (!snapshot->part_count)
		return index ? NULL : snapshot;
	return index < snapshot->part_count ? snapshot->parts[index] : NULL;
}

static int read_file(struct p2p_context *context, const char *path, int fd,
		     struct p2p_buffer *buffer)
{
	struct stat status;
	const bool large = !fstat(fd, &status) && S_ISREG(status.st_mode) && (uint64_t)status.st_size > FILE_MOST;
	int r = large ? -EFBIG : p2p_buffer_read(fd, FILE_MOST, buffer);

	if (r == -EFBIG)
		return p2p_error(context, -EBADMSG, "%s: larger than %zu MiB", path, FILE_MOST >> 20);
	if (r < 0)
		return p2p_error(context, r, "%s: %s", path, strerror(-r));
	return buffer->size ? 0 : p2p_error(context, -EBADMSG, "%s: the file is empty", path);
}

bool p2p_input_next(const char **at, const char *end, char *line, size_t room)
{
	const char *stop;
	size_t length;

	if (*at >= end)
		return false;
	stop = memchr(*at, '\n', (size_t)(end - *at));
	stop = stop ? stop : end;
	length = (size_t)(stop - *at);
	length = length < room ? length : room - 1;
	memcpy(line, *at, length);
	line[length] = '\0';
	while (length && strchr(" \t\r", line[length - 1]))
		line[--length] = '\0';
	*at = stop + 1;
	return true;
}

bool p2p_starts_any(const char *text, const char *const *list)
{
	while (*list && !p2p_starts(text, *list))
		list++;
	return *list;
}

bool p2p_input_mark(const char *line)
{
	static const char *const words[] = { "snip", "cut", "more", "omit", "skip", "trunc", "left out", "removed" };
	bool empty = true;

	line += strspn(line, " \t");
	if (!*line || isalnum((unsigned char)*line))
		return false;
	for (const char *at = line; *at; at++)
		empty &= !isalnum((unsigned char)*at);
	for (size_t i = 0; i < P2P_LENGTH(words); i++)
		empty |= strcasestr(line, words[i]) != NULL;
	return empty;
}

bool p2p_input_address(const char *text, size_t size, struct p2p_bdf *ret_bdf)
{
	char address[P2P_BDF_SIZE];

	if (size >= sizeof(address))
		return false;
	memcpy(address, text, size);
	address[size] = '\0';
	/* A domain has at least four digits; "7:3b:00.0" is line 7 of grep -n. */
	if (strchr(address, ':') != strrchr(address, ':') && strcspn(address, ":") < 4)
		return false;
	return p2p_bdf_parse(address, ret_bdf) == 0;
}

/* No format matches: the sentence lists every row but the running machine, and the page that explains them. */
static int refuse(struct p2p_context *context, const char *path)
{
	char list[512];
	size_t used = 0;

	*list = '\0';
	for (size_t i = P2P_SOURCE_LIVE + 1; i < ROWS && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 !used ? "" : i + 1 < ROWS ? ", " : " and ",
					 rows[i].text.name);
	return p2p_error(context, -EBADMSG, "%s: not in a format that p2ptopo reads; there are %s, which "
			 "p2ptopo(1) describes at --from", path, list);
}

const struct p2p_format *p2p_format_at(size_t row)
{
	return row < ROWS ? rows[row].format : NULL;
}

/* Return: NULL when out of memory. */
static struct p2p_snapshot *new_snapshot(const char *name, enum p2p_want want)
{
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	snapshot->want = want;
	snapshot->name = p2p_arena_string(&snapshot->arena, name ? name : "this machine");
	return snapshot->name ? snapshot : p2p_snapshot_free(snapshot);
}

static void set_lines(const struct p2p_input *input, struct p2p_snapshot *part)
{
	unsigned int count = 0;

	if (!input->lines)
		return;
	for (size_t i = 0; i < input->size; i++)
		count += input->data[i] == '\n';
	while (count > 1 && input->size && !input->lines[count - 1])
		count--;
	part->first_line = input->lines[0];
	part->last_line = count ? input->lines[count - 1] : input->lines[0];
}

int p2p_load_part(struct p2p_context *context, const struct p2p_input *input, size_t row,
		  struct p2p_snapshot *snapshot)
{
	struct p2p_snapshot *part, **place;
	int r;

	if (snapshot->part_count >= P2P_PARTS_MOST)
		return p2p_error(context, -EBADMSG, "%s: more than %u pieces", input->name,
				 P2P_PARTS_MOST);
	part = new_snapshot(input->name, snapshot->want);
	if (!part)
		return -ENOMEM;
	part->source = (enum p2p_source)row;
	if (rows[row].format->whole && part->want == P2P_WANT_OVERVIEW)
		part->want = P2P_WANT_NAMES;
	r = rows[row].format->load(context, input, part);
	place = p2p_array_more(&snapshot->parts, snapshot->part_count, sizeof(struct p2p_snapshot *));
	if (r == 0 && (part->no_memory || !place))
		r = -ENOMEM;
	if (r < 0) {
		p2p_snapshot_free(part);
		return r;
	}
	set_lines(input, part);
	*place = part;
	snapshot->part_count++;
	return 0;
}

/* Load the whole input as one format. */
static int load_whole(struct p2p_context *context, const struct p2p_input *input,
		      struct p2p_snapshot *snapshot)
{
	int r;

	for (size_t i = 0; i < ROWS; i++) {
		if (!rows[i].format->sniff(input))
			continue;
		r = p2p_load_part(context, input, i, snapshot);
		if (r != -ENOTSUP || !input->data)
			return r;
	}
	return refuse(context, input->name);
}

/* Is there nothing around it, and one format from the first line on? */
static bool is_plain(const struct p2p_post *post, const struct p2p_pieces *pieces)
{
	size_t first = 0;

	while (first < post->count && !post->lines[first].length)
		first++;
	if (post->dressed || first == post->count || post->lines[first].piece != 1)
		return false;
	for (size_t i = 1; i < pieces->count; i++)
		if (pieces->pieces[i].row != pieces->pieces[0].row &&
		    pieces->pieces[i].row != P2P_PIECE_OPEN)
			return false;
	return true;
}

/* Load it as a whole if possible, otherwise in pieces; if neither works, keep the sentence of the first attempt. */
static int load_text(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_post *post, struct p2p_pieces *pieces,
		     struct p2p_snapshot *snapshot)
{
	bool plain = is_plain(post, pieces);
	char *sentence = NULL;
	int r = -ENOTSUP, whole = 0;

	if (plain) {
		whole = load_whole(context, input, snapshot);
		if (whole != -EBADMSG || pieces->count < 2)
			return whole;
		sentence = strdup(p2p_context_error(context));
	}
	if (pieces->count)
		r = p2p_post_load(context, input, post, pieces, true, snapshot);
	if (r == -ENOTSUP && !plain)
		r = load_whole(context, input, snapshot);
	else if (r < 0 && !p2p_is_exhausted(r) && sentence)
		r = p2p_error(context, whole, "%s", sentence);
	free(sentence);
	return r;
}

static int load_some(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_snapshot *snapshot);

static void drop_parts(struct p2p_snapshot *snapshot, size_t kept)
{
	while (snapshot->part_count > kept)
		p2p_snapshot_free(snapshot->parts[--snapshot->part_count]);
}

/* A broken capture without a function does not count: drop its parts. */
static bool has_function(struct p2p_snapshot *snapshot, size_t before)
{
	size_t count = 0;

	for (size_t i = before; i < snapshot->part_count; i++)
		count += snapshot->parts[i]->count + !!snapshot->parts[i]->report;
	if (!count)
		drop_parts(snapshot, before);
	return count;
}

/*
 * Load the texts in a folder or archive that is not a capture.  @whole: why it is not; with -ENODATA it has
 * nothing of a capture, so the sentence is about the texts.
 */
static int load_texts(struct p2p_context *context, const struct p2p_input *input, int whole,
		      struct p2p_snapshot *snapshot)
{
	size_t before = snapshot->part_count;
	char *sentence = strdup(p2p_context_error(context));
	bool none;
	int r;

	if (!sentence)
		return -ENOMEM;
	if (input->fd >= 0)
		r = p2p_container_folder(context, input, snapshot, load_some);
	else
		r = p2p_container_archive(context, input, snapshot, load_some);
	/* An archive inside a container may hold anything. */
	if (whole == -ENODATA)
		none = r == -ENOTSUP && !input->budget->depth;
	else
		none = !p2p_is_exhausted(r) && r != -E2BIG &&
		       (r < 0 || !has_function(snapshot, before));
	if (none)
		r = p2p_error(context, -EBADMSG, "%s", sentence);
	free(sentence);
	return r;
}

/* Load a folder or an archive, which holds one capture, or texts. */
static int load_files(struct p2p_context *context, const struct p2p_input *input,
		      struct p2p_snapshot *snapshot)
{
	struct p2p_budget own = { .name = input->name };
	struct p2p_input texts = *input;
	int r;

	texts.budget = input->budget ? input->budget : &own;
	if (input->fd >= 0) {
		texts.fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 0);
		if (texts.fd < 0)
			return p2p_error(context, -errno, "%s: %s", input->name, strerror(errno));
	}
	r = load_whole(context, input, snapshot);
	if (r == -EBADMSG || r == -ENODATA)
		r = load_texts(context, &texts, r, snapshot);
	if (texts.fd >= 0)
		close(texts.fd);
	return r;
}

/* A file that is not text may be another container.  Return: as load_some(). */
static int load_nested(struct p2p_context *context, const struct p2p_input *input,
		       struct p2p_snapshot *snapshot)
{
	struct p2p_budget *budget = input->budget;
	int r;

	if (!p2p_is_tar(input->data, input->size))
		return -ENOTSUP;
	if (budget->depth >= P2P_ARCHIVE_DEPTH)
		return p2p_error(context, -EBADMSG, "%s: archives lie in each other more than %u deep",
				 input->name, P2P_ARCHIVE_DEPTH);
	budget->depth++;
	r = load_files(context, input, snapshot);
	budget->depth--;
	return r;
}

static int refuse_large(struct p2p_context *context, const struct p2p_input *input)
{
	return p2p_error(context, -EBADMSG, "%s: a text of more than %zu MiB, %zu lines or %u pieces", input->name,
			 P2P_FILE_MOST >> 20, P2P_POST_LINES, P2P_POST_PIECES);
}

/* Load whatever some format knows of a file in a container. */
static int load_some(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_snapshot *snapshot)
{
	struct p2p_pieces pieces = { 0 };
	struct p2p_post post = { 0 };
	int r = p2p_post_clean(input->data, input->size, &post);

	if (r == 0)
		r = p2p_post_split(&post, &pieces);
	if (r == 0)
		r = p2p_post_load(context, input, &post, &pieces, false, snapshot);
	else if (r == -ENOTSUP)
		r = load_nested(context, input, snapshot);
	p2p_pieces_clear(&pieces);
	p2p_post_clear(&post);
	return r == -EFBIG ? refuse_large(context, input) : r;
}

static int load_input(struct p2p_context *context, const struct p2p_input *input,
		      struct p2p_snapshot *snapshot);

/* Load what is not text: something packed, a folder or an archive. */
static int load_other(struct p2p_context *context, const struct p2p_input *input,
		      struct p2p_snapshot *snapshot)
{
	struct p2p_buffer text = { 0 };
	int r = input->data ? p2p_unpack_text(input->data, input->size, NULL, &text) : -ENOTSUP;

	if (r == 0) {
		const struct p2p_input unpacked = { .name = input->name, .fd = -1,
							.data = text.data, .size = text.size };

		r = load_input(context, &unpacked, snapshot);
	} else if (r != -ENOMEM) {
		r = input->name ? load_files(context, input, snapshot) :
				  load_whole(context, input, snapshot);
	}
	free(text.data);
	return r;
}

static int load_input(struct p2p_context *context, const struct p2p_input *input,
		      struct p2p_snapshot *snapshot)
{
	struct p2p_pieces pieces = { 0 };
	struct p2p_post post = { 0 };
	int r = input->data ? p2p_post_clean(input->data, input->size, &post) : -ENOTSUP;

	if (r == 0)
		r = p2p_post_split(&post, &pieces);
	if (r == 0)
		r = load_text(context, input, &post, &pieces, snapshot);
	else if (r == -ENOTSUP)
		r = load_other(context, input, snapshot);
	else if (r == -EFBIG)
		r = refuse_large(context, input);
	p2p_pieces_clear(&pieces);
	p2p_post_clear(&post);
	return r;
}

static int load_file(struct p2p_context *context, const char *path, int fd,
		     struct p2p_snapshot *snapshot)
{
	struct p2p_buffer buffer = { 0 };
	int r = read_file(context, path, fd, &buffer);

	close(fd);
	if (r == 0) {
		const struct p2p_input input = { .name = path, .fd = -1, .data = buffer.data,
						 .size = buffer.size };

		r = load_input(context, &input, snapshot);
	}
	free(buffer.data);
	return r;
}

/* @fd: closed in any case */
static int load_open(struct p2p_context *context, const char *path, int fd,
		     struct p2p_snapshot *snapshot)
{
	const struct p2p_input input = { .name = path, .fd = fd };
	struct stat status;

	if (path && (fstat(fd, &status) || !S_ISDIR(status.st_mode)))
		return load_file(context, path, fd, snapshot);
	return load_input(context, &input, snapshot);
}

static bool is_standard(const char *path)
{
	return path && !strcmp(path, "-");
}

static const char *name_of(const char *path)
{
	return is_standard(path) ? "standard input" : path;
}

static int load_path(struct p2p_context *context, const char *path,
		     struct p2p_snapshot *snapshot)
{
	int fd;

	if (!path)
		return load_open(context, NULL, -1, snapshot);
	fd = is_standard(path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
	     open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return p2p_error(context, -errno, "%s: %s", name_of(path), strerror(errno));
	return load_open(context, name_of(path), fd, snapshot);
}

/* Blame what was not read, above all a source that was named.  @error: of that one */
static int no_function(struct p2p_context *context, const struct p2p_snapshot *snapshot, int error)
{
	const struct p2p_skipped *blamed = NULL;

	for (size_t i = 0; i < snapshot->skipped_count; i++) {
		const struct p2p_skipped *skipped = &snapshot->skipped[i];

		if (skipped->why && (!blamed || (skipped->source && !blamed->source)))
			blamed = skipped;
	}
	if (blamed)
		return p2p_error(context, error, "%s", blamed->why);
	return p2p_error(context, error, "%s: no PCI function in it", snapshot->name);
}

/* A single piece is the result; several are joined to one machine. */
static int finish(struct p2p_context *context, struct p2p_snapshot **snapshot)
{
	struct p2p_snapshot *all = *snapshot, *one = all;
	int r = 0;

	if (all->part_count == 1)
		one = all->parts[0];
	else
		r = p2p_join(context, all);
	if (r == 0 && !one->count && !one->report)
		r = no_function(context, all, -EBADMSG);
	if (r < 0 || one == all)
		return r;
	p2p_snapshot_move_skipped(one, all);
	one->no_memory |= all->no_memory;
	*snapshot = one;
	all->part_count = 0;
	p2p_snapshot_free(all);
	return one->no_memory ? -ENOMEM : 0;
}

/* A file that does not exist is a typing error; one that exists and cannot be read is left out. */
static bool is_left_out(int error)
{
	return error != -ENOENT && error != -ENOTDIR && !p2p_is_exhausted(error);
}

/* Drop a source that failed; the others may do without it. */
static void leave_out(struct p2p_context *context, const char *path, size_t parts, size_t skipped,
		      struct p2p_snapshot *snapshot)
{
	struct p2p_skipped *left;

	drop_parts(snapshot, parts);
	snapshot->skipped_count = skipped;
	left = p2p_snapshot_skip(snapshot, name_of(path), p2p_context_error(context));
	if (left)
		left->source = true;
}

static int load_all(struct p2p_context *context, struct p2p_snapshot *all,
		    const char *const *paths, size_t count)
{
	int r = 0, refused = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		size_t parts = all->part_count, skipped = all->skipped_count;

		r = load_path(context, paths[i], all);
		if (count == 1 || r == 0 || !is_left_out(r))
			continue;
		refused = refused ? refused : r;
		leave_out(context, paths[i], parts, skipped, all);
		r = 0;
	}
	return r == 0 && refused && !has_function(all, 0) ? no_function(context, all, refused) : r;
}

/* @r: the result of loading.  @snapshot: NULL if there was no memory for it */
static int end_load(struct p2p_context *context, int r, struct p2p_snapshot *snapshot,
		    struct p2p_snapshot **ret_snapshot)
{
	if (r == 0)
		r = finish(context, &snapshot);
	if (r < 0)
		p2p_snapshot_free(snapshot);
	else
		*ret_snapshot = snapshot;
	return r == -ENOMEM || r == -ELIBACC ? p2p_exhausted(context, r) : r;
}

int p2p_load_fd(struct p2p_context *context, const char *path, int fd, enum p2p_want want,
		struct p2p_snapshot **ret_snapshot)
{
	struct p2p_snapshot *snapshot = new_snapshot(path, want);

	if (!snapshot) {
		close(fd);
		return p2p_exhausted(context, -ENOMEM);
	}
	return end_load(context, load_open(context, path, fd, snapshot), snapshot, ret_snapshot);
}

int p2p_snapshot_load_all(struct p2p_context *context, const char *const *paths, size_t count,
			  enum p2p_want want, struct p2p_snapshot **ret_snapshot)
{
	struct p2p_snapshot *snapshot = new_snapshot(name_of(paths[0]), want);

	return end_load(context, snapshot ? load_all(context, snapshot, paths, count) : -ENOMEM,
			snapshot, ret_snapshot);
}

int p2p_snapshot_load(struct p2p_context *context, const char *path, enum p2p_want want,
		      struct p2p_snapshot **ret_snapshot)
{
	return p2p_snapshot_load_all(context, &path, 1, want, ret_snapshot);
}
