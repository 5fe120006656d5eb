# SPDX-License-Identifier: GPL-2.0
"""Differential runs: random programs on two kernels, which must say the same.

    operations   what a program is made of, and how it is written
    names        names of cgroups, good ones and bad ones
    words        what is written to files, given to mount(2), passed as flags
    state        what a generator remembers of the program so far
    choices      how an operand is chosen
    kinds        how each kind of operation gets its operands
    generator    a seed becomes a program
    transcript   what the executor (selftests/differential) prints
    rules        when two transcripts are the same
    guests       programs run on both kernels, many a boot
    shrinker     a difference becomes a short program

Each knows only of what stands above it.
"""
