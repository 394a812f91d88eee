/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure FILE COMMAND...: run the command with its output in FILE, and print its wait status, CPU
 * seconds and peak memory in KiB.  The kernel counts the memory of whoever forked a command as its
 * own, so that this is done by a program smaller than what it measures, and not by the interpreter.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(const char *file, char **command)
{
	int out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (dup2(out, STDOUT_FILENO) >= 0 && dup2(nowhere, STDERR_FILENO) >= 0)
		execvp(command[0], command);
	_exit(127);
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	pid_t child;
	int status;

	if (argc < 3)
		return 2;
	child = fork();
	if (child == 0)
		run(argv[1], argv + 2);
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return 2;
	printf("%d %.6f %ld\n", status, seconds(usage.ru_utime) + seconds(usage.ru_stime),
	       usage.ru_maxrss);
	return 0;
}
