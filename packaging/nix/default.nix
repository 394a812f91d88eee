# SPDX-License-Identifier: GPL-2.0-or-later
# The command and the library: nix-build -E '(import <nixpkgs> {}).callPackage ./packaging/nix {}' in a checkout.
{ lib
, stdenv
, cmake
, pkg-config
, expat
, hwdata
, hwloc
, json_c
, libarchive
, ncurses
, udev
, util-linux
, zlib
}:

stdenv.mkDerivation {
  pname = "p2ptopo";
  version = "0.1.0";
  src = lib.cleanSource ../..;

  outputs = [ "out" "dev" "man" ];

  nativeBuildInputs = [ cmake pkg-config ];
  buildInputs = [ expat hwloc json_c libarchive ncurses udev util-linux zlib ];

  # The sources may be a checkout with a build/ of its own, whose cache names another folder.
  cmakeBuildDir = "build-nix";
  cmakeFlags = [
    "-DBUILD_TESTING=OFF"
    "-DP2PTOPO_LIBPCI=OFF"
    "-DP2PTOPO_UDEV_DIR=${placeholder "out"}/lib/udev"
    "-DP2PTOPO_SYSTEMD_UNIT_DIR=${placeholder "out"}/lib/systemd/system"
    "-DP2PTOPO_TMPFILES_DIR=${placeholder "out"}/lib/tmpfiles.d"
  ];

  # pci.ids has a path of its own there.
  postPatch = ''
    substituteInPlace src/libp2ppolicy/snapshot/pci-ids.c \
      --replace-fail /usr/share/hwdata/pci.ids ${hwdata}/share/hwdata/pci.ids
  '';

  # It is loaded when it is needed, and no path leads to it by itself.
  postFixup = ''
    patchelf --add-rpath ${lib.getLib libarchive}/lib $out/bin/p2ptopo $out/lib/libp2ppolicy.so.1
  '';

  meta = {
    description = "Which PCIe devices can do peer-to-peer DMA with which, and why not";
    license = with lib.licenses; [
      gpl2Plus
      lgpl21Plus
      gpl2Only
      # linux/p2pgate.h
      (gpl2Only // {
        fullName = "GNU General Public License v2.0 only, with the Linux-syscall-note";
        spdxId = "GPL-2.0-only WITH Linux-syscall-note";
      })
    ];
    platforms = lib.platforms.linux;
    mainProgram = "p2ptopo";
  };
}
