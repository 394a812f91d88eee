/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Documents of nodes of one kind differ in the host name and in serial numbers. Whether they differ in
 * anything else is found without parsing them: ten thousand documents are gigabytes.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "commands/fleet/fleet.h"

/* No host has a longer name. */
#define LONGEST_NAME 256

/* The end of the key at @at, if it is @key; else NULL. */
static const char *after_key(const char *at, const char *end, const char *key)
{
	size_t length = strlen(key);

	return (size_t)(end - at) > length && !memcmp(at, key, length) ? at + length : NULL;
}

/* The end of the string or word at @at. */
static const char *after_value(const char *at, const char *end)
{
	while (at < end && *at == ' ')
		at++;
	if (at < end && *at == '"') {
		const char *close = memchr(at + 1, '"', (size_t)(end - at - 1));

		return close ? close + 1 : end;
	}
	while (at < end && *at != ',' && *at != '}' && *at != '\n')
		at++;
	return at;
}

/* The digest of everything except those values. @name: the host name; empty if there is none. */
static struct p2p_shape digest_of(const char *text, size_t size, char name[LONGEST_NAME])
{
	const char *end = text + size, *from = text, *at = text;
	struct p2p_shape digest = { 0 };

	*name = '\0';
	while (at < end && (at = memchr(at, '"', (size_t)(end - at)))) {
		const char *host = after_key(at, end, "\"host\":"), *value = host;

		if (!value)
			value = after_key(at, end, "\"serial\":");
		if (!value) {
			at++;
			continue;
		}
		p2p_shape_add(&digest, from, (size_t)(value - from));
		at = from = after_value(value, end);
		if (host && !*name && at - value < LONGEST_NAME && memchr(value, '"', (size_t)(at - value)))
			sscanf(value, " \"%255[^\"\\]\"", name);
	}
	p2p_shape_add(&digest, from, (size_t)(end - from));
	return digest;
}

/* Gives text in memory a path that the file readers can open. */
static enum status read_text(struct fleet *fleet, const char *text, size_t size, const char *label)
{
	int fd = memfd_create("node", MFD_CLOEXEC);
	enum status status;
	char path[64];

	if (fd < 0)
		return fail_system(fleet->app->failure, -errno, label);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	errno = ENOSPC;
	if (write(fd, text, size) == (ssize_t)size)
		status = fleet_node(fleet, path, label);
	else
		status = fail_system(fleet->app->failure, -errno, label);
	close(fd);
	return status;
}

static enum status keep(struct fleet *fleet, struct p2p_shape digest, size_t shape)
{
	struct document *document = p2p_more(fleet->documents, fleet->document_count);

	if (!document)
		return fail_memory(fleet->app->failure);
	*document = (struct document){ digest, shape };
	fleet->document_count++;
	return STATUS_DONE;
}

enum status fleet_document(struct fleet *fleet, const char *text, size_t size, const char *label)
{
	char name[LONGEST_NAME];
	struct p2p_shape digest = digest_of(text, size, name);
	size_t nodes = fleet->nodes;
	enum status status;

	for (size_t i = 0; i < fleet->document_count; i++) {
		const struct document *seen = &fleet->documents[i];

		if (seen->digest.high == digest.high && seen->digest.low == digest.low)
			return fleet_count(fleet, seen->shape, *name ? name : label);
	}
	status = read_text(fleet, text, size, label);
	return status || fleet->nodes == nodes ? status : keep(fleet, digest, fleet->last);
}
