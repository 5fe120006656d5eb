// SPDX-License-Identifier: GPL-2.0
/*
 * A cgroup namespace is a thread's (clause A15 of the contract's row A3): what one thread does with
 * it, the other threads of its process do not feel.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "harness.h"
#include "tree.h"

/* A thread, what it is to do, and what it saw when that was done. */
struct thread {
	const struct hierarchy *h;
	int fd; /* of the namespace that it joins; -1 if it makes one */
	int err;
	__u64 namespace;
	char path[128]; /* of its process, as it saw it */
};

static void *change(void *arg)
{
	struct thread *t = arg;

	if (t->fd >= 0)
		t->err = error_of(setns(t->fd, CLONE_NEWCGROUP));
	else
		t->err = error_of(unshare(CLONE_NEWCGROUP));
	t->namespace = namespace_of(0, "cgroup");
	snprintf(t->path, sizeof(t->path), "%s", path_of(t->h, getpid()));
	return NULL;
}

/* Run it in a thread that is gone afterwards. */
static void in_thread(struct __test_metadata *_metadata, void *(*work)(void *), void *arg)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, work, arg));
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

TEST_F(tree, A15_unshare_leaves_the_other_threads)
{
	struct thread t = { .h = &self->h, .fd = -1 };
	__u64 before = namespace_of(0, "cgroup");

	ASSERT_EQ(0, join(self->ax, 0));
	in_thread(_metadata, change, &t);
	EXPECT_EQ(0, t.err);
	EXPECT_NE(before, t.namespace);
	EXPECT_STREQ("/", t.path);
	EXPECT_EQ(before, namespace_of(0, "cgroup"));
	EXPECT_STREQ(below_base(&self->h, "/a/x"), path_of(&self->h, getpid()));
}

TEST_F(tree, A15_setns_leaves_the_other_threads)
{
	struct thread t = { .h = &self->h };
	__u64 before = namespace_of(0, "cgroup");
	pid_t child;

	ASSERT_EQ(0, join(self->bx, 0));
	child = clone_idle(&self->h, CLONE_NEWCGROUP, 0);
	ASSERT_LT(0, child);
	ASSERT_EQ(0, join(self->ax, 0));
	t.fd = open_namespace(child, "cgroup");
	ASSERT_LE(0, t.fd);
	in_thread(_metadata, change, &t);
	EXPECT_EQ(0, t.err);
	EXPECT_EQ(namespace_of(child, "cgroup"), t.namespace);
	EXPECT_STREQ("/../../a/x", t.path);
	EXPECT_EQ(before, namespace_of(0, "cgroup"));
	EXPECT_STREQ(below_base(&self->h, "/a/x"), path_of(&self->h, getpid()));
}

static void *look(void *arg)
{
	struct thread *t = arg;

	t->namespace = namespace_of(0, "cgroup");
	snprintf(t->path, sizeof(t->path), "%s", path_of(t->h, getpid()));
	return NULL;
}

/* Unshare, and then start a thread that only looks. */
static void *change_and_start(void *arg)
{
	struct thread *t = arg;
	pthread_t thread;

	t->err = error_of(unshare(CLONE_NEWCGROUP));
	if (t->err)
		return NULL;
	t->err = -pthread_create(&thread, NULL, look, t);
	if (!t->err)
		pthread_join(thread, NULL);
	if (t->namespace != namespace_of(0, "cgroup"))
		t->err = -EXDEV;
	return NULL;
}

TEST_F(tree, A15_new_thread_is_where_its_maker_is)
{
	struct thread t = { .h = &self->h };
	__u64 before = namespace_of(0, "cgroup");

	ASSERT_EQ(0, join(self->ax, 0));
	in_thread(_metadata, look, &t);
	EXPECT_EQ(before, t.namespace);
	in_thread(_metadata, change_and_start, &t);
	EXPECT_EQ(0, t.err);
	EXPECT_NE(before, t.namespace);
	EXPECT_STREQ("/", t.path);
	EXPECT_EQ(before, namespace_of(0, "cgroup"));
}

/* The whole of a thread that libc knows nothing of: one system call, and a word to its maker. */
static int bare_thread(void *arg)
{
	int *out = arg;
	char link[32] = "";

	if (readlink("/proc/thread-self/ns/cgroup", link, sizeof(link) - 1) < 0)
		link[0] = '\0';
	if (write(*out, link, sizeof(link)) < 0)
		return 1;
	return 0;
}

TEST_F(tree, A15_thread_born_into_a_namespace_of_its_own)
{
	static char stack[65536];
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
	char before[32] = "", born[32] = "", after[32] = "";
	int ends[2];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_LT(0, readlink("/proc/self/ns/cgroup", before, sizeof(before) - 1));
	ASSERT_LT(0, clone(bare_thread, stack + sizeof(stack), flags | CLONE_NEWCGROUP,
			   &ends[1]));
	ASSERT_EQ(sizeof(born), read(ends[0], born, sizeof(born)));
	EXPECT_EQ(0, strncmp(born, "cgroup:[", 8));
	EXPECT_STRNE(before, born);
	ASSERT_LT(0, readlink("/proc/self/ns/cgroup", after, sizeof(after) - 1));
	EXPECT_STREQ(before, after);
}

/* A thread that is there before and looks when it is told to. */
struct waiting {
	struct thread t;
	pthread_barrier_t go;
};

static void *wait_and_look(void *arg)
{
	struct waiting *w = arg;

	pthread_barrier_wait(&w->go);
	return look(&w->t);
}

TEST_F(tree, A15_main_thread_leaves_the_others)
{
	struct waiting w = { .t.h = &self->h };
	__u64 before = namespace_of(0, "cgroup");
	pthread_t thread;

	ASSERT_EQ(0, join(self->ax, 0));
	ASSERT_EQ(0, pthread_barrier_init(&w.go, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_and_look, &w));
	ASSERT_EQ(0, unshare(CLONE_NEWCGROUP));
	pthread_barrier_wait(&w.go);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(before, w.t.namespace);
	EXPECT_STREQ(below_base(&self->h, "/a/x"), w.t.path);
	EXPECT_NE(before, namespace_of(0, "cgroup"));
	EXPECT_STREQ("/", path_of(&self->h, getpid()));
}

TEST_HARNESS_MAIN
