# shellcheck shell=busybox
# SPDX-License-Identifier: GPL-2.0
#
# What both kinds of guest do first and last. Run by busybox alone, for starting a program is what takes
# time under emulation, and a static one is started soonest.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The root file system is the host's, read-only, with the host's /proc and /dev: neither is of use here.
prepare() {
	/bin/busybox mount -t proc proc /proc
	mount -t devtmpfs devtmpfs /dev
	mkdir /dev/pts /dev/shm
	ln -s /proc/self/fd /dev/fd
	mount -a -T "${0%/*}/fstab"
	ifconfig lo up
	hostname guest
}

switch_off() {
	poweroff -f
}
