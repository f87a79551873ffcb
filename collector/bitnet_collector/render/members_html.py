"""The members as a page: who reported when, how fast, and whether that is still of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..members import MemberRow
from ..summary_table import STALE_AFTER_S
from ..tables import Run
from ..texts import Texts
from .figures import signed_percent
from .measured import Measured, measured
from .pages import PageFrame, render_page
from .summary_words import stale_words
from .workload_words import lengths_words, malloc_words


@dataclass(frozen=True)
class MemberView:
    """A row with its words; `against_best` is the latest decode over the best, as `+3.1 %`."""

    row: MemberRow
    age_s: float = 0.0
    stale: str | None = None
    work: str = ""
    recent: Measured | None = None
    best: Measured | None = None
    against_best: str = ""


def members_html(rows: Sequence[MemberRow], now: datetime, frame: PageFrame) -> str:
    """The whole page."""
    texts = Texts(frame.language)
    return render_page(
        "members.html",
        frame,
        now=now,
        views=[_view(row, now, texts) for row in rows],
        newcomer=next((row.member for row in rows if row.latest is None), None),
        nobody=all(row.latest is None for row in rows),
    )


def _view(row: MemberRow, now: datetime, texts: Texts) -> MemberView:
    if row.latest is None or row.workload is None or row.recent is None:
        return MemberView(row)
    age_s = max(0.0, (now - row.latest.measured_at).total_seconds())
    return MemberView(
        row,
        age_s=age_s,
        stale=stale_words(age_s, texts) if age_s > STALE_AFTER_S else None,
        work=_work(row, texts),
        recent=_decode(row.recent, texts),
        best=_decode(row.best, texts) if row.best else None,
        against_best=_against(row.recent, row.best),
    )


def _work(row: MemberRow, texts: Texts) -> str:
    work = row.workload.work if row.workload else {}
    engine = texts("named", name=texts("engine"), value=work["engine"])
    parts = [lengths_words(work, texts), engine]
    if "malloc" in work:
        parts.append(texts("named", name=texts("malloc"), value=malloc_words(work["malloc"], texts)))
    return " · ".join(parts)


def _decode(run: Run, texts: Texts) -> Measured:
    interval = (run.decode_low, run.decode_high)
    return measured(run.decode_ms_per_token, interval, run.decode_n, texts, "step_interval_hint")


def _against(recent: Run, best: Run | None) -> str:
    """Empty where the latest is the best, or where one of them has no figure."""
    if best is None or recent.run_id == best.run_id or recent.grade == "invalid":
        return ""
    if not recent.decode_ms_per_token or not best.decode_ms_per_token:
        return ""
    return signed_percent((recent.decode_ms_per_token / best.decode_ms_per_token - 1) * 100)
