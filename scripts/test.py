# SPDX-License-Identifier: GPL-2.0
"""The tests, cheapest first. Runs inside the toolbox; `make test` is the way to it.

    test.py               what make test runs
    test.py --all         that, and all that takes longer
    test.py PART...       some parts

Owns the order and the list. How a thing is built, started or compared lies beside it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import bench
import crate
import diff
import figures
import hard
import kernel
import kselftests
import lint
import litmus
import objects
import progress
import report
import results
import runtimes
import span
import uml
import upstream
import virtme
from checks import PROJECT, Checks, output, say_all
from progress import Failure
from results import Result, Table

HOST_TESTS = Path("/tmp/host-tests")
OURS = "kernel/cgroup/ns/cgroup_ns.o"
# The depth grows tenfold. Mainline's C takes 20 times as many instructions.
GROWTH = 15
# What the hooks touch, for the proof that they change nothing when the option is off.
HOOKED = ("kernel/cgroup", "fs/kernfs")


def exports() -> set[str]:
    """The functions that C calls and Rust defines."""
    entries = "".join(path.read_text() for path in PROJECT.glob("rust/abi/entry/*.rs"))
    return set(re.findall(r"#\[export\]\npub\(crate\) unsafe extern \"C\" fn (\w+)", entries))


# The parts by name, in the order of the definitions, so that none can be forgotten.
Part = Callable[["Tests"], None]
PARTS: dict[str, Part] = {}
LONGER: dict[str, Part] = {}


def part(test: Part) -> Part:
    """Make a method a part of make test."""
    PARTS[test.__name__] = test
    return test


def longer(test: Part) -> Part:
    """Make a method a part of make test-all alone."""
    LONGER[test.__name__] = test
    return test


class Tests(Checks):
    """The parts of the test run. Each adds its results to the score."""

    @part
    def style(self) -> None:
        """What formatters and checkers say of the sources."""
        rust = sorted(PROJECT.glob("rust/**/*.rs"))
        self.command("style", "rustfmt", ["rustfmt", "--check", "--edition=2021", *rust])
        shell = [*PROJECT.glob("scripts/*.sh"), *PROJECT.glob("vm/init/*-init")]
        shell += PROJECT.glob("selftests/**/*.sh")
        self.command("style", "shellcheck", ["shellcheck", "-x", *sorted(shell)])
        checkpatch = [
            kernel.source.find().path / "scripts/checkpatch.pl",
            "--strict",
            "--no-tree",
            "--terse",
            "-q",
        ]
        sources = [*PROJECT.glob("rust/**/*.[ch]"), *PROJECT.glob("selftests/**/*.[ch]")]
        self.command("style", "checkpatch, C", [*checkpatch, "-f", *sorted(sources)])
        self.command("style", "checkpatch, hooks", [*checkpatch, "--no-signoff", *self.hooks()])

        rows = figures.table()
        for row in rows:
            if row.limit is not None:
                passed = f"{row.value}, at most {row.limit}"
                self.verdict("style", row.what.partition(" (")[0], row.kept, passed)
        cells = tuple(
            (row.what, str(row.value), "" if row.limit is None else str(row.limit)) for row in rows
        )
        self.score.show(Table("Figures", ("what", "how much", "at most"), cells))

    def hooks(self) -> list[Path]:
        """The patches to C."""
        return sorted(PROJECT.glob("scripts/hooks/*.patch"))

    @part
    def scripts(self) -> None:
        """Tests of the scripts that can do harm."""
        status, text = output(
            ["python3", "-m", "unittest", "discover", "-v", "-s", "scripts/tests"]
        )
        found = self.score.add_all("scripts", results.unittest(text))
        if status or not found:
            say_all(text)
            self.verdict(
                "scripts", "all of unittest's tests", False, f"status {status}, {found} tests"
            )

    @part
    def litmus(self) -> None:
        """What is relied on without a lock, under the kernel's memory model."""
        try:
            herd = litmus.herd()
        except Failure as failure:
            self.score.add("litmus", Result("herd7", "skipped", str(failure)))
            return
        tests = sorted(litmus.TESTS.glob("*.litmus"))
        if not self.score.add_all("litmus", (litmus.verdict(test, herd) for test in tests)):
            self.verdict("litmus", "there are tests", False)

    @part
    def host(self) -> None:
        """The pure logic, on the host: in a directory of its own, since cargo writes beside its manifest."""
        shutil.copytree(
            PROJECT / "rust",
            HOST_TESTS,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("target", "*.lock"),
        )
        cargo = crate.cargo("test", "--no-fail-fast")
        progress.run("host tests, build", [*cargo, "--no-run"], cwd=HOST_TESTS)
        status, text = output(cargo, HOST_TESTS)
        found = self.score.add_all("host", results.cargo(text))
        if status or not found:
            say_all(text)
            self.verdict("host", "all of cargo's tests", False, f"status {status}, {found} tests")
        clippy = crate.cargo("clippy", "--all-targets", "--", "-Dwarnings")
        self.command("host", "clippy", clippy, HOST_TESTS)
        doc = crate.cargo("doc", "--no-deps", "--document-private-items")
        doc = ["env", "RUSTDOCFLAGS=-Dwarnings", *doc]
        self.command("host", "rustdoc", doc, HOST_TESTS)

    @part
    def kunit(self) -> None:
        """Tests inside the kernel, in user-mode Linux."""
        ours = ["kunit.filter_glob=cgroup_ns*", "kunit.filter=speed>slow"]
        tests = uml.boot(kernel.build("uml"), ["true"], kunit=True, kernel_args=ours)
        self.guest("kunit", tests.console, tests.console)

    @part
    def uml(self) -> None:
        """The selftests in user-mode Linux."""
        tests = uml.boot(kernel.build("uml"), kselftests.command())
        self.guest("uml", tests.output, tests.console)

    @part
    def mainline(self) -> None:
        """The same selftests on mainline's C: they ask of us what it does, but for what is listed."""
        listed = str(PROJECT / "selftests/mainline.differences")
        tests = uml.boot(kernel.build("uml-c"), kselftests.command("--mainline", listed))
        self.guest("mainline", tests.output, tests.console)

    @part
    def diff(self) -> None:
        """Random programs, which must do the same on both."""
        diff.run(self.score, *diff.wanted(os.environ))

    @part
    def x86(self) -> None:
        """The release object, selftests and the tour under virtme-ng."""
        image = kernel.build("x86")
        build = image.parent
        exported = exports()
        missing = exported - objects.functions(build / OURS)
        name = f"the Rust object has all {len(exported)} functions"
        self.verdict("x86", name, bool(exported) and not missing, ", ".join(missing))
        hooked = [path for directory in HOOKED for path in (build / directory).glob("*.o")]
        double = exported & set().union(*map(objects.functions, hooked))
        self.verdict("x86", "no C object has one of them", not double, ", ".join(double))
        panics = objects.panic_references(build / OURS)
        self.verdict("x86", "no panic is referred to", not panics, ", ".join(panics))
        tests = virtme.boot(image, kselftests.command())
        self.guest("x86", tests.output, tests.console)
        self.command("x86", "the tour", ["python3", "vm/tour.py"])

    @part
    def growth(self) -> None:
        """What a read of /proc/self/cgroup costs grows with the depth, and not with its square."""
        ratio = bench.growth(kernel.build("x86"))
        name = f"a read at depth 1000 takes at most {GROWTH} times one at depth 100"
        self.verdict("growth", name, ratio < GROWTH, f"{ratio:.1f} times as many instructions")

    @part
    def lint(self) -> None:
        """What checkers say of our files as the kernel compiles them."""
        hooks = "".join(hook.read_text() for hook in self.hooks())
        for flavour in ("x86", "uml"):
            build = kernel.build(flavour, tuple(f"{name}/" for name in HOOKED)).parent
            self.content(f"clippy, {flavour}", lint.clippy(build, kernel.SRC))
        self.content("rustdoc", lint.rustdoc(build))
        pristine = kernel.source.find().path
        self.content("sparse", "\n".join(lint.sparse(build, kernel.SRC, pristine, hooks)))

    @part
    def same(self) -> None:
        """With the option off, the overlaid tree builds what mainline's does."""
        targets = tuple(f"{directory}/" for directory in HOOKED)
        theirs = kernel.build("plain", targets, untouched=True).parent
        ours = kernel.build("plain", targets).parent
        count = objects.same(ours, theirs, HOOKED)
        self.verdict("same", f"{count} objects are those of the untouched tree", True)

    @longer
    def upstream(self) -> None:
        """The kernel's own selftests, on C and on Rust."""
        upstream.run(self.score)

    @longer
    def runtimes(self) -> None:
        """Container runtimes, on C and on Rust."""
        runtimes.run(self.score)


