/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of the tests: a small tree of cgroups, in a hierarchy of each kind.
 *
 * Owns the list of kinds and the shape of the tree. Include after harness.h.
 */
#ifndef CGNS_TREE_H
#define CGNS_TREE_H

#include "shown.h"

FIXTURE(tree)
{
	struct hierarchy h;
	/* Cgroups below the test's own: a/x/y, b/x/y. */
	int a, ax, axy, b, bx, bxy;
};

FIXTURE_VARIANT(tree)
{
	struct kind kind;
};

FIXTURE_VARIANT_ADD(tree, v2)
{
	.kind = { "cgroup2", NULL, "", true },
};

FIXTURE_VARIANT_ADD(tree, v1)
{
	.kind = { "cgroup", "freezer", "freezer", false },
};

FIXTURE_VARIANT_ADD(tree, v1_pair)
{
	.kind = { "cgroup", "cpu,cpuacct", "cpu,cpuacct", false },
};

FIXTURE_VARIANT_ADD(tree, v1_named)
{
	.kind = { "cgroup", "none,name=cgns", "name=cgns", false },
};

FIXTURE_SETUP(tree)
{
	struct hierarchy *h = &self->h;

	hierarchy_enter(_metadata, h, &variant->kind);
	self->a = make_cgroup(_metadata, h, h->base_fd, "a");
	self->ax = make_cgroup(_metadata, h, self->a, "x");
	self->axy = make_cgroup(_metadata, h, self->ax, "y");
	self->b = make_cgroup(_metadata, h, h->base_fd, "b");
	self->bx = make_cgroup(_metadata, h, self->b, "x");
	self->bxy = make_cgroup(_metadata, h, self->bx, "y");
}

FIXTURE_TEARDOWN(tree)
{
	hierarchy_leave(&self->h);
}

#endif /* CGNS_TREE_H */
