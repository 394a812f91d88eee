/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A post: a text that people wrote around what their tools printed.  It is cleaned of what mail,
 * Markdown, terminals and editors put around lines, and split into pieces of one format each.
 */
#ifndef P2P_SNAPSHOT_POST_H
#define P2P_SNAPSHOT_POST_H

#include "snapshot/sources.h"
#include "snapshot/tree/tree.h"

/** Most lines of a text, and most pieces that are taken from one. */
#define P2P_POST_LINES	((size_t)4 << 20)
#define P2P_POST_PIECES	1024u

/**
 * struct p2p_post_line - one line.
 * @text: @length bytes in the post, and a zero behind them; its own indentation is still there
 * @number: in the file
 * @width: columns that it took in the file, quotes and all
 * @piece: 1 + the index of the piece that it went into; 0 none
 * @breaks: a fence, a prompt or a ruler: whatever was printed before ends here
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
 * Return: 0; -ENOTSUP it is no text; -EFBIG it has too many lines; -ENOMEM.
 */
int p2p_post_clean(const char *data, size_t size, struct p2p_post *ret_post);

/** p2p_post_clear() - free what it holds. */
void p2p_post_clear(struct p2p_post *post);

/** No row of the table of sources. */
#define P2P_NO_ROW	SIZE_MAX

/** p2p_post_start() - the format that a piece which begins with @line has, as its row, or P2P_NO_ROW, as of "". */
size_t p2p_post_start(const char *line);

/** Row of a piece whose format is told by its whole, not by its lines. */
#define P2P_PIECE_OPEN	P2P_NO_ROW

/**
 * struct p2p_piece - lines of one format.
 * @row: in the table of sources, or P2P_PIECE_OPEN
 * @lines: the number in the file of each line of @text
 * @taken: p2p_post_load() took it; @why: the sentence of the format that refused it
 */
struct p2p_piece {
	size_t row;
	struct p2p_buffer text;
	unsigned int *lines;
	size_t count;
	bool taken;
	const char *why;
};

/** struct p2p_pieces - a post in pieces, in its order. */
struct p2p_pieces {
	struct p2p_piece *pieces;
	size_t count;
};

/** p2p_post_split() - find the pieces.  Return: 0; -EFBIG there are too many; -ENOMEM. */
int p2p_post_split(struct p2p_post *post, struct p2p_pieces *ret_pieces);

/** p2p_pieces_clear() - free what it holds. */
void p2p_pieces_clear(struct p2p_pieces *pieces);

/**
 * p2p_post_load() - read every piece of a post.
 * @snapshot: gets a part for each piece that its format takes, and what none takes as skipped
 * @lines: note lines that no format knows, too, and not only pieces that their format refused
 *
 * Return: 0; -EBADMSG no piece was taken, with a sentence when one of them was to blame;
 *	-ENOTSUP as that, without a sentence; -ENOMEM.
 */
int p2p_post_load(struct p2p_context *context, const struct p2p_input *input,
		  const struct p2p_post *post, struct p2p_pieces *pieces, bool lines,
		  struct p2p_snapshot *snapshot);

#endif
