// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

#define MOST 65536
/* The crate's name as mangled names have it; entry points for C are among its functions. */
#define CRATE "9cgroup_ns"

struct function {
	unsigned long address;
	char name[160];
};

static struct function *functions;
static int count;

static int by_address(const void *a, const void *b)
{
	const struct function *one = a, *other = b;

	return one->address < other->address ? -1 : one->address > other->address;
}

void read_functions(void)
{
	FILE *in = fopen("/proc/kallsyms", "re");
	char type;

	functions = calloc(MOST, sizeof(*functions));
	while (in && functions && count < MOST &&
	       fscanf(in, "%lx %c %159s%*[^\n]", &functions[count].address, &type,
		      functions[count].name) == 3)
		count += type == 't' || type == 'T';
	if (in)
		fclose(in);
	qsort(functions, count, sizeof(*functions), by_address);
}

bool find_function(const char *name, struct range *range)
{
	for (int i = 0; i + 1 < count; i++) {
		if (strcmp(functions[i].name, name))
			continue;
		range->start = functions[i].address;
		/* Functions that are the same to the byte may be one. */
		while (i + 1 < count && functions[i].address == range->start)
			i++;
		range->end = functions[i].address;
		return true;
	}
	return false;
}

/* Its object's code is in one piece: a function between two of its own is an entry point. */
bool find_crate(struct range *range)
{
	int first = -1, last = -1;
	struct range last_entry;

	for (int i = 0; i < count; i++) {
		if (!strstr(functions[i].name, CRATE))
			continue;
		first = first < 0 ? i : first;
		last = i;
	}
	if (first < 0 || !find_function("cgroup_get_from_id", &last_entry))
		return false;
	range->start = functions[first].address;
	range->end = functions[last + 1].address;
	if (range->end < last_entry.end)
		range->end = last_entry.end;
	return true;
}
