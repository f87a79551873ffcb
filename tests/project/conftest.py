"""What the project's own tests share: its root, and the readers of `.ci/`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def dockerfile() -> ModuleType:
    """`.ci/dockerfile.py`, which is no package."""
    spec = importlib.util.spec_from_file_location("ci_dockerfile", ROOT / ".ci" / "dockerfile.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["ci_dockerfile"] = module
    spec.loader.exec_module(module)
    return module


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `command` the two programs, each by the way that works without its script on the PATH."""
    if "command" in metafunc.fixturenames:
        commands = {"bitnet-agent": "bitnet_agent", "bitnet-collector": "bitnet_collector"}
        parameters = [[sys.executable, "-m", module] for module in commands.values()]
        metafunc.parametrize("command", parameters, ids=list(commands))
