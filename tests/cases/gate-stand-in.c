/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into p2ptopo in the place of /dev/p2pgate: a gate without pairs.  P2P_TEST_GATE is its mode; "killed" is enforce
 * without hooks.  It takes no list but says that it did.
 */
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/all.h>

struct p2p_gate {
	int unused;
};

int __wrap_p2p_gate_open(struct p2p_context *context, struct p2p_gate **ret_gate);
struct p2p_gate *__wrap_p2p_gate_close(struct p2p_gate *gate);
int __wrap_p2p_gate_info(struct p2p_context *context, struct p2p_gate *gate, struct p2p_gate_info *ret_info);
int __wrap_p2p_gate_list(struct p2p_context *context, struct p2p_gate *gate, struct p2p_gate_pair **ret_pairs,
			 size_t *ret_count);
int __wrap_p2p_gate_push(struct p2p_context *context, struct p2p_gate *gate, enum p2p_gate_mode mode,
			 const struct p2p_allow_list *list, uint64_t generation, const uint8_t *tag,
			 uint64_t *ret_generation);

int __wrap_p2p_gate_open(struct p2p_context *context, struct p2p_gate **ret_gate)
{
	static struct p2p_gate gate;

	(void)context;
	*ret_gate = &gate;
	return 0;
}

struct p2p_gate *__wrap_p2p_gate_close(struct p2p_gate *gate)
{
	(void)gate;
	return NULL;
}

int __wrap_p2p_gate_info(struct p2p_context *context, struct p2p_gate *gate, struct p2p_gate_info *ret_info)
{
	const char *mode = getenv("P2P_TEST_GATE");

	(void)context;
	(void)gate;
	*ret_info = (struct p2p_gate_info){ .mode = P2P_GATE_ENFORCE };
	if (mode)
		(void)p2p_gate_mode_parse(mode, &ret_info->mode);
	ret_info->enforced = mode && !strcmp(mode, "enforce");
	return 0;
}

int __wrap_p2p_gate_list(struct p2p_context *context, struct p2p_gate *gate, struct p2p_gate_pair **ret_pairs,
			 size_t *ret_count)
{
	(void)context;
	(void)gate;
	*ret_pairs = NULL;
	*ret_count = 0;
	return 0;
}

int __wrap_p2p_gate_push(struct p2p_context *context, struct p2p_gate *gate, enum p2p_gate_mode mode,
			 const struct p2p_allow_list *list, uint64_t generation, const uint8_t *tag,
			 uint64_t *ret_generation)
{
	(void)context;
	(void)gate;
	(void)mode;
	(void)list;
	(void)tag;
	if (ret_generation)
		*ret_generation = generation + 1;
	return 0;
}
