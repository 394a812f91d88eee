/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fabric's route against a second statement of it: every combination of ACS bits at the port
 * where the paths part, for every kind of TLP, for known and unknown vectors.
 */
#include "tree.h"

/* rp -> usp -> dsp0 -> usp1 -> dsp1 -> client; dsp2 -> provider (below usp1 too) */
struct fabric {
	struct tree *tree;
	struct p2p_function *rp, *usp, *dsp0, *usp1, *near, *far, *client, *provider;
};

static struct fabric setup(void)
{
	struct fabric f = { .tree = tree_new() };
	struct p2p_host_bridge *host = tree_bridge(f.tree);

	f.rp = tree_add(f.tree, host, NULL, P2P_PORT_ROOT);
	f.usp = tree_add(f.tree, host, f.rp, P2P_PORT_UPSTREAM);
	f.dsp0 = tree_add(f.tree, host, f.usp, P2P_PORT_DOWNSTREAM);
	f.usp1 = tree_add(f.tree, host, f.dsp0, P2P_PORT_UPSTREAM);
	f.near = tree_add(f.tree, host, f.usp1, P2P_PORT_DOWNSTREAM);
	f.far = tree_add(f.tree, host, f.usp1, P2P_PORT_DOWNSTREAM);
	f.client = tree_add(f.tree, host, f.near, P2P_PORT_ENDPOINT);
	f.provider = tree_add(f.tree, host, f.far, P2P_PORT_ENDPOINT);
	f.far->pcie.port_number = (struct p2p_number){ P2P_PRESENT, 5 };
	/* The port above lets redirected TLPs through. */
	tree_acs(f.dsp0, P2P_ACS_UF);
	return f;
}

static struct p2p_fabric eval(struct fabric *f)
{
	return tree_pair(f->tree, "7.3", f->provider, f->client).fabric;
}

/*
 * In words: translation blocking stops a translated request; direct translated lets it pass; a
 * vector that names the peer redirects with Request Redirect and stops without; a vector that
 * does not name it lets it pass; Request Redirect alone redirects.
 */
static enum p2p_route_kind expected_request(unsigned int control, bool named, bool translated)
{
	bool tb = control >> 1 & 1, rr = control >> 2 & 1, ec = control >> 5 & 1,
	     dt = control >> 6 & 1;

	if (translated) {
		if (tb)
			return P2P_ROUTE_BLOCKED;
		if (dt)
			return P2P_ROUTE_DIRECT;
	}
	if (!ec)
		return rr ? P2P_ROUTE_REDIRECTED : P2P_ROUTE_DIRECT;
	if (!named)
		return P2P_ROUTE_DIRECT;
	return rr ? P2P_ROUTE_REDIRECTED : P2P_ROUTE_BLOCKED;
}

enum vector { VECTOR_CLEAR, VECTOR_SET, VECTOR_DENIED, VECTOR_NO_PORT_NUMBER, VECTOR_SHORT, VECTOR_NEGATIVE };

