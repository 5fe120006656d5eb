// SPDX-License-Identifier: GPL-2.0
/*
 * proc_cgroup_show() and cgroup_show_path() into buffers of every size: all of the text, or word
 * that it does not fit. What the text is, is asked by the selftests.
 */

#include <kunit/test.h>
#include <linux/proc_ns.h>

#include "../cgroup_ns.h"

#define SIZE 64
/* Of a task that no cgroup was made for. */
#define LINE "0::/\n"
#define UNTOUCHED 0xa5

/* Show with a buffer of @size bytes that has @before in it; what is behind it must stay. */
static void show(struct kunit *test, char *buf, size_t size, const char *before,
		 struct seq_file *m)
{
	memset(buf, UNTOUCHED, SIZE);
	memcpy(buf, before, strlen(before));
	*m = (struct seq_file){ .buf = buf, .size = size, .count = strlen(before) };
	KUNIT_EXPECT_EQ(test, 0, proc_cgroup_show(m, NULL, NULL, current));
	for (size_t i = size; i < SIZE; i++)
		KUNIT_ASSERT_EQ(test, UNTOUCHED, (u8)buf[i]);
}

static void nothing_before_v2_is_mounted(struct kunit *test)
{
	bool visible = cgrp_dfl_visible;
	struct seq_file m;
	char buf[SIZE];

	WRITE_ONCE(cgrp_dfl_visible, false);
	show(test, buf, SIZE, "", &m);
	WRITE_ONCE(cgrp_dfl_visible, visible);
	KUNIT_EXPECT_EQ(test, 0, m.count);
}

static void whole_or_overflowed(struct kunit *test)
{
	bool visible = cgrp_dfl_visible;
	const char *before = "before";
	struct seq_file m;
	char buf[SIZE];

	WRITE_ONCE(cgrp_dfl_visible, true);
	for (size_t size = strlen(before) + 1; size < SIZE; size++) {
		show(test, buf, size, before, &m);
		/* As everywhere in seq_file, a buffer that is just full counts as too small. */
		if (size > strlen(before) + strlen(LINE)) {
			KUNIT_EXPECT_EQ(test, strlen(before) + strlen(LINE), m.count);
			KUNIT_EXPECT_EQ(test, 0, memcmp(buf, "before" LINE, m.count));
		} else {
			KUNIT_EXPECT_TRUE(test, seq_has_overflowed(&m));
		}
	}
	WRITE_ONCE(cgrp_dfl_visible, visible);
}

static void root_field(struct kunit *test)
{
	struct kernfs_node *root = cgrp_dfl_root.cgrp.kn;
	char buf[SIZE] = "";

	for (size_t size = 0; size < SIZE; size++) {
		struct seq_file m = { .buf = buf, .size = size };

		KUNIT_EXPECT_EQ(test, 0, cgroup_show_path(&m, root, cgrp_dfl_root.kf_root));
		KUNIT_EXPECT_EQ(test, size < 2, seq_has_overflowed(&m));
		if (size >= 2)
			KUNIT_EXPECT_EQ(test, 1, m.count);
	}
	KUNIT_EXPECT_EQ(test, '/', buf[0]);
}

static struct kunit_case procfs_cases[] = {
	KUNIT_CASE(nothing_before_v2_is_mounted),
	KUNIT_CASE(whole_or_overflowed),
	KUNIT_CASE(root_field),
	{}
};

static struct kunit_suite procfs_suite = {
	.name = "cgroup_ns_procfs",
	.test_cases = procfs_cases,
};

kunit_test_suite(procfs_suite);
