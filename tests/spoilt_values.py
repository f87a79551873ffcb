"""What a program, a bad line or an attacker may write into a report's JSON in the place of a good value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Raw:
    """Text that is put into the JSON as it is, well formed or not: each piece so many times."""

    pieces: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        return "".join(piece * times for piece, times in self.pieces)


def _raw(text: str) -> Raw:
    return Raw(((text, 1),))


FIGURES: list[int | float] = [
    0, 1, 2, 3, 4, 64, 2**31, 2**53, 2**53 + 1, 2**63, 10**299,
    -0.0, 5e-324, 1e-310, 1e-300, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.5, 1.5, 1e3, 1e6, 1e9, 1e12, 1e15,
    1e300, 1e308,    -1, -(2**63), -1e-9, -0.5, -1e12, -1e308,
]  # fmt: skip
POSITIVE = [0.0, 5e-324, 1e-300, 1e-15, 1e-12, 1e-9, 1e-3, 1.0, 2, 1e3, 1e6, 1e9, 1e11, 1e12, 1e15, 2**53]
TOKENS = [
    *map(_raw, ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "-0", "01", "+1", ".5", "1.")),
    *map(_raw, ("tru", "", "'x'", '"', '"\\x"', '"\x07"', '"a\nb"', "1 2", "[1,]", '{"a"}', "//", "﻿1")),
    *map(_raw, ('"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '{"\\udfff": 1}')),
    _raw('{"a": 1, "a": 2}'),
    _raw('{"a": {"b": 1, "\\u0062": 1}}'),
    Raw((("9", 299),)),
    Raw((("9", 301),)),
    Raw((("1", 1), ("0", 400))),
    Raw((("-1", 1), ("0", 400))),
    Raw((("0.", 1), ("0", 5000), ("1", 1))),
    Raw((("[", 10_000), ("]", 10_000))),
    Raw((('{"a":', 10_000), ("1", 1), ("}", 10_000))),
    Raw((("[", 10_000),)),
    Raw((("[", 50), ("]", 50))),
    Raw((("[[", 1), ("0,", 20_000), ("0]]", 1))),
    Raw((('["', 1), ('x","', 20_000), ('x"]', 1))),
    Raw((('"', 1), ("long ", 50_000), ('"', 1))),
    Raw((('{"', 1), ("key", 50_000), ('": 1}', 1))),
]  # fmt: skip
TEXTS = [
    "", " ", "x", "\x00", "a\x00b", "\x1b[31m", "\x85", "\ufeff", "\ufffe", "\u202egnp", "\u2028",
    "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "{0}", "{a.b}", "%s%n", "{{ 7 }}",
    "=1+1", "@SUM(A1)", "../../etc/passwd", "a/b", ".", "..", "a\r\nSet-Cookie: x=1", "'; DROP TABLE run; --",
    "1e5", "NaN", "null", "٣", "２０２６-01-01", "2026-03-01", "2026-03-01T08:00:00+23:59", "0001-01-01",
    "9999-12-31T23:59Z",
    "A", "B", "C", "invalid", "published", "stand-in", "default", "tuned", "prefill", "decode", "load_model",
    "VmHWM", "before", "cold", "quantized-once", "memory-bound", "overhead", "limits-moved", "steal-heavy",
    "0" * 64, "01900000-0000-7000-8000-000000000000", "model.layers.99999999999999999999.mlp.x",
]  # fmt: skip
LONG = [
    ("x", 64), ("x", 65), ("x", 200), ("x", 201), ("x", 4000), ("x", 4001), ("长", 200), ("\U0001f600", 100),
    ("\u0301", 150),
]  # fmt: skip
OTHERS: list[Any] = [
    None, True, [], {}, [[]], [None], [0.0], [1e12] * 3, [5e-324, 1e12], {"": None}, {"a": {"b": 1}}, [""],
]  # fmt: skip

KEYS = [
    "note", "name", "ms", "load_x", "caches", "later_mb", "a_share", "x_per_s", "", " ", "\x00", "k" * 90,
    "__class__", "$ref", "run_id", "member", "values", "samples_ms", "tokens", "clock_mhz", "context_depth",
    "malloc", "sweep",
]  # fmt: skip

figures = st.sampled_from(FIGURES)
values: st.SearchStrategy[Any] = st.one_of(
    figures,
    figures,
    st.sampled_from(TOKENS),
    st.sampled_from(TEXTS),
    st.sampled_from(LONG).map(lambda one: one[0] * one[1]),
    st.sampled_from(OTHERS),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**70), 2**70),
    st.text(max_size=40),
)
