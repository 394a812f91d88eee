/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads back the tree document that p2ptopo tree --json prints.  It holds facts that are already decoded;
 * here it is only distinguished from other documents, and topology/report.c takes its contents.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-read.h"
#include "snapshot/sources.h"

#define FORMAT	"p2ptopo-tree"
#define VERSION	1

/* "[" starts a line of the kernel's log, too. */
static bool is_report(const struct p2p_input *input)
{
	const char *text = input->data ? input->data + strspn(input->data, " \t\r\n") : "";

	return *text == '{' || (*text == '[' && text[1 + strspn(text + 1, " \t\r\n")] == '{');
}

/*
 * Other JSON that people paste, recognized by members that occur together in no other.
 * @instead: what to paste instead; NULL if nothing of that tool would help
 */
static const struct {
	const char *keys[2], *what, *instead;
} strangers[] = {
	{ { "lscpu" }, "of lscpu -J", "lscpu" },
	{ { "MESSAGE", "__REALTIME_TIMESTAMP" }, "of journalctl -o json", "journalctl -k" },
	{ { "claimed", "handle" }, "of lshw -json", "sudo lspci -vvvnn" },
	{ { "blockdevices" }, "of lsblk -J", NULL },
	{ { "filesystems" }, "of findmnt -J", NULL },
	{ { "ifname", "mtu" }, "of ip -j", NULL },
	{ { "Devices" }, "of nvme list -o json", NULL },
	{ { "sysstat" }, "of sysstat", NULL },
	{ { "apiVersion", "kind" }, "of Kubernetes", NULL },
};

#define STRANGERS (P2P_LENGTH(strangers))

/* The first of several values stands for all. */
static struct json_object *first_of(struct json_object *root)
{
	return json_object_is_type(root, json_type_array) && json_object_array_length(root) ?
	       json_object_array_get_idx(root, 0) : root;
}

static size_t find_stranger(struct json_object *root)
{
	struct json_object *object = first_of(root);
	size_t row = 0;

	if (!json_object_is_type(object, json_type_object))
		return STRANGERS;
	while (row < STRANGERS && !(json_object_object_get_ex(object, strangers[row].keys[0], NULL) &&
				    (!strangers[row].keys[1] ||
				     json_object_object_get_ex(object, strangers[row].keys[1], NULL))))
		row++;
	return row;
}

/* A container may be full of such files, so there it is reported only if something else would help. */
static int refuse_stranger(struct p2p_context *context, const struct p2p_input *input, size_t row)
{
	const char *instead = row < STRANGERS ? strangers[row].instead : NULL;

	if (input->budget && !instead)
		return -ENOTSUP;
	if (row == STRANGERS)
		return p2p_error(context, -EBADMSG, "%s: JSON, but no document of p2ptopo; of JSON only "
				 "what p2ptopo tree --json prints can be read", input->name);
	return p2p_error(context, -EBADMSG, "%s: JSON %s%s%s%s", input->name, strangers[row].what,
			 instead ? "; paste what " : ", which says nothing of PCI",
			 instead ? instead : "", instead ? " prints" : "");
}

/* It is JSON: say whose, and what to use instead. */
static int refuse(struct p2p_context *context, const struct p2p_input *input,
		  struct json_object *root, const char *format)
{
	if (strncmp(format, "p2ptopo-", strlen("p2ptopo-")) != 0)
		return refuse_stranger(context, input, find_stranger(root));
	return p2p_error(context, -EBADMSG, "%s: a %.64s document, which does not hold the machine; "
			 "use the tree document (p2ptopo tree --json) or a capture of the same "
			 "machine", input->name, format);
}

/* The format that the document claims; a line of watch only names its event. */
static const char *format_of(struct json_object *root)
{
	return *p2p_json_word(root, "event") ? "p2ptopo-watch" : p2p_json_word(root, "format");
}

static int check(struct p2p_context *context, const struct p2p_input *input,
		 struct json_object *root)
{
	struct json_object *version = p2p_json_member(root, "version");
	const char *name = input->name;

	if (strcmp(p2p_json_word(root, "format"), FORMAT) != 0)
		return refuse(context, input, root, format_of(root));
	if (!json_object_is_type(version, json_type_int) ||
	    json_object_get_int64(version) != VERSION)
		return p2p_error(context, -EBADMSG, "%s: another version of " FORMAT, name);
	if (!p2p_json_length(p2p_json_member(root, "functions")))
		return p2p_error(context, -EBADMSG, "%s: no PCI function in it", name);
	return 0;
}

/* If the text is one object per line, as --jsonl prints, the length of the first; otherwise 0. */
static size_t first_line(const char *text)
{
	size_t length = strcspn(text, "\n");

	return length && text[length - 1] == '}' && text[length + strspn(text + length, " \t\r\n")] ?
	       length : 0;
}

/* Only one tree document is read, which is a single object; the first line tells what these are. */
static int refuse_lines(struct p2p_context *context, const struct p2p_input *input, size_t length)
{
	char *line = strndup(input->data, length);
	struct p2p_json json;
	int r;

	if (!line)
		return -ENOMEM;
	r = p2p_json_parse(context, input->name, line, length, P2P_JSON_NULLS, &json);
	if (!r) {
		const char *format = format_of(json.root);

		r = !strcmp(format, FORMAT) ?
		    p2p_error(context, -EBADMSG, "%s: several " FORMAT " documents; give each in a file of its own",
			      input->name) : refuse(context, input, json.root, format);
		p2p_json_clear(&json);
	}
	free(line);
	return r;
}

/* A damaged document in a container counts only if it may have been ours. */
static int pass_over(const struct p2p_input *input, int r)
{
	return r == -EBADMSG && input->budget && !strstr(input->data, "\"p2ptopo-") ? -ENOTSUP : r;
}

static int load_report(struct p2p_context *context, const struct p2p_input *input,
		       struct p2p_snapshot *snapshot)
{
	size_t line = first_line(input->data);
	struct p2p_json json;
	int r;

	if (line)
		return pass_over(input, refuse_lines(context, input, line));
	r = p2p_json_parse(context, input->name, input->data, input->size, P2P_JSON_NULLS, &json);
	if (r < 0)
		return pass_over(input, r);
	snapshot->want = P2P_WANT_NAMES;
	snapshot->report = json_object_get(json.root);
	p2p_json_clear(&json);
	return check(context, input, snapshot->report);
}

/* Indented, from a brace or bracket to one at the start of a line, or in one line. */
static unsigned int line_of(const char *line)
{
	bool ends = *line == '}' || *line == ']';
	size_t length = strlen(line);
	char last = line[length ? length - 1 : 0];

	if ((*line == '{' && (!line[1] || line[1] == '"')) ||
	    (*line == '[' && (!line[1] || line[1] == '{')))
		return P2P_LINE_STARTS | (last == *line + 2 ? P2P_LINE_ENDS : 0);
	return P2P_LINE_INSIDE | P2P_LINE_HOLDS | (ends ? P2P_LINE_ENDS : 0);
}

const struct p2p_format p2p_format_report = {
	.sniff = is_report, .load = load_report, .line = line_of,
};
