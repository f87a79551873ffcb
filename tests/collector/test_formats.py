from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from collector_reports import START, digest, make_report

import bitnet_collector
from bitnet_collector.columns import run_columns
from bitnet_collector.render.csv_cells import harmless
from bitnet_collector.render.facts import facts_of
from bitnet_collector.render.figures import (
    age,
    figure,
    gigahertz,
    megabytes,
    more_megabytes,
    one_line,
    spread,
    width,
)
from bitnet_collector.render.measured import described
from bitnet_collector.render.summary_csv import COLUMNS, summary_csv
from bitnet_collector.render.summary_md import summary_md
from bitnet_collector.render.summary_txt import summary_txt
from bitnet_collector.summary import summarize_runs
from bitnet_collector.summary_table import SummaryTable
from bitnet_collector.tables import Standing
from bitnet_collector.texts import TEXTS, Texts
from bitnet_report import describe

NOW = START + timedelta(hours=3)
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def hostile() -> SummaryTable:
    reports = [
        make_report("WJ", run_id="00000000-0000-7000-8000-000000000001", cpu="CPU @ 2.40GHz"),
        make_report(
            "WYC",
            run_id="00000000-0000-7000-8000-000000000002",
            cpu="=cmd|' /C calc'!A0\n| <script>alert(1)</script> *b* `c` [x](http://evil.example) $1$ @me",
            decode_ms_per_token=1234.5678,
            threads=8,
        ),
        make_report(
            "=1+1".replace("=", "-").replace("+", "."),
            run_id="00000000-0000-7000-8000-000000000003",
            cpu="龙芯 3A6000 " + "长" * 40,
            model="stand-in:2b4t|<b>",
            weights="stand-in",
            clock_mhz=None,
            base_mhz=None,
            clock_source="\u202ereversed",
        ),
    ]
    standings = [Standing(run_columns(r, r.member, digest("x"), NOW), 1) for r in reports]
    return summarize_runs(standings, ("WJ", "WYC", "LCJ"), NOW)


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("summary.md", summary_md),
        ("summary.csv", summary_csv),
        ("summary.en.txt", lambda table: summary_txt(table, Texts("en"))),
        ("summary.zh.txt", lambda table: summary_txt(table, Texts("zh"))),
    ],
)
def test_formats_are_as_agreed(hostile, name, render):
    assert render(hostile).encode() == (GOLDEN / name).read_bytes()


def test_the_markdown_is_the_brief_s_own_table(hostile):
    lines = summary_md(hostile).splitlines()
    assert lines[0] == "| 成员 | CPU 型号 | 基准频率 | Prefill (ms) | Decode (ms/token) | 峰值内存 (MB) |"
    assert lines[2] == "| WJ | CPU @ 2.40GHz | 2400 MHz | 1000 | 500.0 | 5000 |"
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 7 for line in lines[:6])
    assert "<" not in summary_md(hostile)


def test_the_markdown_has_no_footnote_where_all_is_alike():
    report = make_report("WJ")
    table = summarize_runs([Standing(run_columns(report, "WJ", "", NOW), 1)], ("WJ",), NOW)
    assert summary_md(table).count("\n") == 3


def test_the_csv_reads_back_and_no_text_is_a_formula(hostile):
    text = summary_csv(hostile)
    assert text.count("\r\n") >= 5
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["member"] for row in rows] == ["WJ", "WYC", "LCJ", "'-1.1"]
    assert float(rows[0]["prefill_normalized_ms"]) == 800.0
    assert rows[1]["cpu"].startswith("'=cmd|' /C calc'!A0\n")
    for row in rows:
        assert not any(re.match(r"\s*[=+@]|\s*-[^0-9]", cell) for cell in row.values())


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\r@x", "＝1", "＋1", "－1", "＠SUM(1)"]
)
def test_no_cell_begins_as_a_formula_would(text):
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_columns_line_up_whatever_their_width(hostile, language):
    lines = summary_txt(hostile, Texts(language)).splitlines()
    table = lines[3 : 3 + 5]
    ends = {width(line) for line in table if re.search(r"\d", line)}
    assert len(ends) == 1
    assert "\u202e" not in "".join(lines)


def test_figures_at_a_steady_precision():
    values = (None, 0.0, 0.0038, 0.4567, 12.345, 832.44, 1532.4)
    assert [figure(v) for v in values] == ["—", "0.00", "0.00380", "0.457", "12.35", "832.4", "1532"]
    assert [figure(v) for v in (1e-7, 5e-324)] == ["0.000000", "0.000000"]
    assert figure(12345.6, grouped=True) == "12,346"
    assert [megabytes(v) for v in (None, 5.25, 4989.6)] == ["—", "5.2", "4990"]
    assert gigahertz(2596.0) == "2.60 GHz"
    assert [age(s) for s in (0, 59.9, 60, 7199, 86400 * 9)] == [
        (0, "s"),
        (59, "s"),
        (1, "min"),
        (1, "h"),
        (9, "d"),
    ]
    assert one_line(" a\n\tb\x1b[31m\u202ec ") == "a b [31m c"
    assert width("ab成员") == 6


