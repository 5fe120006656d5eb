# SPDX-License-Identifier: GPL-2.0
"""Fuzzing: the pure logic by cargo fuzz, the system calls by our own fuzzer and by trinity.

    SEED=n    what all of them begin with; without it, another one each time

The three run at the same time. Owns how long each goes on and the verdicts; what they are lies in
fuzzing/.
"""

from __future__ import annotations

import os
import random
from concurrent.futures import Future, ThreadPoolExecutor

import kernel
from fuzzing import calls, coverage, logic, trinity
from progress import Failure
from results import Result, Score
from span import Span

FLAVOUR = "fuzz"
# Seconds in make test-hard, and in make test-all. The logic's are shared by its targets.
LONG, SHORT = 120.0, 45.0


def wanted_seed(environment: dict[str, str]) -> int:
    """The seed that the environment asks for, or a new one."""
    text = environment.get("SEED", "")
    if not text:
        return random.randrange(1, 1_000_000)
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) == 0:
        raise Failure(f"SEED={text}: say a number from 1 to 999999999, or leave it out")
    return int(text)


def run(score: Score, span: Span) -> None:
    """Run all fuzzers side by side; add what they come to."""
    seed = wanted_seed(dict(os.environ))
    print(f"# fuzz: seed={seed}", flush=True)
    seconds = span.seconds(LONG, SHORT)
    image = kernel.build(FLAVOUR)
    program = calls.build()
    where = coverage.Map(image)
    with ThreadPoolExecutor(3) as pool:
        logics = pool.submit(logic.run_all, seconds, seed)
        ours = pool.submit(calls.run, image, program, where, seconds, seed)
        theirs = pool.submit(trinity.run, image, seconds, seed)
    _judge_logic(score, logics)
    _judge_calls(score, ours.result(), where)
    _judge_trinity(score, theirs.result())


def _add(score: Score, name: str, passed: bool, why: str) -> None:
    score.add("fuzz", Result(name, "passed" if passed else "failed", why))


def _judge_logic(score: Score, future: Future[list[logic.Outcome]]) -> None:
    """A registry that does not answer is a failure of these alone."""
    try:
        outcomes = future.result()
    except Failure as failure:
        _add(score, "the logic is fuzzed", False, str(failure))
        return
    for outcome in outcomes:
        for line in outcome.words.splitlines():
            print(f"# {line}")
        name = f"logic, {outcome.target}: agrees with its model"
        _add(score, name, not outcome.words, "its words are above")
    score.show(logic.table(outcomes))


def _judge_calls(score: Score, tally: calls.Tally, where: coverage.Map) -> None:
    name = f"calls: {tally.rounds} rounds leave nothing behind, and the kernel has no complaint"
    good = not tally.failures and tally.rounds == tally.clean > 0
    why = "; ".join(tally.failures) or f"{tally.clean} of them are known to"
    _add(score, name, good, why)
    if tally.total() >= calls.ENOUGH:
        missing = ", ".join(tally.one_sided())
        name = "calls: every operation succeeds and is refused"
        _add(score, name, not missing, f"not so: {missing}")
    _add(score, "calls: our code is reached", bool(tally.reached), "not one place of it")
    score.show(tally.table())
    score.show(where.table(tally.reached))
    for line in where.missed(tally.reached):
        print(f"# never reached: {line}")


def _judge_trinity(score: Score, outcomes: list[trinity.Outcome]) -> None:
    for outcome in outcomes:
        name = f"trinity, {outcome.name}: nothing is left, and the kernel has no complaint"
        _add(score, name, not outcome.wrong, f"seed {outcome.seed}: {outcome.wrong}")
    score.show(trinity.table(outcomes))
