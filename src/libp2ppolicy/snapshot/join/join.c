/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/pci-regs.h"
#include "snapshot/join/join.h"
#include "snapshot/sources.h"

/**
 * struct member - a function of one part.
 * @part: its index
 */
struct member {
	const struct p2p_raw *raw;
	size_t part;
};

struct joiner {
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	struct member *members;
	size_t count;
	struct p2p_side *sides;
};

void p2p_join_conflict(struct p2p_snapshot *snapshot, const struct p2p_raw *raw, const char *what,
		       struct p2p_where first, struct p2p_where second, bool settled)
{
	struct p2p_conflict *conflict = p2p_more(snapshot->conflicts, snapshot->conflict_count);

	snapshot->no_memory |= !conflict;
	if (!conflict)
		return;
	snapshot->conflict_count++;
	*conflict = (struct p2p_conflict){
		.bdf = raw ? raw->bdf : (struct p2p_bdf){ 0 }, .of_function = raw, .settled = settled,
		.what = what, .first = first, .second = second,
	};
}

/* Functions by address; those of one address in the order of the parts. */
static int compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;
	int order = p2p_bdf_compare(left->raw->bdf, right->raw->bdf);

	return order ? order : (left->part > right->part) - (left->part < right->part);
}

static int gather(struct joiner *joiner)
{
	const struct p2p_snapshot *snapshot = joiner->snapshot;
	size_t used = 0;

	for (size_t i = 0; i < snapshot->part_count; i++)
		joiner->count += snapshot->parts[i]->count;
	joiner->members = calloc(joiner->count + 1, sizeof(*joiner->members));
	joiner->sides = calloc(snapshot->part_count, sizeof(*joiner->sides));
	if (!joiner->members || !joiner->sides)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->part_count; i++)
		for (size_t j = 0; j < snapshot->parts[i]->count; j++)
			joiner->members[used++] =
				(struct member){ &snapshot->parts[i]->raws[j], i };
	qsort(joiner->members, used, sizeof(*joiner->members), compare_members);
	return 0;
}

/* ":17" of "post.txt:17". */
static const char *line_text(unsigned int line, char text[16])
{
	*text = '\0';
	if (line)
		snprintf(text, 16, ":%u", line);
	return text;
}

static int two_machines(struct joiner *joiner, const struct p2p_side *one,
			const struct p2p_side *other, const char *what)
{
	char address[P2P_BDF_SIZE], first[16], second[16];

	return p2p_error(joiner->context, -EBADMSG, "%s%s and %s%s are of two machines: at %s they "
			 "differ in the %s", one->name, line_text(one->raw->line, first),
			 other->name, line_text(other->raw->line, second),
			 p2p_bdf_format(one->raw->bdf, address), what);
}

/* The address of the bridge right above a function.  Return: false if the path does not name one. */
static bool find_above(const char *path, struct p2p_bdf *ret_bdf)
{
	const char *end = path ? strrchr(path, '/') : NULL, *start = end;

	while (start && start > path && start[-1] != '/')
		start--;
	return start && p2p_input_address(start, (size_t)(end - start), ret_bdf);
}

/* Do two pieces place a function below different bridges?  Somebody may have moved the card between them. */
static bool is_moved(const struct p2p_raw *left, const struct p2p_raw *right)
{
	struct p2p_bdf one, other;

	return find_above(left->path ? left->path : left->below, &one) &&
	       find_above(right->path ? right->path : right->below, &other) && p2p_bdf_compare(one, other);
}

/* A chain that begins somewhere below a host bridge is used only if nothing else is known. */
static void take_path(struct p2p_snapshot *snapshot, const struct p2p_side *sides, size_t count, struct p2p_raw *raw)
{
	const struct p2p_side *first = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct p2p_raw *side = sides[i].raw;

		if (first && is_moved(first->raw, side)) {
			p2p_join_conflict(snapshot, raw, "place", (struct p2p_where){ first->name, first->raw->line },
					  (struct p2p_where){ sides[i].name, side->line }, false);
			raw->path = raw->below = NULL;
			return;
		}
		if (!first && (side->path || side->below))
			first = &sides[i];
		raw->path = raw->path ? raw->path : side->path;
		raw->below = raw->below ? raw->below : side->below;
		raw->slot = raw->slot ? raw->slot : side->slot;
	}
	if (raw->path)
		raw->below = NULL;
}

/* Join what @count pieces say of one function. */
static int join_function(struct joiner *joiner, size_t count)
{
	struct p2p_snapshot *snapshot = joiner->snapshot;
	struct p2p_side *sides = joiner->sides;
	const struct p2p_side *first, *second;
	const char *what = p2p_join_identity(sides, count, &first, &second);
	struct p2p_raw *raw;

	if (what)
		return two_machines(joiner, first, second, what);
	raw = p2p_snapshot_add(snapshot, sides[0].raw->bdf);
	if (!raw)
		return -ENOMEM;
	raw->line = sides[0].raw->line;
	take_path(snapshot, sides, count, raw);
	p2p_join_attrs(snapshot, sides, count, raw);
	p2p_join_config(snapshot, sides, count, &raw->config);
	return 0;
}

