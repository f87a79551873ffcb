from __future__ import annotations

import asyncio
from threading import Event

import pytest

from bitnet_collector.rounds import Rounds


class Recorder:
    """Work that notes each round, doubles numbers, and in the first round waits until it is let go."""

    def __init__(self, held: bool = False) -> None:
        self.rounds: list[list[int]] = []
        self.begun, self.go = Event(), Event()
        if not held:
            self.go.set()

    def __call__(self, asked):
        self.rounds.append(list(asked))
        self.begun.set()
        assert self.go.wait(120)
        return [ValueError(f"{each} is negative") if each < 0 else 2 * each for each in asked]


async def begin(rounds: Rounds, work: Recorder, first: int) -> asyncio.Task:
    """A round that is under way in its thread."""
    task = asyncio.create_task(rounds.join(first))
    await asyncio.get_running_loop().run_in_executor(None, work.begun.wait, 120)
    return task


async def join_later(rounds: Rounds, *asked: int) -> list[asyncio.Task]:
    tasks = [asyncio.create_task(rounds.join(each)) for each in asked]
    await asyncio.sleep(0)  # they are waiting now
    return tasks


def test_what_waits_goes_together_and_never_in_a_round_that_began_before():
    async def scenario():
        work = Recorder(held=True)
        rounds = Rounds(work, 3, "test")
        first = await begin(rounds, work, 1)
        later = await join_later(rounds, 2, 3, 4, 5)
        work.go.set()
        found = await asyncio.gather(first, *later)
        rounds.close()
        return found, work.rounds

    assert asyncio.run(scenario()) == ([2, 4, 6, 8, 10], [[1], [2, 3, 4], [5]])


def test_what_is_asked_at_once_shares_the_first_round():
    async def scenario():
        work = Recorder()
        rounds = Rounds(work, 64, "test")
        found = await asyncio.gather(*(rounds.join(each) for each in range(5)))
        again = await rounds.join(7)
        rounds.close()
        return found, again, work.rounds

    assert asyncio.run(scenario()) == ([0, 2, 4, 6, 8], 14, [[0, 1, 2, 3, 4], [7]])


def test_a_failure_is_told_to_the_one_whom_it_concerns():
    async def scenario():
        rounds = Rounds(Recorder(), 64, "test")
        found = await asyncio.gather(*(rounds.join(each) for each in (1, -1, 2)), return_exceptions=True)
        rounds.close()
        return found

    one, failed, two = asyncio.run(scenario())
    assert (one, two) == (2, 4)
    assert str(failed) == "-1 is negative"


def test_work_that_fails_as_a_whole_fails_all_of_its_round_and_no_other():
    answers = iter([OSError("gone"), None])

    def work(asked):
        if error := next(answers):
            raise error
        return asked

    async def scenario():
        rounds = Rounds(work, 64, "test")
        failed = await asyncio.gather(*(rounds.join(each) for each in (1, 2)), return_exceptions=True)
        later = await rounds.join(3)
        rounds.close()
        return failed, later

    failed, later = asyncio.run(scenario())
    assert [str(error) for error in failed] == ["gone", "gone"]
    assert later == 3


def test_one_who_no_longer_waits_keeps_nothing_from_the_others():
    async def scenario():
        work = Recorder(held=True)
        rounds = Rounds(work, 64, "test")
        first = await begin(rounds, work, 1)
        gone, other = await join_later(rounds, 2, 3)
        first.cancel()
        gone.cancel()
        work.go.set()
        with pytest.raises(asyncio.CancelledError):
            await first
        found = await other
        rounds.close()
        return found

    assert asyncio.run(scenario()) == 6
