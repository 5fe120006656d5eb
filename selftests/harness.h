/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own harness. Its 30 seconds for a test are not enough for long paths where a
 * processor is emulated and every access checked.
 */
#ifndef CGNS_HARNESS_H
#define CGNS_HARNESS_H

#include "kselftest_harness.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 180

#endif
