/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A post is a text that people wrote around what their tools printed.  What mail, Markdown, terminals and
 * editors put around its lines is removed, and it is split into pieces of one format each.
 */
#ifndef P2P_SNAPSHOT_POST_H
#define P2P_SNAPSHOT_POST_H

#include "snapshot/sources.h"
#include "snapshot/tree/tree.h"

/** Limits: lines of a text, and pieces that are taken from one. */
#define P2P_POST_LINES	((size_t)4 << 20)
#define P2P_POST_PIECES	1024u

/**
 * struct p2p_post_line - one line.
 * @text: @length bytes in the post, followed by a zero; its own indentation is kept
 * @number: in the file
 * @width: bytes that it took in the file, including quotes
 * @piece: 1 + the index of the piece that it belongs to; 0 if none
 * @breaks: a fence, a prompt or a ruler: any output before it ends here
 */
struct p2p_post_line {
	char *text;
	unsigned int length, number, width;
	size_t piece;
	bool breaks;
};

/**
 * struct p2p_post - a cleaned text.
 * @dressed: it had quotes, fences, prompts, colours or another encoding
 */
struct p2p_post {
	struct p2p_buffer text;
	struct p2p_post_line *lines;
	size_t count;
	bool dressed;
};

/**
 * p2p_post_clean() - clean a text.
 * @ret_post: free with p2p_post_clear()
 *
 * Return: 0; -ENOTSUP if it is not text; -EFBIG if it is too large or has too many lines; -ENOMEM.
 */
int p2p_post_clean(const char *data, size_t size, struct p2p_post *ret_post);

/**
 * p2p_post_host() - the host that a prompt names ("root@gpu1:~# lspci").
 * @ret_length: of the name, without its domain
 * Return: where it begins in @line; NULL if @line is no prompt, names none, or runs its command elsewhere (ssh).
 */
const char *p2p_post_host(const char *line, size_t *ret_length);

/** p2p_post_clear() - free what it holds. */
void p2p_post_clear(struct p2p_post *post);

/** No row of the table of sources. */
#define P2P_NO_ROW	SIZE_MAX

/** p2p_post_start() - the row of the format that starts with @line, or P2P_NO_ROW, also for "". */
size_t p2p_post_start(const char *line);

/** Row of a piece whose format is recognized by its whole, not by its lines. */
#define P2P_PIECE_OPEN	P2P_NO_ROW

/**
 * struct p2p_piece - lines of one format.
 * @row: in the table of sources, or P2P_PIECE_OPEN
 * @lines: the number in the file of each line of @text
 * @before: the last line of the post before it that has a word; NULL if there is none
 * @prompt: the last prompt before it that names a host; NULL if there is none
 * @taken: p2p_post_load() took it; @why: the sentence of the format that refused it
 */
struct p2p_piece {
	size_t row;
	struct p2p_buffer text;
	unsigned int *lines;
	size_t count;
	const char *before, *prompt;
	bool taken;
	const char *why;
};

/** struct p2p_pieces - the pieces of a post, in order. */
struct p2p_pieces {
	struct p2p_piece *pieces;
	size_t count;
};

/** p2p_post_split() - find the pieces.  Return: 0; -EFBIG if there are too many; -ENOMEM. */
int p2p_post_split(struct p2p_post *post, struct p2p_pieces *ret_pieces);

/** p2p_pieces_clear() - free what it holds. */
void p2p_pieces_clear(struct p2p_pieces *pieces);

/**
 * p2p_post_load() - read every piece of a post.
 * @snapshot: gets a part for each piece that its format takes, and a note for what none takes
 * @lines: note also lines that no format knows, not only pieces that their format refused
 *
 * Return: 0; if no piece was taken, the error and sentence of the first that was refused, or -ENOTSUP without
 *	a sentence; -ENOMEM.
 */
int p2p_post_load(struct p2p_context *context, const struct p2p_input *input,
		  const struct p2p_post *post, struct p2p_pieces *pieces, bool lines,
		  struct p2p_snapshot *snapshot);

#endif
