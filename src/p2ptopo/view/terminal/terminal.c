/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _XOPEN_SOURCE_EXTENDED 1
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "view/keys.h"
#include "view/terminal/rescue.h"
#include "view/terminal/terminal.h"

/**
 * struct terminal - @line: a row on its way to ncurses, with @room cells.
 * @bytes, @count: the part of a character that the keyboard has sent so far
 * @waiting: the signal mask while waiting; at other times the handled signals are blocked
 */
struct terminal {
	SCREEN *screen;
	bool colour;
	cchar_t *line;
	size_t room, count;
	char bytes[5];
	sigset_t waiting;
};

static const struct { int number; unsigned int note; } signals[] = {
	{ SIGWINCH, 0 }, { SIGTSTP, TERMINAL_STOP }, { SIGCONT, TERMINAL_CONTINUED },
	{ SIGTERM, TERMINAL_ENDED }, { SIGINT, TERMINAL_ENDED }, { SIGHUP, TERMINAL_ENDED },
	{ SIGQUIT, TERMINAL_ENDED },
};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* Signals only end the wait. A handler can leave a note nowhere else, and no handler interrupts another. */
static volatile sig_atomic_t notes, ended;

static void note_signal(int number)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		if (signals[i].number != number)
			continue;
		notes |= (sig_atomic_t)signals[i].note;
		if (signals[i].note == TERMINAL_ENDED)
			ended = number;
	}
}

static void handle_signals(struct terminal *terminal, bool on)
{
	struct sigaction action = { .sa_handler = on ? note_signal : SIG_DFL };
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&held, signals[i].number);
	action.sa_mask = held;
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i].number, &action, NULL);
	if (on)
		sigprocmask(SIG_BLOCK, &held, &terminal->waiting);
	else
		sigprocmask(SIG_SETMASK, &terminal->waiting, NULL);
}

/*
 * Colours by the meaning of text, and the attributes used without colours. The 8 colours are those of the
 * user's palette. Of the 256, each chosen one is about as readable on white as on black.
 */
static const struct { short eight, many; attr_t otherwise; } colours[] = {
	[PAINT_NONE] = { -1, -1, A_NORMAL },
	[PAINT_GOOD] = { COLOR_GREEN, 28, A_NORMAL },
	[PAINT_HOST] = { COLOR_YELLOW, 130, A_NORMAL },
	[PAINT_BAD] = { COLOR_RED, 196, A_BOLD },
	[PAINT_UNKNOWN] = { COLOR_MAGENTA, 133, A_UNDERLINE },
	[PAINT_DIM] = { -1, 243, A_DIM },
	[PAINT_BOLD] = { -1, -1, A_BOLD },
};
#define COLOURS ((short)(sizeof(colours) / sizeof(colours[0])))

static void start_colours(struct terminal *terminal)
{
	if (!terminal->colour || !has_colors() || start_color() == ERR || COLORS < 8 ||
	    COLOR_PAIRS < COLOURS) {
		terminal->colour = false;
		return;
	}
	use_default_colors();
	for (short i = 1; i < COLOURS; i++)
		init_pair(i, (short)(COLORS >= 256 ? colours[i].many : colours[i].eight), -1);
}

/* Sequences that terminals send although their terminfo entry, or a wrong TERM, says otherwise. */
static void add_sequences(void)
{
	static const struct { const char *sequence; int key; } others[] = {
		{ "\033[A", KEY_UP }, { "\033[B", KEY_DOWN }, { "\033[C", KEY_RIGHT },
		{ "\033[D", KEY_LEFT }, { "\033OA", KEY_UP }, { "\033OB", KEY_DOWN },
		{ "\033OC", KEY_RIGHT }, { "\033OD", KEY_LEFT }, { "\033[H", KEY_HOME },
		{ "\033[F", KEY_END }, { "\033OH", KEY_HOME }, { "\033OF", KEY_END },
		{ "\033[1~", KEY_HOME }, { "\033[4~", KEY_END }, { "\033[7~", KEY_HOME },
		{ "\033[8~", KEY_END }, { "\033[5~", KEY_PPAGE }, { "\033[6~", KEY_NPAGE },
		{ "\033[Z", KEY_BTAB }, { "\033[3~", KEY_DC }, { "\033OP", KEY_F(1) },
		{ "\033[11~", KEY_F(1) }, { "\033[[A", KEY_F(1) }, { "\033OR", KEY_F(3) },
		{ "\033[13~", KEY_F(3) }, { "\033OS", KEY_F(4) }, { "\033[14~", KEY_F(4) },
		{ "\033[15~", KEY_F(5) }, { "\033[17~", KEY_F(6) }, { "\033[21~", KEY_F(10) },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!key_defined(others[i].sequence))
			define_key(others[i].sequence, others[i].key);
}

