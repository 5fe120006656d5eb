// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of cgroup namespaces (row A12 of the contract): listns(2), and lsns(8), which looks at
 * every task.
 */
#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "harness.h"
#include "listns.h"
#include "task.h"

/* Newer than the headers of the C library may be. */
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, __u64)
#endif
#define CURRENT_USER UINT64_MAX

static __u64 id_of(int fd)
{
	__u64 id;

	return fd < 0 || ioctl(fd, NS_GET_ID, &id) ? 0 : id;
}

static __u64 id_of_task(pid_t pid, const char *type)
{
	int fd = open_namespace(pid, type);
	__u64 id = id_of(fd);

	close(fd);
	return id;
}

/* 0 if a namespace is in the list, ENOENT if it is not, or the call's own error. */
static int listed(__u64 id, __u32 type, __u64 owner)
{
	struct request request = { .size = sizeof(request), .type = type, .owner = owner };
	__u64 ids[64];
	long got;

	do {
		got = listns(&request, ids, ARRAY_SIZE(ids), 0);
		if (got < 0)
			return -errno;
		for (long i = 0; i < got; i++) {
			if (ids[i] == id)
				return 0;
		}
		request.after = got ? ids[got - 1] : 0;
	} while (got == ARRAY_SIZE(ids));
	return -ENOENT;
}

/* A task with these namespaces of its own. */
static pid_t idle_with(struct __test_metadata *_metadata, __u64 flags)
{
	pid_t pid = clone3_fork(flags, 0);

	ASSERT_LE(0, pid);
	if (pid == 0)
		idle();
	return pid;
}

TEST(A12_listns_while_it_lives)
{
	pid_t pid = idle_with(_metadata, CLONE_NEWCGROUP);
	__u64 id = id_of_task(pid, "cgroup");
	__u64 owner = id_of_task(0, "user");

	ASSERT_NE(0, id);
	EXPECT_EQ(0, listed(id, CLONE_NEWCGROUP, 0));
	EXPECT_EQ(0, listed(id, 0, 0));
	EXPECT_EQ(0, listed(id, CLONE_NEWCGROUP, owner));
	EXPECT_EQ(0, listed(id, CLONE_NEWCGROUP, CURRENT_USER));
	EXPECT_EQ(-ENOENT, listed(id, CLONE_NEWUTS, 0));
	end(pid);
	EXPECT_EQ(-ENOENT, listed(id, CLONE_NEWCGROUP, 0));
	EXPECT_EQ(-ENOENT, listed(id, 0, 0));
}

TEST(A12_listns_while_a_file_is_open)
{
	pid_t pid = idle_with(_metadata, CLONE_NEWCGROUP);
	int fd = open_namespace(pid, "cgroup");
	__u64 id = id_of(fd);

	end(pid);
	EXPECT_EQ(0, listed(id, CLONE_NEWCGROUP, 0));
	close(fd);
	EXPECT_EQ(-ENOENT, listed(id, CLONE_NEWCGROUP, 0));
}

TEST(A12_listns_owner)
{
	pid_t pid = idle_with(_metadata, CLONE_NEWUSER | CLONE_NEWCGROUP);
	__u64 id = id_of_task(pid, "cgroup");
	__u64 owner = id_of_task(pid, "user");

	EXPECT_EQ(0, listed(id, CLONE_NEWCGROUP, owner));
	EXPECT_EQ(-ENOENT, listed(id, CLONE_NEWCGROUP, CURRENT_USER));
	EXPECT_EQ(0, listed(id, CLONE_NEWCGROUP, 0));
	end(pid);
	EXPECT_EQ(-EINVAL, listed(id, CLONE_NEWCGROUP, owner));
}

TEST(A12_listns_wrong_type)
{
	EXPECT_EQ(-EOPNOTSUPP, listed(0, CLONE_FS, 0));
}

/* Who sees not all sees the own. */
static int list_as_nobody(void *arg)
{
	const __u64 *id = arg;
	int err = become_user(NOBODY);

	return err ? err : listed(*id, CLONE_NEWCGROUP, 0);
}

TEST(A12_listns_without_privilege)
{
	pid_t pid = idle_with(_metadata, CLONE_NEWCGROUP);
	__u64 id = id_of_task(pid, "cgroup");

	EXPECT_EQ(-ENOENT, in_child(list_as_nobody, &id));
	ASSERT_EQ(0, enter_namespace_of(pid));
	EXPECT_EQ(0, in_child(list_as_nobody, &id));
	end(pid);
}

/* What lsns says of a namespace: the first of its tasks, 0 if it does not name it. */
static int first_task(__u64 inode)
{
	FILE *lsns = popen("lsns --noheadings --type cgroup --output NS,PID 2>&1", "r");
	unsigned long long ns;
	int pid, found = 0;

	while (lsns && fscanf(lsns, "%llu %d", &ns, &pid) == 2) {
		if (ns == inode)
			found = pid;
	}
	return lsns && !pclose(lsns) ? found : -1;
}

TEST(A12_lsns)
{
	pid_t pid = idle_with(_metadata, CLONE_NEWCGROUP);
	__u64 inode = namespace_of(pid, "cgroup");

	EXPECT_EQ(pid, first_task(inode));
	EXPECT_EQ(1, first_task(namespace_of(1, "cgroup")));
	end(pid);
	EXPECT_EQ(0, first_task(inode));
}

TEST_HARNESS_MAIN
