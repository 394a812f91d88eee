/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hands each piece of a post to the format that takes it; what none takes is noted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/post/post.h"

/**
 * struct reader - a post that is being read.
 * @lines: note lines that no format knows
 * @prompt: that the first piece with functions stands below, as far as it names a host; NULL if none does
 * @error: the error of the first piece that was refused
 */
struct reader {
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	const struct p2p_input *input;
	struct p2p_pieces *pieces;
	const char *prompt;
	bool lines;
	int error;
};

static struct p2p_input input_of(const struct reader *reader, const struct p2p_piece *piece)
{
	return (struct p2p_input){
		.name = reader->input->name, .fd = -1, .data = piece->text.data,
		.size = piece->text.size, .lines = piece->lines, .before = piece->before,
		.budget = reader->input->budget,
	};
}

/* May @format read @input?  Either its lines start with @first, or it judges the text as a whole. */
static bool may_take(const struct p2p_format *format, const struct p2p_piece *piece,
		     const char *first, const struct p2p_input *input)
{
	if (format->is_files)
		return false;
	if (piece->row == P2P_PIECE_OPEN ? !!format->line :
	    !format->line || !(format->line(first) & P2P_LINE_STARTS))
		return false;
	return format->sniff(input);
}

static char *first_line(const struct p2p_piece *piece)
{
	const char *start = piece->text.data + strspn(piece->text.data, " \t");

	return strndup(start, strcspn(start, "\n"));
}

/* Return: as p2p_load_part(); -ENOTSUP if no format takes it. */
static int offer(struct reader *reader, const struct p2p_piece *piece)
{
	const struct p2p_input input = input_of(reader, piece);
	const struct p2p_format *format;
	char *first = first_line(piece);
	int r = -ENOTSUP;

	if (!first)
		return -ENOMEM;
	for (size_t row = 0; r == -ENOTSUP && (format = p2p_format_at(row)); row++)
		if (may_take(format, piece, first, &input))
			r = p2p_load_part(reader->context, &input, row, reader->snapshot);
	free(first);
	return r;
}

/*
 * Does a list of functions stand below the prompt of another host than the lists before?  Two machines of one make
 * agree on every function that both have.  Return: 0, or -EBADMSG with its sentence.
 */
static int check_host(struct reader *reader, const struct p2p_piece *piece)
{
	size_t length, other;
	const char *host = piece->prompt ? p2p_post_host(piece->prompt, &length) : NULL;
	const char *first = reader->prompt ? p2p_post_host(reader->prompt, &other) : NULL;

	if (host && first && (length != other || strncasecmp(host, first, length) != 0))
		return p2p_error(reader->context, -EBADMSG, "%s:%u: the prompt names the host %.*s, and the one before "
				 "%.*s; read two machines one by one", reader->input->name, piece->lines[0],
				 (int)length, host, (int)other, first);
	reader->prompt = first ? reader->prompt : piece->prompt;
	return 0;
}

/* Load a piece, unless it is of another host than those before. */
static int load_piece(struct reader *reader, const struct p2p_piece *piece)
{
	struct p2p_snapshot *snapshot = reader->snapshot;
	int r = offer(reader, piece);

	if (r < 0 || !snapshot->parts[snapshot->part_count - 1]->count)
		return r;
	r = check_host(reader, piece);
	if (r < 0)
		p2p_snapshot_free(snapshot->parts[--snapshot->part_count]);
	return r;
}

static int read_piece(struct reader *reader, struct p2p_piece *piece)
{
	int r = load_piece(reader, piece);

	if (r == -ENOMEM)
		return r;
	piece->taken = r == 0;
	if (r < 0 && r != -ENOTSUP) {
		piece->why = p2p_snapshot_string(reader->snapshot, p2p_context_error(reader->context));
		reader->error = reader->error ? reader->error : r;
	}
	return 0;
}

/* The piece of a line; NULL if it is in none. */
static const struct p2p_piece *piece_of(const struct reader *reader, const struct p2p_post_line *line)
{
	return line->piece ? &reader->pieces->pieces[line->piece - 1] : NULL;
}

/* Note runs of lines from which nothing was taken; empty lines and fences do not interrupt a run. */
static void note_skipped(struct reader *reader, const struct p2p_post *post)
{
	struct p2p_skipped *run = NULL;
	const char *why = NULL;

	for (size_t i = 0; i < post->count; i++) {
		const struct p2p_post_line *line = &post->lines[i];
		const struct p2p_piece *piece = piece_of(reader, line);
		const char *refused = piece ? piece->why : NULL;

		if (piece && piece->taken)
			run = NULL;
		if (!line->length || line->breaks || (piece && piece->taken) ||
		    (!reader->lines && !refused))
			continue;
		if (!run || why != refused) {
			why = refused;
			run = p2p_snapshot_skip(reader->snapshot, reader->input->name, why);
		}
		if (!run)
			return;
		run->first = run->first ? run->first : line->number;
		run->last = line->number;
	}
}

int p2p_post_load(struct p2p_context *context, const struct p2p_input *input,
		  const struct p2p_post *post, struct p2p_pieces *pieces, bool lines,
		  struct p2p_snapshot *snapshot)
{
	struct reader reader = { .context = context, .snapshot = snapshot, .input = input,
				 .pieces = pieces, .lines = lines };
	size_t before = snapshot->part_count;
	int r = 0;

	for (size_t i = 0; i < pieces->count && r == 0; i++)
		r = read_piece(&reader, &pieces->pieces[i]);
	if (r < 0 || snapshot->no_memory)
		return -ENOMEM;
	if (snapshot->part_count > before) {
		note_skipped(&reader, post);
		return 0;
	}
	for (size_t i = 0; i < pieces->count; i++)
		if (pieces->pieces[i].why)
			return p2p_error(context, reader.error, "%s", pieces->pieces[i].why);
	return -ENOTSUP;
}

/* Never recognized here: it results from joining several sources. */
static bool is_several(const struct p2p_input *input)
{
	(void)input;
	return false;
}

const struct p2p_format p2p_format_several = { .sniff = is_several };
