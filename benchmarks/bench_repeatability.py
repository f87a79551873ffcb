"""Two complete runs of the agent, one after the other: how well do they agree?

Aim, on an idle machine: within 2 %, and overlapping intervals, for prefill and for decode. Settings from the
environment: MODEL (default stand-in:2b4t), REPETITIONS (default 3), TOKENS (default 16), KEEP (a folder that
keeps the two reports; default none).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bitnet_report import Report, StageProfile, Statistics, read_report


def run_agent(output: Path) -> Report:
    """Run the agent in a process of its own and read its report."""
    subprocess.run(  # noqa: S603 - the program under test
        [
            sys.executable, "-m", "bitnet_agent", "--quiet", f"--output={output}",
            f"--model={os.environ.get('MODEL', 'stand-in:2b4t')}",
            f"--repetitions={os.environ.get('REPETITIONS', '3')}",
            f"--decode-tokens={os.environ.get('TOKENS', '16')}",
        ],
        check=True,
    )  # fmt: skip
    return read_report(output.read_bytes())


def compare(name: str, a: Statistics, b: Statistics) -> None:
    """Print the ratio of the medians, and whether the intervals overlap."""
    ratio = b.median / a.median
    overlap = None not in (a.low, a.high, b.low, b.high) and not (b.low > a.high or a.low > b.high)  # type: ignore[operator]
    print(
        f"{name}: {a.median:.1f} ms (n={a.n}) and {b.median:.1f} ms (n={b.n}), ratio {ratio:.4f}, "
        f"{'within' if abs(ratio - 1) <= 0.02 else 'NOT within'} 2 %, "
        f"intervals {'overlap' if overlap else 'do NOT overlap'}"
    )


def main() -> int:
    """Run twice and print the comparison."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get("KEEP", scratch))
        first, second = (run_agent(folder / f"{n}.json") for n in (1, 2))
    for report in (first, second):
        codes = ", ".join(caveat.code for caveat in report.quality.caveats)
        print(f"run {report.run_id}: grade {report.quality.grade}; {codes}")
    for name in ("prefill", "decode"):
        a, b = first.stage(name), second.stage(name)
        assert isinstance(a, StageProfile) and isinstance(b, StageProfile)  # noqa: S101
        if a.statistics and b.statistics:
            compare(name, a.statistics, b.statistics)
        if a.step_statistics and b.step_statistics:
            compare(f"{name} step", a.step_statistics, b.step_statistics)
    return 0


if __name__ == "__main__":
    sys.exit(main())
