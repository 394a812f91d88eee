/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the software reports about itself: versions, options, parameters and symbols.  See stack.def. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topology/build.h"

#define ROWS P2P_STACK_FACTS

enum kind {
	KIND_VERSION, KIND_MODULE, KIND_PARAM, KIND_CONFIG, KIND_SYMBOL, KIND_PEERS, KIND_OPEN,
	KIND_NVPARAM, KIND_NVREG, KIND_COHERENT
};

static const enum kind kinds[ROWS] = {
#define STACK(id, kind, where, text) [P2P_STACK_##id] = KIND_##kind,
#include <p2ppolicy/tables/stack.def>
#undef STACK
};

#define FILE_VERSION	"/sys/module/nvidia/version"
#define FILE_MODULE	"/sys/module"
#define FILE_PARAM	"/sys/module/*/parameters"
#define FILE_CONFIG	"the kernel's configuration"
#define FILE_SYMBOL	"/proc/kallsyms"
#define FILE_PEERS	"/sys/kernel/mm/memory_peers"
#define FILE_OPEN	"/proc/driver/nvidia/version"
#define FILE_NVPARAM	"/proc/driver/nvidia/params"
#define FILE_NVREG	"/proc/driver/nvidia/params"
#define FILE_COHERENT	"/proc/driver/nvidia/params"

static const struct p2p_stack_text texts[ROWS] = {
#define STACK(id, kind, where, text) [P2P_STACK_##id] = { #id, where, text, FILE_##kind },
#include <p2ppolicy/tables/stack.def>
#undef STACK
};

const struct p2p_stack_text *p2p_stack_text(enum p2p_stack_fact fact)
{
	return fact < ROWS ? &texts[fact] : NULL;
}

const char *p2p_stack_key(unsigned int fact, char key[P2P_STACK_KEY_SIZE])
{
	const char *name = texts[fact].key;
	size_t i;

	for (i = 0; i < P2P_STACK_KEY_SIZE - 1 && name[i]; i++)
		key[i] = (char)tolower((unsigned char)name[i]);
	key[i] = '\0';
	return key;
}

static const struct p2p_number denied = { P2P_DENIED, 0 };

static struct p2p_number present(int64_t value)
{
	return (struct p2p_number){ P2P_PRESENT, value };
}

/* "570.124.06", "6.10.5"; what follows the third number is ignored. */
static struct p2p_number read_version(const char *text)
{
	unsigned int major, minor = 0, patch = 0;

	if (sscanf(text, "%9u.%3u.%3u", &major, &minor, &patch) < 2)
		return denied;
	return present(P2P_VERSION(major, minor, patch));
}

/* NVIDIA's version file: "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06 ..." */
static struct p2p_number nvrm_version(const struct p2p_file *file)
{
	const char *end = file->data + strcspn(file->data, "\n"), *at = file->data;

	for (; at < end; at++)
		if (isdigit((unsigned char)*at) && at > file->data && at[-1] == ' ' &&
		    at[strspn(at, "0123456789")] == '.')
			return read_version(at);
	return denied;
}

static struct p2p_number find_version(const struct p2p_topology *topology, const char *module)
{
	const struct p2p_file *file = p2p_file_at(topology, "sys/module/%s/version", module);
	const struct p2p_file *nvrm = p2p_file_at(topology, "proc/driver/nvidia/version");

	if (file->fact == P2P_PRESENT)
		return read_version(file->data);
	if (!strcmp(module, "nvidia") && nvrm->fact == P2P_PRESENT)
		return nvrm_version(nvrm);
	return (struct p2p_number){ file->fact, 0 };
}

static struct p2p_number find_module(const struct p2p_topology *topology, const char *module)
{
	const struct p2p_file *file = p2p_file_at(topology, "sys/module/%s/initstate", module);

	if (file->fact == P2P_DENIED)
		return denied;
	return present(file->fact == P2P_PRESENT && !strncmp(file->data, "live", 4));
}

static struct p2p_number find_param(const struct p2p_topology *topology, const char *where)
{
	const char *slash = strchr(where, '/');
	const struct p2p_file *file = p2p_file_at(topology, "sys/module/%.*s/parameters%s",
						  (int)(slash - where), where, slash);

	if (file->fact != P2P_PRESENT)
		return (struct p2p_number){ file->fact, 0 };
	if (strchr("YyNn", *file->data))
		return *file->data ? present(toupper((unsigned char)*file->data) == 'Y') : denied;
	return p2p_file_number(file);
}

/* A line of its own: "CONFIG_X=y", "CONFIG_X=m" or "# CONFIG_X is not set". */
struct p2p_number p2p_config_line(const struct p2p_file *config, const char *option)
{
	char line[96];
	const char *value;

	snprintf(line, sizeof(line), "CONFIG_%s", option);
	value = p2p_line_value(config, line, '=');
	if (value)
		return present(*value == 'y' || *value == 'm');
	snprintf(line, sizeof(line), "# CONFIG_%s is not set", option);
	return strstr(p2p_file_lines(config), line) ? present(0) : denied;
}

