/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration space: the first byte chooses what is known of the function, the rest is it. */
#include <string.h>

#include "fuzz.h"
#include "snapshot/config.h"
#include "topology/build.h"

struct input {
	const uint8_t *data;
	size_t size;
	bool gaps;
};

static bool fetch(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	const struct input *input = data;

	if (offset + length > input->size || (input->gaps && offset % 96 == 64))
		return false;
	memcpy(ret_bytes, input->data + offset, length);
	return true;
}

static void check(const struct p2p_config *config)
{
	const struct p2p_capability *found;
	uint32_t value;

	for (unsigned int i = 0; i < config->capability_count; i++) {
		const struct p2p_capability *capability = &config->capabilities[i];

		CHECK(capability->offset >= P2P_CONFIG_HEADER);
		CHECK(capability->offset + 4u <= config->size);
		CHECK(p2p_config_read32(config, capability->offset, &value));
		CHECK(p2p_config_find(config, capability->id, capability->extended, &found) ==
		      P2P_PRESENT);
	}
	CHECK(!config->capability_count || config->standard == P2P_PRESENT);
	CHECK(!p2p_config_read32(config, config->size, &value));
	for (unsigned int i = 0; i < config->size + 8; i++)
		p2p_config_read32(config, i, &value);
}

/* No register is known of what was not read. */
static void decode(const struct p2p_config *config)
{
	struct p2p_raw raw = { .config = *config };
	struct p2p_function function = { 0 };

	p2p_header_decode(&function, &raw);
	p2p_caps_decode(&function, config);
	if (config->size < P2P_CONFIG_STANDARD)
		CHECK(function.pcie.fact == P2P_DENIED);
	if (config->size < P2P_CONFIG_EXTENDED)
		CHECK(function.acs.fact != P2P_PRESENT && function.ats.ats != P2P_PRESENT &&
		      function.serial.fact != P2P_PRESENT && function.cxl.fact != P2P_PRESENT);
	if (function.acs.fact != P2P_PRESENT)
		CHECK(function.acs.kernel_fact != P2P_PRESENT);
	CHECK(function.acs.egress_bits <= 256);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { .data = data + 1, .size = size ? size - 1 : 0 };
	struct p2p_config_source source = { .fetch = fetch, .data = &input };
	struct p2p_arena arena = { 0 };
	struct p2p_config config;

	if (!size)
		return 0;
	source.size = data[0] & 1 ? P2P_CONFIG_EXTENDED : (unsigned int)input.size;
	source.all = data[0] & 2;
	source.kernel_size = data[0] & 4;
	source.virtual_function = data[0] & 8 ? P2P_YES : P2P_NO;
	input.gaps = data[0] & 16;
	CHECK(p2p_config_load(&arena, &source, &config) == 0);
	check(&config);
	decode(&config);
	p2p_arena_free(&arena);
	return 0;
}
