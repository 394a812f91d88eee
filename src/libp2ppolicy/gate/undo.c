/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "gate/undo.h"

#define FORMAT "p2ptopo-undo"
#define BOOT_ID_SIZE 64

static int out_of_memory(struct p2p_context *context)
{
	return p2p_error(context, -ENOMEM, "out of memory");
}

/* Registers are what this boot made them; the file must not outlive it. */
static void read_boot_id(char id[BOOT_ID_SIZE])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file || !fgets(id, BOOT_ID_SIZE, file))
		*id = '\0';
	id[strcspn(id, "\n")] = '\0';
	if (file)
		fclose(file);
}

/* The numbers of one register, in the file under these names. */
static const struct {
	const char *key;
	size_t offset, size;
} fields[] = {
#define FIELD(name) { #name, offsetof(struct p2p_write, name), \
		      sizeof(((struct p2p_write *)0)->name) }
	FIELD(vendor), FIELD(device), FIELD(acs), FIELD(offset), FIELD(size), FIELD(mask),
	FIELD(before), FIELD(after),
#undef FIELD
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static int64_t get(const struct p2p_write *write, size_t field)
{
	const char *place = (const char *)write + fields[field].offset;

	return fields[field].size == 1 ? *(const uint8_t *)place :
	       *(const uint16_t *)(const void *)place;
}

static bool set(struct p2p_write *write, size_t field, int64_t value)
{
	char *place = (char *)write + fields[field].offset;

	if (value < 0 || value >= 1ll << (8 * fields[field].size))
		return false;
	if (fields[field].size == 1)
		*(uint8_t *)place = (uint8_t)value;
	else
		*(uint16_t *)(void *)place = (uint16_t)value;
	return true;
}

/* The values are possible for a register of a config space: nothing else is ever written. */
static bool is_sane(const struct p2p_write *write)
{
	unsigned int at = write->size == 4 ? 8 : 6;

	return (write->size == 2 || write->size == 4) && write->acs >= 0x100 &&
	       write->offset == write->acs + at && write->offset + write->size <= 4096 &&
	       !((write->before ^ write->after) & ~write->mask);
}

static bool parse_write(struct json_object *node, struct p2p_write *ret_write)
{
	struct json_object *value = NULL;
	struct p2p_write write = { 0 };

	if (!json_object_object_get_ex(node, "bdf", &value) ||
	    !json_object_is_type(value, json_type_string) ||
	    p2p_bdf_parse(json_object_get_string(value), &write.bdf) < 0)
		return false;
	for (size_t i = 0; i < FIELDS; i++)
		if (!json_object_object_get_ex(node, fields[i].key, &value) ||
		    !json_object_is_type(value, json_type_int) ||
		    !set(&write, i, json_object_get_int64(value)))
			return false;
	*ret_write = write;
	return is_sane(&write);
}

static bool has_text(struct json_object *document, const char *key, const char *text)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(document, key, &value) &&
	       json_object_is_type(value, json_type_string) &&
	       !strcmp(json_object_get_string(value), text);
}

static int parse(struct p2p_context *context, const char *path, struct json_object *document,
		 struct p2p_undo *undo)
{
	struct json_object *list = NULL;
	char boot[BOOT_ID_SIZE];

	read_boot_id(boot);
	if (!has_text(document, "format", FORMAT) ||
	    !json_object_object_get_ex(document, "registers", &list) ||
	    !json_object_is_type(list, json_type_array))
		return p2p_error(context, -EBADMSG, "%s was not written by fix --apply", path);
	if (!has_text(document, "boot_id", boot))
		return p2p_error(context, -ESTALE, "%s is of another boot, which took back what it "
				 "tells of", path);
	undo->writes = calloc(json_object_array_length(list) + 1, sizeof(*undo->writes));
	if (!undo->writes)
		return out_of_memory(context);
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (!parse_write(json_object_array_get_idx(list, i),
				 &undo->writes[undo->count++]))
			return p2p_error(context, -EBADMSG, "%s: register %zu makes no sense", path,
					 i);
	return 0;
}

int p2p_undo_load(struct p2p_context *context, const char *path, struct p2p_undo *ret_undo)
{
	struct json_object *document;
	struct p2p_undo undo = { 0 };
	int r;

	if (access(path, R_OK) < 0) {
		r = -errno;
		return p2p_error(context, r, "%s: %s", path, strerror(-r));
	}
	document = json_object_from_file(path);
	if (!document)
		return p2p_error(context, -EBADMSG, "%s is no JSON", path);
	r = parse(context, path, document, &undo);
	json_object_put(document);
	if (r < 0)
		p2p_undo_free(&undo);
	else
		*ret_undo = undo;
	return r;
}

static struct json_object *make_document(const struct p2p_undo *undo)
{
	struct json_object *document = json_object_new_object(), *list = json_object_new_array();
	char boot[BOOT_ID_SIZE], bdf[P2P_BDF_SIZE];

	read_boot_id(boot);
	json_object_object_add(document, "format", json_object_new_string(FORMAT));
	json_object_object_add(document, "version", json_object_new_int(1));
	json_object_object_add(document, "boot_id", json_object_new_string(boot));
	for (size_t i = 0; i < undo->count; i++) {
		struct json_object *node = json_object_new_object();

		p2p_bdf_format(undo->writes[i].bdf, bdf);
		json_object_object_add(node, "bdf", json_object_new_string(bdf));
		for (size_t n = 0; n < FIELDS; n++)
			json_object_object_add(node, fields[n].key,
					       json_object_new_int64(get(&undo->writes[i], n)));
		json_object_array_add(list, node);
	}
	json_object_object_add(document, "registers", list);
	return document;
}

/* One level is enough: /run/p2ptopo, or a folder that the user made. */
static void make_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;

	if (!slash || slash == path)
		return;
	folder = strndup(path, (size_t)(slash - path));
	if (folder)
		(void)mkdir(folder, 0755);
	free(folder);
}

static int save_as(const char *path, const char *temporary, const struct p2p_undo *undo)
{
	struct json_object *document = make_document(undo);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = fd < 0 ? -errno : 0;

	if (!r && (json_object_to_fd(fd, document, JSON_C_TO_STRING_PRETTY) || fsync(fd)))
		r = -EIO;
	if (fd >= 0)
		close(fd);
	if (!r && rename(temporary, path))
		r = -errno;
	if (r < 0 && fd >= 0)
		unlink(temporary);
	json_object_put(document);
	return r;
}

int p2p_undo_save(struct p2p_context *context, const char *path, const struct p2p_undo *undo)
{
	size_t size = strlen(path) + sizeof(".new");
	char *temporary = malloc(size);
	int r;

	if (!temporary)
		return out_of_memory(context);
	snprintf(temporary, size, "%s.new", path);
	make_folder(path);
	r = save_as(path, temporary, undo);
	free(temporary);
	return r < 0 ? p2p_error(context, r, "%s cannot be written: %s", path, strerror(-r)) : 0;
}

void p2p_undo_free(struct p2p_undo *undo)
{
	free(undo->writes);
	*undo = (struct p2p_undo){ 0 };
}
