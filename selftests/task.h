/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tasks that are somebody else: children, users, user namespaces, cgroup namespaces.
 *
 * Owns how a test becomes them and what comes back from there. Nothing here asserts, so that it
 * can be used in a child, whose only word to the test is an error number.
 */
#ifndef CGNS_TASK_H
#define CGNS_TASK_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* include/uapi/linux/nsfs.h: CGROUP_NS_INIT_INO */
#define INITIAL_INODE 0xEFFFFFFBU
/* A user who may do nothing special. */
#define NOBODY 1000

/* 0, or the negative error number of a call that returned -1. */
static inline int error_of(int returned)
{
	return returned < 0 ? -errno : 0;
}

/* Run `work` in a child and wait for it: what it returns, 0 or a negative error number. */
static inline int in_child(int (*work)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(-work(arg));
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

/* Memory that children share with the test, for what does not fit an error number. */
static inline void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* clone3() with what fork() gives, and these flags. */
static inline pid_t clone3_fork(__u64 flags, int cgroup)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD, .cgroup = cgroup };

	return syscall(SYS_clone3, &args, sizeof(args));
}

/* What a task that only has to be there does. */
static inline void idle(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* End a child and take it off the process table. */
static inline void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Write to a file in a directory, opened here and now: 0, or the error of opening or writing. */
static inline int write_in(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = error_of(write(fd, text, strlen(text)));
	close(fd);
	return err;
}

/* The same for a file with a path. */
static inline int write_text(const char *path, const char *text)
{
	return write_in(AT_FDCWD, path, text);
}

/* Be an unprivileged user, whose /proc/self still is the user's own. */
static inline int become_user(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid) ||
	    prctl(PR_SET_DUMPABLE, 1))
		return -errno;
	return 0;
}

/* Say who is root in the user namespace that this task has just made: the user who made it. */
static inline int map_root(uid_t uid, gid_t gid)
{
	char map[32];
	int err = write_text("/proc/self/setgroups", "deny");

	snprintf(map, sizeof(map), "0 %u 1", uid);
	err = err ? err : write_text("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	return err ? err : write_text("/proc/self/gid_map", map);
}

/* Be root in a user namespace of one's own, and make these others with it. */
static inline int new_user_namespace(int flags)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER | flags))
		return -errno;
	return map_root(uid, gid);
}

/* Set how many cgroup namespaces this user namespace may have. */
static inline int limit_cgroup_namespaces(const char *most)
{
	return write_text("/proc/sys/user/max_cgroup_namespaces", most);
}

/* Be root in a user namespace that may have so many cgroup namespaces, and has none yet. */
static inline int limited_user_namespace(const char *most)
{
	int err = new_user_namespace(0);

	return err ? err : limit_cgroup_namespaces(most);
}

/* Have exactly these capabilities; the mask has a bit for each. */
static inline int limit_capabilities(__u64 mask)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= mask >> 32 * i;
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	return error_of(syscall(SYS_capset, &head, data));
}

/* A namespace of a task; pid 0 is the calling thread. Its descriptor, or the error. */
static inline int open_namespace(pid_t pid, const char *type)
{
	char path[64];
	int fd;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	else
		snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Which file a descriptor is open on: two namespaces, or two cgroups, are one if this is equal. */
static inline __u64 inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

/* Which namespace of this type a task is in; 0 if that is not to be known. */
static inline __u64 namespace_of(pid_t pid, const char *type)
{
	int fd = open_namespace(pid, type);
	__u64 inode = fd < 0 ? 0 : inode_of(fd);

	if (fd >= 0)
		close(fd);
	return inode;
}

/* Enter the cgroup namespace of another task. */
static inline int enter_namespace_of(pid_t pid)
{
	int fd = open_namespace(pid, "cgroup");
	int err;

	if (fd < 0)
		return fd;
	err = error_of(setns(fd, CLONE_NEWCGROUP));
	close(fd);
	return err;
}

#endif /* CGNS_TASK_H */
