/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of what a cgroup namespace is as a boundary: a small tree of v2, with cgroup2's mount
 * option nsdelegate and without.
 *
 * Owns the option, which is the whole system's: it is put back as it was. Include after
 * harness.h.
 */
#ifndef CGNS_BOUNDARY_H
#define CGNS_BOUNDARY_H

#include "nsdelegate.h"
#include "passing.h"

FIXTURE(boundary)
{
	struct hierarchy h;
	int home; /* the cgroup namespace that the test began in */
	bool was; /* whether nsdelegate was set before */
	/* Cgroups below the test's own: a/x/y, b. */
	int a, ax, axy, b;
};

FIXTURE_VARIANT(boundary)
{
	struct kind kind;
	bool set;
};

FIXTURE_VARIANT_ADD(boundary, nsdelegate)
{
	.kind = { "cgroup2", "nsdelegate", "", true },
	.set = true,
};

FIXTURE_VARIANT_ADD(boundary, none)
{
	.kind = { "cgroup2", NULL, "", true },
};

FIXTURE_SETUP(boundary)
{
	struct hierarchy *h = &self->h;

	self->home = open_namespace(0, "cgroup");
	self->was = nsdelegate_is_set();
	hierarchy_enter(_metadata, h, &variant->kind);
	ASSERT_EQ(variant->set, nsdelegate_is_set());
	self->a = make_cgroup(_metadata, h, h->base_fd, "a");
	self->ax = make_cgroup(_metadata, h, self->a, "x");
	self->axy = make_cgroup(_metadata, h, self->ax, "y");
	self->b = make_cgroup(_metadata, h, h->base_fd, "b");
}

FIXTURE_TEARDOWN(boundary)
{
	int root = dup(self->h.root_fd);

	if (!setns(self->home, CLONE_NEWCGROUP))
		set_nsdelegate(&self->h, self->was);
	hierarchy_leave(&self->h);
	/* What a test may have enabled. */
	write_in(root, "cgroup.subtree_control", "-pids -memory");
	close(root);
}

#endif /* CGNS_BOUNDARY_H */
