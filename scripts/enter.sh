#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first process of the toolbox's namespaces: puts the root directory together, moves into it, runs the command.
# Started by toolbox.sh, which gave it its own mounts and processes: nothing here needs to be undone.

set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
toolbox=$1 project=$2 cache=$3 kdir=$4 runtimes=$5 cargo=$6
shift 6

# The toolbox itself cannot be written: what a run leaves behind, another would find.
assemble() {
	mount --bind "$toolbox" "$toolbox"
	cd "$toolbox"
	local dir
	for dir in tmp run var/tmp root; do
		mount -t tmpfs -o mode=1777 tmpfs "$dir"
	done
	mount -t proc proc proc
	mount --rbind /sys sys
	mount --rbind /dev dev
	mount --bind "$project" project
	mount --bind "$cache" cache
	[[ -z $kdir ]] || mount --bind -o ro "$kdir" kdir
	[[ -z $runtimes ]] || assemble_runtimes "cache/$runtimes"
	[[ -z $cargo ]] || cp -- "$cargo" run/cargo.toml
	# Where the network is, and whom to trust in it.
	local file
	for file in resolv.conf hosts ssl/certs/ca-certificates.crt; do
		[[ ! -e /etc/$file || ! -e etc/$file ]] || mount --bind "$(realpath /etc/$file)" "etc/$file"
	done
	mount -o remount,bind,ro .
}

# A guest's root file system is not written to either; what the guest is to run it finds in it.
assemble_runtimes() {
	mount --bind -o ro "$1" "$1"
	mount --bind -o ro "$project" "$1/project"
}

assemble
# Where / is no mount of its own (a chroot, an initramfs), chroot has to do.
inside=()
if pivot_root . . 2>/dev/null; then
	umount -l .
else
	inside=(chroot .)
fi

"${inside[@]}" env --chdir=/project --default-signal=INT,QUIT "$@" <&0 &
child=$!
trap ': the command hears it too' INT
trap 'kill -TERM "$child" 2>/dev/null || :' TERM HUP
while :; do
	status=0
	wait "$child" || status=$?
	kill -0 "$child" 2>/dev/null || exit "$status"
done
