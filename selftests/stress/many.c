// SPDX-License-Identifier: GPL-2.0
/*
 * Many cgroups and many cgroup namespaces at once, twice over: what the second round leaves behind
 * and the first did not is lost.
 *
 *   many CGROUPS NAMESPACES
 */
#define _GNU_SOURCE
#include <kselftest.h>

#include "../task.h"
#include "crowd.h"
#include "state.h"
#include "tree.h"

static bool expect(const char *what, long got, long wanted)
{
	if (got != wanted)
		ksft_print_msg("%s: %ld, wanted %ld\n", what, got, wanted);
	return got == wanted;
}

static bool succeed(const char *what, int err)
{
	if (err)
		ksft_print_msg("%s: %s\n", what, strerror(-err));
	return !err;
}

static long descendants(const char *key)
{
	return value_of(CGROUP2 "/cgroup.stat", key);
}

static void grow(struct crowd *c, const char *round)
{
	print_time(NULL, 0);
	ksft_test_result(succeed("mkdir", make_all(c)) &&
			 expect("cgroups", descendants("nr_descendants"), c->cgroups),
			 "%s: %ld cgroups are there\n", round, c->cgroups);
	print_time("mkdir", c->cgroups);
	ksft_test_result(succeed("unshare", hold_all(c)) &&
			 expect("listed", count_listed(), c->namespaces + 1) &&
			 expect("charged", count_charged("cgroup"), c->namespaces),
			 "%s: %ld namespaces are listed and charged\n", round, c->namespaces);
	print_time("attach-and-unshare", c->namespaces);
	ksft_test_result(samples_show(c), "%s: namespaces show their own root and others\n", round);
	ksft_test_result(all_differ(c), "%s: no two namespaces are one\n", round);
	print_state("at-most");
}

static void shrink(struct crowd *c, const char *round)
{
	/* Held by a namespace, and the cgroups above those. */
	long dying = c->namespaces + c->tops;

	print_time(NULL, 0);
	ksft_test_result(succeed("rmdir", remove_below(CGROUP2)) &&
			 expect("cgroups", descendants("nr_descendants"), 0),
			 "%s: all cgroups can be removed\n", round);
	print_time("rmdir", c->cgroups);
	settle();
	ksft_test_result(expect("dying", descendants("nr_dying_descendants"), dying) &&
			 removed_show(c), "%s: namespaces keep what they are rooted in\n", round);
	print_time(NULL, 0);
	ksft_test_result(succeed("release", release_all(c)) && expect("listed", count_listed(), 1),
			 "%s: no namespace is listed when nothing holds one\n", round);
	print_time("release", c->namespaces);
	settle();
	ksft_test_result(expect("dying", descendants("nr_dying_descendants"), 0) &&
			 expect("charged", count_charged("cgroup"), 0),
			 "%s: no cgroup stays, and no charge\n", round);
}

int main(int argc, char **argv)
{
	struct crowd c = {};

	ksft_print_header();
	c.cgroups = argc == 3 ? atol(argv[1]) : 0;
	c.namespaces = argc == 3 ? atol(argv[2]) : 0;
	if (c.namespaces < 1 || c.cgroups < 2 * c.namespaces)
		ksft_exit_fail_msg("usage: many CGROUPS NAMESPACES, of which there are fewer\n");
	ksft_set_plan(16);
	if (!succeed("prepare", lift_limits() ?: crowd_init(&c)))
		ksft_exit_fail();
	settle();
	print_state("before");
	grow(&c, "first");
	shrink(&c, "first");
	print_state("after-one");
	grow(&c, "again");
	shrink(&c, "again");
	print_state("after");
	ksft_finished();
}
