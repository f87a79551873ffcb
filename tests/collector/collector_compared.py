"""Runs that can and cannot be compared, in a collector."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from collector_reports import make_report, version_0
from collector_server import Server

from bitnet_report import Caveat, make_caveat

ATTACK = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"


def store_compared(server: Server) -> Server:
    """A collector with runs of WJ (two), WYC (slower, other machine), LCJ (invalid), X (other work), OLD."""
    now = datetime.now(timezone.utc)
    server.reports = {
        "before": make_report("WJ", decode_ms_per_token=520.0, measured_at=now - timedelta(hours=9)),
        "WJ": make_report("WJ", measured_at=now - timedelta(hours=3)),
        "WYC": make_report(
            "WYC",
            decode_ms_per_token=750.0,
            clock_mhz=3000.0,
            threads=8,
            cpu=ATTACK,
            grade="B",
            caveats=(make_caveat("clock-not-measured"), Caveat(code="later", message=ATTACK)),
        ),
        "LCJ": make_report(
            "LCJ", grade="invalid", caveats=(make_caveat("logits-not-finite", bad=3, forwards=33),)
        ),
        "X": make_report("X", engine="cached" + ATTACK, decode_tokens=8),
    }
    for report in server.reports.values():
        assert server.submit(report).status_code == 201
    old = version_0("OLD")
    server.submit(old)
    server.ids = {name: report.run_id for name, report in server.reports.items()} | {"OLD": old["run_id"]}
    return server


def address(stored: Server, a: str, b: str, form: str = "", **more: str) -> str:
    query = "&".join(
        f"{key}={value}" for key, value in {"a": stored.ids[a], "b": stored.ids[b], **more}.items()
    )
    return f"/compare{form}?{query}"
