// SPDX-License-Identifier: GPL-2.0
/*
 * The storm: 64 tasks at once, for so long, and after it nothing is left.
 *
 *   storm SEED SECONDS [plug]
 *
 * It blows twice, a tenth of the time first: what the kernel keeps for the next time is there then,
 * and what more it keeps after the rest is lost. Each time there is v2 alone for one half, where
 * paths are read without a lock, and a hierarchy of v1 beside it for the other. With `plug`
 * processors go and come meanwhile.
 *
 * Owns births, deaths, and the cgroups that the tasks have.
 */
#define _GNU_SOURCE
#include <kselftest.h>

#include "../task.h"
#include "state.h"
#include "storm.h"
#include "tree.h"

#define CONTROL "/sys/fs/cgroup/cgroup.subtree_control"
/* Hundredths of a second for removed cgroups to go. */
#define PATIENCE 500

struct sum {
	long births, exits, kills, others;
};

static void settle_in(struct storm *s, bool v1)
{
	static const char *const places[] = { "", "/x", "/x/y", "/z" };
	char path[64];
	bool good = !mkdir(BASE, 0755);

	s->base = open(BASE, O_PATH | O_DIRECTORY | O_CLOEXEC);
	good &= !write_text(CONTROL, "+memory") &&
		!write_text(BASE "/cgroup.subtree_control", "+memory");
	for (int i = 0; i < GROUPS; i++) {
		snprintf(path, sizeof(path), "g%d", i);
		good &= !mkdirat(s->base, path, 0755);
	}
	for (int i = FIRST_WITNESS; i < TASKS; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(places); j++) {
			snprintf(path, sizeof(path), "w%d%s", i, places[j]);
			good &= !mkdirat(s->base, path, 0755);
		}
	}
	good &= !mkdirat(s->base, "pressure", 0755) &&
		!write_in(s->base, "pressure/memory.max", "24M");
	s->v1 = -1;
	if (v1) {
		good &= !mount("cgns", V1, "cgroup", 0, "none,name=storm");
		s->v1 = open(V1, O_PATH | O_DIRECTORY | O_CLOEXEC);
		for (int i = 0; i < LEAVES; i++) {
			snprintf(path, sizeof(path), "l%d", i);
			good &= !mkdirat(s->v1, path, 0755);
		}
	}
	if (!good)
		ksft_exit_fail_perror("cgroups");
}

/*
 * A hierarchy goes with its last mount, unless there still are cgroups that were removed: then it
 * stays, and another mount can be its last.
 */
static int end_v1(void)
{
	int err = remove_below(V1) ?: error_of(umount2(V1, 0));

	for (int i = 0; !err && i < PATIENCE && own_path("name=storm")[0] == '/'; i++) {
		usleep(10000);
		err = error_of(mount("cgns", V1, "cgroup", 0, "none,name=storm"));
		err = err ?: error_of(umount2(V1, 0));
	}
	return err;
}

static void move_out(struct storm *s)
{
	char path[32];
	int err;

	close(s->base);
	mount(NULL, CGROUP2, NULL, MS_REMOUNT, "favordynmods");
	for (int i = 0; i < SLOTS; i++) {
		snprintf(path, sizeof(path), POINTS "/%d", i);
		while (!umount2(path, MNT_DETACH))
			;
	}
	err = remove_below(CGROUP2);
	if (s->v1 >= 0) {
		close(s->v1);
		err = err ?: end_v1();
	}
	err = err ?: write_text(CONTROL, "-memory");
	ksft_test_result(!err, "all cgroups can be removed\n");
	if (err)
		ksft_print_msg("%s\n", strerror(-err));
}

