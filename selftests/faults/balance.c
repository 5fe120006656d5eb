// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdlib.h>

#include "../task.h"
#include "balance.h"
#include "operation.h"

#ifndef SYS_listns
#define SYS_listns 470
#endif
/* Places of mapped memory, which the kernel gives back many at a time; what kmemleak notes. */
static const char *const spared[] = { "vmap_area", "kmemleak_object", "kmemleak_scan_area" };

#define MAX_CGROUPS "/proc/sys/user/max_cgroup_namespaces"
#define MAX_USERS "/proc/sys/user/max_user_namespaces"
/* Milliseconds. Memory that RCU frees in batches takes up to five seconds. */
#define PATIENCE 8000
#define STEP 20

static long number_in(const char *path, const char *key)
{
	FILE *in = fopen(path, "re");
	char line[256];
	long number = -1;

	while (in && number < 0 && fgets(line, sizeof(line), in)) {
		if (!strncmp(line, key, strlen(key)))
			number = atol(line + strlen(key));
	}
	if (in)
		fclose(in);
	return number;
}

static long count_namespaces(void)
{
	struct {
		__u32 size, spare;
		__u64 after;
		__u32 type, spare2;
		__u64 owner;
	} request = { .size = sizeof(request), .type = CLONE_NEWCGROUP };
	__u64 ids[256];

	return syscall(SYS_listns, &request, ids, 256, 0);
}

static void take_caches(struct balance *b)
{
	FILE *in = fopen("/proc/slabinfo", "re");
	char line[512];

	b->count = 0;
	while (in && b->count < MAX_CACHES && fgets(line, sizeof(line), in)) {
		struct cache *cache = &b->caches[b->count];

		b->count += sscanf(line, "%39s %ld", cache->name, &cache->objects) == 2;
	}
	if (in)
		fclose(in);
}

void balance_take(struct balance *b)
{
	/* Dentries and inodes that nobody uses. */
	write_text("/proc/sys/vm/drop_caches", "2");
	b->references = number_in(CGROUP2 "/debug.current_css_set_refcount", "");
	b->namespaces = count_namespaces();
	b->cgroups = number_in(CGROUP2 "/cgroup.stat", "nr_descendants ");
	b->dying = number_in(CGROUP2 "/cgroup.stat", "nr_dying_descendants ");
	take_caches(b);
}

static long objects_in(const struct balance *b, const char *name)
{
	for (int i = 0; i < b->count; i++) {
		if (!strcmp(b->caches[i].name, name))
			return b->caches[i].objects;
	}
	return 0;
}

static void compare_state(const struct balance *before, const struct balance *now, char *words,
			  size_t size)
{
	words[0] = '\0';
	if (now->references != 1)
		snprintf(words, size, "references on the css_set: %ld, not one", now->references);
	else if (now->namespaces != before->namespaces)
		snprintf(words, size, "cgroup namespaces: %ld, not %ld", now->namespaces,
			 before->namespaces);
	else if (now->cgroups != before->cgroups || now->dying > before->dying)
		snprintf(words, size, "cgroups: %ld and %ld dying, not %ld and %ld", now->cgroups,
			 now->dying, before->cgroups, before->dying);
}

static bool counts(const char *cache, const char *last)
{
	char name[64];

	for (size_t i = 0; i < sizeof(spared) / sizeof(*spared); i++) {
		if (!strcmp(cache, spared[i]))
			return false;
	}
	snprintf(name, sizeof(name), " %s +", cache);
	return !last[0] || strstr(last, name);
}

static void compare_objects(const struct balance *before, const struct balance *now,
			    const char *last, char *words, size_t size)
{
	size_t len = 0;

	words[0] = '\0';
	for (int i = 0; i < now->count && len < size; i++) {
		const struct cache *cache = &now->caches[i];
		long more = cache->objects - objects_in(before, cache->name);

		if (more > 0 && counts(cache->name, last))
			len += snprintf(words + len, size - len, "%s %s +%ld",
					len ? "," : "objects of", cache->name, more);
	}
}

enum verdict balance_compare(const struct balance *before, char *words, size_t size)
{
	enum verdict verdict = STATE;
	static struct balance now;
	char last[256];

	snprintf(last, sizeof(last), "%s", words);
	for (int waited = 0; verdict != BACK && waited < PATIENCE; waited += STEP) {
		balance_take(&now);
		verdict = STATE;
		compare_state(before, &now, words, size);
		if (!words[0]) {
			compare_objects(before, &now, last, words, size);
			verdict = words[0] ? OBJECTS : BACK;
		}
		if (verdict != BACK)
			usleep(STEP * 1000);
	}
	return verdict;
}

static int make_cgroup_namespace(void *arg)
{
	(void)arg;
	return error_of(unshare(CLONE_NEWCGROUP));
}

static int make_user_namespace(void *arg)
{
	(void)arg;
	return error_of(unshare(CLONE_NEWUSER));
}

/* What comes of making one where `most` are allowed. */
static int make_with(const char *file, int most, int (*make)(void *arg))
{
	char number[16];
	int err;

	snprintf(number, sizeof(number), "%d", most);
	err = write_text(file, number);
	return err ? err : in_child(make, NULL);
}

/* All that are charged are there, and one more may be made. What ends may take its time to. */
static int make_last(const char *file, int there, int (*make)(void *arg))
{
	char old[16] = {};
	int fd = open(file, O_RDONLY | O_CLOEXEC), err = -ENOSPC;
	ssize_t len = read(fd, old, sizeof(old) - 1);

	close(fd);
	if (len < 0)
		return -errno;
	for (int waited = 0; err == -ENOSPC && waited < PATIENCE; waited += STEP) {
		err = make_with(file, there + 1, make);
		if (err == -ENOSPC)
			usleep(STEP * 1000);
	}
	if (!err && make_with(file, there, make) != -ENOSPC)
		err = -ERANGE;
	write_text(file, old);
	return err;
}

bool charges_are(int namespaces, char *words, size_t size)
{
	int err = make_last(MAX_CGROUPS, namespaces, make_cgroup_namespace);

	words[0] = '\0';
	if (err) {
		snprintf(words, size, "cgroup namespaces are charged wrongly: %s", strerror(-err));
		return false;
	}
	err = make_last(MAX_USERS, 0, make_user_namespace);
	if (err)
		snprintf(words, size, "user namespaces are charged wrongly: %s", strerror(-err));
	return !err;
}

bool nothing_dies(char *words, size_t size)
{
	long dying = -1;

	for (int waited = 0; dying && waited < PATIENCE; waited += STEP) {
		dying = number_in(CGROUP2 "/cgroup.stat", "nr_dying_descendants ");
		if (dying)
			usleep(STEP * 1000);
	}
	snprintf(words, size, "%ld removed cgroups are held", dying);
	return !dying;
}
