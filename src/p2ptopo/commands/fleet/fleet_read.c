/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where nodes come from: files, folders, and streams with one document on each line. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/fleet/fleet.h"
#include "line.h"

/* No tree document of one machine is a longer line. */
#define LONGEST_LINE (256u << 20)

/* Is this line a whole document, not the first line of one that spans several? */
static bool is_document(const char *line, size_t size)
{
	while (size && (line[size - 1] == '\n' || line[size - 1] == '\r' || line[size - 1] == ' '))
		size--;
	return size > 2 && line[0] == '{' && line[size - 1] == '}';
}

/* Files that begin otherwise, such as archives, are not read by lines. */
static bool is_object(FILE *file)
{
	return ungetc(getc(file), file) == '{';
}

/* Adds the documents in *@line and the remaining lines of @file. */
static enum status add_lines(struct fleet *fleet, FILE *file, char **line, size_t *room, ssize_t size,
			     const char *path)
{
	enum status status = STATUS_DONE;
	unsigned int number;
	char label[4200];

	for (number = 1; size > 0 && !status; number++) {
		snprintf(label, sizeof(label), "%s:%u", path, number);
		if (strspn(*line, " \t\r\n") < (size_t)size)
			status = fleet_document(fleet, *line, (size_t)size, label);
		size = line_read(line, room, file, LONGEST_LINE);
	}
	return status || feof(file) ? status : line_fail(fleet->app->failure, path, number);
}

/* Standard input that is not a list of documents is a single one, whose first line has been read already. */
static enum status add_rest(struct fleet *fleet, FILE *file, const char *line, size_t size)
{
	enum status status;
	char *text = NULL, buffer[65536];
	size_t length, got;
	FILE *whole = p2p_text_open(&text, &length);
	int error;

	if (!whole)
		return fail_memory(fleet->app->failure);
	fwrite(line, 1, size, whole);
	while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0 && (size += got) <= LONGEST_LINE)
		fwrite(buffer, 1, got, whole);
	error = ferror(file) ? errno : 0;
	if (fclose(whole))
		status = fail_memory(fleet->app->failure);
	else if (error)
		status = fail_system(fleet->app->failure, -error, "standard input");
	else if (got)
		status = fail_with(fleet->app->failure, STATUS_INPUT, "standard input: more than %u MiB", LONGEST_LINE >> 20);
	else
		status = fleet_document(fleet, text, length, "standard input");
	free(text);
	return status;
}

static enum status add_file(struct fleet *fleet, const char *path)
{
	bool standard = !strcmp(path, "-");
	FILE *file = standard ? stdin : fopen(path, "re");
	enum status status;
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	if (!file)
		return fail_system(fleet->app->failure, -errno, path);
	size = standard || is_object(file) ? line_read(&line, &room, file, LONGEST_LINE) : 0;
	if (size < 0 && !feof(file))
		status = line_fail(fleet->app->failure, standard ? "standard input" : path, 1);
	else if (size > 0 && is_document(line, (size_t)size))
		status = add_lines(fleet, file, &line, &room, size, standard ? "standard input" : path);
	else if (standard)
		status = add_rest(fleet, file, line, size > 0 ? (size_t)size : 0);
	else
		status = fleet_node(fleet, path, path);
	free(line);
	if (!standard)
		fclose(file);
	return status;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A captured tree is also a folder, but a single node. */
static bool is_tree(const char *path)
{
	char inside[4096];

	return (size_t)snprintf(inside, sizeof(inside), "%s/sys", path) < sizeof(inside) && !access(inside, F_OK);
}

/* Links to folders may form rings; a link to a captured tree cannot. */
static bool may_be_ring(const char *path)
{
	struct stat link, target;

	return !lstat(path, &link) && S_ISLNK(link.st_mode) && !stat(path, &target) && S_ISDIR(target.st_mode) &&
	       !is_tree(path);
}

/* What cannot be read in a folder does not keep the rest from being read. */
static enum status add_inside(struct fleet *fleet, const char *folder, const char *name)
{
	enum status status;
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		status = fail_system(fleet->app->failure, -ENAMETOOLONG, path);
	else if (may_be_ring(path))
		status = fail_with(fleet->app->failure, STATUS_INPUT, "%s: it is a link to a folder", path);
	else
		status = fleet_add(fleet, path);
	return status ? fleet_skip(fleet, path) : STATUS_DONE;
}

static enum status add_folder(struct fleet *fleet, const char *path)
{
	enum status status = STATUS_DONE;
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, is_visible, alphasort);

	if (count < 0)
		return fail_system(fleet->app->failure, -errno, path);
	for (int i = 0; i < count; i++) {
		if (!status)
			status = add_inside(fleet, path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return status;
}

enum status fleet_add(struct fleet *fleet, const char *path)
{
	struct stat status;

	if (!strcmp(path, "-"))
		return add_file(fleet, path);
	if (stat(path, &status))
		return fail_system(fleet->app->failure, -errno, path);
	if (!S_ISDIR(status.st_mode))
		return add_file(fleet, path);
	return is_tree(path) ? fleet_node(fleet, path, path) : add_folder(fleet, path);
}
