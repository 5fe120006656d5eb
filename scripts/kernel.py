# SPDX-License-Identifier: GPL-2.0
"""Builds a kernel of vm/flavours.py from the overlaid source.

    kernel.py [--untouched] FLAVOUR [MAKE-TARGET...]

Owns the build directories and the mount at /src. Knows what a flavour is made of only from the table.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import progress
import source
import twin
from flavours import FLAVOURS, Flavour
from progress import CACHE, Failure
from source import Source

SRC = Path("/src")
PROJECT = Path(__file__).resolve().parent.parent
COPY_ROOM = 3 << 30
STEP = re.compile(r"^  [A-Z][A-Z0-9_ \[\]]+ +\S")
# The same every time, so that the compiler cache and `uname -v` do not depend on when and where.
STAMPS = {
    "KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 2026",
    "KBUILD_BUILD_USER": "cgroup-ns",
    "KBUILD_BUILD_HOST": "toolbox",
    "KBUILD_BUILD_VERSION": "1",
}


def build(
    flavour: Flavour | str,
    targets: tuple[str, ...] = (),
    *,
    untouched: bool = False,
    project: Path = PROJECT,
    clang: bool | None = None,
) -> Path:
    """Build the flavour, or only `targets` of it, and return where its image is (or would be).

    `untouched` leaves our overlay out: mainline's own tree, in a build directory of its own.
    `project` has the overlay: ours, or a copy under another name.
    `clang` chooses the compiler, clang or gcc, where the user is not to.
    """
    if isinstance(flavour, str):
        flavour = FLAVOURS[flavour]
    tree = source.find()
    mount(tree, untouched=untouched, project=project)
    job = Build(flavour, tree, untouched, clang)
    job.begin()
    job.configure()
    job.make(targets)
    return job.directory / flavour.image


def with_llvm() -> bool:
    """Whether clang builds the kernel; LLVM=0 asks for gcc."""
    return os.environ.get("LLVM", "1") not in ("", "0")


class Build:
    """One build directory: a flavour of a source by a compiler."""

    def __init__(
        self, flavour: Flavour, tree: Source, untouched: bool, clang: bool | None = None
    ) -> None:
        self.flavour = flavour
        self.clang = with_llvm() if clang is None else clang
        suffix = ("" if self.clang else "-gcc") + ("-untouched" if untouched else "")
        self.variant = flavour.name + suffix
        self.untouched = untouched
        self.directory = CACHE / "build" / tree.id / self.variant
        self.phase = f"kernel {self.variant}"
        self.model = (
            None if flavour.like is None else self.directory.with_name(flavour.like + suffix)
        )

    def command(self, *targets: str) -> list[str]:
        """A make of this build."""
        compiler = "clang" if self.clang else "gcc"
        jobs = os.environ.get("JOBS") or str(len(os.sched_getaffinity(0)))
        return [
            *(
                "make",
                "-C",
                str(SRC),
                f"O={self.directory}",
                f"-j{jobs}",
                f"ARCH={self.flavour.arch}",
            ),
            # Said either way: make would take LLVM=0 from the environment for a yes.
            "LLVM=1" if self.clang else "LLVM=",
            *(f"CC=ccache {compiler}", "LOCALVERSION="),
            *([f"V={os.environ['V']}"] if os.environ.get("V") else []),
            *self.flavour.variables,
            *targets,
        ]

    def environment(self) -> dict[str, str]:
        """What make's children see beside the toolbox's own environment."""
        return STAMPS | {
            "CCACHE_DIR": str(CACHE / "ccache"),
            "CCACHE_MAXSIZE": "2G",
            "CCACHE_DEPEND": "1",
        }

    def begin(self) -> None:
        """Make the directory, unless it is there: a copy of a like flavour's build, if that is."""
        if self.directory.exists():
            return
        if self.model is not None and (self.model / "vmlinux").exists():
            twin.copy(self.model, self.directory)
        else:
            self.directory.mkdir(parents=True)

    def configure(self) -> None:
        """tinyconfig plus the flavour's fragments, unless that was done already from the same pieces."""
        config = self.directory / ".config"
        stamp = self.directory / ".fragments"
        wanted = self._fingerprint()
        done = config.exists() and stamp.exists() and stamp.read_text() == wanted
        if done and not self._menu_changed_since(stamp.stat().st_mtime):
            return
        stamp.unlink(missing_ok=True)
        # make tinyconfig, in one pass of Kconfig in place of three: each asks the compiler a hundred things.
        tiny = self.directory / ".tiny"
        tiny.write_text("".join(piece.read_text() for piece in self._tiny_pieces()))
        first = shlex.join([*self.command("allnoconfig"), f"KCONFIG_ALLCONFIG={tiny}"])
        fragments = shlex.join([str(piece) for piece in self.flavour.fragment_paths()])
        second = shlex.join(self.command("olddefconfig"))
        script = f"{first} && cat {fragments} >>{config} && {second}"
        progress.run(f"config {self.variant}", ["bash", "-c", script], env=self.environment())
        self._check_symbols(config)
        stamp.write_text(wanted)

    def _tiny_pieces(self) -> list[Path]:
        """What kbuild makes tinyconfig of."""
        names = (
            "kernel/configs/tiny-base.config",
            "kernel/configs/tiny.config",
            "arch/{}/configs/tiny.config",
        )
        directory = {"x86_64": "x86"}.get(self.flavour.arch, self.flavour.arch)
        pieces = [SRC / name.format(directory) for name in names]
        return [piece for piece in pieces if piece.exists()]

    def _fingerprint(self) -> str:
        """Of all that the configuration is made from."""
        digest = hashlib.sha256(repr(self.command()).encode())
        for piece in self.flavour.fragment_paths():
            digest.update(piece.read_bytes())
        digest.update((SRC / "Makefile").read_bytes())
        return digest.hexdigest() + "\n"

    def _menu_changed_since(self, when: float) -> bool:
        """Whether a Kconfig file is newer, or gone: make alone would stop there, to ask about new symbols."""
        read = self.directory / "include/config/auto.conf.cmd"
        names = re.findall(r"^\t(\S+)", read.read_text(), re.MULTILINE) if read.exists() else []
        try:
            return any((SRC / name).stat().st_mtime > when for name in names)
        except FileNotFoundError:
            return True

    def _check_symbols(self, config: Path) -> None:
        """Kconfig drops what it cannot satisfy without a word."""
        result = _symbols(config)
        for name, (value, fragment) in self._wanted().items():
            if self.untouched and name.startswith("CONFIG_CGROUP_NS_RUST"):
                continue
            if result.get(name, "n") != value:
                raise Failure(
                    f"{name}={value} of vm/config/{fragment.name} became {result.get(name, 'n')}: "
                    "a dependency of it is missing"
                )

    def _wanted(self) -> dict[str, tuple[str, Path]]:
        """Each symbol that a fragment names, with the last value it is given."""
        fragments = self.flavour.fragment_paths()
        return {name: (value, file) for file in fragments for name, value in _symbols(file).items()}

    def make(self, targets: tuple[str, ...]) -> None:
        """Build. The progress of a first build is measured against what this flavour took the last time."""
        # Not make's own default, which would go on to compress an image that nothing here starts.
        targets = targets or (self.flavour.image,)
        memory = self.directory.parent / f"{self.variant}.steps"
        fresh = targets == (self.flavour.image,) and not (self.directory / "vmlinux").exists()
        total: int | None = None
        if fresh:
            total = int(memory.read_text()) if memory.exists() else self.flavour.steps
        steps = progress.run(
            self.phase,
            self.command(*targets),
            count=STEP,
            total=total,
            exact=fresh and memory.exists(),
            env=self.environment(),
        )
        if fresh:
            memory.write_text(f"{steps}\n")


