/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "commands/address/fault.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEX "0123456789abcdefABCDEF"
/* Far more than faults.def has. */
#define MARKS_MOST 64

static const char *const source_names[FAULT_SOURCES] = {
	[FAULT_NONE] = "address", [FAULT_AMD_VI] = "amd-vi", [FAULT_DMAR] = "dmar",
	[FAULT_SMMU_V3] = "smmu-v3", [FAULT_SMMU] = "smmu", [FAULT_AER] = "aer",
	[FAULT_XID] = "xid",
};

const char *fault_source_name(enum fault_source source)
{
	return source_names[source];
}

const char *fault_access_name(enum fault_access access)
{
	static const char *const names[ACCESSES] = {
		[ACCESS_UNKNOWN] = "unknown", [ACCESS_READ] = "read", [ACCESS_WRITE] = "write",
	};

	return names[access];
}

/* Reads hexadecimal digits at @text, with or without 0x, and with '_' as in the address of an Xid. */
static bool read_hex(const char *text, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t digits = 0;

	text += strspn(text, " \t");
	if (!strncmp(text, "0x", 2) || !strncmp(text, "0X", 2))
		text += 2;
	for (; isxdigit((unsigned char)*text) || (*text == '_' && digits); text++) {
		if (*text == '_')
			continue;
		if (++digits > 16)
			return false;
		value = value << 4 | (uint64_t)(isdigit((unsigned char)*text) ? *text - '0' :
						(tolower((unsigned char)*text) - 'a') + 10);
	}
	if (!digits || isalnum((unsigned char)*text))
		return false;
	*ret_value = value;
	return true;
}

static bool find_hex(const char *text, const char *key, uint64_t *ret_value)
{
	const char *at = strstr(text, key);

	return at && read_hex(at + strlen(key), ret_value);
}

/* Reads "0000:41:00.0", "41:00.0", or "0000:41:00" as in an Xid, at @text. */
static bool read_bdf(const char *text, struct fault *fault)
{
	char bdf[32], whole[sizeof(bdf) + 2];
	size_t length = strspn(text, HEX ":."), colons = 0;

	while (length && strchr(":.", text[length - 1]))
		length--;
	if (length < 7 || length >= sizeof(bdf))
		return false;
	memcpy(bdf, text, length);
	bdf[length] = '\0';
	for (size_t i = 0; i < length; i++)
		colons += bdf[i] == ':';
	snprintf(whole, sizeof(whole), "%s%s", bdf, strchr(bdf, '.') ? "" : ".0");
	if (p2p_bdf_parse(whole, &fault->requester))
		return false;
	fault->has_requester = true;
	fault->no_domain = colons < 2;
	return true;
}

/* Finds the first address from @text up to @end, or the last one if @last. */
static bool find_bdf(const char *text, const char *end, bool last, struct fault *fault)
{
	bool found = false;

	while (text < end && (last || !found)) {
		size_t length = strspn(text, HEX ":.");

		if (length && read_bdf(text, fault))
			found = true;
		text += length ? length : 1;
	}
	return found;
}

static const char *end_of(const char *text)
{
	return text + strlen(text);
}

/* The start of the line that contains @at. */
static char *line_of(char *text, char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return at;
}

/*
 * The line of a log that contains both @mark and @key, or else the first with @key, cut in place; all of @text if
 * none does.
 */
static const char *line_with(char *text, const char *mark, const char *key)
{
	char *found = NULL, *end;

	for (char *at = strstr(text, key); at; at = strstr(end, key)) {
		char *line = line_of(text, at);
		bool marked;

		end = at + strcspn(at, "\n");
		marked = memmem(line, (size_t)(end - line), mark, strlen(mark));
		found = found && !marked ? found : line;
		if (marked)
			break;
	}
	if (!found)
		return text;
	found[strcspn(found, "\n")] = '\0';
	return found;
}

typedef const char *parse_fn(const char *text, struct fault *fault);

