/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The decoders: a table of capabilities, and for each a table of its fields.  What takes more than copying a
 * field has a function in its row.  A register that was not read makes the whole capability DENIED: half a
 * capability would claim that the other half is zero.
 */
#include <string.h>

#include "base/pci-regs.h"
#include "topology/build.h"

/* Definitions that the oldest supported kernel headers lack. */
#define LNKSTA2_FLIT	0x0400u		/* Flit Mode Status, PCIe r6.0, sec 7.5.3.20 */
#define REBAR_CAP	0x04u		/* Resizable BAR registers, PCIe r6.0, sec 7.8.6 */
#define REBAR_CTRL	0x08u

/**
 * struct field - where a field of a register goes.
 * @reg: offset in the capability; @bytes of it are read (2 or 4)
 * @at, @size: place and size of the member of struct p2p_function
 */
struct field {
	uint16_t reg, bytes;
	uint32_t mask;
	uint16_t at, size;
};

#define FIELD(reg, bytes, mask, member) \
	{ reg, bytes, mask, offsetof(struct p2p_function, member), \
	  sizeof(((struct p2p_function *)0)->member) }

/**
 * struct decoder - one capability.
 * @fact: place of its enum p2p_fact in struct p2p_function
 * @finish: what the fields alone do not tell; false if a register was not known
 */
struct decoder {
	uint16_t id;
	bool extended;
	uint16_t fact;
	const struct field *fields;
	size_t field_count;
	bool (*finish)(struct p2p_function *function, const struct p2p_config *config,
		       unsigned int offset);
};

static bool read_field(const struct p2p_config *config, unsigned int offset,
		       const struct field *field, uint32_t *ret_value)
{
	uint16_t word;

	if (field->bytes == 4)
		return p2p_config_read32(config, offset, ret_value);
	if (!p2p_config_read16(config, offset, &word))
		return false;
	*ret_value = word;
	return true;
}

static bool decode_fields(struct p2p_function *function, const struct p2p_config *config,
			  unsigned int offset, const struct field *fields, size_t count)
{
	unsigned char *base = (unsigned char *)function;

	for (; count; fields++, count--) {
		uint32_t value;

		if (!read_field(config, offset + fields->reg, fields, &value))
			return false;
		value = (value & fields->mask) / (fields->mask & -fields->mask);
		/* Members are bool, uint8_t, uint16_t or 32 bits wide. */
		if (fields->size == 1)
			*(uint8_t *)(base + fields->at) = (uint8_t)value;
		else if (fields->size == 2)
			memcpy(base + fields->at, &(uint16_t){ (uint16_t)value }, 2);
		else
			memcpy(base + fields->at, &value, 4);
	}
	return true;
}

static const struct field pcie_fields[] = {
	FIELD(PCI_EXP_FLAGS, 2, PCI_EXP_FLAGS_TYPE, pcie.type),
	FIELD(PCI_EXP_FLAGS, 2, PCI_EXP_FLAGS_SLOT, pcie.slot),
	FIELD(PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_PAYLOAD, pcie.mps_supported_bytes),
	FIELD(PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_PAYLOAD, pcie.mps_bytes),
	FIELD(PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_READRQ, pcie.mrrs_bytes),
	FIELD(PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_RELAXED, pcie.relaxed_ordering),
	FIELD(PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_EXT_TAG, pcie.extended_tags),
};

static const struct field link_fields[] = {
	FIELD(PCI_EXP_LNKCAP, 4, PCI_EXP_LNKCAP_SPEED, pcie.most.speed_mtps),
	FIELD(PCI_EXP_LNKCAP, 4, PCI_EXP_LNKCAP_WIDTH, pcie.most.width),
	FIELD(PCI_EXP_LNKCTL, 2, PCI_EXP_LNKCTL_ASPM, pcie.aspm),
	FIELD(PCI_EXP_LNKSTA, 2, PCI_EXP_LNKSTA_SPEED, pcie.now.speed_mtps),
	FIELD(PCI_EXP_LNKSTA, 2, PCI_EXP_LNKSTA_WIDTH, pcie.now.width),
};

