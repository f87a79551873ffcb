"""A sweep's folder: what it is to do, and every run that it did, so that it can be taken up again.

DIR/sweep.json              the sweep's id, its grid, rounds, order and plan
DIR/rounds/1/POINT.json     the report of each single run
DIR/POINT.json              a point's report, made of its rounds
DIR/.lock                   held by the sweep that works here
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bitnet_report import (
    NotAReportError,
    NotJsonError,
    Report,
    SweepPlace,
    new_run_id,
    parse_document,
    read_report,
)

from ..delivery.report_file import write_atomically
from ..errors import EnvironmentFaultError, UsageError
from ..plan import Plan
from .grid import Grid, Point
from .order import Turn

_PLAN_FILE = "sweep.json"
_LOCK_FILE = ".lock"
_POINTS_OWN = ("prompt", "decode_tokens", "context_depth", "threads", "engine", "malloc")
"""What the grid says and the plan need not."""


class SweepFolder:
    """Reports by point and round, each written whole or not at all."""

    def __init__(self, directory: Path, sweep_id: str) -> None:
        """Use `directory`, which `open_folder` has made and holds."""
        self.directory = directory
        self.sweep_id = sweep_id

    def place(self, points: int, rounds: int) -> SweepPlace:
        """What each of the sweep's reports says of where it belongs."""
        return SweepPlace(sweep_id=self.sweep_id, points=points, rounds=rounds)

    def has(self, turn: Turn) -> bool:
        """Tell whether that run was done."""
        return self._round_path(turn).is_file()

    def keep(self, turn: Turn, report: Report) -> None:
        """Keep a run's report."""
        path = self._round_path(turn)
        _make(path.parent)
        write_atomically(path, report.to_json())

    def rounds_of(self, point: Point, rounds: int) -> list[Report]:
        """The reports of a point's rounds that were done, in their order."""
        paths = (self._round_path(Turn(number, point)) for number in range(1, rounds + 1))
        return [_read(path) for path in paths if path.is_file()]

    def point_path(self, point: Point) -> Path:
        """Where a point's own report is."""
        return self.directory / f"{point.key}.json"

    def keep_point(self, point: Point, report: Report) -> bytes:
        """Write a point's report, made of its rounds, and give its bytes."""
        body = report.to_json()
        write_atomically(self.point_path(point), body)
        return body

    def finished(self, point: Point) -> Report | None:
        """A point's report, if it is there."""
        path = self.point_path(point)
        return _read(path) if path.is_file() else None

    def _round_path(self, turn: Turn) -> Path:
        return self.directory / "rounds" / str(turn.round) / f"{turn.point.key}.json"


@contextmanager
def open_folder(directory: Path, grid: Grid, rounds: int, seed: int, plan: Plan) -> Iterator[SweepFolder]:
    """Begin a sweep in `directory`, or take up the one that is there, and keep others out meanwhile.

    Raises:
        UsageError: another sweep is there, or works there just now, or something else is there.
        EnvironmentFaultError: it cannot be made, locked or read.
    """
    begun = (directory / _PLAN_FILE).is_file()
    if not begun and directory.is_dir() and any(path.name != _LOCK_FILE for path in directory.iterdir()):
        raise UsageError(
            f"{directory} holds other files", "name a directory that does not exist or is empty with --out"
        )
    _make(directory)
    with _alone(directory):
        yield SweepFolder(directory, _sweep_id(directory, _wanted(grid, rounds, seed, plan)))


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go when the process ends, however it ends."""
    lock = FileLock(directory / _LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UsageError(
            f"another sweep works in {directory} just now",
            "wait until it has ended, or name another directory with --out",
        ) from error
    except (OSError, NotImplementedError) as error:
        raise EnvironmentFaultError(
            f"{directory} cannot be locked: {error}", "name another directory with --out"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _sweep_id(directory: Path, wanted: dict[str, Any]) -> str:
    """The id of the sweep that is there, which is the wanted one; else a new one, written down."""
    path = directory / _PLAN_FILE
    if not path.is_file():
        sweep_id = new_run_id()
        document = {"sweep_id": sweep_id, **wanted}
        write_atomically(path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
        return sweep_id
    try:
        found = parse_document(path.read_bytes())
        sweep_id = str(found.pop("sweep_id"))
    except (NotJsonError, NotAReportError, KeyError, OSError) as error:
        raise EnvironmentFaultError(f"{path} cannot be read", "name another directory with --out") from error
    differing = [key for key in wanted if found.get(key) != wanted[key]]
    if differing:
        raise UsageError(
            f"{directory} holds another sweep: it differs in {', '.join(differing)}",
            "give the options that it was begun with to go on with it, or name another directory with --out",
        )
    return sweep_id


def _wanted(grid: Grid, rounds: int, seed: int, plan: Plan) -> dict[str, Any]:
    settings = {key: value for key, value in asdict(plan).items() if key not in _POINTS_OWN}
    wanted = {"grid": grid.as_json(), "rounds": rounds, "seed": seed, "prompt": plan.prompt.text, **settings}
    return dict(json.loads(json.dumps(wanted)))  # as it will be read again


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFaultError(
            f"{directory} cannot be made: {error.strerror}", "name another directory with --out"
        ) from error


def _read(path: Path) -> Report:
    try:
        return read_report(path.read_bytes())
    except (NotJsonError, NotAReportError, OSError) as error:
        raise EnvironmentFaultError(
            f"{path} cannot be read: {error}", "remove it to have the point measured again"
        ) from error
