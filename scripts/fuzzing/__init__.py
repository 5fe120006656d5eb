# SPDX-License-Identifier: GPL-2.0
"""Fuzzers: of the pure logic, of the system calls, and what the kernel says was reached.

logic     cargo fuzz, on the host
calls     our own fuzzer, in user-mode Linux
coverage  which of our lines that reached
trinity   Debian's, there too
guests    booting the kernel under fuzzers, and what is wrong with one
"""
