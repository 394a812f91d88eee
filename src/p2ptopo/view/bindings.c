/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "view/bindings.h"
#include "view/keys.h"

#define TREE ON(PAGE_TREE)
#define MATRIX ON(PAGE_MATRIX)
#define PEERS ON(PAGE_PEERS)
#define PAIR ON(PAGE_PAIR)
#define DEVICE ON(PAGE_DEVICE)
#define LISTS (TREE | MATRIX | PEERS)

/* Every key is where users of vi, less, htop or tig would look first. */
const struct binding bindings[] = {
	{ ACTION_NONE, NULL, 0, "Moving" },
	{ ACTION_DOWN, "j <Down> <C-n>", EVERYWHERE, "one line down" },
	{ ACTION_UP, "k <Up> <C-p>", EVERYWHERE, "one line up" },
	{ ACTION_LEFT, "h <Left>", EVERYWHERE & ~TREE, "left" },
	{ ACTION_RIGHT, "l <Right>", EVERYWHERE & ~TREE, "right" },
	{ ACTION_PAGE_DOWN, "<PgDn> <Space> <C-f> f", EVERYWHERE, "one screen down" },
	{ ACTION_PAGE_UP, "<PgUp> <C-b> b", EVERYWHERE, "one screen up" },
	{ ACTION_HALF_DOWN, "<C-d> d", EVERYWHERE, "half a screen down" },
	{ ACTION_HALF_UP, "<C-u> u", EVERYWHERE, "half a screen up" },
	{ ACTION_SCROLL_DOWN, "<C-e>", EVERYWHERE, "scroll one line down" },
	{ ACTION_SCROLL_UP, "<C-y>", EVERYWHERE, "scroll one line up" },
	{ ACTION_WHEEL_DOWN, "<WheelDown>", EVERYWHERE, "three lines down; a click goes to a line, another "
	  "one opens it" },
	{ ACTION_WHEEL_UP, "<WheelUp>", EVERYWHERE, "three lines up" },
	{ ACTION_FIRST, "g <Home>", EVERYWHERE, "first line" },
	{ ACTION_LAST, "G <End>", EVERYWHERE, "last line" },
	{ ACTION_LEFTMOST, "0 ^", EVERYWHERE, "first column" },
	{ ACTION_RIGHTMOST, "$", EVERYWHERE, "last column" },
	{ ACTION_SCREEN_TOP, "H", EVERYWHERE, "first line of the screen" },
	{ ACTION_SCREEN_MIDDLE, "M", EVERYWHERE, "middle of the screen" },
	{ ACTION_SCREEN_BOTTOM, "L", EVERYWHERE, "last line of the screen" },

	{ ACTION_NONE, NULL, 0, "Pages" },
	{ ACTION_TREE, "1 t", EVERYWHERE, "the tree" },
	{ ACTION_MATRIX, "2 m", EVERYWHERE, "the matrix of pairs" },
	{ ACTION_PEERS, "3", EVERYWHERE, "the peers of the provider" },
	{ ACTION_PAIR, "4", EVERYWHERE, "the selected pair, hop by hop" },
	{ ACTION_DEVICE, "5 i", EVERYWHERE, "the selected device" },
	{ ACTION_WHAT_IF, "6", EVERYWHERE, "what-if: the changes, and the commands for them" },
	{ ACTION_REPORT, "7", EVERYWHERE, "the report" },
	{ ACTION_NEXT_PAGE, "<Tab>", EVERYWHERE, "next page" },
	{ ACTION_PREVIOUS_PAGE, "<S-Tab>", EVERYWHERE, "previous page" },
	{ ACTION_OPEN, "<Enter> o", LISTS, "open what is under the cursor" },
	{ ACTION_DOWN, "<Enter>", EVERYWHERE, NULL },
	{ ACTION_BACK, "q", EVERYWHERE, "back; on the first page: quit" },
	{ ACTION_CANCEL, "<Esc> <BS>", EVERYWHERE, "back, but never quit" },
	{ ACTION_QUIT, "Q <F10> <C-c>", EVERYWHERE, "quit" },
	{ ACTION_HELP, "? <F1>", EVERYWHERE, "this help" },

	{ ACTION_NONE, NULL, 0, "Tree" },
	{ ACTION_UNFOLD, "l <Right> +", TREE, "unfold; if unfolded, go to the first child" },
	{ ACTION_FOLD, "h <Left> -", TREE, "fold; if folded, go to the bridge above" },
	{ ACTION_FOLD_SWITCH, "z", TREE, "fold or unfold" },
	{ ACTION_FOLD_ALL, "*", TREE, "fold or unfold everything" },
	{ ACTION_ALL, "a", TREE, "all functions, or a count of those that take no part" },

	{ ACTION_NONE, NULL, 0, "Pairs" },
	{ ACTION_PROVIDER, "p", LISTS | DEVICE,
	  "make this the provider: the others show their verdict as clients" },
	{ ACTION_CLIENT, "e", LISTS | DEVICE, "make this the client of the pair" },
	{ ACTION_SWAP, "r", EVERYWHERE, "reverse: exchange provider and client" },
	{ ACTION_LENS, "v", EVERYWHERE, "show the kernel's verdict, the fabric's route, GB/s, what the drivers would do" },
	{ ACTION_WRITES, "w", EVERYWHERE, "reads or writes by the client" },
	{ ACTION_RULES_NEXT, "]", EVERYWHERE, "rules of the next kernel" },
	{ ACTION_RULES_PREVIOUS, "[", EVERYWHERE, "rules of the previous kernel" },
	{ ACTION_RULES_AUTO, "=", EVERYWHERE, "rules of the machine's kernel" },
	{ ACTION_SORT, "s <F6>", EVERYWHERE, "sort by score from the provider, or by address" },
	{ ACTION_ZOOM, "z", MATRIX, "narrow cells, one mark each" },

	{ ACTION_NONE, NULL, 0, "Finding" },
	{ ACTION_SEARCH, "/ <F3>", EVERYWHERE, "search" },
	{ ACTION_SEARCH_NEXT, "n", EVERYWHERE, "next match" },
	{ ACTION_SEARCH_PREVIOUS, "N", EVERYWHERE, "previous match" },
	{ ACTION_CLASS, "c", EVERYWHERE, "next class of devices (in the matrix: of clients)" },
	{ ACTION_CLASS_PROVIDERS, "C", EVERYWHERE, "next class of providers in the matrix" },
	{ ACTION_FILTER, "\\ <F4>", EVERYWHERE, "show only what matches, while it is typed: gpu,mlx5; Esc ends it" },

	{ ACTION_NONE, NULL, 0, "What if" },
	{ ACTION_TOGGLE, "x", EVERYWHERE,
	  "clear the redirects of this port, or of all ports of this pair; again: restore them" },
	{ ACTION_UNDO, "X", EVERYWHERE, "undo every what-if" },

	{ ACTION_NONE, NULL, 0, "Other" },
	{ ACTION_COPY, "y", EVERYWHERE, "copy the command that prints this page to the clipboard" },
	{ ACTION_SAVE_PAGE, "S", EVERYWHERE, "save that command as a script" },
	{ ACTION_SAVE_REPORT, "W", EVERYWHERE, "save the report to a file" },
	{ ACTION_READ, "<F5> R", EVERYWHERE, "read the machine again" },
	{ ACTION_REDRAW, "<C-l>", EVERYWHERE, "redraw the screen" },
	{ ACTION_SUSPEND, "<C-z>", EVERYWHERE, "suspend; fg resumes" },
	{ ACTION_COMMAND, ":", EVERYWHERE, ":q quits, :w FILE saves the screen, :NUMBER goes to a line, "
	  ":iommu=MODE and :driver=DEVICE,NAME try that out" },
	{ 0 }
};

static int has_key(const char *keys, uint32_t wanted)
{
	while (*keys) {
		uint32_t key = key_parse(&keys);

		if (key == wanted)
			return 1;
		keys += *keys == ' ';
	}
	return 0;
}

enum action binding_find(enum page page, uint32_t key)
{
	for (const struct binding *row = bindings; row->keys || row->help; row++) {
		if (row->keys && row->pages & ON(page) && has_key(row->keys, key))
			return row->action;
	}
	return ACTION_NONE;
}
