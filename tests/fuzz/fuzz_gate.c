/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * p2pgate's own files, in a program: ioctls, good ones and ones with bytes changed, while functions come and go, BARs move,
 * memory runs out and signals arrive.  A second statement of what p2pgate(4) says, without a hash, a tree or a search in it,
 * says what each call must have done.  The hooks are not here, but for the question of the distance: the guests have them.
 */
#include "fuzz.h"
#include "gate/model.h"

enum { TABLES = 8192, FUNCTIONS_AT = TABLES, PAIRS_AT = 2 * TABLES };
static struct p2pgate_count observed, enforced;	/* at distance, of all inputs */

/* The input, byte by byte; after its end there are zeros. */
static const uint8_t *input;
static size_t left;

static unsigned int next(void)
{
	if (!left)
		return 0;
	left--;
	return *input++;
}

static unsigned int next16(void)
{
	unsigned int high = next();

	return high << 8 | next();
}

static u32 mix(u32 a, u32 b, u32 c)
{
	u32 x = a * 0x9e3779b1u ^ b * 0x85ebca77u ^ c * 0xc2b2ae3du;

	return x ^ x >> 15;
}

/* Functions come and go */
static void tell(struct pci_dev *dev, unsigned long event)
{
	CHECK(kernel_notifier->notifier_call(kernel_notifier, event, &dev->dev) == NOTIFY_OK);
}

static void set_bars(struct pci_dev *dev, unsigned int n)
{
	static struct resource window;

	memset(dev->resource, 0, sizeof(dev->resource));
	for (size_t i = 0; i < PCI_STD_NUM_BARS && n; i++, n >>= 1) {
		u64 start = next() * 16ULL, length = 1ULL << next() % 12;

		if (!(n & 1))
			continue;
		if (next() % 16 == 1)
			start |= ~0xfffULL;
		if (start + (length - 1) < start)
			length = ~0ULL - start + 1;
		dev->resource[i] = (struct resource) {
			start, start + (length - 1), IORESOURCE_MEM, length == 8 ? NULL : &window,
		};
	}
}

/* The memory that this takes is the table's alone. */
static void read_again(struct pci_dev *dev, unsigned long event)
{
	model_read_ranges(dev, kernel.fail_alloc);
	tell(dev, event);
}

static void plug(size_t place)
{
	struct pci_dev *dev = machine_add(place, (u16)next());

	set_bars(dev, next());
	model.generation++;
	read_again(dev, BUS_NOTIFY_ADD_DEVICE);
}

static void unplug(size_t place)
{
	struct pci_dev *dev = kernel.bus[place];

	model_forget(dev);
	model_forget_ranges(dev);
	model.generation += 2;
	tell(dev, BUS_NOTIFY_DEL_DEVICE);
	kernel.bus[place] = NULL;
	tell(dev, BUS_NOTIFY_REMOVED_DEVICE);
	pci_dev_put(dev);
}

static void change_place(void)
{
	size_t place = next() % PLACES;

	if (kernel.bus[place])
		unplug(place);
	else
		plug(place);
}

static void move_bars(void)
{
	struct pci_dev *dev = kernel.bus[next() % PLACES];

	if (!dev)
		return;
	set_bars(dev, next());
	switch (next() % 4) {
	case 0: read_again(dev, BUS_NOTIFY_BIND_DRIVER); break;
	case 1: read_again(dev, BUS_NOTIFY_BOUND_DRIVER); break;
	default: break;		/* nobody is told */
	}
}

/* Calls */
static struct file file = { .f_mode = FMODE_WRITE };

static long call(unsigned int nr, size_t at)
{
	return kernel_fops->unlocked_ioctl(&file, nr, (unsigned long)(kernel.user + at));
}

