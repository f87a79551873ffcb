from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bitnet_collector

PACKAGE = Path(bitnet_collector.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}
LAYERS = [
    {"__main__"},
    {"cli"},
    {"verbs"},
    {"options", "archive"},
    {"serve", "server", "workers"},
    {"app"},
    {"routes", "faults"},
    {
        "runs",
        "storing",
        "group_commit",
        "members",
        "standings",
        "sweep_runs",
        "sweeps",
        "means",
        "curation",
        "deletions",
        "changes",
        "access",
        "summary",
        "summary_rows",
        "summary_notes",
        "medians",
        "member_history",
        "database",
        "render",
        "bodies",
        "answers",
        "texts",
        "negotiation",
        "problems",
        "middleware",
        "watching",
        "metrics",
        "store_figures",
        "stored_reports",
    },
    {
        "columns",
        "rounds",
        "cursors",
        "moments",
        "workloads",
        "summary_table",
        "settings",
        "errors",
        "entity_tags",
        "logs",
        "migrations",
    },
    {"tables"},
]


def imports(name: str) -> set[str]:
    """Every module that a module imports; those of the package as `.name`."""
    found: set[str] = set()
    folders = Path(MODULES[name]).relative_to(PACKAGE).parts[:-1]
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                found.add(node.module)
                continue
            inside = [*folders[: len(folders) - node.level + 1], *([node.module] if node.module else [])]
            found |= {f".{'.'.join(inside)}"} if inside else {f".{alias.name}" for alias in node.names}
    return found


def layer(module: str) -> int | None:
    top = module.lstrip(".").partition(".")[0]
    return next((index for index, names in enumerate(LAYERS) if top in names), None)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_flow_one_way(name):
    for other in imports(name):
        root = other.partition(".")[0]
        assert root not in {"torch", "transformers", "psutil", "bitnet_agent"}, other
        if root == "bitnet_report":
            assert other == "bitnet_report"
        if not other.startswith(".") or layer(name) is None:
            continue
        assert layer(other) is not None, f"{other} stands in no layer"
        assert layer(name) <= layer(other), f"{name} imports {other}"
        assert other not in {".cli", ".__main__"} or name == "__main__"


def test_queries_live_in_few_files():
    asking = {
        name
        for name in MODULES
        if "select" in MODULES[name].read_text().split() or "select(" in MODULES[name].read_text()
    }
    assert asking == {
        *("runs", "storing", "standings", "store_figures", "stored_reports", "sweep_runs"),
        *("curation", "deletions", "access.keyring"),
    }


def test_every_module_stands_in_a_layer():
    assert {name for name in MODULES if name not in ("", "__init__") and layer(name) is None} == set()


def test_importing_builds_nothing():
    code = (
        "import bitnet_collector.app, bitnet_collector.serve, gc, sqlalchemy, fastapi\n"
        "print(sum(isinstance(o, (sqlalchemy.Engine, fastapi.FastAPI)) for o in gc.get_objects()))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "0\n"
