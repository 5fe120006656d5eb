# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How a root file system is made: mmdebstrap from the host's own mirror, under a temporary name, once a
# package list. There are three, each with its list in NAME.packages: the toolbox; the guest in which container
# runtimes are tried, and what draws the benchmark's plots, which only those need who do that.
# To be sourced by toolbox.sh, which sets here, cache, kdir and isolate.
# shellcheck disable=SC2154

SUITE=trixie
# Changes with the recipe below, so that a root file system of an older one is not taken for ours.
RECIPE=1
# Room on disk that each piece takes while it is being made, in KiB.
declare -A ROOT_KIB=([toolbox]=$((2800 * 1024)) [runtimes]=$((700 * 1024)) [plots]=$((700 * 1024)))
# Lines that making one prints, roughly: for the progress.
declare -A ROOT_STEPS=([toolbox]=1180 [runtimes]=550 [plots]=540)
SOURCE_KIB=$((2100 * 1024))
BUILD_KIB=$((2048 * 1024))
# What a run may add to builds that are there.
MORE_KIB=$((512 * 1024))

# packages NAME: the names in a list.
packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$here/$1.packages"; }

# root_of NAME: where a root file system of that name lies, or will.
root_of() {
	local key
	key=$({ echo "$SUITE $RECIPE" && packages "$1"; } | sha256sum)
	echo "$cache/$1-${key:0:12}"
}

# need_roots NAME...: makes those that are not there.
need_roots() {
	local name root
	delete "$cache"/{toolbox,runtimes,plots}-*.partial
	check_disk "$@"
	for name; do
		root=$(root_of "$name")
		[[ -d $root ]] || make_root "$name" "$root"
	done
}

# Says before anything is begun how much room the whole way takes.
check_disk() {
	local need=$MORE_KIB free name
	for name; do
		[[ -d $(root_of "$name") ]] || need=$((need + ROOT_KIB[$name]))
	done
	[[ -n ${kdir:-} ]] || compgen -G "$cache/linux-*[0-9]" >/dev/null || need=$((need + SOURCE_KIB))
	[[ -n $(ls -A -- "$cache/build") ]] || need=$((need + BUILD_KIB - MORE_KIB))
	free=$(df --output=avail -k -- "$cache" | tail -n 1)
	((free >= need)) ||
		die "$cache needs $(gib "$need") of free disk space and has $(gib "$free");" \
			"make room or choose another place with CACHE=DIR"
}

# make_root NAME ROOT
make_root() {
	local name=$1 partial=$2.partial log=$cache/log/$1.log
	need_mmdebstrap
	discard() { delete "$partial"; }
	# shellcheck disable=SC2034 # read by common.sh
	on_stop=discard
	trap_signals
	apt_settings >"$cache/apt.conf"
	if ! long_step "$name" "$log" '^(Get:|Unpacking |Setting up )' "${ROOT_STEPS[$name]}" bootstrap; then
		discard
		explain_failure "$log"
	fi
	mv -T -- "$partial" "$2"
	trap - INT TERM HUP
}

# In its own namespaces even for root: mmdebstrap mounts things. Reads name and partial of make_root.
# shellcheck disable=SC2016 # mmdebstrap's shell sets $1
bootstrap() {
	local -a mirror=()
	mapfile -t mirror < <(host_mirror)
	exec env -u APT_CONFIG TMPDIR=/tmp setpriv --pdeathsig KILL "${isolate[@]}" --mount-proc \
		mmdebstrap --mode=root --variant=minbase --format=directory --verbose \
		--aptopt="$cache/apt.conf" --aptopt='APT::Sandbox::User "root"' \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--include="$(packages "$name" | paste -sd,)" \
		--customize-hook='mkdir "$1"/project "$1"/cache "$1"/kdir "$1"/src' \
		--customize-hook='touch "$1"/etc/resolv.conf "$1"/etc/hosts' \
		"$SUITE" "$partial" "${mirror[@]}"
}

# The archive that the host's apt uses for its own Debian, if it does; prints nothing otherwise.
# shellcheck disable=SC2016 # apt's own $(…)
host_mirror() {
	local release origin uri
	while read -r release uri origin; do
		[[ $release != *[-/]* && ($origin == Debian || -z $origin) ]] || continue
		[[ $uri != mirror+file:* ]] || uri=$(grep -m 1 -o -E 'https?://[^[:space:]]+' "${uri#mirror+file:}")
		[[ $uri == http?(s)://* ]] || continue
		echo "$uri"
		return
	done < <(grep -qs '^ID=debian' /etc/os-release &&
		apt-get indextargets --format '$(RELEASE) $(REPO_URI) $(ORIGIN)' \
			'Created-By: Packages' 'Component: main' 2>/dev/null)
}

# Those of the host's apt settings that decide whether a mirror can be reached and trusted.
apt_settings() {
	apt-config dump | grep -i -E '^Acquire::(https?::|ftp::)?(Proxy|Timeout|Retries|Check-Date|Check-Valid-Until)' || :
}

need_mmdebstrap() {
	command -v mmdebstrap >/dev/null && return
	((EUID == 0)) || die "mmdebstrap is missing; ask for it: sudo apt-get install mmdebstrap uidmap"
	command -v apt-get >/dev/null || die "mmdebstrap is missing, and there is no apt-get to install it"
	trap_signals
	long_step mmdebstrap "$cache/log/mmdebstrap.log" '^(Get:|Unpacking |Setting up )' 60 install_mmdebstrap ||
		explain_failure "$cache/log/mmdebstrap.log"
	trap - INT TERM HUP
}

install_mmdebstrap() {
	export DEBIAN_FRONTEND=noninteractive
	apt-cache show mmdebstrap >/dev/null 2>&1 || apt-get update
	apt-get install --yes mmdebstrap || { apt-get update && apt-get install --yes mmdebstrap; }
}

# That we may have mounts and processes of our own: before anything is begun, and without newuidmap, for which
# an unshare(1) that fails leaves a child waiting for ever.
need_isolation() {
	local user
	user=$(id -un)
	if ((EUID == 0)); then
		unshare --mount --propagation private --pid --fork true 2>/dev/null ||
			die "root may not mount anything here (in a container or a chroot?); run this outside, or as another user"
		return
	fi
	command -v newuidmap >/dev/null || die "newuidmap is missing; ask for it: sudo apt-get install uidmap"
	local file
	for file in /etc/subuid /etc/subgid; do
		grep -qs -E "^($user|$EUID):" "$file" || no_subordinate_ids "$user"
	done
	unshare --user --map-root-user --mount --propagation private --pid --fork true 2>/dev/null ||
		die "user namespaces are not allowed for $user on this machine; run this as root, or allow them"
}

no_subordinate_ids() {
	die "$1 has no subordinate ids; ask for them:" \
		"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $1"
}

# One line for the failure that people meet most, the end of the log for any other.
explain_failure() {
	local why
	why=$(sed -n 's/^E: Failed to fetch //p' -- "$1" | head -n 1)
	[[ -z $why ]] || die "the package mirror does not answer ($why); check the network and the host's apt (log: $1)"
	tail -n 20 -- "$1" >&2
	die "that failed; the log's last lines are above (log: $1)"
}
