/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/guest_map.h"

/* More functions than a guest has addresses on its first buses; a longer file is no map. */
#define MOST_ROWS 4096

/* For the bridges of the host, by their place in its tree: domains that no guest has. */
#define FIRST_DOMAIN 0xff00
#define LAST_DOMAIN 0xffff

/** struct guest_row - @line says that the guest calls @function @address. */
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

/* Two rows that cannot both hold. */
static enum status check_row(struct app *app, const char *path, const struct guest_map *map,
			     const struct guest_row *row)
{
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < map->count; i++) {
		const struct guest_row *other = &map->rows[i];

		if (other->function == row->function)
			return fail_with(app->failure, STATUS_INPUT, "%s:%u: %s has an address in the guest "
					 "already, by line %u", path, row->line, row->function->display,
					 other->line);
		if (!p2p_bdf_compare(other->address, row->address))
			return fail_with(app->failure, STATUS_INPUT, "%s:%u: %s is the address of %s already, "
					 "by line %u", path, row->line, p2p_bdf_format(row->address, bdf),
					 other->function->display, other->line);
	}
	return STATUS_DONE;
}

static enum status add_row(struct app *app, const char *path, struct guest_map *map,
			   const struct guest_row *row)
{
	enum status status = check_row(app, path, map, row);
	struct guest_row *rows;

	if (status)
		return status;
	if (map->count == MOST_ROWS)
		return fail_with(app->failure, STATUS_INPUT, "%s:%u: more than %d functions", path, row->line,
				 MOST_ROWS);
	rows = reallocarray(map->rows, map->count + 1, sizeof(*rows));
	if (!rows)
		return fail_memory(app->failure);
	map->rows = rows;
	map->rows[map->count++] = *row;
	return STATUS_DONE;
}

static enum status parse_line(struct app *app, const char *path, struct guest_map *map, char *line,
			      unsigned int number)
{
	struct guest_row row = { .line = number };
	char *rest = NULL, *host, *guest;
	enum status status;

	line[strcspn(line, "#")] = '\0';
	host = strtok_r(line, " \t\r\n", &rest);
	if (!host)
		return STATUS_DONE;
	guest = strtok_r(NULL, " \t\r\n", &rest);
	if (!guest || strtok_r(NULL, " \t\r\n", &rest))
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

static enum status read_rows(struct app *app, const char *path, FILE *file, struct guest_map *map)
{
	enum status status = STATUS_DONE;
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;

	while (!status && getline(&line, &size, file) >= 0)
		status = parse_line(app, path, map, line, ++number);
	free(line);
	if (!status && ferror(file))
		return fail_with(app->failure, STATUS_INPUT, "%s: cannot be read", path);
	if (!status && !map->count)
		return fail_with(app->failure, STATUS_INPUT, "%s: no addresses in it", path);
	return status;
}

enum status guest_map_read(struct app *app, const char *path, struct guest_map **ret_map)
{
	struct guest_map *map = calloc(1, sizeof(*map));
	enum status status;
	FILE *file;

	if (!map)
		return fail_memory(app->failure);
	file = !strcmp(path, "-") ? stdin : fopen(path, "re");
	if (!file)
		status = fail_with(app->failure, failure_status(-errno), "%s: %s", path, strerror(errno));
	else
		status = read_rows(app, path, file, map);
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

const char *guest_map_address(const struct guest_map *map, const struct p2p_function *function,
			      char bdf[P2P_BDF_SIZE])
{
	const struct guest_row *row = find(map, function);

	return p2p_bdf_format(row ? row->address : (struct p2p_bdf){
		.domain = LAST_DOMAIN - (function->index >> 16),
		.bus = (uint8_t)(function->index >> 8), .devfn = (uint8_t)function->index,
	}, bdf);
}
