"""What admins decided on several collectors, merged by export and import: the newest word counts."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from contextlib import suppress
from datetime import timedelta

import pytest
from collector_app import App
from collector_command import run
from collector_reports import START, make_report
from collector_server import execute
from sqlmodel import select

from bitnet_collector.archive.exporting import export
from bitnet_collector.archive.importing import import_files
from bitnet_collector.curation import Change, UncuratableError, curate, run_to_change
from bitnet_collector.database import open_database
from bitnet_collector.deletions import delete_run, every_tombstone
from bitnet_collector.storing import store_run
from bitnet_collector.tables import Curation, Run
from bitnet_report import new_run_id


class Collector(App):
    """One of two collectors, with an admin and a member."""

    def __init__(self, url, folder):
        super().__init__(url)
        self.url, self.file = url, folder / f"{new_run_id()}.ndjson"
        self.admin, self.member = self.make_token("boss", admin=True), self.make_token("WJ")

    def store(self, report, token=None):
        return self.ask("POST", "/runs", token or self.admin, content=report.to_json()).status_code

    def change(self, report, **what):
        answer = self.ask("PATCH", f"/runs/{report.run_id}", self.admin, json=what)
        assert answer.status_code == 200, answer.text

    def delete(self, report):
        assert self.ask("DELETE", f"/runs/{report.run_id}", self.admin).status_code == 204

    def status(self, report):
        return self.ask("GET", f"/runs/{report.run_id}.json").status_code

    def said(self):
        """Of each run that somebody said something of: note, baseline, hidden."""
        listed = self.ask("GET", "/runs?limit=100").json()["runs"]
        return {
            item["run_id"]: tuple(item["curation"][name] for name in ("note", "baseline", "hidden"))
            for item in listed
            if item["curation"]
        }

    def counted(self):
        members = self.ask("GET", "/members").json()["members"]
        return {item["member"]: (item["runs"], item["latest_run_id"]) for item in members if item["runs"]}

    def take(self, other, **how):
        export(other.url, other.file, force=True)
        return import_files([other.file], self.url, **how)


@pytest.fixture
def two(database_url, tmp_path):
    """A collector on each engine in turn, and one on SQLite, with the same three runs."""
    both = [Collector(url, tmp_path) for url in (database_url, f"sqlite:///{tmp_path}/other.db")]
    both[0].reports = [make_report("WJ", measured_at=START + timedelta(days=day)) for day in range(3)]
    for report in both[0].reports:
        both[0].store(report)
    both[1].take(both[0])
    yield both
    for each in both:
        each.stop()


def test_notes_baselines_and_hidden_runs_come_with_their_reports(two):
    ours, theirs = two
    first, second, third = ours.reports
    ours.change(first, note="new fan 风扇", baseline=True)
    ours.change(third, hidden=True)
    ours.change(second, note="gone again")
    ours.change(second, note=None)
    merged = theirs.take(ours)
    assert (merged.created, merged.known, merged.marked, merged.refused) == (0, 3, 3, [])
    assert theirs.said() == ours.said()
    assert theirs.counted() == ours.counted() == {"WJ": (2, second.run_id)}
    assert theirs.take(ours).marked == 0
    assert ours.take(theirs).marked == 0


def test_the_newest_word_counts_for_each_question_apart(two):
    ours, theirs = two
    first, second, _ = ours.reports
    ours.change(first, note="older", hidden=True)
    theirs.change(first, note="newer")
    theirs.change(second, note="older")
    ours.change(second, note=None)
    ours.take(theirs)
    theirs.take(ours)
    assert ours.said() == theirs.said() == {
        first.run_id: ("newer", False, True), second.run_id: (None, False, False),
    }  # fmt: skip


def test_where_the_clock_was_set_back_the_last_word_is_still_the_newest(two):
    ours, theirs = two
    first, second, third = ours.reports
    ours.app.state.clock = lambda: START + timedelta(days=5)
    ours.change(first, note="before", hidden=True)
    ours.change(second, baseline=True)
    ours.delete(third)
    theirs.take(ours)
    ours.app.state.clock = lambda: START + timedelta(days=4)
    assert ours.store(third) == 201
    ours.change(first, note="after", hidden=False, baseline=True)
    ours.take(theirs)
    said = {first.run_id: ("after", True, False), second.run_id: (None, False, False)}
    assert (ours.said(), ours.status(third)) == (said, 200)
    theirs.take(ours)
    assert (theirs.said(), theirs.status(third)) == (said, 200)
    ours.delete(third)
    ours.take(theirs)
    assert ours.status(third) == 410
    theirs.take(ours)
    assert theirs.status(third) == 410


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_workload_keeps_one_baseline_the_one_pinned_last(two, order):
    first, second, third = two[0].reports
    two[0].change(first, baseline=True)
    two[1].change(second, baseline=True)
    two[0].change(third, baseline=True)
    one, other = (two[index] for index in order)
    other.take(one)
    one.take(other)
    for each in two:
        assert [run_id for run_id, said in each.said().items() if said[1]] == [third.run_id]
    two[1].change(third, baseline=False)  # and none comes back that was pinned before
    two[0].take(two[1])
    two[1].take(two[0])
    assert [said for each in two for said in each.said().values() if said[1]] == []


def test_a_run_that_was_hidden_elsewhere_is_no_baseline(two):
    ours, theirs = two
    first = ours.reports[0]
    ours.change(first, hidden=True)
    theirs.change(first, baseline=True)
    ours.take(theirs)
    theirs.take(ours)
    assert ours.said() == theirs.said() == {first.run_id: (None, False, True)}


def test_a_deleted_run_is_deleted_where_the_export_goes_and_does_not_come_back(two):
    ours, theirs = two
    first, second, third = ours.reports
    theirs.change(third, note="x", baseline=True)
    ours.delete(third)
    merged = theirs.take(ours)
    assert [third.run_id in sentence for sentence in merged.removed] == [True]
    assert (theirs.status(third), theirs.said()) == (410, {})
    assert theirs.counted() == ours.counted() == {"WJ": (2, second.run_id)}
    assert theirs.store(third, theirs.member) == 410  # nor from a spool
    again = theirs.take(ours)
    assert (again.removed, again.refused, again.known) == ([], [], 2)

    ours.delete(second)  # and the other way: an export that still has it
    merged = ours.take(theirs)
    assert (merged.created, merged.known, merged.left_out, merged.refused) == (0, 1, 1, [])
    assert ours.status(second) == 410
    assert ours.counted() == {"WJ": (1, first.run_id)}


def test_a_run_that_an_admin_stored_again_comes_back_everywhere(two):
    ours, theirs = two
    first = ours.reports[0]
    ours.delete(first)
    theirs.take(ours)
    assert ours.store(first) == 201
    assert theirs.take(ours).created == 1
    assert theirs.status(first) == 200
    merged = ours.take(theirs)
    assert (merged.removed, merged.left_out, ours.status(first)) == ([], 0, 200)
    theirs.delete(first)
    assert len(ours.take(theirs).removed) == 1
    assert ours.status(first) == 410


def test_a_deletion_of_other_content_deletes_nothing(two):
    ours, theirs = two
    run_id = new_run_id()
    kept, other = (make_report("WJ", prefill_ms=ms, run_id=run_id) for ms in (5.0, 6.0))
    ours.store(kept)
    theirs.store(other)
    theirs.delete(other)
    merged = ours.take(theirs)
    assert [run_id in sentence for sentence in merged.refused] == [True]
    assert ours.status(kept) == 200


def test_the_reports_alone_can_be_taken(two):
    ours, theirs = two
    first, second, _ = ours.reports
    ours.change(first, note="x", hidden=True)
    ours.delete(second)
    more = make_report("WYC")
    ours.store(more)
    merged = theirs.take(ours, reports_only=True)
    assert (merged.created, merged.marked, merged.removed) == (1, 0, [])
    assert (theirs.said(), theirs.status(second)) == ({}, 200)


def test_no_token_is_in_an_export(two):
    ours, _ = two
    ours.change(ours.reports[0], note="x")
    ours.delete(ours.reports[1])
    export(ours.url, ours.file, force=True)
    content = ours.file.read_text()
    hashes = [sha256 for (sha256,) in execute(ours.url, "SELECT sha256 FROM token")]
    assert len(hashes) == 2
    for secret in (*hashes, *(token.split("_", 2)[2] for token in (ours.admin, ours.member))):
        assert secret not in content
    said = [json.loads(line).get("curation") for line in content.splitlines()]
    assert [each["changed_by"] for each in said if each] == [ours.admin.split("_")[1]]  # its public id


def test_the_commands_say_what_became_of_decisions(tmp_path):
    ours, theirs = (Collector(f"sqlite:///{tmp_path}/{name}.db", tmp_path) for name in ("ours", "theirs"))
    reports = [make_report("WJ"), make_report("WJ"), make_report("WJ")]
    for report in reports:
        ours.store(report)
        theirs.store(report)
    ours.change(reports[0], note="x")
    ours.delete(reports[1])
    theirs.delete(reports[2])
    said = run("export", tmp_path / "all.gz", f"--database-url={ours.url}").stderr
    assert said == "exported 2 reports and 1 deletions\n"
    done = run("import", tmp_path / "all.gz", f"--database-url={theirs.url}")
    assert done.stdout == (
        "imported 0 reports; 1 were here already, 0 were refused\n"
        "admins' decisions: 1 runs marked anew, 1 deleted, 1 left out that are deleted here\n"
    )
    assert done.stderr.count("\n") == 1
    assert f"deleted here too: run {reports[1].run_id}" in done.stderr
    for each in (ours, theirs):
        each.stop()


@pytest.mark.parametrize(
    "damage",
    [
        {"note": "a\x00b"},
        {"note": "\x1b[31m"},
        {"note": "x" * 2001},
        {"changed_at": "2026-03-01T08:00:00"},
        {"changed_by": "two words"},
        {"hidden": "perhaps"},
    ],
)
def test_words_that_no_collector_wrote_are_damage(tmp_path, damage):
    ours = Collector(f"sqlite:///{tmp_path}/ours.db", tmp_path)
    report = make_report("WJ")
    ours.store(report)
    ours.change(report, note="x")
    export(ours.url, ours.file, force=True)
    ours.stop()
    line = json.loads(ours.file.read_text())
    line["curation"].update(damage)
    (tmp_path / "bad").write_text(json.dumps(line) + "\n")
    said = run("import", tmp_path / "bad", f"--database-url=sqlite:///{tmp_path}/new.db", check=4).stderr
    assert "no line of an export" in said


REPORTS = [
    make_report("WJ", grade="A"),
    make_report("WJ", grade="invalid"),
    make_report("WYC"),
    make_report("WYC", engine="int8-mm"),
]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A store with the four reports."""
    path = tmp_path_factory.mktemp("started") / "runs.db"
    database = open_database(f"sqlite:///{path}")
    with database.writing() as session:
        for report in REPORTS:
            store_run(session, report, report.member, report.to_json(), START)
    database.dispose()
    return path


