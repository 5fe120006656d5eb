# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the shell scripts share: messages, the wait for a long step, and a child that dies when we do.
# To be sourced. Knows nothing of toolboxes and kernels.

PROGRAM=${0##*/}

say() { printf '%s\n' "$*" >&2; }

die() {
	say "$PROGRAM: $*"
	exit 1
}

# hms SECONDS: a time as people say it.
hms() {
	if (($1 < 60)); then
		printf '%d s' "$1"
	else
		printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
	fi
}

# gib KIB: a size in GiB, one decimal, rounded up.
gib() {
	local tenths=$((($1 * 10 + 1048575) / 1048576))
	printf '%d.%d GiB' $((tenths / 10)) $((tenths % 10))
}

# Set by a caller that must tidy up when a signal ends us.
on_stop=:

# Ends the running child with all its namespaces, tidies up, and leaves by the signal's status.
stop() {
	trap '' INT TERM HUP
	[[ -z ${child:-} ]] || {
		kill -KILL "$child" 2>/dev/null || :
		wait "$child" 2>/dev/null || :
	}
	[[ ! -t 2 ]] || printf '\r\033[K' >&2
	"$on_stop"
	say "$PROGRAM: $1"
	exit "$2"
}

trap_signals() {
	trap 'stop interrupted 130' INT
	trap 'stop terminated 143' TERM
	trap 'stop "hung up" 129' HUP
}

# long_step PHASE LOG PATTERN TOTAL CMD...: runs CMD, all output to LOG, while one live line (without a
# terminal: a heartbeat a minute) counts the log's lines that match PATTERN. Returns CMD's status.
long_step() {
	local phase=$1 log=$2 pattern=$3 total=$4 start=$SECONDS beat=$SECONDS status=0
	shift 4
	"$@" >"$log" 2>&1 </dev/null &
	child=$!
	while kill -0 "$child" 2>/dev/null; do
		if [[ -t 2 ]]; then
			printf '\r\033[K%s' "$(step_line)" >&2
		elif ((SECONDS - beat >= 60)); then
			beat=$SECONDS
			say "$(step_line)"
		fi
		sleep 0.5
	done
	wait "$child" || status=$?
	child=
	[[ ! -t 2 ]] || printf '\r\033[K' >&2
	((status)) || say "$phase: done in $(hms $((SECONDS - start))) (log: $log)"
	return "$status"
}

# Reads long_step's variables.
step_line() {
	local count
	count=$(grep -c -E "$pattern" "$log") || :
	((count <= total)) || total=$count
	printf '%s: %s/~%s, %s' "$phase" "$count" "$total" "$(hms $((SECONDS - start)))"
}
