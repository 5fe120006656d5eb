# SPDX-License-Identifier: GPL-2.0
"""How each kind of operation gets its operands; importing this fills choices.MAKERS."""

from differential.kinds import files, mounts, namespaces, proc, tasks, tree

__all__ = ["files", "mounts", "namespaces", "proc", "tasks", "tree"]
