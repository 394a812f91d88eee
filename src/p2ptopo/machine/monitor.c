/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libudev for the kernel's events, inotify for the snapshot, one epoll descriptor for both. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <libudev.h>

#include "machine/monitor.h"
#include "machine/run_dir.h"

#define RECEIVE_BYTES	(8 << 20)	/* several thousand events, as many as a storm may have */

struct monitor {
	int epoll, inotify;
	struct udev *udev;
	struct udev_monitor *events;
	char *run_dir;
	bool run_dir_watched;
};

/* Which events are received, and what they are about. */
static const struct {
	const char *subsystem, *name;	/* @name NULL: every device of it below a function */
	enum monitor_kind kind;
} rows[] = {
	{ "pci", NULL, MONITOR_FUNCTION },
	{ "misc", "p2pgate", MONITOR_GATE },
	{ "net", NULL, MONITOR_NAME },
	{ "nvme", NULL, MONITOR_NAME },
	{ "infiniband", NULL, MONITOR_NAME },
	{ "drm", NULL, MONITOR_NAME },
	{ "accel", NULL, MONITOR_NAME },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* The last address in the path of a device, whose parents may already be gone from sysfs. */
static bool find_bdf(const char *devpath, struct p2p_bdf *ret_bdf)
{
	char *copy = strdup(devpath), *rest = copy, *word;
	bool found = false;

	while (copy && (word = strsep(&rest, "/"))) {
		const char *colon = strchr(word, ':');

		if (colon && strchr(colon + 1, ':') && !p2p_bdf_parse(word, ret_bdf))
			found = true;
	}
	free(copy);
	return found;
}

/* Return: false if it is irrelevant, such as a network device without hardware. */
static bool understand(struct udev_device *device, struct monitor_event *event)
{
	const char *subsystem = udev_device_get_subsystem(device);
	const char *name = udev_device_get_sysname(device);
	const char *action = udev_device_get_action(device);
	const char *devpath = udev_device_get_devpath(device);

	if (!subsystem || !name || !devpath)
		return false;
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(subsystem, rows[i].subsystem) != 0)
			continue;
		*event = (struct monitor_event){ .kind = rows[i].kind,
						 .action = action ? action : "" };
		event->has_bdf = find_bdf(devpath, &event->bdf);
		return rows[i].name ? !strcmp(name, rows[i].name) : event->has_bdf;
	}
	return false;
}

static int listen_to_kernel(struct monitor *monitor)
{
	monitor->udev = udev_new();
	if (!monitor->udev)
		return -ENOMEM;
	/* Listen to the kernel itself: udevd may not be running, and its rules do not affect what we read. */
	monitor->events = udev_monitor_new_from_netlink(monitor->udev, "kernel");
	if (!monitor->events)
		return errno ? -errno : -ENOMEM;
	for (size_t i = 0; i < ROWS; i++)
		if (udev_monitor_filter_add_match_subsystem_devtype(monitor->events,
								    rows[i].subsystem, NULL) < 0)
			return -ENOMEM;
	(void)udev_monitor_set_receive_buffer_size(monitor->events, RECEIVE_BYTES);
	return udev_monitor_enable_receiving(monitor->events) < 0 ? -errno : 0;
}

