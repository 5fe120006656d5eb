# SPDX-License-Identifier: GPL-2.0
"""Differential runs: random programs on two kernels, which must say the same.

    operations   what a program is made of
    names        names of cgroups, good ones and bad ones
    state        what a generator remembers of the program so far
    generator    a seed becomes a program
    transcript   what the executor (selftests/differential) prints
    rules        when two transcripts are the same
    guests       programs run on both kernels, many a boot
    shrinker     a difference becomes a short program

Arrows go up only: nothing here knows of what stands below it.
"""
