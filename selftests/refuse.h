/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls that have to be refused: with which error, and that nothing is changed by it.
 *
 * Owns what "nothing" is, and who may ask: each case runs in a child that first becomes somebody.
 * Include after harness.h.
 */
#ifndef CGNS_REFUSE_H
#define CGNS_REFUSE_H

#include <dirent.h>
#include <pthread.h>

#include "listns.h"
#include "shown.h"

/* A line of a table, after FIXTURE_VARIANT_ADD(); the error is the variant's first member. */
#define REFUSED(error, ...) { -(error), ##__VA_ARGS__ }

/* What a refused call must leave as it was, as far as the caller itself can see it. */
struct state {
	__u64 namespaces[8];
	int descriptors;
	int mounts;
	int children;
	char cgroups[4096];
};

static inline int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static inline void take_state(struct state *state)
{
	static const char *const types[] = {
		"cgroup", "user", "mnt", "uts", "ipc", "net", "pid_for_children", "time",
	};
	static char text[TEXT_SIZE];

	memset(state, 0, sizeof(*state));
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		state->namespaces[i] = namespace_of(0, types[i]);
	state->descriptors = count_descriptors();
	state->children = waitpid(-1, NULL, WNOHANG) < 0 ? -errno : 1;
	if (!read_proc(getpid(), "mountinfo", text)) {
		for (const char *c = text; *c; c++)
			state->mounts += *c == '\n';
	}
	if (!read_proc(getpid(), "cgroup", text))
		memccpy(state->cgroups, text, '\0', sizeof(state->cgroups) - 1);
}

/* What is not as it was: in words. */
static inline const char *changed_since(const struct state *before)
{
	struct state now;

	take_state(&now);
	if (memcmp(before->namespaces, now.namespaces, sizeof(now.namespaces)))
		return "a namespace";
	if (before->descriptors != now.descriptors)
		return "the number of open files";
	if (before->mounts != now.mounts)
		return "the number of mounts";
	if (before->children != now.children)
		return "the children";
	if (strcmp(before->cgroups, now.cgroups))
		return "/proc/self/cgroup";
	return now.namespaces[0] && *now.cgroups ? "nothing" : "/proc, which says nothing";
}

/* A case: who asks, and what is asked; and what came of it. */
struct trial {
	const void *input;
	int (*become)(void);
	int (*attempt)(const void *input);
	char changed[64];
	int afterwards; /* whether one more cgroup namespace can be had, if it was asked */
};

static inline int try_it(void *arg)
{
	struct trial *trial = arg;
	struct state before;
	int err = trial->become ? trial->become() : 0;

	if (err) {
		snprintf(trial->changed, sizeof(trial->changed), "who asks: %s", strerror(-err));
		return 0;
	}
	take_state(&before);
	err = trial->attempt(trial->input);
	snprintf(trial->changed, sizeof(trial->changed), "%s", changed_since(&before));
	trial->afterwards = error_of(unshare(CLONE_NEWCGROUP));
	return err;
}

/* Let a child try: `afterwards` is what making a cgroup namespace then gives it. */
static inline void expect_refusal(struct __test_metadata *_metadata, const struct trial *wanted,
				  int err, int afterwards)
{
	struct trial *trial = shared_memory(sizeof(*trial));
	long alive = count_cgroup_namespaces();

	ASSERT_NE(NULL, trial);
	*trial = *wanted;
	EXPECT_EQ(err, in_child(try_it, trial));
	EXPECT_STREQ("nothing", trial->changed);
	EXPECT_EQ(afterwards, trial->afterwards);
	EXPECT_LT(0, alive);
	EXPECT_EQ(alive, count_cgroup_namespaces());
}

/* Those who ask. Root in a user namespace that may have one cgroup namespace. */
static inline int with_one_left(void)
{
	return limited_user_namespace("1");
}

static inline int as_nobody(void)
{
	return become_user(NOBODY);
}

static inline int as_nobody_with_one_left(void)
{
	int err = become_user(NOBODY);

	return err ? err : with_one_left();
}

static inline int without_sys_admin(void)
{
	return limit_capabilities(~(1ULL << CAP_SYS_ADMIN));
}

/* The first task of a pid namespace; who was asked to become it only waits for its end. */
static inline int as_init_of_pids(void)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		return -errno;
	pid = fork();
	if (pid <= 0)
		return error_of(pid);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		_exit(ECHILD);
	_exit(WEXITSTATUS(status));
}

static inline void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* A second thread, which ends with the process. */
static inline int with_a_thread(void)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, wait_for_ever, NULL);
}

#endif /* CGNS_REFUSE_H */
