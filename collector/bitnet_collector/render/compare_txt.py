"""The comparison of two runs as text for a terminal."""

from __future__ import annotations

from bitnet_report import ComparedRun, Comparison, Difference

from ..texts import Texts
from .compare_words import difference_rows, reading_hints, time_words
from .figures import NOTHING, gigahertz, megabytes, one_line
from .stage_rows import stage_words
from .text_table import aligned
from .where_words import where_words


def compare_txt(comparison: Comparison, texts: Texts) -> str:
    """Who is compared, what keeps them apart, the times, the memory, and what else differs."""
    lines = [f"A  {_run(comparison.a)}", f"B  {_run(comparison.b)}", ""]
    for obstacle in comparison.obstacles:
        lines.append(f"{texts('obstacle_title')}: {texts(f'obstacle_{obstacle}')}")
    if comparison.work and not comparison.obstacles:
        lines.append(texts("other_means"))
    lines += _differences("compare_work", comparison.work, texts)
    lines += ["", *_times(comparison, texts), ""]
    lines += _where(comparison, texts)
    memory = _memory(comparison, texts)
    if memory:
        lines += [texts("compare_memory"), *memory, ""]
    lines += _differences("compare_notes", comparison.notes, texts)
    lines += ["", *reading_hints(comparison, texts), ""]
    return "\n".join(lines)


def _run(run: ComparedRun) -> str:
    parts = (run.member or "", run.measured_at, run.model, run.cpu, gigahertz(run.clock_mhz), run.run_id)
    return "  ".join(one_line(part) for part in parts if part)


def _times(comparison: Comparison, texts: Texts) -> list[str]:
    keys = ("stage", "compare_a_ms", "compare_b_ms", "samples", "compare_ratio", "compare_interval")
    header = [*map(texts, keys), texts("compare_equal_clock"), texts("compare_verdict")]
    rows = [
        [
            ("  " if row.inner else "") + one_line(row.name),
            row.a,
            row.b,
            row.n,
            row.ratio,
            row.interval if row.bar else NOTHING,
            row.equal_clock,
            f"{row.verdict_words} ({row.reason})" if row.reason else row.verdict_words,
        ]
        for row in time_words(comparison, texts)
    ]
    return aligned([header, *rows], left=(0, 7))


def _where(comparison: Comparison, texts: Texts) -> list[str]:
    words = where_words(comparison, texts)
    if words is None:
        return []
    header = [words.part, "A (ms)", "B (ms)", "B − A (ms)", words.share]
    rows = [[one_line(p.name), p.a, p.b, p.difference, p.share] for p in (*words.parts, words.whole)]
    doubt = [words.doubt] if words.doubt else []
    return [words.title, one_line(words.sentence), *doubt, *aligned([header, *rows], left=(0,)), ""]


def _memory(comparison: Comparison, texts: Texts) -> list[str]:
    rows = [
        [
            one_line(stage_words(row.name, texts)),
            megabytes(row.a_mb, grouped=True),
            megabytes(row.b_mb, grouped=True),
            megabytes(row.difference_mb, grouped=True),
        ]
        for row in comparison.memory
        if row.a_mb is not None or row.b_mb is not None
    ]
    header = [texts("stage"), "A", "B", texts("compare_difference")]
    return aligned([header, *rows], left=(0,)) if rows else []


def _differences(title: str, differences: list[Difference], texts: Texts) -> list[str]:
    rows = difference_rows(differences, texts)
    return [f"{texts(title)}:"] * bool(rows) + [
        f"  {one_line(f)}: {one_line(a)} → {one_line(b)}" for f, a, b in rows
    ]