static const struct field slot_fields[] = {
	FIELD(PCI_EXP_SLTCAP, 4, PCI_EXP_SLTCAP_HPC, pcie.hotplug),
	FIELD(PCI_EXP_SLTCAP, 4, PCI_EXP_SLTCAP_PSN, pcie.slot_number),
};

/* From version 2 of the capability on. */
static const struct field pcie2_fields[] = {
	FIELD(PCI_EXP_DEVCAP2, 4, PCI_EXP_DEVCAP2_ATOMICOP_ROUTING, pcie.atomic_routing),
	FIELD(PCI_EXP_DEVCAP2, 4, PCI_EXP_DEVCAP2_32BIT_ATOMICOP_COMP, pcie.atomic_completer_32),
	FIELD(PCI_EXP_DEVCAP2, 4, PCI_EXP_DEVCAP2_64BIT_ATOMICOP_COMP, pcie.atomic_completer_64),
	FIELD(PCI_EXP_DEVCAP2, 4, PCI_EXP_DEVCAP2_128BIT_CAS_COMP, pcie.atomic_completer_128cas),
	FIELD(PCI_EXP_DEVCTL2, 2, PCI_EXP_DEVCTL2_ARI, pcie.ari_forwarding),
	FIELD(PCI_EXP_DEVCTL2, 2, PCI_EXP_DEVCTL2_ATOMICOP_REQUESTER_EN, pcie.atomic_requester),
	FIELD(PCI_EXP_DEVCTL2, 2, PCI_EXP_DEVCTL2_ATOMICOP_EGRESS_BLOCK,
	      pcie.atomic_egress_block),
	FIELD(PCI_EXP_DEVCTL2, 2, PCI_EXP_DEVCTL2_10BIT_TAG_REQ, pcie.tags_10bit),
};

static const struct field link2_fields[] = {
	FIELD(PCI_EXP_LNKSTA2, 2, LNKSTA2_FLIT, pcie.flit),
};

/* Encodings of Max Link Speed and Current Link Speed: the bit of Supported Link Speeds. */
static unsigned int speed_of(unsigned int encoded)
{
	static const unsigned int speeds[] = { 0, 2500, 5000, 8000, 16000, 32000, 64000 };

	return encoded < P2P_LENGTH(speeds) ? speeds[encoded] : 0;
}

/* Max_Payload_Size and Max_Read_Request_Size: 6 and 7 are reserved. */
static unsigned int size_of(unsigned int encoded)
{
	return encoded < 6 ? 128u << encoded : 0;
}

static bool finish_link(struct p2p_function *function, const struct p2p_config *config,
			unsigned int offset)
{
	struct p2p_pcie *pcie = &function->pcie;
	uint32_t capabilities;
	uint16_t status;

	/* PCIe r6.0, sec 7.5.3.6: these have no Link registers. */
	if (pcie->type == P2P_PORT_RC_ENDPOINT || pcie->type == P2P_PORT_RC_EVENT_COLLECTOR)
		return true;
	if (!decode_fields(function, config, offset, link_fields, P2P_LENGTH(link_fields)) ||
	    !p2p_config_read32(config, offset + PCI_EXP_LNKCAP, &capabilities) ||
	    !p2p_config_read16(config, offset + PCI_EXP_LNKSTA, &status))
		return false;
	pcie->port_number = (struct p2p_number){ P2P_PRESENT, capabilities >> 24 };
	pcie->most.speed_mtps = speed_of(pcie->most.speed_mtps);
	pcie->now.speed_mtps = speed_of(pcie->now.speed_mtps);
	/* PCIe r6.0, sec 7.5.3.8: both fields are undefined while the link is down. */
	if (((capabilities & PCI_EXP_LNKCAP_DLLA) && !(status & PCI_EXP_LNKSTA_DL_ACT)) ||
	    !pcie->now.width || !pcie->now.speed_mtps)
		pcie->now = (struct p2p_link){ 0, 0 };
	return true;
}

