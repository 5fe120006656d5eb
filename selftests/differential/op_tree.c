// SPDX-License-Identifier: GPL-2.0
/* Operations on the tree: directories, their names, who owns them. */
#define _GNU_SOURCE
#include <dirent.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "operations.h"

/* Which number stands for the same cgroup already; the lowest, or -1. */
static int same_dir(const struct world *w, const struct stat *st, long but)
{
	for (int i = 0; i < MAX_DIRS; i++) {
		const struct dir *dir = &w->dirs[i];

		if (i != but && dir->fd >= 0 && dir->dev == st->st_dev && dir->ino == st->st_ino)
			return i;
	}
	return -1;
}

int keep_dir(struct world *w, long number, int fd, int parent, const char *name)
{
	struct dir *dir = number >= 0 && number < MAX_DIRS ? &w->dirs[number] : NULL;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!dir || dir->fd >= 0 || fstat(fd, &st)) {
		close(fd);
		return VOID;
	}
	dir->fd = fd;
	dir->parent = parent;
	dir->level = parent < 0 ? 0 : w->dirs[parent].level + 1;
	dir->dev = st.st_dev;
	dir->ino = st.st_ino;
	snprintf(dir->name, sizeof(dir->name), "%s", name);
	say_number(w, "as", same_dir(w, &st, number));
	return 0;
}

int op_mkdir(struct world *w)
{
	const struct step *s = &w->step;
	int parent = dir_fd(w, s->num[0]);

	if (parent < 0)
		return VOID;
	if (mkdirat(parent, s->str[2], 0755))
		return -errno;
	return keep_dir(w, s->num[1], openat(parent, s->str[2], O_PATH | O_CLOEXEC | O_NOFOLLOW),
			s->num[0], s->str[2]);
}

int op_lookup(struct world *w)
{
	const struct step *s = &w->step;
	int parent = dir_fd(w, s->num[0]);

	if (parent < 0)
		return VOID;
	return keep_dir(w, s->num[1],
			openat(parent, s->str[2], O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW),
			s->num[0], s->str[2]);
}

/* So many cgroups, one below the other, with names of so many bytes: no two are the same. */
int op_chain(struct world *w)
{
	const struct step *s = &w->step;
	long count = s->num[2], len = s->num[3];
	int dir = dir_fd(w, s->num[0]);
	char name[300];
	int err;

	if (dir < 0 || count < 1 || len < 1 || len >= (long)sizeof(name))
		return VOID;
	dir = dup(dir);
	for (long i = 0; i < count; i++) {
		int below;

		memset(name, 'c', len);
		name[len] = '\0';
		if (len > 5)
			name[snprintf(name, len, "%ld", i)] = 'c';
		below = mkdirat(dir, name, 0755) ? -errno :
						   openat(dir, name, O_PATH | O_CLOEXEC);
		close(dir);
		if (below < 0) {
			say_number(w, "made", i);
			return below == -1 ? -errno : below;
		}
		dir = below;
	}
	/* It is renamed or removed by nobody: it has no parent here. */
	err = keep_dir(w, s->num[1], dir, -1, name);
	if (!err)
		w->dirs[s->num[1]].level = w->dirs[s->num[0]].level + count;
	return err;
}

bool is_v1(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == CGROUP_SUPER_MAGIC;
}

int op_rmdir(struct world *w)
{
	const struct dir *dir;
	int err;

	if (dir_fd(w, w->step.num[0]) < 0)
		return VOID;
	dir = &w->dirs[w->step.num[0]];
	if (dir->parent < 0)
		return error_of(unlinkat(dir->fd, "../..", AT_REMOVEDIR));
	if (w->dirs[dir->parent].fd < 0)
		return VOID;
	err = error_of(unlinkat(w->dirs[dir->parent].fd, dir->name, AT_REMOVEDIR));
	if (!err && dir->level > w->deepest && is_v1(w->dirs[dir->parent].fd))
		w->deepest = dir->level;
	return err;
}

/* Another parent than its own is something that cgroups refuse. */
int op_rename(struct world *w)
{
	const struct step *s = &w->step;
	int to = dir_fd(w, s->num[1]);
	struct dir *dir;

	if (dir_fd(w, s->num[0]) < 0 || to < 0)
		return VOID;
	dir = &w->dirs[s->num[0]];
	if (dir->parent < 0 || w->dirs[dir->parent].fd < 0)
		return VOID;
	if (renameat(w->dirs[dir->parent].fd, dir->name, to, s->str[2]))
		return -errno;
	snprintf(dir->name, sizeof(dir->name), "%s", s->str[2]);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the cgroups below; the order in which the kernel gives them is nobody's business. */
int op_list(struct world *w)
{
	char *names[256];
	int fd = dir_fd(w, w->step.num[0]);
	struct dirent *entry;
	int count = 0, err;
	DIR *list;

	if (fd < 0)
		return VOID;
	fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list)
		return -errno;
	errno = 0;
	while ((entry = readdir(list))) {
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && count < 256)
			names[count++] = strdup(entry->d_name);
	}
	err = -errno;
	closedir(list);
	qsort(names, count, sizeof(names[0]), by_name);
	for (int i = 0; i < count; i++) {
		say(w, "name", names[i]);
		free(names[i]);
	}
	return err;
}

int op_stat(struct world *w)
{
	struct stat st;

	if (dir_fd(w, w->step.num[0]) < 0)
		return VOID;
	if (fstat(dir_fd(w, w->step.num[0]), &st))
		return -errno;
	say_number(w, "mode", st.st_mode);
	say_number(w, "uid", st.st_uid);
	say_number(w, "gid", st.st_gid);
	say_number(w, "links", st.st_nlink);
	/* A cgroup that was removed has no files any more. */
	if (fstatat(dir_fd(w, w->step.num[0]), "cgroup.procs", &st, 0))
		return -errno;
	say_number(w, "procs", st.st_mode);
	say_number(w, "owner", st.st_uid);
	return 0;
}

/* What delegating a cgroup means: the directory and the files that come with it. */
int delegate(int fd, uid_t uid)
{
	static const char *const files[] = { "cgroup.procs", "cgroup.threads",
					     "cgroup.subtree_control", "tasks", NULL };
	int given = 0;

	if (fchownat(fd, "", uid, uid, AT_EMPTY_PATH))
		return -errno;
	for (int i = 0; files[i]; i++)
		given += !fchownat(fd, files[i], uid, uid, 0);
	return given;
}

int op_chown(struct world *w)
{
	int fd = dir_fd(w, w->step.num[0]);
	int given;

	if (fd < 0)
		return VOID;
	given = delegate(fd, w->step.num[1]);
	if (given < 0)
		return given;
	say_number(w, "files", given);
	return 0;
}

int op_forget(struct world *w)
{
	int fd = dir_fd(w, w->step.num[0]);

	/* The first is where programs begin. */
	if (fd < 0 || w->step.num[0] == 0)
		return VOID;
	fd = swap_fd(&w->dirs[w->step.num[0]].fd, -1);
	return fd < 0 ? VOID : error_of(close(fd));
}