static struct p2p_side side_of(const struct joiner *joiner, size_t index)
{
	const struct member *member = &joiner->members[index];

	return (struct p2p_side){ member->raw, joiner->snapshot->parts[member->part]->name };
}

static int join_functions(struct joiner *joiner)
{
	int r = gather(joiner);

	for (size_t i = 0, count; i < joiner->count && r == 0; i += count) {
		joiner->sides[0] = side_of(joiner, i);
		for (count = 1; i + count < joiner->count &&
		     !p2p_bdf_compare(joiner->members[i].raw->bdf,
				      joiner->members[i + count].raw->bdf); count++)
			joiner->sides[count] = side_of(joiner, i + count);
		r = join_function(joiner, count);
	}
	return r;
}

/* The value of a line "key : value" of /proc/cpuinfo.  Return: its length; 0 if there is none. */
static size_t cpu_value(const char *text, const char *key, const char **ret_value)
{
	size_t length = strlen(key);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		*ret_value = at + length + (strncmp(at, key, length) ? 0 :
					    strspn(at + length, " \t"));
		if (!strncmp(at, key, length) && **ret_value == ':') {
			*ret_value += 1 + strspn(*ret_value + 1, " \t");
			return strcspn(*ret_value, "\n");
		}
	}
	return 0;
}

/* lscpu, the log and the kernel word the same CPU differently. */
static bool same_cpu(const char *left, const char *right)
{
	static const char *const keys[] = { "vendor_id", "cpu family", "model" };

	for (size_t i = 0; i < P2P_LENGTH(keys); i++) {
		const char *one, *other;
		size_t size = cpu_value(left, keys[i], &one);
		size_t length = cpu_value(right, keys[i], &other);

		if (size && length && (size != length || memcmp(one, other, size) != 0))
			return false;
	}
	return true;
}

bool p2p_join_same(const char *path, const struct p2p_file *left, const struct p2p_file *right)
{
	size_t one = left->size, other = right->size;

	if (left->fact == P2P_PRESENT && right->fact == P2P_PRESENT && !strcmp(path, "proc/cpuinfo"))
		return same_cpu(left->data, right->data);
	while (one && left->data[one - 1] == '\n')
		one--;
	while (other && right->data[other - 1] == '\n')
		other--;
	return left->fact == right->fact &&
	       (left->fact != P2P_PRESENT || (one == other && !memcmp(left->data, right->data, one)));
}

static struct p2p_where where_entry(const struct p2p_snapshot *part, const char *path)
{
	const struct p2p_entry *entry = p2p_snapshot_entry(part, path);

	return (struct p2p_where){ part->name, entry ? entry->line : 0 };
}

/* The files themselves come before printed ones, and those before a log, which may be from another boot. */
static unsigned int rank(const struct p2p_snapshot *part)
{
	return p2p_format_of(part)->is_files ? 2 : part->source == P2P_SOURCE_MACHINE_TEXT;
}

/* The first of the best parts that know a file; NULL if none does. */
static const struct p2p_snapshot *best_part(const struct p2p_snapshot *snapshot, const char *path)
{
	const struct p2p_snapshot *best = NULL;

	for (size_t i = 0; i < snapshot->part_count; i++) {
		const struct p2p_snapshot *part = snapshot->parts[i];

		if (p2p_snapshot_file(part, path)->fact != P2P_DENIED &&
		    (!best || rank(part) > rank(best)))
			best = part;
	}
	return best;
}

/* Does one part contradict itself? */
static bool is_disputed(const struct p2p_snapshot *snapshot, const char *path)
{
	for (size_t i = 0; i < snapshot->conflict_count; i++)
		if (!snapshot->conflicts[i].of_function && !strcmp(snapshot->conflicts[i].what, path))
			return true;
	return false;
}

/* Of two descriptions of one CPU, does only @right list its flags? */
static bool has_more(const char *path, const struct p2p_file *left, const struct p2p_file *right)
{
	const char *value;

	return !strcmp(path, "proc/cpuinfo") && left->fact == P2P_PRESENT && right->fact == P2P_PRESENT &&
	       !cpu_value(left->data, "flags", &value) && cpu_value(right->data, "flags", &value);
}

