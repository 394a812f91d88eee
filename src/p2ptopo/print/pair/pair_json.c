/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of pairs: which members, in which groups, and json-c values made of them. */
#include <stdio.h>
#include <string.h>

#include "print/document.h"
#include "print/pair/pair_row.h"
#include "print/speed.h"

/* Length of the common groups of both keys, including the last dot. */
static size_t shared_groups(const char *one, const char *two)
{
	size_t shared = 0;

	for (size_t i = 0; one[i] && one[i] == two[i]; i++)
		shared = one[i] == '.' ? i + 1 : shared;
	return shared;
}

static void append(char text[PAIR_LEAD], const char *more, size_t size)
{
	size_t used = strlen(text);

	if (used + size < PAIR_LEAD) {
		memcpy(text + used, more, size);
		text[used + size] = '\0';
	}
}

/* Close the groups of @key from @shared on. */
static void append_ends(char text[PAIR_LEAD], const char *key, size_t shared)
{
	for (key += shared; (key = strchr(key, '.')); key++)
		append(text, "}", 1);
}

/* What is written before the member @key, following @before, which is NULL for the first. */
static void lead_to(char lead[PAIR_LEAD], const char *key, const char *before)
{
	size_t shared = before ? shared_groups(before, key) : 0;

	*lead = '\0';
	if (before)
		append_ends(lead, before, shared);
	append(lead, before ? "," : "{", 1);
	for (key += shared; *key; key += *key == '.') {
		size_t length = strcspn(key, ".");

		append(lead, "\"", 1);
		append(lead, key, length);
		append(lead, "\":", 2);
		key += length;
		if (*key)
			append(lead, "{", 1);
	}
}

/* Is @name, of @length bytes, the member of @key or a group that it is in? */
static bool is_of(const char *key, const char *name, size_t length)
{
	return !strncmp(key, name, length) && (!key[length] || key[length] == '.');
}

static bool is_named(const char *names, const char *key)
{
	for (; *names; names += *names == ',') {
		size_t length = strcspn(names, ",");

		if (is_of(key, names, length))
			return true;
		names += length;
	}
	return false;
}

/*
 * A row of the members in the group @base, whose keys then start after it.
 * @names: only these; NULL for all
 * @aside: also those marked ASIDE
 */
static void choose(struct pair_row *row, const char *base, const char *names, bool aside)
{
	const char *before = NULL;
	size_t above = strlen(base);

	*row = (struct pair_row){ 0 };
	for (const struct pair_member *member = pair_members; member->key; member++) {
		const char *key = member->key + above;

		if (strncmp(member->key, base, above) != 0 || row->count == PAIR_MEMBERS)
			continue;
		if ((names && !is_named(names, member->key)) || (member->flags & ASIDE && !aside))
			continue;
		row->members[row->count].member = member;
		lead_to(row->members[row->count++].lead, key, before);
		before = key;
	}
	append_ends(row->end, before ? before : "", 0);
	append(row->end, "}", 1);
}

static bool is_member(const char *name, size_t length)
{
	for (const struct pair_member *member = pair_members; member->key; member++)
		if (is_of(member->key, name, length) && !(member->flags & ASIDE))
			return true;
	return false;
}

static enum status unknown_member(const struct app *app, const char *name, size_t length)
{
	char typed[64], meant[P2P_NEAREST_SIZE];
	struct p2p_nearest nearest = { .typed = typed };

	snprintf(typed, sizeof(typed), "%.*s", (int)length, name);
	for (const struct pair_member *member = pair_members; member->key; member++)
		if (!(member->flags & ASIDE))
			p2p_nearest_try(&nearest, member->key);
	p2p_nearest_say(&nearest, meant);
	return fail_with(app->failure, STATUS_USAGE, "a row of pairs has no member '%s'%s%s", typed,
			 meant, *meant ? "" : "; p2ptopo-json(5) lists them");
}

enum status pair_row_choose(const struct app *app, const char *names, struct pair_row *ret_row)
{
	for (const char *name = names; name && *name; name += *name == ',') {
		size_t length = strcspn(name, ",");

		if (!length || !is_member(name, length))
			return unknown_member(app, name, length);
		name += length;
	}
	choose(ret_row, "", names, false);
	if (!ret_row->count)
		return fail_with(app->failure, STATUS_USAGE, "-o names no member");
	return STATUS_DONE;
}

static void write_fact(const struct subject *subject, const struct pair_member *member)
{
	char text[PAIR_SAY];
	const char *said = pair_fact(&subject->pair, &subject->ways, member->fact, text);

	if (said && member->flags & RAW)
		line_raw(subject->line, said);
	else
		line_text(subject->line, said);
}

static void write_member(struct subject *subject, const struct pair_member *member)
{
	struct pair *pair = &subject->pair;

	if (member->flags & SCORED && !subject->scored)
		p2p_eval_score(pair->eval, &pair->verdict, &pair->score);
	if (member->flags & ASKED && !subject->asked)
		p2p_ways_find(&pair->verdict, &subject->ways);
	subject->scored |= (member->flags & SCORED) != 0;
	subject->asked |= (member->flags & ASKED) != 0;
	subject->at = (const char *)subject + member->at;
	if (member->write)
		member->write(subject);
	else
		write_fact(subject, member);
}

void pair_row_write(struct json_line *line, const struct pair_row *row,
		    const struct p2p_eval *eval, const struct p2p_verdict *verdict)
{
	struct subject subject;

	subject.line = line;
	subject.pair.eval = eval;
	subject.pair.verdict = *verdict;
	subject.scored = subject.asked = false;
	for (unsigned int i = 0; i < row->count; i++) {
		line_raw(line, row->members[i].lead);
		write_member(&subject, row->members[i].member);
	}
	line_raw(line, row->end);
}

static struct json_object *json_group(const struct p2p_eval *eval,
				      const struct p2p_verdict *verdict, const char *base,
				      bool aside)
{
	struct json_line line = { 0 };
	struct pair_row row;

	choose(&row, base, NULL, aside);
	pair_row_write(&line, &row, eval, verdict);
	return line_object(&line);
}

struct json_object *json_pair(const struct app *app, const struct p2p_verdict *verdict)
{
	return json_group(app->eval, verdict, "", false);
}

struct json_object *json_pair_drivers(const struct p2p_verdict *verdict)
{
	return json_group(NULL, verdict, "drivers.", false);
}

struct json_object *json_pair_ways(const struct p2p_verdict *verdict)
{
	return json_group(NULL, verdict, "drivers.", true);
}

struct json_object *speed_json_pair(const struct app *app, const struct p2p_verdict *verdict)
{
	return json_group(app->eval, verdict, "speed.", false);
}
