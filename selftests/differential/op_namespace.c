// SPDX-License-Identifier: GPL-2.0
/* Operations on namespaces: making, entering, asking what they are. */
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "operations.h"

#ifndef SYS_listns
#define SYS_listns 470
#endif
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, __u64)
#endif
#ifndef FD_NSFS_ROOT
#define FD_NSFS_ROOT (-10003)
#endif

/* include/uapi/linux/nsfs.h: struct ns_id_req */
struct id_request {
	__u32 size;
	__u32 spare;
	__u64 ns_id;
	__u32 ns_type;
	__u32 spare2;
	__u64 user_ns_id;
};

const char *proc_path(const struct world *w, long task, const char *file)
{
	static char path[128];
	pid_t pid = pid_of(w, task);

	snprintf(path, sizeof(path), "/proc/%d/%s", pid ? pid : 1 << 22, file);
	return path;
}

/* Numbers of inodes are given again, these are not. */
void say_namespace(struct world *w, const char *key, int fd)
{
	__u64 id = 0;

	if (fd < 0 || ioctl(fd, NS_GET_ID, &id))
		say(w, key, strerrorname_np(errno));
	else
		say(w, key, stable_name(&w->namespaces, 'n', id));
}

int op_unshare(struct world *w)
{
	int flags = w->step.num[0];

	if (unshare(flags))
		return -errno;
	if (flags & CLONE_NEWNS)
		w->actors[w->step.task].own_mounts = true;
	return 0;
}

int op_nsopen(struct world *w)
{
	const struct step *s = &w->step;
	char file[32];

	snprintf(file, sizeof(file), "ns/%s", s->str[1]);
	return keep_file(w, s->num[2],
			 open(proc_path(w, s->num[0], file), O_RDONLY | O_CLOEXEC));
}

int op_pidfd(struct world *w)
{
	const struct step *s = &w->step;
	pid_t pid = pid_of(w, s->num[0]);

	return pid ? keep_file(w, s->num[1], syscall(SYS_pidfd_open, pid, 0)) : VOID;
}

int op_setns(struct world *w)
{
	const struct step *s = &w->step;
	int fd = file_fd(w, s->num[0]);

	if (fd < 0)
		return VOID;
	if (setns(fd, s->num[1]))
		return -errno;
	/* A descriptor says what it is of only to who asks. */
	if (!s->num[1] || s->num[1] & CLONE_NEWNS)
		w->actors[s->task].own_mounts = true;
	return 0;
}

int op_nsinfo(struct world *w)
{
	int fd = file_fd(w, w->step.num[0]);
	int type, owner;
	uid_t uid;

	if (fd < 0)
		return VOID;
	type = ioctl(fd, NS_GET_NSTYPE);
	if (type < 0)
		return -errno;
	say_number(w, "type", type);
	say_namespace(w, "is", fd);
	owner = ioctl(fd, NS_GET_USERNS);
	say_namespace(w, "owner", owner);
	if (owner >= 0)
		close(owner);
	if (ioctl(fd, NS_GET_PARENT) < 0)
		say(w, "parent", strerrorname_np(errno));
	if (!ioctl(fd, NS_GET_OWNER_UID, &uid))
		say_number(w, "uid", uid);
	return 0;
}

int op_nshandle(struct world *w)
{
	const struct step *s = &w->step;
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int fd = file_fd(w, s->num[0]);
	int mount_id, err;

	if (fd < 0)
		return VOID;
	if (name_to_handle_at(fd, "", &handle.head, &mount_id, AT_EMPTY_PATH))
		return -errno;
	say_number(w, "type", handle.head.handle_type);
	fd = open_by_handle_at(FD_NSFS_ROOT, &handle.head, O_RDONLY | O_CLOEXEC);
	err = keep_file(w, s->num[1], fd);
	if (!err)
		say_namespace(w, "is", fd);
	return err;
}

/* The link in /proc, and whether it leads where it says. */
int op_link(struct world *w)
{
	const struct step *s = &w->step;
	char text[128], file[32];
	ssize_t len;
	char *inode;
	int fd;

	snprintf(file, sizeof(file), "ns/%s", s->str[1]);
	len = readlink(proc_path(w, s->num[0], file), text, sizeof(text) - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	inode = strchr(text, '[');
	if (!inode)
		return -EPROTO;
	*inode++ = '\0';
	say(w, "link", text);
	fd = open(proc_path(w, s->num[0], file), O_RDONLY | O_CLOEXEC);
	say_namespace(w, "is", fd);
	if (fd < 0)
		return 0;
	say_number(w, "same", strtoull(inode, NULL, 10) == inode_of(fd));
	close(fd);
	return 0;
}

int op_listns(struct world *w)
{
	struct id_request request = { .size = sizeof(request), .ns_type = CLONE_NEWCGROUP };
	static __u64 ids[MAX_STABLE];
	long got = syscall(SYS_listns, &request, ids, MAX_STABLE, 0);

	for (long i = 0; i < got; i++)
		say(w, "ns", stable_name(&w->namespaces, 'n', ids[i]));
	return error_of(got);
}

int op_limit(struct world *w)
{
	return limit_cgroup_namespaces(w->step.str[0]);
}
