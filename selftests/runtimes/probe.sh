#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
#
# What runs inside a container: says what it sees, or tries what it may not do. Asks for busybox alone, but for
# what nests. Output is in parts, each headed "== NAME".

cgroup=/sys/fs/cgroup

# Root and mount point of all that is mounted of cgroup2.
mounts() {
	busybox awk '/ - cgroup2 /{ print $4, $5 }' /proc/self/mountinfo
}

# The directory of the cgroup that we are in.
here() {
	echo "$cgroup$(busybox sed -n 's/^0:://p' /proc/self/cgroup)"
}

# sights HOST-PID...: with what the container sees of tasks outside, through the host's /proc at /hostproc.
sights() {
	echo "== own" && busybox cat /proc/self/cgroup
	echo "== first" && busybox cat /proc/1/cgroup
	echo "== mounts" && mounts
	echo "== files" && busybox ls -A $cgroup
	echo "== tasks" && busybox grep -x 1 $cgroup/cgroup.procs
	echo "== namespace" && busybox readlink /proc/self/ns/cgroup
	echo "== outside"
	local pid
	for pid; do
		busybox cat "/hostproc/$pid/cgroup"
	done
}

# forks COUNT: starts so many tasks, unless it is refused. A shell that cannot fork ends. All by one channel:
# a runtime passes two on in any order.
forks() {
	exec 2>&1
	local count=0 tasks=''
	# shellcheck disable=SC2064 # the tasks as they are by then
	while [ $count -lt "$1" ]; do
		busybox sleep 60 &
		tasks="$tasks $!"
		trap "kill $tasks; wait" EXIT
		count=$((count + 1))
		echo "forked $count"
	done
}

# Doubles a string until it has so many bytes.
# allocate BYTES...
allocate() {
	local bytes
	for bytes; do
		echo "== $bytes"
		# shellcheck disable=SC2016 # awk's own
		busybox awk -v "limit=$bytes" 'BEGIN { s = "x"; while (length(s) < limit) s = s s; print length(s) }' 2>&1
		echo "status $?"
	done
}

# A container in the container, with a cgroup namespace of its own, in a cgroup of its own.
# nested CMD...: what makes it.
nested() {
	local place
	place=$(here)
	busybox mkdir "$place/inner" && echo 0 >"$place/inner/cgroup.procs"
	echo "== own" && busybox cat /proc/self/cgroup
	"$@" busybox sh "$0" inner
}

inner() {
	echo "== inner" && busybox cat /proc/self/cgroup
	mount -t cgroup2 inner /tmp
	echo "== inner mounts" && mounts
}

# Before a runtime can make containers with limits in here, all tasks must leave the root: the first one, and us.
# outer CMD...
outer() {
	busybox mkdir $cgroup/init
	echo 1 >$cgroup/init/cgroup.procs
	echo 0 >$cgroup/init/cgroup.procs
	echo +pids >$cgroup/cgroup.subtree_control
	echo "== outer" && busybox cat /proc/self/cgroup
	"$@" 2>&1
}

# In a container in a container of the same runtime.
inside() {
	echo "== own" && busybox cat /proc/self/cgroup
	echo "== mounts" && mounts
	echo "== limit" && busybox cat $cgroup/pids.max
	echo "== forks" && forks 40
}

# Tries something, and says what limits there were and how often they were hit.
# counted FUNCTION...
counted() {
	local place
	place=$(here)
	echo "== tried" && busybox sh "$0" "$@" 2>&1
	echo "== limits" && busybox cat "$place/pids.max" "$place/memory.max"
	echo "== hits" && busybox grep -h -E "^(max|oom_kill) " "$place/pids.events" "$place/memory.events.local"
}

# Says, whenever a line comes by a pipe, where it and the host's first task are. Starts nothing that stays: taking
# tasks apart wakes those that sleep. No read is the last one, for that is ended by it, too.
# report PIPE FILE
report() {
	exec 3<>"$1"
	: >"$2"
	while :; do
		read -r _ <&3 && busybox cat /proc/self/cgroup /proc/1/cgroup >"$2"
	done
}

# Tells that the container is there, and stays. As the first process it gets the orphans: they are not to linger.
# hold [FILE]
hold() {
	: >"${1:-/tmp/ready}"
	trap '' CHLD
	exec busybox sleep 1000
}

"$@"
