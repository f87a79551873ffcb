"""`bitnet-agent doctor`: look before the run."""

from __future__ import annotations

import json
import sys

from ..delivery.address import check_collector_url
from ..delivery.token import find_token
from ..doctor.examination import examine
from ..doctor.verdict import as_json, best_grade
from ..doctor.wish import Wish
from ..errors import EnvironmentFaultError
from ..options import Options
from ..screen.examination import print_examination
from ..screen.language import choose_language


def run(options: Options) -> int:
    """Examine and print; the exit code is 0 only if a run now could be graded A or B, and delivered."""
    language = choose_language(options.lang)
    wish = Wish(
        model=options.model,
        revision=options.revision,
        dtype=options.dtype,
        threads=options.threads,
        collector=None if options.collector is None else check_collector_url(options.collector),
        member=options.member,
        token=find_token(options.token_file),
    )
    findings = examine(wish)
    if options.json:
        text = json.dumps(as_json(findings, language), ensure_ascii=False, indent=2) + "\n"
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        print_examination(findings, language)
    return 0 if best_grade(findings) is not None else EnvironmentFaultError.exit_code
