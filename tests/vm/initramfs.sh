# SPDX-License-Identifier: GPL-2.0-or-later
# make_initramfs FILE: busybox, the modules and programs that scenarios and fabric ask for, and the scenarios. Sourced by run.

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
		# What it loads when it is needed, its note says, lies beside libc.
		case $lib in
		*/libc.so.6) put_loaded "$file" "$(dirname "$lib")" ;;
		esac
	done
}

# put_loaded FILE FOLDER: the libraries in FOLDER that the note .note.dlopen of a program names
put_loaded() {
	local name
	{ grep -ao '"soname":\["[^"]*' "$1" || true; } | sed 's/.*"//' | while read -r name; do
		put_program "$2/$name" "$2/$name"
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
	if [ "$arch" = aarch64 ]; then
		put_foreign_source "$1"
		return
	fi
	${CC:-cc} -O1 -Wall -Wextra -static -pthread -I "$here/../../kmod/uapi" -I "$here/../../kmod" "${flags[@]}" \
		-o "$tree/usr/bin/$(basename "$1" .c)" "$1" || die "$1 does not build"
}

# The same for arm64, by the cross compiler of the root; without those that want options of x86.
put_foreign_source() {
	local tmp name
	! grep -q '^/\* cc-flags: -m32' "$1" || return 0
	name=$(basename "$1" .c)
	tmp=$(mktemp -d "$cache/tmp.XXXXXX")
	cp "$1" "$tmp/"
	cp -r "$here/../../kmod/uapi" "$tmp/"
	in_root aarch64-linux-gnu-gcc-14 -O1 -Wall -Wextra -static -pthread -I "/mnt/${tmp#"$cache/"}/uapi" \
		-o "/mnt/${tmp#"$cache/"}/$name" "/mnt/${tmp#"$cache/"}/$name.c" || { rm -rf "$tmp"; die "$1 does not build"; }
	install -D "$tmp/$name" "$tree/usr/bin/$name"
	rm -rf "$tmp"
}

# put_installed: what "cmake --install" installs, at its places; and the kernel's config
put_installed() {
	[ -e "$build/cmake_install.cmake" ] || skip "build folder '$build' cannot be installed from"
	DESTDIR=$tree cmake --install "$build" >"$work/install.log" || die "cmake --install failed (see above)"
	put_config
}

# put_config: the kernel's config, where a distribution installs it. Without it p2ptopo reads all of kallsyms, which an emulator takes long for.
put_config() {
	mkdir -p "$tree/boot"
	[ ! -e "$root$kdir/.config" ] || cp "$root$kdir/.config" "$tree/boot/config-$release"
}

# put_udev: the udevd of this machine, with the rules that make device nodes and load drivers
put_udev() {
	local file
	[ -x /lib/systemd/systemd-udevd ] || skip "systemd-udevd is not installed here"
	put_program "$(readlink -f /lib/systemd/systemd-udevd)" /bin/udevadm
	mkdir -p "$tree"/{run,etc,lib/systemd,lib/udev/rules.d}
	ln -s /bin/udevadm "$tree/lib/systemd/systemd-udevd"
	for file in 50-udev-default.rules 99-systemd.rules; do
		cp "/lib/udev/rules.d/$file" "$tree/lib/udev/rules.d/"
	done
	printf '%s\n' root:x:0:0::/:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$tree/etc/passwd"
	printf '%s\n' root:x:0: lab:x:700: nogroup:x:65534: >"$tree/etc/group"
	# busybox has these too, with fewer options
	put_program /bin/dash /bin/sh
	put_program /usr/bin/flock /bin/flock
	put_program /usr/bin/setpriv /lab/setpriv
}