/* Join a file that several parts know: what the best ones agree on, or denied. */
static void join_entry(struct p2p_snapshot *snapshot, struct p2p_entry *entry)
{
	const struct p2p_snapshot *best = best_part(snapshot, entry->path);

	if (!best || is_disputed(snapshot, entry->path))
		return;
	entry->file = *p2p_snapshot_file(best, entry->path);
	for (size_t i = 0; i < snapshot->part_count; i++) {
		const struct p2p_snapshot *part = snapshot->parts[i];
		const struct p2p_file *other = p2p_snapshot_file(part, entry->path);
		bool settled = rank(part) < rank(best);

		if (part == best || other->fact == P2P_DENIED || entry->file.fact == P2P_DENIED)
			continue;
		if (p2p_join_same(entry->path, &entry->file, other)) {
			if (has_more(entry->path, &entry->file, other))
				entry->file = *other;
			continue;
		}
		p2p_join_conflict(snapshot, NULL, entry->path, where_entry(best, entry->path),
				  where_entry(part, entry->path), settled);
		if (!settled)
			entry->file = (struct p2p_file){ P2P_DENIED, 0, NULL };
	}
}

/* Join the paths that any part has; for the others p2p_snapshot_file() asks the parts. */
static void join_entries(struct p2p_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->part_count; i++)
		for (size_t j = 0; j < snapshot->parts[i]->entry_count; j++)
			(void)p2p_snapshot_add_entry(snapshot, snapshot->parts[i]->entries[j].path);
	p2p_snapshot_sort_entries(snapshot);
	for (size_t i = 0; i < snapshot->entry_count; i++)
		join_entry(snapshot, &snapshot->entries[i]);
}

/* One piece may contradict itself. */
static void take_conflicts(struct p2p_snapshot *snapshot, const struct p2p_snapshot *part)
{
	for (size_t i = 0; i < part->conflict_count; i++) {
		const struct p2p_conflict *conflict = &part->conflicts[i];

		p2p_join_conflict(snapshot, NULL, conflict->what, conflict->first, conflict->second, conflict->settled);
	}
}

/* Concatenate the texts, as far as there is room. */
static void join_faults(struct p2p_snapshot *snapshot)
{
	char text[P2P_FAULTS_MOST];
	size_t used = 0;

	for (size_t i = 0; i < snapshot->part_count; i++) {
		const char *more = p2p_snapshot_faults(snapshot->parts[i]);
		size_t size = strlen(more);

		if (used + size >= P2P_FAULTS_MOST)
			continue;
		memcpy(text + used, more, size);
		used += size;
		snapshot->fault_lines += snapshot->parts[i]->fault_lines;
	}
	text[used] = '\0';
	snapshot->faults = used ? p2p_snapshot_string(snapshot, text) : NULL;
}

static void take_rest(struct p2p_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->part_count; i++) {
		const struct p2p_snapshot *part = snapshot->parts[i];

		snapshot->want = part->want > snapshot->want ? part->want : snapshot->want;
		if (snapshot->hwloc.fact != P2P_PRESENT && part->hwloc.fact != P2P_DENIED)
			snapshot->hwloc = part->hwloc;
		p2p_snapshot_move_skipped(snapshot, part);
		take_conflicts(snapshot, part);
	}
	join_faults(snapshot);
	join_entries(snapshot);
}

/* A header made from text: whether a device has other functions shows only in the joined list. */
static void mark_siblings(struct p2p_snapshot *snapshot)
{
	for (size_t i = 1; i < snapshot->count; i++) {
		struct p2p_raw *left = &snapshot->raws[i - 1], *right = &snapshot->raws[i];

		if (!p2p_is_one_device(left->bdf, right->bdf))
			continue;
		if (left->config.size && left->config.from_text)
			left->config.bytes[PCI_HEADER_TYPE] |= 0x80;
		if (right->config.size && right->config.from_text)
			right->config.bytes[PCI_HEADER_TYPE] |= 0x80;
	}
}

static int check_parts(struct p2p_context *context, const struct p2p_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->part_count && snapshot->part_count > 1; i++)
		if (snapshot->parts[i]->report)
			return p2p_error(context, -EBADMSG, "%s: a tree document holds a whole "
					 "machine, and cannot be joined with other sources",
					 snapshot->parts[i]->name);
	return 0;
}

int p2p_join(struct p2p_context *context, struct p2p_snapshot *snapshot)
{
	struct joiner joiner = { .context = context, .snapshot = snapshot };
	int r = check_parts(context, snapshot);

	if (r < 0)
		return r;
	snapshot->source = snapshot->part_count == 1 ? snapshot->parts[0]->source :
			   P2P_SOURCE_SEVERAL;
	snapshot->want = P2P_WANT_VERDICT;
	r = join_functions(&joiner);
	if (r == 0)
		take_rest(snapshot);
	mark_siblings(snapshot);
	free(joiner.members);
	free(joiner.sides);
	return r == 0 && snapshot->no_memory ? -ENOMEM : r;
}
