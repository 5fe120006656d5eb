// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts made in a namespace: they show its root, or there is none.
 */
#define _GNU_SOURCE
#include "../task.h"
#include "operation.h"

static int act_v2(struct world *w)
{
	(void)w;
	return error_of(mount("faults", MOUNT_POINT, "cgroup2", 0, NULL));
}

static int act_v1(struct world *w)
{
	(void)w;
	return error_of(mount("faults", MOUNT_POINT, "cgroup", 0, "none,name=faults"));
}

/* The same in steps; none of the descriptors is left. */
static int in_steps(const char *type, const char *key, const char *value)
{
	int context = fsopen(type, FSOPEN_CLOEXEC), tree = -1, err;

	if (context < 0)
		return -errno;
	err = error_of(fsconfig(context, FSCONFIG_SET_STRING, "source", "faults", 0));
	if (!err && key)
		err = error_of(fsconfig(context, FSCONFIG_SET_STRING, key, value, 0));
	if (!err && key)
		err = error_of(fsconfig(context, FSCONFIG_SET_FLAG, "none", NULL, 0));
	if (!err)
		err = error_of(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	if (!err) {
		tree = fsmount(context, FSMOUNT_CLOEXEC, 0);
		err = error_of(tree);
	}
	if (!err)
		err = error_of(move_mount(tree, "", AT_FDCWD, MOUNT_POINT,
					  MOVE_MOUNT_F_EMPTY_PATH));
	if (tree >= 0)
		close(tree);
	close(context);
	return err;
}

static int act_fsmount_v2(struct world *w)
{
	(void)w;
	return in_steps("cgroup2", NULL, NULL);
}

static int act_fsmount_v1(struct world *w)
{
	(void)w;
	return in_steps("cgroup", "name", "faults");
}

/* What is mounted is the cgroup that the namespace has as root. */
static int shows(__u64 wanted)
{
	int fd = open(MOUNT_POINT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	__u64 inode = fd < 0 ? 0 : inode_of(fd);

	close(fd);
	if (umount2(MOUNT_POINT, 0))
		return -errno;
	return inode && inode == wanted ? 0 : -ESTALE;
}

static int verify_v2(struct world *w)
{
	return shows(w->home_inode);
}

static int verify_v1(struct world *w)
{
	return shows(w->v1_inode);
}

static int own_root(struct world *w)
{
	(void)w;
	return error_of(unshare(CLONE_NEWCGROUP));
}

static int user_root(struct world *w)
{
	(void)w;
	return new_user_namespace(CLONE_NEWNS | CLONE_NEWCGROUP);
}

/* mount(2), fsopen(2), fsconfig(2), fsmount(2): ENOMEM, EFAULT. */
const struct operation mount_operations[] = {
	{ "mount-v2", MOUNTS, own_root, act_v2, verify_v2, "cgroup_do_get_tree" },
	{ "mount-v2-user", MOUNTS, user_root, act_v2, verify_v2, "cgroup_do_get_tree" },
	{ "mount-v2-deep", MOUNTS | DEEP, own_root, act_v2, verify_v2, "cgroup_do_get_tree" },
	{ "mount-v1", MOUNTS | V1, own_root, act_v1, verify_v1, "cgroup_do_get_tree" },
	{ "mount-v1-unmounted", MOUNTS | V1 | UNMOUNTED, own_root, act_v1, verify_v1,
	  "cgroup_do_get_tree" },
	{ "mount-v1-deep", MOUNTS | V1 | UNMOUNTED | DEEP, own_root, act_v1, verify_v1,
	  "cgroup_do_get_tree" },
	{ "fsmount-v2", MOUNTS, own_root, act_fsmount_v2, verify_v2, "cgroup_do_get_tree" },
	{ "fsmount-v1", MOUNTS | V1, own_root, act_fsmount_v1, verify_v1, "cgroup_do_get_tree" },
	{}
};
