/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of names, as --pci-ids gives it, and as this machine's own, which is searched without being checked: every id
 * that a line has is looked up, and some that none has.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "fuzz_machine.h"
#include "base/buffer.h"
#include "snapshot/pci-ids.h"
#include "snapshot/tree/archive.h"

/* Each id is searched from the list's beginning: with more lines an input would take too long. */
#define LINES_MOST	400
#define NAME_MOST	256

/**
 * struct lists - the same text, opened in each way.
 * @checked: NULL if it was refused; @searched, @backwards: NULL if it has nothing to offer
 * @times: whether no block begins with this vendor, one or several; @class_times: likewise
 * @vendor, @class: the block that the line is in; -1 for none
 */
struct lists {
	struct p2p_names *checked, *searched, *backwards;
	uint8_t times[0x10000], class_times[0x100];
	long vendor, class;
};

/* The file that is this machine's list; see the --wrap option of this program. */
static char machine_list[32];

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);

/* Nothing here creates a file. */
int __wrap_open64(const char *path, int flags, ...)
{
	if (!strcmp(path, "/usr/share/misc/pci.ids"))
		path = machine_list;
	if (!strncmp(path, "/usr/share/", 11)) {
		errno = ENOENT;
		return -1;
	}
	return __real_open64(path, flags);
}

static bool is_same(struct p2p_name a, struct p2p_name b)
{
	return a.length == b.length && (!a.length || !memcmp(a.text, b.text, a.length));
}

/* What is found is what the line says, @rest, if no other line has the id; a search may miss an odd spelling. */
static void check_name(const struct lists *lists, const char *rest, bool alone, struct p2p_name checked,
		       struct p2p_name searched)
{
	if (!lists->checked || !alone)
		return;
	CHECK(checked.length && !strncmp(rest + strspn(rest, " \t"), checked.text, checked.length));
	CHECK(!searched.length || is_same(checked, searched));
}

static void look_vendor(struct lists *lists, const char *rest, unsigned int id)
{
	check_name(lists, rest, lists->times[id] == 1, p2p_names_vendor(lists->checked, id),
		   p2p_names_vendor(lists->searched, id));
}

/* Of several devices of one number the first is meant, so it need not be that of this line. */
static void look_device(struct lists *lists, const char *line)
{
	unsigned int vendor = (unsigned int)lists->vendor, id = (unsigned int)strtoul(line, NULL, 16), found_vendor, found;
	struct p2p_name checked = p2p_names_device(lists->checked, vendor, id);
	struct p2p_name searched = p2p_names_device(lists->searched, vendor, id);
	struct p2p_name maker = p2p_names_vendor(lists->backwards, vendor);
	struct p2p_name name = p2p_names_device(lists->backwards, vendor, id);
	char text[2 * NAME_MOST];

	if (lists->checked && lists->times[vendor] == 1) {
		CHECK(checked.length);
		CHECK(!searched.length || is_same(checked, searched));
	}
	if (!maker.length || maker.length >= NAME_MOST || !name.length || name.length >= NAME_MOST)
		return;
	snprintf(text, sizeof(text), "%.*s %.*s", (int)maker.length, maker.text, (int)name.length, name.text);
	if (p2p_names_find(lists->backwards, text, &found_vendor, &found))
		CHECK(p2p_names_vendor(lists->backwards, found_vendor).length && found <= 0xffff);
	snprintf(text, sizeof(text), "%.*s Device %04x", (int)maker.length, maker.text, id & 0xffff);
	(void)p2p_names_find(lists->backwards, text, &found_vendor, &found);
}

static void look_class(struct lists *lists, unsigned int class, const char *rest)
{
	struct p2p_name checked, searched;
	bool exact, searched_exact;

	checked = p2p_names_class(lists->checked, class, &exact);
	searched = p2p_names_class(lists->searched, class, &searched_exact);
	(void)p2p_names_class(lists->backwards, class, &searched_exact);
	/* A subclass may have the number that is asked for here with its base class. */
	if (rest && !exact)
		check_name(lists, rest, lists->class_times[class >> 8] == 1, checked, searched);
	if (!rest && lists->checked && lists->class_times[class >> 8] == 1)
		CHECK(checked.length && exact);
}

