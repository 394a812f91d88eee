/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree document, which p2ptopo tree --json prints, read back.  It holds facts that were decoded
 * already; here it is only told from other documents, topology/report.c takes what is in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-read.h"
#include "snapshot/sources.h"

#define FORMAT	"p2ptopo-tree"
#define VERSION	1

static bool is_report(const struct p2p_input *input)
{
	return input->data && input->data[strspn(input->data, " \t\r\n")] == '{';
}

static const char *text_of(struct json_object *root, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(root, key, &value);
	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

/* It is JSON: say whose, and what would do. */
static int refuse(struct p2p_context *context, const char *name, const char *format)
{
	if (strncmp(format, "p2ptopo-", strlen("p2ptopo-")) != 0)
		return p2p_error(context, -EBADMSG, "%s: JSON, but no document of p2ptopo; of JSON only "
				 "what p2ptopo tree --json prints can be read", name);
	return p2p_error(context, -EBADMSG, "%s: a %.64s document, which does not hold the machine; "
			 "use the tree document (p2ptopo tree --json) or a capture of the same "
			 "machine", name, format);
}

/* What the document says it is; a line of watch says only which event it is. */
static const char *format_of(struct json_object *root)
{
	return *text_of(root, "event") ? "p2ptopo-watch" : text_of(root, "format");
}

static int check(struct p2p_context *context, const char *name, struct json_object *root)
{
	struct json_object *version = NULL, *functions = NULL;

	if (strcmp(text_of(root, "format"), FORMAT) != 0)
		return refuse(context, name, format_of(root));
	json_object_object_get_ex(root, "version", &version);
	if (!json_object_is_type(version, json_type_int) ||
	    json_object_get_int64(version) != VERSION)
		return p2p_error(context, -EBADMSG, "%s: another version of " FORMAT, name);
	json_object_object_get_ex(root, "functions", &functions);
	if (!json_object_is_type(functions, json_type_array) ||
	    !json_object_array_length(functions))
		return p2p_error(context, -EBADMSG, "%s: no PCI function in it", name);
	return 0;
}

/* One object in a line each, as --jsonl prints them: length of the first; 0 these are none. */
static size_t first_line(const char *text)
{
	size_t length = strcspn(text, "\n");

	return length && text[length - 1] == '}' && text[length + strspn(text + length, " \t\r\n")] ?
	       length : 0;
}

/* Only the tree document is one object; what others are is in their first line. */
static int refuse_lines(struct p2p_context *context, const char *name, const char *text,
			size_t length)
{
	char *line = strndup(text, length);
	struct p2p_json json;
	int r;

	if (!line)
		return p2p_error(context, -ENOMEM, "out of memory");
	r = p2p_json_parse(context, name, line, length, P2P_JSON_NULLS, &json);
	if (!r) {
		r = refuse(context, name, format_of(json.root));
		p2p_json_clear(&json);
	}
	free(line);
	return r;
}

static int load_report(struct p2p_context *context, const struct p2p_input *input,
		       struct p2p_snapshot *snapshot)
{
	size_t line = first_line(input->data);
	struct p2p_json json;
	int r;

	if (line)
		return refuse_lines(context, input->name, input->data, line);
	r = p2p_json_parse(context, input->name, input->data, input->size, P2P_JSON_NULLS, &json);
	if (r < 0)
		return r;
	snapshot->want = P2P_WANT_NAMES;
	snapshot->report = json_object_get(json.root);
	p2p_json_clear(&json);
	return check(context, input->name, snapshot->report);
}

/* Indented, from a brace to a brace at the start of a line, or in one line. */
static unsigned int line_of(const char *line)
{
	if (*line == '{' && (!line[1] || line[1] == '"'))
		return P2P_LINE_STARTS | (line[strlen(line) - 1] == '}' ? P2P_LINE_ENDS : 0);
	return P2P_LINE_INSIDE | P2P_LINE_HOLDS | (*line == '}' ? P2P_LINE_ENDS : 0);
}

const struct p2p_format p2p_format_report = {
	.sniff = is_report, .load = load_report, .line = line_of,
};
