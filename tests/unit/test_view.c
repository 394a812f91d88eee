/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state machine of the viewer: keys, bindings, what each key does, and that no sequence of
 * keys leaves what there is. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "make.h"
#include "view/keys.h"
#include "view/prompt.h"
#include "view/state.h"

static const struct { const char *name; uint32_t key; } named[] = {
	{ "j", 'j' }, { "<Down>", VIEW_DOWN }, { "<down>", VIEW_DOWN }, { "<C-d>", 4 },
	{ "<C-D>", 4 }, { "<Esc>", VIEW_ESCAPE }, { "<C-m>", VIEW_ENTER }, { "<Space>", ' ' },
	{ "<lt>", '<' }, { "<F10>", VIEW_F10 }, { "<S-Tab>", VIEW_BACKTAB }, { "\t", VIEW_TAB },
	{ "\x7f", VIEW_BACKSPACE }, { "\xc3\xa4", 0xe4 }, { "\xe2\x86\x92", 0x2192 },
	{ "<none>", UINT32_MAX }, { "<", UINT32_MAX }, { "<Down", UINT32_MAX },
	{ "", VIEW_NONE },
};

START_TEST(reads_keys)
{
	const char *at = named[_i].name;
	uint32_t key = key_parse(&at);

	ck_assert_uint_eq(key, named[_i].key);
	ck_assert_str_eq(at, key == UINT32_MAX ? named[_i].name : "");
}
END_TEST

/* No row of the table is out of reach, and every action has a key. */
START_TEST(binds_keys)
{
	bool reached[ACTIONS] = { [ACTION_NONE] = true };

	for (const struct binding *row = bindings; row->keys || row->help; row++) {
		const char *at = row->keys;
		bool own = !row->keys;

		while (at && *at) {
			uint32_t key = key_parse(&at);

			ck_assert_uint_ne(key, UINT32_MAX);
			for (int page = 0; page < PAGES; page++)
				own |= row->pages & ON(page) &&
				       binding_find((enum page)page, key) == row->action;
			at += *at == ' ';
		}
		ck_assert_msg(own, "'%s' is shadowed", row->keys);
		reached[row->action] = true;
	}
	for (int action = 0; action < ACTIONS; action++)
		ck_assert_msg(reached[action], "no key for action %d", action);
}
END_TEST

static const struct address one = { true, { 0, 1, 0 } }, two = { true, { 0, 2, 0 } };

static struct viewport viewport_of_list(size_t rows, size_t columns)
{
	return (struct viewport){ .rows = rows, .columns = columns, .high = 10, .wide = 4,
			       .row = one, .column = two, .end = true, .rules = 5,
			       .present = 1u << P2P_CLASS_GPU | 1u << P2P_CLASS_NVME };
}

static void press(struct state *state, const struct viewport *viewport, const char *keys)
{
	while (*keys)
		state_press(state, viewport, key_parse(&keys));
}

static const struct { const char *keys; enum page page; size_t row, top, column, left; }
moves[] = {
	{ "jjk", PAGE_TREE, 1, 0, 0, 0 },
	{ "G", PAGE_TREE, 99, 90, 0, 0 },
	{ "Gg", PAGE_TREE, 0, 0, 0, 0 },
	{ "<C-f>", PAGE_TREE, 9, 0, 0, 0 },
	{ "<PgDn><PgDn>", PAGE_TREE, 18, 9, 0, 0 },
	{ "<C-d>", PAGE_TREE, 5, 0, 0, 0 },
	{ "G<C-y>", PAGE_TREE, 98, 89, 0, 0 },
	{ "<C-e>", PAGE_TREE, 1, 1, 0, 0 },
	{ "<PgDn><PgDn>H", PAGE_TREE, 9, 9, 0, 0 },
	{ "<PgDn><PgDn>M", PAGE_TREE, 14, 9, 0, 0 },
	{ "<PgDn>jL", PAGE_TREE, 10, 1, 0, 0 },
	{ ":50<Enter>", PAGE_TREE, 49, 40, 0, 0 },
	{ ":999<Enter>", PAGE_TREE, 99, 90, 0, 0 },
	{ "2jl", PAGE_MATRIX, 1, 0, 1, 0 },
	{ "2$", PAGE_MATRIX, 0, 0, 19, 16 },
	{ "2$hhhh", PAGE_MATRIX, 0, 0, 15, 15 },
	{ "2$0", PAGE_MATRIX, 0, 0, 0, 0 },
	{ "2k", PAGE_MATRIX, 0, 0, 0, 0 },
	{ "7j", PAGE_REPORT, 1, 1, 0, 0 },
	{ "7G", PAGE_REPORT, 90, 90, 0, 0 },
	{ "<Tab><Tab>", PAGE_PEERS, 0, 0, 0, 0 },
	{ "<S-Tab>", PAGE_REPORT, 0, 0, 0, 0 },
	{ "<Enter>", PAGE_DEVICE, 0, 0, 0, 0 },
	{ "<Enter>q", PAGE_TREE, 0, 0, 0, 0 },
	{ "2j<Enter>?<Esc><Esc>", PAGE_MATRIX, 1, 0, 0, 0 },
	{ "2<Enter>3<Esc>", PAGE_PEERS, 0, 0, 0, 0 },
	{ "/q<Enter>", PAGE_TREE, 0, 0, 0, 0 },
};

