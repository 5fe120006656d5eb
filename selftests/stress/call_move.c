// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "../task.h"
#include "storm.h"
#include "tree.h"

void call_attach(struct worker *w)
{
	char name[16];

	if (w->storm->v1 < 0 || pick(w, 4)) {
		tally(w, ATTACH_SELF, join(w->storm->base, any_leaf(w), 0));
		return;
	}
	snprintf(name, sizeof(name), "l%u", pick(w, LEAVES));
	tally(w, ATTACH_V1, join(w->storm->v1, name, 0));
}

void call_attach_other(struct worker *w)
{
	tally(w, ATTACH_OTHER, join(w->storm->base, any_leaf(w), somebody(w, false)));
}

/* A file belongs to the namespace that it was opened in, and is written to from another. */
void call_later(struct worker *w)
{
	char path[32], word[16];

	if (w->later < 0) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", any_leaf(w));
		w->later = openat(w->storm->base, path, O_WRONLY | O_CLOEXEC);
		tally(w, OPEN_PROCS, error_of(w->later));
		return;
	}
	snprintf(word, sizeof(word), "%d", pick(w, 2) ? somebody(w, false) : 0);
	tally(w, WRITE_LATER, error_of(write(w->later, word, strlen(word))));
	if (pick(w, 2)) {
		close(w->later);
		w->later = -1;
	}
}

void call_kill(struct worker *w)
{
	tally(w, KILL, error_of(kill(somebody(w, true), SIGKILL)));
}

void call_exit(struct worker *w)
{
	tally(w, EXIT, 0);
	_exit(0);
}