START_TEST(request_truth_table)
{
	enum vector vector = (enum vector)_i;

	for (unsigned int control = 0; control < 128; control++) {
		struct fabric f = setup();
		struct p2p_fabric got;

		tree_acs(f.near, (uint16_t)control);
		f.near->acs.egress_bits = vector == VECTOR_SHORT ? 5 : 32;
		f.near->acs.egress_fact = vector == VECTOR_DENIED ? P2P_DENIED : P2P_PRESENT;
		f.near->acs.egress[0] = vector == VECTOR_CLEAR ? ~0x20u : 0x20u;
		if (vector == VECTOR_NO_PORT_NUMBER)
			f.far->pcie.port_number.fact = P2P_DENIED;
		/* Registers have no such number, but a document may. */
		if (vector == VECTOR_NEGATIVE)
			f.far->pcie.port_number.value = -1000000000000;
		got = eval(&f);
		for (int translated = 0; translated < 2; translated++) {
			const struct p2p_route *route = translated ? &got.translated :
								     &got.request;
			enum p2p_route_kind set = expected_request(control, true, translated);
			enum p2p_route_kind clear = expected_request(control, false, translated);
			enum p2p_route_kind want = vector == VECTOR_SET ? set :
				vector == VECTOR_CLEAR || set == clear ? clear :
				P2P_ROUTE_UNKNOWN;

			ck_assert_msg(route->kind == want, "control %02x vector %d at %d: %s, "
				      "not %s", control, _i, translated,
				      p2p_route_name(route->kind), p2p_route_name(want));
			ck_assert_ptr_eq(route->port, f.near);
			/* The bits named are among those set. */
			ck_assert_uint_eq(route->bits & ~control, 0);
			if (want == P2P_ROUTE_REDIRECTED)
				ck_assert_uint_ne(route->bits & P2P_ACS_RR, 0);
			ck_assert_ptr_nonnull(route->why);
		}
		/* What the client's port says does not touch completions. */
		ck_assert_int_eq(got.completion.kind, P2P_ROUTE_DIRECT);
		ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_DIRECT);
		tree_free(f.tree);
	}
}
END_TEST

START_TEST(completion_truth_table)
{
	for (unsigned int control = 0; control < 128; control++) {
		struct fabric f = setup();
		struct p2p_fabric got;
		bool redirect = control >> 3 & 1;

		tree_acs(f.far, (uint16_t)control);
		got = eval(&f);
		ck_assert_int_eq(got.completion.kind,
				 redirect ? P2P_ROUTE_REDIRECTED : P2P_ROUTE_DIRECT);
		ck_assert_ptr_eq(got.completion.port, f.far);
		ck_assert_uint_eq(got.completion.bits, redirect ? P2P_ACS_CR : 0);
		ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_DIRECT);
		ck_assert_int_eq(got.request.kind, P2P_ROUTE_DIRECT);
		ck_assert_int_eq(got.translated.kind, P2P_ROUTE_DIRECT);
		tree_free(f.tree);
	}
}
END_TEST

START_TEST(acs_not_read)
{
	struct fabric f = setup();
	struct p2p_fabric got;

	tree_acs_denied(f.near);
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_UNKNOWN);
	ck_assert_ptr_eq(got.request.port, f.near);
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_UNKNOWN);
	ck_assert_int_eq(got.completion.kind, P2P_ROUTE_DIRECT);
	tree_acs_denied(f.far);
	got = eval(&f);
	ck_assert_int_eq(got.completion.kind, P2P_ROUTE_UNKNOWN);
	ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_DIRECT);
	f.usp1->pcie = (struct p2p_pcie){ 0 };
	got = eval(&f);
	ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_UNKNOWN);
	tree_free(f.tree);
}
END_TEST

/* The kernel sees no extended space; what the hardware does is not known. */
START_TEST(kernel_sees_less)
{
	struct fabric f = setup();

	tree_acs_denied(f.near);
	f.near->acs.kernel_fact = P2P_ABSENT;
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_UNKNOWN);
	tree_free(f.tree);
}
END_TEST

/* Ports below the turning point cannot redirect, but any can reject a translated address. */
START_TEST(below_the_turn)
{
	struct fabric f = setup();
	struct p2p_host_bridge *host = &f.tree->bridges[0];
	struct p2p_function *usp2 = tree_add(f.tree, host, f.near, P2P_PORT_UPSTREAM);
	struct p2p_function *low = tree_add(f.tree, host, usp2, P2P_PORT_DOWNSTREAM);
	struct p2p_fabric got;

	f.client = tree_add(f.tree, host, low, P2P_PORT_ENDPOINT);
	tree_acs(low, P2P_ACS_RR | P2P_ACS_CR);
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_DIRECT);
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_DIRECT);
	tree_acs(low, P2P_ACS_TB);
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_DIRECT);
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_BLOCKED);
	ck_assert_ptr_eq(got.translated.port, low);
	ck_assert_uint_eq(got.translated.bits, P2P_ACS_TB);
	/* The same port on the provider's side sees no request go up. */
	got = tree_pair(f.tree, "7.3", f.client, f.provider).fabric;
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_DIRECT);
	tree_acs_denied(low);
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_DIRECT);
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_UNKNOWN);
	/* Rejected at the turn whatever the lower port does. */
	tree_acs(f.near, P2P_ACS_TB);
	got = eval(&f);
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_BLOCKED);
	tree_free(f.tree);
}
END_TEST

