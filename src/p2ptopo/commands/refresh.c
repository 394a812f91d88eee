/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo refresh: save root's snapshot for everybody, and push the installed policy to the gate. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "commands/policy.h"
#include "print/gate.h"
#include "machine/saved.h"
#include "machine/refresh_lock.h"

/**
 * struct refresh - one refresh.
 * @policy: path of the policy
 * @has_policy: whether that path exists
 * @gate: NULL if the module is not loaded; @info: its state before the machine is read
 */
struct refresh {
	struct app *app;
	const char *policy;
	bool has_policy;
	struct p2p_gate *gate;
	struct p2p_gate_info info;
	struct list_of made;
};

static enum status open_gate(struct refresh *refresh, bool *ret_again)
{
	struct app *app = refresh->app;
	int error;

	(void)ret_again;
	if (!app->context && p2p_context_new(&app->context))
		return fail_memory(app->failure);
	error = p2p_gate_open(app->context, &refresh->gate);
	if (!error)
		error = p2p_gate_info(app->context, refresh->gate, &refresh->info);
	if (error == -ENOENT && !refresh->has_policy)
		return STATUS_DONE;
	if (error == -ENOMEM)
		return fail_memory(app->failure);
	if (error == -ENOENT)
		return fail_with(app->failure, STATUS_ACCESS, "%s is installed, but the module "
				 "p2pgate is not loaded: NOTHING IS ENFORCED, every pair passes as "
				 "the kernel alone decides; the kernel log says why, see also "
				 "p2pgate(4)", refresh->policy);
	return error ? fail_with(app->failure, STATUS_ACCESS, "%s: NOTHING WAS PUSHED",
				 p2p_context_error(app->context)) : STATUS_DONE;
}

static enum status save(struct refresh *refresh)
{
	struct app *app = refresh->app;
	char path[PATH_MAX];
	int error;

	if (!saved_path(app, path))
		return fail_with(app->failure, STATUS_USAGE, "--run-dir is too long");
	error = p2p_snapshot_save(app->context, app->snapshot, path);
	if (!error)
		return STATUS_DONE;
	(void)fail_library(app->failure, app->context, error);
	/* What stands in the way is not an input of this command; exit status 4 is for the policy. */
	if (app->failure->status == STATUS_INPUT)
		app->failure->status = STATUS_ACCESS;
	return app->failure->status;
}

/* Is exactly what the policy allows in force already? Both lists have the same order. */
static bool is_in_force(const struct refresh *refresh)
{
	const struct p2p_allow_list *list = refresh->made.list;
	struct p2p_gate_pair *pairs;
	size_t count, same = 0;

	if (p2p_gate_list(refresh->app->context, refresh->gate, &pairs, &count))
		return false;
	while (count == p2p_allow_list_count(list) && same < count) {
		const struct p2p_allowed *pair = p2p_allow_list_at(list, same);

		if (p2p_bdf_compare(pair->provider->bdf, pairs[same].provider) ||
		    p2p_bdf_compare(pair->client->bdf, pairs[same].client))
			break;
		same++;
	}
	free(pairs);
	return same == count && count == p2p_allow_list_count(list);
}

static bool was_turned_off(const struct p2p_gate_info *info)
{
	char tag[sizeof(info->tag)] = "";

	for (size_t i = 0; i < strlen(POLICY_TAG_OFF); i++)
		snprintf(tag + 2 * i, 3, "%02x", (unsigned int)POLICY_TAG_OFF[i]);
	return info->mode == P2P_GATE_OFF && !strcmp(tag, info->tag);
}

/* A gate that was set to observe stays so. */
static enum p2p_gate_mode mode_of_refresh(const struct p2p_gate_info *info)
{
	return info->mode == P2P_GATE_OFF ? P2P_GATE_ENFORCE : info->mode;
}

/* Return: 0; -ESTALE if everything must be read again; another negative errno. */
static int push_list(struct refresh *refresh)
{
	const struct p2p_gate_info *info = &refresh->info;
	enum p2p_gate_mode mode = mode_of_refresh(info);

	if (mode == info->mode && is_in_force(refresh))
		return 0;
	return p2p_gate_push(refresh->app->context, refresh->gate, mode, refresh->made.list,
			     info->generation, NULL, NULL);
}

static enum status push(struct refresh *refresh, bool *ret_again)
{
	struct app *app = refresh->app;
	enum status status;
	int error;

	if (was_turned_off(&refresh->info)) {
		fputs("The gate was turned off by hand and stays off until p2ptopo policy push.\n",
		      app->out);
		return STATUS_DONE;
	}
	status = policy_compile(app, refresh->policy, &refresh->made);
	if (status)
		return status;
	error = push_list(refresh);
	*ret_again = error == -ESTALE || error == -ENODEV;
	if (error)
		return *ret_again ? STATUS_DONE : fail_library(app->failure, app->context, error);
	fprintf(app->out, "%zu ordered pairs %s\n", p2p_allow_list_count(refresh->made.list),
		gate_force(mode_of_refresh(&refresh->info)));
	return STATUS_DONE;
}