static bool finish_pcie(struct p2p_function *function, const struct p2p_config *config,
			unsigned int offset)
{
	struct p2p_pcie *pcie = &function->pcie;
	uint16_t flags;

	if (!p2p_config_read16(config, offset + PCI_EXP_FLAGS, &flags) ||
	    !finish_link(function, config, offset))
		return false;
	pcie->mps_supported_bytes = size_of(pcie->mps_supported_bytes);
	pcie->mps_bytes = size_of(pcie->mps_bytes);
	pcie->mrrs_bytes = size_of(pcie->mrrs_bytes);
	/* Slot Implemented is meaningful only for these: PCIe r6.0, sec 7.5.3.2. */
	pcie->slot = pcie->slot &&
		     (pcie->type == P2P_PORT_ROOT || pcie->type == P2P_PORT_DOWNSTREAM);
	if (pcie->slot &&
	    !decode_fields(function, config, offset, slot_fields, P2P_LENGTH(slot_fields)))
		return false;
	pcie->second = pcie->flit_fact = P2P_PRESENT;
	if ((flags & PCI_EXP_FLAGS_VERS) < 2)
		return true;
	/* The text of older releases of lspci does not show all of these. */
	if (!decode_fields(function, config, offset, pcie2_fields, P2P_LENGTH(pcie2_fields)))
		pcie->second = P2P_DENIED;
	if (pcie->most.width &&
	    !decode_fields(function, config, offset, link2_fields, P2P_LENGTH(link2_fields)))
		pcie->flit_fact = P2P_DENIED;
	return true;
}

static const struct field acs_fields[] = {
	FIELD(PCI_ACS_CAP, 2, 0xffff, acs.capability),
	FIELD(PCI_ACS_CTRL, 2, 0xffff, acs.control),
};

bool p2p_acs_is_dword(const struct p2p_function *function)
{
	static const struct { uint16_t first, last; } ports[] = {
		{ 0xa110, 0xa11f }, { 0xa167, 0xa16a },	/* Sunrise Point */
		{ 0xa290, 0xa29f }, { 0xa2e7, 0xa2ee },	/* Union Point */
		{ 0x9d10, 0x9d1b },			/* 7th and 8th generation mobile */
	};

	if (function->vendor != PCI_VENDOR_ID_INTEL ||
	    !p2p_function_is_type(function, P2P_PORT_ROOT))
		return false;
	for (size_t i = 0; i < P2P_LENGTH(ports); i++)
		if (function->device >= ports[i].first && function->device <= ports[i].last)
			return true;
	return false;
}

static void read_egress(struct p2p_acs *acs, const struct p2p_config *config, unsigned int offset)
{
	/* PCIe r6.0, sec 7.7.11.2: a size of 0 means 256. */
	acs->egress_bits = acs->capability >> 8 ? acs->capability >> 8 : 256;
	for (unsigned int i = 0; i * 32 < acs->egress_bits; i++)
		if (!p2p_config_read32(config, offset + 4 * i, &acs->egress[i]))
			return;
	acs->egress_fact = P2P_PRESENT;
}

static bool finish_acs(struct p2p_function *function, const struct p2p_config *config,
		       unsigned int offset)
{
	struct p2p_acs *acs = &function->acs;

	acs->upper = config->acs_from_text ? P2P_DENIED : P2P_PRESENT;
	acs->kernel_control = acs->control;
	acs->egress_fact = P2P_ABSENT;
	if (p2p_acs_is_dword(function)) {
		/* Where these keep an egress vector is undocumented. */
		acs->egress_fact = acs->capability & P2P_ACS_EC ? P2P_DENIED : P2P_ABSENT;
		return p2p_config_read16(config, offset + 8, &acs->control);
	}
	if (acs->capability & P2P_ACS_EC) {
		acs->egress_fact = P2P_DENIED;
		if (acs->upper == P2P_DENIED)
			return true;
		read_egress(acs, config, offset + PCI_ACS_EGRESS_CTRL);
	}
	return true;
}

