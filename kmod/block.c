// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block layer requests. The block layer checks the first segment of a request and
 * maps the others in the same way, so peer memory behind ordinary memory, or
 * behind another peer's, is mapped without a check. So we check all memory of a
 * request where its mapping begins, except for the first piece: for that one the
 * kernel asks, and the hook there decides and counts.
 *
 * Nearly all requests have no peer memory. They are recognized by the zone of
 * each piece's page, before the list is looked at.
 */
#include "compat.h"
#include "gate.h"

#if defined(GATE_SUPPORTED) && defined(GATE_HAS_REQUEST)

/* The state of a walk over one request. */
struct walk {
	const struct gate_list *list;
	struct gate_ask *ask;
	struct device *dma_dev;
	const struct dev_pagemap *last;	/* that of the previous piece; NULL: ordinary memory */
	enum gate_answer answer;
};

/* A pagemap belongs to one provider, so consecutive pieces of the same pagemap are judged once. */
static void notrace look_at_peer(struct walk *walk, const struct bio_vec *piece, bool is_first)
{
	const struct dev_pagemap *last = walk->last;

	walk->last = page_pgmap(piece->bv_page);
	if (is_first || walk->last == last)
		return;
	if (gate_ask_address(walk->list, walk->ask, walk->dma_dev, bvec_phys(piece),
			     piece->bv_len) == GATE_REFUSE)
		walk->answer = GATE_REFUSE;
}

static __always_inline bool is_peer(const struct bio_vec *piece)
{
	return is_zone_device_page(piece->bv_page) && is_pci_p2pdma_page(piece->bv_page);
}

/*
 * Iterate over the pieces of one bio, from the first that is not done yet; a piece
 * that is half done is checked as a whole. Open-coded because the iterators of the
 * block layer cost five times as much, and this runs for every page of every
 * request.
 */
static __always_inline const struct bio_vec *begin(const struct bio_vec *all,
						   const struct bvec_iter *iter, u32 *ret_left,
						   u32 *ret_len)
{
	*ret_left = iter->bi_size;
	*ret_len = iter->bi_size ? mp_bvec_iter_len(all, *iter) : 0;
	return all + iter->bi_idx;
}

static __always_inline const struct bio_vec *advance(const struct bio_vec *piece, u32 *left,
						     u32 *len)
{
	*left -= *len;
	*len = *left ? min(*left, piece[1].bv_len) : 0;
	return piece + 1;
}

static void notrace look_at(struct walk *walk, const struct bio_vec *all,
			    const struct bvec_iter *iter, bool is_first)
{
	const struct bio_vec *piece;
	u32 left, len;

	for (piece = begin(all, iter, &left, &len); left; piece = advance(piece, &left, &len)) {
		if (is_peer(piece))
			look_at_peer(walk, piece, is_first);
		else
			walk->last = NULL;
		is_first = false;
	}
}

/* Does the bio have any peer memory, the first piece included? */
static __always_inline bool has_peer(const struct bio_vec *all, const struct bvec_iter *iter)
{
	const struct bio_vec *piece;
	u32 left, len;

	for (piece = begin(all, iter, &left, &len); left; piece = advance(piece, &left, &len)) {
		if (unlikely(is_peer(piece)))
			return true;
	}
	return false;
}

/* Runs before the list is looked at: all ordinary memory, or a single piece, needs no decision. */
bool notrace gate_has_request(struct ftrace_regs *fregs, unsigned long parent_ip)
{
	struct request *req = GATE_ARG(fregs, 0, struct request *);
	struct bio *bio = req->bio;

	if (req->rq_flags & RQF_SPECIAL_PAYLOAD)
		return false;	/* one piece, which the driver allocated */
	if (!bio || !bio_has_data(bio) ||
	    (!bio->bi_next && mp_bvec_iter_len(bio->bi_io_vec, bio->bi_iter) == bio->bi_iter.bi_size))
		return false;
	for (; bio; bio = bio->bi_next) {
		if (has_peer(bio->bi_io_vec, &bio->bi_iter))
			return true;
	}
	return false;
}

/*
 * bool blk_rq_dma_map_iter_start(struct request *req, struct device *dma_dev,
 *				  struct dma_iova_state *state, struct blk_dma_iter *iter)
 * A promoted pair just passes: behind the first segment the kernel does not check,
 * so there is no answer to replace.
 */
enum gate_answer notrace gate_ask_request(const struct gate_list *list, struct gate_ask *ask,
					  struct ftrace_regs *fregs)
{
	struct request *req = GATE_ARG(fregs, 0, struct request *);
	struct walk walk = {
		.list = list, .ask = ask, .dma_dev = GATE_ARG(fregs, 1, struct device *),
	};
	struct bio *bio;

	for (bio = req->bio; bio; bio = bio->bi_next)
		look_at(&walk, bio->bi_io_vec, &bio->bi_iter, bio == req->bio);
	return walk.answer;
}

#ifdef GATE_HAS_METADATA
/* The same for blk_rq_integrity_dma_map_iter_start(), which has the same arguments. */
enum gate_answer notrace gate_ask_metadata(const struct gate_list *list, struct gate_ask *ask,
					   struct ftrace_regs *fregs)
{
	struct request *req = GATE_ARG(fregs, 0, struct request *);
	struct walk walk = {
		.list = list, .ask = ask, .dma_dev = GATE_ARG(fregs, 1, struct device *),
	};
	struct bio *bio;

	for (bio = req->bio; bio; bio = bio->bi_next) {
		const struct bio_integrity_payload *metadata = bio_integrity(bio);

		if (metadata)
			look_at(&walk, metadata->bip_vec, &metadata->bip_iter, bio == req->bio);
	}
	return walk.answer;
}
#endif

/* The same result as when the kernel refuses the first segment. */
noinline notrace bool gate_refuse_request(struct request *req, struct device *dma_dev,
					  struct dma_iova_state *state, struct blk_dma_iter *iter)
{
	memset(&iter->p2pdma, 0, sizeof(iter->p2pdma));
	iter->p2pdma.map = PCI_P2PDMA_MAP_NOT_SUPPORTED;
	iter->status = BLK_STS_INVAL;
	return false;
}

#endif
