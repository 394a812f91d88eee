/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All drawing. The cost depends only on the screen: nothing here looks at rows beyond it. */
#include <string.h>

#include "commands/tree.h"
#include "view/pages/detail.h"
#include "view/prompt.h"
#include "print/clean.h"
#include "print/words.h"

#define TEXT_SIZE 512

static const struct ink plain = { PAINT_NONE, 0 };
static const struct ink bar = { PAINT_NONE, STYLE_REVERSE };
static const struct ink head = { PAINT_BOLD, STYLE_UNDERLINE };
static const struct ink dim = { PAINT_DIM, 0 };
static const struct ink bold = { PAINT_BOLD, 0 };
static const struct ink alarm_bar = { PAINT_BAD, STYLE_REVERSE | STYLE_BOLD };

static const char *const titles[PAGE_HELP] = {
	"tree", "matrix", "peers", "pair", "device", "what-if", "report",
};

static void fill(struct screen *screen, unsigned int y, struct ink ink)
{
	screen_field(screen, y, 0, screen->width, ink, false, "");
}

/* Right-aligned text that ends before column @end; left out if it does not fit. */
static void put_right(struct screen *screen, unsigned int y, unsigned int from, unsigned int end,
		      struct ink ink, const char *text)
{
	unsigned int width = screen_width(screen, text);

	if (from + width < end)
		screen_put(screen, y, end - width, width, ink, text);
}

unsigned int view_titles(const struct view *view)
{
	return view->screen.width >= 88 ? (unsigned int)strlen(" p2ptopo ") : 0;
}

/* " 1 tree " */
unsigned int view_title_width(int page)
{
	return (unsigned int)strlen(titles[page]) + 4;
}

static void paint_title(struct view *view)
{
	struct screen *screen = &view->screen;
	char text[DETAIL_SIZE], title[32];
	unsigned int x = 0;

	fill(screen, 0, bar);
	if (view_titles(view))
		x += screen_put(screen, 0, x, screen->width, bar, " p2ptopo ");
	for (int page = 0; page < PAGE_HELP; page++) {
		bool active = page == (int)view->state.page;

		snprintf(title, sizeof(title), " %d %s ", page + 1, titles[page]);
		x += screen_put(screen, 0, x, screen->width - x,
				active ? (struct ink){ PAINT_BOLD, STYLE_BOLD } : bar, title);
	}
	if (view->state.page == PAGE_HELP)
		x += screen_put(screen, 0, x, screen->width - x, bold, " help ");
	machine_text(view, screen->width - x - 2, text);
	put_right(screen, 0, x + 1, screen->width - 1, bar, text);
}

static void paint_context(struct view *view, const struct viewport *viewport)
{
	const struct place *place = &view->state.place[view->state.page];
	struct screen *screen = &view->screen;
	unsigned int room = screen->width, x = 0;
	char text[DETAIL_SIZE], where[64];

	if (machine_tries(&view->machine)) {
		snprintf(text, sizeof(text), " WHAT IF: %zu change%s, nothing is written ",
			 machine_tries(&view->machine), machine_tries(&view->machine) == 1 ? "" : "s");
		x = screen_put(screen, 1, 0, room, alarm_bar, text) + 1;
	}
	snprintf(where, sizeof(where), "%zu/%zu", viewport->rows ? place->row + 1 : 0, viewport->rows);
	if (view->state.page == PAGE_MATRIX)
		snprintf(where + strlen(where), sizeof(where) - strlen(where), ",%zu/%zu",
			 viewport->columns ? place->column + 1 : 0, viewport->columns);
	put_right(screen, 1, x, screen->width, dim, where);
	room = screen->width - screen_width(screen, where);
	if (x < room) {
		context_text(view, room - x, text);
		screen_put(screen, 1, x, room - x, plain, text);
	}
}

/* Marks what happened to a function and what it is selected as. */
static void paint_marks(struct view *view, unsigned int y, const struct p2p_function *function)
{
	static const struct { const char *text; enum paint paint; } marks[] = {
		[MARK_NONE] = { " ", PAINT_NONE }, [MARK_CAME] = { "+", PAINT_GOOD },
		[MARK_WENT] = { "-", PAINT_BAD }, [MARK_CHANGED] = { "~", PAINT_HOST },
	};
	const struct state *state = &view->state;
	enum mark mark = machine_mark(&view->machine, function->bdf);
	const char *role = " ";

	if (machine_is_tried(&view->machine, function))
		role = "*";
	if (state->client.there && !p2p_bdf_compare(state->client.bdf, function->bdf))
		role = "C";
	if (state->provider.there && !p2p_bdf_compare(state->provider.bdf, function->bdf))
		role = "P";
	screen_put(&view->screen, y, 0, 1, (struct ink){ marks[mark].paint, STYLE_BOLD },
		   marks[mark].text);
	screen_put(&view->screen, y, 1, 1, (struct ink){ PAINT_BOLD, STYLE_BOLD }, role);
}

