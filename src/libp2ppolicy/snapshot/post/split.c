/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Splits a post into pieces.  A piece starts with a line that some format starts with, and continues as long
 * as that format knows the lines.  An unknown line ends it: what follows is no longer part of the piece, so
 * that incomplete output does not look complete.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/post/post.h"

#define WRAP_LEAST	66u	/* mailers wrap lines at 72 to 80 columns */

/**
 * struct splitter - the state of splitting.
 * @row: of the current piece; P2P_NO_ROW outside of one
 * @indent: indentation that every line of the piece starts with
 * @last: the address in the last line that had one
 * @open: first line since the last break that belongs to no format
 * @prompt: the last one that names a host
 */
struct splitter {
	struct p2p_post *post;
	struct p2p_pieces pieces;
	size_t row, indent, open;
	const char *prompt;
	struct p2p_bdf last;
	bool has_last;
};

static struct p2p_piece *current(struct splitter *splitter)
{
	return &splitter->pieces.pieces[splitter->pieces.count - 1];
}

/* @line: as it stands in the post; @text: what the piece gets of it */
static int append(struct splitter *splitter, struct p2p_post_line *line, const char *text)
{
	struct p2p_piece *piece = current(splitter);
	unsigned int *number = p2p_more(piece->lines, piece->count);

	if (!number)
		return -ENOMEM;
	*number = line->number;
	piece->count++;
	line->piece = splitter->pieces.count;
	return p2p_buffer_append_line(&piece->text, text);
}

/* The last line before the one at @index that has a word; fences have none. */
static const char *line_before(const struct p2p_post *post, size_t index)
{
	while (index--) {
		const char *text = post->lines[index].text;

		if (text[strspn(text, " \t`~_*-=#")])
			return text;
	}
	return NULL;
}

/* @index: of its first line */
static int new_piece(struct splitter *splitter, size_t row, size_t index)
{
	struct p2p_pieces *pieces = &splitter->pieces;
	struct p2p_piece *piece;

	if (pieces->count >= P2P_POST_PIECES)
		return -EFBIG;
	piece = p2p_more(pieces->pieces, pieces->count);
	if (!piece)
		return -ENOMEM;
	piece->row = row;
	piece->before = line_before(splitter->post, index);
	piece->prompt = splitter->prompt;
	pieces->count++;
	return 0;
}

static size_t indent_of(const struct p2p_post_line *line)
{
	return strspn(line->text, " \t");
}

/* A line without the indentation of the whole piece. */
static const char *cut_indent(const struct splitter *splitter, const struct p2p_post_line *line)
{
	size_t own = indent_of(line);

	return line->text + (own < splitter->indent ? own : splitter->indent);
}

size_t p2p_post_start(const char *line)
{
	const struct p2p_format *format;

	for (size_t row = 0; *line && (format = p2p_format_at(row)); row++)
		if (format->line && format->line(line) & P2P_LINE_STARTS)
			return row;
	return P2P_NO_ROW;
}

/* A list whose addresses start over is another list. */
static bool starts_again(struct splitter *splitter, const char *line)
{
	struct p2p_bdf bdf;
	bool again;

	if (!p2p_input_address(line, strcspn(line, " "), &bdf))
		return false;
	again = splitter->has_last && p2p_bdf_compare(bdf, splitter->last) <= 0;
	splitter->last = bdf;
	splitter->has_last = true;
	return again;
}

static int start_piece(struct splitter *splitter, size_t row, size_t index)
{
	struct p2p_post_line *line = &splitter->post->lines[index];
	size_t next = index + 1 < splitter->post->count ? indent_of(line + 1) : 0;
	const char *text = line->text + indent_of(line);
	int r = new_piece(splitter, row, index);

	if (r < 0)
		return r;
	splitter->row = row;
	/* The first line of a table may be indented more than the others. */
	splitter->indent = indent_of(line) < next || index + 1 == splitter->post->count ||
			   !line[1].length ? indent_of(line) : next;
	splitter->has_last = false;
	(void)starts_again(splitter, text);
	r = append(splitter, line, line->text + splitter->indent);
	if (p2p_format_at(row)->line(text) & P2P_LINE_ENDS) {
		splitter->row = P2P_NO_ROW;
		splitter->open = index + 1;
	}
	return r;
}

