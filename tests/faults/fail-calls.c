/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command and lets system calls of it fail, come back short, or meet a machine that changes.
 *
 * usage: fail-calls list FILE COMMAND...
 *	  fail-calls NAME FIRST STEP HOW COMMAND...
 *
 * list: FILE gets a line for each call: its name, which of that name it is, and the path it is about
 * NAME: the call, as in the table below; FIRST: which of that name, from 1; STEP: 0 that one alone, N each
 *	Nth from there on
 * HOW: "error NUMBER" the call is not made; "short BYTES" it is asked for so many at most; "shuffle SEED"
 *	the entries of a directory come in another order; "kill" the command is killed before it; "run
 *	COMMAND" the shell runs that before the call
 *
 * Calls about shared libraries are the loader's, neither counted nor changed.
 *
 * The exit status is the command's, 128 and the signal that killed it, or 125.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILED	125

/* @fd, @path: which argument is that, from 1; 0 none */
static struct call {
	const char *name;
	long number;
	unsigned char fd, path;
	unsigned long count;
} calls[] = {
	{ "openat", SYS_openat, 1, 2, 0 },
	{ "openat2", SYS_openat2, 1, 2, 0 },
	{ "read", SYS_read, 1, 0, 0 },
	{ "pread64", SYS_pread64, 1, 0, 0 },
	{ "getdents64", SYS_getdents64, 1, 0, 0 },
	{ "newfstatat", SYS_newfstatat, 1, 2, 0 },
	{ "statx", SYS_statx, 1, 2, 0 },
	{ "readlinkat", SYS_readlinkat, 1, 2, 0 },
	{ "readlink", SYS_readlink, 0, 1, 0 },
	{ "faccessat2", SYS_faccessat2, 1, 2, 0 },
	{ "write", SYS_write, 1, 0, 0 },
	{ "writev", SYS_writev, 1, 0, 0 },
	{ "close", SYS_close, 1, 0, 0 },
	{ "fsync", SYS_fsync, 1, 0, 0 },
	{ "ftruncate", SYS_ftruncate, 1, 0, 0 },
	{ "linkat", SYS_linkat, 1, 2, 0 },
	{ "rename", SYS_rename, 0, 1, 0 },
	{ "renameat", SYS_renameat, 1, 2, 0 },
	{ "renameat2", SYS_renameat2, 1, 2, 0 },
	{ "unlink", SYS_unlink, 0, 1, 0 },
	{ "unlinkat", SYS_unlinkat, 1, 2, 0 },
	{ "mkdir", SYS_mkdir, 0, 1, 0 },
	{ "mkdirat", SYS_mkdirat, 1, 2, 0 },
	{ "fchmod", SYS_fchmod, 1, 0, 0 },
	{ "fchown", SYS_fchown, 1, 0, 0 },
	{ "flock", SYS_flock, 1, 0, 0 },
	{ "lseek", SYS_lseek, 1, 0, 0 },
	{ "pipe2", SYS_pipe2, 0, 0, 0 },
	{ "getrandom", SYS_getrandom, 0, 0, 0 },
	{ "socket", SYS_socket, 0, 0, 0 },
	{ "bind", SYS_bind, 1, 0, 0 },
	{ "recvmsg", SYS_recvmsg, 1, 0, 0 },
	{ "poll", SYS_poll, 0, 0, 0 },
	{ "ppoll", SYS_ppoll, 0, 0, 0 },
};

#define CALLS	(sizeof(calls) / sizeof(calls[0]))

static struct {
	FILE *list;
	const char *name, *how, *what;
	unsigned long first, step;
} plan;

static void die(const char *what)
{
	fprintf(stderr, "fail-calls: %s: %s\n", what, strerror(errno));
	exit(FAILED);
}

/* The kernel stops the command at the calls of the table alone, or it would take ten times as long. */
static void trap_calls(void)
{
	struct sock_filter code[CALLS + 5] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, CALLS + 1),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { .len = CALLS + 5, .filter = code };

	for (size_t i = 0; i < CALLS; i++)
		code[3 + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							   (unsigned int)calls[i].number,
							   (unsigned char)(CALLS - i), 0);
	code[CALLS + 3] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[CALLS + 4] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		die("seccomp");
}

static unsigned long long *argument(struct user_regs_struct *registers, unsigned int number)
{
	unsigned long long *arguments[] = { &registers->rdi, &registers->rsi, &registers->rdx };

	return arguments[number - 1];
}

static void transfer(pid_t pid, bool back, unsigned long long address, void *bytes, size_t size)
{
	struct iovec here = { bytes, size }, there = { (void *)(uintptr_t)address, size };

	if ((back ? process_vm_writev(pid, &here, 1, &there, 1, 0) :
		    process_vm_readv(pid, &here, 1, &there, 1, 0)) < 0)
		die("the memory of the command");
}

#define PATH_SIZE	8192

/* The path that a call is about; "" none. */
static void find_path(pid_t pid, const struct call *call, struct user_regs_struct *registers, char found[PATH_SIZE])
{
	char link[64], folder[4096] = "", path[4096] = "";
	unsigned long long at;
	ssize_t n = -1;

	if (call->fd) {
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", pid, (int)*argument(registers, call->fd));
		n = readlink(link, folder, sizeof(folder) - 1);
	}
	folder[n < 0 ? 0 : n] = '\0';
	if (call->path) {
		at = *argument(registers, call->path);
		for (size_t i = 0; i + 1 < sizeof(path); i++) {
			transfer(pid, false, at + i, path + i, 1);
			if (!path[i])
				break;
		}
	}
	snprintf(found, PATH_SIZE, "%s%s%s", path[0] == '/' ? "" : folder,
		 folder[0] && path[0] && path[0] != '/' ? "/" : "", path);
}

