/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "view/terminal/rescue.h"

/* A signal handler can only use static memory. */
static struct {
	int fd;
	bool has_modes;
	struct termios modes;
	char leave[256];	/* what ncurses would write on exit */
	size_t length;
} saved;

/* After a stack overflow the handler needs a stack of its own. */
static char stack[65536];

static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP,
			       SIGXCPU };
#define CRASHES (sizeof(crashes) / sizeof(crashes[0]))

void rescue_save(int fd)
{
	saved.fd = fd;
	saved.has_modes = !tcgetattr(fd, &saved.modes);
}

const char *rescue_capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (const char *)-1 ? NULL : text;
}

/* Delays for slow terminals, such as $<5>, must not be written out. */
static void append(const char *text)
{
	while (text && *text && saved.length < sizeof(saved.leave)) {
		if (text[0] == '$' && text[1] == '<' && strchr(text, '>'))
			text = strchr(text, '>') + 1;
		else
			saved.leave[saved.length++] = *text++;
	}
}

/* Stops reports of mouse buttons, in xterm and everything else with a mouse. */
static const char no_mouse[] = "\033[?1006l\033[?1000l";

static void restore(int number)
{
	int error = errno;
	ssize_t written = write(saved.fd, saved.leave, saved.length);

	(void)written;
	if (saved.has_modes)
		tcsetattr(saved.fd, TCSANOW, &saved.modes);
	errno = error;
	/* SA_RESETHAND has reset the handler, so this ends the process. */
	raise(number);
}

static void handle(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	if (handler != SIG_DFL)
		action.sa_flags = (int)(SA_RESETHAND | SA_ONSTACK);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &action, NULL);
}

void rescue_arm(void)
{
	static const char *const names[] = { "sgr0", "op", "cnorm", "rmkx", "rmcup" };
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };

	saved.length = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		append(rescue_capability(names[i]));
	append(rescue_capability("kmous") ? no_mouse : NULL);
	sigaltstack(&other, NULL);
	handle(restore);
}

void rescue_disarm(void)
{
	handle(SIG_DFL);
}
