"""The sweep itself: run what is not done yet, make each point's report as soon as its last round is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bitnet_report import Report, SweepPlace

from ..errors import AgentError
from ..measurement.merging import merge
from ..plan import Plan
from .folder import SweepFolder
from .grid import Point
from .order import Turn

Profile = Callable[[Plan], Report]
"""One run in a process of its own: nothing of the point before is left in it."""


@dataclass(frozen=True)
class TurnDone:
    """A run is over: `report` where it succeeded, `fault` where it did not, neither where it was done before.

    `finished` is the point's own report where this was its last round.
    """

    turn: Turn
    report: Report | None = None
    fault: AgentError | None = None
    finished: Report | None = None


def run_turns(
    folder: SweepFolder, order: Sequence[Turn], base: Plan, place: SweepPlace, profile: Profile
) -> Iterator[TurnDone]:
    """Do every turn that has no report yet; a point that cannot be run does not hold up the others."""
    for turn in order:
        if folder.has(turn):
            yield TurnDone(turn, finished=_finish(folder, turn.point, place))
            continue
        try:
            report = profile(turn.point.plan(base))
        except AgentError as fault:
            yield TurnDone(turn, fault=fault)
            continue
        folder.keep(turn, report)
        yield TurnDone(turn, report, finished=_finish(folder, turn.point, place))


def _finish(folder: SweepFolder, point: Point, place: SweepPlace) -> Report | None:
    """The point's report, once all its rounds are in; made a single time, so that it stays the same bytes."""
    known = folder.finished(point)
    if known is not None:
        return known
    reports = folder.rounds_of(point, place.rounds)
    if len(reports) < place.rounds:
        return None
    merged = merge(reports) if len(reports) > 1 else reports[0]
    report = merged.model_copy(update={"meta": merged.meta.model_copy(update={"sweep": place})})
    folder.keep_point(point, report)
    return report
