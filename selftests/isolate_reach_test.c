// SPDX-License-Identifier: GPL-2.0
/*
 * What root in a cgroup namespace can get hold of outside (rows A7, A9, A11 and A12 of the
 * contract): by mounts, by what it inherits, by handles, by namespaces. What comes of it is in
 * docs/isolation.md.
 */
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "harness.h"
#include "isolate.h"

/* include/uapi/linux/nsfs.h: NS_GET_ID; pidfd.h: PIDFD_GET_CGROUP_NAMESPACE */
#define GET_ID _IOR(NSIO, 13, __u64)
#define GET_CGROUP_NAMESPACE _IO(0xFF, 1)

/* Learn which cgroup, or other directory, a path leads to. */
static int reach(struct attack *attack, int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	attack->number = inode_of(fd);
	close(fd);
	return 0;
}

static int look_at_mount(struct attack *attack)
{
	int err = reach(attack, attack->inside, "y");

	return err ? err : reach(attack, attack->inside, ".");
}

TEST_F(isolate, A7_root_of_an_own_mount)
{
	EXPECT_EQ(0, try_to(self->attack, look_at_mount));
	EXPECT_EQ(inode_of(self->attack->ax), self->attack->number);
}

static int walk_up(struct attack *attack)
{
	int err = reach(attack, attack->inside, "../b");

	if (err != -ENOENT)
		return err ? err : -EEXIST;
	return reach(attack, attack->inside, "..");
}

/* Above the root is what the mount stands on. */
TEST_F(isolate, A7_no_way_up_from_an_own_mount)
{
	int tmp = open_dir(AT_FDCWD, "/tmp");

	EXPECT_EQ(0, try_to(self->attack, walk_up));
	EXPECT_EQ(inode_of(tmp), self->attack->number);
}

static int walk_up_from_inherited(struct attack *attack)
{
	return reach(attack, attack->ax, "../../b");
}

TEST_F(isolate, A7_way_up_from_an_inherited_directory)
{
	EXPECT_EQ(0, try_to(self->attack, walk_up_from_inherited));
	EXPECT_EQ(inode_of(self->attack->b), self->attack->number);
}

