"""What a run says: a short paragraph made from its figures by the rules below, for the page and the terminal.

| code                         | given where                                                                 |
|------------------------------|-----------------------------------------------------------------------------|
| invalid                      | the run is graded invalid: said before any figure                           |
| token-time                   | decode has a time per token                                                 |
| split-off                    | the pass that took a token apart was unlike the timed ones                  |
| requantizing                 | else: quantising weights takes over `MUCH` of a decode token                |
| largest-operator             | else: the kind of operator that takes most of it                            |
| traffic, traffic-small       | the bytes that a decode token moves are known, the weights ternary          |
| decode-… / prefill-…         | the roofline's verdict on the stage; `fits-in-cache` where memory is idle   |
| page-faults                  | faulting pages in takes `CHURN_SHARE` or more of a token                    |
| batching                     | a prefill token takes under half of a decode token's time                   |
| peak-memory                  | the summary has a peak, and a stage is known for it                         |
| doubtful                     | the run is graded C                                                         |

A rule whose figures are missing says nothing, and no rule guesses. Nor is a figure said that is no number:
of two times that a report may state, one can be too short to divide by.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from pydantic import Field

from .allocation_sums import CHURN_SHARE, saving_share
from .bounds import is_beyond_peak
from .fields import Name, Record, Text
from .operators import is_like_timed
from .report import Report
from .roofline import StageRoofline

MUCH = 0.25
"""From a quarter of a token on, one kind of operator is what a reader should look at first."""
_BATCHED = 0.5
_SMALL_BYTES = 5e7  # told in MB of 10^6


class Finding(Record):
    """One sentence of the paragraph, by its code; `values` are the numbers in it."""

    code: Name
    values: dict[str, int | float | Text] = Field(default_factory=dict)


def findings(report: Report) -> list[Finding]:
    """Everything that the rules find, in the order in which it is read; empty for a run without decode."""
    return [
        *_invalid(report),
        *_token_time(report),
        *_operators(report),
        *_traffic(report),
        *_verdict(report, "decode"),
        *_page_faults(report),
        *_batching(report),
        *_verdict(report, "prefill"),
        *_peak_memory(report),
        *_doubtful(report),
    ]


def _token_time(report: Report) -> Iterator[Finding]:
    decode = report.stage("decode")
    if decode is not None and decode.ms_per_token:
        yield _found("token-time", ms=decode.ms_per_token, per_s=1000 / decode.ms_per_token)


def _operators(report: Report) -> Iterator[Finding]:
    split = next((split for split in report.operators if split.stage == "decode"), None)
    if split is None or not split.kinds:
        return
    if not is_like_timed(split):
        yield _found("split-off", ms=split.instrumented_ms, timed_ms=split.timed_ms)
        return
    quantizing = split.kind("weight-quantization")
    if quantizing is not None and quantizing.share >= MUCH:
        code = "requantizing" if report.workload.engine == "published" else "unpacking"
        yield _found(code, percent=quantizing.share * 100, ms=quantizing.share * split.timed_ms)
        return
    largest = max(split.kinds, key=lambda kind: kind.ms)
    yield _found(
        "largest-operator",
        kind=largest.name,
        percent=largest.share * 100,
        ms=largest.share * split.timed_ms,
    )


def _traffic(report: Report) -> Iterator[Finding]:
    decode = _roofline(report, "decode")
    if decode is None or not decode.bytes or not decode.ideal_2bit_bytes:
        return
    moved, ideal = decode.bytes / decode.forwards, decode.ideal_2bit_bytes / decode.forwards
    times = decode.bytes / decode.ideal_2bit_bytes
    if ideal < _SMALL_BYTES:
        yield _found("traffic-small", mb=moved / 1e6, ideal_mb=ideal / 1e6, times=times)
    else:
        yield _found("traffic", gb=moved / 1e9, ideal_gb=ideal / 1e9, times=times)


def _verdict(report: Report, stage: str) -> Iterator[Finding]:
    counted, limits = _roofline(report, stage), report.roofline
    if counted is None or limits is None:
        return
    if counted.fits_in_cache and stage == "decode":
        yield _found("fits-in-cache")
    if counted.verdict is None:
        return
    if is_beyond_peak(counted):
        return  # a peak that the stage itself exceeded tells nothing of it; the caveat says so
    values = {
        "gb_per_s": counted.gb_per_s,
        "limit_gb_per_s": limits.read_gb_per_s,
        "bandwidth_percent": _percent(counted.bandwidth_share),
        "gops": counted.gops,
        "peak_gops": limits.peaks_gops.get(counted.arithmetic or ""),
        "compute_percent": _percent(counted.compute_share),
    }
    code = f"{stage}-{counted.verdict.replace(' ', '-')}"
    needed = _NEEDED[counted.verdict]
    if all(values[name] is not None for name in needed):
        yield _found(code, **{name: values[name] or 0.0 for name in needed})


_MEMORY = ("gb_per_s", "limit_gb_per_s", "bandwidth_percent")
_COMPUTE = ("gops", "peak_gops", "compute_percent")
_NEEDED = {
    "memory-bound": _MEMORY,
    "partly memory-bound": _MEMORY,
    "compute-bound": _COMPUTE,
    "partly compute-bound": _COMPUTE,
    "overhead": ("bandwidth_percent", "compute_percent"),
}


def _page_faults(report: Report) -> Iterator[Finding]:
    share = saving_share(report, "decode")
    churn = report.allocation.stage("decode") if report.allocation else None
    if share is None or share < CHURN_SHARE or churn is None or churn.saving_ms is None:
        return
    code = "page-faults" if report.workload.malloc == "default" else "page-faults-anyway"
    yield _found(code, faults=churn.faults_per_token, ms=churn.saving_ms, percent=min(share, 1.0) * 100)


def _batching(report: Report) -> Iterator[Finding]:
    prefill, decode = report.stage("prefill"), report.stage("decode")
    if prefill is None or decode is None or not prefill.ms_per_token or not decode.ms_per_token:
        return
    times = decode.ms_per_token / prefill.ms_per_token
    if prefill.ms_per_token < _BATCHED * decode.ms_per_token and isfinite(times):
        yield _found("batching", ms=prefill.ms_per_token, tokens=prefill.tokens or 0, times=times)


def _peak_memory(report: Report) -> Iterator[Finding]:
    peak = report.summary.peak_memory_mb
    at = next((s.name for s in report.stage_profiles if peak is not None and s.memory_peak_mb == peak), None)
    if peak is not None and at is not None:
        yield _found("peak-memory", mb=peak, stage=at)


def _invalid(report: Report) -> Iterator[Finding]:
    if report.quality.grade == "invalid":
        yield _found("invalid")


def _doubtful(report: Report) -> Iterator[Finding]:
    if report.quality.grade == "C":
        yield _found("doubtful")


def _roofline(report: Report, stage: str) -> StageRoofline | None:
    return report.roofline.stage(stage) if report.roofline else None


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _found(code: str, **values: float | str) -> Finding:
    return Finding(code=code, values=dict(values))