static void forget(struct refresh *refresh)
{
	policy_release(&refresh->made);
	refresh->made = (struct list_of){ 0 };
	refresh->gate = p2p_gate_close(refresh->gate);
	app_release(refresh->app);
}

/* A failure of @step goes into @gate, not into the failure of the refresh. */
static void try_gate(struct refresh *refresh, struct failure *gate, bool *ret_again,
		     enum status (*step)(struct refresh *refresh, bool *ret_again))
{
	struct failure *failure = refresh->app->failure;

	refresh->app->failure = gate;
	step(refresh, ret_again);
	refresh->app->failure = failure;
}

/*
 * The gate is asked before the machine is read. A bad gate or policy does not prevent the snapshot, and a
 * snapshot that cannot be written does not prevent the policy from reaching the gate.
 */
static enum status once(struct refresh *refresh, bool *ret_again)
{
	struct app *app = refresh->app;
	struct failure gate = { 0 };
	enum status status;
	bool pushes;

	*ret_again = false;
	try_gate(refresh, &gate, ret_again, open_gate);
	pushes = !gate.status && refresh->gate && refresh->has_policy;
	status = app_read(app, pushes ? STAGE_EVALUATE : STAGE_SNAPSHOT);
	if (!status) {
		status = save(refresh);
		if (pushes)
			try_gate(refresh, &gate, ret_again, push);
	}
	if (!gate.status)
		return status;
	if (status)
		app_note(app, "%s", gate.sentence);
	else
		*app->failure = gate;
	return status ? status : gate.status;
}

static enum status run(struct app *app, const char *policy)
{
	struct refresh refresh = { .app = app, .policy = policy ? policy : POLICY_FILE };
	enum status status;
	bool again = true;

	refresh.has_policy = !access(refresh.policy, F_OK) || errno != ENOENT;
	for (int i = 0; i < PUSH_TRIES; i++) {
		forget(&refresh);
		status = once(&refresh, &again);
		if (!again)
			break;
	}
	forget(&refresh);
	if (again)
		return fail_with(app->failure, STATUS_ACCESS, "the machine changed while it was "
				 "read, %d times in a row: the policy was not pushed", PUSH_TRIES);
	return status;
}

static enum status fail_folder(struct app *app, int error)
{
	const char *folder = app->options.run_dir;

	return error == -EPERM ? fail_with(app->failure, STATUS_ACCESS, "%s must be a folder that belongs to "
					   "root and that nobody else may write to", folder) :
	       fail_system(app->failure, error, folder);
}

static enum status run_locked(struct app *app, struct refresh_lock *lock, const char *policy)
{
	enum status status;
	int error;

	if (app->options.settle || app->options.background)
		refresh_lock_settle(lock);
	error = refresh_lock_start(lock);
	if (error)
		return fail_folder(app, error);
	status = run(app, policy);
	refresh_lock_end(lock);
	return status;
}

/* Passes the messages of the background refresh to the system log, line by line. */
static void log_lines(int fd)
{
	FILE *lines = fdopen(fd, "r");
	char line[2048];

	openlog("p2ptopo", LOG_PID, LOG_DAEMON);
	while (lines && fgets(line, sizeof(line), lines))
		syslog(LOG_ERR, "%.*s", (int)strcspn(line, "\n"), line);
}

/* Return: true in the process that refreshes; another process passes its stderr to the log. */
static bool go_behind(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), ends[2];
	pid_t child;

	(void)setsid();
	/* Without a log of its own it refreshes all the same. */
	if (null < 0 || chdir("/") < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return true;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	child = fork();
	if (child <= 0) {
		if (!child)
			dup2(ends[1], STDERR_FILENO);
		close(ends[1]);
		close(ends[0]);
		return true;
	}
	dup2(null, STDERR_FILENO);
	close(ends[1]);
	log_lines(ends[0]);
	return false;
}

static enum status in_background(struct app *app, const char *policy)
{
	struct refresh_lock lock = { NULL, -1, -1, -1 };
	int error = refresh_lock_ask(app->options.run_dir);
	pid_t child;

	if (!error)
		error = refresh_lock_queue(app->options.run_dir, false, &lock);
	if (error) {
		refresh_lock_end(&lock);
		return error == -EALREADY ? STATUS_DONE :
		       fail_folder(app, error);
	}
	child = fork();
	error = -errno;
	if (child == 0)
		return go_behind() ? run_locked(app, &lock, policy) : STATUS_DONE;
	/* From now on the child holds the locks. */
	refresh_lock_end(&lock);
	return child < 0 ? fail_system(app->failure, error, "a second process could not be started") :
			   STATUS_DONE;
}

enum status command_refresh(struct app *app)
{
	const char *policy = app->argv[0];
	struct refresh_lock lock;
	int error;

	if (geteuid() != 0)
		return fail_with(app->failure, STATUS_ACCESS,
				 "only root can read the registers to be saved");
	if (app->options.background)
		return in_background(app, policy);
	error = refresh_lock_queue(app->options.run_dir, true, &lock);
	if (error) {
		refresh_lock_end(&lock);
		return fail_folder(app, error);
	}
	return run_locked(app, &lock, policy);
}
