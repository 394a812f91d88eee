/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feed every file named, or found in a directory named, to the fuzz target. */
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

static void replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	CHECK(file && !fseek(file, 0, SEEK_END) && (size = ftell(file)) >= 0);
	rewind(file);
	/* exactly as large as the input, so that a sanitizer sees the first byte too many */
	data = malloc((size_t)size ? (size_t)size : 1);
	CHECK(data && fread(data, 1, (size_t)size, file) == (size_t)size);
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

static unsigned int replay(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	unsigned int count = 0;

	if (!directory) {
		replay_file(path);
		return 1;
	}
	while ((entry = readdir(directory))) {
		char name[PATH_MAX];

		if (*entry->d_name == '.')
			continue;
		CHECK(snprintf(name, sizeof(name), "%s/%s", path, entry->d_name) < PATH_MAX);
		count += replay(name);
	}
	closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	unsigned int count = 0;

	for (int i = 1; i < argc; i++)
		count += replay(argv[i]);
	printf("%u inputs\n", count);
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