/* drivers/iommu/amd/iommu.c, iommu_print_event(): a prefix names the device, or "device=" does. */
static const char *parse_amd_vi(const char *text, struct fault *fault)
{
	const char *event = strchr(text, '['), *logged = strstr(text, "AMD-Vi");
	const char *device = strstr(text, "device=");
	uint64_t flags;

	event = logged ? logged : event ? event : text;
	if (!find_hex(text, "address=", &fault->address))
		return "no readable 'address=' is in it";
	if (device)
		find_bdf(device, end_of(device), false, fault);
	else
		find_bdf(text, event, true, fault);
	if (!find_hex(text, "flags=", &flags))
		return NULL;
	if (flags & 0x008)	/* EVENT_FLAG_I */
		return "it is about an interrupt, not about memory";
	fault->access = flags & 0x020 ? ACCESS_WRITE : ACCESS_READ;	/* EVENT_FLAG_RW */
	return NULL;
}

/* drivers/iommu/intel/dmar.c, dmar_fault_do_one() */
static const char *parse_dmar(const char *text, struct fault *fault)
{
	const char *device = strstr(text, "device [");

	if (strstr(text, "INTR-REMAP") || strstr(text, "fault index"))
		return "it is about an interrupt, not about memory";
	if (!find_hex(text, "fault addr", &fault->address))
		return "no readable 'fault addr' is in it";
	if (device)
		find_bdf(device + strlen("device ["), end_of(device), false, fault);
	if (strstr(text, "DMA Write"))
		fault->access = ACCESS_WRITE;
	else if (strstr(text, "DMA Read"))
		fault->access = ACCESS_READ;
	return NULL;
}

static void take_stream(uint64_t stream, struct fault *fault)
{
	fault->requester = (struct p2p_bdf){ .domain = (uint32_t)(stream >> 16),
					     .bus = (uint8_t)(stream >> 8),
					     .devfn = (uint8_t)stream };
	fault->has_requester = fault->by_stream = true;
}

/* The four words of an event; IHI 0070, 7.3 "Event records". */
static size_t read_words(const char *text, uint64_t word[4])
{
	size_t count = 0;

	while (count < 4 && (text = strstr(text, "0x"))) {
		if (strspn(text + 2, HEX) == 16 && read_hex(text, &word[count]))
			count++;
		text += 2;
	}
	return count;
}

/* drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c, arm_smmu_dump_event(), and what came before it */
static const char *parse_smmu_v3(const char *text, struct fault *fault)
{
	const char *raw = strstr(text, "event 0x"), *client = strstr(text, "client: ");
	uint64_t word[4], event, stream;

	if (raw && read_words(raw, word) == 4) {
		event = word[0] & 0xff;
		if (event < 0x10 || event > 0x13)
			return "this event has no address of a request: F_TRANSLATION, F_ADDR_SIZE, "
			       "F_ACCESS and F_PERMISSION have one";
		fault->address = word[2];
		fault->access = word[1] >> 35 & 1 ? ACCESS_READ : ACCESS_WRITE;
		take_stream(word[0] >> 32, fault);
	} else if (!find_hex(text, "iova:", &fault->address)) {
		return "an event of an SMMU has four words of 16 digits or 'iova:', and they are not "
		       "all in it";
	}
	if (strstr(text, "data read") || strstr(text, "inst read"))
		fault->access = ACCESS_READ;
	else if (strstr(text, "data write"))
		fault->access = ACCESS_WRITE;
	if (client && read_bdf(client + strlen("client: "), fault))
		fault->by_stream = false;
	else if (!fault->has_requester && find_hex(text, "sid:", &stream))
		take_stream(stream, fault);
	return NULL;
}

/* drivers/iommu/arm/arm-smmu/arm-smmu.c, arm_smmu_print_context_fault_info() */
static const char *parse_smmu(const char *text, struct fault *fault)
{
	uint64_t syndrome, stream;

	if (!find_hex(text, "iova=", &fault->address))
		return "no readable 'iova=' is in it";
	if (find_hex(text, "fsynr=", &syndrome))
		fault->access = syndrome & 0x10 ? ACCESS_WRITE : ACCESS_READ;	/* WNR */
	if (find_hex(text, "cbfrsynra=", &stream))
		take_stream(stream & 0xffff, fault);
	return NULL;
}

/* Memory requests, those of AtomicOps and deferrable writes among them; PCIe r6.0, sec 2.2.1.1, table 2-3. */
static bool is_memory_request(unsigned int format, unsigned int type)
{
	return format <= 3 && (type <= 1 || (format & 2 && ((type >= 0x0c && type <= 0x0e) || type == 0x1b)));
}

