/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What other tools print, and what a hypervisor says of a guest: whatever was taken holds together, and
 * what was not has its sentence.
 */
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/all.h>

#include "fuzz.h"

static void check_figure(const struct p2p_figure *figure)
{
	CHECK(figure->tool && figure->file && figure->line && figure->label);
	CHECK(figure->value >= 0 && figure->value < 1e30);
	CHECK(figure->kind < P2P_FIGURES && figure->relation < P2P_RELATIONS);
	CHECK(figure->client.named != P2P_NAMED_BY_NAME || figure->client.name);
	CHECK(figure->provider.named != P2P_NAMED_BY_NAME || figure->provider.name);
}

static void check_guest(struct p2p_context *context, const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const struct p2p_guest_device *device;
	struct p2p_guest *guest;
	int r;

	CHECK(text);
	memcpy(text, data, size);
	text[size] = '\0';
	(void)p2p_guest_is(text, size);
	r = p2p_guest_read(context, "fuzz", text, size, &guest);
	CHECK(!r || *p2p_context_error(context));
	if (!r) {
		CHECK(p2p_guest_device(guest, 0));
		for (size_t i = 0; (device = p2p_guest_device(guest, i)); i++)
			CHECK(!device->guest.domain);
		p2p_guest_free(guest);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_context *context;
	struct p2p_measured *measured;
	char note[P2P_WAY_TEXT] = "";
	int r;

	CHECK(!p2p_context_new(&context));
	CHECK(!p2p_measured_new(context, &measured));
	r = p2p_measured_read(measured, "fuzz", (const char *)data, size, note);
	CHECK(!r || *p2p_context_error(context));
	CHECK(r || p2p_measured_count(measured));
	for (size_t i = 0; i < p2p_measured_count(measured); i++)
		check_figure(p2p_measured_at(measured, i));
	p2p_measured_free(measured);
	check_guest(context, data, size);
	p2p_context_free(context);
	return 0;
}