/* Columns of the tree command, shown from a screen width of @from on. A width of 0 means that WHAT takes the rest. */
static const struct { const char *name; unsigned int width, from; } tree_fields[] = {
	{ "ACS", 8, 0 }, { "LINK", 11, 0 }, { "NODE", 4, 0 }, { "GROUP", 5, 100 },
	{ "WHAT", 0, 0 }, { "DRIVER", 12, 120 }, { "IOMMU", 8, 140 }, { "BARS", 26, 160 },
	{ "NAMES", 20, 180 }, { "SLOT", 8, 200 },
};
#define TREE_FIELDS (sizeof(tree_fields) / sizeof(tree_fields[0]))

static bool has_field(const struct view *view, size_t i)
{
	bool tight = view->state.provider.there && view->screen.width < 90;

	return view->screen.width >= tree_fields[i].from &&
	       !(tight && !strcmp(tree_fields[i].name, "LINK"));
}

static unsigned int what_width(const struct view *view, unsigned int used)
{
	for (size_t i = 0; i < TREE_FIELDS; i++)
		used += has_field(view, i) && tree_fields[i].width ? tree_fields[i].width + 1 : 0;
	return view->screen.width > used + 8 ? view->screen.width - used : 8;
}

static const struct column *column_named(const char *name)
{
	const struct column *column = tree_columns;

	while (column->name && strcmp(column->name, name) != 0)
		column++;
	return column;
}

static const char *print_cell(struct view *view, const struct column *column,
			      const struct tree_row *row)
{
	rewind(view->cell);
	column_print(view->cell, column, row);
	fputc('\0', view->cell);
	return fflush(view->cell) ? "" : view->cell_text;
}

/* A device with the provider: the verdict, and GB/s. */
#define SPEED_WIDTH 6
#define PAIRED (PAIR_WIDTH + 1 + SPEED_WIDTH + 1)

static unsigned int tree_start(const struct view *view)
{
	return 2 + (unsigned int)view->branches.wide + 2 +
	       (view->state.provider.there ? PAIRED : 0);
}

/* Functions that take part stand out from the bridges. */
static struct ink tree_ink(const struct column *column, const struct tree_row *row)
{
	if (column->paint)
		return (struct ink){ column->paint(row), 0 };
	return row->function && p2p_function_takes_part(row->function) &&
	       !strcmp(column->name, "WHAT") ? bold : plain;
}

static void paint_tree_fields(struct view *view, unsigned int y, const struct tree_row *row)
{
	unsigned int x = tree_start(view), what = what_width(view, x);

	for (size_t i = 0; i < TREE_FIELDS; i++) {
		const struct column *column = column_named(tree_fields[i].name);
		unsigned int width = tree_fields[i].width ? tree_fields[i].width : what - 1;
		struct tree_row line = row ? *row : (struct tree_row){ 0 };
		struct ink ink = head;

		if (!has_field(view, i))
			continue;
		line.room = width;
		if (row)
			ink = tree_ink(column, &line);
		screen_field(&view->screen, y, x, width, ink, column->right,
			     row ? print_cell(view, column, &line) : column->name);
		x += width + 1;
	}
}

/* @style is added to the style of the cell. */
static void put_cell(struct screen *screen, unsigned int y, unsigned int x, unsigned int room,
		     const struct cell *cell, unsigned int style)
{
	struct ink ink = cell->ink, first = cell->first;

	ink.style |= style;
	first.style |= style;
	screen_field(screen, y, x, room, ink, false, cell->text);
	screen_put(screen, y, x, cell->lead < room ? cell->lead : room, first, cell->text);
}

static void paint_paired(struct view *view, unsigned int y, const struct p2p_function *provider,
			 const struct p2p_function *client)
{
	unsigned int x = tree_start(view) - PAIRED;
	struct cell cell = pair_cell(view, provider, client, false);
	char speed[PAIR_SAY];
	struct pair pair;
	struct ink ink;

	put_cell(&view->screen, y, x, PAIR_WIDTH, &cell, 0);
	if (provider == client)
		return;
	pair_eval(view->machine.shown.eval, provider, client, &pair);
	ink = pair_speed(view, &pair, speed);
	screen_field(&view->screen, y, x + PAIR_WIDTH + 1, SPEED_WIDTH, ink, true, speed);
}

