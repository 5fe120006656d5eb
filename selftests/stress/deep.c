// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroups one in another, as many as there is memory for: what the deepest shows, a namespace and a
 * mount that are rooted there; then all gone again.
 *
 *   deep
 *
 * No limit of the kernel's is known: cgroup.max.depth allows two thousand million. Each level costs
 * as much memory as all levels above it have pointers, beside what a cgroup always costs.
 */
#define _GNU_SOURCE
#include <kselftest.h>

#include "../task.h"
#include "state.h"
#include "tree.h"

/* A share of all memory that is left free, for what comes when the deepest is made. */
#define RESERVE 8
#define POINT "/tmp/deepest"

struct chain {
	int bottom; /* descriptor of the deepest cgroup */
	long depth;
	int refused; /* the error that ended it; 0: memory went low */
	char *path; /* of the deepest, as the initial namespace must show it */
	size_t len;
};

static bool is_low(void)
{
	static long all;

	all = all ?: value_of("/proc/meminfo", "MemTotal");
	return value_of("/proc/meminfo", "MemAvailable") < all / RESERVE;
}

/* Names are numbers: a level that is left out is seen. */
static void grow(struct chain *c)
{
	char name[24];
	int next;

	c->bottom = open(CGROUP2, O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (!(c->depth % 64 == 0 && is_low()) && c->len < TEXT_SIZE - 64) {
		snprintf(name, sizeof(name), "%lx", c->depth);
		if (mkdirat(c->bottom, name, 0755)) {
			c->refused = errno;
			return;
		}
		next = openat(c->bottom, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (next < 0) {
			c->refused = errno;
			return;
		}
		close(c->bottom);
		c->bottom = next;
		c->len += sprintf(c->path + c->len, "/%s", name);
		c->depth++;
	}
}

/* Whether it is `depth` times "/..". */
static bool leads_out(const char *path, long depth)
{
	while (depth > 0 && !strncmp(path, "/..", 3)) {
		path += 3;
		depth--;
	}
	return !depth && !*path;
}

/* The root field of a mount, as this process sees it. */
static const char *mount_root(void)
{
	static char text[TEXT_SIZE], root[TEXT_SIZE];
	long got = read_file("/proc/self/mountinfo", text, sizeof(text));
	char *end = got < 0 ? NULL : strstr(text, " " POINT " "), *line = end;

	root[0] = '\0';
	while (line && line > text && line[-1] != '\n')
		line--;
	/* No field is longer than all of the text. */
	if (line)
		sscanf(line, "%*d %*d %*s %s", root);
	return root;
}

static bool same(const char *what, const char *got, const char *wanted)
{
	if (!strcmp(got, wanted))
		return true;
	ksft_print_msg("%s: %zu bytes, wanted %zu\n", what, strlen(got), strlen(wanted));
	return false;
}

/* In a child: a namespace with the deepest as root, and a mount that shows it as its root. */
static int mount_there(void *arg)
{
	int err = error_of(unshare(CLONE_NEWCGROUP));

	(void)arg;
	err = err ?: error_of(mkdir(POINT, 0700));
	err = err ?: error_of(mount("cgns", POINT, "cgroup2", 0, NULL));
	if (err)
		return err;
	return same("own path inside", own_path(""), "/") &&
	       same("mount's root inside", mount_root(), "/") &&
	       /* It shows what the deepest cgroup has: a file that counts us in. */
	       value_of(POINT "/cgroup.events", "populated") == 1 &&
	       value_of(POINT "/cgroup.stat", "nr_descendants") == 0 ? 0 : -EBADMSG;
}

/* In a child: where the task at the top is, seen from the bottom. */
static int look_out(void *arg)
{
	const struct chain *c = arg;
	int top = open(CGROUP2, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int err = unshare(CLONE_NEWCGROUP) ? -errno : join(top, ".", 0);

	return err ?: leads_out(own_path(""), c->depth) ? 0 : -EBADMSG;
}

static bool succeed(const char *what, int err)
{
	if (err)
		ksft_print_msg("%s: %s\n", what, strerror(-err));
	return !err;
}

static void examine(struct chain *c)
{
	int top = open(CGROUP2, O_PATH | O_DIRECTORY | O_CLOEXEC);

	print_time(NULL, 0);
	ksft_test_result(succeed("attach", join(c->bottom, ".", 0)), "a task enters the deepest\n");
	print_time("attach", 1);
	ksft_test_result(same("path", own_path(""), c->path), "/proc/self/cgroup is whole there\n");
	print_time("read", 1);
	ksft_test_result(succeed("inside", in_child(mount_there, c)),
			 "a namespace and a mount are rooted there\n");
	print_time("unshare-and-mount", 1);
	ksft_test_result(same("mount's root", mount_root(), c->path),
			 "mountinfo is whole outside\n");
	print_time("mountinfo", 1);
	ksft_test_result(succeed("look out", in_child(look_out, c)),
			 "the way from there to the top is whole\n");
	print_time("read-outwards", 1);
	print_state("at-most");
	if (umount2(POINT, 0) || rmdir(POINT) || join(top, ".", 0))
		ksft_exit_fail_perror("way back");
	close(top);
}

int main(void)
{
	struct chain c = { .path = calloc(1, TEXT_SIZE) };

	ksft_print_header();
	ksft_set_plan(7);
	if (!c.path || lift_limits() || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		ksft_exit_fail_perror("prepare");
	settle();
	print_state("before");
	print_time(NULL, 0);
	grow(&c);
	print_time("mkdir", c.depth);
	ksft_print_msg("deep depth=%ld refused=%d bytes=%zu\n", c.depth, c.refused, c.len);
	/* The kernel may say that memory is short, before it is; nothing else may end it. */
	ksft_test_result(c.len > 2 * 4096 && (!c.refused || c.refused == ENOMEM),
			 "memory is what limits the depth\n");
	examine(&c);
	close(c.bottom);
	print_time(NULL, 0);
	ksft_test_result(!remove_below(CGROUP2) &&
			 value_of(CGROUP2 "/cgroup.stat", "nr_descendants") == 0,
			 "all levels can be removed\n");
	print_time("rmdir", c.depth);
	settle();
	print_state("after");
	ksft_finished();
}
