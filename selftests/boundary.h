/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of what a cgroup namespace is as a boundary: a small tree of v2, with cgroup2's mount
 * option nsdelegate and without; and files that go from task to task.
 *
 * Owns the option, which is the whole system's: it is put back as it was. Include after
 * kselftest_harness.h.
 */
#ifndef CGNS_BOUNDARY_H
#define CGNS_BOUNDARY_H

#include <sys/socket.h>

#include "shown.h"

FIXTURE(boundary)
{
	struct hierarchy h;
	int home; /* the cgroup namespace that the test began in */
	bool was; /* whether nsdelegate was set before */
	/* Cgroups below the test's own: a/x/y, b. */
	int a, ax, axy, b;
};

FIXTURE_VARIANT(boundary)
{
	struct kind kind;
	bool set;
};

FIXTURE_VARIANT_ADD(boundary, nsdelegate)
{
	.kind = { "cgroup2", "nsdelegate", "", true },
	.set = true,
};

FIXTURE_VARIANT_ADD(boundary, none)
{
	.kind = { "cgroup2", NULL, "", true },
};

/* Any mount of v2 tells it. */
static inline bool nsdelegate_is_set(void)
{
	static char text[TEXT_SIZE];

	return !read_proc(getpid(), "mountinfo", text) && strstr(text, ",nsdelegate");
}

/* From the initial cgroup namespace; other options go back to their defaults. */
static inline int set_nsdelegate(const struct hierarchy *h, bool on)
{
	return error_of(mount(NULL, h->mount, NULL, MS_REMOUNT, on ? "nsdelegate" : NULL));
}

FIXTURE_SETUP(boundary)
{
	struct hierarchy *h = &self->h;

	self->home = open_namespace(0, "cgroup");
	self->was = nsdelegate_is_set();
	hierarchy_enter(_metadata, h, &variant->kind);
	ASSERT_EQ(variant->set, nsdelegate_is_set());
	self->a = make_cgroup(_metadata, h, h->base_fd, "a");
	self->ax = make_cgroup(_metadata, h, self->a, "x");
	self->axy = make_cgroup(_metadata, h, self->ax, "y");
	self->b = make_cgroup(_metadata, h, h->base_fd, "b");
}

FIXTURE_TEARDOWN(boundary)
{
	int root = dup(self->h.root_fd);

	if (!setns(self->home, CLONE_NEWCGROUP))
		set_nsdelegate(&self->h, self->was);
	hierarchy_leave(&self->h);
	/* What a test may have enabled. */
	write_in(root, "cgroup.subtree_control", "-pids -memory");
	close(root);
}

/* Send a descriptor over a socket; 0 or the error. */
static inline int send_fd(int socket, int fd)
{
	char space[CMSG_SPACE(sizeof(fd))] = "";
	struct iovec word = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &word,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -errno;
}

/* The descriptor that comes over a socket, or the error. */
static inline int receive_fd(int socket)
{
	char space[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec word = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &word,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space),
	};
	struct cmsghdr *head;
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		return -errno;
	head = CMSG_FIRSTHDR(&message);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		return -ENODATA;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

/* A file of a cgroup, opened by a child that has done `prepare` before. */
struct opening {
	int dir;
	const char *name;
	int (*prepare)(void);
	int socket;
};

static inline int open_and_send(void *arg)
{
	const struct opening *opening = arg;
	int err = opening->prepare();
	int fd;

	if (err)
		return err;
	fd = openat(opening->dir, opening->name, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : send_fd(opening->socket, fd);
}

static inline int opened_elsewhere(int dir, const char *name, int (*prepare)(void))
{
	struct opening opening = { .dir = dir, .name = name, .prepare = prepare };
	int ends[2];
	int fd;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	opening.socket = ends[1];
	fd = in_child(open_and_send, &opening);
	if (!fd)
		fd = receive_fd(ends[0]);
	close(ends[0]);
	close(ends[1]);
	return fd;
}

#endif /* CGNS_BOUNDARY_H */
