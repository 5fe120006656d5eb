/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where functions of the kernel lie.
 */
#ifndef CGNS_SYMBOLS_H
#define CGNS_SYMBOLS_H

#include <stdbool.h>

#include "fault.h"

/* Once, before anything else here. */
void read_functions(void);

/* Whether there is such a function; where it lies. */
bool find_function(const char *name, struct range *range);

/* Whether the kernel has the core in Rust; where all of its functions lie. */
bool find_crate(struct range *range);

#endif /* CGNS_SYMBOLS_H */
