/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the command measured. */
#ifndef P2PTOPO_MEASURED_H
#define P2PTOPO_MEASURED_H

#include "print/document.h"
#include "print/output.h"

extern const struct column measured_columns[];

/** struct measured_row - a figure beside the prediction. */
struct measured_row {
	const struct p2p_figure *figure;
	struct p2p_comparison comparison;
};

/**
 * struct measured_rows - all rows, and the figures whose pair is unknown.
 * @lost: the indexes of these figures
 */
struct measured_rows {
	struct measured_row *rows;
	size_t count;
	size_t *lost;
	size_t lost_count;
};

/** measured_print() - print the rows as text. */
enum status measured_print(struct app *app, const struct p2p_measured *measured,
			   const struct measured_rows *rows);

/** measured_document() - make the document, which also serves as evidence. Owned by the caller. */
struct json_object *measured_document(const struct app *app, const struct p2p_measured *measured,
				      const struct measured_rows *rows);

#endif