/* After a getdents64(): the same entries, in an order of the seed's. */
static void shuffle(pid_t pid, struct user_regs_struct *registers, unsigned int *seed)
{
	char *old, *new;
	size_t at[4096], count = 0, used = 0, size = (size_t)registers->rax;

	if ((long long)registers->rax <= 0)
		return;
	old = malloc(size);
	new = malloc(size);
	if (!old || !new)
		die("malloc");
	transfer(pid, false, registers->rsi, old, size);
	for (size_t offset = 0; offset < size && count < 4096; count++) {
		at[count] = offset;
		offset += ((struct dirent64 *)(void *)(old + offset))->d_reclen;
	}
	for (; count; count--) {
		size_t chosen = (size_t)rand_r(seed) % count;
		size_t length = ((struct dirent64 *)(void *)(old + at[chosen]))->d_reclen;

		memcpy(new + used, old + at[chosen], length);
		used += length;
		at[chosen] = at[count - 1];
	}
	transfer(pid, true, registers->rsi, new, size);
	free(old);
	free(new);
}

/* Return: the request that lets the command go on. */
static int interfere(pid_t pid, struct user_regs_struct *registers)
{
	if (!strcmp(plan.how, "kill"))
		kill(pid, SIGKILL);
	else if (!strcmp(plan.how, "run") && system(plan.what))
		fprintf(stderr, "fail-calls: '%s' failed\n", plan.what);
	else if (!strcmp(plan.how, "short") && registers->rdx > strtoull(plan.what, NULL, 10))
		registers->rdx = strtoull(plan.what, NULL, 10);
	else if (!strcmp(plan.how, "error")) {
		registers->orig_rax = (unsigned long long)-1;
		registers->rax = (unsigned long long)-strtoll(plan.what, NULL, 10);
	}
	if (strcmp(plan.how, "kill") && ptrace(PTRACE_SETREGS, pid, NULL, registers))
		die("PTRACE_SETREGS");
	return !strcmp(plan.how, "shuffle") ? PTRACE_SYSCALL : PTRACE_CONT;
}

static bool is_asked(const struct call *call)
{
	return plan.list || (plan.name && !strcmp(plan.name, call->name));
}

static bool is_chosen(const struct call *call)
{
	if (call->count < plan.first)
		return false;
	return plan.step ? (call->count - plan.first) % plan.step == 0 : call->count == plan.first;
}

static int enter_call(pid_t pid)
{
	struct user_regs_struct registers;
	char path[PATH_SIZE];

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers))
		return PTRACE_CONT;
	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].number != (long)registers.orig_rax || !is_asked(&calls[i]))
			continue;
		find_path(pid, &calls[i], &registers, path);
		if (strstr(path, ".so."))
			continue;
		calls[i].count++;
		if (plan.list)
			fprintf(plan.list, "%s %lu %s\n", calls[i].name, calls[i].count, path);
		else if (is_chosen(&calls[i]))
			return interfere(pid, &registers);
	}
	return PTRACE_CONT;
}

/* Of one stop: what is to be asked of ptrace() next, and the signal to go on with. */
static int stopped(pid_t pid, int status, unsigned int *seed, int *ret_signal)
{
	struct user_regs_struct registers;
	int signal = WSTOPSIG(status);

	*ret_signal = 0;
	if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8))
		return enter_call(pid);
	if (signal == (SIGTRAP | 0x80)) {
		if (ptrace(PTRACE_GETREGS, pid, NULL, &registers))
			die("PTRACE_GETREGS");
		if (registers.orig_rax == SYS_getdents64)
			shuffle(pid, &registers, seed);
	} else if (!(status >> 16) && signal != SIGSTOP) {
		*ret_signal = signal;
	}
	return PTRACE_CONT;
}

static int follow(pid_t first)
{
	unsigned int seed = plan.what && !strcmp(plan.how, "shuffle") ? (unsigned int)atoi(plan.what) : 0;
	int status, signal, request, end = FAILED;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			request = stopped(pid, status, &seed, &signal);
			(void)ptrace(request, pid, NULL, signal);
		} else if (pid == first) {
			end = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
	}
	return end;
}

static void begin(char **words)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		die("PTRACE_TRACEME");
	raise(SIGSTOP);
	trap_calls();
	execv(words[0], words);
	die(words[0]);
}

static char **read_plan(int count, char **words)
{
	if (count > 3 && !strcmp(words[1], "list")) {
		plan.list = fopen(words[2], "we");
		if (!plan.list)
			die(words[2]);
		return words + 3;
	}
	if (count < 7)
		exit(FAILED);
	plan.name = words[1];
	plan.first = strtoul(words[2], NULL, 10);
	plan.step = strtoul(words[3], NULL, 10);
	plan.how = words[4];
	plan.what = words[5];
	return words + 6;
}

int main(int count, char **words)
{
	char **command = read_plan(count, words);
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (!pid)
		begin(command);
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return FAILED;
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD |
		   PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
		   PTRACE_O_TRACEVFORK))
		die("PTRACE_SETOPTIONS");
	(void)ptrace(PTRACE_CONT, pid, NULL, 0);
	status = follow(pid);
	if (plan.list && fclose(plan.list))
		die("list");
	return status;
}
