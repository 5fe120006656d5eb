/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Root in a cgroup namespace, as an attacker: what it can learn or change outside of a/x, which is
 * the namespace's root.
 *
 * Owns the scene, and how strong the attacker is. The tests say what it gets. Include after
 * harness.h.
 */
#ifndef CGNS_ISOLATE_H
#define CGNS_ISOLATE_H

#include "nsdelegate.h"
#include "passing.h"

/* How strong: all are root, with cgroup and mount namespaces of their own. */
enum who {
	ROOTLESS, /* in a user namespace; outside it is nobody, to whom a/x was given */
	MAPPED, /* in a user namespace; outside it is root, and owns all files */
	PRIVILEGED, /* in the initial user namespace */
};

/* The scene, and one attempt: in memory that the attacker shares with the test. */
struct attack {
	struct hierarchy *h;
	enum who who;
	int a, ax, axy, b; /* cgroups below the test's own: a/x/y, b */
	pid_t outside; /* a task of root in b, with a cgroup namespace of its own */
	pid_t beside; /* one in a/x, in no namespace of its own */
	int fd; /* what else the attacker inherits */
	int (*attempt)(struct attack *attack);
	/* Inside: where it mounts cgroup2, and that mount. */
	char place[32];
	int inside;
	/* What it learns. */
	char text[256];
	__u64 number;
};

FIXTURE(isolate)
{
	struct hierarchy h;
	struct attack *attack;
	int home;
	bool was; /* whether nsdelegate was set before */
};

FIXTURE_VARIANT(isolate)
{
	struct kind kind;
	enum who who;
	bool set;
};

#define NSDELEGATE { "cgroup2", "nsdelegate", "", true }
#define PLAIN { "cgroup2", NULL, "", true }

FIXTURE_VARIANT_ADD(isolate, rootless) { PLAIN, ROOTLESS };
FIXTURE_VARIANT_ADD(isolate, rootless_nsdelegate) { NSDELEGATE, ROOTLESS, true };
FIXTURE_VARIANT_ADD(isolate, mapped) { PLAIN, MAPPED };
FIXTURE_VARIANT_ADD(isolate, mapped_nsdelegate) { NSDELEGATE, MAPPED, true };
FIXTURE_VARIANT_ADD(isolate, privileged) { PLAIN, PRIVILEGED };
FIXTURE_VARIANT_ADD(isolate, privileged_nsdelegate) { NSDELEGATE, PRIVILEGED, true };

/* What is to come of it, for each of them. */
#define BY_WHO(rootless, mapped, privileged) \
	(variant->who == ROOTLESS ? (rootless) : variant->who == MAPPED ? (mapped) : (privileged))
/* What those get who own the files. */
#define OVER (variant->set ? -ENOENT : 0)
#define AT_ROOT (variant->set ? -EPERM : 0)

/* Give a cgroup to a user, as cgroups(7) says. */
static inline int delegate(int dir, uid_t uid)
{
	static const char *const names[] = {
		".", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (fchownat(dir, names[i], uid, uid, 0))
			return -errno;
	}
	return 0;
}

FIXTURE_SETUP(isolate)
{
	struct hierarchy *h = &self->h;
	struct attack *attack = shared_memory(sizeof(*attack));

	ASSERT_NE(NULL, attack);
	self->attack = attack;
	self->home = open_namespace(0, "cgroup");
	self->was = nsdelegate_is_set();
	hierarchy_enter(_metadata, h, &variant->kind);
	ASSERT_EQ(variant->set, nsdelegate_is_set());
	ASSERT_EQ(0, write_in(h->root_fd, "cgroup.subtree_control", "+pids"));
	ASSERT_EQ(0, write_in(h->base_fd, "cgroup.subtree_control", "+pids"));
	attack->h = h;
	attack->who = variant->who;
	attack->fd = -1;
	attack->a = make_cgroup(_metadata, h, h->base_fd, "a");
	ASSERT_EQ(0, write_in(attack->a, "cgroup.subtree_control", "+pids"));
	attack->ax = make_cgroup(_metadata, h, attack->a, "x");
	attack->axy = make_cgroup(_metadata, h, attack->ax, "y");
	attack->b = make_cgroup(_metadata, h, h->base_fd, "b");
	if (variant->who == ROOTLESS) {
		ASSERT_EQ(0, delegate(attack->ax, NOBODY));
		ASSERT_EQ(0, delegate(attack->axy, NOBODY));
	}
	attack->outside = clone_idle(h, CLONE_NEWCGROUP | CLONE_INTO_CGROUP, attack->b);
	ASSERT_LT(0, attack->outside);
	attack->beside = spawn_in(_metadata, h, attack->ax);
	snprintf(attack->place, sizeof(attack->place), "/tmp/cgns.new.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(attack->place));
	/* Somebody else is to look for what is mounted there. */
	ASSERT_EQ(0, chmod(attack->place, 0755));
}

FIXTURE_TEARDOWN(isolate)
{
	int root = dup(self->h.root_fd);

	rmdir(self->attack->place);
	if (!setns(self->home, CLONE_NEWCGROUP))
		set_nsdelegate(&self->h, self->was);
	hierarchy_leave(&self->h);
	/* What a test may have enabled, too. */
	write_in(root, "cgroup.subtree_control", "-pids -cpuset");
	close(root);
}

/* Become the attacker: 0, or the error. */
static inline int become_attacker(struct attack *attack)
{
	int err = join(attack->ax, 0);

	if (!err && attack->who == ROOTLESS)
		err = become_user(NOBODY);
	if (err)
		return err;
	if (attack->who == PRIVILEGED)
		err = error_of(unshare(CLONE_NEWCGROUP | CLONE_NEWNS));
	else
		err = new_user_namespace(CLONE_NEWCGROUP | CLONE_NEWNS);
	if (!err)
		err = error_of(mount("cgns", attack->place, "cgroup2", 0, NULL));
	if (err)
		return err;
	attack->inside = open_dir(AT_FDCWD, attack->place);
	return error_of(attack->inside);
}

static inline int attack_in_child(void *arg)
{
	struct attack *attack = arg;

	/* An error that no attempt gives. */
	return become_attacker(attack) ? -EXFULL : attack->attempt(attack);
}

/* What comes of an attempt: 0, or the error. */
static inline int try_to(struct attack *attack, int (*attempt)(struct attack *attack))
{
	attack->attempt = attempt;
	return in_child(attack_in_child, attack);
}

/* Tell the test a text, or its beginning. */
static inline void learn(struct attack *attack, const char *text)
{
	memset(attack->text, 0, sizeof(attack->text));
	memccpy(attack->text, text, '\0', sizeof(attack->text) - 1);
}

#endif /* CGNS_ISOLATE_H */