# put_systemd: the systemd of this machine with the few units a boot needs, and ours enabled as an administrator does it. The
# scenario is a service of its own; modules from source can be loaded by name.
put_systemd() {
	local unit
	[ -x /lib/systemd/systemd ] || skip "systemd is not installed here"
	put_udev
	: >"$tree/lab/systemd"
	for unit in systemd systemd-journald systemd-modules-load; do
		put_program "/lib/systemd/$unit" "/lib/systemd/$unit"
	done
	for unit in systemctl journalctl systemd-tmpfiles systemd-analyze; do
		put_program "/bin/$unit" "/bin/$unit"
	done
	mkdir -p "$tree"/{etc/systemd/system,lib/systemd/system,var/log,lib/modules/"$release"/extra}
	for unit in {basic,sysinit,local-fs,local-fs-pre,sockets,timers,paths,slices,multi-user,shutdown,umount}.target \
		systemd-{journald,udevd,udev-trigger,modules-load,tmpfiles-setup}.service \
		systemd-{journald,journald-dev-log,udevd-control,udevd-kernel}.socket; do
		cp "/lib/systemd/system/$unit" "$tree/lib/systemd/system/"
	done
	for unit in journald udevd udev-trigger modules-load tmpfiles-setup; do
		put_wants sysinit.target "systemd-$unit.service"
	done
	for unit in journald journald-dev-log udevd-control udevd-kernel; do
		put_wants sockets.target "systemd-$unit.socket"
	done
	ln -s multi-user.target "$tree/lib/systemd/system/default.target"
	cp "$here/guest/lab.service" "$tree/lib/systemd/system/"
	put_wants multi-user.target lab.service
	systemctl --quiet --root="$tree" enable p2ptopo-boot.service p2ptopo-refresh.path p2ptopo-refresh.timer ||
		die "the units cannot be enabled"
	cp "$tree"/lab/kmod/*.ko "$tree/lib/modules/$release/extra/" 2>/dev/null || true
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$tree" "$release" 2>/dev/null
}
put_wants() {
	mkdir -p "$tree/lib/systemd/system/$1.wants"
	ln -sf "../$2" "$tree/lib/systemd/system/$1.wants/$2"
}

make_initramfs() {
	local word file tree=$work/tree busybox=$root/usr/bin/busybox
	if [ "$arch" = aarch64 ]; then
		busybox=$cache/arm64/usr/bin/busybox
		for word in installed udev systemd; do
			[ -z "$(wants $word)" ] || skip "$(named "${scenarios[0]}") wants programs of this machine, which do not run on $arch"
		done
	fi
	rm -rf "$tree"
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
	mkdir -p "$tree/lab/scenarios"
	for file in "${scenarios[@]}"; do
		cp "$file" "$tree/lab/scenarios/"
		basename "$file" >>"$tree/lab/order"
	done
	for word in $(has modules) $(wants modules); do
		put_module "$word"
	done
	for word in $(wants kmod); do
		put_kmod "$here/$word" || return $?
	done
	for word in $(wants source); do
		put_source "$here/$word"
	done
	# Programs of this machine are left out on another: scenarios that can do without look for them.
	if [ -n "$(wants p2ptopo)" ] && [ "$arch" = x86_64 ]; then
		[ -x "$build/src/p2ptopo/p2ptopo" ] || skip "no p2ptopo in build folder '$build'"
		put_program "$build/src/p2ptopo/p2ptopo"
		[ ! -e /usr/share/misc/pci.ids ] || install -D /usr/share/misc/pci.ids "$tree/usr/share/misc/pci.ids"
	fi
	for word in $([ "$arch" != x86_64 ] || wants program); do
		file=$(command -v "$word") || skip "no $word on this machine"
		put_program "$file" "/usr/bin/$word"
	done
	[ -z "$(wants config)" ] || put_config
	[ -z "$(wants installed)" ] || put_installed
	[ -z "$(wants udev)" ] || put_udev
	[ -z "$(wants systemd)" ] || put_systemd
	while read -r word file; do
		[ -n "$word" ] && install -D -m 644 "$here/$word" "$tree$file"
	done < <(wants file)
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
