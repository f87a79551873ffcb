"""`bitnet-agent compare`: hold one run against another."""

from __future__ import annotations

import sys

from bitnet_report import compare

from ..asking import collector_asked
from ..delivery.named_report import read_named_report
from ..options import Options
from ..screen.comparison import print_comparison
from ..screen.language import choose_language


def run(options: Options) -> int:
    """Read both runs and print the comparison; it is the result, so it goes to standard output."""
    language = choose_language(options.lang)
    collector, token = collector_asked(options, language)
    comparison = compare(
        read_named_report(options.a, collector, token), read_named_report(options.b, collector, token)
    )
    if options.json:
        sys.stdout.buffer.write((comparison.model_dump_json(indent=2) + "\n").encode())
        sys.stdout.buffer.flush()
    else:
        print_comparison(comparison, language)
    return 0