/* A cgroup's handle can be made up: it is the cgroup's id. */
static int open_id(int beside, __u64 id)
{
	struct {
		struct file_handle head;
		__u64 id;
	} handle = { .head = { .handle_bytes = sizeof(id), .handle_type = 0xfe }, .id = id };
	int fd = open_by_handle_at(beside, &handle.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return inode_of(fd) == id ? 0 : -EXDEV;
}

static int open_own_root(struct attack *attack)
{
	return open_id(attack->inside, inode_of(attack->ax));
}

static int open_outside(struct attack *attack)
{
	return open_id(attack->inside, inode_of(attack->b));
}

static int open_outside_by_directory(struct attack *attack)
{
	return open_id(attack->h->root_fd, inode_of(attack->b));
}

static int open_outside_by_mount(struct attack *attack)
{
	return open_id(open_dir(AT_FDCWD, attack->h->mount), inode_of(attack->b));
}

/* Beside its own mount, beside an inherited directory, and beside a mount it has a copy of. */
TEST_F(isolate, A7_handle_of_a_cgroup_outside)
{
	EXPECT_EQ(0, try_to(self->attack, open_own_root));
	EXPECT_EQ(BY_WHO(-ESTALE, -ESTALE, 0), try_to(self->attack, open_outside));
	EXPECT_EQ(BY_WHO(-EPERM, -EPERM, 0), try_to(self->attack, open_outside_by_directory));
	EXPECT_EQ(BY_WHO(-ESTALE, 0, 0), try_to(self->attack, open_outside_by_mount));
}

static int join_inherited(struct attack *attack)
{
	return error_of(setns(attack->fd, CLONE_NEWCGROUP));
}

TEST_F(isolate, A9_namespaces_outside)
{
	const int err = BY_WHO(-EPERM, -EPERM, 0);

	self->attack->fd = open_namespace(self->attack->outside, "cgroup");
	EXPECT_EQ(err, try_to(self->attack, join_inherited));
	self->attack->fd = open_namespace(1, "cgroup");
	EXPECT_EQ(err, try_to(self->attack, join_inherited));
	self->attack->fd = syscall(SYS_pidfd_open, self->attack->outside, 0);
	EXPECT_EQ(err, try_to(self->attack, join_inherited));
	self->attack->fd = syscall(SYS_pidfd_open, 1, 0);
	EXPECT_EQ(err, try_to(self->attack, join_inherited));
}

static int ask_pidfd(struct attack *attack)
{
	int fd = ioctl(syscall(SYS_pidfd_open, attack->outside, 0), GET_CGROUP_NAMESPACE, 0);

	if (fd < 0)
		return -errno;
	attack->number = inode_of(fd);
	return 0;
}

TEST_F(isolate, A12_namespace_outside_by_pidfd)
{
	EXPECT_EQ(BY_WHO(-EACCES, -EACCES, 0), try_to(self->attack, ask_pidfd));
	EXPECT_EQ(BY_WHO(0, 0, namespace_of(self->attack->outside, "cgroup")),
		  self->attack->number);
}

static int ask_owner(struct attack *attack)
{
	return error_of(ioctl(attack->fd, NS_GET_USERNS));
}

static int ask_parent(struct attack *attack)
{
	return error_of(ioctl(attack->fd, NS_GET_PARENT));
}

static int ask_id(struct attack *attack)
{
	return error_of(ioctl(attack->fd, GET_ID, &attack->number));
}

TEST_F(isolate, A12_ioctls_of_a_namespace_outside)
{
	__u64 id = 0;

	self->attack->fd = open_namespace(self->attack->outside, "cgroup");
	ASSERT_EQ(0, ioctl(self->attack->fd, GET_ID, &id));
	EXPECT_EQ(BY_WHO(-EPERM, -EPERM, 0), try_to(self->attack, ask_owner));
	EXPECT_EQ(-EINVAL, try_to(self->attack, ask_parent));
	EXPECT_EQ(0, try_to(self->attack, ask_id));
	EXPECT_EQ(id, self->attack->number);
}

static int use_context(struct attack *attack)
{
	int fd;

	if (fsconfig(attack->fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	fd = fsmount(attack->fd, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? -errno : reach(attack, fd, ".");
}

/* A context from outside mounts the whole. */
TEST_F(isolate, A7_context_from_outside)
{
	self->attack->fd = fsopen("cgroup2", FSOPEN_CLOEXEC);
	ASSERT_LE(0, self->attack->fd);
	EXPECT_EQ(BY_WHO(-EPERM, -EPERM, 0), try_to(self->attack, use_context));
	EXPECT_EQ(BY_WHO(0, 0, inode_of(self->h.root_fd)), self->attack->number);
}

static int use_mount(struct attack *attack)
{
	if (move_mount(attack->fd, "", AT_FDCWD, attack->place, MOVE_MOUNT_F_EMPTY_PATH))
		return -errno;
	return reach(attack, AT_FDCWD, attack->place);
}

/* A mount from outside that is nowhere yet. */
TEST_F(isolate, A7_detached_mount_from_outside)
{
	self->attack->fd = open_tree(AT_FDCWD, self->h.mount,
				     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	ASSERT_LE(0, self->attack->fd);
	EXPECT_EQ(0, try_to(self->attack, use_mount));
	EXPECT_EQ(inode_of(self->h.root_fd), self->attack->number);
}

static int unmount(struct attack *attack)
{
	return error_of(umount2(attack->h->mount, MNT_DETACH));
}

static int bind_mount(struct attack *attack)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s/b", attack->h->mount, attack->h->base);
	if (mount(path, attack->place, NULL, MS_BIND, NULL))
		return -errno;
	return reach(attack, AT_FDCWD, attack->place);
}

/* What was mounted before cannot be taken away in a user namespace, but it can be used. */
TEST_F(isolate, A7_mount_from_outside)
{
	EXPECT_EQ(BY_WHO(-EINVAL, -EINVAL, 0), try_to(self->attack, unmount));
	EXPECT_EQ(0, try_to(self->attack, bind_mount));
	EXPECT_EQ(inode_of(self->attack->b), self->attack->number);
}

static const char *other_option(void)
{
	return nsdelegate_is_set() ? NULL : "nsdelegate";
}

static int mount_again(struct attack *attack)
{
	return error_of(mount(NULL, attack->place, NULL, MS_REMOUNT, other_option()));
}

static int mount_another(struct attack *attack, const char *options)
{
	if (umount2(attack->place, MNT_DETACH))
		return -errno;
	return error_of(mount("cgns", attack->place, "cgroup2", 0, options));
}

static int mount_with_other(struct attack *attack)
{
	return mount_another(attack, other_option());
}

static int mount_with_all(struct attack *attack)
{
	return mount_another(attack, "favordynmods,memory_localevents,memory_recursiveprot");
}

static const char *options_of(const struct attack *attack)
{
	static char text[TEXT_SIZE];
	char *line;

	if (read_proc(getpid(), "mountinfo", text))
		return "no mounts";
	line = strstr(text, attack->h->mount);
	line = line ? strstr(line, " - cgroup2 ") : NULL;
	if (!line)
		return "no such mount";
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* The options are those of all mounts: from inside they are taken, or refused, without effect. */
TEST_F(isolate, A11_options_of_all)
{
	char before[256];

	snprintf(before, sizeof(before), "%.255s", options_of(self->attack));
	EXPECT_EQ(BY_WHO(-EPERM, -EPERM, 0), try_to(self->attack, mount_again));
	EXPECT_STREQ(before, options_of(self->attack));
	EXPECT_EQ(0, try_to(self->attack, mount_with_other));
	EXPECT_STREQ(before, options_of(self->attack));
	EXPECT_EQ(0, try_to(self->attack, mount_with_all));
	EXPECT_STREQ(before, options_of(self->attack));
	EXPECT_NE(NULL, strstr(before, "cgroup2"));
}

TEST_HARNESS_MAIN
