"""`GET /runs.ndjson` and `GET /runs.csv`: the runs as a stream, as many as there are, in constant memory.

Runs are read in batches from where the last one ended, each in a short transaction of its own, so that a slow
client holds neither a connection nor an old state of the database. No run is given twice; one that comes in
meanwhile is given if its place lies ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from ..answers import RunItem
from ..cursors import Cursor
from ..database import Database
from ..problems import Kind, problems
from ..render.runs_csv import csv_header, csv_lines
from ..runs import last_of_page, list_runs
from .given import DatabaseGiven
from .links import link_header
from .listing import RunQuery, after, next_link, run_items, wanted

router = APIRouter(tags=["runs"])

_BATCH = 500
_PROBLEMS = problems(Kind.BAD_PARAMETER, Kind.BUSY, Kind.UNAVAILABLE)


class ExportQuery(RunQuery):
    """The parameters of `GET /runs`, but without `limit` all runs are given."""

    limit: Annotated[int | None, Query(ge=1, le=10**9)] = None  # type: ignore[assignment]  # wider on purpose


ExportGiven = Annotated[ExportQuery, Query()]


def _declared(media_type: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string"}}}
    return {200: {"description": "The runs, newest first", "content": content}, **_PROBLEMS}


@router.get("/runs.ndjson", response_class=StreamingResponse, responses=_declared("application/x-ndjson"))
def get_runs_ndjson(request: Request, database: DatabaseGiven, query: ExportGiven) -> StreamingResponse:
    """Stream the runs as `GET /runs` has them, one JSON object a line; with `limit`, a Link to the rest."""
    return _stream(_Batches(request, database, query), "", _json_lines, "application/x-ndjson")


@router.get("/runs.csv", response_class=StreamingResponse, responses=_declared("text/csv"))
def get_runs_csv(request: Request, database: DatabaseGiven, query: ExportGiven) -> StreamingResponse:
    """Stream the runs for a spreadsheet; text that it would compute has a `'` in front."""
    batches = _Batches(request, database, query)
    return _stream(batches, csv_header(), csv_lines, "text/csv; charset=utf-8; header=present")


def _json_lines(runs: Sequence[RunItem]) -> str:
    return "".join(f"{run.model_dump_json()}\n" for run in runs)


def _stream(
    batches: _Batches, head: str, render: Callable[[Sequence[RunItem]], str], media_type: str
) -> StreamingResponse:
    """Begin the stream; the first batch is read before, so that a fault is still a problem document."""
    link, first = batches.link(), batches.read()

    def parts() -> Iterator[str]:
        yield head + render(first)
        while batches.more:
            yield render(batches.read())

    return StreamingResponse(parts(), media_type=media_type, headers=link_header(link))


class _Batches:
    """Where a stream stands: `more` tells whether runs are left."""

    def __init__(self, request: Request, database: Database, query: ExportQuery) -> None:
        self._request = request
        self._database = database
        self._wanted = wanted(query)
        self._after = after(query.cursor)
        self._left = query.limit
        self.more = True

    def link(self) -> str | None:
        """The address of what the query's limit leaves for later."""
        if self._left is None:
            return None
        with self._database.reading() as session:
            last = last_of_page(session, self._wanted, self._after, self._left)
        return None if last is None else next_link(self._request, last)

    def read(self) -> list[RunItem]:
        """The next runs, at most a batch."""
        size = _BATCH if self._left is None else min(_BATCH, self._left)
        with self._database.reading() as session:
            runs = list_runs(session, self._wanted, self._after, size)
            items = run_items(session, self._request, runs)
        if self._left is not None:
            self._left -= len(items)
        self.more = len(items) == size and self._left != 0
        if items:
            self._after = Cursor(items[-1].measured_at, items[-1].run_id)
        return items
