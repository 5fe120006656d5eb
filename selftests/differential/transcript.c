// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "transcript.h"

/* Append as a shell would read it in $'': one word, whatever it holds. */
static void append(struct world *w, const char *text)
{
	static const char digits[] = "01234567";
	char *line = w->line;

	for (; *text && w->said + 8 < sizeof(w->line); text++) {
		unsigned char byte = *text;

		if (byte > ' ' && byte < 0x7f && byte != '\\' && byte != '=') {
			line[w->said++] = byte;
			continue;
		}
		line[w->said++] = '\\';
		for (int shift = 6; shift >= 0; shift -= 3)
			line[w->said++] = digits[byte >> shift & 7];
	}
}

void say(struct world *w, const char *key, const char *value)
{
	w->line[w->said++] = ' ';
	append(w, key);
	w->line[w->said++] = '=';
	append(w, value);
}

void say_ruled(struct world *w, char rule, const char *key, const char *value)
{
	w->line[w->said++] = ' ';
	w->line[w->said++] = rule;
	w->line[w->said++] = '!';
	append(w, key);
	w->line[w->said++] = '=';
	append(w, value);
}

void say_number(struct world *w, const char *key, long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", value);
	say(w, key, text);
}

const char *stable_name(struct stable *table, char letter, __u64 key)
{
	static char name[16];
	int index = 0;

	while (index < table->count && table->key[index] != key)
		index++;
	if (index == table->count && index < MAX_STABLE)
		table->key[table->count++] = key;
	snprintf(name, sizeof(name), "%c%d", letter, index);
	return name;
}

const char *task_name(const struct world *w, pid_t pid)
{
	static char name[16];

	for (int i = 0; pid > 0 && i < MAX_TASKS; i++) {
		if (w->actors[i].pid != pid)
			continue;
		snprintf(name, sizeof(name), "t%d", i);
		return name;
	}
	return pid ? "?" : "0";
}

void end_line(struct world *w)
{
	const char *error = w->result < 0 && w->result != VOID ? strerrorname_np(-w->result) : NULL;

	printf("%d %s ", w->step.number, w->step.op->name);
	if (w->result == VOID)
		fputs("void", stdout);
	else if (error)
		fputs(error, stdout);
	else if (w->result < 0)
		printf("error %d", -w->result);
	else
		fputs("ok", stdout);
	fwrite(w->line, 1, w->said, stdout);
	putchar('\n');
	/* A kernel that dies takes with it what is not out. */
	fflush(stdout);
	w->said = 0;
}
