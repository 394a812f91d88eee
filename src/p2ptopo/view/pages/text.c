/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of text. Each is printed into memory as its command would print it, and then split into lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/path/path.h"
#include "view/rows.h"
#include "view/pages/text_pages.h"

static void print_pair(struct app *app, struct machine *machine, const struct state *state)
{
	const struct p2p_function *provider = machine_function(machine, state->provider);
	const struct p2p_function *client = machine_function(machine, state->client);
	struct path path;

	if (!provider || !client) {
		fputs("No pair is selected.\n\nIn the tree, p selects the provider, which owns the "
		      "memory, and e the client, which does the DMA.\nIn the matrix and on the page of "
		      "peers, Enter opens the pair under the cursor.\n", app->out);
		return;
	}
	if (path_new(app, provider, client, &path)) {
		fputs("Out of memory.\n", app->out);
		return;
	}
	path_print(app, &path);
	path_free(&path);
}

static void print_device(struct app *app, struct machine *machine, const struct state *state)
{
	const struct p2p_function *function = machine_function(machine, state->device);

	if (function)
		device_print(app, machine, function);
	else
		fputs("No device is selected: Enter on a line of the tree selects one.\n", app->out);
}

static void print_page(struct app *app, struct machine *machine, const struct state *state)
{
	switch (state->page) {
	case PAGE_PAIR:
		print_pair(app, machine, state);
		return;
	case PAGE_DEVICE:
		print_device(app, machine, state);
		return;
	case PAGE_WHAT_IF:
		what_if_print(app, machine);
		return;
	case PAGE_REPORT:
		command_report(app);
		return;
	default:
		help_print(app);
	}
}

/* Length in bytes of the colour sequence at @text, which takes no columns; 0 if there is none. */
static size_t sequence_at(const char *text)
{
	size_t digits;

	if (text[0] != '\033' || text[1] != '[')
		return 0;
	digits = strspn(text + 2, "0123456789");
	return text[2 + digits] == 'm' ? digits + 3 : 0;
}

/* Length in bytes of the first @width columns of a line: up to a blank, if that keeps at least half of them. */
static size_t fold_at(const char *line, unsigned int width)
{
	size_t at = 0, blank = 0;
	unsigned int column = 0;

	while (line[at] && line[at] != '\n') {
		size_t sequence = sequence_at(line + at);

		if (!sequence && ((unsigned char)line[at] & 0xc0) != 0x80 && column++ == width)
			return blank ? blank : at;
		if (line[at] == ' ' && column > width / 2)
			blank = at + 1;
		at += sequence ? sequence : 1;
	}
	return at;
}

/* The colour in effect before @end; "" if none. */
static const char *colour_at(const char *text, const char *end, const char *before, size_t *ret_size)
{
	for (const char *at = text; at < end; at++) {
		size_t sequence = sequence_at(at);

		if (!sequence)
			continue;
		before = at;
		*ret_size = sequence;
	}
	return before;
}

/*
 * Commands are lines of any length, but nobody pastes them from this screen, so they are folded too. Each
 * resulting line ends with a zero byte. Return: the bytes of all lines; NULL if out of memory.
 */
static char *fold_lines(struct text *text, const char *at, unsigned int width)
{
	const char *colour = "";
	size_t length, colour_size = 0;
	char *folded = NULL;
	FILE *out = p2p_text_open(&folded, &length);

	while (out && *at) {
		size_t size = fold_at(at, width);
		const char *end = at + size;

		fwrite(at, 1, size, out);
		colour = colour_at(at, end, colour, &colour_size);
		at = end + (*end == '\n');
		putc('\0', out);
		text->count++;
		if (*end && *end != '\n')
			fwrite(colour, 1, colour_size, out);
	}
	if (out && !fclose(out))
		return folded;
	free(folded);
	return NULL;
}

static int cut_lines(struct text *text)
{
	const char *at = text->bytes;

	text->lines = calloc(text->count + 1, sizeof(*text->lines));
	if (!text->lines)
		return -ENOMEM;
	for (size_t i = 0; i < text->count; i++, at += strlen(at) + 1)
		text->lines[i] = at;
	return 0;
}

int text_build(struct text *text, struct machine *machine, const struct state *state,
	       unsigned int width)
{
	struct app app = machine->shown;
	struct text made = { 0 };
	char *page = NULL;
	size_t length;

	app.options.width = width;
	app.options.colour = app.options.terminal = true;
	app.options.format = FORMAT_TEXT;
	app.out = p2p_text_open(&page, &length);
	if (!app.out)
		return -ENOMEM;
	print_page(&app, machine, state);
	/* Every heading but the first follows an empty line. */
	if (!fclose(app.out))
		made.bytes = fold_lines(&made, page + strspn(page, "\n"), width);
	free(page);
	if (!made.bytes || cut_lines(&made)) {
		text_free(&made);
		return -ENOMEM;
	}
	text_free(text);
	*text = made;
	return 0;
}

void text_free(struct text *text)
{
	free(text->bytes);
	free(text->lines);
	*text = (struct text){ 0 };
}
