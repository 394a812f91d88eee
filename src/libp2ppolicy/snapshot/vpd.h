/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vital Product Data, as far as it identifies individual pieces of hardware. */
#ifndef P2P_SNAPSHOT_VPD_H
#define P2P_SNAPSHOT_VPD_H

#include <stddef.h>
#include <stdint.h>

/**
 * p2p_vpd_each_serial() - call @found for every field that may identify one card or its owner: all but those
 *	that tell what kind of card it is.
 * @bytes: @size bytes, which @found may change in place; the checksum in RV is then corrected
 *
 * PCIe r6.0, sec 6.27, "Vital Product Data (VPD)".  A field longer than the remaining data extends to its
 * end: better to report too much than to miss a serial number.
 */
void p2p_vpd_each_serial(uint8_t *bytes, size_t size,
			 void (*found)(void *data, char *text, size_t size), void *data);

/**
 * p2p_vpd_find() - the text of the first field with @keyword (such as "V3"), borrowed from @bytes.
 * @ret_size: of the text, which is not terminated
 * Return: NULL if there is none.
 */
const char *p2p_vpd_find(const uint8_t *bytes, size_t size, const char *keyword, size_t *ret_size);

#endif