const struct p2p_file *p2p_config_file(const struct p2p_topology *topology, size_t index)
{
	static const char *const paths[] = {
		"proc/config.gz", "proc/config", "boot/config-%s", "usr/lib/modules/%s/config",
		"lib/modules/%s/config",
	};
	const char *release = topology->machine.release;

	return index < P2P_LENGTH(paths) ?
	       p2p_file_at(topology, paths[index], release ? release : "") : NULL;
}

struct p2p_number p2p_config_option(const struct p2p_topology *topology, const char *option)
{
	struct p2p_number number = denied;
	const struct p2p_file *file;

	for (size_t i = 0; number.fact == P2P_DENIED && (file = p2p_config_file(topology, i)); i++)
		number = p2p_config_line(file, option);
	return number;
}

/* Symbol names are readable by everybody; a list without pci_enable_device is incomplete. */
static struct p2p_number find_symbol(const struct p2p_topology *topology, const char *name)
{
	const struct p2p_file *file = p2p_file_at(topology, "proc/kallsyms");
	size_t size = strlen(name);
	const char *at = file->data;

	if (file->fact != P2P_PRESENT || !at)
		return denied;
	for (; (at = strstr(at, name)); at += size)
		if (at > file->data && at[-1] == ' ' && strchr("\n\t ", at[size]))
			return present(1);
	/* Captures made by older releases hold only the symbols of p2pdma, so a missing one proves nothing. */
	if (topology->machine.source == P2P_SOURCE_LIVE &&
	    strstr(file->data, " pci_enable_device\n"))
		return present(0);
	return denied;
}

static struct p2p_number find_peers(const struct p2p_topology *topology, const char *client)
{
	const struct p2p_file *file = p2p_file_at(topology, "sys/kernel/mm/memory_peers/%s/version",
						  client);

	return file->fact == P2P_DENIED ? denied : present(file->fact == P2P_PRESENT);
}

static struct p2p_number find_open(const struct p2p_topology *topology)
{
	const struct p2p_file *file = p2p_file_at(topology, "proc/driver/nvidia/version");
	const char *end;

	if (file->fact != P2P_PRESENT)
		return denied;
	end = strstr(file->data, "Open Kernel Module");
	return present(end && end < file->data + strcspn(file->data, "\n"));
}

/* "Name: value" on a line of its own in the options of NVIDIA's driver; NULL if there is none. */
static const char *nvidia_option(const struct p2p_topology *topology, const char *name)
{
	const struct p2p_file *file = p2p_file_at(topology, "proc/driver/nvidia/params");
	const char *value = p2p_line_value(file, name, ':');

	return value ? value + strspn(value, " ") : NULL;
}

static struct p2p_number find_nvparam(const struct p2p_topology *topology, const char *name)
{
	const struct p2p_file *file = p2p_file_at(topology, "proc/driver/nvidia/params");
	const char *value = nvidia_option(topology, name);
	char *end;
	int64_t number;

	if (!value)
		return (struct p2p_number){ file->fact == P2P_PRESENT ? P2P_ABSENT : P2P_DENIED, 0 };
	number = strtoll(value, &end, 0);
	return end == value ? denied : present(number);
}

/* RegistryDwords: "ForceP2P=0x11;RMForceStaticBar1=1"; the names are not case-sensitive. */
static struct p2p_number find_nvreg(const struct p2p_topology *topology, const char *key)
{
	const char *value = nvidia_option(topology, "RegistryDwords");
	size_t size = strlen(key);

	if (!value)
		return denied;
	for (const char *at = value; *at && *at != '\n'; at++) {
		bool starts = at == value || strchr("\"; ", at[-1]);
		char *end;
		int64_t number;

		if (!starts || strncasecmp(at, key, size) != 0 || at[size] != '=')
			continue;
		number = strtoll(at + size + 1, &end, 0);
		return end == at + size + 1 ? denied : present(number);
	}
	return (struct p2p_number){ P2P_ABSENT, 0 };
}

static struct p2p_number find_coherent(const struct p2p_topology *topology)
{
	const char *value = nvidia_option(topology, "CoherentGPUMemoryMode");

	if (!value)
		return denied;
	value += *value == '"';
	return present(isalpha((unsigned char)*value) ? *value : 0);
}

static struct p2p_number look_up(const struct p2p_topology *topology, enum kind kind,
				 const char *where)
{
	switch (kind) {
	case KIND_VERSION: return find_version(topology, where);
	case KIND_MODULE: return find_module(topology, where);
	case KIND_PARAM: return find_param(topology, where);
	case KIND_CONFIG: return p2p_config_option(topology, where);
	case KIND_SYMBOL: return find_symbol(topology, where);
	case KIND_PEERS: return find_peers(topology, where);
	case KIND_OPEN: return find_open(topology);
	case KIND_NVPARAM: return find_nvparam(topology, where);
	case KIND_NVREG: return find_nvreg(topology, where);
	case KIND_COHERENT: return find_coherent(topology);
	}
	return denied;
}

void p2p_stack_build(struct p2p_topology *topology)
{
	for (size_t i = 0; i < ROWS; i++)
		topology->machine.stack[i] = look_up(topology, kinds[i], texts[i].where);
}
