// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdbool.h>

#include "../task.h"
#include "attempt.h"
#include "leaks.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
/* Seconds. What is younger than five is never told of. */
#define OLD_ENOUGH 6
#define SCANS 2
/* Who makes those that are known of. */
#define NOTES "alloc_vmap_area"

int leaks_begin(void)
{
	int err = write_text(KMEMLEAK, "scan=off");

	/* What there is has to be found to be cleared, and old enough to be found. */
	sleep(OLD_ENOUGH);
	err = err ? err : write_text(KMEMLEAK, "scan");
	return err ? err : write_text(KMEMLEAK, "clear");
}

/*
 * Whether an object counts: one of a task of ours. On user-mode Linux kmemleak also takes for lost
 * what is still known of, above all the kernel's notes of mapped memory.
 */
static bool is_lost(const char *object)
{
	return strstr(object, "comm \"" TASKS) && !strstr(object, NOTES);
}

/* The report has a line that begins an object, and more that are indented. */
static void report(char *words, size_t size)
{
	FILE *in = fopen(KMEMLEAK, "re");
	static char object[4096], line[256];
	bool more = in;
	int lost = 0;

	while (more) {
		more = fgets(line, sizeof(line), in);
		if (object[0] && (!more || line[0] != ' ')) {
			if (is_lost(object)) {
				printf("# %s", object);
				snprintf(words, size, "%d objects are lost", ++lost);
			}
			object[0] = '\0';
		}
		/* Each of its lines is a comment. */
		if (more)
			snprintf(object + strlen(object), sizeof(object) - strlen(object), "%s%s",
				 object[0] ? "# " : "", line);
	}
	if (in)
		fclose(in);
	else
		snprintf(words, size, "there is no kmemleak");
}

void leaks_find(char *words, size_t size)
{
	int err = 0;

	words[0] = '\0';
	sleep(OLD_ENOUGH);
	for (int i = 0; !err && i < SCANS; i++)
		err = write_text(KMEMLEAK, "scan");
	if (err)
		snprintf(words, size, "kmemleak does not scan: %s", strerror(-err));
	else
		report(words, size);
}
