/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * onpty COMMAND...: run it on a terminal of its own, 120x40.  What comes on standard input is
 * typed, what it draws goes to standard output; its status is ours.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* False: there is nothing more to come. */
static int copy(int from, int to)
{
	char buffer[4096];
	ssize_t got = read(from, buffer, sizeof(buffer)), done = 0;

	while (got > 0 && done < got) {
		ssize_t wrote = write(to, buffer + done, (size_t)(got - done));

		if (wrote < 0 && errno != EINTR)
			return 0;
		done += wrote > 0 ? wrote : 0;
	}
	return got > 0;
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 40, .ws_col = 120 };
	int terminal, status;
	pid_t child;

	if (argc < 2)
		return 2;
	child = forkpty(&terminal, NULL, NULL, &size);
	if (child < 0) {
		perror("forkpty");
		return 1;
	}
	if (!child) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	for (struct pollfd polls[2] = { { 0, POLLIN, 0 }, { terminal, POLLIN, 0 } };;) {
		if (poll(polls, 2, -1) < 0)
			continue;
		if (polls[1].revents && !copy(terminal, 1))
			break;
		if (polls[0].revents && !copy(0, terminal))
			polls[0].fd = -1;
	}
	if (waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
