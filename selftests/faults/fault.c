// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>

#include "../task.h"
#include "fault.h"
#include "symbols.h"

#define DEBUGFS "/sys/kernel/debug"
/* More than ever fail. */
#define MANY 1000000

const char *const kind_names[KINDS] = { "slab", "page", "copy" };

/* Where kmemleak gets memory for itself, of which it has a store: nobody's call fails with it. */
#define SPARED "__alloc_object"

enum setting {
	PROBABILITY, TIMES, SPACE, START, END, REJECT_START, REJECT_END, VERBOSE, SETTINGS
};

static const char *const setting_names[SETTINGS] = {
	"probability", "times", "space", "require-start", "require-end", "reject-start",
	"reject-end", "verbose",
};

static const char *const directories[KINDS] = {
	DEBUGFS "/failslab",
	DEBUGFS "/fail_page_alloc",
	DEBUGFS "/fail_usercopy",
};

static int files[KINDS][SETTINGS];
static int nth_file = -1;

static void set(enum kind kind, enum setting setting, unsigned long value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lu", value);

	if (write(files[kind][setting], text, len) != len)
		abort();
}

/* A setting is read once by whoever opened it. */
static long get(enum kind kind, enum setting setting)
{
	char path[64], text[24] = {};
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directories[kind], setting_names[setting]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		abort();
	return atol(text);
}

/* What is the same for all faults. */
static int set_once(enum kind kind)
{
	int dir = open(directories[kind], O_PATH | O_CLOEXEC);
	int err = dir < 0 ? -errno : 0;

	for (int i = 0; !err && i < SETTINGS; i++) {
		files[kind][i] = openat(dir, setting_names[i], O_WRONLY | O_CLOEXEC);
		err = files[kind][i] < 0 ? -errno : 0;
	}
	err = err ? err : write_in(dir, "task-filter", "Y");
	err = err ? err : write_in(dir, "stacktrace-depth", "32");
	/* Most of what is asked for may wait, and so is spared by default. */
	if (kind != COPY)
		err = err ? err : write_in(dir, "ignore-gfp-wait", "N");
	if (kind == PAGE) {
		err = err ? err : write_in(dir, "ignore-gfp-highmem", "N");
		err = err ? err : write_in(dir, "min-order", "0");
	}
	close(dir);
	return err;
}

int faults_init(void)
{
	int err = error_of(mount("debugfs", DEBUGFS, "debugfs", 0, NULL));
	struct range spared;

	if (err == -EBUSY)
		err = 0;
	if (!err && !find_function(SPARED, &spared))
		err = -ENOENT;
	for (int i = 0; !err && i < KINDS; i++) {
		err = set_once(i);
		if (err)
			break;
		set(i, REJECT_START, spared.start);
		set(i, REJECT_END, spared.end);
	}
	return err;
}

void faults_tell(bool tell)
{
	for (int i = 0; i < KINDS; i++)
		set(i, VERBOSE, tell ? 2 : 0);
}

static long times_of(const struct fault *fault)
{
	return fault->lasting ? MANY : 1;
}

void fault_set(const struct fault *fault)
{
	for (int i = 0; i < KINDS; i++) {
		bool wanted = !fault->nth && fault->kind == (enum kind)i;

		set(i, PROBABILITY, 0);
		set(i, START, fault->callers.start);
		set(i, END, fault->callers.end);
		set(i, TIMES, wanted ? times_of(fault) : MANY);
		set(i, SPACE, wanted ? fault->space : 0);
	}
}

int fault_volunteer(void)
{
	return write_text("/proc/thread-self/make-it-fail", "1");
}

void fault_arm(const struct fault *fault)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", fault->nth);

	if (!fault->nth) {
		set(fault->kind, PROBABILITY, 100);
		return;
	}
	nth_file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (pwrite(nth_file, text, len, 0) != len)
		abort();
}

static struct outcome disarm_nth(void)
{
	char text[16] = {};
	/* It is this very copy that fails if there was one more to come. */
	ssize_t got = pread(nth_file, text, sizeof(text) - 1, 0);
	struct outcome outcome = { .kind = NONE, .left = got < 0 ? 1 : atol(text) };

	/* Whether this copy fails does not matter: no fault is left then, either. */
	if (pwrite(nth_file, "0", 1, 0) < 0 && errno != EFAULT)
		abort();
	close(nth_file);
	for (int i = 0; !outcome.left && i < KINDS; i++) {
		if (get(i, TIMES) != MANY)
			outcome.kind = i;
	}
	return outcome;
}

struct outcome fault_disarm(const struct fault *fault)
{
	struct outcome outcome = { .kind = NONE };

	if (fault->nth)
		return disarm_nth();
	set(fault->kind, PROBABILITY, 0);
	if (get(fault->kind, TIMES) != times_of(fault)) {
		outcome.kind = fault->kind;
		outcome.before = fault->space - get(fault->kind, SPACE);
	}
	return outcome;
}

void fault_disown(void)
{
	for (int i = 0; i < KINDS; i++)
		set(i, PROBABILITY, 0);
}
