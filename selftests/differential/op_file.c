// SPDX-License-Identifier: GPL-2.0
/* Operations on a cgroup's files, by name and by descriptors that were opened before. */
#define _GNU_SOURCE
#include <stdlib.h>

#include "operations.h"

int keep_file(struct world *w, long number, int fd)
{
	int old;

	if (fd < 0)
		return -errno;
	if (number < 0 || number >= MAX_FILES) {
		close(fd);
		return VOID;
	}
	old = swap_fd(&w->files[number], fd);
	if (old >= 0)
		close(old);
	w->lists_pids[number] = false;
	return 0;
}

ssize_t read_text(struct world *w, int fd)
{
	size_t len = 0;
	ssize_t got;

	while ((got = pread(fd, w->text + len, sizeof(w->text) - 1 - len, len)) > 0)
		len += got;
	w->text[len] = '\0';
	return got < 0 ? -errno : (ssize_t)len;
}

static bool holds_pids(const char *name)
{
	return !strcmp(name, "cgroup.procs") || !strcmp(name, "cgroup.threads") ||
	       !strcmp(name, "tasks");
}

/* In the order of the tasks' numbers: the kernel promises none. */
static void say_pids(struct world *w)
{
	bool listed[MAX_TASKS] = {};
	int strangers = 0;
	char *line, *save;

	for (line = strtok_r(w->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *name = task_name(w, atoi(line));

		if (name[0] == 't')
			listed[atoi(name + 1)] = true;
		else if (name[0] == '0')
			strangers++;
	}
	for (int i = 0; i < MAX_TASKS; i++) {
		if (listed[i])
			say_number(w, "task", i);
	}
	if (strangers)
		say_number(w, "unseen", strangers);
}

static int read_and_say(struct world *w, int fd, bool pids)
{
	ssize_t len = read_text(w, fd);

	if (len < 0)
		return len;
	if (pids)
		say_pids(w);
	else
		say(w, "text", w->text);
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t put = pwrite(fd, text, len, 0);

	if (put < 0)
		return -errno;
	return put == (ssize_t)len ? 0 : -EIO;
}

static int open_in(struct world *w, long dir, const char *name, int flags)
{
	return openat(dir_fd(w, dir), name, flags | O_CLOEXEC | O_NONBLOCK);
}

int op_get(struct world *w)
{
	const struct step *s = &w->step;
	int fd = open_in(w, s->num[0], s->str[1], O_RDONLY);
	int err;

	if (dir_fd(w, s->num[0]) < 0)
		return VOID;
	if (fd < 0)
		return -errno;
	err = read_and_say(w, fd, holds_pids(s->str[1]));
	close(fd);
	return err;
}

static int put_text(struct world *w, long dir, const char *name, const char *text)
{
	int fd = open_in(w, dir, name, O_WRONLY);
	int err;

	if (dir_fd(w, dir) < 0)
		return VOID;
	if (fd < 0)
		return -errno;
	err = write_all(fd, text);
	close(fd);
	return err;
}

int op_put(struct world *w)
{
	const struct step *s = &w->step;

	return put_text(w, s->num[0], s->str[1], s->str[2]);
}

/* The number of the task itself stands for "0", which is how a task names itself. */
static const char *pid_text(const struct world *w, long task)
{
	static char text[16];
	pid_t pid = task == w->step.task ? 0 : pid_of(w, task);

	/* One that never was: no task has this pid. */
	if (!pid && task != w->step.task)
		pid = 1 << 22;
	snprintf(text, sizeof(text), "%d", pid);
	return text;
}

int op_attach(struct world *w)
{
	const struct step *s = &w->step;

	return put_text(w, s->num[0], s->str[1], pid_text(w, s->num[2]));
}

int op_open(struct world *w)
{
	const struct step *s = &w->step;
	int err;

	if (dir_fd(w, s->num[0]) < 0)
		return VOID;
	err = keep_file(w, s->num[2], open_in(w, s->num[0], s->str[1], s->num[3]));
	if (!err)
		w->lists_pids[s->num[2]] = holds_pids(s->str[1]);
	return err;
}

int op_read(struct world *w)
{
	int fd = file_fd(w, w->step.num[0]);
	bool pids;
	ssize_t len;

	if (fd < 0)
		return VOID;
	pids = w->lists_pids[w->step.num[0]];
	/* v1 keeps a list of pids for a second: what is read again is old, or not, by the clock. */
	if (pids && is_v1(fd)) {
		len = read_text(w, fd);
		return len < 0 ? len : 0;
	}
	return read_and_say(w, fd, pids);
}

int op_write(struct world *w)
{
	int fd = file_fd(w, w->step.num[0]);

	return fd < 0 ? VOID : write_all(fd, w->step.str[1]);
}

/* Elsewhere a pid would be a number like any other, and another one each time. */
int op_move(struct world *w)
{
	int fd = file_fd(w, w->step.num[0]);

	if (fd < 0 || !w->lists_pids[w->step.num[0]])
		return VOID;
	return write_all(fd, pid_text(w, w->step.num[1]));
}

int op_close(struct world *w)
{
	int fd = file_fd(w, w->step.num[0]);

	if (fd >= 0)
		fd = swap_fd(&w->files[w->step.num[0]], -1);
	return fd < 0 ? VOID : error_of(close(fd));
}

/* A cgroup by its file handle: what is opened must be the same one. */
int op_handle(struct world *w)
{
	const struct step *s = &w->step;
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int dir = dir_fd(w, s->num[0]);
	struct stat before, after;
	int mount_id, fd, err;

	if (dir < 0)
		return VOID;
	if (name_to_handle_at(dir, "", &handle.head, &mount_id, AT_EMPTY_PATH))
		return -errno;
	say_number(w, "type", handle.head.handle_type);
	dir = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	fd = open_by_handle_at(dir, &handle.head, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && !fstat(dir, &before) && !fstat(fd, &after))
		say_number(w, "same", before.st_ino == after.st_ino);
	err = keep_file(w, s->num[1], fd);
	close(dir);
	return err;
}
