// SPDX-License-Identifier: GPL-2.0
/*
 * KCOV: each number of a task has a buffer of its own, in which the kernel notes where in the
 * instrumented code the task has been. See Documentation/dev-tools/kcov.rst.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/ioctl.h>

#include "fuzz.h"

#define KCOV_INIT_TRACE _IOR('c', 1, unsigned long)
#define KCOV_ENABLE _IO('c', 100)
#define KCOV_TRACE_PC 0
/* Places noted of one operation: what is beyond is lost. */
#define ENTRIES (64 << 10)

static struct buffer {
	int fd;
	unsigned long *area; /* how many there are, and then they */
} buffers[TASKS];

static unsigned long first, size;
/* A byte for each address: 1 if it was reached, 2 if that was printed. */
static unsigned char *reached;
static int descriptors;

static int open_buffer(struct buffer *buffer)
{
	buffer->fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (buffer->fd < 0 || ioctl(buffer->fd, KCOV_INIT_TRACE, ENTRIES))
		return -errno;
	buffer->area = mmap(NULL, ENTRIES * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED,
			    buffer->fd, 0);
	return buffer->area == MAP_FAILED ? -errno : 0;
}

int coverage_init(unsigned long begin, unsigned long end)
{
	int err = 0;

	for (int i = 0; i < TASKS; i++)
		buffers[i].fd = -1;
	descriptors = 3;
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (begin == end)
		return 0;
	first = begin;
	size = end - begin;
	reached = shared_memory(size);
	if (!reached)
		return -ENOMEM;
	for (int i = 0; i < TASKS && !err; i++)
		err = open_buffer(&buffers[i]);
	descriptors = buffers[TASKS - 1].fd + 1;
	return err;
}

int first_descriptor(void)
{
	return descriptors;
}

/* The number's last task may not be gone for good: then this one is not covered. */
void coverage_enable(int number)
{
	coverage_collect(number);
	ioctl(buffers[number].fd, KCOV_ENABLE, KCOV_TRACE_PC);
}

void coverage_collect(int number)
{
	unsigned long *area = buffers[number].area;
	unsigned long count;

	if (!area)
		return;
	count = __atomic_load_n(area, __ATOMIC_RELAXED);
	for (unsigned long i = 1; i <= count && i < ENTRIES; i++) {
		unsigned long at = area[i] - first;

		if (at < size && !reached[at])
			reached[at] = 1;
	}
	__atomic_store_n(area, 0, __ATOMIC_RELAXED);
}

void coverage_print(void)
{
	for (unsigned long at = 0; at < size; at++) {
		if (reached[at] != 1)
			continue;
		printf("pc %lx\n", first + at);
		reached[at] = 2;
	}
}