static void count(uint8_t *times)
{
	*times = *times ? 2 : 1;
}

static bool has_digits(const char *line, size_t digits)
{
	return strspn(line, "0123456789abcdefABCDEF") >= digits;
}

/* A line that begins a block: note which, and look it up or only count it. */
static void take_block(struct lists *lists, const char *line, bool look)
{
	lists->vendor = lists->class = -1;
	if (line[0] == 'C' && line[1] == ' ' && has_digits(line + 2, 2)) {
		sscanf(line + 2, "%2lx", (unsigned long *)&lists->class);
		if (look)
			look_class(lists, (unsigned int)lists->class << 8 | 0xff, line + 4);
		else
			count(&lists->class_times[lists->class]);
	} else if (line[1] != ' ' && has_digits(line, 4)) {
		sscanf(line, "%4lx", (unsigned long *)&lists->vendor);
		if (look)
			look_vendor(lists, line + 4, (unsigned int)lists->vendor);
		else
			count(&lists->times[lists->vendor]);
	}
}

static void take_lines(struct lists *lists, const char *text, bool look)
{
	const char *line, *stop;
	unsigned int number = 0;

	lists->vendor = lists->class = -1;
	for (line = text; *line && (!look || number < LINES_MOST); line = *stop ? stop + 1 : stop, number++) {
		const char *first = line + strspn(line, " \t\r");

		stop = strchrnul(line, '\n');
		if (first >= stop || *first == '#')
			continue;
		if (*line != '\t')
			take_block(lists, line, look);
		else if (look && line[1] != '\t' && lists->vendor >= 0)
			look_device(lists, first);
		else if (look && line[1] != '\t' && lists->class >= 0)
			look_class(lists, (unsigned int)lists->class << 8 | ((unsigned int)strtoul(first, NULL, 16) & 0xff), NULL);
	}
}

/* After so many a list that was searched is read as a whole. */
static void look_strangers(struct lists *lists)
{
	bool exact;

	for (unsigned int id = 0xfff8; id < 0x10010; id++) {
		(void)p2p_names_vendor(lists->searched, id);
		(void)p2p_names_device(lists->searched, id, 0x10000 - id);
		(void)p2p_names_device(lists->checked, id, id);
		(void)p2p_names_class(lists->searched, id << 4, &exact);
		(void)p2p_names_class(lists->checked, id << 4, &exact);
	}
}

/* The text that the lists hold: the input, unpacked. */
static void look_all(struct lists *lists, const uint8_t *data, size_t size)
{
	struct p2p_buffer text = { 0 };

	CHECK(!p2p_buffer_append(&text, data, size));
	if (!p2p_unpack(&text)) {
		take_lines(lists, text.data, false);
		take_lines(lists, text.data, true);
		look_strangers(lists);
		take_lines(lists, text.data, true);
	}
	free(text.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct lists lists;
	struct p2p_context *context;
	int fd, r;

	memset(&lists, 0, sizeof(lists));
	CHECK(!p2p_context_new(&context));
	fuzz_file(data, size, machine_list, &fd);
	r = p2p_names_read(context, machine_list, &lists.checked);
	CHECK(r ? r == -EBADMSG && *p2p_context_error(context) && !lists.checked : lists.checked != NULL);
	lists.searched = p2p_names_new(false);
	lists.backwards = lists.searched ? p2p_names_new(true) : NULL;
	look_all(&lists, data, size);
	p2p_names_free(lists.checked);
	p2p_names_free(lists.searched);
	p2p_names_free(lists.backwards);
	close(fd);
	p2p_context_free(context);
	return 0;
}
