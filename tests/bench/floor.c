/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that a tool can do that looks at every function: open and read each config once. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	DIR *devices = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	char path[512], bytes[4096];
	long total = 0;

	if (!devices)
		return 2;
	while ((entry = readdir(devices))) {
		int fd;

		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/config", entry->d_name);
		fd = openat(dirfd(devices), path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		total += read(fd, bytes, sizeof(bytes));
		close(fd);
	}
	closedir(devices);
	return total <= 0;
}