/* Two tables that hold together. */
static void make_tables(struct p2pgate_set *set)
{
	struct p2pgate_function *functions = (void *)(kernel.user + FUNCTIONS_AT);
	struct p2pgate_pair *pairs = (void *)(kernel.user + PAIRS_AT);
	unsigned int which = next(), style = next(), from = next() % PLACES, n = next() % PLACES;

	for (u32 i = 0; i < PLACES; i++) {
		if (kernel.bus[i] && mix(which, i, 0) % 16 >= (which & 15))
			functions[set->nr_functions++] = machine_describe(kernel.bus[i]);
	}
	for (u32 p = 0; p < set->nr_functions; p++) {
		for (u32 c = 0; c < set->nr_functions; c++) {
			bool wanted = style & 16 ? (c - from - p % 4) % PLACES < n : mix(style, p, c) % 16 >= (style & 15);

			if (p != c && wanted)
				pairs[set->nr_pairs++] = (struct p2pgate_pair) {
					p, c, style & 32 && mix(p, c, style) % 4 == 0 ? P2PGATE_PAIR_PROMOTE : 0,
				};
		}
	}
}

/* Change a few bytes of the structure or of a table, or have an entry of a table twice. */
static void change(const struct p2pgate_set *set)
{
	struct { unsigned char *at; size_t entry, size; } parts[] = {
		{ kernel.user, sizeof(*set), sizeof(*set) },
		{ kernel.user + FUNCTIONS_AT, sizeof(struct p2pgate_function), 0 },
		{ kernel.user + PAIRS_AT, sizeof(struct p2pgate_pair), 0 },
	};

	parts[1].size = set->nr_functions * parts[1].entry;
	parts[2].size = set->nr_pairs * parts[2].entry;
	for (unsigned int n = next() % 4; n; n--) {
		unsigned int how = next(), at = next16(), by = next();
		unsigned char *part = parts[how % 3].at;
		size_t entry = parts[how % 3].entry, size = parts[how % 3].size;

		if (by && size)
			part[at % size] ^= (unsigned char)by;
		else if (size > entry)
			memcpy(part + at % (size / entry - 1) * entry + entry, part + at % (size / entry - 1) * entry, entry);
	}
}

static void meanwhile(void)
{
	kernel.meanwhile_in = 0;
	change_place();
}

static void set(void)
{
	static unsigned char copy[sizeof(kernel.user)];
	struct p2pgate_set *to = (void *)kernel.user, sent;
	static struct model_tables tables;
	bool good, disturbed = kernel.fail_alloc || kernel.signal;
	long err;

	memset(kernel.user, 0, sizeof(kernel.user));
	*to = (struct p2pgate_set) {
		.size = sizeof(*to), .mode = next() % 3, .generation = model.generation,
		.functions = (uintptr_t)kernel.user + FUNCTIONS_AT, .pairs = (uintptr_t)kernel.user + PAIRS_AT,
	};
	make_tables(to);
	change(to);
	sent = *to;
	memcpy(copy, kernel.user, sizeof(copy));
	err = call(P2PGATE_SET, 0);
	good = model_is_good(&sent, file.f_mode & FMODE_WRITE, copy, &tables);
	CHECK(err ? !good || disturbed : good);
	if (err)
		return;
	model_set(&sent, &tables);
	CHECK(to->generation == model.generation);
}

