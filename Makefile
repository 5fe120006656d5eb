# SPDX-License-Identifier: GPL-2.0
#
# The front door. What each target does lies in scripts/ and vm/; this file only names it.
# Values reach the scripts by the environment, so that names with spaces come through whole.

export CACHE KDIR ONLY OUT SEEDS SEED OPERATIONS MINUTES KEEP ACCEL LLVM JOBS V

toolbox := scripts/toolbox.sh
MAKEFLAGS += --no-print-directory

.PHONY: help run test test-all test-upstream test-runtimes test-hard diff mutate bench figures kernel shell apply unapply series clean distclean

help:
	@sed -n 's/^#: //p' Makefile

#: make run                   build a kernel with the Rust core, boot it, take the tour
run:
	@$(toolbox) python3 vm/tour.py

#: make test                  what a change has to pass: all but what takes longer
test:
	@$(toolbox) python3 scripts/test.py $$ONLY

#: make test-all              every test there is
test-all:
	@$(toolbox) --runtimes python3 scripts/test.py --all

#: make test-upstream         only the kernel's own selftests, on C and on Rust
test-upstream:
	@$(toolbox) python3 scripts/test.py upstream

#: make test-runtimes         only container runtimes, on C and on Rust
test-runtimes:
	@$(toolbox) --runtimes python3 scripts/test.py runtimes

#: make test-hard             debug kernels, failing allocations, fuzzing, stress
test-hard:
	@$(toolbox) python3 scripts/hard.py $$ONLY

#: make diff SEEDS=<n>        only random programs, on C and on Rust
diff:
	@$(toolbox) python3 scripts/test.py diff

#: make mutate                plant faults in the Rust code, one at a time: a test must notice each
mutate:
	@$(toolbox) python3 scripts/mutate.py $${ONLY:+"$$ONLY"}

#: make bench                 what the Rust core costs beside what C costs: tables and plots
bench:
	@$(toolbox) python3 scripts/bench.py $$ONLY
	@$(toolbox) --plots python3 scripts/plots.py

#: make figures               how much there is of what: lines per layer, unsafe code, shims, hooks
figures:
	@$(toolbox) python3 scripts/figures.py

#: make kernel                only build that kernel
kernel:
	@$(toolbox) python3 scripts/kernel.py x86

#: make shell                 a shell in a virtual machine that runs it
shell:
	@$(toolbox) python3 scripts/kernel.py x86
	@$(toolbox) --tty python3 vm/virtme.py --shell

#: make apply KDIR=<tree>     put the overlay onto a kernel tree of your own
#: make unapply KDIR=<tree>   take it off again, without a trace
apply unapply:
	@scripts/overlay.sh $@ "$$KDIR"

#: make series KDIR=<tree>    write it as patches for git am; the tree, a git clone, is only read
series:
	@scripts/series.sh "$$KDIR" "$$OUT"

#: make clean                 delete what was built; toolbox, kernel source and compiler cache stay
clean:
	@$(toolbox) --clean

#: make distclean             delete the whole cache
distclean:
	@$(toolbox) --distclean

#:
#: CACHE=<dir>                where all that is fetched and built goes (~/.cache/cgroup-ns-rust)
#: KDIR=<tree>                a kernel tree of your own, for run, test, kernel and shell too; it is only read
#: ONLY=<name>                one part of the run, for test, test-hard and bench; one fault of scripts/mutants/, for mutate
#: SEEDS=<n>                  how many random programs (200); SEED=<x> the first of them, or the only one
#: OPERATIONS=<n>             of how many operations each (500)
#: MINUTES=<n>                how long each fuzzer and the stress of test-hard go on
#: KEEP=1                     let bench renew docs/benchmark/, which the README shows
#: OUT=<dir>                  where a series goes (build/series/<version>)
#: ACCEL=kvm|tcg              how virtual machines run; without it kvm where it works, else tcg
#: LLVM=0                     build the kernel with gcc
#: JOBS=<n>                   how many compilers at once; without it one a processor
#: V=1                        show what goes to the logs
