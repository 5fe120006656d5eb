#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The overlay as a patch series that `git am` takes.
#
#   series.sh KDIR [OUT]    write the series for the commit that is checked out in KDIR
#
# The table of the patches is docs/series: a file each, with what it takes of the overlay and its message.
# The commits are made in a repository of our own that borrows KDIR's objects: KDIR is only read.
# Owns nothing but the series' making; what the overlay consists of is overlay.sh's.

set -euo pipefail
export LC_ALL=C
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
project=$(dirname "$here")
table=$project/docs/series
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
# shellcheck source=scripts/common.sh
. "$here/common.sh"

# git in KDIR, which it must not write to, not even to note that a file is unchanged.
theirs() { git --no-optional-locks -C "$kdir" "$@"; }

ours() { git -C "$work/git" -c core.autocrlf=false -c commit.gpgSign=false -c core.hooksPath=/dev/null "$@"; }

check() {
	[[ $1 ]] || die "no kernel tree given; name one with KDIR=<tree>"
	[[ -d $1 ]] || die "$1: no such directory; give a kernel tree with KDIR=<tree>"
	kdir=$(realpath -- "$1")
	[[ $(theirs rev-parse --show-toplevel 2>/dev/null) == "$kdir" ]] ||
		die "$1 is not a git tree; give a clone of Linux with KDIR=<tree>"
	[[ -z $(theirs status --porcelain --untracked-files=no) ]] ||
		die "$1 has changes that are not committed; commit or stash them first"
	name=$(theirs config user.name) || name=
	mail=$(theirs config user.email) || mail=
	[[ $name && $mail ]] ||
		die "git knows no name for the sign-off; set user.name and user.email"
	[[ ! -e $2 || (-d $2 && -z $(ls -A -- "$2")) ]] ||
		die "$2 is not empty; name another directory with OUT=<dir>"
}

# Sets work, the directory that all is made in, and makes sure that it goes.
open_work() {
	work=$(mktemp -d)
	# shellcheck disable=SC2064 # the name as it is now
	trap "$(printf 'rm -rf -- %q' "$work")" EXIT
	trap 'say "$PROGRAM: interrupted"; exit 130' INT
	trap 'exit 143' TERM HUP
}

# A repository whose history is KDIR's and whose objects are borrowed; new ones are its own.
borrow() {
	local objects shallow
	objects=$(theirs rev-parse --path-format=absolute --git-path objects)
	shallow=$(theirs rev-parse --path-format=absolute --git-path shallow)
	git init -q --template= -b series -- "$work/git"
	printf '%s\n' "$objects" >"$work/git/.git/objects/info/alternates"
	[[ ! -e $shallow ]] || cp -- "$shallow" "$work/git/.git/shallow"
	base=$(theirs rev-parse HEAD)
	ours update-ref HEAD "$base"
	ours read-tree HEAD
	ours config user.name "$name"
	ours config user.email "$mail"
}

# header NAME FILE: the words of a header line of a patch's file.
header() { sed -n -e '/^$/q' -e "s/^$1: //p" -- "$2"; }

# takes PATCH FILE: whether a patch of the table takes a file of the overlay.
takes() {
	local pattern found=1
	local -a files not
	read -r -a files < <(header Files "$1")
	read -r -a not < <(header Not "$1") || :
	for pattern in "${files[@]}"; do
		# shellcheck disable=SC2053 # a pattern it is
		[[ $2 != $pattern ]] || found=0
	done
	for pattern in "${not[@]}"; do
		# shellcheck disable=SC2053
		[[ $2 != $pattern ]] || found=1
	done
	return "$found"
}

# Prints "PATCH<tab>FILE" for every file of the overlay, once each.
assign() {
	local file patch taker
	while IFS= read -r -d '' file; do
		taker=
		for patch in "$table"/[0-9]*.txt; do
			takes "$patch" "$file" || continue
			[[ -z $taker ]] || die "$file is in two patches of docs/series: ${taker##*/} and ${patch##*/}"
			taker=$patch
		done
		[[ $taker ]] || die "$file is in no patch of docs/series"
		printf '%s\t%s\n' "$taker" "$file"
	done < <(cd "$work/layer" && find . -type f -printf '%P\0' | sort -z)
}

# commit PATCH: its files as one commit.
commit() {
	local patch file blob mode
	while IFS=$'\t' read -r patch file; do
		[[ $patch == "$1" ]] || continue
		mode=100644
		[[ ! -x $work/layer/$file ]] || mode=100755
		blob=$(ours hash-object -w --no-filters -- "$work/layer/$file")
		ours update-index --add --cacheinfo "$mode,$blob,$file"
	done <"$work/assigned"
	! ours diff-index --cached --quiet HEAD || die "docs/series/${1##*/} takes no file of the overlay"
	sed '1,/^$/d' -- "$1" | ours commit --quiet --no-status --signoff --file=-
}

format() {
	ours config branch.series.description "$(<"$table/cover.txt")"
	mkdir -p -- "$work/out"
	ours format-patch --quiet --cover-letter --cover-from-description=subject --base="$base" \
		--output-directory="$work/out" "$base"
	mkdir -p -- "$1"
	cp -- "$work"/out/*.patch "$1/"
	say "$(find "$work/out" -name '*.patch' | wc -l) files in $1; git am takes all but the cover letter"
}

main() {
	local kdir work base name mail patch version out=${2:-}
	check "${1:-}" "$out"
	open_work
	"$here/overlay.sh" layer "$kdir" "$work/layer" 2>"$work/words" ||
		die "$(sed -e 's/^overlay.sh: //' -e 's/; take it off first: make unapply$/; take it off first/' "$work/words")"
	version=$(theirs show HEAD:Makefile | sed -n -e 's/^VERSION = //p' -e 's/^PATCHLEVEL = //p' | head -n 2 | paste -sd.)
	out=${out:-$project/build/series/$version}
	check "$kdir" "$out"
	assign >"$work/assigned"
	borrow
	for patch in "$table"/[0-9]*.txt; do
		commit "$patch"
	done
	format "$out"
}

(($# == 1 || $# == 2)) || die "usage: series.sh KDIR [OUT]"
main "$@"