static void take_over(struct terminal *terminal)
{
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	add_sequences();
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	curs_set(0);
	start_colours(terminal);
}

static enum status refuse(struct failure *failure, struct terminal *terminal, const char *why)
{
	const char *name = getenv("TERM");

	free(terminal);
	return fail_with(failure, STATUS_USAGE, "view: %s (TERM is %s)", why,
			 name ? name : "not set");
}

enum status terminal_open(struct failure *failure, bool colour, struct terminal **ret_terminal)
{
	struct terminal *terminal = calloc(1, sizeof(*terminal));

	if (!terminal)
		return fail_memory(failure);
	terminal->colour = colour;
	rescue_save(STDOUT_FILENO);
	terminal->screen = newterm(NULL, stdout, stdin);
	if (!terminal->screen)
		return refuse(failure, terminal, "this kind of terminal is not known");
	if (!rescue_capability("cup")) {
		endwin();
		delscreen(terminal->screen);
		return refuse(failure, terminal, "this kind of terminal cannot move its cursor");
	}
	set_escdelay(40);
	take_over(terminal);
	rescue_arm();
	handle_signals(terminal, true);
	*ret_terminal = terminal;
	return STATUS_DONE;
}

/* Terminals without an alternate screen are cleared, so that no remains surround the next prompt. */
static void give_back(void)
{
	if (!rescue_capability("rmcup")) {
		erase();
		refresh();
	}
	endwin();
}

struct terminal *terminal_close(struct terminal *terminal)
{
	if (!terminal)
		return NULL;
	give_back();
	rescue_disarm();
	delscreen(terminal->screen);
	handle_signals(terminal, false);
	free(terminal->line);
	free(terminal);
	if (ended)
		raise((int)ended);
	return NULL;
}

void terminal_size(const struct terminal *terminal, unsigned int *ret_width,
		   unsigned int *ret_height)
{
	struct winsize size = { 0 };

	(void)terminal;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row) {
		size.ws_col = (unsigned short)COLS;
		size.ws_row = (unsigned short)LINES;
	}
	if (size.ws_row != LINES || size.ws_col != COLS)
		resizeterm(size.ws_row, size.ws_col);
	*ret_width = size.ws_col;
	*ret_height = size.ws_row;
}

static attr_t attributes(const struct terminal *terminal, struct ink ink)
{
	int colour = COLORS >= 256 ? colours[ink.paint].many : colours[ink.paint].eight;
	attr_t attr = terminal->colour && colour >= 0 ? A_NORMAL : colours[ink.paint].otherwise;

	if (ink.style & STYLE_BOLD)
		attr |= A_BOLD;
	if (ink.style & STYLE_REVERSE)
		attr |= A_REVERSE;
	if (ink.style & STYLE_UNDERLINE)
		attr |= A_UNDERLINE;
	return attr;
}

static void show_row(struct terminal *terminal, const struct screen *screen, unsigned int y)
{
	const struct glyph *row = &screen->cells[(size_t)y * screen->width];
	int count = 0;

	for (unsigned int x = 0; x < screen->width; x++) {
		wchar_t text[2] = { (wchar_t)row[x].character, L'\0' };

		if (!row[x].character)
			continue;
		setcchar(&terminal->line[count++], text, attributes(terminal, row[x].ink),
			 (short)(terminal->colour ? row[x].ink.paint : 0), NULL);
	}
	mvadd_wchnstr((int)y, 0, terminal->line, count);
}

void terminal_show(struct terminal *terminal, const struct screen *screen, bool again)
{
	if (terminal->room < screen->width) {
		free(terminal->line);
		terminal->line = calloc(screen->width, sizeof(cchar_t));
		terminal->room = terminal->line ? screen->width : 0;
	}
	if (!terminal->line)
		return;
	for (unsigned int y = 0; y < screen->height; y++)
		show_row(terminal, screen, y);
	curs_set(screen->cursor);
	if (screen->cursor)
		move((int)screen->cursor_y, (int)screen->cursor_x);
	if (again)
		clearok(stdscr, TRUE);
	refresh();
}

