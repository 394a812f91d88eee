/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "machine/printed.h"

void printed_clear(struct printed *printed)
{
	p2p_measured_free(printed->measured);
	p2p_context_free(printed->context);
	free(printed->path);
	*printed = (struct printed){ 0 };
}

/* A pipe can be read only once. */
static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* What was read of a file is kept for its other lines, even if it has no figures. */
static void look_into(struct printed *printed, const char *path)
{
	char note[P2P_WAY_TEXT];
	int r;

	if (printed->path && !strcmp(printed->path, path))
		return;
	printed_clear(printed);
	if (!is_file(path))
		return;
	printed->path = strdup(path);
	r = printed->path ? p2p_context_new(&printed->context) : -ENOMEM;
	if (r == 0)
		r = p2p_measured_new(printed->context, &printed->measured);
	if (r == 0)
		r = p2p_measured_load(printed->measured, path, note);
	if (r == -ENOMEM)
		p2p_lost();
}

static bool has_printed(const struct printed *printed, const struct p2p_tool *tool,
			unsigned int first, unsigned int last)
{
	const struct p2p_figure *figure;

	for (size_t i = 0; (figure = p2p_measured_at(printed->measured, i)); i++)
		if (figure->tool == tool && figure->line >= first && (!last || figure->line <= last))
			return true;
	return false;
}

const char *printed_by(struct printed *printed, const char *path, unsigned int first,
		       unsigned int last, char text[PRINTED_SIZE])
{
	const struct p2p_tool *tool;
	size_t used = 0;

	look_into(printed, path);
	if (!printed->measured)
		return NULL;
	for (size_t i = 0; (tool = p2p_tool_at(i)) && used < PRINTED_SIZE; i++)
		if (has_printed(printed, tool, first, last))
			used += (size_t)snprintf(text + used, PRINTED_SIZE - used, "%s%s",
						 used ? " and " : "", tool->name);
	return used ? text : NULL;
}
