# SPDX-License-Identifier: GPL-2.0
"""podman, by root and by an ordinary user who has a cgroup to themselves. Without systemd, so podman's own manager.

The image is imported from a tarball with busybox in it. Its files are copied for each container (vfs), as the
guest has no disk; there is no network.
"""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import container
import rig
from container import Container
from suite import Suite

COMMON = ("--cgroup-manager", "cgroupfs", "--storage-driver", "vfs", "--events-backend", "none")
LIMITS = (
    *("--pids-limit", str(container.TASKS)),
    *("--memory", str(container.MEMORY), "--memory-swap", str(container.MEMORY)),
)
RUN = ("--network", "none", "--pull", "never", "--volume", "/usr:/usr:ro")
IMAGE = "probe"
POLICY = "/etc/containers"  # which images may be had
HOME = "/run/home"
OWNED = "/podman-rootless"


class Podman:
    """Root's podman. Containers lie in a cgroup of root's choice, whoever starts them."""

    program: tuple[str, ...]
    options: tuple[str, ...] = ("--cgroup-parent", "/podman/pods")
    where = "/podman/pods/libpod"  # the cgroups of its containers, up to the dash before the id
    starter = f"/podman/{rig.STARTER}"

    def __init__(self) -> None:
        self.state = rig.RUN / "podman"  # where it may write
        self.state.mkdir()
        where = ("--root", f"{self.state}/root", "--runroot", f"{self.state}/run")
        self.program = ("podman", *COMMON, *where)

    def session(self, name: str) -> None:
        """Prepare for a container of that name."""

    def run(self, name: str, *words: str, status: int = 0) -> str:
        """A container of that name: further options, the image, what is to run. Return what is said."""
        self.session(name)
        volumes = ("--volume", "/proc:/hostproc:ro")
        run = (*self.program, "run", "--name", name, *RUN, *volumes, *self.options, *words)
        return rig.command(*run, status=status)

    def stay(self, suite: Suite, name: str, *options: str) -> Container:
        """A container that stays."""
        file = self.state / f"{name}.pid"
        words = ("--detach", "--pidfile", str(file), *options, IMAGE, *container.PROBE, "hold")
        number = self.run(name, *words).split()[-1]
        suite.rename(number, "ID")
        enter = (*self.program, "exec", name)
        return Container(f"{self.where}-{number}", int(rig.read(file)), enter)


class Rootless(Podman):
    """A user's podman. It splits the cgroup that it is started in, which is the user's, and moves there."""

    options = ("--cgroups", "split")

    def __init__(self) -> None:
        self.state = Path(HOME)
        for directory in (HOME, f"/run/user/{rig.USER}"):
            Path(directory).mkdir(parents=True, mode=0o700)
            os.chown(directory, rig.USER, rig.USER)
        own(rig.cgroup(OWNED))
        self.program = (
            *("/usr/bin/setpriv", f"--reuid={rig.USER}", f"--regid={rig.USER}", "--init-groups"),
            *("env", f"--chdir={HOME}", f"HOME={HOME}", f"XDG_RUNTIME_DIR=/run/user/{rig.USER}"),
            *("podman", *COMMON),
        )

    def session(self, name: str) -> None:
        """A cgroup of the user's own for each."""
        path = f"{OWNED}/{name}"
        own(rig.cgroup(path))
        rig.join(path)
        self.where = f"{path}/libpod-payload"
        self.starter = f"{path}/runtime"


def own(directory: Path) -> None:
    """Delegate a cgroup to the user."""
    for name in (".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"):
        os.chown(directory / name, rig.USER, rig.USER)


def image() -> Path:
    """The tarball."""
    where = rig.RUN / "image"
    if (where / "image.tar").exists():
        return where / "image.tar"
    root = rig.tree("image/root")
    (root / "var/tmp").mkdir(parents=True)
    for link in ("bin", "sbin"):
        (root / link).unlink()
        (root / link).mkdir()
    shutil.copy("/bin/busybox", root / "bin")
    (root / "bin/sh").symlink_to("busybox")
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    rig.command("tar", "-C", root, "-cf", where / "image.tar", ".")
    return where / "image.tar"


def version() -> str:
    """What the program says of itself."""
    return rig.command("podman", "--version").split()[-1].partition("+")[0]


def rootful(suite: Suite) -> None:
    """As root; in a container of it is another one."""
    suite.version(version())
    podman = Podman()
    tarball = image()
    _check(suite, podman, tarball)
    _nested(suite, podman, tarball)


def rootless(suite: Suite) -> None:
    """As a user with subordinate ids and a cgroup that is theirs."""
    suite.version(version())
    suite.absent("podman in podman", "a namespace by util-linux instead; podman of root has it")
    podman = Rootless()
    _check(suite, podman, image())
    words = (*container.PROBE, "nested", *container.UNSHARE)
    seen = rig.sections(podman.run("outer", "--privileged", IMAGE, *words))
    container.nested_seen(suite, Container("", 0, ()), seen)


def _check(suite: Suite, podman: Podman, tarball: Path) -> None:
    rig.command(*podman.program, "import", tarball, IMAGE)
    box = podman.stay(suite, "box", *LIMITS)
    seen = box.ask("sights", "1", str(os.getpid()))
    container.sights(suite, box, starter=podman.starter, seen=seen)
    container.seen_from_host(suite, box, seen)
    container.tasks_limited(suite, box, others=1)
    container.memory_limited(suite, box)
    rig.command(*podman.program, "rm", "--force", "--time", "0", "box")
    suite.check("its cgroup goes with it", str((rig.CGROUP / box.path[1:]).exists()), "False")

    words = (*container.PROBE, "sights", "1", str(os.getpid()))
    seen = rig.sections(podman.run("host", "--cgroupns=host", IMAGE, *words))
    number = seen["own"][0].rpartition("-")[2]
    suite.rename(number, "ID")
    container.in_the_hosts_namespace(suite, f"{podman.where}-{number}", podman.starter, seen)


def _nested(suite: Suite, podman: Podman, tarball: Path) -> None:
    program = ("podman", *COMMON, "--root", "/tmp/root", "--runroot", "/tmp/run")
    limit = ("--cgroups", "split", "--pids-limit", str(container.TASKS))
    steps = (
        (*program, "import", "--quiet", "/bundle/image.tar", IMAGE),
        (*program, "run", *RUN, *limit, IMAGE, *container.PROBE, "inside"),
    )
    script = " >/dev/null && ".join(map(shlex.join, steps))
    more = ("--volume", f"{tarball.parent}:/bundle:ro", "--volume", f"{POLICY}:{POLICY}:ro")
    words = (*container.PROBE, "outer", "busybox", "sh", "-c", script)
    said = podman.run("outer", "--privileged", *more, IMAGE, *words, status=2)
    container.nested_in_its_like(suite, rig.sections(said))