START_TEST(moves_about)
{
	struct viewport viewport = viewport_of_list(100, 20);
	const struct place *place;
	struct state state;

	state_start(&state);
	press(&state, &viewport, moves[_i].keys);
	place = &state.place[state.page];
	ck_assert_int_eq(state.page, moves[_i].page);
	ck_assert_uint_eq(place->row, moves[_i].row);
	ck_assert_uint_eq(place->top, moves[_i].top);
	ck_assert_uint_eq(place->column, moves[_i].column);
	ck_assert_uint_eq(place->left, moves[_i].left);
}
END_TEST

static const struct { const char *keys; enum effect effect; const char *input; } asked[] = {
	{ "q", EFFECT_QUIT, NULL }, { "2q", EFFECT_QUIT, NULL }, { "<Esc>", EFFECT_NONE, NULL },
	{ "<Enter>Q", EFFECT_QUIT, NULL }, { "<Enter>q", EFFECT_REBUILD, NULL },
	{ ":iommu=pt<Enter>", EFFECT_WHAT_IF, NULL }, { ":driver=gpu,nvidia<Enter>", EFFECT_WHAT_IF, NULL },
	{ ":q<Enter>", EFFECT_QUIT, NULL }, { ":q!<Enter>", EFFECT_QUIT, NULL },
	{ ":nothing<Enter>", EFFECT_NONE, NULL }, { "<F10>", EFFECT_QUIT, NULL },
	{ "<C-c>", EFFECT_QUIT, NULL }, { "/<C-c>", EFFECT_NONE, NULL },
	{ "/nvme<Enter>", EFFECT_FIND, "nvme" }, { "/a<BS>b<Enter>", EFFECT_FIND, "b" },
	{ "/ab<C-u>c<Enter>", EFFECT_FIND, "c" }, { "/\xc3\xa4<BS>x<Enter>", EFFECT_FIND, "x" },
	{ "/a<BS><BS>j", EFFECT_NONE, NULL }, { "n<Esc>", EFFECT_NONE, NULL },
	{ "\\gpu<Enter>", EFFECT_NONE, "gpu" }, { "\\g<Esc>", EFFECT_REBUILD, "" },
	{ "S<Enter>", EFFECT_SAVE_PAGE, "p2ptopo-page.sh" },
	{ "W<Enter>", EFFECT_SAVE_REPORT, "p2ptopo-report.txt" },
	{ "S<C-u><Enter>", EFFECT_NONE, NULL }, { "S<Esc>", EFFECT_NONE, NULL },
	{ ":w a b<Enter>", EFFECT_SAVE_SCREEN, "a b" }, { ":w <Enter>", EFFECT_NONE, NULL },
	{ "x", EFFECT_TOGGLE, NULL }, { "2x", EFFECT_TOGGLE_PAIR, NULL },
	{ "7x", EFFECT_NONE, NULL }, { "X", EFFECT_UNDO, NULL }, { "<F5>", EFFECT_READ, NULL },
	{ "]", EFFECT_REBUILD, NULL }, { "c", EFFECT_REBUILD, NULL }, { "s", EFFECT_SORT, NULL },
	{ "-", EFFECT_FOLD, NULL }, { "*", EFFECT_FOLD_ALL, NULL }, { "<C-z>", EFFECT_SUSPEND, NULL },
	{ "<F9>", EFFECT_NONE, NULL }, { "\xe2\x86\x92", EFFECT_NONE, NULL },
};

