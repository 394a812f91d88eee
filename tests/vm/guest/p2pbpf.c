// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * p2pbpf entry|exit FUNCTION... -- COMMAND...: run the command while a BPF program that does nothing stands at the entry or the
 * exit of each function of the kernel. Prints how often each ran, "RUNS FUNCTION". Exit status: the command's, or 77 where the
 * kernel has no such programs, or 2.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 16
#define BTF_FILE "/sys/kernel/btf/vmlinux"

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static void give_up(const char *what, int status)
{
	fprintf(stderr, "%s: %s\n", what, strerrorname_np(errno));
	exit(status);
}

static char *read_types(void)
{
	int fd = open(BTF_FILE, O_RDONLY);
	struct stat st;
	size_t done = 0;
	char *all;

	if (fd < 0 || fstat(fd, &st))
		give_up(BTF_FILE, 77);
	all = malloc(st.st_size);
	while (all && done < (size_t)st.st_size) {
		ssize_t n = read(fd, all + done, st.st_size - done);

		if (n <= 0)
			give_up(BTF_FILE, 2);
		done += n;
	}
	close(fd);
	return all;
}

/* What follows a type of that kind. */
static size_t size_behind(const struct btf_type *t)
{
	unsigned int n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

static unsigned int find_function(const char *types, const char *name)
{
	const struct btf_header *h = (const void *)types;
	const char *at = types + h->hdr_len + h->type_off, *end = at + h->type_len;
	const char *names = types + h->hdr_len + h->str_off;

	for (unsigned int id = 1; at < end; id++) {
		const struct btf_type *t = (const void *)at;

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && !strcmp(names + t->name_off, name))
			return id;
		at += sizeof(*t) + size_behind(t);
	}
	errno = ENOENT;
	give_up(name, 2);
	return 0;
}

static int attach(unsigned int id, bool at_exit, const char *name)
{
	struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.insns = (unsigned long)nothing,
		.insn_cnt = 2,
		.license = (unsigned long)"GPL",
		.expected_attach_type = at_exit ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY,
		.attach_btf_id = id,
	};
	union bpf_attr open = { 0 };
	int fd = bpf(BPF_PROG_LOAD, &load);

	if (fd < 0)
		give_up(name, 2);
	open.raw_tracepoint.prog_fd = fd;
	if (bpf(BPF_RAW_TRACEPOINT_OPEN, &open) < 0)
		give_up(name, 2);
	return fd;
}

static unsigned long long runs(int fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { .info = { .bpf_fd = fd, .info_len = sizeof(info), .info = (unsigned long)&info } };

	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
		give_up("info", 2);
	return info.run_cnt;
}

int main(int argc, char **argv)
{
	union bpf_attr stats = { .enable_stats = { .type = BPF_STATS_RUN_TIME } };
	bool at_exit = argc > 1 && !strcmp(argv[1], "exit");
	int fd[MAX], n = 0, status;
	char *types = read_types();

	for (argv += 2; argc > 4 && *argv && strcmp(*argv, "--"); argv++) {
		if (n == MAX)
			return 2;
		fd[n++] = attach(find_function(types, *argv), at_exit, *argv);
	}
	if (!n || !*argv || !argv[1] || bpf(BPF_ENABLE_STATS, &stats) < 0)
		return 2;
	if (!fork()) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	wait(&status);
	for (int i = 0; i < n; i++)
		printf("%llu %s\n", runs(fd[i]), argv[i - n]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
