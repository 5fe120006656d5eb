// SPDX-License-Identifier: GPL-2.0
/*
 * How a program is written: a line is a task's number, an operation's name and its operands,
 * separated by single blanks. A string has %XX for bytes that would break the line; "-" is the
 * empty one.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "operations.h"

#define BLANKS "\n "

static int hex(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* In place; what is no escape stays. */
static void unescape(char *text)
{
	char *to = text;

	if (!strcmp(text, "-")) {
		*text = '\0';
		return;
	}
	for (; *text; text++) {
		if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
			*to++ = hex(text[1]) << 4 | hex(text[2]);
			text += 2;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static bool read_number(const char *word, long *number)
{
	char *end;

	if (!word)
		return false;
	errno = 0;
	*number = strtol(word, &end, 10);
	return end != word && !*end && !errno;
}

static const struct operation *find(const char *name)
{
	const struct operation *op = operations;

	while (op->name && strcmp(op->name, name))
		op++;
	return op->name ? op : NULL;
}

const char *parse_step(struct step *step)
{
	char *save, *word;
	long task;

	word = strtok_r(step->line, BLANKS, &save);
	if (!read_number(word, &task) || task < 0 || task >= MAX_TASKS)
		return "no number of a task";
	step->task = task;
	word = strtok_r(NULL, BLANKS, &save);
	step->op = word ? find(word) : NULL;
	if (!step->op)
		return "no such operation";
	for (int i = 0; step->op->operands[i]; i++) {
		word = strtok_r(NULL, BLANKS, &save);
		if (!word)
			return "an operand is missing";
		if (step->op->operands[i] == 's') {
			unescape(word);
			step->str[i] = word;
		} else if (!read_number(word, &step->num[i])) {
			return "an operand is no number";
		}
	}
	return strtok_r(NULL, BLANKS, &save) ? "too many operands" : NULL;
}
