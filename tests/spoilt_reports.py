"""Reports spoilt by recipe: a golden one, what was done to it, and how its bytes were damaged on the way.

Recipes are what hypothesis draws and prints; `spoilt` makes the bytes from one.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agreeing import agreeing
from hypothesis import strategies as st
from spoilt_values import KEYS, POSITIVE, Raw, figures, values

RUN_ID = "01a20bb6-de44-73a6-80c1-69dbdd5c0815"
_GOLDEN = Path(__file__).parent / "golden"
_PUSHED = {"member": "LCJ", "decode_tokens": 8}
_STARTS = {
    "version 0": json.loads((_GOLDEN / "report-v0.json").read_bytes()) | _PUSHED,
    "version 1": json.loads((_GOLDEN / "report-v1.json").read_bytes()),
    "whole": json.loads((_GOLDEN / "report-v1-whole.json").read_bytes()),
}
_MARK = "@spoilt@"

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Change:
    """What is done at a place.

    `put` a value there, `drop` what is there, `add` a key (or an item), say its key `twice`, `fill` all its
    figures, or have a list's first item `again` so many times.
    """

    do: Literal["put", "drop", "add", "twice", "fill", "again"]
    where: Where
    value: Any = None
    key: str = ""


@dataclass(frozen=True)
class Damage:
    """What happened to the bytes, at a place counted modulo their number."""

    how: Literal["none", "cut", "flip", "insert", "mark", "tail", "utf-16", "latin-1"] = "none"
    at: int = 0
    byte: bytes = b""


@dataclass(frozen=True)
class Recipe:
    """How to spoil a report; `agrees`: its sums are put right again afterwards."""

    start: str
    changes: tuple[Change, ...]
    agrees: bool
    damage: Damage


def spoilt(recipe: Recipe, run_id: str = RUN_ID) -> bytes:
    """The bytes of a report with that id, made by the recipe."""
    document = copy.deepcopy(_STARTS[recipe.start]) | {"run_id": run_id}
    for change in recipe.changes:
        _apply(change, document)
    raws: list[Raw] = []
    plain = _without_raws(document, raws)
    if recipe.agrees and not raws:
        plain = agreeing(plain)
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False)
    for number, raw in enumerate(raws):
        text = text.replace(f'"{_MARK}{number}"', raw.text)
    return _damaged(text.replace(f"{_MARK}twice ", "").encode("utf-8", "surrogatepass"), recipe.damage)


def original(start: str) -> bytes:
    """The report that recipes of this start begin with."""
    return json.dumps(_STARTS[start] | {"run_id": RUN_ID}).encode()


def certain() -> dict[str, list[Recipe]]:
    """A few recipes by what becomes of their reports, in the words of `read_and_use`, whatever is drawn."""
    figures = [
        Change("fill", where, figure)
        for figure in (1e3, 1e-3, 1.0, 1e6)
        for where in (
            ("decode_steps_ms",),
            ("roofline", "limits", 0),
            ("allocation", "stages"),
            ("stage_profiles", 3, "samples_ms"),
            ("cpu_info", "clock_mhz"),
            ("interference",),
        )
    ]
    nothing = Damage()
    refused = [
        Change(do, (part,), 7) for do in ("drop", "put") for part in ("stage_profiles", "meta", "cpu_info")
    ]
    return {
        "used": [Recipe(start, (), False, nothing) for start in _STARTS]
        + [Recipe("whole", (figure,), True, nothing) for figure in figures],
        "not a report": [Recipe(start, (one,), False, nothing) for one in refused for start in _STARTS],
        "not JSON": [
            Recipe(start, (), False, damage)
            for damage in (Damage("cut", 700), Damage("utf-16"), Damage("tail", 0, b"}"))
            for start in _STARTS
        ],
    }


def recipes() -> st.SearchStrategy[Recipe]:
    """Every recipe there is: figures that are made up and agree, and anything in any place."""
    made_up = st.builds(
        Recipe,
        start=st.just("whole"),
        changes=st.lists(_made_up(_STARTS["whole"]), min_size=1, max_size=4).map(tuple),
        agrees=st.just(True),
        damage=st.just(Damage()),
    )
    anything = st.sampled_from(sorted(_STARTS)).flatmap(
        lambda start: st.builds(
            Recipe,
            start=st.just(start),
            changes=st.lists(_changes(_STARTS[start]), min_size=1, max_size=3).map(tuple),
            agrees=st.booleans(),
            damage=st.integers(0, 7).flatmap(lambda die: st.just(Damage()) if die else _damages()),
        )
    )
    return st.one_of(made_up, anything)


def _made_up(document: Any) -> st.SearchStrategy[Change]:
    """What all else in a report follows from, filled with one figure: times, counts, limits, clocks."""
    places: list[Where] = [("warmup",), ("interference",), ("decode_steps_ms",), ("cpu_info", "clock_mhz")]
    places += [("freq_normalization", f"{name}_freq_mhz") for name in ("actual", "reference")]
    places += [("decode_steps_ms", place) for place in range(len(document["decode_steps_ms"]))]
    for place in range(len(document["stage_profiles"])):
        places += [
            ("stage_profiles", place, name) for name in ("samples_ms", "step_statistics", "memory_kinds")
        ]
        places += [("stage_profiles", place, f"memory_{when}_mb") for when in ("before", "after", "peak")]
    for place in range(len(document["operators"])):
        places += [("operators", place, name) for name in ("kinds", "modules", "instrumented_ms")]
    for place in range(len(document["roofline"]["stages"])):
        names = ("operations", "traffic", "distinct_bytes", "ternary_weights", "forwards")
        places += [("roofline", "stages", place, name) for name in names]
    names = ("read_gb_per_s", "peaks_gops", "cache_mb")
    places += [("roofline", "limits", place, name) for place in (0, 1) for name in names]
    places += [("roofline", "limits", 0), ("allocation", "fault_cost_ns"), ("allocation", "stages")]
    return st.builds(
        Change, do=st.just("fill"), where=st.sampled_from(places), value=st.sampled_from(POSITIVE)
    )


def _changes(document: Any) -> st.SearchStrategy[Change]:
    places = _places(document)
    fill = st.builds(Change, do=st.just("fill"), where=places, value=figures)
    return st.one_of(
        st.builds(Change, do=st.just("put"), where=places, value=values),
        st.builds(Change, do=st.just("put"), where=places, value=figures),
        fill,
        fill,
        st.builds(Change, do=st.sampled_from(["drop", "drop", "drop", "twice"]), where=places),
        st.builds(Change, do=st.just("add"), where=places, value=values, key=st.sampled_from(KEYS)),
        st.builds(Change, do=st.just("again"), where=places, value=st.sampled_from([0, 2, 70, 1500])),
    )


@st.composite
def _places(draw: st.DrawFn, document: Any) -> Where:
    """A place in the document, each part of it as likely as the next, however much stands in it."""
    where: list[str | int] = []
    inside = document
    while isinstance(inside, dict | list) and inside and (not where or draw(st.integers(0, 4))):
        key = draw(st.sampled_from(list(inside) if isinstance(inside, dict) else range(len(inside))))
        where.append(key)
        inside = inside[key]
    return tuple(where)


def _damages() -> st.SearchStrategy[Damage]:
    at = st.integers(0, 70_000)
    pieces = st.sampled_from(
        [b"{", b"}", b"]", b'"', b"\\u", b"\\", b"-", b"9e9", b",", b"null", b"\xff", b"\x00"]
    )
    return st.one_of(
        st.builds(Damage, how=st.just("cut"), at=at),
        st.builds(Damage, how=st.just("flip"), at=at, byte=st.binary(min_size=1, max_size=1)),
        st.builds(Damage, how=st.just("insert"), at=at, byte=pieces),
        st.builds(Damage, how=st.just("tail"), byte=pieces),
        st.sampled_from([Damage("mark"), Damage("utf-16"), Damage("latin-1")]),
    )


def _apply(change: Change, document: dict[str, Any]) -> None:
    """Do it, unless a change before this one took the place away."""
    *outer, last = change.where
    place: Any = document
    try:
        for key in outer:
            place = place[key]
        old = place[last]
    except (KeyError, IndexError, TypeError):
        return
    value = copy.deepcopy(change.value)  # another change may change it
    if change.do == "drop":
        del place[last]
    elif change.do == "add" and isinstance(old, dict):
        old[change.key] = value
    elif change.do == "add" and isinstance(old, list):
        old.append(value)
    elif change.do == "twice" and isinstance(place, dict):
        place[f"{_MARK}twice {last}"] = old
    elif change.do == "fill":
        place[last] = _filled(old, value)
    elif change.do == "again" and isinstance(old, list):
        place[last] = [copy.deepcopy(item) for item in old[:1] for _ in range(value)]
    else:
        place[last] = value


def _filled(old: Any, figure: int | float) -> Any:
    """The same with every number in it replaced; whole ones by whole ones, where that can be."""
    if isinstance(old, dict):
        return {key: _filled(value, figure) for key, value in old.items()}
    if isinstance(old, list):
        return [_filled(value, figure) for value in old]
    if isinstance(old, bool) or not isinstance(old, int | float):
        return old
    if isinstance(old, float):
        return figure
    return int(figure) if 1 <= abs(figure) < 1e300 else old


def _without_raws(value: Any, found: list[Raw]) -> Any:
    """The same with a mark in the place of each raw text, which is added to `found`."""
    if isinstance(value, Raw):
        found.append(value)
        return f"{_MARK}{len(found) - 1}"
    if isinstance(value, dict):
        return {key: _without_raws(inner, found) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_raws(inner, found) for inner in value]
    return value


def _damaged(body: bytes, damage: Damage) -> bytes:
    at = damage.at % len(body)
    match damage.how:
        case "cut":
            return body[:at]
        case "flip":
            return body[:at] + damage.byte + body[at + 1 :]
        case "insert":
            return body[:at] + damage.byte + body[at:]
        case "mark":
            return b"\xef\xbb\xbf" + body
        case "tail":
            return body + damage.byte
        case "utf-16":
            return body.decode("utf-8", "replace").encode("utf-16")
        case "latin-1":
            return body.decode("utf-8", "replace").encode("latin-1", "replace")
    return body