/* PCI Express Base Specification 6.0, 2.2.1 "Common Packet Header Fields" */
static const char *take_header(const uint32_t header[4], struct fault *fault)
{
	unsigned int format = header[0] >> 29, type = header[0] >> 24 & 0x1f;

	if (!is_memory_request(format, type))
		return "the TLP in it is not a memory request, so it has no address";
	fault->access = format & 2 ? ACCESS_WRITE : ACCESS_READ;
	fault->address = format & 1 ? (uint64_t)header[2] << 32 | (header[3] & ~3u) :
			 header[2] & ~3u;
	fault->requester = (struct p2p_bdf){ .bus = (uint8_t)(header[1] >> 24),
					     .devfn = (uint8_t)(header[1] >> 16) };
	fault->has_requester = fault->no_domain = true;
	return NULL;
}

/* drivers/pci/pcie/tlp.c, pcie_print_tlp_log() */
static const char *parse_aer(const char *text, struct fault *fault)
{
	const char *at = strstr(text, "TLP Header"), *end;
	struct fault reporter = { .source = FAULT_AER };
	uint32_t header[4];
	const char *wrong;

	if (!at)
		return "an AER message has its address in the line 'TLP Header:', which is not in it";
	end = strchr(at, ':');
	for (size_t i = 0; i < 4; i++) {
		uint64_t word;

		end = end ? end + 1 + strspn(end + 1, " \t") : NULL;
		if (!end || !read_hex(end, &word) || word > 0xffffffffu)
			return "four words of eight digits do not follow 'TLP Header:'";
		header[i] = (uint32_t)word;
		end += strcspn(end, " \t\n") - 1;
	}
	wrong = take_header(header, fault);
	if (!wrong && find_bdf(text, at, true, &reporter) && !reporter.no_domain) {
		fault->requester.domain = reporter.requester.domain;
		fault->no_domain = false;
	}
	return wrong;
}

/* The GPU's own page tables refused the access, so nothing was sent. */
static const char *parse_xid(const char *text, struct fault *fault)
{
	const char *device = strstr(text, "PCI:");

	if (device)
		read_bdf(device + strlen("PCI:"), fault);
	if (!find_hex(text, "faulted @", &fault->address))
		return "this Xid names no address";
	fault->gpu_virtual = true;
	fault->access = strstr(text, "WRITE") || strstr(text, "ATOMIC") ? ACCESS_WRITE :
			strstr(text, "READ") ? ACCESS_READ : ACCESS_UNKNOWN;
	return NULL;
}

/*
 * The first of these marks that the text contains tells its source. Specific marks precede those that boot
 * messages contain, too. @key: a string in the line to parse; NULL if it takes several lines.
 */
static const struct {
	const char *mark, *key;
	enum fault_source source;
	parse_fn *parse;
} sources[] = {
	{ "IO_PAGE_FAULT", "address=", FAULT_AMD_VI, parse_amd_vi },
	{ "fault addr", "fault addr", FAULT_DMAR, parse_dmar },
	{ "context fault", "iova=", FAULT_SMMU, parse_smmu },
	{ "event 0x", NULL, FAULT_SMMU_V3, parse_smmu_v3 },
	{ "event: F_", NULL, FAULT_SMMU_V3, parse_smmu_v3 },
	{ "TLP Header", NULL, FAULT_AER, parse_aer },
	{ "Xid (", "Xid (", FAULT_XID, parse_xid },
	{ "AMD-Vi", "address=", FAULT_AMD_VI, parse_amd_vi },
	{ "DMAR:", "DMAR:", FAULT_DMAR, parse_dmar },
	{ "arm-smmu-v3", NULL, FAULT_SMMU_V3, parse_smmu_v3 },
	{ "AER:", NULL, FAULT_AER, parse_aer },
	{ "PCIe Bus Error", NULL, FAULT_AER, parse_aer },
};

enum status fault_parse(struct failure *failure, char *text, struct fault *ret_fault)
{
	struct fault fault = { .source = FAULT_NONE };

