"""The summary as a value: what every format shows, and the JSON that `/summary.json` gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from bitnet_report import Caveat

REFERENCE_MHZ = 3000.0
"""The clock that the summary normalises to (the brief's 3.0 GHz), whatever clock a report chose."""

Show = Literal["latest", "best", "median5"]
"""Which of a member's runs a row shows: the latest, the one with the fastest decode, or medians."""

MEDIAN_OF = 5
"""Runs that `median5` takes the medians of: odd, so that a median is a measured figure, and few, so that a
machine that was changed shows within days."""

STALE_AFTER_S = 30 * 86400.0
"""Age (s) from which a row is called stale: in a month a machine has seen updates of kernel, firmware and
libraries, and its figures may no longer be what it would do today."""

Unranked = Literal["no-run", "other-work", "unknown-work", "invalid", "no-decode-time"]
"""Why a row has no rank."""


class WorkloadChoice(BaseModel):
    """One piece of work that members ran; `known` says whether its reports prove what was done."""

    workload_id: str
    work: dict[str, Any]
    known: bool
    members: int
    runs: int
    latest_at: datetime


class Difference(BaseModel):
    """Where a run's work differs from the chosen workload; null is `not stated`."""

    field: str
    this: str | int | None
    reference: str | int | None


class Yardstick(BaseModel):
    """What the ratios are against: the run pinned as the workload's baseline, else the fastest ranked row."""

    kind: Literal["baseline", "fastest"]
    run_id: str
    member: str
    decode_ms_per_token: float


class SummaryRow(BaseModel):
    """A member's figures. Times are ms, memory MB, clocks MHz, age seconds; null is unknown.

    `ratio` is decode ms/token over the yardstick's; the normalised times are at 3.0 GHz. `low` and
    `high` bound the 95 % interval over `n` samples: prefill's repetitions, decode's single steps. Where the
    figures are medians of several runs, `of_runs` counts them, `run_id` and `measured_at` are the latest's,
    there is no `low` and `high`, and `decode_least` and `decode_most` are the runs' lowest and highest.
    `sweep_id` is set where the run is a point of a sweep.
    """

    member: str
    rank: int | None = None
    ratio: float | None = None
    unranked: Unranked | None = None
    run_id: str | None = None
    workload_id: str | None = None
    sweep_id: str | None = None
    measured_at: datetime | None = None
    age_s: float | None = None
    stale: bool = False
    of_runs: int | None = None
    cpu: str | None = None
    freq_base_mhz: float | None = None
    clock_mhz: float | None = None
    clock_source: str | None = None
    prefill_ms: float | None = None
    prefill_low: float | None = None
    prefill_high: float | None = None
    prefill_n: int | None = None
    prefill_normalized_ms: float | None = None
    decode_ms_per_token: float | None = None
    decode_low: float | None = None
    decode_high: float | None = None
    decode_n: int | None = None
    decode_least: float | None = None
    decode_most: float | None = None
    decode_normalized_ms_per_token: float | None = None
    decode_tokens_per_s: float | None = None
    peak_memory_mb: float | None = None
    grade: str | None = None
    caveats: list[str] = Field(default_factory=list)
    reasons: list[Caveat] = Field(default_factory=list)
    model: str | None = None
    weights: str | None = None
    engine: str | None = None
    dtype: str | None = None
    threads: int | None = None
    differs: list[Difference] = Field(default_factory=list)


class Note(BaseModel):
    """Something that does not hinder the comparison but bears on it, with each member's value."""

    code: Literal["threads-differ", "tokens-differ", "agents-differ", "machines-mixed"]
    values: dict[str, str | int | None]


class MeansRow(BaseModel):
    """A member's latest run of the chosen task by one engine and allocator; times are ms, memory MB.

    `speedup` is the member's own decode ms/token by the published engine on the default allocator ÷ this
    one's; null where they have no such run. `plain_run_id` is that run, null for itself.
    """

    member: str
    engine: str
    malloc: str
    workload_id: str
    run_id: str
    plain_run_id: str | None
    threads: int | None
    prefill_ms: float | None
    decode_ms_per_token: float
    decode_low: float | None
    decode_high: float | None
    decode_n: int | None
    peak_memory_mb: float | None
    grade: str | None
    speedup: float | None


class SummaryTable(BaseModel):
    """The merged table of one workload, and the workloads that there are, the most telling first."""

    generated_at: datetime
    reference_freq_mhz: float = REFERENCE_MHZ
    show: Show = "latest"
    stale_after_s: float = STALE_AFTER_S
    yardstick: Yardstick | None = None
    workload: WorkloadChoice | None
    rows: list[SummaryRow]
    notes: list[Note]
    means: list[MeansRow] = Field(default_factory=list)
    workloads: list[WorkloadChoice]