/* What was redirected meets the ports above: Upstream Forwarding, and Translation Blocking. */
START_TEST(above_the_turn)
{
	struct fabric f = setup();
	struct p2p_fabric got;

	tree_acs(f.near, P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF);
	tree_acs(f.far, P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF);
	tree_acs(f.rp, P2P_ACS_TB);
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_REDIRECTED);
	ck_assert_int_eq(got.completion.kind, P2P_ROUTE_REDIRECTED);
	ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_DIRECT);
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_BLOCKED);
	ck_assert_ptr_eq(got.translated.port, f.rp);
	tree_acs(f.rp, 0);
	ck_assert_int_eq(eval(&f).translated.kind, P2P_ROUTE_REDIRECTED);
	for (int way = 0; way < 3; way++) {
		if (way == 0)
			tree_acs(f.dsp0, 0);
		else if (way == 1)
			f.dsp0->acs.fact = P2P_ABSENT;
		else
			tree_acs_denied(f.dsp0);
		got = eval(&f);
		ck_assert_int_eq(got.request.kind, way < 2 ? P2P_ROUTE_BLOCKED :
							     P2P_ROUTE_UNKNOWN);
		ck_assert_int_eq(got.completion.kind, got.request.kind);
		ck_assert_ptr_eq(got.request.port, f.dsp0);
	}
	/* Direct ones never come there. */
	tree_acs(f.near, 0);
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_DIRECT);
	tree_free(f.tree);
}
END_TEST

START_TEST(functions_of_one_device)
{
	struct fabric f = setup();
	struct p2p_fabric got;

	f.provider = tree_add(f.tree, &f.tree->bridges[0], f.near, P2P_PORT_ENDPOINT);
	/* The device's own choice, until it says that it can redirect and does not. */
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_UNKNOWN);
	ck_assert_int_eq(got.completion.kind, P2P_ROUTE_UNKNOWN);
	tree_acs(f.client, 0);
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_DIRECT);
	f.client->acs.capability = 0;
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_UNKNOWN);
	tree_acs(f.client, P2P_ACS_RR | P2P_ACS_TB);
	tree_acs(f.near, P2P_ACS_UF);
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_REDIRECTED);
	/* Translation Blocking is for ports, this is none. */
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_REDIRECTED);
	tree_acs(f.client, P2P_ACS_EC);
	f.client->acs.egress_bits = 8;
	f.client->acs.egress_fact = P2P_PRESENT;
	f.client->acs.egress[0] = 1u << (f.provider->bdf.devfn & 7);
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_BLOCKED);
	f.client->acs.egress[0] = ~f.client->acs.egress[0];
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_DIRECT);
	/* Relaxed completions are not redirected by a device either. */
	tree_acs(f.provider, P2P_ACS_CR);
	got = eval(&f);
	ck_assert_int_eq(got.completion.kind, P2P_ROUTE_REDIRECTED);
	ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_DIRECT);
	f.client->ari = P2P_PRESENT;
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_UNKNOWN);
	tree_free(f.tree);
}
END_TEST