static void check_info(void)
{
	struct p2pgate_info *info = (void *)kernel.user;
	u32 gone = 0, flags = (gate_promote ? P2PGATE_INFO_PROMOTE : 0);
	u32 held = model.hold && model.mode == P2PGATE_ENFORCE, ranges = 0;

	*info = (struct p2pgate_info) { .size = sizeof(*info) };
	CHECK(!call(P2PGATE_INFO, 0) && info->size == sizeof(*info));
	for (u32 i = 0; i < model.nr_functions; i++)
		gone += !model.devices[i];
	for (size_t i = 0; i < model.nr_ranges; i++)
		ranges += !!model.ranges[i].dev;
	CHECK(info->mode == model.mode && info->generation == model.generation);
	CHECK(info->flags == (flags | (held ? P2PGATE_INFO_HELD : 0)) && (u32)kernel_module_held == held);
	CHECK(info->nr_functions == model.nr_functions - gone && info->nr_pairs == model_live_pairs());
	CHECK(info->nr_dropped == model.nr_pairs - model_live_pairs() && info->nr_ranges == ranges);
	CHECK(!memcmp(info->tag, model.tag, sizeof(model.tag)));
	CHECK(!memcmp(&info->observed_distance, &observed, sizeof(observed)));
	CHECK(!memcmp(&info->enforced_distance, &enforced, sizeof(enforced)));
	CHECK(!(kernel_fops->poll(&file, NULL) & EPOLLIN));
}

/* With exactly the room it takes, or with less. */
static void check_get(unsigned int less)
{
	struct p2pgate_get *get = (void *)kernel.user;
	struct p2pgate_function *functions = (void *)(kernel.user + FUNCTIONS_AT);
	struct p2pgate_pair *pairs = (void *)(kernel.user + PAIRS_AT);
	u32 f = model.nr_functions, p = model.nr_pairs;
	bool fits = !less || (less == 1 && !f) || (less == 2 && !p);
	long err;

	memset(kernel.user, 0x5a, sizeof(kernel.user));
	*get = (struct p2pgate_get) {
		.size = sizeof(*get), .functions = (uintptr_t)functions, .pairs = (uintptr_t)pairs,
		.nr_functions = f - (less == 1 && f), .nr_pairs = p - (less == 2 && p),
	};
	err = call(P2PGATE_GET, 0);
	CHECK(err == (fits ? 0 : -ENOSPC) && get->nr_functions == f);
	if (fits)
		model_check_tables(functions, pairs, get->nr_pairs);
	else
		CHECK(get->nr_pairs == p && *(unsigned char *)functions == 0x5a && *(unsigned char *)pairs == 0x5a);
	CHECK(*(unsigned char *)(functions + f) == 0x5a && *(unsigned char *)(pairs + p) == 0x5a);
}

static void distance(void)
{
	struct p2pgate_distance *ask = (void *)kernel.user;
	size_t p = next() % PLACES, c = next() % PLACES;
	struct pci_dev *provider = kernel.bus[p], *client = kernel.bus[c];
	u32 reason;
	int expected;
	long err;

	kernel.admin = next() % 8 != 1;
	*ask = (struct p2pgate_distance) { .size = sizeof(*ask), .provider = machine_address(p), .client = machine_address(c) };
	err = call(P2PGATE_DISTANCE, 0);
	if (!kernel.admin || !provider || !client) {
		CHECK(err == (kernel.admin ? -ENODEV : -EPERM));
		return;
	}
	reason = model_judge(provider, client);
	expected = machine_distance(provider, client);
	CHECK(!err && ask->generation == model.generation && ask->ungated == expected && ask->reason == reason);
	if (model.mode != P2PGATE_OFF)
		(model.mode == P2PGATE_ENFORCE ? &enforced : &observed)->by_reason[reason]++;
	if (model.mode == P2PGATE_ENFORCE)
		expected = gate_refuses(reason) ? -1 : reason == P2PGATE_PROMOTED ? 6 : expected;
	CHECK(ask->gated == expected);
}

