/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of text: each is printed into memory as its command would print it, and cut into lines. */
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

static void print_what_if(struct app *app, struct machine *machine, const struct state *state)
{
	(void)state;
	what_if_print(app, machine);
}

static void print_report(struct app *app, struct machine *machine, const struct state *state)
{
	(void)machine;
	(void)state;
	command_report(app);
}

static void print_help(struct app *app, struct machine *machine, const struct state *state)
{
	(void)machine;
	(void)state;
	help_print(app);
}

typedef void print_fn(struct app *app, struct machine *machine, const struct state *state);

static print_fn *const prints[PAGES] = {
	[PAGE_PAIR] = print_pair, [PAGE_DEVICE] = print_device, [PAGE_WHAT_IF] = print_what_if,
	[PAGE_REPORT] = print_report, [PAGE_HELP] = print_help,
};

/* Bytes of a colour sequence at @text, which takes no columns; 0 there is none. */
static size_t sequence_at(const char *text)
{
	size_t digits;

	if (text[0] != '\033' || text[1] != '[')
		return 0;
	digits = strspn(text + 2, "0123456789");
	return text[2 + digits] == 'm' ? digits + 3 : 0;
}

static size_t width_of(const char *line)
{
	size_t width = 0, sequence;

	for (; *line; line += sequence ? sequence : 1) {
		sequence = sequence_at(line);
		width += !sequence && ((unsigned char)*line & 0xc0) != 0x80;
	}
	return width;
}

/* Bytes of a line, up to @width columns of it: to a blank where that leaves half of them or more. */
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

/* The colour that the text before @end is in; "" none. */
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

/* Commands are lines of any length; here there is no paper to paste them from. */
static int fold_lines(struct text *text, unsigned int width)
{
	/* A heading is behind an empty line, but for the first one. */
	const char *at = text->bytes + strspn(text->bytes, "\n"), *colour = "";
	size_t length, colour_size = 0;
	char *folded = NULL;
	FILE *out = p2p_text_open(&folded, &length);

	if (!out)
		return -ENOMEM;
	while (*at) {
		size_t size = fold_at(at, width);
		const char *end = at + size;

		fwrite(at, 1, size, out);
		colour = colour_at(at, end, colour, &colour_size);
		at = end + (*end == '\n');
		putc('\n', out);
		if (*end && *end != '\n')
			fwrite(colour, 1, colour_size, out);
	}
	if (fclose(out)) {
		free(folded);
		return -ENOMEM;
	}
	free(text->bytes);
	text->bytes = folded;
	return 0;
}

static int cut_lines(struct text *text)
{
	size_t count = 0;
	char *rest = text->bytes, *line;

	for (const char *byte = text->bytes; *byte; byte++)
		count += *byte == '\n';
	text->lines = calloc(count + 2, sizeof(*text->lines));
	if (!text->lines)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		size_t width = width_of(line);

		/* Nothing comes after the last newline. */
		if (!rest && !*line)
			break;
		text->lines[text->count++] = line;
		if (width > text->wide)
			text->wide = width;
	}
	return 0;
}

int text_build(struct text *text, struct machine *machine, const struct state *state,
	       unsigned int width)
{
	struct app app = machine->shown;
	struct text made = { 0 };
	size_t length;
	int error;

	app.options.width = width;
	app.options.colour = app.options.terminal = true;
	app.options.format = FORMAT_TEXT;
	app.out = p2p_text_open(&made.bytes, &length);
	if (!app.out)
		return -ENOMEM;
	prints[state->page](&app, machine, state);
	error = fclose(app.out) ? -ENOMEM : fold_lines(&made, width);
	if (!error)
		error = cut_lines(&made);
	if (error) {
		text_free(&made);
		return error;
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
