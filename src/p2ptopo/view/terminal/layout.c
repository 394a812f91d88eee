/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/view.h"

static unsigned int digits_of(size_t count)
{
	unsigned int digits = 1;

	for (; count > 10; count /= 10)
		digits++;
	return digits;
}

static unsigned int heading_lines(const struct view *view)
{
	switch (view->state.page) {
	case PAGE_TREE:
	case PAGE_PEERS:
		return 1;
	case PAGE_MATRIX:
		return view->state.narrow ? digits_of(view->devices.clients.count) : 2;
	default:
		return 0;
	}
}

static unsigned int detail_lines(const struct view *view)
{
	if (page_is_text(view->state.page) || view->screen.height < 16)
		return 0;
	return view->screen.height < 20 ? 2 : 3;
}

struct layout layout_of(const struct view *view)
{
	unsigned int used = 3 + heading_lines(view) + detail_lines(view);
	unsigned int name = view->name_width;
	struct layout layout = {
		.head = 2, .body = 2 + heading_lines(view), .details = detail_lines(view),
		.high = view->screen.height > used ? view->screen.height - used : 0,
	};

	layout.detail = layout.body + layout.high;
	layout.label = MARGIN + name + (view->state.narrow ? 6 : 0) +
		       (view->screen.width < 100 ? 0 : 8) + 1;
	layout.pitch = (name + 1) / 2 > PAIR_WIDTH ? (name + 1) / 2 + 1 : PAIR_WIDTH + 1;
	if (view->state.narrow)
		layout.pitch = 2;
	return layout;
}

const struct p2p_function *view_provider(const struct view *view)
{
	return machine_function(&view->machine, view->state.provider);
}

static const struct p2p_function *device_at(const struct device_list *devices, size_t at)
{
	return at < devices->count ? devices->list[at].function : NULL;
}

const struct p2p_function *view_row(const struct view *view, size_t row)
{
	switch (view->state.page) {
	case PAGE_TREE:
		return row < view->branches.count ? view->branches.lines[row].function : NULL;
	case PAGE_MATRIX:
		return device_at(&view->devices.providers, row);
	case PAGE_PEERS:
		return device_at(&view->devices.peers, row);
	default:
		return NULL;
	}
}

const struct p2p_function *view_column(const struct view *view, size_t column)
{
	return view->state.page == PAGE_MATRIX ? device_at(&view->devices.clients, column) : NULL;
}

static struct address address_of(const struct p2p_function *function)
{
	return function ? (struct address){ true, function->bdf } : (struct address){ 0 };
}

static void count_rows(const struct view *view, const struct layout *layout,
		       struct viewport *viewport)
{
	unsigned int room = view->screen.width > layout->label ?
			    view->screen.width - layout->label : 0;

	switch (view->state.page) {
	case PAGE_TREE:
		viewport->rows = view->branches.count;
		return;
	case PAGE_MATRIX:
		viewport->rows = view->devices.providers.count;
		viewport->columns = view->devices.clients.count;
		viewport->wide = room / layout->pitch;
		return;
	case PAGE_PEERS:
		viewport->rows = view->devices.peers.count;
		return;
	default:
		viewport->rows = view->text.count;
	}
}

struct viewport viewport_of(const struct view *view)
{
	const struct place *place = &view->state.place[view->state.page];
	struct layout layout = layout_of(view);
	const struct p2p_function *row = view_row(view, place->row);
	struct viewport viewport = {
		.high = layout.high, .row = address_of(row), .parent = place->row,
		.column = address_of(view_column(view, place->column)),
		.end = row && p2p_function_has_header_0(row),
		.present = view->present, .rules = machine_rules_count(),
	};

	count_rows(view, &layout, &viewport);
	if (view->state.page == PAGE_TREE && place->row < view->branches.count) {
		const struct branch *line = &view->branches.lines[place->row];

		viewport.parent = line->parent;
		viewport.foldable = line->foldable;
		viewport.folded = line->folded;
	}
	return viewport;
}