START_TEST(asks_for_effects)
{
	struct viewport viewport = viewport_of_list(100, 20);
	struct state state;

	viewport.foldable = true;
	state_start(&state);
	press(&state, &viewport, asked[_i].keys);
	ck_assert_int_eq(state.effect, asked[_i].effect);
	if (asked[_i].input)
		ck_assert_str_eq(state.input, asked[_i].input);
	ck_assert_int_eq(state.prompt, PROMPT_NONE);
}
END_TEST

/* At every key, and until Esc; what is there is what is typed on. */
START_TEST(filters_as_typed)
{
	struct viewport viewport = viewport_of_list(100, 20);
	struct state state;

	state_start(&state);
	press(&state, &viewport, "\\gp");
	ck_assert_int_eq(state.effect, EFFECT_REBUILD);
	ck_assert_str_eq(state.filter, "gp");
	press(&state, &viewport, "<Enter>j\\u<BS><BS>");
	ck_assert_int_eq(state.effect, EFFECT_REBUILD);
	ck_assert_str_eq(state.filter, "g");
	press(&state, &viewport, "<Esc>");
	ck_assert_int_eq(state.effect, EFFECT_REBUILD);
	ck_assert_str_eq(state.filter, "");
}
END_TEST

START_TEST(switches)
{
	struct viewport viewport = viewport_of_list(100, 20);
	struct state state;

	state_start(&state);
	press(&state, &viewport, "wvv]]]");
	ck_assert(state.writes);
	ck_assert_int_eq(state.lens, LENS_SPEED);
	ck_assert_uint_eq(state.rules, 3);
	press(&state, &viewport, "]]v");
	ck_assert_int_eq(state.lens, LENS_DRIVERS);
	press(&state, &viewport, "v[");
	ck_assert_int_eq(state.lens, LENS_KERNEL);
	ck_assert_uint_eq(state.rules, 4);
	press(&state, &viewport, "=c");
	ck_assert_uint_eq(state.rules, 0);
	ck_assert_uint_eq(state.clients, 1u << P2P_CLASS_GPU);
	press(&state, &viewport, "cC");
	ck_assert_uint_eq(state.clients, 1u << P2P_CLASS_NVME);
	ck_assert_uint_eq(state.providers, 1u << P2P_CLASS_GPU);
	press(&state, &viewport, "c");
	ck_assert_uint_eq(state.clients, 0);
}
END_TEST

/* A pair is what is under the cursor, or what p and e selected; a bridge is no end of one. */
START_TEST(selects)
{
	struct viewport viewport = viewport_of_list(100, 20);
	struct state state;

	state_start(&state);
	viewport.end = false;
	press(&state, &viewport, "p");
	ck_assert(!state.provider.there && state.urgent);
	press(&state, &viewport, "r");
	ck_assert(state.urgent);
	viewport.end = true;
	press(&state, &viewport, "p");
	ck_assert(state.provider.there && !p2p_bdf_compare(state.provider.bdf, one.bdf));
	viewport.row = two;
	press(&state, &viewport, "e4");
	ck_assert(state.client.there && !p2p_bdf_compare(state.client.bdf, two.bdf));
	press(&state, &viewport, "r");
	ck_assert(!p2p_bdf_compare(state.client.bdf, one.bdf));
	viewport.row = one;
	press(&state, &viewport, "2<Enter>");
	ck_assert_int_eq(state.page, PAGE_PAIR);
	ck_assert(!p2p_bdf_compare(state.provider.bdf, one.bdf));
	ck_assert(!p2p_bdf_compare(state.client.bdf, two.bdf));
}
END_TEST

START_TEST(folds)
{
	struct viewport viewport = viewport_of_list(100, 0);
	struct state state;

	state_start(&state);
	viewport.foldable = true;
	press(&state, &viewport, "jjjl");
	ck_assert_uint_eq(state.place[PAGE_TREE].row, 4);
	viewport.foldable = false;
	viewport.parent = 2;
	press(&state, &viewport, "h");
	ck_assert_uint_eq(state.place[PAGE_TREE].row, 2);
	viewport.foldable = viewport.folded = true;
	press(&state, &viewport, "+");
	ck_assert_int_eq(state.effect, EFFECT_UNFOLD);
	press(&state, &viewport, "z");
	ck_assert_int_eq(state.effect, EFFECT_UNFOLD);
	viewport.folded = false;
	press(&state, &viewport, "z");
	ck_assert_int_eq(state.effect, EFFECT_FOLD);
}
END_TEST

