"""`bitnet-agent compare`: hold one run against another."""

from __future__ import annotations

import sys

from bitnet_report import compare

from ..delivery.collector import check_collector_url
from ..delivery.named_report import read_named_report
from ..options import Options
from ..screen.comparison import print_comparison
from ..screen.language import choose_language


def run(options: Options) -> int:
    """Read both runs and print the comparison; it is the result, so it goes to standard output."""
    language = choose_language(options.lang)
    collector = None if options.collector is None else check_collector_url(options.collector)
    comparison = compare(read_named_report(options.a, collector), read_named_report(options.b, collector))
    if options.json:
        sys.stdout.buffer.write((comparison.model_dump_json(indent=2) + "\n").encode())
        sys.stdout.buffer.flush()
    else:
        print_comparison(comparison, language)
    return 0