def _symbols(file: Path) -> dict[str, str]:
    """The values that a configuration gives; what it says is not set is n."""
    found: dict[str, str] = {}
    for line in file.read_text().splitlines():
        if match := re.fullmatch(r"(CONFIG_\w+)=(.*)", line.strip()):
            found[match[1]] = match[2]
        elif match := re.fullmatch(r"# (CONFIG_\w+) is not set", line.strip()):
            found[match[1]] = "n"
    return found


def mount(tree: Source, *, untouched: bool, project: Path = PROJECT) -> None:
    """Put the source at /src with our files over it, read-only; where overlayfs is refused, a copy."""
    below = tree.path
    name = tree.id if project == PROJECT else f"{tree.id}-{project.name}"
    layer = CACHE / "layer" / name
    if os.path.ismount(SRC):
        quick("umount", SRC)
    if untouched:
        quick("mount", "--bind", "-o", "ro", below, SRC)
        return
    quick("bash", project / "scripts/overlay.sh", "layer", below, layer)
    mounted = subprocess.run(
        ["mount", "-t", "overlay", "overlay", "-o", f"ro,lowerdir={layer}:{below}", str(SRC)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        quick("mount", "--bind", "-o", "ro", _copy(below, layer, name), SRC)


def _copy(below: Path, layer: Path, name: str) -> Path:
    """A copy of source and layer in the cache, kept up to date without touching what is equal."""
    copy = CACHE / "copy" / name
    if not copy.exists() and shutil.disk_usage(CACHE).free < COPY_ROOM:
        raise Failure(
            f"{progress.host_path(CACHE)} needs {COPY_ROOM >> 30} GiB of free disk space: "
            "this machine has no overlayfs for us, and the source is copied instead"
        )
    copy.mkdir(parents=True, exist_ok=True)
    sync = ("rsync", "--archive", "--no-owner", "--no-group")
    touched = CACHE / "copy" / f"{name}.touched"
    with touched.open("w") as out:
        subprocess.run(
            ["find", ".", "-type", "f", "-printf", "%P\\n"], cwd=layer, stdout=out, check=True
        )
    progress.run(
        "copy source",
        [
            *sync,
            "--delete",
            f"--exclude-from={touched}",
            "--exclude=/kernel/cgroup/ns/",
            f"{below}/",
            f"{copy}/",
        ],
    )
    quick(*sync, f"{layer}/", f"{copy}/")
    return copy


def quick(*argv: str | Path) -> None:
    """Run a quick command whose own words are the failure's."""
    done = subprocess.run([str(arg) for arg in argv], capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or [f"status {done.returncode}"]
        raise Failure(words[-1].removeprefix("overlay.sh: "))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="kernel.py", description="Build a kernel from the overlaid source."
    )
    parser.add_argument("--untouched", action="store_true", help="leave the overlay out")
    parser.add_argument("flavour", choices=sorted(FLAVOURS))
    parser.add_argument("targets", nargs="*", metavar="MAKE-TARGET")
    options = parser.parse_args()
    image = build(options.flavour, tuple(options.targets), untouched=options.untouched)
    if not options.targets:
        print(f"kernel: {progress.host_path(image)}")
    return 0


if __name__ == "__main__":
    progress.main(main)