/* Watch the directory, or, as long as it does not exist, the one in which it will appear. */
static void watch_run_dir(struct monitor *monitor)
{
	char *above;

	monitor->run_dir_watched = inotify_add_watch(monitor->inotify, monitor->run_dir,
						     IN_MOVED_TO | IN_ONLYDIR) >= 0;
	if (monitor->run_dir_watched)
		return;
	above = strdup(monitor->run_dir);
	if (above)
		inotify_add_watch(monitor->inotify, dirname(above),
				  IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	free(above);
	/* The folder may have appeared just now. */
	monitor->run_dir_watched = inotify_add_watch(monitor->inotify, monitor->run_dir,
						     IN_MOVED_TO | IN_ONLYDIR) >= 0;
}

static int add_fd(struct monitor *monitor, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(monitor->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int start(struct monitor *monitor, const char *run_dir)
{
	int r;

	monitor->epoll = epoll_create1(EPOLL_CLOEXEC);
	monitor->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (monitor->epoll < 0 || monitor->inotify < 0)
		return -errno;
	monitor->run_dir = strdup(run_dir);
	if (!monitor->run_dir)
		return -ENOMEM;
	watch_run_dir(monitor);
	r = listen_to_kernel(monitor);
	if (!r)
		r = add_fd(monitor, udev_monitor_get_fd(monitor->events));
	return r ? r : add_fd(monitor, monitor->inotify);
}

int monitor_new(const char *run_dir, struct monitor **ret_monitor)
{
	struct monitor *monitor = calloc(1, sizeof(*monitor));
	int r;

	if (!monitor)
		return -ENOMEM;
	monitor->epoll = monitor->inotify = -1;
	r = start(monitor, run_dir);
	if (r) {
		monitor_free(monitor);
		return r;
	}
	*ret_monitor = monitor;
	return 0;
}

struct monitor *monitor_free(struct monitor *monitor)
{
	if (!monitor)
		return NULL;
	if (monitor->epoll >= 0)
		close(monitor->epoll);
	if (monitor->inotify >= 0)
		close(monitor->inotify);
	udev_monitor_unref(monitor->events);
	udev_unref(monitor->udev);
	free(monitor->run_dir);
	free(monitor);
	return NULL;
}

int monitor_fd(const struct monitor *monitor)
{
	return monitor->epoll;
}

/* State of drain(). */
struct listener {
	void (*seen)(void *data, const struct monitor_event *event);
	void *data;
	int count;
};

static void tell(struct listener *listener, const struct monitor_event *event)
{
	listener->count++;
	if (listener->seen)
		listener->seen(listener->data, event);
}

static int drain_kernel(struct monitor *monitor, struct listener *listener)
{
	static const struct monitor_event lost = { .kind = MONITOR_LOST, .action = "" };
	struct monitor_event event;

	for (;;) {
		struct udev_device *device;

		errno = 0;
		device = udev_monitor_receive_device(monitor->events);
		if (device) {
			if (understand(device, &event))
				tell(listener, &event);
			udev_device_unref(device);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != ENOBUFS)
			return !errno || errno == EAGAIN ? 0 : -errno;
		tell(listener, &lost);
	}
}

static bool names_snapshot(struct monitor *monitor, const char *buffer, ssize_t size)
{
	const struct inotify_event *event;
	bool found = false;

	for (const char *at = buffer; at < buffer + size; at += sizeof(*event) + event->len) {
		event = (const struct inotify_event *)(const void *)at;
		/* A directory that is gone has to be found again. */
		if (event->mask & (IN_IGNORED | IN_Q_OVERFLOW))
			monitor->run_dir_watched = false;
		found |= event->mask & IN_Q_OVERFLOW || (event->len && !strcmp(event->name, SNAPSHOT_FILE));
	}
	return found;
}

static void drain_run_dir(struct monitor *monitor, struct listener *listener)
{
	static const struct monitor_event renewed = { .kind = MONITOR_SNAPSHOT, .action = "" };
	_Alignas(struct inotify_event) char buffer[16 * (sizeof(struct inotify_event) + NAME_MAX)];
	bool found = false;
	ssize_t size;

	while ((size = read(monitor->inotify, buffer, sizeof(buffer))) > 0) {
		found |= names_snapshot(monitor, buffer, size);
		if (!monitor->run_dir_watched) {
			watch_run_dir(monitor);
			found |= monitor->run_dir_watched;
		}
	}
	if (found)
		tell(listener, &renewed);
}

int monitor_drain(struct monitor *monitor,
		  void (*seen)(void *data, const struct monitor_event *event), void *data)
{
	struct listener listener = { seen, data, 0 };
	int r = drain_kernel(monitor, &listener);

	drain_run_dir(monitor, &listener);
	return r ? r : listener.count;
}
