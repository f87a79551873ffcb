"""Every engine, and `published` under `--malloc tuned`, each in a process of its own, in one run.

Aims: `quantized-once` decodes ≥ 6 times as fast as `published`, the best of PyTorch's own kernels ≥ 15 times
with prefill(128) ≤ 0.7 s; `--malloc tuned` ≥ 2 times with the same tokens; no engine's loading peaks above
the checkpoint + 1.5 GB, and int4-pack then holds at most half of that. Settings from the environment: MODEL
(default stand-in:2b4t), TOKENS (default 16), KEEP (a folder that keeps the reports; default none). Each run
is a quick one: two repetitions of warm-up, and one that is measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bitnet_agent.engines.registry import engine_names
from bitnet_report import Report, read_report

PUBLISHED, *OTHERS = engine_names()
RUNS = [(PUBLISHED, "default"), (PUBLISHED, "tuned"), *((engine, "default") for engine in OTHERS)]


def run_agent(engine: str, malloc: str, output: Path) -> Report | None:
    """Run the agent in a process of its own and read its report; None where the engine cannot run here."""
    done = subprocess.run(  # noqa: S603 - the program under test
        [
            sys.executable, "-m", "bitnet_agent", "--quiet", "--quick", "--no-operators",
            f"--output={output}",
            f"--engine={engine}", f"--malloc={malloc}",
            f"--model={os.environ.get('MODEL', 'stand-in:2b4t')}",
            f"--decode-tokens={os.environ.get('TOKENS', '16')}",
        ],
        check=False,
    )  # fmt: skip
    return read_report(output.read_bytes()) if done.returncode == 0 else None


def line(name: str, report: Report, base: Report) -> str:
    """One row: times, ratios to the first run, memory, whether the tokens are the first run's."""
    prefill, decode = report.summary.prefill_ms or 0.0, report.summary.decode_ms_per_token or 0.0
    loaded = report.stage("load_model")
    limit = report.roofline.stage("decode") if report.roofline else None
    share = f"{limit.bandwidth_share * 100:.0f} %" if limit and limit.bandwidth_share else "-"
    same = report.workload.generated_sha256 == base.workload.generated_sha256
    return (
        f"{name:<26}{decode:>10.1f}{(base.summary.decode_ms_per_token or 0) / decode:>9.1f}x"
        f"{prefill:>10.0f}{(base.summary.prefill_ms or 0) / prefill:>8.1f}x{share:>9}"
        f"{(loaded.memory_peak_mb or 0) if loaded else 0:>11.0f}"
        f"{(loaded.memory_after_mb or 0) if loaded else 0:>11.0f}"
        f"{report.summary.peak_memory_mb or 0:>11.0f}  {'same' if same else 'other'}"
    )


def main() -> int:
    """Run all and print the table, row by row as they end."""
    print(
        f"{'engine':<26}{'ms/token':>10}{'ratio':>10}{'prefill':>10}{'ratio':>9}{'of limit':>9}"
        f"{'load peak':>11}{'after':>11}{'peak MB':>11}  tokens"
    )
    base: Report | None = None
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get("KEEP", scratch))
        for engine, malloc in RUNS:
            name = engine if malloc == "default" else f"{engine}, {malloc} malloc"
            report = run_agent(engine, malloc, folder / f"{engine}-{malloc}.json")
            if report is None:
                print(f"{name:<26} cannot run here", flush=True)
                continue
            base = base or report
            print(line(name, report, base), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
