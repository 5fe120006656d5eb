# SPDX-License-Identifier: GPL-2.0
"""LXC: a container that is started, entered and stopped by LXC's own commands, described in a file."""

from __future__ import annotations

import os
from pathlib import Path

import container
import rig
from container import Container
from suite import Suite

PATH = "/lxc.payload.box"
CONFIG = """\
lxc.uts.name = {name}
lxc.rootfs.path = dir:{root}
lxc.mount.auto = proc:rw sys:rw cgroup:rw:force
lxc.mount.entry = /usr usr none ro,rbind 0 0
lxc.mount.entry = /proc hostproc none ro,rbind 0 0
lxc.net.0.type = empty
lxc.console.path = none
"""
LIMITS = f"""\
lxc.cgroup2.pids.max = {container.TASKS}
lxc.cgroup2.memory.max = {container.MEMORY}
"""
INIT = "lxc.init.cmd = /bin/busybox sh /probe.sh hold\n"


def check(suite: Suite) -> None:
    """All of it."""
    suite.version(rig.command("lxc-start", "--version").strip())
    suite.absent("limits of LXC in LXC", "it shares out no cgroup with tasks in it, as its own is")
    root = rig.tree("lxc/root")
    where = rig.RUN / "lxc/box"
    where.mkdir()
    (where / "config").write_text(CONFIG.format(name="box", root=root) + LIMITS + INIT)
    named = ("-P", str(where.parent), "-n", "box")
    rig.command("lxc-start", *named)
    rig.wait_for("the container's first task", (root / "tmp/ready").exists)
    pid = int(rig.command("lxc-info", *named, "-p", "-H"))
    box = Container(PATH, pid, ("lxc-attach", *named, "--"), own="/.lxc")
    seen = box.ask("sights", "1", str(os.getpid()))
    container.sights(suite, box, starter=f"/lxc/{rig.STARTER}", seen=seen)
    container.seen_from_host(suite, box, seen)
    container.tasks_limited(suite, box, others=1)
    container.memory_limited(suite, box)
    container.nested(suite, box)
    rig.command("lxc-stop", *named, "-k")
    _nested(suite, where.parent)


def _nested(suite: Suite, where: Path) -> None:
    root = rig.tree("lxc/outer.root")
    (where / "outer").mkdir()
    (where / "outer/config").write_text(CONFIG.format(name="outer", root=root))
    rig.tree("lxc/outer.root/bundle/root")
    (root / "bundle/inner").mkdir()
    (root / "bundle/inner/config").write_text(CONFIG.format(name="inner", root="/bundle/root"))
    inner = ("lxc-execute", "-P", "/bundle", "-n", "inner", "--", *container.PROBE, "sights")
    _, said = rig.attempt("lxc-execute", "-P", where, "-n", "outer", "--", *inner)
    seen = rig.sections(said)
    suite.check("LXC in LXC: the inner one's cgroup", seen["own"], ["0::/"])
    suite.check("LXC in LXC: root of its mount", seen["mounts"], container.Container.mounts)
    inside = "cgroup.type" in seen["files"]
    suite.check("LXC in LXC: its cgroup directory is no hierarchy's root", str(inside), "True")
