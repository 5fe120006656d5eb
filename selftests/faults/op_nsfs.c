// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces as files: links of /proc, ioctls, handles, listns(2).
 */
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "../task.h"
#include "operation.h"

/* Newer than the headers of the C library may be. */
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 0xd, __u64)
#endif

#define LINK "/proc/self/ns/cgroup"
#ifndef SYS_listns
#define SYS_listns 470
#endif

/* Look which file it is, and close it. */
static int look_at(struct world *w, int fd)
{
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	err = error_of(fstat(fd, &st));
	w->number = st.st_ino;
	close(fd);
	return err;
}

static int act_open(struct world *w)
{
	return look_at(w, open(LINK, O_RDONLY | O_CLOEXEC));
}

static int act_stat(struct world *w)
{
	struct stat st;
	int err = error_of(stat(LINK, &st));

	w->number = st.st_ino;
	return err;
}

static int verify_inode(struct world *w)
{
	return w->number == namespace_of(0, "cgroup") ? 0 : -ESTALE;
}

static int act_readlink(struct world *w)
{
	memset(w->text, 0, 64);
	return readlink(LINK, w->text, 63) < 0 ? -errno : 0;
}

static int verify_link(struct world *w)
{
	snprintf(w->wanted, sizeof(w->wanted), "cgroup:[%llu]",
		 (unsigned long long)namespace_of(0, "cgroup"));
	return strcmp(w->text, w->wanted) ? -ESTALE : 0;
}

static int prepare_ioctl(struct world *w)
{
	w->fds[0] = open_namespace(0, "cgroup");
	return error_of(w->fds[0]);
}

/* The user namespace that owns this one, its type and its id. */
static int act_ioctl(struct world *w)
{
	__u64 id;
	int err = look_at(w, ioctl(w->fds[0], NS_GET_USERNS));

	if (!err && ioctl(w->fds[0], NS_GET_NSTYPE) != CLONE_NEWCGROUP)
		err = -errno;
	return err ? err : error_of(ioctl(w->fds[0], NS_GET_ID, &id));
}

static int verify_ioctl(struct world *w)
{
	return w->number == namespace_of(0, "user") ? 0 : -ESTALE;
}

struct handle {
	struct file_handle head;
	unsigned char bytes[MAX_HANDLE_SZ];
};

static int act_handle(struct world *w)
{
	struct handle handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id;

	if (name_to_handle_at(w->fds[0], "", &handle.head, &mount_id, AT_EMPTY_PATH))
		return -errno;
	return look_at(w, open_by_handle_at(w->fds[0], &handle.head, O_RDONLY | O_CLOEXEC));
}

static int act_list(struct world *w)
{
	struct {
		__u32 size, spare;
		__u64 after;
		__u32 type, spare2;
		__u64 owner;
	} request = { .size = sizeof(request), .type = CLONE_NEWCGROUP };
	__u64 ids[64];
	long got = syscall(SYS_listns, &request, ids, 64, 0);

	w->number = got;
	return error_of(got);
}

/* The initial one, that of the other task, and that of this one. */
static int verify_list(struct world *w)
{
	return w->number == 3 ? 0 : -ESTALE;
}

/*
 * open(2), stat(2), readlink(2), ioctl_nsfs(2), open_by_handle_at(2): ENOMEM, EFAULT. A link of
 * /proc that there is no memory for is one that is not there: proc_ns_instantiate().
 */
const struct operation nsfs_operations[] = {
	{ "nsfs-open", INSIDE, NULL, act_open, verify_inode, NULL, { ENOENT } },
	{ "nsfs-stat", INSIDE, NULL, act_stat, verify_inode, NULL, { ENOENT } },
	{ "nsfs-readlink", INSIDE, NULL, act_readlink, verify_link, NULL, { ENOENT } },
	{ "nsfs-ioctl", INSIDE, prepare_ioctl, act_ioctl, verify_ioctl, NULL },
	{ "nsfs-handle", INSIDE, prepare_ioctl, act_handle, verify_inode, NULL },
	{ "listns", INSIDE, NULL, act_list, verify_list, NULL },
	{}
};
