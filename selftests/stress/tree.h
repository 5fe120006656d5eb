/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cgroups by the thousand: made, entered, removed, with one descriptor at a time.
 *
 * Nothing here asserts. Errors are negative error numbers.
 */
#ifndef CGNS_STRESS_TREE_H
#define CGNS_STRESS_TREE_H

#include <stddef.h>

/* Longer than any path that is made here. */
#define TEXT_SIZE (4 << 20)

/* Put the calling process, or another, in a cgroup named by its path below a directory. */
int join(int dir, const char *path, int pid);

/* Remove all cgroups below `path`, however deep they are. */
int remove_below(const char *path);

/* All of a file, NUL-terminated: its length, or the error. */
long read_file(const char *path, char *text, size_t size);

/* What the reader sees as its own path in v2, or in a hierarchy of v1 with this label. */
const char *own_path(const char *label);

#endif /* CGNS_STRESS_TREE_H */
