/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/guest/guest_find.h"
#include "export/guest/guest_map.h"

/* More functions than a guest has addresses on its first buses. A longer file is not a map. */
#define MOST_ROWS 4096
#define MOST_BYTES ((size_t)1 << 20)

/* Domains that no guest has, for the bridges of the host, by their place in its tree. */
#define FIRST_DOMAIN 0xff00
#define LAST_DOMAIN 0xffff

/**
 * struct guest_row - the guest sees @function at @address. @line is the line that says so, or 0 if a
 *	hypervisor's configuration does.
 */
struct guest_row {
	const struct p2p_function *function;
	struct p2p_bdf address;
	unsigned int line;
};

/** struct guest_map - the rows, in the order of the file. */
struct guest_map {
	struct guest_row *rows;
	size_t count;
};

void guest_map_free(struct guest_map *map)
{
	if (!map)
		return;
	free(map->rows);
	free(map);
}

/* ":3", to follow the file name; nothing for what a hypervisor's configuration says. */
static char *format_line(const struct guest_row *row, char text[16])
{
	text[0] = '\0';
	if (row->line)
		snprintf(text, 16, ":%u", row->line);
	return text;
}

/* Fails for two rows that cannot both be true. */
static enum status check_row(struct app *app, const char *path, const struct guest_map *map,
			     const struct guest_row *row)
{
	char bdf[P2P_BDF_SIZE], line[16], first[16];

	format_line(row, line);
	for (size_t i = 0; i < map->count; i++) {
		const struct guest_row *other = &map->rows[i];

		format_line(other, first);
		if (other->function == row->function)
			return fail_with(app->failure, STATUS_INPUT, "%s%s: %s has an address in the guest already, by "
					 "%s%s", path, line, row->function->display, path, first);
		if (!p2p_bdf_compare(other->address, row->address))
			return fail_with(app->failure, STATUS_INPUT, "%s%s: %s is the address of %s already, by %s%s",
					 path, line, p2p_bdf_format(row->address, bdf), other->function->display, path,
					 first);
	}
	return STATUS_DONE;
}

static enum status add_row(struct app *app, const char *path, struct guest_map *map,
			   const struct guest_row *row)
{
	enum status status = check_row(app, path, map, row);
	struct guest_row *place;
	char line[16];

	if (status)
		return status;
	if (map->count == MOST_ROWS)
		return fail_with(app->failure, STATUS_INPUT, "%s%s: more than %d functions", path,
				 format_line(row, line), MOST_ROWS);
	place = p2p_more(map->rows, map->count);
	if (!place)
		return fail_memory(app->failure);
	*place = *row;
	map->count++;
	return STATUS_DONE;
}

static enum status parse_line(struct app *app, const char *path, struct guest_map *map, char *line,
			      unsigned int number)
{
	struct guest_row row = { .line = number };
	char *rest = NULL, *host, *guest;
	enum status status;

	line[strcspn(line, "#")] = '\0';
	host = strtok_r(line, " \t\r", &rest);
	if (!host)
		return STATUS_DONE;
	guest = strtok_r(NULL, " \t\r", &rest);
	if (!guest || strtok_r(NULL, " \t\r", &rest))
		return fail_with(app->failure, STATUS_INPUT, "%s:%u: not an address on the host and one in the "
				 "guest", path, number);
	status = app_find_end(app, host, &row.function);
	if (status)
		return status;
	if (p2p_bdf_parse(guest, &row.address) || row.address.domain >= FIRST_DOMAIN)
		return fail_with(app->failure, STATUS_INPUT, "%s:%u: '%s' is no PCI address of a guest", path,
				 number, guest);
	return add_row(app, path, map, &row);
}

static enum status read_lines(struct app *app, const char *path, char *text, struct guest_map *map)
{
	enum status status = STATUS_DONE;
	unsigned int number = 0;
	char *line;

	while (!status && (line = strsep(&text, "\n")))
		status = parse_line(app, path, map, line, ++number);
	if (!status && !map->count)
		return fail_with(app->failure, STATUS_INPUT, "%s: no addresses in it", path);
	return status;
}

/* Rows from a hypervisor's configuration have no line number to report. */
static enum status read_guest(struct app *app, const char *path, const char *text, size_t size,
			      struct guest_map *map)
{
	const struct p2p_guest_device *device;
	enum status status = STATUS_DONE;
	struct p2p_guest *guest;
	char bdf[P2P_BDF_SIZE];
	int error = p2p_guest_read(app->context, path, text, size, &guest);

	if (error)
		return fail_library(app->failure, app->context, error);
	for (size_t i = 0; (device = p2p_guest_device(guest, i)) && !status; i++) {
		struct guest_row row = { .address = device->guest };

		status = app_find_end(app, p2p_bdf_format(device->host, bdf), &row.function);
		if (!status)
			status = add_row(app, path, map, &row);
	}
	p2p_guest_free(guest);
	return status;
}

/* All of @file, terminated by a zero byte; owned by the caller. */
static enum status read_text(struct app *app, const char *path, FILE *file, char **ret_text, size_t *ret_size)
{
	char *text = malloc(MOST_BYTES + 1);
	size_t size;

	if (!text)
		return fail_memory(app->failure);
	size = fread(text, 1, MOST_BYTES + 1, file);
	if (ferror(file) || size > MOST_BYTES) {
		free(text);
		return fail_with(app->failure, STATUS_INPUT, "%s: %s", path, size > MOST_BYTES ?
				 "more than 1 MiB" : "cannot be read");
	}
	text[size] = '\0';
	*ret_text = text;
	*ret_size = size;
	return STATUS_DONE;
}

static enum status read_file(struct app *app, const char *path, FILE *file, struct guest_map *map)
{
	size_t size = 0;
	char *text = NULL;
	enum status status = read_text(app, path, file, &text, &size);

	if (!status)
		status = p2p_guest_is(text, size) ? read_guest(app, path, text, size, map) :
			 read_lines(app, path, text, map);
	free(text);
	return status;
}

enum status guest_map_read(struct app *app, const char *path, struct guest_map **ret_map)
{
	struct guest_map *map = calloc(1, sizeof(*map));
	enum status status = STATUS_DONE;
	char found[GUEST_PATH];
	FILE *file = NULL;

	if (!map)
		return fail_memory(app->failure);
	if (!strcmp(path, "vm")) {
		status = guest_find(app, found);
		path = found;
	}
	if (!status) {
		file = !strcmp(path, "-") ? stdin : fopen(path, "re");
		status = file ? read_file(app, path, file, map) :
			 fail_with(app->failure, failure_status(-errno), "%s: %s", path, strerror(errno));
	}
	if (file && file != stdin)
		fclose(file);
	if (status)
		guest_map_free(map);
	else
		*ret_map = map;
	return status;
}

static const struct guest_row *find(const struct guest_map *map, const struct p2p_function *function)
{
	for (size_t i = 0; i < map->count; i++) {
		if (map->rows[i].function == function)
			return &map->rows[i];
	}
	return NULL;
}

bool guest_map_has(const struct guest_map *map, const struct p2p_function *function)
{
	return find(map, function);
}

struct p2p_bdf guest_map_address(const struct guest_map *map, const struct p2p_function *function)
{
	const struct guest_row *row = find(map, function);

	return row ? row->address : (struct p2p_bdf){
		.domain = LAST_DOMAIN - (function->index >> 16),
		.bus = (uint8_t)(function->index >> 8), .devfn = (uint8_t)function->index,
	};
}
