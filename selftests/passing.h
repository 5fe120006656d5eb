/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that go from task to task over a socket.
 *
 * Owns how they go. Nothing here asserts.
 */
#ifndef CGNS_PASSING_H
#define CGNS_PASSING_H

#include <sys/socket.h>

#include "task.h"

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

#endif /* CGNS_PASSING_H */
