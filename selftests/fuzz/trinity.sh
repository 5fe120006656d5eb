#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# trinity, where it can destroy nothing but itself:
#
#   trinity.sh root|user tree|proc SEED SECONDS
#
# Its root file system is a tmpfs that holds the program, its libraries and victims, and nothing of the
# guest's own; it has namespaces of its own, with "user" a user namespace, too. Victims are a hierarchy, or
# what /proc tells of two tasks in a cgroup and a namespace each. Prints trinity's words, then what is left.

set -euo pipefail
WHO=$1 WHAT=$2 SEED=$3 SECONDS_LONG=$4
HERE=$(realpath "$0")
ROOT=/run/trinity
TREE=/sys/fs/cgroup/trinity
PROGRAMS=(/usr/bin/{bash,timeout,trinity,umount})
# trinity refuses to call clone(2), clone3(2) and close(2) at random.
CALLS=(unshare setns mount umount pivot_root fsopen fsmount fsconfig fspick move_mount open_tree mount_setattr
	open openat openat2 read pread64 readv write pwrite64 writev getdents64 lseek newfstat readlinkat
	mkdirat unlinkat renameat2 name_to_handle_at open_by_handle_at pidfd_open pidfd_getfd pidfd_send_signal
	ioctl)

copy_programs() {
	local file
	mkdir -p "$ROOT"/{proc,dev,tmp,old,usr/bin,cgroup}
	ln -s usr/bin "$ROOT/bin"
	cp "${PROGRAMS[@]}" "$ROOT/usr/bin/"
	ldd "${PROGRAMS[@]}" | grep -o '/[^ ]*\.so[^ ]*' | sort -u | while read -r file; do
		mkdir -p "$ROOT${file%/*}"
		cp -L "$file" "$ROOT$file"
	done
}

# A task in a cgroup of its own, in a namespace or not.
place() {
	mkdir -p "$TREE/$1"
	(
		echo 0 >"$TREE/$1/cgroup.procs"
		shift
		exec "$@" sleep infinity
	) &
}

# In the new namespaces: put the victims in their places, leave the old root file system behind, start.
enter() {
	local file victim=/cgroup
	mount -t tmpfs tmpfs "$ROOT"
	copy_programs
	mount -t proc proc "$ROOT/proc"
	mount -t cgroup2 cgroup2 "$ROOT/cgroup"
	place inside
	place deep/er unshare --cgroup
	for file in null zero urandom; do
		touch "$ROOT/dev/$file"
		mount --bind "/dev/$file" "$ROOT/dev/$file"
	done
	cd "$ROOT"
	pivot_root . old
	umount -l /old
	cd /tmp
	[[ $WHAT == tree ]] || victim=/proc/$!/task/$!
	# shellcheck disable=SC2046 # a word each
	exec timeout -s INT -k 20 "$SECONDS_LONG" trinity --dangerous -q -l off -C 4 -a 64 -s "$SEED" -N 1000000000 \
		$(printf -- '-c %s ' "${CALLS[@]}") --enable-fds=pseudo -V "$victim"
}

start() {
	local -a spaces=(--mount --propagation private --pid --fork --kill-child --cgroup --uts --ipc)
	[[ $WHO == root ]] || spaces+=(--user --map-root-user)
	mkdir "$TREE"
	echo 0 >"$TREE/cgroup.procs"
	mkdir -p "$ROOT"
	unshare "${spaces[@]}" bash "$HERE" enter "$WHAT" "$SEED" "$SECONDS_LONG" || echo "trinity ended with status $?"
	echo 0 >/sys/fs/cgroup/cgroup.procs
}

# Cgroups that trinity made are its own to leave; all must be removable, and be gone then.
tidy() {
	for _ in $(seq 100); do
		find "$TREE" -depth -type d -exec rmdir {} + 2>/dev/null || :
		[[ -d $TREE ]] || grep -q '^nr_dying_descendants [^0]' /sys/fs/cgroup/cgroup.stat || break
		sleep 0.1
	done
	grep -E '^nr_(dying_)?descendants ' /sys/fs/cgroup/cgroup.stat | sed 's/^/left: /'
}

if [[ $WHO == enter ]]; then
	enter
else
	start
	tidy
fi
