/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searching: whatever case, in all that a page has lines for, folded or off the screen. */
#include <stdlib.h>
#include <string.h>

#include "view/effects.h"
#include "print/words.h"

static bool has(const char *text, const char *wanted)
{
	return text && strcasestr(text, wanted);
}

static bool is_wanted(const struct p2p_function *function, const char *wanted)
{
	char bdf[P2P_BDF_SIZE], product[128];

	for (const char *const *name = function->os_names; name && *name; name++)
		if (has(*name, wanted))
			return true;
	return has(p2p_bdf_format(function->bdf, bdf), wanted) || has(function->driver, wanted) ||
	       has(words_product(function, product, sizeof(product)), wanted) ||
	       has(p2p_class_name(function->kind), wanted) || has(words_port(function), wanted) ||
	       has(function->device_name, wanted);
}

/* Rows come first, then the columns of the matrix. */
static bool matches(const struct view *view, const struct sight *sight, size_t at,
		    const char *wanted)
{
	const struct p2p_function *function = at < sight->rows ? view_row(view, at) :
					      view_column(view, at - sight->rows);
	const struct branch *line;

	if (function)
		return is_wanted(function, wanted);
	if (page_is_text(view->state.page))
		return has(view->text.lines[at], wanted);
	if (view->state.page != PAGE_TREE)
		return false;
	line = &view->branches.lines[at];
	return has(line->gone ? line->gone->line : line->host->name, wanted);
}

/* The next match after @from, around the end; @count when there is none. */
static size_t search(const struct view *view, const struct sight *sight, size_t from, size_t count)
{
	for (size_t i = 1; i <= count; i++) {
		size_t at = (from + (view->state.backward ? count - i : i)) % count;

		if (matches(view, sight, at, view->state.search))
			return at;
	}
	return count;
}

static void go(struct view *view, const struct sight *sight, size_t at)
{
	struct place *place = &view->state.place[view->state.page];

	view->found = at;
	if (at >= sight->rows)
		place->column = at - sight->rows;
	state_go(&view->state, sight, at < sight->rows ? at : place->row);
	if (page_is_text(view->state.page))
		view->found_top = place->top;
}

/* Where the last search ended, if the cursor is still there. */
static size_t start_of(const struct view *view, const struct sight *sight)
{
	const struct place *place = &view->state.place[view->state.page];

	if (page_is_text(view->state.page))
		return view->found < sight->rows && view->found_top == place->top ? view->found :
		       place->top;
	if (view->found >= sight->rows && view->found < sight->rows + sight->columns &&
	    view->found - sight->rows == place->column)
		return view->found;
	return place->row;
}

/* In the tree with nothing folded; then what is above the match is unfolded for good. */
static void find_in_tree(struct view *view)
{
	struct branches folded = view->branches, *open = &view->branches;
	struct sight sight = sight_of(view);
	const struct p2p_function *function;
	size_t at;

	*open = (struct branches){ 0 };
	if (branches_build(open, &view->machine, &view->state)) {
		branches_free(open);
		*open = folded;
		return;
	}
	for (at = 0; at < open->count; at++)
		if (sight.row.there && view_row(view, at) &&
		    !p2p_bdf_compare(view_row(view, at)->bdf, sight.row.bdf))
			break;
	sight = sight_of(view);
	at = search(view, &sight, at < open->count ? at : view->state.place[PAGE_TREE].row,
		    open->count);
	function = at < open->count ? view_row(view, at) : NULL;
	branches_free(open);
	*open = folded;
	if (!function) {
		state_say(&view->state, true, "%.64s: not found", view->state.search);
		return;
	}
	branches_show(open, function);
	if (branches_build(open, &view->machine, &view->state))
		return;
	for (at = 0; at < open->count && open->lines[at].function != function; at++)
		;
	sight = sight_of(view);
	state_go(&view->state, &sight, at);
}

void view_find(struct view *view)
{
	bool text = page_is_text(view->state.page);
	struct sight sight = sight_of(view);
	size_t count = sight.rows + (text ? 0 : sight.columns), at;

	if (view->state.page == PAGE_TREE && view->branches.fold_count) {
		find_in_tree(view);
		return;
	}
	at = count ? search(view, &sight, start_of(view, &sight), count) : count;
	if (at == count)
		state_say(&view->state, true, "%.64s: not found", view->state.search);
	else
		go(view, &sight, at);
}
