#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs a command, then has the kernel of the guest look for memory that nothing refers to any more; what
# it finds goes to the console, where all that a kernel complains of is looked for. What was allocated before
# the command is none of the command's. A kernel without kmemleak only runs the command.
#
#   leaks.sh CMD ARG...

file=/sys/kernel/debug/kmemleak

complain() {
	echo "WARNING: kmemleak: $1" >/dev/console
	exit 1
}

scan() {
	echo scan >"$file" || complain "it does not scan"
}

# The kernel's clock, by which it says when an object was allocated.
jiffies() {
	awk '$1 == "jiffies:" { print $2; exit }' /proc/timer_list
}

# Those allocated from $1 on. A record is a line that names the object, and others; the second has the time.
# One without a time counts.
records() {
	awk -v begin="$1" '
		/^unreferenced object/ { flush() }
		/, jiffies [0-9]+$/ { time = $NF }
		{ record = record $0 "\n" }
		END { flush() }
		function flush() { if (time == "" || time >= begin + 0) printf "%s", record; record = time = "" }
	' "$file"
}

[ -e "$file" ] || mount -t debugfs debugfs /sys/kernel/debug
[ -e "$file" ] || exec "$@"

begin=$(jiffies)
[ "$begin" ] || complain "/proc/timer_list has no jiffies"
"$@"
status=$?
# No object is suspected before it is five seconds old, nor by the first scan, which notes what is in it.
scan
sleep 6
scan
records "$begin" >/dev/console
exit "$status"
