"""A member's history as a page: two charts over time, and every figure of them in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bitnet_report import SMALLEST_EFFECT

from ..member_history import HistoryPoint, MemberHistory, Trend
from ..texts import Texts
from .figures import signed_percent
from .history_chart import HistoryChart, history_charts
from .measured import Measured, measured
from .pages import PageFrame, render_page
from .pickers import Choice, workload_choices
from .workload_words import workload_words


@dataclass(frozen=True)
class HistoryRow:
    """A run in the table; `change` is decode against the valid run before, as `+3.1 %`."""

    point: HistoryPoint
    decode: Measured
    prefill: Measured
    change: str
    age_s: float


def member_html(history: MemberHistory, now: datetime, frame: PageFrame) -> str:
    """The whole page: which work, which way it goes, the charts, the runs."""
    texts = Texts(frame.language)
    charts: list[HistoryChart] = history_charts(history.points, texts)
    choices: list[Choice] = workload_choices(history.workloads, history.workload, texts)
    return render_page(
        "member.html",
        frame,
        history=history,
        now=now,
        own_runs=max(0, history.workload.runs - history.sweep_points) if history.workload else 0,
        work=workload_words(history.workload.work, texts) if history.workload else None,
        workloads=choices,
        trend=_trend(history.trend, any(point.valid for point in history.points), texts),
        mixed=history.trend is not None and len(history.trend.machines) > 1,
        charts=charts,
        data={"charts": [chart.data for chart in charts], "words": _words(texts)},
        rows=_rows(history.points, now, texts),
        older=history.next,
        is_first=("cursor" not in frame.query),
    )


def _trend(trend: Trend | None, valid: bool, texts: Texts) -> str:
    if trend is None:
        return texts("trend_none" if valid else "trend_no_run")
    change = abs(trend.ratio - 1) if trend.verdict != "steady" else SMALLEST_EFFECT
    return texts(f"trend_{trend.verdict}", percent=f"{change * 100:.3g}", n=trend.of_runs)


def _words(texts: Texts) -> dict[str, str]:
    return {name: texts(f"history_{name}") for name in ("time", "low", "high", "left_out")}


def _rows(points: Sequence[HistoryPoint], now: datetime, texts: Texts) -> list[HistoryRow]:
    rows = []
    for place, point in enumerate(points):
        earlier = next((one for one in points[place + 1 :] if one.valid), None)
        decode = (point.decode_low, point.decode_high)
        prefill = (point.prefill_low, point.prefill_high)
        rows.append(
            HistoryRow(
                point=point,
                decode=measured(point.decode_ms_per_token, decode, None, texts, "step_interval_hint"),
                prefill=measured(point.prefill_ms, prefill, None, texts),
                change=_change(point, earlier),
                age_s=max(0.0, (now - point.measured_at).total_seconds()),
            )
        )
    return rows


def _change(point: HistoryPoint, earlier: HistoryPoint | None) -> str:
    if not point.valid or earlier is None or not earlier.decode_ms_per_token:
        return ""
    percent = round(((point.decode_ms_per_token or 0) / earlier.decode_ms_per_token - 1) * 100, 1)
    return signed_percent(percent) if percent else "0.0 %"
