# SPDX-License-Identifier: GPL-2.0-or-later
# make_machine: turn a fabric into QEMU's command line, in the array 'machine'. Sourced by run.
# Page table isolation and the self-tests of ciphers take a fifth of what a boot costs an emulator, and nothing here depends on them.
make_machine() {
	local cpu mem accel file size id line image=$kernel/vmlinux board=q35 console=ttyS0
	cpu=$(has cpu); mem=$(has memory); accel=$(has accel)
	# On arm64, whatever the fabric says of an x86 processor does not count.
	[ "$arch" != aarch64 ] || board=virt,gic-version=3 console=ttyAMA0 cpu=cortex-a76
	# There Linux lets an empty slot's port sleep, and QEMU's has no way to wake it.
	[ "$arch" != aarch64 ] || console+=" pcie_port_pm=off"
	# UEFI firmware takes the signed image only.
	[ -e "$image" ] && [[ ${arguments[*]:-} != *if=pflash* ]] || image=$kernel/image
	machine=(-accel "${accel:-tcg,thread=multi}" -machine "$board$(has machine | sed 's/^/,/' | tr -d '\n')"
		-m "${mem:-512}" -smp 2 -cpu "${cpu:-max,vendor=GenuineIntel}" -display none -nodefaults -no-reboot
		-serial stdio -serial "file:$work/result"
		-kernel "$image" -initrd "$work/initrd"
		-append "console=$console panic=-1 nokaslr no_timer_check nopti cryptomgr.notests quiet $parameter $(has append | tr '\n' ' ')$(wants append | tr '\n' ' ')")
	while read -r id size; do
		[ -n "$id" ] || continue
		file=$work/$id.img
		rm -f "$file"
		truncate -s "$size" "$file"
		machine+=(-drive "file=$file,format=raw,if=none,id=$id,cache=unsafe")
	done < <(has drive)
	while read -r line; do
		machine+=(-device "$line")
	done < <(has device)
	while read -r line; do
		machine+=("${line%% *}" "${line#* }")
	done < <(has arg)
	if [ -n "$(wants qmp)" ]; then
		machine+=(-qmp "unix:$work/qmp,server=on,wait=off")
	fi
}