static void bear(struct storm *s, int number, struct sum *sum)
{
	struct slot *slot = &s->slots[number];
	pid_t pid = fork();

	if (pid == 0) {
		__u64 seed = s->seed + number * 1000003L + sum->births;
		struct worker w = { s, slot, number, seed, -1 };

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_CHILD_SUBREAPER, 0);
		if (number < FIRST_WITNESS)
			work(&w);
		else if (number < TASKS)
			bear_witness(&w);
		else if (number == TASKS)
			press_memory(&w);
		plug_processors(&w);
	}
	if (pid < 0)
		ksft_exit_fail_perror("fork");
	slot->pid = pid;
	sum->births++;
}

/* Take whoever has died off the table; another comes in the place of a task. */
static void reap(struct storm *s, struct sum *sum)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, s->stop ? 0 : WNOHANG)) > 0) {
		if (WIFEXITED(status) && !WEXITSTATUS(status))
			sum->exits++;
		else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			sum->kills++;
		else
			sum->others++;
		for (int i = 0; i < SLOTS; i++) {
			if (s->slots[i].pid == pid) {
				s->slots[i].pid = 0;
				if (!s->stop)
					bear(s, i, sum);
			}
		}
	}
}

/* Whether namespaces are boundaries changes while tasks move over them. */
static void change_rules(struct worker *w)
{
	static const char *const rules[] = { "favordynmods", "favordynmods,nsdelegate" };

	tally(w, REMOUNT, error_of(mount(NULL, CGROUP2, NULL, MS_REMOUNT, rules[pick(w, 2)])));
}

static void blow(struct storm *s, struct sum *sum, long length, bool v1, bool plug)
{
	struct worker rules = { s, &s->slots[SLOTS - 1], SLOTS - 1, s->seed, -1 };
	long end;

	settle_in(s, v1);
	s->stop = false;
	for (int i = 0; i < SLOTS - !plug; i++)
		bear(s, i, sum);
	end = milliseconds() + length;
	for (int i = 0; milliseconds() < end; i++) {
		usleep(2000);
		reap(s, sum);
		if (i % 100 == 0)
			change_rules(&rules);
	}
	s->stop = true;
	for (int i = 0; i < TASKS; i++)
		kill(s->slots[i].pid, SIGKILL);
	reap(s, sum);
	move_out(s);
	if (plug)
		empty_stocks();
}

static void prepare(void)
{
	char path[32];
	bool good = !lift_limits() && !unshare(CLONE_NEWNS) &&
		    !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
		    !prctl(PR_SET_CHILD_SUBREAPER, 1) && !mkdir(POINTS, 0755) && !mkdir(V1, 0755);

	for (int i = 0; good && i < SLOTS; i++) {
		snprintf(path, sizeof(path), POINTS "/%d", i);
		good = !mkdir(path, 0755);
	}
	if (!good)
		ksft_exit_fail_perror("prepare");
}

int main(int argc, char **argv)
{
	struct storm *s = shared_memory(sizeof(*s));
	bool plug = argc == 4 && !strcmp(argv[3], "plug");
	long most = argc >= 3 ? atol(argv[2]) * 1000 : 0;
	struct sum sum = {};

	ksft_print_header();
	if (!s || most < 1 || argc != 3 + plug)
		ksft_exit_fail_msg("usage: storm SEED SECONDS [plug]\n");
	s->seed = strtoull(argv[1], NULL, 0);
	ksft_print_msg("storm: seed=%llu\n", s->seed);
	ksft_set_plan(6);
	prepare();
	settle();
	print_state("before");
	blow(s, &sum, most / 20, false, plug);
	blow(s, &sum, most / 20, true, plug);
	settle();
	print_state("after-a-tenth");
	blow(s, &sum, most * 9 / 20, false, plug);
	blow(s, &sum, most * 9 / 20, true, plug);
	settle();
	print_state("after");
	print_tallies(s);
	ksft_print_msg("deaths births=%ld exits=%ld kills=%ld\n", sum.births, sum.exits, sum.kills);
	ksft_test_result(!sum.others, "tasks end by exit and kill alone\n");
	ksft_test_result(!any_malformed(s), "all that is read is well formed\n");
	ksft_finished();
}