static void paint_branch(struct view *view, unsigned int y, size_t at)
{
	const struct branch *line = &view->branches.lines[at];
	const struct p2p_function *provider = view_provider(view);
	const struct tree_row row = { .prefix = "", .host = line->host, .function = line->function,
				      .folded = line->counted };
	char text[TREE_PREFIX], bdf[P2P_BDF_SIZE];
	unsigned int x = 2;

	tree_prefix(view->branches.lines, at, view->screen.unicode, text);
	x += screen_put(&view->screen, y, x, view->screen.width, dim, text);
	if (line->gone) {
		screen_put(&view->screen, y, 0, 1, (struct ink){ PAINT_BAD, STYLE_BOLD }, "-");
		screen_put(&view->screen, y, x, view->screen.width, dim, line->gone->line);
		return;
	}
	snprintf(text, sizeof(text), "%s%s", line->function ?
		 p2p_bdf_format(line->function->bdf, bdf) : line->host->name,
		 line->folded && line->foldable ? view->screen.unicode ? "▸" : "+" : "");
	if (line->counted)
		snprintf(text, sizeof(text), "(+%zu)", line->counted);
	screen_put(&view->screen, y, x, view->screen.width, line->function || line->counted ? plain : bold,
		   text);
	if (line->function)
		paint_marks(view, y, line->function);
	if (provider && line->function && p2p_function_has_header_0(line->function))
		paint_paired(view, y, provider, line->function);
	paint_tree_fields(view, y, &row);
}

static const char *lens_heading(const struct state *state)
{
	static const char *const headings[LENSES] = { "KERNEL", "FABRIC", "KERNEL", "DRIVERS" };

	return headings[state->lens];
}

static void paint_tree(struct view *view, const struct layout *layout)
{
	size_t top = view->state.place[PAGE_TREE].top;

	unsigned int x = tree_start(view);

	screen_field(&view->screen, layout->head, 0, x - 1, head, false, "  TREE");
	if (view->state.provider.there) {
		screen_field(&view->screen, layout->head, x - PAIRED, PAIR_WIDTH, head, false,
			     lens_heading(&view->state));
		screen_field(&view->screen, layout->head, x - SPEED_WIDTH - 1, SPEED_WIDTH, head,
			     true, "GB/s");
	}
	paint_tree_fields(view, layout->head, NULL);
	for (unsigned int i = 0; i < layout->high && top + i < view->branches.count; i++)
		paint_branch(view, layout->body + i, top + i);
	if (!view->branches.count)
		screen_put(&view->screen, layout->body, 2, view->screen.width, dim,
			   "No device matches.");
}

/* Digits from top to bottom, or the name split into two lines. */
static void paint_column_head(struct view *view, const struct layout *layout, unsigned int x,
			      size_t column, bool active)
{
	const char *name = view->devices.clients.list[column].function->display;
	unsigned int lines = layout->body - layout->head, width = layout->pitch - 1;
	struct ink ink = active ? bar : head;
	char text[TEXT_SIZE], digit[2] = "";

	if (!view->state.narrow) {
		size_t first = clean_width(name) <= width ? 0 : clean_fit(name, width);

		snprintf(text, sizeof(text), "%.*s", (int)first, name);
		screen_field(&view->screen, layout->head, x, width, active && first ? bar : bold, false, text);
		screen_field(&view->screen, layout->head + 1, x, width, ink, false, name + first);
		return;
	}
	snprintf(text, sizeof(text), "%*zu", (int)lines, column);
	for (unsigned int i = 0; i < lines; i++) {
		digit[0] = text[i];
		screen_put(&view->screen, layout->head + i, x, 1, active ? bar : bold, digit);
	}
}

static void paint_row_head(struct view *view, const struct layout *layout, unsigned int y,
			   size_t row, bool active)
{
	const struct p2p_function *function = view->devices.providers.list[row].function;
	char text[TEXT_SIZE], number[24] = "";
	size_t wide;

	if (view->state.narrow)
		snprintf(number, sizeof(number), "%5zu ", row);
	wide = clean_width(function->display);
	snprintf(text, sizeof(text), "%s%s%*s %s", number, function->display,
		 wide < view->name_width ? (int)(view->name_width - wide) : 0, "",
		 view->screen.width < 100 ? "" : p2p_class_name(function->kind));
	screen_field(&view->screen, y, MARGIN, layout->label - MARGIN - 1, active ? bar : plain, false, text);
	paint_marks(view, y, function);
}

