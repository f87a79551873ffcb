"""The pass as a Chrome trace: Trace Event Format, complete events, as Perfetto and chrome://tracing open it.

Times are microseconds from the first region's beginning. It names modules and kinds of work, and no
file, host or user.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .regions import Recorder, Span

_PROCESS, _THREAD = 1, 1


def chrome_trace(recorder: Recorder, about: Mapping[str, str]) -> bytes:
    """Make the trace; `about` is kept in `otherData`."""
    spans = sorted(recorder.spans, key=lambda span: (span.start, -span.end))
    zero = spans[0].start if spans else 0.0
    document = {
        "displayTimeUnit": "ms",
        "otherData": {**about, "spans_left_out": str(recorder.spans_left_out)},
        "traceEvents": [
            _named("process_name", "bitnet-agent"),
            _named("thread_name", "forward"),
            *(_event(span, zero) for span in spans),
        ],
    }
    return (json.dumps(document, separators=(",", ":")) + "\n").encode()


def _event(span: Span, zero: float) -> dict[str, Any]:
    return {
        "name": span.name,
        "cat": span.kind,
        "ph": "X",
        "ts": round((span.start - zero) * 1e6, 3),
        "dur": round((span.end - span.start) * 1e6, 3),
        "pid": _PROCESS,
        "tid": _THREAD,
    }


def _named(what: str, name: str) -> dict[str, Any]:
    return {"name": what, "ph": "M", "pid": _PROCESS, "tid": _THREAD, "args": {"name": name}}
