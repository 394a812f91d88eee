/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searching ignores case and covers every line of a page, including lines that are folded or off the screen. */
#include <string.h>

#include "view/effects.h"
#include "view/filter.h"

/* Rows come first, then the columns of the matrix. */
static bool matches(const struct view *view, const struct viewport *viewport, size_t at,
		    const char *wanted)
{
	const struct p2p_function *function = at < viewport->rows ? view_row(view, at) :
					      view_column(view, at - viewport->rows);
	const struct branch *line;

	if (function)
		return filter_has(function, wanted);
	if (page_is_text(view->state.page))
		return strcasestr(view->text.lines[at], wanted);
	if (view->state.page != PAGE_TREE)
		return false;
	line = &view->branches.lines[at];
	return !line->counted && strcasestr(line->gone ? line->gone->line : line->host->name, wanted);
}

/* The next match after @from (or at it, if inclusive), wrapping around the end; @count if there is none. */
static size_t search(const struct view *view, const struct viewport *viewport, size_t from,
		     size_t count)
{
	size_t first = !view->state.inclusive;

	for (size_t i = first; i < count + first; i++) {
		size_t at = (from + (view->state.backward ? 2 * count - i : i)) % count;

		if (matches(view, viewport, at, view->state.search))
			return at;
	}
	return count;
}

static void go(struct view *view, const struct viewport *viewport, size_t at)
{
	struct place *place = &view->state.place[view->state.page];

	view->found = at;
	if (at >= viewport->rows)
		place->column = at - viewport->rows;
	state_go(&view->state, viewport, at < viewport->rows ? at : place->row);
	if (page_is_text(view->state.page))
		view->found_top = place->top;
}

/* The position where the last search ended, if the cursor is still there. */
static size_t start_of(const struct view *view, const struct viewport *viewport)
{
	const struct place *place = &view->state.place[view->state.page];

	if (page_is_text(view->state.page))
		return view->found < viewport->rows && view->found_top == place->top ? view->found :
		       place->top;
	if (view->found >= viewport->rows && view->found < viewport->rows + viewport->columns &&
	    view->found - viewport->rows == place->column)
		return view->found;
	return place->row;
}

/* Rebuilds the tree. Return: the line of the function, or the number of lines if it has none. */
static size_t place_of(struct view *view, const struct p2p_function *function)
{
	struct branches *branches = &view->branches;
	size_t at = 0;

	if (branches_build(branches, &view->machine, &view->state))
		return branches->count;
	while (at < branches->count && branches->lines[at].function != function)
		at++;
	return at;
}

/* Searches the tree with nothing folded, and then unfolds what is above the match for good. */
static void find_in_tree(struct view *view)
{
	struct branches folded = view->branches, *open = &view->branches;
	struct state all = view->state;
	struct viewport viewport = viewport_of(view);
	const struct p2p_function *function;
	size_t at;

	*open = (struct branches){ 0 };
	all.all = true;
	if (branches_build(open, &view->machine, &all)) {
		branches_free(open);
		*open = folded;
		return;
	}
	for (at = 0; at < open->count; at++)
		if (viewport.row.there && view_row(view, at) &&
		    !p2p_bdf_compare(view_row(view, at)->bdf, viewport.row.bdf))
			break;
	viewport = viewport_of(view);
	at = search(view, &viewport, at < open->count ? at : view->state.place[PAGE_TREE].row,
		    open->count);
	function = at < open->count ? view_row(view, at) : NULL;
	branches_free(open);
	*open = folded;
	if (!function) {
		state_say(&view->state, true, "%.64s: not found", view->state.search);
		return;
	}
	branches_show(open, function);
	at = place_of(view, function);
	if (at == open->count) {
		view->state.all = true;
		at = place_of(view, function);
	}
	viewport = viewport_of(view);
	state_go(&view->state, &viewport, at);
}

void view_find(struct view *view)
{
	bool text = page_is_text(view->state.page);
	struct viewport viewport = viewport_of(view);
	size_t count = viewport.rows + (text ? 0 : viewport.columns), at;

	if (view->state.page == PAGE_TREE && (view->branches.fold_count || !view->state.all) &&
	    !view->state.typing) {
		find_in_tree(view);
		return;
	}
	at = count ? search(view, &viewport, start_of(view, &viewport), count) : count;
	if (at == count && !view->state.typing)
		state_say(&view->state, true, "%.64s: not found", view->state.search);
	else if (at < count)
		go(view, &viewport, at);
}
