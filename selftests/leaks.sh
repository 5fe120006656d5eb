#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs a command, then has the kernel of the guest look for memory that nothing refers to any more; what
# it finds goes to the console, where all that a kernel complains of is looked for. What is suspected before
# the command, or was allocated before there was any, is none of the command's. A kernel without kmemleak
# only runs the command.
#
#   leaks.sh CMD ARG...

file=/sys/kernel/debug/kmemleak

ask() {
	if ! echo "$1" >"$file"; then
		echo "WARNING: kmemleak does not $1" >/dev/console
		exit 1
	fi
}

# An object is not suspected before it is five seconds old, nor by one look alone.
look() {
	for _ in 1 2; do
		sleep 6
		ask scan
	done
}

# A record is a line that names the object, and others; the second one has who allocated it.
records() {
	awk '/^unreferenced object/ { flush() } { record = record $0 "\n" } /comm "swapper/ { record = "" }
	     END { flush() }
	     function flush() { if (record ~ /^unref/) printf "%s", record; record = "" }' "$file"
}

[ -e "$file" ] || mount -t debugfs debugfs /sys/kernel/debug
[ -e "$file" ] || exec "$@"

look
ask clear
"$@"
status=$?
look
records >/dev/console
exit "$status"
