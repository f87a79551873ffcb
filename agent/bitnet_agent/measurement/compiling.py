"""The compile ledger: what torch compiled in which warm-up repetition, from torch's own counters.

`@torch.compile` inside the model makes the first calls compilations. A figure is only comparable when it is
known that no compiler ran in it, and a cold start only when it is known whether Inductor's cache was warm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from bitnet_report import Compilation, CompileLedger

_FOLDERS = re.compile(r"(?:[A-Za-z]:)?(?:[/\\][^/\\\s'\"]+)*[/\\](?=[^/\\\s'\"]+\.py)")


@dataclass
class CompileWatch:
    """Looks at torch's counters after each repetition; starts from where they stand now."""

    compilations: list[Compilation] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take note of what was compiled before."""
        self._seen = {str(metrics.compile_id) for metrics in _metrics()}
        self._hits, self._misses = _cache_counts()

    def look(self, warmup_step: int, stage: str | None = None) -> int:
        """Note what was compiled since the last look, as of that repetition, and count it.

        `stage` names a stage before the warm-up, in which an engine's preparation compiled.
        """
        fresh = [metrics for metrics in _metrics() if str(metrics.compile_id) not in self._seen]
        for metrics in fresh:
            self._seen.add(str(metrics.compile_id))
            self.compilations.append(
                Compilation(
                    function=f"{metrics.co_name} [{metrics.compile_id}]"[:200],
                    compile_ms=(metrics.entire_frame_compile_time_s or 0.0) * 1000,
                    warmup_step=warmup_step,
                    stage=stage,
                    recompile_reason=_reason(metrics.recompile_reason),
                )
            )
        return len(fresh)

    def ledger(self) -> CompileLedger:
        """Sum up."""
        hits, misses = _cache_counts()
        hits, misses = hits - self._hits, misses - self._misses
        cache: Literal["cold", "warm", "mixed", "none"]
        cache = "mixed" if hits and misses else "warm" if hits else "cold" if misses else "none"
        return CompileLedger(
            cache=cache,
            compile_ms=sum(compilation.compile_ms for compilation in self.compilations),
            compilations=self.compilations,
        )


def _metrics() -> list[Any]:
    from torch._dynamo.utils import get_compilation_metrics

    return list(get_compilation_metrics())


def _cache_counts() -> tuple[int, int]:
    from torch._dynamo.utils import counters

    inductor = counters["inductor"]
    return int(inductor["fxgraph_cache_hit"]), int(inductor["fxgraph_cache_miss"])


def _reason(reason: str | None) -> str | None:
    """Keep what the guard says, without the advice that torch adds; of a file its name, and no folder."""
    return _FOLDERS.sub("", reason.split(". Guard failed")[0]).strip()[:400] if reason else None
