// SPDX-License-Identifier: GPL-2.0
/*
 * Files of /proc that show cgroups: what is read is whole, or there is an error.
 */
#define _GNU_SOURCE
#include "../task.h"
#include "operation.h"

/* All of a file, in pieces of this size. */
static int read_in(struct world *w, const char *path, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = 1;
	int err;

	if (fd < 0)
		return -errno;
	while (got > 0 && len < TEXT_SIZE - size) {
		got = read(fd, w->text + len, size);
		len += got > 0 ? got : 0;
	}
	err = error_of(got);
	w->text[len] = '\0';
	close(fd);
	return err;
}

static int want(struct world *w, int (*act)(struct world *w))
{
	int err = act(w);

	snprintf(w->wanted, sizeof(w->wanted), "%s", w->text);
	w->text[0] = '\0';
	return err;
}

static int verify_text(struct world *w)
{
	return w->wanted[0] && !strcmp(w->text, w->wanted) ? 0 : -ESTALE;
}

static int act_cgroup(struct world *w)
{
	return read_in(w, "/proc/self/cgroup", 16384);
}

static int prepare_cgroup(struct world *w)
{
	return want(w, act_cgroup);
}

static int act_cgroup_in_pieces(struct world *w)
{
	return read_in(w, "/proc/self/cgroup", 1000);
}

static int prepare_cgroup_in_pieces(struct world *w)
{
	return want(w, act_cgroup_in_pieces);
}

/* Of a task in another namespace: the way leads up, and down again. */
static int act_cgroup_of_other(struct world *w)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", w->other);
	return read_in(w, path, 16384);
}

static int prepare_cgroup_of_other(struct world *w)
{
	return want(w, act_cgroup_of_other);
}

static int act_cpuset(struct world *w)
{
	return read_in(w, "/proc/self/cpuset", 16384);
}

static int prepare_cpuset(struct world *w)
{
	return want(w, act_cpuset);
}

static int act_mountinfo(struct world *w)
{
	return read_in(w, "/proc/self/mountinfo", 16384);
}

/* One mount more, of the cgroup that the attempt is in: it may be deep. */
static int prepare_mountinfo(struct world *w)
{
	if (mount(".", MOUNT_POINT, NULL, MS_BIND, NULL))
		return -errno;
	return want(w, act_mountinfo);
}

/* read(2), open(2): ENOMEM, EFAULT. */
const struct operation read_operations[] = {
	{ "cgroup", 0, prepare_cgroup, act_cgroup, verify_text, "proc_cgroup_show" },
	{ "cgroup-inside", INSIDE, prepare_cgroup, act_cgroup, verify_text, "proc_cgroup_show" },
	{ "cgroup-v1", V1 | INSIDE, prepare_cgroup, act_cgroup, verify_text, "proc_cgroup_show" },
	{ "cgroup-deep", DEEP | INSIDE, prepare_cgroup, act_cgroup, verify_text,
	  "proc_cgroup_show" },
	{ "cgroup-deep-v1", DEEP | V1 | INSIDE, prepare_cgroup, act_cgroup, verify_text,
	  "proc_cgroup_show" },
	{ "cgroup-in-pieces", DEEP | INSIDE, prepare_cgroup_in_pieces, act_cgroup_in_pieces,
	  verify_text, "proc_cgroup_show" },
	{ "cgroup-of-other", INSIDE, prepare_cgroup_of_other, act_cgroup_of_other, verify_text,
	  "proc_cgroup_show" },
	{ "cpuset", INSIDE, prepare_cpuset, act_cpuset, verify_text, "cgroup_path_ns" },
	{ "mountinfo", MOUNTS | INSIDE, prepare_mountinfo, act_mountinfo, verify_text,
	  "cgroup_show_path" },
	{ "mountinfo-deep", DEEP | MOUNTS | INSIDE, prepare_mountinfo, act_mountinfo, verify_text,
	  "cgroup_show_path" },
	{}
};
