/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suggested commands.  Each can be pasted into a shell unchanged: the program as it was called, the machine
 * and the rules that the answer is about, and words quoted where necessary.  A command is never wrapped.
 */
#ifndef P2PTOPO_HINT_H
#define P2PTOPO_HINT_H

#include "app.h"

/** hint_program() - "p2ptopo", or the path of a binary that is not in $PATH. */
const char *hint_program(const struct app *app);

/** hint_word() - print a word so that a shell reads it as one. */
void hint_word(FILE *out, const char *word);

/**
 * hint_command() - print "p2ptopo --from box.tar --kernel 6.1 path a b", without newline.
 * @command: printed unchanged, including options
 * @one, @other: the functions that follow it, by their address if their name would need quoting; NULL if none
 */
void hint_command(FILE *out, const struct app *app, const char *command,
		  const struct p2p_function *one, const struct p2p_function *other);

/** hint_line() - print a line with @text and the command. */
void hint_line(const struct app *app, const char *text, const char *command,
	       const struct p2p_function *one, const struct p2p_function *other);

/** hint_pair() - print a line "TEXT: " and @command for a pair of the selection; nothing if there is none. */
void hint_pair(const struct app *app, const char *text, const char *command);

/**
 * hint_wrap() - words_wrap() for a sentence of the library in which `p2ptopo ...` is a command, which is put
 *	on a line of its own, indented by @indent.
 */
void hint_wrap(const struct app *app, const char *text, size_t column, size_t indent);

#endif
