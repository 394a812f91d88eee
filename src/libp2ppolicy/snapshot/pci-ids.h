/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pci.ids, the list of names: what an id is called, and in reverse, which ids have a name. */
#ifndef P2P_SNAPSHOT_PCI_IDS_H
#define P2P_SNAPSHOT_PCI_IDS_H

#include <p2ppolicy/base.h>

struct p2p_names;

/**
 * struct p2p_name - a name in the list.
 * @text: @length characters, without a terminating zero; NULL if none
 */
struct p2p_name {
	const char *text;
	size_t length;
};

/**
 * p2p_names_new() - open this machine's pci.ids.
 * @backwards: p2p_names_find() will be called, which needs the whole list
 * Return: NULL when there is none; free it.
 */
struct p2p_names *p2p_names_new(bool backwards);

/**
 * p2p_names_read() - read the list in a file, which may be compressed.
 * @ret_names: free it
 *
 * Return: 0; -EBADMSG when it is not such a list, or a line of it is malformed; -ENOMEM; the error of open(2)
 *	or read(2).
 */
int p2p_names_read(struct p2p_context *context, const char *path, struct p2p_names **ret_names);

/** p2p_names_free() - free it; NULL is fine.  Return: NULL. */
struct p2p_names *p2p_names_free(struct p2p_names *names);

/** p2p_names_vendor(), _device(), _class() - what an id is called.  @names: NULL knows nothing. */
struct p2p_name p2p_names_vendor(struct p2p_names *names, unsigned int vendor);
struct p2p_name p2p_names_device(struct p2p_names *names, unsigned int vendor, unsigned int device);

/**
 * p2p_names_class() - the name of a class.
 * @class: base class and subclass
 * @ret_exact: false when only the base class has a name
 */
struct p2p_name p2p_names_class(struct p2p_names *names, unsigned int class, bool *ret_exact);

/**
 * p2p_names_find() - the ids of "NVIDIA Corporation GA102 [GeForce RTX 3090]".
 * @names: NULL finds nothing
 *
 * A device without a name is called "Device 2204", from which the id can be read as well.
 * Return: false when no device, or more than one, has that name.
 */
bool p2p_names_find(const struct p2p_names *names, const char *text, unsigned int *ret_vendor,
		    unsigned int *ret_device);

#endif