static const struct field ats_fields[] = {
	FIELD(PCI_ATS_CTRL, 2, PCI_ATS_CTRL_ENABLE, ats.ats_enabled),
};
static const struct field pri_fields[] = {
	FIELD(PCI_PRI_CTRL, 2, PCI_PRI_CTRL_ENABLE, ats.pri_enabled),
};
static const struct field pasid_fields[] = {
	FIELD(PCI_PASID_CTRL, 2, PCI_PASID_CTRL_ENABLE, ats.pasid_enabled),
};

static const struct field sriov_fields[] = {
	FIELD(PCI_IOV_TOTALVF, 2, 0xffff, sriov.total),
	FIELD(PCI_IOV_NUMVF, 2, 0xffff, sriov.active),
	FIELD(PCI_IOV_DID, 2, 0xffff, sriov.vf_device),
	FIELD(PCI_IOV_OFFSET, 2, 0xffff, sriov.first_offset),
	FIELD(PCI_IOV_STRIDE, 2, 0xffff, sriov.stride),
};

static bool finish_sriov(struct p2p_function *function, const struct p2p_config *config,
			 unsigned int offset)
{
	uint16_t control;

	if (!p2p_config_read16(config, offset + PCI_IOV_CTRL, &control))
		return false;
	if (!(control & PCI_IOV_CTRL_VFE))
		function->sriov.active = 0;
	return true;
}

static bool finish_serial(struct p2p_function *function, const struct p2p_config *config,
			  unsigned int offset)
{
	uint32_t low, high;

	if (!p2p_config_read32(config, offset + 4, &low) ||
	    !p2p_config_read32(config, offset + 8, &high))
		return false;
	function->serial.value = (int64_t)((uint64_t)high << 32 | low);
	return true;
}

static const struct field dpc_fields[] = {
	FIELD(PCI_DPC_STATUS, 2, PCI_DPC_STS_TRIGGER, dpc.triggered),
};

static bool finish_dpc(struct p2p_function *function, const struct p2p_config *config,
		       unsigned int offset)
{
	uint16_t control;

	if (!p2p_config_read16(config, offset + PCI_DPC_CTL, &control))
		return false;
	function->dpc.enabled = PCI_DPC_CTL_TRIGGER(control) != 0;
	return true;
}

static const struct field aer_fields[] = {
	FIELD(PCI_ERR_UNCOR_STATUS, 4, 0xffffffff, aer.uncorrectable),
	FIELD(PCI_ERR_COR_STATUS, 4, 0xffffffff, aer.correctable),
};

/*
 * PCIe r6.0, sec 7.8.6: a pair of registers per BAR, and their number in the first.  Sizes from 1 MiB to 128
 * TiB are bits 4 to 31 of Capability; from 256 TiB on bits 16 to 31 of Control.
 */
static bool decode_rebar(struct p2p_rebar *rebar, uint32_t capability, uint32_t control)
{
	unsigned int exponent = control >> 8 & 0x3f;

	if (exponent > 43)
		return false;
	rebar->fact = P2P_PRESENT;
	rebar->sizes = capability >> 4 | (uint64_t)(control >> 16) << 28;
	rebar->size_bytes = (uint64_t)1 << (20 + exponent);
	return true;
}

static bool finish_rebar(struct p2p_function *function, const struct p2p_config *config,
			 unsigned int offset)
{
	uint32_t capability, control;
	unsigned int i, count, index;

	if (!p2p_config_read32(config, offset + REBAR_CTRL, &control))
		return false;
	count = control >> 5 & 7;
	for (i = 0; i < count; i++) {
		if (!p2p_config_read32(config, offset + 8 * i + REBAR_CAP, &capability) ||
		    !p2p_config_read32(config, offset + 8 * i + REBAR_CTRL, &control))
			return false;
		index = control & 7;
		if (index >= P2P_BARS ||
		    !decode_rebar(&function->bar[index].rebar, capability, control))
			return false;
	}
	return true;
}

