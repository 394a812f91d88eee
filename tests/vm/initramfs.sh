# SPDX-License-Identifier: GPL-2.0-or-later
# make_initramfs FILE: busybox, the modules and programs that scenario and fabric ask for, and the scenario. Sourced by run.

# put_program FILE [PATH]: a program with the shared libraries it needs, those of a build folder among the system's
put_program() {
	local file=$1 to=${2:-/usr/bin/$(basename "$1")} lib place
	install -D "$file" "$tree$to"
	{ ldd "$file" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r lib; do
		case $lib in
		/lib* | /usr/lib*) place=$lib ;;
		*) place=/usr/lib/$(basename "$lib") ;;
		esac
		[ -e "$tree$place" ] || install -D "$lib" "$tree$place"
	done
}

# put_module NAME: a module of this kernel and what it depends on; one that is built in or unknown to this kernel is passed over
put_module() {
	local word file to
	while read -r word file _; do
		[ "$word" = insmod ] || continue
		to=$(basename "$file"); to=${to%.xz}; to=${to%.zst}
		[ ! -e "$tree/lab/modules/$to" ] || continue
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -qdc "$file" ;;
		*) cat "$file" ;;
		esac >"$tree/lab/modules/$to"
		echo "$to" >>"$tree/lab/load"
	done < <(PATH=$PATH:/sbin:/usr/sbin modprobe -d "$kernel" -S "$release" --show-depends "$1" 2>/dev/null)
}

# put_kmod FOLDER: modules built from source here; they are put in /lab/kmod and loaded by the scenario
put_kmod() {
	local ko list
	list=$("$here/build-module" "$name" "$1") || return $?
	for ko in $list; do
		cp "$ko" "$tree/lab/kmod/"
	done
}

# put_source FILE.c: a small program of the lab, built statically on the spot
put_source() {
	local flags
	read -ra flags < <(sed -n 's|^/\* cc-flags: \(.*\) \*/$|\1|p' "$1") || true
	${CC:-cc} -O1 -Wall -Wextra -static -pthread -I "$here/../../kmod/uapi" -I "$here/../../kmod" "${flags[@]}" \
		-o "$tree/usr/bin/$(basename "$1" .c)" "$1" || die "$1 does not build"
}

make_initramfs() {
	local word file tree=$work/tree busybox=$root/usr/bin/busybox
	mkdir -p "$tree"/{usr/bin,lab/modules,lab/kmod}
	: >"$tree/lab/load"
	# On top of an initial RAM disk of a distribution (-i), whose own init starts ours, and whose /bin is /usr/bin.
	if [ -n "$below" ]; then
		cp "$busybox" "$tree/usr/bin/busybox"
		install -m 755 "$here/guest/init" "$tree/lab/init"
	else
		install -D "$busybox" "$tree/bin/busybox"
		install -m 755 "$here/guest/init" "$tree/init"
	fi
	cp "$here"/guest/*.sh "$tree/lab/"
	cp "$scenario" "$tree/lab/scenario"
	for word in $(has modules) $(wants modules); do
		put_module "$word"
	done
	for word in $(wants kmod); do
		put_kmod "$here/$word" || return $?
	done
	for word in $(wants source); do
		put_source "$here/$word"
	done
	if [ -n "$(wants p2ptopo)" ]; then
		[ -x "$build/src/p2ptopo/p2ptopo" ] || skip "no p2ptopo in build folder '$build'"
		put_program "$build/src/p2ptopo/p2ptopo"
		[ ! -e /usr/share/misc/pci.ids ] || install -D /usr/share/misc/pci.ids "$tree/usr/share/misc/pci.ids"
	fi
	for word in $(wants program); do
		file=$(command -v "$word") || skip "no $word on this machine"
		put_program "$file" "/usr/bin/$word"
	done
	for word in "${files[@]}"; do
		[ -e "${word%%:*}" ] || die "no file ${word%%:*}"
		case $word in
		*:*) put_program "${word%%:*}" "${word#*:}" ;;
		*) put_program "$word" "/lab/$(basename "$word")" ;;
		esac
	done
	: >"$1"
	if [ -n "$below" ]; then
		cat "$below" >"$1"
		truncate -s %512 "$1"
	fi
	(cd "$tree" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) >>"$1"
}
