// SPDX-License-Identifier: GPL-2.0
/*
 * What a task does next. Operands mostly stand for something that is there, and nobody keeps it
 * from going away before the operation is done.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "fuzz.h"

/* Times to look for what is there, or is not. */
#define TRIES 6

static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "a b", "x\\y",
				     "tab\there", " (deleted)", "..x", "\303\251", "a\nb", "..",
				     "", NULL };

static long count_words(const char *const *words)
{
	long count = 0;

	while (words[count])
		count++;
	return count;
}

static long some_dir(const struct world *w, __u64 *random, bool there)
{
	long dir = 0;

	for (int i = 0; i < TRIES; i++) {
		bool is_there;

		dir = below(random, DIRS);
		is_there = w->dirs[dir].fd >= 0;
		if (is_there == there)
			break;
	}
	return dir;
}

static long some_task(const struct world *w, __u64 *random, bool there)
{
	long task = 0;

	for (int i = 0; i < TRIES; i++) {
		task = below(random, TASKS);
		if (!w->actors[task].pid == !there)
			break;
	}
	return task;
}

/* One that lists tasks, if it is to have them moved. */
static long some_file(const struct world *w, __u64 *random, bool of_tasks)
{
	long file = 0;

	for (int i = 0; i < TRIES; i++) {
		file = below(random, FILES);
		if (w->files[file] >= 0 && (!of_tasks || w->lists_pids[file]))
			break;
	}
	return file;
}

static long some_number(const struct world *w, const struct kind *kind, char letter, __u64 *random)
{
	switch (letter) {
	case 'd':
		/* Nowhere at all, or where clone3() leaves a child. */
		return below(random, 8) ? some_dir(w, random, true) : -1;
	case 'D':
		return some_dir(w, random, false);
	case 't':
		return below(random, 3) ? some_task(w, random, true) : w->step.task;
	case 'T':
		return some_task(w, random, false);
	case 'f':
		return some_file(w, random, kind->op.run == op_move);
	case 'F':
		return below(random, FILES);
	case 'm':
		return below(random, POINTS_USED);
	}
	return kind->numbers[1 + below(random, kind->numbers[0])];
}

static const char *some_name(__u64 *random)
{
	static char longest[256];

	if (!below(random, 12)) {
		memset(longest, 'l', sizeof(longest) - 1);
		return longest;
	}
	return names[below(random, count_words(names))];
}

/* A word is one string, or two with an equals sign between them: they go to two operands. */
static void split_word(struct step *s, int at, const char *word)
{
	size_t len = strcspn(word, "=");

	s->str[at] = word;
	if (s->op->operands[at + 1] != 's')
		return;
	memcpy(s->line, word, len);
	s->line[len] = '\0';
	s->str[at] = s->line;
	s->str[at + 1] = word + len + 1;
}

int choose(struct world *w, __u64 *random)
{
	struct step *s = &w->step;
	const struct kind *kind;
	int total = 0, at;
	long left;

	for (kind = kinds; kind->op.name; kind++)
		total += kind->weight;
	left = below(random, total);
	for (kind = kinds; left >= kind->weight; kind++)
		left -= kind->weight;
	s->op = &kind->op;
	for (at = 0; s->op->operands[at]; at++) {
		if (s->op->operands[at] == 'n')
			s->str[at] = some_name(random);
		else if (s->op->operands[at] != 's')
			s->num[at] = some_number(w, kind, s->op->operands[at], random);
		else if (!at || s->op->operands[at - 1] != 's')
			split_word(s, at, kind->words[below(random, count_words(kind->words))]);
	}
	return kind - kinds;
}
