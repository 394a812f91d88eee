# SPDX-License-Identifier: GPL-2.0-or-later
# The module that DKMS built from the package, in the kernel that it was built for.
. /lab/functions.sh

# In enforce it would hold itself.
insmod /lab/package/p2pgate.ko initial=observe || fail "the module of the package does not load: $(dmesg | tail -3)"
[ -c /dev/p2pgate ] || fail "no /dev/p2pgate"
dmesg | grep 'p2pgate'
rmmod p2pgate || fail "not unloaded"
dmesg | grep -E 'BUG:|WARNING:|Oops' && fail "the kernel complains"
exit 0
