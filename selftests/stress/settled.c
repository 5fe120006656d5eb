// SPDX-License-Identifier: GPL-2.0
/*
 * Settles, and prints the state: what others' stress leaves behind is seen by calling this before
 * and after it.
 *
 *   settled WHEN
 */
#include <stdio.h>

#include "state.h"

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: settled WHEN\n");
		return 2;
	}
	lift_limits();
	settle();
	print_state(argv[1]);
	return 0;
}