/* Is this the rest of the line before, wrapped by a mailer? */
static bool is_wrapped(const struct splitter *splitter, size_t index)
{
	const struct p2p_post_line *line = &splitter->post->lines[index];

	return index && line[-1].length && !line[-1].breaks && !p2p_input_mark(line->text) &&
	       line[-1].width + 1 + strcspn(line->text, " ") >= WRAP_LEAST &&
	       line[-1].width <= 100 && indent_of(line) <= splitter->indent;
}

static int unwrap(struct splitter *splitter, struct p2p_post_line *line)
{
	struct p2p_piece *piece = current(splitter);
	size_t indent = indent_of(line);

	line->piece = splitter->pieces.count;
	piece->text.data[piece->text.size - 1] = ' ';
	return p2p_buffer_append_line(&piece->text, line->text + indent);
}

/* Take a non-empty line inside a piece. */
static int go_on(struct splitter *splitter, size_t index, unsigned int claim)
{
	struct p2p_post_line *line = &splitter->post->lines[index];
	const char *text = cut_indent(splitter, line);
	size_t row = claim & P2P_LINE_HOLDS ? P2P_NO_ROW : p2p_post_start(line->text + indent_of(line));
	int r;

	if (row != P2P_NO_ROW && (row != splitter->row || starts_again(splitter, text)))
		return start_piece(splitter, row, index);
	if (!(claim & (P2P_LINE_INSIDE | P2P_LINE_STARTS))) {
		if (is_wrapped(splitter, index))
			return unwrap(splitter, line);
		splitter->row = P2P_NO_ROW;
		splitter->open = index;
		return 0;
	}
	r = append(splitter, line, text);
	if (claim & P2P_LINE_ENDS) {
		splitter->row = P2P_NO_ROW;
		splitter->open = index + 1;
	}
	return r;
}

/* Turn the lines between two breaks that no format started into an open piece, for formats that judge a text as a whole. */
static int close_open(struct splitter *splitter, size_t end)
{
	size_t first = splitter->open;
	int r;

	while (first < end && !splitter->post->lines[first].length)
		first++;
	splitter->open = end + 1;
	if (first >= end || splitter->row != P2P_NO_ROW)
		return 0;
	r = new_piece(splitter, P2P_PIECE_OPEN, first);
	for (size_t i = first; i < end && r == 0; i++)
		r = append(splitter, &splitter->post->lines[i], splitter->post->lines[i].text);
	return r;
}

static int take_line(struct splitter *splitter, size_t index)
{
	struct p2p_post_line *line = &splitter->post->lines[index];
	size_t row;
	int r;

	if (line->breaks) {
		size_t length;

		r = close_open(splitter, index);
		splitter->row = P2P_NO_ROW;
		splitter->prompt = p2p_post_host(line->text, &length) ? line->text : splitter->prompt;
		return r;
	}
	if (splitter->row != P2P_NO_ROW && !line->length)
		return append(splitter, line, "");
	if (splitter->row != P2P_NO_ROW)
		return go_on(splitter, index, p2p_format_at(splitter->row)->
			     line(cut_indent(splitter, line)));
	row = line->length ? p2p_post_start(line->text + indent_of(line)) : P2P_NO_ROW;
	if (row == P2P_NO_ROW)
		return 0;
	r = close_open(splitter, index);
	return r < 0 ? r : start_piece(splitter, row, index);
}

int p2p_post_split(struct p2p_post *post, struct p2p_pieces *ret_pieces)
{
	struct splitter splitter = { .post = post, .row = P2P_NO_ROW };
	int r = 0;

	for (size_t i = 0; i < post->count && r == 0; i++)
		r = take_line(&splitter, i);
	if (r == 0)
		r = close_open(&splitter, post->count);
	if (r < 0) {
		p2p_pieces_clear(&splitter.pieces);
		return r;
	}
	*ret_pieces = splitter.pieces;
	return 0;
}

void p2p_pieces_clear(struct p2p_pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++) {
		free(pieces->pieces[i].text.data);
		free(pieces->pieces[i].lines);
	}
	free(pieces->pieces);
	*pieces = (struct p2p_pieces){ 0 };
}