def test_an_interval_is_as_precise_as_its_value_and_never_zero_by_rounding():
    assert spread(1445.2, 1433.0, 1457.0) == "12"
    assert spread(500.0, 487.5, 512.5) == "12.5"
    assert spread(1445.2, 1445.0, 1445.8) == "0.4"
    assert spread(0.2134, 0.2131, 0.2137) == "0.0003"
    assert spread(500.0, 500.0, 500.0) == "0.0"
    assert spread(12345.0, 10000.0, 20000.0, grouped=True) == "5,000"
    assert [spread(None, 1.0, 2.0), spread(1.0, None, 2.0), spread(1.0, 0.5, None)] == [None] * 3


def test_memory_that_came_or_went_has_its_sign_and_none_where_nothing_did():
    assert [more_megabytes(mb) for mb in (4612.3, 7.46, -7.46, 0.004, -0.004, 0.0, None)] == [
        "+4,612", "+7.5", "−7.5", "0", "0", "0", "—",
    ]  # fmt: skip


def shown(samples, language="en"):
    return described(median(samples), describe([samples]), len(samples), Texts(language))


def test_a_time_stands_with_its_interval_its_n_and_its_doubts():
    quiet = shown([100.0, 101.0, 99.0, 100.0, 100.5, 99.5])
    assert (quiet.value, quiet.n, quiet.flags, quiet.percentiles) == ("100.0", 6, [], [])
    assert quiet.hint.startswith("95 % interval: 99.")
    doubtful = shown([100.0, 101.0, 99.5, 100.5, 100.2, 130.0, 131.0, 132.0, 131.0, 900.0])
    assert [flag.text for flag in doubtful.flags] == ["unusable", "drift +31 %", "1 outlier"]
    assert [flag.kind for flag in doubtful.flags] == ["bad", "warn", "warn"]
    faster = shown([131.0, 132.0, 131.0, 130.0, 100.0, 101.0, 99.5, 100.5])
    assert faster.flags[-1].text == "drift −23 %"  # the minus of every other figure
    spiky = shown([100.0, 101.0] * 20 + [900.0], "zh")
    assert [(flag.text, flag.hint) for flag in spiky.flags] == [("1 个离群值", "已保留；样本序号 41")]


def test_a_spread_of_a_median_next_to_nothing_is_shown_as_it_is():
    statistics = describe([[1.0, 2.0, 3.0]]).model_copy(
        update={"median": 5e-324, "iqr": 1e12, "noise": "noisy"}
    )
    assert "inf %" in described(5e-324, statistics, 3, Texts("en")).flags[0].hint


def test_a_percentile_is_shown_only_with_the_samples_that_it_needs():
    assert shown([100.0 + i % 7 for i in range(199)]).percentiles == []
    assert shown([100.0 + i % 7 for i in range(200)]).percentiles == ["p95 106.0 (n=200)"]
    assert len(shown([100.0 + i % 7 for i in range(1000)]).percentiles) == 2


def test_without_statistics_there_is_a_number_and_no_interval():
    alone = described(4000.0, None, 0, Texts("en"))
    assert (alone.value, alone.half, alone.n) == ("4,000", None, None)
    one = shown([5.0])
    assert (one.value, one.half, one.n, one.flags) == ("5.00", None, 1, [])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("caches", {"l1d": 98304, "l2": 4194304}, "l1d 96 KB, l2 4 MB"),
        ("caches", {"l1d": 98304, "l1d_shared_by": 2}, "l1d 96 KB, l1d_shared_by 2"),
        ("load_before", [4.07275390625, 0.1], "4.07, 0.10"),
        ("affinity", [0, 1, 2, 5], "0–2, 5"),
        ("isa", ["avx2", "fma"], "avx2, fma"),
        ("turbo", False, "no"),
        ("swap", {"total_mb": 2048.0, "used_mb": 0.0}, "total_mb 2,048 MB, used_mb 0 MB"),
        ("clock_mhz", 4018.577, "4,019 MHz"),
        ("scale_factor", 1.3395258, "1.34"),
        ("steal_share", 0.0123, "1.23 %"),
        ("migrations_per_s", 12.5, "12.5/s"),
        ("schema", {"a": {"b": {"c": {"d": {"e": 1}}}}}, "a b c d {'e': 1}"),
        ("model", "<b>" * 3000, "<b>" * 666 + "<b"),
    ],
)
def test_facts_in_words(key, value, words):
    assert facts_of({key: value, "nothing": None, "empty": {}}, Texts("en")) == [(key, words)]


def test_every_sentence_is_in_both_languages_and_none_is_forgotten():
    package = Path(bitnet_collector.__file__).parent
    sources = [*package.rglob("templates/**/*.html"), *package.rglob("render/**/*.py")]
    code = "\n".join(path.read_text() for path in sources)
    for key, (english, chinese) in TEXTS.items():
        assert english
        assert chinese
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese)), key
        stem = re.match(r"[a-z]+_", key)
        assert f"'{key}'" in code or f'"{key}"' in code or (stem and f"{stem[0]}" in code), f"unused: {key}"
    for key in re.findall(r"""\b(?:t|texts)\(["'](\w[\w-]*)["']""", code):
        assert key in TEXTS or any(name.startswith(key) for name in TEXTS), f"missing: {key}"


def test_the_json_reads_back_as_the_same_table(hostile):
    assert SummaryTable.model_validate(json.loads(hostile.model_dump_json())) == hostile
