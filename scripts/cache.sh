# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The cache directory: where it is, that it is ours, whose turn it is, and its deletion.
# To be sourced by toolbox.sh, which sets project.
# shellcheck disable=SC2154

MARKER=cgroup-ns-rust.cache

# Sets cache, an absolute path. A directory is ours when it carries the marker; an empty one becomes ours.
# So no deletion can ever strike a directory that was named by mistake.
find_cache() {
	cache=${CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/cgroup-ns-rust}
	cache=$(realpath -m -- "$cache")
	[[ $cache != / ]] || die "CACHE=/ cannot be a cache; name a directory of its own"
	[[ ! -e $cache || -d $cache ]] || die "$cache is not a directory; choose another with CACHE=DIR"
}

is_ours() { [[ -f $cache/$MARKER ]]; }

open_cache() {
	find_cache
	if ! is_ours; then
		mkdir -p -- "$cache" 2>/dev/null || die "cannot create $cache; choose another place with CACHE=DIR"
		[[ -z $(ls -A -- "$cache") ]] ||
			die "$cache holds something else than this project's cache; choose another place with CACHE=DIR"
	fi
	[[ -w $cache ]] || die "cannot write in $cache; choose another place with CACHE=DIR"
	printf 'The build cache of cgroup-ns-rust. make distclean deletes this directory.\n' >"$cache/$MARKER"
	take_lock
	mkdir -p -- "$cache"/{log,build,ccache}
}

# One run at a time. Whoever waited may find that the directory was deleted meanwhile: then it starts anew.
take_lock() {
	exec {lock}>>"$cache/lock"
	if ! flock --nonblock "$lock"; then
		say "another run is using $cache; waiting for it to end"
		flock "$lock"
	fi
	[[ $cache/lock -ef /proc/self/fd/$lock ]] && return
	close_lock
	open_cache
}

close_lock() { exec {lock}>&-; }

# Files of a toolbox that an ordinary user made belong to that user's subordinate ids.
delete() {
	if ((EUID == 0)); then
		rm -rf --one-file-system -- "$@"
	else
		rm -rf --one-file-system -- "$@" 2>/dev/null || unshare --map-root-user --map-auto rm -rf -- "$@"
	fi
}

# What can be built again without the network goes; toolbox, kernel source and compiler cache stay.
clean() {
	find_cache
	delete "$project/build"
	is_ours || return 0
	open_cache
	delete "$cache"/{build,layer,copy,log}
}

distclean() {
	find_cache
	delete "$project/build"
	[[ -e $cache ]] || return 0
	is_ours || die "$cache is not this project's cache (it has no $MARKER); nothing deleted"
	open_cache
	delete "$cache"
}
