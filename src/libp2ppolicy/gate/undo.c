/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/boot.h"
#include "base/file-place.h"
#include "base/json-read.h"
#include "gate/undo.h"

#define FORMAT "p2ptopo-undo"
#define VERSION 1

/* A reboot resets the registers, so the file is valid for this boot only. */
static int read_boot(struct p2p_context *context, char boot[P2P_BOOT_SIZE])
{
	return p2p_boot_id(boot) < 0 ? p2p_error(context, -EACCES, "the present boot cannot be identified: "
						 P2P_BOOT_ID " could not be read") : 0;
}

/* The numbers stored for each register, by their names in the file. */
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
#define FIELDS P2P_LENGTH(fields)

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

/* True if this can be an ACS Control register: nothing else is ever written. */
static bool is_sane(const struct p2p_write *write)
{
	unsigned int at = write->size == 4 ? 8 : 6;

	return (write->size == 2 || write->size == 4) && write->acs >= 0x100 &&
	       write->offset == write->acs + at && write->offset + write->size <= 4096 &&
	       !((write->before ^ write->after) & ~write->mask);
}

static bool parse_write(struct json_object *node, struct p2p_write *ret_write)
{
	struct p2p_write write = { 0 };

	if (p2p_bdf_parse(p2p_json_word(node, "bdf"), &write.bdf) < 0)
		return false;
	for (size_t i = 0; i < FIELDS; i++) {
		struct json_object *value = p2p_json_member(node, fields[i].key);

		if (!json_object_is_type(value, json_type_int) ||
		    !set(&write, i, json_object_get_int64(value)))
			return false;
	}
	*ret_write = write;
	return is_sane(&write);
}

static int parse(struct p2p_context *context, const char *path, struct json_object *document,
		 struct p2p_undo *undo)
{
	struct json_object *list = p2p_json_member(document, "registers");
	struct json_object *version = p2p_json_member(document, "version");
	char boot[P2P_BOOT_SIZE];
	int r = read_boot(context, boot);

	if (r < 0)
		return r;
	if (strcmp(p2p_json_word(document, "format"), FORMAT) != 0 ||
	    !json_object_is_type(list, json_type_array))
		return p2p_error(context, -EBADMSG, "%s was not written by fix --apply", path);
	if (!p2p_json_member(document, "boot_id") ||
	    strcmp(p2p_json_word(document, "boot_id"), boot) != 0)
		return p2p_error(context, -ESTALE, "%s is from an earlier boot; the reboot undid what it "
				 "tells of", path);
	if (!json_object_is_type(version, json_type_int) || json_object_get_int64(version) != VERSION)
		return p2p_error(context, -EBADMSG, "%s was written by another release of p2ptopo; undo it with that one",
				 path);
	undo->writes = calloc(json_object_array_length(list) + 1, sizeof(*undo->writes));
	if (!undo->writes)
		return p2p_error(context, -ENOMEM, "out of memory");
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (!parse_write(json_object_array_get_idx(list, i),
				 &undo->writes[undo->count++]))
			return p2p_error(context, -EBADMSG, "%s: register %zu is invalid", path,
					 i);
	return 0;
}

/* Refuses links and other users' files, whose content cannot be trusted. */
static int open_file(struct p2p_context *context, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK), r = -errno;
	struct stat status;

	if (fd < 0)
		return p2p_error(context, r, "%s: %s", path, strerror(-r));
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		r = p2p_error(context, -EINVAL, "%s is not a regular file", path);
	else if (status.st_uid && status.st_uid != geteuid() && status.st_uid != getuid())
		r = p2p_error(context, -EPERM, "%s belongs to another user", path);
	else
		return fd;
	close(fd);
	return r;
}

int p2p_undo_load(struct p2p_context *context, const char *path, struct p2p_undo *ret_undo)
{
	struct p2p_undo undo = { 0 };
	struct p2p_json json;
	int fd = open_file(context, path), r;

	if (fd < 0)
		return fd;
	r = p2p_json_read(context, path, fd, 0, &json);
	close(fd);
	if (r < 0)
		return r;
	r = parse(context, path, json.root, &undo);
	p2p_json_clear(&json);
	if (r < 0)
		p2p_undo_free(&undo);
	else
		*ret_undo = undo;
	return r;
}

static void print_register(FILE *out, const struct p2p_write *write)
{
	char bdf[P2P_BDF_SIZE];

	fprintf(out, "{\n      \"bdf\":\"%s\"", p2p_bdf_format(write->bdf, bdf));
	for (size_t i = 0; i < FIELDS; i++)
		fprintf(out, ",\n      \"%s\":%" PRIi64, fields[i].key, get(write, i));
	fputs("\n    }", out);
}

struct document {
	const struct p2p_undo *undo;
	char boot[P2P_BOOT_SIZE];
};

static int print_document(FILE *out, void *data)
{
	const struct document *document = data;
	const struct p2p_undo *undo = document->undo;

	fprintf(out, "{\n  \"format\":\"" FORMAT "\",\n  \"version\":%d,\n  \"boot_id\":\"%s\",\n"
		"  \"registers\":[", VERSION, document->boot);
	for (size_t i = 0; i < undo->count; i++) {
		fputs(i ? "," : "\n    ", out);
		print_register(out, &undo->writes[i]);
	}
	fputs("\n  ]\n}\n", out);
	return 0;
}

/* One level is enough: for /run/p2ptopo, or in a folder that the user made. */
static void make_folder(const char *path)
{
	const char *slash = strrchr(path, '/'), *why;
	struct p2p_file_place place;
	char *folder;

	if (!slash || slash == path)
		return;
	folder = strndup(path, (size_t)(slash - path));
	if (!folder)
		return;
	/* If this fails, so does writing the file, and that is reported. */
	if (!p2p_file_find(folder, true, &place, &why) && !place.exists)
		(void)mkdirat(place.folder, place.name, 0755);
	if (place.folder >= 0)
		close(place.folder);
	free(folder);
}

int p2p_undo_save(struct p2p_context *context, const char *path, const struct p2p_undo *undo)
{
	struct document document = { .undo = undo };
	int r = read_boot(context, document.boot);

	if (r < 0)
		return r;
	make_folder(path);
	return p2p_file_print(context, path, P2P_WRITE_OWN | P2P_WRITE_SECRET, print_document, &document);
}

void p2p_undo_free(struct p2p_undo *undo)
{
	free(undo->writes);
	*undo = (struct p2p_undo){ 0 };
}