@pytest.mark.parametrize("seed", range(3))
def test_collectors_that_merge_each_other_come_to_say_the_same(started, tmp_path, seed):
    """Three stores, decisions at random on each, and merging in a random order."""
    chance = random.Random(seed)
    urls = []
    for name in "abc":
        shutil.copyfile(started, tmp_path / f"{name}.db")
        urls.append(f"sqlite:///{tmp_path / f'{name}.db'}")
    moments = (START + timedelta(days=1, seconds=second) for second in itertools.count())
    for step in range(24):
        decide(chance.choice(urls), chance, next(moments))
        if step == 12:
            gossip(urls[:2], tmp_path, chance)
    for _ in range(2):
        gossip(urls, tmp_path, chance)
    assert state(urls[0]) == state(urls[1]) == state(urls[2])
    before = [state(url) for url in urls]
    assert gossip(urls, tmp_path, chance) == 0
    assert [state(url) for url in urls] == before


def decide(url, chance, now):
    report = chance.choice(REPORTS)
    what = chance.choice(("note", "note", "hide", "show", "pin", "pin", "unpin", "delete", "again"))
    database = open_database(url)
    with database.writing() as session:
        found = run_to_change(session, report.run_id)
        if what == "again":
            store_run(session, report, report.member, report.to_json(), now, undelete=True)
        elif found is not None and what == "delete":
            delete_run(session, found, now, "0")
        elif found is not None:
            change = {
                "note": Change(note=chance.choice(("", "one", "two"))),
                "hide": Change(hidden=True, baseline=False), "show": Change(hidden=False),
                "pin": Change(baseline=True), "unpin": Change(baseline=False),
            }[what]  # fmt: skip
            with suppress(UncuratableError):
                curate(session, found, change, now, "0")
    database.dispose()


def gossip(urls, folder, chance):
    """Merge every store into every other, in some order; gives how many runs changed by it."""
    changed, file = 0, folder / "gossip"
    pairs = list(itertools.permutations(urls, 2))
    chance.shuffle(pairs)
    for source, target in pairs:
        export(source, file, force=True)
        merged = import_files([file], target)
        assert merged.refused == []
        changed += merged.created + merged.marked + len(merged.removed)
    return changed


def state(url):
    """What every run is and what is said of it; which are deleted; and that `latest` counts what counts."""
    database = open_database(url)
    with database.reading() as session:
        runs = {run.run_id: (None, False, False) for run in session.exec(select(Run))}
        for each in session.exec(select(Curation)):
            runs[each.run_id] = (each.note, each.baseline, each.hidden)
        gone = {each.run_id for each in every_tombstone(session) if each.lifted_at is None}
    database.dispose()
    counted = execute(url, "SELECT sum(runs) FROM latest")[0][0] or 0
    assert counted == sum(not hidden for _, _, hidden in runs.values())
    assert not gone & set(runs)
    return runs, gone
