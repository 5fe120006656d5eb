# SPDX-License-Identifier: GPL-2.0
"""The kernels that are built here: what each is made of and where its image lies.

Owns the table. Knows nothing of how kernels are built (scripts/) or started (vm/).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CONFIG_DIR = Path(__file__).resolve().parent / "config"


@dataclass(frozen=True)
class Flavour:
    """A kernel: tinyconfig plus fragments, of which a later one wins over an earlier one."""

    name: str
    arch: str  # make's ARCH=
    fragments: tuple[str, ...]  # names in vm/config/, without .config
    image: str  # what is started, relative to the build directory
    steps: int  # lines that make prints, roughly: for the first build's progress
    like: str | None = None  # the flavour with a copy of whose build a first one begins
    variables: tuple[str, ...] = ()  # what make is told beside

    def fragment_paths(self) -> list[Path]:
        """The fragments as files, in the order in which they are merged."""
        return [CONFIG_DIR / f"{name}.config" for name in self.fragments]


# QEMU starts x86's vmlinux by its PVH entry: no decompression, which emulation makes slow.
_ALL = (
    Flavour("x86", "x86_64", ("base", "x86", "rust"), "vmlinux", 1970),
    Flavour("x86-c", "x86_64", ("base", "x86", "rust", "c"), "vmlinux", 1970, like="x86"),
    # What a kernel builder can have where rustc and clang are of one LLVM: only measured.
    Flavour("x86-inline", "x86_64", ("base", "x86", "rust", "inline"), "vmlinux", 1970, like="x86"),
    Flavour("uml", "um", ("base", "uml", "rust", "kunit"), "vmlinux", 1350),
    Flavour("uml-c", "um", ("base", "uml", "rust", "kunit", "c"), "vmlinux", 1350, like="uml"),
    # How long interrupts are off: only measured, C before Rust.
    Flavour(
        "uml-irqsoff-c", "um", ("base", "uml", "rust", "irqsoff", "c"), "vmlinux", 1350, like="uml"
    ),
    Flavour(
        "uml-irqsoff",
        "um",
        ("base", "uml", "rust", "irqsoff"),
        "vmlinux",
        1350,
        like="uml-irqsoff-c",
    ),
    # uml again, with faults planted in it: what it leaves behind must not be taken for ours.
    Flavour("mutant", "um", ("base", "uml", "rust", "kunit"), "vmlinux", 1350, like="uml"),
    # Under fuzzers, with coverage of the core: kbuild asks make which objects to instrument.
    Flavour(
        "fuzz",
        "um",
        ("base", "uml", "rust", "fuzz"),
        "vmlinux",
        1350,
        variables=("KCOV_INSTRUMENT_cgroup_ns.o=y",),
    ),
    # Allocations fail in it.
    Flavour("faults", "um", ("base", "uml", "rust", "faults"), "vmlinux", 1350),
    Flavour(
        "faults-c", "um", ("base", "uml", "rust", "faults", "c"), "vmlinux", 1350, like="faults"
    ),
    # What others' programs need beside: container runtimes, upstream's selftests.
    Flavour("full", "x86_64", ("base", "x86", "rust", "full"), "vmlinux", 2400),
    Flavour("full-c", "x86_64", ("base", "x86", "rust", "full", "c"), "vmlinux", 2400, like="full"),
    # Where faults show themselves: scripts/debug.py. KASAN and KCSAN exclude each other.
    Flavour("debug", "x86_64", ("base", "x86", "rust", "full", "debug"), "vmlinux", 2450),
    Flavour("kcsan", "x86_64", ("base", "x86", "rust", "full", "kcsan"), "vmlinux", 2410),
    Flavour("cfi", "x86_64", ("base", "x86", "rust", "cfi"), "vmlinux", 1980),
    # Without Rust at all, as most trees are built: only its objects are looked at.
    Flavour("plain", "x86_64", ("base", "x86"), "vmlinux", 1500),
)

FLAVOURS: dict[str, Flavour] = {flavour.name: flavour for flavour in _ALL}
