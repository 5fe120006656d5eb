// SPDX-License-Identifier: GPL-2.0
/* Operations that check what they read, and those that only make sense among tasks that run. */
#define _GNU_SOURCE
#include <dirent.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "../differential/tasks.h"
#include "fuzz.h"

/* Cgroups of v1 in a chain, at most. */
#define LONGEST_OF_V1 20

/*
 * Whether the number is still that file's: tasks share their descriptors, and two that close the
 * same number may close what a third has opened meanwhile.
 */
static bool is_still(int fd, const char *file)
{
	char link[64], name[PATH_MAX];
	const char *last;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, name, sizeof(name) - 1);
	if (len <= 0)
		return false;
	name[len] = '\0';
	last = strrchr(name, '/');
	return last && !strcmp(last + 1, file);
}

static int read_and_check(struct world *w, const char *file, const char *(*wrong_in)(const char *))
{
	int fd = open(proc_path(w, w->step.num[0], file), O_RDONLY | O_CLOEXEC);
	const char *wrong;
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read_text(w, fd);
	if (!is_still(fd, file))
		return VOID;
	close(fd);
	if (len < 0)
		return len;
	/* A task that is gone has no text. */
	wrong = len ? wrong_in(w->text) : NULL;
	if (!wrong)
		return 0;
	printf("broken: %s: %s\n%s", file, wrong, w->text);
	fflush(stdout);
	fuzz->broken = true;
	return -EPROTO;
}

int op_lines(struct world *w)
{
	return read_and_check(w, "cgroup", wrong_cgroups);
}

int op_table(struct world *w)
{
	return read_and_check(w, "mountinfo", wrong_mounts);
}

struct beginning {
	const struct world *w;
	long number;
};

/* A world of its own: threads share memory, and here they run at the same time. */
static void *begin(void *arg)
{
	const struct beginning *b = arg;
	struct world *w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (w == MAP_FAILED)
		return NULL;
	w->actors = b->w->actors;
	w->dirs = b->w->dirs;
	w->files = b->w->files;
	w->lists_pids = b->w->lists_pids;
	enlist(w, b->number, gettid(), b->number, true);
	act(w, b->number);
	return NULL;
}

int op_pthread(struct world *w)
{
	static struct beginning b;
	pthread_t thread;
	int err;

	if (w->actors[w->step.num[0]].pid)
		return VOID;
	b.w = w;
	b.number = w->step.num[0];
	err = pthread_create(&thread, NULL, begin, &b);
	if (!err)
		pthread_detach(thread);
	return -err;
}

/* v1 has no limit, and its cgroups take long to go that are removed one below the other. */
int op_branch(struct world *w)
{
	if (is_v1(dir_fd(w, w->step.num[0])) && w->step.num[2] > LONGEST_OF_V1)
		w->step.num[2] = LONGEST_OF_V1;
	return op_chain(w);
}

/* Remove what is below: what has cgroups or tasks of its own stays. */
int op_prune(struct world *w)
{
	int fd = dir_fd(w, w->step.num[0]);
	int removed = 0, err = 0;
	struct dirent *entry;
	DIR *list;

	if (fd < 0)
		return VOID;
	fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list)
		return -errno;
	while ((entry = readdir(list))) {
		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(fd, entry->d_name, AT_REMOVEDIR))
			err = -errno;
		else
			removed++;
	}
	closedir(list);
	return removed ? 0 : err;
}

/* Hand in a cgroup's id: the shrinkers' debug files take one, unless they are to drop nothing. */
int op_shrink(struct world *w)
{
	int fd = dir_fd(w, w->step.num[0]);
	int err = -ENOENT;
	struct stat about;
	char text[64];
	glob_t found;

	if (fd < 0)
		return VOID;
	if (fstat(fd, &about))
		return -errno;
	snprintf(text, sizeof(text), "%llu 0 1", (unsigned long long)about.st_ino);
	if (!glob("/sys/kernel/debug/shrinker/sb-tmpfs*/scan", 0, NULL, &found))
		err = write_text(found.gl_pathv[0], text);
	globfree(&found);
	return err;
}
