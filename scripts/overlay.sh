#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Our files onto a kernel tree, and off it again.
#
#   overlay.sh check KDIR      can KDIR be built with our files laid over it?
#   overlay.sh apply KDIR      put our files in it
#   overlay.sh unapply KDIR    take them out, without a trace
#   overlay.sh layer SRC OUT   make OUT the layer that, laid over SRC, is an applied tree
#
# Owns what the overlay consists of. Asks for bash, git, coreutils, diffutils and findutils only.

set -euo pipefail
export LC_ALL=C
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
project=$(dirname "$here")
# shellcheck source=scripts/common.sh
. "$here/common.sh"

SUPPORTED="7.2 7.3"
HOME_DIR=kernel/cgroup/ns
DOC=Documentation/admin-guide/cgroup-namespaces-rust.rst
# What apply leaves for unapply, so that a later checkout of ours can still undo an earlier one.
RECORD=$HOME_DIR/.overlay

# git apply that sees no repository and no configuration, whatever the tree lies in.
git_apply() {
	GIT_DIR=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
		git -C "$1" apply -p1 --whitespace=nowarn "${@:2}"
}

# Every change outside of HOME_DIR: the hooks, and the documentation, which git_apply adds and removes as they.
hooks() {
	cat -- "$here"/hooks/*.patch
	printf -- 'diff --git a/%s b/%s\nnew file mode 100644\n--- /dev/null\n+++ b/%s\n@@ -0,0 +1,%d @@\n' \
		"$DOC" "$DOC" "$DOC" "$(wc -l <"$project/docs/${DOC##*/}")"
	sed 's/^/+/' -- "$project/docs/${DOC##*/}"
}

# Our files by name, relative to rust/: all but those of the host's test package.
files() {
	(cd "$project/rust" && find . -type f ! -name '.*' \
		! -path './host/*' ! -path './tests/*' ! -path './fuzz/*' ! -path './target/*' \
		! -name Cargo.toml ! -name Cargo.lock -printf '%P\0')
}

# copy_files DIR
copy_files() {
	local file
	while IFS= read -r -d '' file; do
		mkdir -p -- "$(dirname -- "$1/$file")"
		cp -- "$project/rust/$file" "$1/$file"
	done < <(files)
	cp -- "$project/Kconfig.snippet" "$1/Kconfig"
}

version() {
	sed -n -e 's/^VERSION = //p' -e 's/^PATCHLEVEL = //p' -- "$1/Makefile" | head -n 2 | paste -sd.
}

check_kernel() {
	[[ -d $1 ]] || die "$1: no such directory; give a kernel tree with KDIR=<tree>"
	[[ -f $1/Kbuild && -f $1/Makefile && -f $1/kernel/cgroup/cgroup.c ]] ||
		die "$1 is not a kernel tree; give one with KDIR=<tree>"
	local found
	found=$(version "$1")
	[[ " $SUPPORTED " == *" $found "* ]] ||
		die "$1 is Linux ${found:-of an unknown version}; supported are ${SUPPORTED// / and }"
}

is_applied() { [[ -e $1/$HOME_DIR ]]; }

# check_hooks TREE: they apply, or one line says where one does not.
check_hooks() {
	local words
	words=$(hooks | git_apply "$1" --check - 2>&1) || refuse_hook "$1" "$words"
}

