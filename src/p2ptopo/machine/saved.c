/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "machine/run_dir.h"
#include "machine/saved.h"

bool saved_path(const struct app *app, char *ret_path)
{
	return snprintf(ret_path, PATH_MAX, "%s/" SNAPSHOT_FILE, app->options.run_dir) < PATH_MAX;
}

/* "12 s", "3 min", "2 h", "4 days" */
static void format_age(int64_t seconds, char *text, size_t size)
{
	static const struct {
		int64_t least, unit;
		const char *name;
	} rows[] = {
		{ 172800, 86400, "days" }, { 7200, 3600, "h" }, { 120, 60, "min" },
		{ 0, 1, "s" },
	};
	size_t row = 0;

	if (seconds < 0)
		seconds = 0;
	while (seconds < rows[row].least)
		row++;
	snprintf(text, size, "%lld %s", (long long)(seconds / rows[row].unit), rows[row].name);
}

static void say_missing(const struct app *app, int error)
{
	const char *why = error == -ENOENT ? "there is no snapshot from root" :
			  p2p_context_error(app->context);

	if (app->options.no_snapshot)
		why = "--no-snapshot";
	if (!geteuid())
		app_note(app, "ACS and links cannot be read (%s): %s", why, p2p_live_cure());
	else
		app_note(app, "without root ACS and links cannot be read (%s); run it as root, or "
			 "have root run p2ptopo refresh", why);
}

void saved_use(struct app *app)
{
	char path[PATH_MAX], age[32];
	int error = -ENOENT;

	if (app->command->live || p2p_snapshot_source(app->snapshot) != P2P_SOURCE_LIVE ||
	    p2p_snapshot_is_whole(app->snapshot))
		return;
	if (!app->options.no_snapshot && saved_path(app, path))
		error = p2p_snapshot_fill(app->context, app->snapshot, path, &app->saved_at);
	if (error) {
		say_missing(app, error);
		return;
	}
	format_age((int64_t)time(NULL) - app->saved_at, age, sizeof(age));
	app_note(app, "registers that only root can read are as root read them %s ago (%s/"
		 SNAPSHOT_FILE ")", age, app->options.run_dir);
}