	for (size_t i = 0; i < COUNT(sources); i++) {
		const char *wrong;

		if (!strstr(text, sources[i].mark))
			continue;
		fault.source = sources[i].source;
		wrong = sources[i].parse(sources[i].key ? line_with(text, sources[i].mark, sources[i].key) : text,
					 &fault);
		if (wrong)
			return fail_with(failure, STATUS_INPUT, "this line of the log (%s) cannot be "
					 "used: %s", fault_source_name(fault.source), wrong);
		*ret_fault = fault;
		return STATUS_DONE;
	}
	if (!*text)
		return fail_with(failure, STATUS_INPUT, "there is no address, nor a line of the kernel's log: the text is empty");
	if (strpbrk(text, " \t\n-+_") || !read_hex(text, &fault.address))
		return fail_with(failure, STATUS_INPUT, "'%.60s' is not an address: expected "
				 "hexadecimal digits such as 0x380005000000, or a line of the kernel's "
				 "log that names one", text);
	*ret_fault = fault;
	return STATUS_DONE;
}

/* Where each mark is next, so that a log is searched once and not again after each of its faults. */
struct marks {
	char *at[MARKS_MOST];
	bool none[MARKS_MOST];
};

/* The next fault from @text on. Marks that boot messages contain do not count. */
static char *next_mark(struct marks *marks, char *text)
{
	const char *mark;
	char *first = NULL;

	for (size_t i = 0; i < MARKS_MOST && (mark = p2p_fault_mark(i)); i++) {
		if (!marks->none[i] && (!marks->at[i] || marks->at[i] < text)) {
			marks->at[i] = strstr(text, mark);
			marks->none[i] = !marks->at[i];
		}
		if (!marks->none[i] && (!first || marks->at[i] < first))
			first = marks->at[i];
	}
	return first;
}

/* An event of an SMMU continues on the lines below; any other fault ends with the line of the mark. */
static char *end_of_fault(char *mark, char *next)
{
	if (strncmp(mark, "event", 5) != 0)
		return mark + strcspn(mark, "\n");
	return next ? next : mark + strlen(mark);
}

/* Newer kernels log an event of an SMMU twice, once as raw words and once as text: that is one fault. */
static bool is_retold(const struct fault *a, const struct fault *b)
{
	return a->source == FAULT_SMMU_V3 && a->by_stream && !b->by_stream;
}

static bool is_same(const struct fault *a, const struct fault *b)
{
	return a->source == b->source && a->access == b->access && a->address == b->address &&
	       a->has_requester == b->has_requester && a->no_domain == b->no_domain &&
	       !p2p_bdf_compare(a->requester, b->requester);
}

static void add_fault(struct faults *faults, const struct fault *fault)
{
	size_t i;

	for (i = 0; i < faults->count; i++)
		if (is_same(&faults->fault[i], fault))
			break;
	if (i == FAULTS_MOST) {
		faults->left_out++;
		return;
	}
	faults->times[i] += i == faults->count || !is_retold(&faults->fault[i], fault);
	faults->fault[i] = *fault;
	faults->count += i == faults->count;
}

enum status fault_parse_all(struct failure *failure, char *text, struct faults *ret_faults)
{
	struct failure first = { 0 }, later = { 0 };
	struct marks marks = { 0 };
	char *mark = next_mark(&marks, text), *from = text;

	*ret_faults = (struct faults){ .count = 0 };
	if (!mark) {
		enum status status = fault_parse(failure, text, &ret_faults->fault[0]);

		ret_faults->count = ret_faults->times[0] = !status;
		return status;
	}
	while (mark) {
		struct fault fault = { .source = FAULT_NONE };
		char *again = next_mark(&marks, mark + 1), *line = mark + strcspn(mark, "\n");
		char *after = next_mark(&marks, line);
		char *end = end_of_fault(mark, after ? line_of(text, after) : NULL), kept = *end;

		*end = '\0';
		if (fault_parse(ret_faults->left_out ? &later : &first, from, &fault))
			ret_faults->left_out++;
		else
			add_fault(ret_faults, &fault);
		/* If the shell has joined a log into one line, only its first fault can be parsed. */
		if (end == line && again && again < line)
			ret_faults->left_out++;
		*end = kept;
		from = end;
		mark = after;
	}
	if (!ret_faults->count)
		*failure = first;
	return ret_faults->count ? STATUS_DONE : STATUS_INPUT;
}