static void paint_matrix_row(struct view *view, const struct layout *layout,
			     const struct viewport *viewport, unsigned int y, size_t row)
{
	const struct place *place = &view->state.place[PAGE_MATRIX];
	const struct p2p_function *provider = view->devices.providers.list[row].function;

	paint_row_head(view, layout, y, row, row == place->row);
	for (size_t i = 0; i < viewport->wide && place->left + i < viewport->columns; i++) {
		size_t column = place->left + i;
		unsigned int x = layout->label + (unsigned int)i * layout->pitch;
		bool active = row == place->row && column == place->column;
		struct cell cell = pair_cell(view, provider,
					     view->devices.clients.list[column].function,
					     view->state.narrow);

		put_cell(&view->screen, y, x, layout->pitch - 1, &cell,
			 active ? STYLE_REVERSE : 0);
	}
}

static void paint_matrix(struct view *view, const struct layout *layout,
			 const struct viewport *viewport)
{
	const struct place *place = &view->state.place[PAGE_MATRIX];
	struct screen *screen = &view->screen;
	unsigned int last = layout->body - 1;

	if (last > layout->head)
		screen_field(screen, last - 1, 0, layout->label - 1, bold, true,
			     screen->unicode ? "client→" : "client>");
	screen_field(screen, last, 0, layout->label - 1, head, false,
		     screen->unicode ? " provider↓" : " provider");
	for (size_t i = 0; i < viewport->wide && place->left + i < viewport->columns; i++)
		paint_column_head(view, layout, layout->label + (unsigned int)i * layout->pitch,
				  place->left + i, place->left + i == place->column);
	for (unsigned int i = 0; i < layout->high && place->top + i < viewport->rows; i++)
		paint_matrix_row(view, layout, viewport, layout->body + i, place->top + i);
	if (!viewport->rows || !viewport->columns)
		screen_put(screen, layout->body, 2, screen->width, dim,
			   *view->state.filter ? "No device matches." :
			   "No device of these classes takes part in peer-to-peer DMA.");
}

static void paint_peer(struct view *view, unsigned int y, const struct p2p_function *provider,
		       const struct p2p_function *client)
{
	char text[FIELD_TEXT] = "";
	unsigned int x = MARGIN;
	struct pair pair = { .eval = view->machine.shown.eval };
	bool other = false;

	if (client) {
		other = machine_eval_pair(&view->machine, provider, client, &pair.verdict);
		p2p_eval_score(pair.eval, &pair.verdict, &pair.score);
	}
	for (const struct field *field = peer_fields; field->heading; field++) {
		struct ink ink = head;

		if (view->screen.width < field->from)
			continue;
		if (client)
			ink = field_fill(view, field, &pair, other, text);
		screen_field(&view->screen, y, x, field->width, ink, field->right,
			     client ? text : field->heading);
		x += field->width + 1;
	}
	if (client)
		paint_marks(view, y, client);
}

static void paint_peers(struct view *view, const struct layout *layout)
{
	const struct p2p_function *provider = view_provider(view);
	size_t top = view->state.place[PAGE_PEERS].top;

	if (!provider) {
		screen_put(&view->screen, layout->body, 2, view->screen.width, dim,
			   "No provider is selected: p on a device in the tree selects one.");
		return;
	}
	paint_peer(view, layout->head, provider, NULL);
	for (unsigned int i = 0; i < layout->high && top + i < view->devices.peers.count; i++)
		paint_peer(view, layout->body + i, provider,
			   view->devices.peers.list[top + i].function);
}

static void paint_text(struct view *view, const struct layout *layout)
{
	const struct place *place = &view->state.place[view->state.page];

	for (unsigned int i = 0; i < layout->high && place->top + i < view->text.count; i++)
		screen_put(&view->screen, layout->body + i, 0, view->screen.width, plain,
			   view->text.lines[place->top + i]);
}

/* Wraps @text into lines from @y on; the last line is cut at its end. */
static void put_wrapped(struct screen *screen, unsigned int y, unsigned int lines,
			const char *text)
{
	unsigned int x = 0, end = y + lines;

	for (; *text && y < end; text += strspn(text, " \n")) {
		size_t length = strcspn(text, " \n");
		char word[TEXT_SIZE];
		unsigned int width;

		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		width = screen_width(screen, word);
		if (x && x + 1 + width > screen->width) {
			if (++y == end)
				break;
			x = 0;
		}
		x += x > 0;
		x += screen_put(screen, y, x, screen->width - x, plain, word);
		text += length;
	}
	if (*text)
		screen_put(screen, end - 1, screen->width - 3, 3, plain, "...");
}

