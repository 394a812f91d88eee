/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "snapshot/hwloc.h"

/* Components that start drivers and libraries of their own and provide nothing that is used here. */
static const char *const unwanted[] = { "cuda", "gl", "levelzero", "nvml", "opencl", "rsmi" };

#define MOST_SECONDS	60
#define MOST_MEMORY	((rlim_t)256 << 20)
#define MOST_INDEX	(1ul << 20)	/* of a processor or node */

int p2p_hwloc_write(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

/* hwloc keeps sets as bitmaps, and carries on without those it has no memory for. */
static bool has_high_index(const char *xml)
{
	static const char index[] = "os_index=\"";

	for (const char *at = xml; (at = strstr(at, index)); at++)
		if (strtoul(at + strlen(index), NULL, 10) > MOST_INDEX)
			return true;
	return false;
}

int p2p_hwloc_open(hwloc_topology_t hwloc, const struct p2p_file *xml)
{
	hwloc_topology_set_io_types_filter(hwloc, HWLOC_TYPE_FILTER_KEEP_ALL);
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		hwloc_topology_set_components(hwloc, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST,
					      unwanted[i]);
	if (xml && has_high_index(xml->data))
		return -1;
	/* hwloc's size includes the terminating zero. */
	if (xml && hwloc_topology_set_xmlbuffer(hwloc, xml->data, (int)xml->size + 1))
		return -1;
	return hwloc_topology_load(hwloc);
}

static int discover(int fd, const void *data)
{
	hwloc_topology_t topology;
	char *xml;
	int size;

	(void)data;
	if (hwloc_topology_init(&topology))
		return -1;
	hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
	if (hwloc_topology_load(topology) ||
	    hwloc_topology_export_xmlbuffer(topology, &xml, &size, 0))
		return -1;
	return p2p_hwloc_write(fd, xml, strnlen(xml, (size_t)size));
}

/* Foreign XML may be crafted to take forever, or all memory. */
static void set_limits(void)
{
	struct rlimit limit = { MOST_SECONDS, MOST_SECONDS };
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages;

	(void)setrlimit(RLIMIT_CPU, &limit);
	if (!file)
		return;
	/* The limit includes what the process already has. */
	if (fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages) == 1) {
		limit.rlim_cur = limit.rlim_max = pages * (rlim_t)sysconf(_SC_PAGESIZE) + MOST_MEMORY;
		(void)setrlimit(RLIMIT_DATA, &limit);
	}
	fclose(file);
}

static void child(int fd, int (*work)(int fd, const void *data), const void *data)
{
	static char *nothing[] = { NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/*
	 * HWLOC_* variables could make it read another machine and load plugins; clearenv() might wait
	 * forever for a lock.
	 */
	environ = nothing;
	set_limits();
	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(1);
	_exit(work(fd, data) ? 1 : 0);
}

int p2p_hwloc_run(int (*work)(int fd, const void *data), const void *data,
		  struct p2p_buffer *buffer)
{
	int ends[2], status = 0, r;
	pid_t pid;

	buffer->size = 0;
	if (pipe2(ends, O_CLOEXEC))
		return -EIO;
	pid = fork();
	if (pid == 0)
		child(ends[1], work, data);
	close(ends[1]);
	r = pid < 0 ? -EIO : p2p_buffer_read(ends[0], P2P_FILE_MOST, buffer);
	close(ends[0]);
	if (pid > 0) {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (r == 0 && (status || !buffer->size))
			r = -EIO;
	}
	return r == 0 || r == -ENOMEM ? r : -EIO;
}

int p2p_hwloc_xml(struct p2p_buffer *buffer)
{
	return p2p_hwloc_run(discover, NULL, buffer);
}