/* Any number, any bytes; but a list is only taken with the right generation. */
static void other_call(void)
{
	static const unsigned int known[] = { P2PGATE_INFO, P2PGATE_SET, P2PGATE_GET, P2PGATE_DISTANCE };
	unsigned int nr = known[next() % 4], size = next16() % 4100, n = next();
	size_t at = next() & 1 ? 0 : sizeof(kernel.user) - 1 - next16() % 512;

	memset(kernel.user, 0, 4200);
	if (at)
		memset(kernel.user + at, 0, sizeof(kernel.user) - at);
	else
		memcpy(kernel.user, &size, sizeof(size));
	for (; n; n--)
		kernel.user[at ? at + next16() % (sizeof(kernel.user) - at) : 4 + next16() % 4096] = (unsigned char)next();
	if (nr == P2PGATE_SET && at + 16 <= sizeof(kernel.user))
		memset(kernel.user + at + 8, 0xff, 8);
	/* only a distance that is good would be counted */
	if (nr == P2PGATE_DISTANCE && at + 8 <= sizeof(kernel.user))
		kernel.user[at + 4] = 1;
	call(nr ^ (next() % 8 == 1 ? next16() : 0) ^ next() << _IOC_SIZESHIFT, at);
}

static void disturb(void)
{
	unsigned int what = next();

	kernel.admin = (what & 3) != 2;
	file.f_mode = what & 4 && what & 8 ? 0 : FMODE_WRITE;
	kernel.fail_alloc = what & 16 ? next() % 8 : 0;
	kernel.signal = what & 32 ? next() % 128 : 0;
	kernel.meanwhile_in = what & 64 ? next() % 128 : 0;
}

static void calm(void)
{
	kernel.admin = true;
	file.f_mode = FMODE_WRITE;
	kernel.fail_alloc = kernel.signal = kernel.meanwhile_in = 0;
}

static void change_registers(void)
{
	unsigned int what = next();

	machine.switch_ports[0].acs_control = what & 1 ? PCI_ACS_RR : 0;
	machine.switch_ports[1].acs_control = what & 2 ? PCI_ACS_CR : 0;
	machine.port.acs_control = what & 4 ? PCI_ACS_EC : 0;
	machine.host_bridge_is_listed = what & 8;
}

static void hold(void)
{
	model.hold = next() & 1;
	CHECK(!kernel_hold.ops->set(model.hold ? "1" : "0", &kernel_hold));
}

/* Other calls are not tried while something fails: what they must say then is not worth a model. */
static bool is_disturbed(unsigned int what)
{
	return what & 128 && (what & 15) != 5 && (what & 15) != 9;
}

static void step(unsigned int what)
{
	switch (what) {
	case 0: case 1: change_place(); break;
	case 2: move_bars(); break;
	case 3: case 4: set(); break;
	case 5: distance(); break;
	case 6: other_call(); break;
	case 7: change_registers(); break;
	case 8: hold(); break;
	case 9: check_get(next() % 3); break;
	case 10: model_check_owner(next() * 8ULL | (next() % 8 == 1 ? ~0xfffULL : 0), next() % 64 == 1 ? ~0ULL : next16() % 600); break;
	case 11: for (unsigned int n = next() % PLACES; n; n--) change_place(); break;
	}
}

static void start(void)
{
	unsigned int what = next(), n = next() % PLACES;

	memset(&model, 0, sizeof(model));
	machine_start();
	calm();
	kernel.meanwhile = meanwhile;
	gate_promote = what & 1;
	machine.host_bridge_is_listed = what & 2;
	CHECK(!kernel_init() && !kernel_fops->open(NULL, &file));
	model.generation = gate.generation;
	model.hold = true;
	CHECK(!kernel_hold.ops->set("1", &kernel_hold));
	for (size_t i = 0; i < n; i++)
		plug(i);
}

static void end(void)
{
	calm();
	check_get(0);
	check_info();
	for (size_t i = 0; i < PLACES; i++) {
		if (kernel.bus[i])
			unplug(i);
	}
	check_info();
	CHECK(!kernel_fops->release(NULL, &file));
	CHECK(!kernel_hold.ops->set("0", &kernel_hold));
	kernel_exit();
	CHECK(!kernel.devices && !kernel.allocated && !kernel_module_held);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input = data;
	left = size;
	start();
	while (left) {
		unsigned int what = next();

		if (is_disturbed(what))
			disturb();
		step(what & 15);
		calm();
		check_info();
	}
	end();
	return 0;
}

