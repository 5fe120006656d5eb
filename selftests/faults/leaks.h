/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that nothing points to any more, as kmemleak finds it.
 */
#ifndef CGNS_LEAKS_H
#define CGNS_LEAKS_H

#include <stddef.h>

/* From here on; what there was before is not told of. */
int leaks_begin(void);

/* Who allocated what is lost since then, by task; nothing if nothing is. */
void leaks_find(char *words, size_t size);

#endif /* CGNS_LEAKS_H */
