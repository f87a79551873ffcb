"""Marked regions: the time between two marks belongs to the innermost region that is open.

An engine marks its own work with `region`; outside the pass that looks into the model, a mark is one look at
a variable and nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import NamedTuple

from bitnet_report import OperatorKindName

Now = Callable[[], float]
"""Seconds, monotonic."""
MOST_SPANS = 100_000
"""Spans kept for a trace; what comes later is counted and not kept."""

_NOTHING = nullcontext()
_listening: Recorder | None = None


def region(kind: OperatorKindName) -> AbstractContextManager[None]:
    """Mark what follows as work of that kind; for use around calls, never inside compiled code."""
    return _NOTHING if _listening is None else _listening.region(kind)


class Span(NamedTuple):
    """One region from its beginning to its end (seconds by the recorder's clock)."""

    kind: str
    name: str
    start: float
    end: float


@dataclass
class Totals:
    """What was seen of one stage: seconds and calls of every (kind, module), seconds of every forward."""

    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    calls: dict[tuple[str, str], int] = field(default_factory=dict)
    forwards_s: list[float] = field(default_factory=list)


class Recorder:
    """Charges time to regions; its own work, between a mark's two looks at the clock, is charged to none."""

    def __init__(self, now: Now, *, keep_spans: bool = False) -> None:
        """Read `now`; nothing is recorded outside `forward`, and spans only where they are wanted."""
        self.stages: dict[str, Totals] = {}
        self.spans: list[Span] = []
        self.spans_left_out = 0
        self._keep_spans = keep_spans
        self._now = now
        self._open: list[tuple[str, str, str, float]] = []  # kind, module, what the span is called, start
        self._since = 0.0
        self._totals = Totals()

    @contextmanager
    def forward(self, stage: str) -> Iterator[None]:
        """One forward of that stage; what no inner region claims is the choosing of the token."""
        self._totals = self.stages.setdefault(stage, Totals())
        began = self._now()
        self._open_region("sampling", "", stage)
        try:
            yield
        finally:
            self.leave()
            self._totals.forwards_s.append(self._now() - began)

    @contextmanager
    def region(self, kind: str, module: str | None = None) -> Iterator[None]:
        """A region as a `with` block; without a module it is part of the one that is open."""
        self.enter(kind, module)
        try:
            yield
        finally:
            self.leave()

    def enter(self, kind: str, module: str | None = None, name: str | None = None) -> None:
        """Open a region; `name` is what a trace calls it (the module, or the kind)."""
        until = self._now()
        if not self._open:
            return  # outside a forward
        self._charge(until)
        self._open_region(kind, self._open[-1][1] if module is None else module, name or module or kind)

    def leave(self, last_part: str | None = None) -> None:
        """Close the innermost region; what came after its last inner region is of kind `last_part`."""
        until = self._now()
        if not self._open:
            return
        if last_part is not None:
            kind, module, _, _ = self._open[-1]
            self._totals.calls[(last_part, module)] = self._totals.calls.get((last_part, module), 0) + 1
            self._keep(last_part, last_part, self._since, until)
        self._charge(until, last_part)
        kind, _, name, start = self._open.pop()
        self._keep(kind, name, start, until)
        self._since = self._now()

    def _open_region(self, kind: str, module: str, name: str) -> None:
        self._totals.calls[(kind, module)] = self._totals.calls.get((kind, module), 0) + 1
        self._since = self._now()
        self._open.append((kind, module, name, self._since))

    def _charge(self, until: float, kind: str | None = None) -> None:
        own, module, _, _ = self._open[-1]
        key = (own if kind is None else kind, module)
        self._totals.seconds[key] = self._totals.seconds.get(key, 0.0) + until - self._since

    def _keep(self, kind: str, name: str, start: float, end: float) -> None:
        if not self._keep_spans:
            return
        if len(self.spans) < MOST_SPANS:
            self.spans.append(Span(kind, name, start, end))
        else:
            self.spans_left_out += 1


@contextmanager
def listening(recorder: Recorder) -> Iterator[None]:
    """Let `region` reach that recorder, until the block ends."""
    global _listening  # noqa: PLW0603 - the one switch that keeps a mark free of cost while nothing listens
    before, _listening = _listening, recorder
    try:
        yield
    finally:
        _listening = before