unsigned int terminal_wait(struct terminal *terminal, int other, int milliseconds)
{
	struct pollfd polls[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN }, { .fd = other, .events = POLLIN },
	};
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
	int ready = ppoll(polls, 2, milliseconds < 0 ? NULL : &time, &terminal->waiting);
	unsigned int seen = (unsigned int)notes;

	notes = 0;
	if (ready > 0 && polls[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		seen |= TERMINAL_ENDED;	/* always readable, but without data */
	else if (ready > 0 && polls[0].revents)
		seen |= TERMINAL_KEYS;
	if (ready > 0 && polls[1].revents)
		seen |= TERMINAL_OTHER;
	return seen;
}

static const struct { int curses; uint32_t key; } keys[] = {
	{ KEY_UP, VIEW_UP }, { KEY_DOWN, VIEW_DOWN }, { KEY_LEFT, VIEW_LEFT },
	{ KEY_RIGHT, VIEW_RIGHT }, { KEY_HOME, VIEW_HOME }, { KEY_END, VIEW_END },
	{ KEY_PPAGE, VIEW_PAGE_UP }, { KEY_NPAGE, VIEW_PAGE_DOWN }, { KEY_ENTER, VIEW_ENTER },
	{ KEY_BTAB, VIEW_BACKTAB }, { KEY_BACKSPACE, VIEW_BACKSPACE }, { KEY_IC, VIEW_INSERT },
	{ KEY_DC, VIEW_DELETE }, { KEY_FIND, VIEW_HOME }, { KEY_SELECT, VIEW_END },
};

static uint32_t special_key(int code)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (code == keys[i].curses)
			return keys[i].key;
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return VIEW_F1 + (uint32_t)(code - KEY_F(1));
	return VIEW_SPECIAL_END;
}

/* The key that @byte completes; VIEW_NONE while more bytes are needed. Invalid UTF-8 is dropped. */
static uint32_t take_byte(struct terminal *terminal, unsigned char byte)
{
	const char *at = terminal->bytes;
	uint32_t character;

	if (byte < 0x80 || (byte & 0xc0) == 0xc0 || terminal->count == sizeof(terminal->bytes) - 1)
		terminal->count = 0;
	terminal->bytes[terminal->count++] = (char)byte;
	terminal->bytes[terminal->count] = '\0';
	character = key_decode(&at);
	if (at != terminal->bytes + terminal->count || (byte >= 0x80 && terminal->count == 1))
		return VIEW_NONE;
	terminal->count = 0;
	return key_of(character);
}

static uint32_t mouse_key(void)
{
	MEVENT event;

	if (getmouse(&event) == ERR || event.x < 0 || event.y < 0)
		return VIEW_NONE;
	if (event.bstate & BUTTON4_PRESSED)
		return VIEW_WHEEL_UP;
	if (event.bstate & BUTTON5_PRESSED)
		return VIEW_WHEEL_DOWN;
	return VIEW_CLICK(event.x, event.y);
}

/* Reads bytes: get_wch() gets stuck at an invalid character. */
uint32_t terminal_key(struct terminal *terminal)
{
	uint32_t key = VIEW_NONE;
	int code;

	while (!key && (code = getch()) != ERR)
		key = code == KEY_MOUSE ? mouse_key() : code > 0xff ? special_key(code) : take_byte(terminal, (unsigned char)code);
	return key;
}

/* OSC 52, with which terminals set their clipboard, or which they ignore; base64 as in RFC 4648, section 4. */
void terminal_copy(const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = strlen(text);

	fputs("\033]52;c;", stdout);
	for (size_t i = 0; i < length; i += 3) {
		unsigned int left = length - i < 3 ? (unsigned int)(length - i) : 3, bits = 0;

		for (unsigned int n = 0; n < 3; n++)
			bits = bits << 8 | (n < left ? (unsigned char)text[i + n] : 0);
		for (unsigned int n = 0; n < 4; n++)
			putc(n > left ? '=' : digits[bits >> (18 - 6 * n) & 0x3f], stdout);
	}
	putc('\a', stdout);
	fflush(stdout);
}

void terminal_suspend(struct terminal *terminal)
{
	give_back();
	rescue_disarm();
	handle_signals(terminal, false);
	raise(SIGTSTP);
	handle_signals(terminal, true);
	rescue_arm();
	clearok(curscr, TRUE);
	refresh();
	notes &= ~(sig_atomic_t)TERMINAL_CONTINUED;
}

void terminal_resume(struct terminal *terminal)
{
	(void)terminal;
	endwin();
	clearok(curscr, TRUE);
	refresh();
}