refuse_hook() {
	local where file line
	where=$(grep -m 1 -o -E '^error: patch failed: .*' <<<"$2" | sed 's/^error: patch failed: //') || :
	[[ $where ]] || die "a hook does not apply to $1: $(sed -n '1s/^error: //p' <<<"$2")"
	file=${where%:*}
	line=${where##*:}
	die "the hook for $file does not apply: $1 was changed at the hunk of line $line; undo that change first"
}

check_room() {
	check_kernel "$1"
	! is_applied "$1" || die "$1 carries the overlay already; $2"
	check_hooks "$1"
}

# What kbuild refuses too, but only at the end of a long way.
check() {
	check_room "$1" "take it off first: make unapply"
	[[ ! -e $1/.config && ! -d $1/include/config ]] ||
		die "$1 was built in place, and we build elsewhere; clean it first: make mrproper (that deletes .config)"
}

apply() {
	lock_tree "$1"
	check_room "$1" "nothing done"
	[[ -w $1 && -w $1/kernel/cgroup ]] || die "$1 cannot be written to"
	local partial=$1/$HOME_DIR.partial
	# shellcheck disable=SC2064 # the name as it is now
	trap "$(printf 'rm -rf -- %q' "$partial")" EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	rm -rf -- "$partial"
	mkdir -p -- "$partial/.overlay"
	copy_files "$partial"
	(cd "$partial" && products_aside | tr '\n' '\0' | xargs -0 sha256sum >.overlay/sha256)
	hooks >"$partial/.overlay/hooks.patch"
	trap '' INT TERM HUP
	mv -T -- "$partial" "$1/$HOME_DIR"
	git_apply "$1" - <"$1/$RECORD/hooks.patch"
	say "$1 now carries the overlay; set CONFIG_CGROUP_NS_RUST=y in it"
}

lock_tree() {
	[[ -d $1 ]] || return 0
	exec {lock}<"$1"
	flock --nonblock "$lock" || {
		say "another run is at work on $1; waiting for it to end"
		flock "$lock"
	}
}

unapply() {
	lock_tree "$1"
	check_kernel "$1"
	[[ -f $1/$RECORD/sha256 ]] || die "$1 does not carry the overlay; nothing done"
	check_ours "$1"
	local words hooked=1
	words=$(git_apply "$1" --reverse --check - 2>&1 <"$1/$RECORD/hooks.patch") || hooked=
	# An apply that was killed half-way put no hook in.
	[[ $hooked ]] || git_apply "$1" --check - 2>/dev/null <"$1/$RECORD/hooks.patch" || refuse_hook "$1" "$words"
	trap '' INT TERM HUP
	[[ ! $hooked ]] || git_apply "$1" --reverse - <"$1/$RECORD/hooks.patch"
	rm -rf -- "${1:?}/$HOME_DIR"
	say "$1 is as it was before the overlay"
}

# Nothing of somebody's work is lost: our files are as we put them, and nobody else's lie beside them.
check_ours() {
	local file
	file=$(cd "$1/$HOME_DIR" && sha256sum --check --quiet --ignore-missing .overlay/sha256 2>/dev/null | head -n 1) || :
	[[ -z $file ]] ||
		die "$1/$HOME_DIR/${file%: FAILED*} was changed since apply; move it elsewhere, then unapply (nothing done)"
	while IFS= read -r file; do
		[[ -n $file ]] || continue
		grep -q -F -x -- "$file" <(cut -c67- -- "$1/$RECORD/sha256") ||
			die "$1/$HOME_DIR/$file is not ours; move it elsewhere, then unapply (nothing done)"
	done < <(cd "$1/$HOME_DIR" && products_aside)
}

# Every file here that no build made, by name.
products_aside() {
	find . -type f ! -path './.overlay/*' ! -name '*.o' ! -name '.*.cmd' ! -name '*.a' ! -name '*.rmeta' \
		! -name '*.mod' ! -name '*.d' ! -name modules.order -printf '%P\n'
}

# layer SRC OUT: files are written only when their contents change: make goes by their times.
layer() {
	local src=$1 out=$2 file
	check_room "$src" "take it off first: make unapply"
	mkdir -p -- "$out"
	local fresh=$out.partial
	rm -rf -- "$fresh"
	mkdir -p -- "$fresh"
	copy_files "$fresh/$HOME_DIR"
	while IFS=$'\t' read -r _ _ file; do
		mkdir -p -- "$fresh/$(dirname -- "$file")"
		[[ ! -e $src/$file ]] || cp -- "$src/$file" "$fresh/$file"
	done < <(hooks | git_apply "$src" --numstat -)
	hooks | git_apply "$fresh" -
	refresh "$src" "$fresh" "$out"
	rm -rf -- "$fresh"
}

# refresh SRC FRESH OUT: what is new or different goes from FRESH to OUT. What is no longer ours goes from OUT,
# but where SRC has a file of that name, older than what was built from ours, its copy takes the place.
refresh() {
	local file
	while IFS= read -r -d '' file; do
		cmp -s -- "$2/$file" "$3/$file" || put "$2/$file" "$3/$file"
	done < <(cd "$2" && find . -type f -printf '%P\0')
	while IFS= read -r -d '' file; do
		[[ ! -e $2/$file ]] || continue
		if [[ -e $1/$file ]]; then
			cmp -s -- "$1/$file" "$3/$file" || put "$1/$file" "$3/$file"
		else
			rm -f -- "$3/$file"
		fi
	done < <(cd "$3" && find . -type f -printf '%P\0')
}

put() {
	mkdir -p -- "$(dirname -- "$2")"
	cp -- "$1" "$2.new"
	mv -T -- "$2.new" "$2"
}

case ${1:-}:$# in
check:2 | apply:2 | unapply:2)
	[[ $2 ]] || die "no kernel tree given; name one with KDIR=<tree>"
	tree=$(realpath -m -- "$2")
	"$1" "$tree"
	;;
layer:3) layer "$2" "$3" ;;
*) die "usage: overlay.sh check|apply|unapply KDIR, or layer SRC OUT" ;;
esac
