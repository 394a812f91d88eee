// SPDX-License-Identifier: GPL-2.0-or-later
/* renewals FOLDER NAME: print the uptime whenever a file gets the name FOLDER/NAME, by a link or a rename. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	_Alignas(struct inotify_event) char buffer[4096];
	int fd = inotify_init1(IN_CLOEXEC);
	ssize_t size;

	if (argc != 3 || inotify_add_watch(fd, argv[1], IN_MOVED_TO | IN_CREATE) < 0)
		return 1;
	while ((size = read(fd, buffer, sizeof(buffer))) > 0) {
		const struct inotify_event *event;

		for (char *at = buffer; at < buffer + size; at += sizeof(*event) + event->len) {
			struct timespec now;

			event = (const void *)at;
			if (!event->len || strcmp(event->name, argv[2]))
				continue;
			clock_gettime(CLOCK_BOOTTIME, &now);
			printf("%lld.%02ld\n", (long long)now.tv_sec, now.tv_nsec / 10000000);
			fflush(stdout);
		}
	}
	return 1;
}
