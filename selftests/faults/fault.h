/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fault: one allocation, or one copy from or to user space, of the calling task that fails.
 *
 * Owns the kernel's settings for it: debugfs, and /proc/PID. Knows nothing of what is called
 * meanwhile. See Documentation/fault-injection/fault-injection.rst.
 */
#ifndef CGNS_FAULT_H
#define CGNS_FAULT_H

#include <stdbool.h>

/* What can fail. */
enum kind { SLAB, PAGE, COPY, KINDS };
#define NONE (-1)

extern const char *const kind_names[KINDS];

/* Code from start to before end. */
struct range {
	unsigned long start, end;
};

#define ANYWHERE ((struct range){ 0, ~0UL })

struct fault {
	/* 0: what fails is the one that goes beyond `space`; else the nth of whatever kind. */
	unsigned int nth;
	enum kind kind; /* without nth: only this one */
	int space; /* bytes, pages, or copies, that are had before */
	bool lasting; /* without nth: all that come after it fail, too */
	struct range callers; /* only what these functions ask for */
};

/* What became of it. */
struct outcome {
	int kind; /* what failed, or NONE */
	int before; /* without nth: bytes, pages, or copies, that were had before it */
	unsigned int left; /* with nth: how many there still were to come */
};

/* Find the settings. 0, or a negative error number. */
int faults_init(void);

/* Let stacks of what fails go to the kernel's console, or not. */
void faults_tell(bool tell);

/* Prepare for a fault of some task; a task that does not ask for it is not touched. */
void fault_set(const struct fault *fault);

/* Let the calling task be one that is hit. Needs a capability: 0, or a negative error number. */
int fault_volunteer(void);

/* Begin and end it, for the calling task. */
void fault_arm(const struct fault *fault);
struct outcome fault_disarm(const struct fault *fault);

/* What a child has to do that was forked meanwhile. */
void fault_disown(void);

#endif /* CGNS_FAULT_H */
