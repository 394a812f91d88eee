/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/guest/guest_find.h"

/* Does any argument of the command line pass a function through? The program may have any name. */
static bool passes_on(const char *path)
{
	FILE *file = fopen(path, "re");
	bool found = false, device = false;
	size_t size = 0;
	char *word = NULL;

	while (file && !found && getdelim(&word, &size, '\0', file) > 0) {
		found = device && strstr(word, "vfio-pci");
		device = !strcmp(word, "-device") || !strcmp(word, "--device");
	}
	free(word);
	if (file)
		fclose(file);
	return found;
}

enum status guest_find(struct app *app, char path[GUEST_PATH])
{
	DIR *folder;
	const struct dirent *entry;
	char candidate[GUEST_PATH];
	unsigned int count = 0;

	if (p2p_topology_machine(app->topology)->source != P2P_SOURCE_LIVE)
		return fail_with(app->failure, STATUS_USAGE, "--map vm looks for the guest of this machine, and --from "
				 "is another: --map takes the XML that virsh dumpxml prints there");
	folder = opendir("/proc");
	if (!folder)
		return fail_with(app->failure, STATUS_SYSTEM, "/proc: %s", strerror(errno));
	/* cppcheck-suppress readdirCalled ; one thread reads this stream */
	while ((entry = readdir(folder))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(candidate, sizeof(candidate), "/proc/%.32s/cmdline", entry->d_name);
		if (passes_on(candidate) && !count++)
			memcpy(path, candidate, GUEST_PATH);
	}
	closedir(folder);
	if (!count)
		return fail_with(app->failure, STATUS_INPUT, "no QEMU guest with functions passed through to it runs here; "
				 "--map also takes a file");
	if (count > 1)
		return fail_with(app->failure, STATUS_INPUT, "functions are passed through to %u guests, such as that of "
				 "%s: choose one with --map /proc/PID/cmdline", count, path);
	return STATUS_DONE;
}
