"""The examples of the fuzz tests do not depend on what else is imported, nor on what is written there."""

from __future__ import annotations

import importlib.util
import sys

import pytest
from fuzzing import examine_all
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

NUMBERS = st.lists(st.integers(101, 10**6), min_size=20)


def drawn(seed: int | None = None) -> list[list[int]]:
    found: list[list[int]] = []
    examine_all(NUMBERS, found.append, examples=50, seed=seed)
    return found


def test_a_module_full_of_literals_changes_no_example(tmp_path, monkeypatch):
    before, soaked = drawn(), drawn(seed=1)
    literals = list(range(123_456, 123_556))
    (tmp_path / "literals.py").write_text(f"NUMBERS = {literals}\n")
    found = importlib.util.spec_from_file_location("literals", tmp_path / "literals.py")
    monkeypatch.setitem(sys.modules, "literals", importlib.util.module_from_spec(found))
    assert drawn() == before
    assert drawn(seed=1) != soaked  # a soak draws them: this test would notice if the others did


def test_a_hypothesis_that_keeps_literals_elsewhere_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.delattr(providers, "_get_local_constants")
    with pytest.raises(RuntimeError, match=r"hypothesis \d\S+ does not take .* mend tests/fuzzing\.py"):
        drawn()
