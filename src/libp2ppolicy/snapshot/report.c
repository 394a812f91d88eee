/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The document that p2ptopo tree prints, read back.  It holds facts that were decoded already;
 * here it is only told from other documents, topology/report.c takes what is in it.
 */
#include <errno.h>
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

static int check(struct p2p_context *context, const char *name, struct json_object *root)
{
	struct json_object *version = NULL, *functions = NULL;

	if (strcmp(text_of(root, "format"), FORMAT) != 0)
		return p2p_error(context, -EBADMSG, "%s: JSON, and not what p2ptopo tree --json "
				 "prints, which is the one document that holds enough", name);
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

static int load_report(struct p2p_context *context, const struct p2p_input *input,
		       struct p2p_snapshot *snapshot)
{
	struct p2p_json json;
	int r = p2p_json_parse(context, input->name, input->data, input->size, P2P_JSON_NULLS,
			       &json);

	if (r < 0)
		return r;
	snapshot->want = P2P_WANT_NAMES;
	snapshot->report = json_object_get(json.root);
	p2p_json_clear(&json);
	return check(context, input->name, snapshot->report);
}

const struct p2p_format p2p_format_report = { .sniff = is_report, .load = load_report };