def short(run: hard.Run) -> Part:
    """The short form of a part of make test-hard."""
    return lambda tests: run(tests.score, span.SHORT)


LONGER |= {name: short(run) for name, run in hard.PARTS.items()}


def command_line() -> tuple[str, list[str]]:
    """How a user starts this run, and its parts."""
    parser = argparse.ArgumentParser(prog="test.py", description="Run the tests.")
    parser.add_argument("--all", action="store_true", help="also what takes longer")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join([*PARTS, *LONGER]))
    options = parser.parse_args()
    if options.parts:
        return f"make test ONLY='{' '.join(options.parts)}'", options.parts
    return ("make test-all", [*PARTS, *LONGER]) if options.all else ("make test", [*PARTS])


def main() -> int:
    command, names = command_line()
    parts = PARTS | LONGER
    if unknown := [name for name in names if name not in parts]:
        raise Failure(f"there is no part {unknown[0]}; there are {', '.join(parts)}")
    if "runtimes" in names:
        runtimes.root()
    diff.wanted(os.environ)
    report.begin()
    tests = Tests(len(names))
    for name in names:
        tests.run(name, parts[name].__get__(tests))
    compiler = "clang" if kernel.with_llvm() else "gcc"
    facts = {"kernel": kernel.source.find().id, "compiler": compiler}
    return report.finish(tests.score, command, facts)


if __name__ == "__main__":
    progress.main(main)
