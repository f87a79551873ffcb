"""`make` alone says what there is."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest


@pytest.fixture
def make():
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    return "make"


def test_make_alone_lists_every_target_with_what_it_does(root, make):
    listed = subprocess.run([make], cwd=root, capture_output=True, text=True, check=True).stdout
    declared = re.search(r"^\.PHONY: (.+)$", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(re.findall(r"^ +make (\w+) — \w", listed, re.MULTILINE)) == sorted(declared[1].split())


def test_an_old_python_is_refused_before_anything_is_installed(root, make, tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    venv = tmp_path / "venv"
    command = [make, "venv", f"PYTHON={old}", f"VENV={venv}"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Python 3.10 or newer is needed" in done.stdout
    assert not venv.exists()


def test_benchmarks_that_do_not_exist_are_not_pretended(root, make, tmp_path):
    (tmp_path / ".venv").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "Makefile"):
        shutil.copy(root / name, tmp_path)
    (tmp_path / ".venv" / ".installed-dev").touch()
    done = subprocess.run([make, "bench", "soak"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "There are no benchmarks yet" in done.stdout
    assert "There are no soak runs yet" in done.stdout