START_TEST(through_the_root_complex)
{
	struct fabric f = setup();
	struct p2p_host_bridge *host = &f.tree->bridges[0];
	struct p2p_function *other = tree_add(f.tree, host, NULL, P2P_PORT_ROOT);
	struct p2p_fabric got;

	f.provider = tree_add(f.tree, host, other, P2P_PORT_ENDPOINT);
	other->pcie.port_number = (struct p2p_number){ P2P_PRESENT, 3 };
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_UNKNOWN);
	ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_UNKNOWN);
	tree_acs(f.rp, 0);
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_UNKNOWN);
	tree_acs(f.rp, P2P_ACS_RR | P2P_ACS_TB);
	got = eval(&f);
	ck_assert_int_eq(got.request.kind, P2P_ROUTE_REDIRECTED);
	ck_assert_int_eq(got.translated.kind, P2P_ROUTE_BLOCKED);
	tree_acs(f.rp, P2P_ACS_EC);
	f.rp->acs.egress_bits = 8;
	f.rp->acs.egress_fact = P2P_PRESENT;
	f.rp->acs.egress[0] = 1u << 3;
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_BLOCKED);
	tree_acs(other, P2P_ACS_CR);
	got = eval(&f);
	ck_assert_int_eq(got.completion.kind, P2P_ROUTE_REDIRECTED);
	ck_assert_ptr_eq(got.completion.port, other);
	ck_assert_int_eq(got.completion_relaxed.kind, P2P_ROUTE_UNKNOWN);
	/* Another host bridge: its ports have no bit in the vector. */
	host = tree_bridge(f.tree);
	other = tree_add(f.tree, host, NULL, P2P_PORT_ROOT);
	other->pcie.port_number = (struct p2p_number){ P2P_PRESENT, 3 };
	f.provider = tree_add(f.tree, host, other, P2P_PORT_ENDPOINT);
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_UNKNOWN);
	tree_free(f.tree);
}
END_TEST

START_TEST(one_conventional_bus)
{
	struct fabric f = setup();
	struct p2p_host_bridge *host = &f.tree->bridges[0];
	struct p2p_function *bridge = tree_add(f.tree, host, f.near, P2P_PORT_PCI_BRIDGE);
	struct p2p_fabric got;

	for (int way = 0; way < 2; way++) {
		f.client = tree_add(f.tree, host, bridge, -1);
		f.provider = tree_add(f.tree, host, bridge, -1);
		got = eval(&f);
		ck_assert_int_eq(got.request.kind, P2P_ROUTE_DIRECT);
		ck_assert_int_eq(got.completion.kind, P2P_ROUTE_DIRECT);
		ck_assert_int_eq(got.translated.kind, P2P_ROUTE_UNKNOWN);
		bridge = tree_add(f.tree, host, bridge, -1);
	}
	tree_free(f.tree);
}
END_TEST

START_TEST(not_routed)
{
	struct fabric f = setup();

	ck_assert_int_eq(tree_pair(f.tree, "7.3", f.client, f.client).fabric.request.kind,
			 P2P_ROUTE_UNKNOWN);
	ck_assert_int_eq(tree_pair(f.tree, "7.3", f.usp1, f.client).fabric.request.kind,
			 P2P_ROUTE_UNKNOWN);
	f.client->orphan = true;
	f.provider = tree_add(f.tree, tree_bridge(f.tree), NULL, P2P_PORT_ENDPOINT);
	ck_assert_int_eq(eval(&f).request.kind, P2P_ROUTE_UNKNOWN);
	tree_free(f.tree);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fabric");
	TCase *tcase = tcase_create("fabric");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, request_truth_table, 0, VECTOR_NEGATIVE + 1);
	tcase_add_test(tcase, completion_truth_table);
	tcase_add_test(tcase, acs_not_read);
	tcase_add_test(tcase, kernel_sees_less);
	tcase_add_test(tcase, below_the_turn);
	tcase_add_test(tcase, above_the_turn);
	tcase_add_test(tcase, functions_of_one_device);
	tcase_add_test(tcase, through_the_root_complex);
	tcase_add_test(tcase, one_conventional_bus);
	tcase_add_test(tcase, not_routed);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}
