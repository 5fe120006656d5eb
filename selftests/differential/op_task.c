// SPDX-License-Identifier: GPL-2.0
/* Operations on tasks: how they begin and end, and who they are. */
#define _GNU_SOURCE
#include "operations.h"
#include "tasks.h"

#define STACK_SIZE (256 << 10)

static bool is_free(const struct world *w, long number)
{
	return number > 0 && number < MAX_TASKS && !w->actors[number].pid;
}

/* A directory of -1 is none: then the flags alone say what clone3() does. */
int op_clone(struct world *w)
{
	const struct step *s = &w->step;
	long number = s->num[0];
	bool own_mounts = w->actors[s->task].own_mounts || s->num[1] & CLONE_NEWNS;
	__u64 flags = s->num[1] | CLONE_FILES;
	int dir = -1;
	pid_t pid;

	if (!is_free(w, number))
		return VOID;
	if (s->num[2] >= 0) {
		dir = dir_fd(w, s->num[2]);
		flags |= CLONE_INTO_CGROUP;
	}
	pid = clone3_fork(flags, dir < 0 ? 0x7fffffff : dir);
	if (pid < 0)
		return -errno;
	if (pid == 0)
		act(w, number);
	enlist(w, number, pid, number, own_mounts);
	return 0;
}

struct beginning {
	struct world *w;
	int number;
};

static int begin(void *arg)
{
	const struct beginning *b = arg;

	act(b->w, b->number);
	return 0;
}

/*
 * Not pthread_create(): its bookkeeping does not expect that the thread which began a process may
 * end first. The threads of a process share what is thread-local; no two of them run at a time.
 */
int op_thread(struct world *w)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM;
	const struct actor *me = &w->actors[w->step.task];
	long number = w->step.num[0];
	struct beginning *b;
	char *stack;
	pid_t pid;

	if (!is_free(w, number))
		return VOID;
	/* They go with the process. */
	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED)
		return -ENOMEM;
	b = (struct beginning *)stack;
	b->w = w;
	b->number = number;
	pid = clone(begin, stack + STACK_SIZE, flags, b);
	if (pid < 0)
		return -errno;
	enlist(w, number, pid, me->process, me->own_mounts);
	return 0;
}

/* With an operand of 1 the whole process ends, else only this thread. */
int op_exit(struct world *w)
{
	syscall(w->step.num[0] ? SYS_exit_group : SYS_exit, 0);
	return 0;
}

int op_reap(struct world *w)
{
	pid_t pid = pid_of(w, w->step.num[0]);
	pid_t got;

	if (!pid)
		return VOID;
	got = waitpid(pid, NULL, WNOHANG);
	if (got < 0)
		return -errno;
	say_number(w, "reaped", got == pid);
	return 0;
}

int op_become(struct world *w)
{
	return become_user(w->step.num[0]);
}

/* Lose the capability that all here is about, and keep the others. */
int op_disarm(struct world *w)
{
	(void)w;
	return limit_capabilities(~(1ULL << CAP_SYS_ADMIN));
}

/* In a new user namespace: be root there, for the user that the operand names outside. */
int op_maps(struct world *w)
{
	return map_root(w->step.num[0], w->step.num[0]);
}