#define DECODER(id, extended, fact, fields, finish) \
	{ id, extended, offsetof(struct p2p_function, fact), fields, P2P_LENGTH(fields), finish }
#define FUNCTION(id, extended, fact, finish) \
	{ id, extended, offsetof(struct p2p_function, fact), NULL, 0, finish }

/* ACS after PCIe: whether it has the dword layout depends on the port type. */
static const struct decoder decoders[] = {
	DECODER(PCI_CAP_ID_EXP, false, pcie.fact, pcie_fields, finish_pcie),
	DECODER(PCI_EXT_CAP_ID_ACS, true, acs.fact, acs_fields, finish_acs),
	DECODER(PCI_EXT_CAP_ID_ATS, true, ats.ats, ats_fields, NULL),
	DECODER(PCI_EXT_CAP_ID_PRI, true, ats.pri, pri_fields, NULL),
	DECODER(PCI_EXT_CAP_ID_PASID, true, ats.pasid, pasid_fields, NULL),
	DECODER(PCI_EXT_CAP_ID_SRIOV, true, sriov.fact, sriov_fields, finish_sriov),
	DECODER(PCI_EXT_CAP_ID_DPC, true, dpc.fact, dpc_fields, finish_dpc),
	DECODER(PCI_EXT_CAP_ID_AER, true, aer.fact, aer_fields, NULL),
	FUNCTION(PCI_EXT_CAP_ID_ARI, true, ari, NULL),
	FUNCTION(PCI_EXT_CAP_ID_DSN, true, serial.fact, finish_serial),
	FUNCTION(PCI_EXT_CAP_ID_REBAR, true, rebar, finish_rebar),
};

static enum p2p_fact decode_one(struct p2p_function *function, const struct p2p_config *config,
				const struct decoder *decoder)
{
	const struct p2p_capability *capability;
	enum p2p_fact fact;

	fact = p2p_config_find(config, decoder->id, decoder->extended, &capability);
	if (fact != P2P_PRESENT)
		return fact;
	if (decoder->id == PCI_CAP_ID_EXP && !decoder->extended)
		function->pcie.offset = capability->offset;
	else if (decoder->id == PCI_EXT_CAP_ID_ACS)
		function->acs.offset = capability->offset;
	if (!decode_fields(function, config, capability->offset, decoder->fields,
			   decoder->field_count) ||
	    (decoder->finish && !decoder->finish(function, config, capability->offset)))
		return P2P_DENIED;
	return P2P_PRESENT;
}

/*
 * CXL r3.0, sec 8.1: several Designated Vendor-Specific capabilities of vendor 1e98h, told apart
 * by DVSEC ID; ID 0 is the one for devices.
 */
static enum p2p_fact decode_dvsec(struct p2p_cxl *cxl, const struct p2p_config *config,
				  unsigned int offset)
{
	uint16_t vendor, id, capability, control;

	if (!p2p_config_read16(config, offset + PCI_DVSEC_HEADER1, &vendor) ||
	    !p2p_config_read16(config, offset + PCI_DVSEC_HEADER2, &id))
		return P2P_DENIED;
	if (vendor != PCI_DVSEC_VENDOR_ID_CXL)
		return P2P_ABSENT;
	if (id < 16)
		cxl->dvsec_ids |= (uint16_t)(1u << id);
	if (id != PCI_DVSEC_ID_CXL)
		return P2P_PRESENT;
	if (!p2p_config_read16(config, offset + PCI_CXL_DEV_CAP, &capability) ||
	    !p2p_config_read16(config, offset + PCI_CXL_DEV_CTRL, &control))
		return P2P_DENIED;
	cxl->cache = capability & PCI_CXL_DEV_CAP_CACHE;
	cxl->io = capability & PCI_CXL_DEV_CAP_IO;
	cxl->mem = capability & PCI_CXL_DEV_CAP_MEM;
	cxl->mem_enabled = control & PCI_CXL_DEV_CTRL_MEM;
	return P2P_PRESENT;
}

