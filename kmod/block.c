// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of the block layer. It asks about the first segment of a request and
 * maps the others as if they were like it, so that peer memory behind ordinary
 * memory, or behind another peer's, is mapped unasked. So all memory of a
 * request is looked at where its mapping begins, except for the first piece:
 * that one the kernel asks about, and the hook there decides and counts.
 *
 * Nearly all requests have no peer memory: for them this costs a look at the
 * zone of each piece's page.
 */
#include "compat.h"
#include "gate.h"

#if defined(GATE_SUPPORTED) && defined(GATE_HAS_REQUEST)

/* What has been seen of one request. */
struct walk {
	const struct gate_list *list;
	struct gate_ask *ask;
	struct device *dma_dev;
	const struct dev_pagemap *last;	/* that the piece before belongs to; NULL: ordinary memory */
	bool is_begun;
	enum gate_answer answer;
};

/* A pagemap is one provider's, so pieces that follow each other in one are one question. */
static void notrace look_at(struct walk *walk, const struct bio_vec *piece)
{
	const struct dev_pagemap *last = walk->last;
	bool is_first = !walk->is_begun;

	walk->is_begun = true;
	walk->last = NULL;
	if (!is_pci_p2pdma_page(piece->bv_page))
		return;
	walk->last = page_pgmap(piece->bv_page);
	if (is_first || walk->last == last)
		return;
	if (gate_ask_address(walk->list, walk->ask, walk->dma_dev, bvec_phys(piece),
			     piece->bv_len) == GATE_REFUSE)
		walk->answer = GATE_REFUSE;
}

/*
 * bool blk_rq_dma_map_iter_start(struct request *req, struct device *dma_dev,
 *				  struct dma_iova_state *state, struct blk_dma_iter *iter)
 * A promoted pair passes: behind the first segment nothing is asked that would
 * have to be answered for the kernel.
 */
enum gate_answer notrace gate_ask_request(const struct gate_list *list, struct gate_ask *ask,
					  struct ftrace_regs *fregs, unsigned long parent_ip)
{
	struct request *req = GATE_ARG(fregs, 0, struct request *);
	struct walk walk = {
		.list = list, .ask = ask, .dma_dev = GATE_ARG(fregs, 1, struct device *),
	};
	struct req_iterator iter;
	struct bio_vec piece;

	if (req->rq_flags & RQF_SPECIAL_PAYLOAD)
		return GATE_PASS;	/* one piece, which the driver allocated */
	rq_for_each_bvec(piece, req, iter)
		look_at(&walk, &piece);
	return walk.answer;
}

#ifdef GATE_HAS_METADATA
/* blk_rq_integrity_dma_map_iter_start(), with the same arguments */
enum gate_answer notrace gate_ask_metadata(const struct gate_list *list, struct gate_ask *ask,
					   struct ftrace_regs *fregs, unsigned long parent_ip)
{
	struct request *req = GATE_ARG(fregs, 0, struct request *);
	struct walk walk = {
		.list = list, .ask = ask, .dma_dev = GATE_ARG(fregs, 1, struct device *),
	};
	struct bvec_iter iter;
	struct bio_vec piece;
	struct bio *bio;

	for (bio = req->bio; bio; bio = bio->bi_next) {
		struct bio_integrity_payload *metadata = bio_integrity(bio);

		if (!metadata)
			continue;
		for_each_mp_bvec(piece, metadata->bip_vec, iter, metadata->bip_iter)
			look_at(&walk, &piece);
	}
	return walk.answer;
}
#endif

/* As the kernel does it itself when it refuses the first segment. */
noinline notrace bool gate_refuse_request(struct request *req, struct device *dma_dev,
					  struct dma_iova_state *state, struct blk_dma_iter *iter)
{
	memset(&iter->p2pdma, 0, sizeof(iter->p2pdma));
	iter->p2pdma.map = PCI_P2PDMA_MAP_NOT_SUPPORTED;
	iter->status = BLK_STS_INVAL;
	return false;
}

#endif
