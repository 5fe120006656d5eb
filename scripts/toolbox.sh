#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The host's side of the toolbox: brings it into the cache when it is missing, then runs a command in it.
#
#   toolbox.sh [--tty] [--runtimes] [--plots] CMD ARG...
#                              run CMD in the toolbox; with --tty it keeps the terminal, not the lock; with
#                              --runtimes the guest's root file system with container runtimes is there,
#                              too, read-only, where CGNS_RUNTIMES says; with --plots it runs not in the
#                              toolbox but in a root file system that has matplotlib
#   toolbox.sh --clean         delete the build products
#   toolbox.sh --distclean     delete the whole cache
#
# Asks the host for bash, coreutils, util-linux, git and apt; for mmdebstrap when the toolbox must be made.
# Knows nothing of what the toolbox is used for, but how much room on disk that takes.

set -euo pipefail
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
project=$(dirname "$here")
# shellcheck source=scripts/common.sh
. "$here/common.sh"
# shellcheck source=scripts/cache.sh
. "$here/cache.sh"
# shellcheck source=scripts/bootstrap.sh
. "$here/bootstrap.sh"

# The command line that gives a child its own mounts and processes: whatever ends it, ends all of it.
# An ordinary user is root in there by a user namespace, in which this user's own files are root's.
isolate=(unshare --mount --propagation private --pid --fork --kill-child)
((EUID == 0)) || isolate+=(--map-root-user --map-auto)

# A wish that cannot be granted is told of now, not after the build.
check_wishes() {
	[[ ${ACCEL:-} =~ ^(|kvm|tcg)$ ]] || die "ACCEL=$ACCEL: say kvm or tcg, or leave it out"
	[[ ${LLVM:-} =~ ^[01]?$ ]] || die "LLVM=$LLVM: say 0 for gcc or 1 for clang, or leave it out"
	[[ ${JOBS:-} =~ ^([1-9][0-9]*)?$ ]] || die "JOBS=$JOBS: say a number, or leave it out"
}

check_kdir() {
	[[ -n ${KDIR:-} ]] || return 0
	"$here/overlay.sh" check "$KDIR"
	kdir=$(realpath "$KDIR")
}

# The host's own cargo configuration, which may name a mirror of crates.io; prints nothing if there is none.
cargo_config() {
	local file=${CARGO_HOME:-${HOME:-}/.cargo}/config.toml
	[[ ! -f $file ]] || realpath -- "$file"
}

# Runs the command in the toolbox. The child is in the background, so that a signal is acted on at once;
# it gets the terminal's signals from the terminal, and SIGTERM from here.
enter() {
	local status=0
	local -a keep=(
		"HOME=/root" "LANG=C.UTF-8" "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
		"PYTHONPATH=/project/scripts:/project/vm" "PYTHONPYCACHEPREFIX=/cache/pycache"
		"TERM=${TERM:-dumb}" "CGNS_CACHE=$cache" "CGNS_PROJECT=$project"
	)
	local name
	[[ -z ${kdir:-} ]] || keep+=("CGNS_KDIR=$kdir")
	[[ -z $runtimes ]] || keep+=("CGNS_RUNTIMES=/cache/$runtimes")
	for name in ACCEL LLVM JOBS V SEEDS SEED OPERATIONS MINUTES KEEP {http,https,ftp,no,all}_proxy {HTTP,HTTPS,FTP,NO,ALL}_PROXY; do
		[[ -z ${!name:-} ]] || keep+=("$name=${!name}")
	done
	env -i --default-signal=INT,QUIT "${keep[@]}" \
		setpriv --pdeathsig KILL "${isolate[@]}" \
		/bin/bash "$here/enter.sh" "$toolbox" "$project" "$cache" "${kdir:-}" "$runtimes" "$(cargo_config)" "$@" \
		<&"$input" &
	child=$!
	trap ': the child hears it too' INT
	trap 'forward TERM' TERM HUP
	while :; do
		status=0
		wait "$child" || status=$?
		kill -0 "$child" 2>/dev/null || exit "$status"
	done
}

# unshare(1) blocks SIGTERM while it waits: tell the process it waits for.
forward() {
	local init
	read -r init _ <"/proc/$child/task/$child/children" || :
	kill -"$1" "${init:-$child}" 2>/dev/null || :
}

main() {
	local words=$# tty='' kdir='' runtimes='' toolbox child input
	local root=toolbox
	local -a others=()
	while [[ ${1:-} == -* ]]; do
		case $1 in
		--tty) tty=1 ;;
		--runtimes) others=(runtimes) ;;
		--plots) root=plots ;;
		--clean | --distclean)
			((words == 1)) || die "$1 stands alone"
			"${1#--}"
			return
			;;
		*) die "$1: no such option" ;;
		esac
		shift
	done
	(($#)) || die "no command given"
	check_wishes
	check_kdir
	need_isolation
	open_cache
	need_roots "$root" "${others[@]}"
	toolbox=$(root_of "$root")
	((${#others[@]} == 0)) || runtimes=$(basename "$(root_of runtimes)")
	if [[ $tty ]]; then
		close_lock
		exec {input}<&0
	else
		exec {input}</dev/null
	fi
	enter "$@"
}

main "$@"