static enum p2p_fact decode_cxl(struct p2p_cxl *cxl, const struct p2p_config *config)
{
	const struct p2p_capability *first;
	enum p2p_fact chain = p2p_config_find(config, PCI_EXT_CAP_ID_DVSEC, true, &first);
	enum p2p_fact all = P2P_ABSENT;

	if (chain != P2P_PRESENT)
		return chain;
	for (unsigned int i = 0; i < config->capability_count; i++) {
		const struct p2p_capability *capability = &config->capabilities[i];
		enum p2p_fact one;

		if (!capability->extended || capability->id != PCI_EXT_CAP_ID_DVSEC)
			continue;
		one = decode_dvsec(cxl, config, capability->offset);
		if (one == P2P_DENIED)
			return P2P_DENIED;
		if (one == P2P_PRESENT)
			all = P2P_PRESENT;
	}
	return all;
}

/* Set what the kernel sees of ACS; see struct p2p_acs. */
static void set_kernel_acs(struct p2p_function *function, const struct p2p_config *config)
{
	function->acs.kernel_fact = function->acs.fact;
	if (!config->kernel_limited)
		return;
	function->acs.kernel_fact = P2P_ABSENT;
	function->acs.fact = P2P_DENIED;
}

/* If the kernel sees no extended space, the hardware may still have one: then nothing is absent. */
static enum p2p_fact limit(const struct p2p_config *config, const struct decoder *decoder,
			   enum p2p_fact fact)
{
	return config->kernel_limited && decoder->extended ? P2P_DENIED : fact;
}

void p2p_caps_decode(struct p2p_function *function, const struct p2p_config *config)
{
	size_t i;

	function->config_bytes = config->size;
	function->capabilities_broken = config->broken != 0;
	if (function->silent)
		return;
	for (i = 0; i < P2P_LENGTH(decoders); i++) {
		enum p2p_fact fact = decode_one(function, config, &decoders[i]);

		fact = limit(config, &decoders[i], fact);
		memcpy((unsigned char *)function + decoders[i].fact, &fact, sizeof(fact));
	}
	set_kernel_acs(function, config);
	function->cxl.fact = config->kernel_limited ? P2P_DENIED :
						      decode_cxl(&function->cxl, config);
	for (unsigned int bar = 0; bar < P2P_BARS; bar++)
		if (function->bar[bar].rebar.fact != P2P_PRESENT)
			function->bar[bar].rebar.fact =
				function->rebar == P2P_DENIED ? P2P_DENIED : P2P_ABSENT;
}

/* A VF's own ids read all ones; PCIe r6.0, sec 9.3.4.1.1 and 9.3.3.11. */
static void inherit_ids(struct p2p_function *vf, const struct p2p_function *pf)
{
	if (vf->ids == P2P_PRESENT || pf->ids != P2P_PRESENT || pf->sriov.fact != P2P_PRESENT)
		return;
	vf->ids = P2P_PRESENT;
	/* The class is in the same dword as the revision. */
	if (vf->revision_fact == P2P_PRESENT)
		vf->class_fact = P2P_PRESENT;
	vf->vendor = pf->vendor;
	vf->device = pf->sriov.vf_device;
	vf->kind = p2p_class_of(vf->class_code, vf->vendor, vf->device);
}

void p2p_caps_inherit(struct p2p_function *vf, const struct p2p_function *pf)
{
	struct p2p_pcie own = vf->pcie;

	inherit_ids(vf, pf);
	/* PCIe r6.0, sec 10.5.1.3 and 7.8.9: the PF's PRI and PASID serve its VFs. */
	vf->ats.pri = pf->ats.pri;
	vf->ats.pri_enabled = pf->ats.pri_enabled;
	vf->ats.pasid = pf->ats.pasid;
	vf->ats.pasid_enabled = pf->ats.pasid_enabled;
	if (own.fact != P2P_PRESENT || pf->pcie.fact != P2P_PRESENT)
		return;
	vf->pcie = pf->pcie;
	vf->pcie.offset = own.offset;
	vf->pcie.type = own.type;
}
