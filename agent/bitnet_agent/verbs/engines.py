"""`bitnet-agent engines`: which ways of computing there are, and which of them this machine can go."""

from __future__ import annotations

import json
import sys

from ..engines.registry import every_engine
from ..interrupts import held_interrupts
from ..options import Options
from ..screen.engines import print_engines
from ..screen.language import choose_language


def run(options: Options) -> int:
    """List every engine with one sentence; what one lacks here stands beside it."""
    language = choose_language(options.lang)
    engines = every_engine()
    with held_interrupts():  # this imports torch
        lacking = {engine.name: engine.lacks() for engine in engines}
    if options.json:
        rows = [
            {
                "name": engine.name,
                "sentence": engine.sentence.within(language),
                "exactness": engine.exactness,
                "dtypes": list(engine.dtypes),
                "lacks": missing.within(language) if (missing := lacking[engine.name]) else None,
            }
            for engine in engines
        ]
        sys.stdout.buffer.write((json.dumps(rows, ensure_ascii=False, indent=2) + "\n").encode())
        sys.stdout.buffer.flush()
    else:
        print_engines(engines, lacking, language)
    return 0
