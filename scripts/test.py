# SPDX-License-Identifier: GPL-2.0
"""Every test there is, cheapest first. Runs inside the toolbox; `make test` is the way to it.

Owns the order and the list. How a thing is built, started or compared lies beside it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import crate
import figures
import kernel
import kselftests
import lint
import litmus
import objects
import progress
import results
import uml
import virtme
from progress import Failure
from results import Result, Score

PROJECT = Path(__file__).resolve().parent.parent
HOST_TESTS = Path("/tmp/host-tests")
# What a failure needs to be seen again.
SEED = re.compile(r"\w+: seed=\d+")
OURS = "kernel/cgroup/ns/cgroup_ns.o"
# What the hooks touch, for the proof that they change nothing when the option is off.
HOOKED = ("kernel/cgroup", "fs/kernfs")


def output(argv: Iterable[str | Path], cwd: Path = PROJECT) -> tuple[int, str]:
    """Exit status and output, errors included, of a quick command."""
    command = [str(arg) for arg in argv]
    done = subprocess.run(
        command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout


def say_all(text: str) -> None:
    """A failed command's own words, below which its verdict stands."""
    for line in text.rstrip().splitlines():
        print(f"# {line}")


def exports() -> set[str]:
    """The functions that C calls and Rust defines."""
    entries = "".join(path.read_text() for path in PROJECT.glob("rust/abi/entry/*.rs"))
    return set(re.findall(r"#\[export\]\npub\(crate\) unsafe extern \"C\" fn (\w+)", entries))


PARTS: list[Callable[[Tests], None]] = []


def part(test: Callable[[Tests], None]) -> Callable[[Tests], None]:
    """Make a method a part of the run, in the order of the definitions: none can be forgotten below."""
    PARTS.append(test)
    return test


class Tests:
    """The parts of the test run. Each adds its results to the score."""

    def __init__(self) -> None:
        self.score = Score()

    def verdict(self, group: str, name: str, passed: bool, why: str = "") -> None:
        """Add one result."""
        self.score.add(group, Result(name, "passed" if passed else "failed", why))

    def command(
        self, group: str, name: str, argv: Iterable[str | Path], cwd: Path = PROJECT
    ) -> None:
        """A command that succeeds without a word, or fails."""
        status, text = output(argv, cwd)
        if status:
            say_all(text)
        self.verdict(group, name, status == 0, f"status {status}")

    def run(self, test: Callable[[Tests], None]) -> None:
        """Run one part; what stops it is one failed test, and the other parts go on."""
        try:
            test(self)
        except (Failure, objects.Mismatch, subprocess.CalledProcessError) as failure:
            self.verdict(test.__name__, "runs to its end", False, str(failure))

    @part
    def style(self) -> None:
        """What formatters and checkers say of the sources."""
        rust = sorted(PROJECT.glob("rust/**/*.rs"))
        self.command("style", "rustfmt", ["rustfmt", "--check", "--edition=2021", *rust])
        shell = [*PROJECT.glob("scripts/*.sh"), *PROJECT.glob("vm/init/*-init")]
        self.command("style", "shellcheck", ["shellcheck", "-x", *sorted(shell)])
        checkpatch = [
            kernel.source.find().path / "scripts/checkpatch.pl",
            "--strict",
            "--no-tree",
            "--terse",
            "-q",
        ]
        sources = [*PROJECT.glob("rust/**/*.[ch]"), *PROJECT.glob("selftests/*.[ch]")]
        self.command("style", "checkpatch, C", [*checkpatch, "-f", *sorted(sources)])
        self.command("style", "checkpatch, hooks", [*checkpatch, "--no-signoff", *self.hooks()])

        for row in figures.table():
            print(f"# figures: {row.what}: {row.value}")
            if row.limit is not None:
                passed = f"{row.value}, at most {row.limit}"
                self.verdict("style", row.what.partition(" (")[0], row.kept, passed)

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
        self.command("style", "clippy, host", clippy, HOST_TESTS)
        doc = crate.cargo("doc", "--no-deps", "--document-private-items")
        doc = ["env", "RUSTDOCFLAGS=-Dwarnings", *doc]
        self.command("style", "rustdoc, host", doc, HOST_TESTS)

    @part
    def uml(self) -> None:
        """KUnit and selftests in user-mode Linux."""
        image = kernel.build("uml")
        ours = ["kunit.filter_glob=cgroup_ns*", "kunit.filter=speed>slow"]
        kunit = uml.boot(image, ["true"], kunit=True, kernel_args=ours)
        self.guest("uml, kunit", kunit.console, kunit.console)
        tests = uml.boot(image, kselftests.command())
        self.guest("uml", tests.output, tests.console)

    @part
    def mainline(self) -> None:
        """The same selftests on mainline's C: they ask of us what it does, but for what is listed."""
        listed = str(PROJECT / "selftests/mainline.differences")
        tests = uml.boot(kernel.build("uml-c"), kselftests.command("--mainline", listed))
        self.guest("uml, mainline", tests.output, tests.console)

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
    def lint(self) -> None:
        """What checkers say of our files as the kernel compiles them."""
        hooks = "".join(hook.read_text() for hook in self.hooks())
        for flavour in ("x86", "uml"):
            build = kernel.build(flavour, tuple(f"{name}/" for name in HOOKED)).parent
            self.content(f"clippy, {flavour}", lint.clippy(build, kernel.SRC))
        self.content("rustdoc", lint.rustdoc(build))
        pristine = kernel.source.find().path
        self.content("sparse", "\n".join(lint.sparse(build, kernel.SRC, pristine, hooks)))

    def content(self, checker: str, words: str) -> None:
        """A checker that has nothing to say is content."""
        say_all(words)
        self.verdict("lint", checker, not words, "its words are above")

    def guest(self, group: str, text: str, console: str) -> None:
        """Add what a guest printed. A result that is missing fails, and so does a kernel that complains."""
        for line in SEED.findall(text):
            print(f"# {group}: {line}")
        self.score.add_all(group, results.ktap(text, depth=1))
        if not results.ktap_is_whole(text, depth=1):
            say_all(text[-4000:])
            self.verdict(group, "all announced results came", False)
        alarms = results.alarms(console)
        say_all("\n".join(alarms))
        self.verdict(group, "the kernel has no complaint", not alarms, alarms[0] if alarms else "")

    @part
    def same(self) -> None:
        """With the option off, the overlaid tree builds what mainline's does."""
        targets = tuple(f"{directory}/" for directory in HOOKED)
        theirs = kernel.build("plain", targets, untouched=True).parent
        ours = kernel.build("plain", targets).parent
        count = objects.same(ours, theirs, HOOKED)
        self.verdict("same", f"{count} objects are those of the untouched tree", True)


def main() -> int:
    tests = Tests()
    for test in PARTS:
        tests.run(test)
    return tests.score.finish()


if __name__ == "__main__":
    progress.main(main)
