"""Pages in Chromium: every address that a reader can reach, with content that tries them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from collector_reports import make_report, version_0, with_allocation, with_sweep
from collector_server import Server
from playwright.sync_api import Locator

from bitnet_report import Report, make_caveat, new_run_id

LONG = "a-rather-long-member-name.with-dots_and-more-of-them-42"


def follow(control: Locator) -> None:
    """Click what leads to another page, and wait for all of it: a click waits for its beginning alone."""
    with control.page.expect_navigation():
        control.click()


def store_team(server: Server) -> Server:
    """WJ with a history, WYC with caveats, LCJ old, a long name graded invalid, OLD of version 0, no ANNA."""
    now = datetime.now(timezone.utc)

    def store(report: Report) -> str:
        assert server.submit(report).status_code == 201
        return report.run_id

    def submit(member, **options):
        return store(make_report(member, **options))

    for days in (9, 6, 3):
        wj = submit("WJ", decode_ms_per_token=500.0 + days, measured_at=now - timedelta(days=days))
    submit("WJ", engine="cached", measured_at=now - timedelta(days=12))
    wyc = submit(
        "WYC",
        decode_ms_per_token=750.0,
        threads=8,
        grade="B",
        caveats=(make_caveat("clock-not-measured"), make_caveat("quick")),
        measured_at=now - timedelta(hours=2),
        cpu="13th Gen Intel(R) Core(TM) i7-13700H",
    )
    lcj = submit("LCJ", decode_ms_per_token=900.0, measured_at=now - timedelta(days=45))
    bad = make_caveat("logits-not-finite", bad=3, forwards=33)
    invalid = submit(
        LONG,
        grade="invalid",
        caveats=(bad,),
        cpu="龙芯 3A6000 " + "长" * 60,
        note="One.\nTwo.",
        clock_mhz=None,
    )
    old = version_0("OLD", run_id=new_run_id())
    assert server.submit(old).status_code == 201
    sweep = new_run_id()
    for threads in (1, 2, 4):
        point = make_report(
            "SWEEPER",
            decode_ms_per_token=2000.0 / threads,
            threads=threads,
            measured_at=now - timedelta(hours=5),
        )
        store(with_sweep(point, sweep))
    churning = store(with_allocation(make_report("CHURN", measured_at=now - timedelta(days=2))))
    server.ids = {"WJ": wj, "WYC": wyc, "LCJ": lcj, "invalid": invalid, "OLD": old["run_id"]}
    server.pages = {
        "summary": "/summary.html",
        "best": "/summary.html?show=best",
        "median": "/summary.html?show=median5",
        "run": f"/runs/{wyc}.html",
        "invalid run": f"/runs/{invalid}.html",
        "version 0": f"/runs/{old['run_id']}.html",
        "compare": f"/compare.html?a={wj}&b={wyc}",
        "not comparable": f"/compare.html?a={wj}&b={old['run_id']}",
        "member": "/members/WJ",
        "one run": f"/members/{LONG}",
        "page faults": f"/runs/{churning}.html",
        "sweep": f"/sweeps/{sweep}",
        "runs": "/runs.html",
        "no run": "/runs.html?member=WJ&grade=C",
        "members": "/members.html",
        "not there": "/runs/01890000-0000-7000-8000-000000000000",
    }
    return server