/* Only y overwrites. */
START_TEST(overwrites_on_yes_only)
{
	struct viewport viewport = viewport_of_list(1, 1);
	const char *const answers[] = { "n", "<Enter>", "<Esc>", "x", "q" };
	struct state state;

	for (size_t i = 0; i < 5; i++) {
		state_start(&state);
		press(&state, &viewport, "S<Enter>");
		prompt_ask_overwrite(&state, EFFECT_SAVE_PAGE);
		press(&state, &viewport, answers[i]);
		ck_assert_int_eq(state.effect, EFFECT_NONE);
		ck_assert_int_eq(state.overwrite, PROMPT_NONE);
	}
	for (enum effect effect = EFFECT_SAVE_SCREEN; effect <= EFFECT_SAVE_PAGE; effect++) {
		prompt_ask_overwrite(&state, effect);
		press(&state, &viewport, "y");
		ck_assert_int_eq(state.effect, effect);
		ck_assert_int_ne(state.overwrite, PROMPT_NONE);
	}
}
END_TEST

/* What is wrong with it, NULL nothing: ck_assert() writes to a file each time it holds, which here is four million times. */
static const char *wrong_in(const struct state *state, const struct viewport *viewport)
{
	const struct place *place = &state->place[state->page];
	bool text = page_is_text(state->page);
	const struct {
		bool holds;
		const char *what;
	} must[] = {
		{ state->page < PAGES, "page" },
		{ state->depth <= BACK_MOST, "depth" },
		{ state->rules < viewport->rules, "rules" },
		{ state->length < INPUT_SIZE, "length" },
		{ state->prompt == PROMPT_NONE || strlen(state->input) == state->length, "input" },
		{ place->row < viewport->rows || !place->row, "row" },
		{ text || place->column < viewport->columns || !place->column, "column" },
		{ place->top <= place->row, "top" },
		{ !viewport->high || place->row < place->top + viewport->high, "bottom" },
		{ place->left <= place->column, "left" },
	};

	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		if (!must[i].holds)
			return must[i].what;
	return NULL;
}

/* Any keys, while what there is and what fits changes all the time. */
START_TEST(stays_within)
{
	uint64_t random = 0x9e3779b97f4a7c15u * (uint64_t)(_i + 1);
	struct viewport viewport = viewport_of_list(100, 20);
	struct state state;

	state_start(&state);
	for (int step = 0; step < 20000; step++) {
		const char *wrong;
		uint32_t key;

		random = random * 6364136223846793005u + 1442695040888963407u;
		key = (uint32_t)(random >> 33);
		key = key % 8 ? ' ' + key / 8 % 96 : key % 16 ? key / 16 % 32 :
		      VIEW_SPECIAL + key / 16 % 40;
		if (step % 50 == 0)
			viewport = (struct viewport){
				.rows = random >> 20 & 0x7f, .columns = random >> 28 & 0x1f,
				.high = random >> 36 & 0x3f, .wide = random >> 44 & 7,
				.row = one, .column = two, .end = random & 1 << 12,
				.foldable = random & 1 << 13, .folded = random & 1 << 14,
				.present = random >> 50 & 0x3ff, .rules = 5,
			};
		state_fit(&state, &viewport);
		state_press(&state, &viewport, key_of(key));
		state_fit(&state, &viewport);
		wrong = wrong_in(&state, &viewport);
		if (wrong)
			ck_abort_msg("step %d: %s", step, wrong);
	}
}
END_TEST

#define LOOP(test, table) \
	tcase_add_loop_test(tcase, test, 0, (int)(sizeof(table) / sizeof((table)[0])))

static void add(TCase *tcase)
{
	LOOP(reads_keys, named);
	tcase_add_test(tcase, binds_keys);
	LOOP(moves_about, moves);
	LOOP(asks_for_effects, asked);
	tcase_add_test(tcase, filters_as_typed);
	tcase_add_test(tcase, switches);
	tcase_add_test(tcase, selects);
	tcase_add_test(tcase, folds);
	tcase_add_test(tcase, overwrites_on_yes_only);
	tcase_add_loop_test(tcase, stays_within, 0, 20);
}

int main(void)
{
	return run_cases("view", add);
}
