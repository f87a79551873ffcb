"""The list of runs as a page: a form that filters it, the table, and two runs to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bitnet_report import Caveat

from ..runs import Wanted
from ..tables import Curation, Run, Standing
from ..texts import Texts
from ..workloads import workloads_of
from .caveat_words import CaveatWords, caveat_words
from .measured import Measured, measured
from .pages import PageFrame, render_page
from .run_filters import RunFilters, filter_words, run_filters
from .workload_words import lengths_words, malloc_words, weights_words


@dataclass(frozen=True)
class ListedRuns:
    """A page of runs, newest first, what was asked for, and what the filters can be chosen from.

    `following` is the cursor of the page behind, None at the end; `is_first` where no cursor led here.
    """

    wanted: Wanted
    runs: Sequence[Run]
    curations: Mapping[str, Curation]
    standings: Sequence[Standing]
    members: Sequence[str]
    following: str | None
    is_first: bool


@dataclass(frozen=True)
class RunRow:
    """A run with its words; `caveats` only where they lower the grade."""

    run: Run
    curation: Curation | None
    age_s: float
    weights: str
    lengths: str
    malloc: str | None
    prefill: Measured
    decode: Measured
    caveats: list[CaveatWords]


def runs_html(listed: ListedRuns, now: datetime, frame: PageFrame) -> str:
    """The whole page."""
    texts = Texts(frame.language)
    kept = {key: value for key, value in frame.query.items() if value}
    filters: RunFilters = run_filters(listed.wanted, listed.members, listed.standings, texts)
    workloads = workloads_of(listed.standings)
    return render_page(
        "runs.html",
        frame,
        now=now,
        rows=[_row(run, listed.curations.get(run.run_id), now, texts) for run in listed.runs],
        filters=filters,
        filtered=filter_words(listed.wanted, workloads, texts),
        limit=kept.get("limit"),
        any_run=bool(listed.standings) or bool(listed.runs),
        is_first=listed.is_first,
        newest=frame.link("/runs.html", **_without(kept, "cursor")),
        older=frame.link("/runs.html", **{**kept, "cursor": listed.following}) if listed.following else None,
        exports=_exports(frame, _without(kept, "cursor", "limit")),
        newcomer=next(iter(listed.members), "WJ"),
    )


def _without(query: Mapping[str, str], *names: str) -> dict[str, str]:
    return {key: value for key, value in query.items() if key not in names}


def _exports(frame: PageFrame, query: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each format with the address of all runs that the filter finds."""
    asked = f"?{urlencode(query)}" if query else ""
    return [(f".{form}", f"{frame.root}/runs.{form}{asked}") for form in ("csv", "ndjson", "json")]


def _row(run: Run, curation: Curation | None, now: datetime, texts: Texts) -> RunRow:
    decode = (run.decode_low, run.decode_high)
    malloc = run.work.get("malloc")
    reasons = [] if run.grade == "A" else [Caveat.model_validate(reason) for reason in run.reasons or []]
    return RunRow(
        run=run,
        curation=curation,
        age_s=max(0.0, (now - run.measured_at).total_seconds()),
        weights=weights_words(run.weights, texts),
        lengths=lengths_words(run.work, texts),
        malloc=None if malloc is None else malloc_words(malloc, texts),
        prefill=measured(run.prefill_ms, (run.prefill_low, run.prefill_high), run.prefill_n, texts),
        decode=measured(run.decode_ms_per_token, decode, run.decode_n, texts, "step_interval_hint"),
        caveats=caveat_words(reasons, texts),
    )
