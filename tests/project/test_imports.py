"""Who may import what: the rules of ARCHITECTURE.md, read off the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "bitnet_agent": ROOT / "agent" / "bitnet_agent",
    "bitnet_collector": ROOT / "collector" / "bitnet_collector",
    "bitnet_report": ROOT / "shared" / "bitnet_report",
}
# What a package may import beside the standard library, itself and the report: its extra's packages by the
# names they are imported under, and those that one of them brings and documents as its own foundation.
ALLOWED = {
    "bitnet_report": {"pydantic"},
    "bitnet_agent": {
        "pydantic", "torch", "transformers", "accelerate", "safetensors", "huggingface_hub", "tokenizers",
        "httpx", "filelock", "psutil", "cpuinfo", "resvg_py", "rich",
    },
    "bitnet_collector": {
        "pydantic", "fastapi", "starlette", "anyio", "uvicorn", "sqlmodel", "sqlalchemy", "alembic", "jinja2",
        "fastapi_offline", "psycopg", "prometheus_client",
    },
}  # fmt: skip
MEANINGLESS = re.compile(r"(.*_)?(utils?|helpers?|misc)|common|core|manager")


def sources() -> list[tuple[str, Path]]:
    return [(name, path) for name, folder in PACKAGES.items() for path in sorted(folder.rglob("*.py"))]


def imported_modules(package: str, path: Path) -> Iterator[tuple[int, str]]:
    """Every module that the file imports, at any depth, by its full name."""
    inside = path.relative_to(PACKAGES[package]).with_suffix("").parts
    here = [package, *inside][:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_its_extra_brings(package):
    allowed = ALLOWED[package] | {package, "bitnet_report"} | set(sys.stdlib_module_names)
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for owner, path in sources()
        if owner == package
        for line, module in imported_modules(package, path)
        if module.partition(".")[0] not in allowed
    ]
    assert not found


def test_nothing_but_the_entry_point_imports_a_command_line():
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for package, path in sources()
        if path.name != "__main__.py"
        for line, module in imported_modules(package, path)
        if re.fullmatch(r"bitnet_\w+\.(cli|__main__)(\..*)?", module)
    ]
    assert not found


def test_no_module_is_named_for_nothing():
    names = [
        path.relative_to(ROOT).as_posix()
        for _, path in sources()
        if MEANINGLESS.fullmatch(path.stem) or MEANINGLESS.fullmatch(path.parent.name)
    ]
    assert not names


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("bitnet_agent.cli", ["torch", "transformers", "accelerate", "safetensors", "tokenizers", "numpy"]),
        (
            "bitnet_collector.cli",
            ["fastapi", "starlette", "uvicorn", "sqlmodel", "sqlalchemy", "jinja2", "prometheus_client"],
        ),
    ],
)
def test_a_command_line_is_imported_without_the_heavy_packages(module, heavy):
    program = f"import sys, {module}; print(*sorted(set(sys.modules) & set({heavy!r})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_reader_of_imports_sees_every_form(tmp_path, monkeypatch):
    monkeypatch.setitem(PACKAGES, "bitnet_agent", tmp_path)
    (tmp_path / "verbs").mkdir()
    path = tmp_path / "verbs" / "run.py"
    forms = ["import torch.nn", "from . import push", "from ..cli import main"]
    path.write_text("\n".join([*forms, "def late():", "    from fastapi import FastAPI"]))
    assert [module for _, module in imported_modules("bitnet_agent", path)] == [
        "torch.nn",
        "bitnet_agent.verbs",
        "bitnet_agent.verbs.push",
        "bitnet_agent.cli",
        "bitnet_agent.cli.main",
        "fastapi",
        "fastapi.FastAPI",
    ]
