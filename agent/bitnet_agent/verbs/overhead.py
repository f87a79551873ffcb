"""`bitnet-agent overhead`: what the instruments cost, measured beside a bare loop."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from ..display import Display, SilentDisplay
from ..interrupts import held_interrupts
from ..machine.allocator import start_tuned
from ..options import Options
from ..plan import Plan
from ..preparing import place_threads, prepare
from ..screen.language import choose_language, text
from ..screen.terminal import TerminalDisplay, console

if TYPE_CHECKING:
    from ..measurement.overhead import Overhead


def run(options: Options) -> int:
    """Warm up, run both loops in turn, and print the ratio with its interval on standard output."""
    if options.malloc == "tuned":
        start_tuned()
    language = choose_language(options.lang)
    plan = Plan(
        model=options.model,
        revision=options.revision,
        decode_tokens=options.decode_tokens,
        threads=options.threads,
        dtype=options.dtype,
        pin=options.pin,
        engine=options.engine,
        malloc=options.malloc,
        limits=False,
    )

    def measure(display: Display) -> Overhead:
        prepared, placed = prepare(plan, display), place_threads(plan)
        with held_interrupts():
            from ..measurement.compiling import CompileWatch  # these import torch
            from ..measurement.overhead import measure_overhead
            from ..measurement.steady import warm_up
            from ..measurement.workbench import set_up

        bench = set_up(plan, display, time.perf_counter, prepared, placed)
        loaded = bench.load()
        display.begin("warmup", None)
        warm_up(lambda: bench.generate(loaded, plan.decode_tokens), CompileWatch())
        display.begin("measure", options.pairs * (plan.decode_tokens + 1))
        return measure_overhead(bench, loaded, options.pairs)

    if options.quiet:
        overhead = measure(SilentDisplay())
    else:
        with TerminalDisplay(console(), language) as display:
            overhead = measure(display)
    if options.json:
        print(json.dumps(asdict(overhead)))
    else:
        line = text(
            language,
            "overhead",
            means=text(language, "by_means", engine=overhead.engine, malloc=overhead.malloc),
            token=overhead.token_ms,
            ratio=overhead.ratio,
            low=overhead.low,
            high=overhead.high,
            pairs=len(overhead.ratios),
            between=overhead.between_steps * 100,
        )
        sys.stdout.write(line + "\n")
    return 0
