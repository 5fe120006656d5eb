// SPDX-License-Identifier: GPL-2.0
/*
 * Lets every allocation and every copy of an operation fail once, and prints what came of it:
 *
 *   faults [--stacks] [OPERATION...]
 *
 * A line "ok" or "not ok" for each operation and method, as KTAP has it, and a line "# row" with
 * figures: operation, method, kind, how many failed, how often the operation succeeded all the
 * same, and by error how often it did not. With --stacks stacks of what fails go to the console.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/resource.h>

#include "../task.h"
#include "balance.h"
#include "course.h"
#include "leaks.h"
#include "score.h"
#include "symbols.h"
#include "world.h"

#define ROUNDS 3

/* What the first attempts fill, caches and the like, is not given back. */
static void warm_up(struct course *c, int namespaces, struct balance *before)
{
	const struct fault none = { .nth = MOST, .callers = ANYWHERE };
	char words[256] = "";

	for (int i = 0; i < 3; i++)
		attempt(c->world, c->op, &none, c->attempt);
	balance_take(before);
	charges_are(namespaces, words, sizeof(words));
	words[0] = '\0';
	balance_compare(before, words, sizeof(words));
}

/*
 * The kernel's own threads come and go, and take objects along. What an operation leaves behind it
 * does every time.
 */
static void run_operation(struct course *c)
{
	const struct operation *op = c->op;
	int namespaces = op->needs & INSIDE ? 2 : 1;
	int err = world_enter(c->world, op->needs);
	enum verdict verdict = OBJECTS;
	static struct balance before;
	char words[256] = {};

	if (err) {
		snprintf(words, sizeof(words), "cannot be set up: %s", strerror(-err));
		say(op->name, "setup", words);
		return;
	}
	warm_up(c, namespaces, &before);
	for (int i = 0; i < ROUNDS && verdict == OBJECTS; i++) {
		c->quiet = i > 0;
		balance_take(&before);
		if (!op->most)
			by_task(c);
		by_callers(c);
		verdict = balance_compare(&before, words, sizeof(words));
	}
	if (verdict == BACK)
		charges_are(namespaces, words, sizeof(words));
	say(op->name, "balance", words);
}

/* The task that sets up, and whatever it leaves behind, is not the one that looks on. */
static void run_apart(struct course *c)
{
	char words[256] = {};
	int status = -1, err;
	pid_t pid = fork();

	if (pid == 0) {
		run_operation(c);
		if (c->world->other > 0)
			end(c->world->other);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	err = world_remove(c->op->needs);
	if (status)
		snprintf(words, sizeof(words), "it ended with status %x", status);
	else if (err)
		snprintf(words, sizeof(words), "cannot be removed: %s", strerror(-err));
	else if (nothing_dies(words, sizeof(words)))
		words[0] = '\0';
	say(c->op->name, "end", words);
}

static bool is_wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

/* What all operations need once. */
static int begin(void)
{
	const struct rlimit files = { 8192, 8192 };
	int err = score_begin();

	read_functions();
	err = err ? err : faults_init();
	err = err ? err : leaks_begin();
	/* Whoever drops caches need not say so: 4. */
	err = err ? err : write_text("/proc/sys/vm/drop_caches", "4");
	return err ? err : error_of(setrlimit(RLIMIT_NOFILE, &files));
}

int main(int argc, char **argv)
{
	static const struct operation *const all[] = {
		life_operations, read_operations, mount_operations, tree_operations,
		nsfs_operations,
	};
	struct course course = {
		.world = shared_memory(sizeof(*course.world)),
		.attempt = shared_memory(sizeof(*course.attempt)),
	};
	bool stacks = argc > 1 && !strcmp(argv[1], "--stacks");
	int err = begin();
	char words[256];

	if (err) {
		fprintf(stderr, "faults: the kernel is not made for it: %s\n", strerror(-err));
		return 2;
	}
	faults_tell(stacks);
	for (int i = 0; i < (int)(sizeof(all) / sizeof(*all)); i++) {
		for (course.op = all[i]; course.op->name; course.op++) {
			if (is_wanted(course.op->name, argv + 1 + stacks))
				run_apart(&course);
		}
	}
	leaks_find(words, sizeof(words));
	say("kmemleak", "silent", words);
	return score_end() ? 0 : 1;
}