static void paint_legend(struct view *view, unsigned int y)
{
	static const struct { enum paint paint; const char *means[LENSES]; } marks[] = {
		{ PAINT_GOOD, { "B bus_addr", "direct", "score 75 and more",
				"D direct  L link  R root" } },
		{ PAINT_HOST, { "H thru_host_bridge", "redir: to the root", "less", "" } },
		{ PAINT_BAD, { "x not_supported", "block", "- none",
			       "S staged  X refused  ! broken" } },
		{ PAINT_UNKNOWN, { "? unknown", "? unknown", ">= at least  ? unknown",
				   "? unknown" } },
	};
	unsigned int x = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		x += screen_put(&view->screen, y, x, view->screen.width - x,
				(struct ink){ marks[i].paint, 0 },
				marks[i].means[view->state.lens]);
		x += 2;
	}
	put_right(&view->screen, y, x, view->screen.width, dim, "? help");
}

static void paint_status(struct view *view)
{
	static const char *const hints[PAGES] = {
		[PAGE_TREE] = "? help  q quit  Enter open  p provider  + - fold  x what-if  / search  "
			      "\\ filter",
		[PAGE_PEERS] = "? help  q quit  Enter pair  v view  w writes  s sort  \\ filter  "
			       "x what-if",
		[PAGE_PAIR] = "? help  q back  r reverse  x what-if  [ ] rules  w writes  y copy  "
			      "S save",
		[PAGE_DEVICE] = "? help  q back  p provider  x what-if  y copy command  S save it",
		[PAGE_WHAT_IF] = "? help  q quit  X undo all  y copy command  S save it",
		[PAGE_REPORT] = "? help  q quit  W save the report",
		[PAGE_HELP] = "q back  j k move  / search",
	};
	const struct state *state = &view->state;
	struct screen *screen = &view->screen;
	unsigned int y = screen->height - 1, x = 0;

	if (state->prompt) {
		if (state->prompt == PROMPT_OVERWRITE)
			x += screen_put(screen, y, x, screen->width / 2, plain, state->input);
		x += screen_put(screen, y, x, screen->width, bold, prompt_label(state));
		if (state->prompt != PROMPT_OVERWRITE)
			x += screen_put(screen, y, x, screen->width - x, plain, state->input);
		screen->cursor = true;
		screen->cursor_y = y;
		screen->cursor_x = x < screen->width ? x : screen->width - 1;
	} else if (*state->message) {
		screen_put(screen, y, 0, screen->width,
			   (struct ink){ state->urgent ? PAINT_BAD : PAINT_BOLD, 0 },
			   state->message);
	} else if (state->page == PAGE_MATRIX) {
		paint_legend(view, y);
	} else {
		screen_put(screen, y, 0, screen->width, dim, hints[state->page]);
	}
}

static void paint_small(struct view *view)
{
	struct screen *screen = &view->screen;
	char text[96];

	snprintf(text, sizeof(text), "%ux%u is too small; %dx%d at least", screen->width,
		 screen->height, SMALLEST_WIDTH, SMALLEST_HEIGHT);
	put_wrapped(screen, 0, screen->height, text);
}

/* Highlights the line of the cursor over its whole width. */
static void paint_cursor(struct view *view, const struct layout *layout,
			 const struct viewport *viewport)
{
	const struct place *place = &view->state.place[view->state.page];
	unsigned int y = layout->body + (unsigned int)(place->row - place->top);

	if (page_is_text(view->state.page) || view->state.page == PAGE_MATRIX ||
	    place->row >= viewport->rows || y >= layout->detail)
		return;
	screen_select(&view->screen, y);
}

void paint(struct view *view)
{
	struct layout layout = layout_of(view);
	struct viewport viewport = viewport_of(view);
	char text[DETAIL_SIZE];

	screen_clear(&view->screen);
	if (view->screen.width < SMALLEST_WIDTH || view->screen.height < SMALLEST_HEIGHT) {
		paint_small(view);
		return;
	}
	paint_title(view);
	paint_context(view, &viewport);
	if (view->state.page == PAGE_TREE)
		paint_tree(view, &layout);
	else if (view->state.page == PAGE_MATRIX)
		paint_matrix(view, &layout, &viewport);
	else if (view->state.page == PAGE_PEERS)
		paint_peers(view, &layout);
	else
		paint_text(view, &layout);
	paint_cursor(view, &layout, &viewport);
	detail_text(view, text);
	if (layout.details)
		put_wrapped(&view->screen, layout.detail, layout.details, text);
	paint_status(view);
}
