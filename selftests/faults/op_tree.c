// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroups in a namespace: who is in them, and which there are.
 */
#define _GNU_SOURCE
#include "../task.h"
#include "operation.h"

#define NEW "new"

static int join(int dir)
{
	return write_in(dir, "cgroup.procs", "0");
}

/* The line of a hierarchy's own in /proc/self/cgroup ends so. */
static int is_in(const char *end)
{
	static char text[TEXT_SIZE];
	int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return strstr(text, end) ? 0 : -ESTALE;
}

static int act_attach(struct world *w)
{
	return join(w->below);
}

static int verify_attach(struct world *w)
{
	int err = is_in("/below\n");

	return err ? err : join(w->home);
}

static int act_attach_v1(struct world *w)
{
	return write_in(w->v1, "below/cgroup.procs", "0");
}

static int verify_attach_v1(struct world *w)
{
	int err = is_in("/below\n");

	return err ? err : join(w->v1);
}

static int act_mkdir(struct world *w)
{
	return error_of(mkdirat(w->home, NEW, 0755));
}

static int verify_mkdir(struct world *w)
{
	return error_of(unlinkat(w->home, NEW, AT_REMOVEDIR));
}

static int act_rmdir(struct world *w)
{
	return error_of(unlinkat(w->home, NEW, AT_REMOVEDIR));
}

static int verify_rmdir(struct world *w)
{
	return faccessat(w->home, NEW, F_OK, 0) && errno == ENOENT ? 0 : -ESTALE;
}

/* write(2), mkdir(2), rmdir(2): ENOMEM, EFAULT. */
const struct operation tree_operations[] = {
	{ "attach", INSIDE, NULL, act_attach, verify_attach, "cgroup_procs_write_permission" },
	{ "attach-delegated", INSIDE | DELEGATED, NULL, act_attach, verify_attach,
	  "cgroup_procs_write_permission" },
	{ "attach-v1", INSIDE | V1, NULL, act_attach_v1, verify_attach_v1, NULL },
	{ "mkdir", INSIDE, NULL, act_mkdir, verify_mkdir, NULL },
	{ "rmdir", INSIDE, act_mkdir, act_rmdir, verify_rmdir, NULL },
	{}
};
