/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One function to the outside: its place in the tree, and its facts by key. */
#include <errno.h>

#include "public/public.h"

enum kind {
	KIND_TEXT, KIND_NUMBER, KIND_U8, KIND_U16, KIND_U32, KIND_U64, KIND_FLAG, KIND_LINK,
	KIND_CLASS, KIND_PORT,
};

static int64_t number_at(const void *at, unsigned int kind)
{
	switch ((enum kind)kind) {
	case KIND_U8:
		return *(const uint8_t *)at;
	case KIND_U16:
		return *(const uint16_t *)at;
	case KIND_U32:
	case KIND_LINK:
		return *(const uint32_t *)at;
	case KIND_U64:
		return (int64_t)*(const uint64_t *)at;
	case KIND_FLAG:
		return *(const bool *)at;
	default:
		return 0;
	}
}

static const char *text_at(const void *at, unsigned int kind)
{
	switch ((enum kind)kind) {
	case KIND_TEXT:
		return *(const char *const *)at;
	case KIND_CLASS:
		return p2p_class_name(*(const enum p2p_class *)at);
	case KIND_PORT:
		return p2p_port_type_name(*(const enum p2p_port_type *)at);
	default:
		return NULL;
	}
}

/* @key->fact 0: there is no fact beside the value; a text is then known when it is there. */
static void get(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const char *function = object;
	const void *at = function + key->value;

	value->fact = key->fact ? *(const enum p2p_fact *)(const void *)(function + key->fact) :
				  P2P_PRESENT;
	if (key->kind == KIND_NUMBER) {
		value->fact = ((const struct p2p_number *)at)->fact;
		value->number = ((const struct p2p_number *)at)->value;
	} else if (key->type == P2P_TYPE_TEXT) {
		value->text = text_at(at, key->kind);
		if (!value->text && value->fact == P2P_PRESENT)
			value->fact = key->fact ? P2P_ABSENT : P2P_DENIED;
	} else {
		value->number = number_at(at, key->kind);
		/* Zero says that there is no link. */
		if (key->kind == KIND_LINK && value->fact == P2P_PRESENT && !value->number)
			value->fact = P2P_ABSENT;
	}
}

#define AT(member)		offsetof(struct p2p_function, member)
#define ROW(name, type, fact, kind, member) \
	{ name, P2P_TYPE_##type, get, fact, AT(member), KIND_##kind }

static const struct p2p_key rows[] = {
	ROW("class", TEXT, 0, CLASS, kind),
	ROW("vendor", NUMBER, AT(ids), U16, vendor),
	ROW("device", NUMBER, AT(ids), U16, device),
	ROW("subsystem_vendor", NUMBER, AT(ids), U16, subsystem_vendor),
	ROW("subsystem_device", NUMBER, AT(ids), U16, subsystem_device),
	ROW("class_code", NUMBER, AT(ids), U32, class_code),
	ROW("vendor_name", TEXT, 0, TEXT, vendor_name),
	ROW("device_name", TEXT, 0, TEXT, device_name),
	ROW("revision", NUMBER, AT(header), U8, revision),
	ROW("header_type", NUMBER, AT(header), U8, header_type),
	ROW("multifunction", FLAG, AT(header), FLAG, multifunction),
	ROW("driver", TEXT, AT(driver_fact), TEXT, driver),
	ROW("numa_node", NUMBER, 0, NUMBER, numa),
	ROW("cpus", TEXT, 0, TEXT, cpus),
	ROW("serial", NUMBER, 0, NUMBER, serial),
	ROW("iommu_group", NUMBER, 0, NUMBER, iommu_group),
	ROW("iommu_type", TEXT, 0, TEXT, iommu_type),
	ROW("power_state", TEXT, 0, TEXT, power_state),
	ROW("slot", TEXT, 0, TEXT, slot),
	ROW("pcie.type", TEXT, AT(pcie.fact), PORT, pcie.type),
	ROW("link.now.speed_mtps", NUMBER, AT(pcie.link), LINK, pcie.now.speed_mtps),
	ROW("link.now.width", NUMBER, AT(pcie.link), LINK, pcie.now.width),
	ROW("link.most.speed_mtps", NUMBER, AT(pcie.link), LINK, pcie.most.speed_mtps),
	ROW("link.most.width", NUMBER, AT(pcie.link), LINK, pcie.most.width),
	ROW("acs.capability", NUMBER, AT(acs.fact), U16, acs.capability),
	ROW("acs.control", NUMBER, AT(acs.fact), U16, acs.control),
	ROW("acs.kernel_control", NUMBER, AT(acs.fact), U16, acs.kernel_control),
	ROW("ats.enabled", FLAG, AT(ats.ats), FLAG, ats.ats_enabled),
	ROW("pri.enabled", FLAG, AT(ats.pri), FLAG, ats.pri_enabled),
	ROW("pasid.enabled", FLAG, AT(ats.pasid), FLAG, ats.pasid_enabled),
	ROW("sriov.total", NUMBER, AT(sriov.fact), U32, sriov.total),
	ROW("sriov.active", NUMBER, AT(sriov.fact), U32, sriov.active),
	ROW("p2pmem.size_bytes", NUMBER, AT(pool.fact), U64, pool.size_bytes),
	ROW("p2pmem.available_bytes", NUMBER, AT(pool.fact), U64, pool.available_bytes),
	ROW("p2pmem.published", FLAG, AT(pool.fact), FLAG, pool.published),
};

static const struct p2p_keys keys = { rows, sizeof(rows) / sizeof(rows[0]) };

char *p2p_function_address(const struct p2p_function *function, char *buffer)
{
	return p2p_bdf_format(function->bdf, buffer);
}

const char *p2p_function_name(const struct p2p_function *function)
{
	return function->display;
}

const struct p2p_function *p2p_function_parent(const struct p2p_function *function)
{
	return function->parent;
}

bool p2p_function_is_end(const struct p2p_function *function)
{
	return p2p_function_has_header_0(function);
}

const char *p2p_function_key(size_t index)
{
	return p2p_keys_name(keys, index);
}

int p2p_function_fact(const struct p2p_function *function, const char *key,
		      struct p2p_value *value)
{
	return p2p_keys_get(keys, function, key, value);
}

struct json_object *p2p_function_document(const struct p2p_function *function)
{
	struct json_object *document = json_object_new_object();
	char address[P2P_ADDRESS_SIZE];

	json_object_object_add(document, "bdf",
			       json_object_new_string(p2p_function_address(function, address)));
	json_object_object_add(document, "name", json_object_new_string(function->display));
	p2p_keys_json(keys, function, document);
	return document;
}

int p2p_function_json(struct p2p_context *context, const struct p2p_function *function,
		      char **ret_text)
{
	return p2p_json_text(context, p2p_function_document(function), ret_text);
}
