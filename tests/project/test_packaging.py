"""What is installed: the wheel's contents, and pins for everything that was tested."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import zipfile
from email import message_from_bytes

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bitnet_report import __version__

PACKAGE_FOLDERS = ("agent/bitnet_agent", "collector/bitnet_collector", "shared/bitnet_report")


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    pytest.importorskip("hatchling", reason="hatchling, of the [dev] extra, builds the wheel")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_holds_the_three_packages_whole_and_nothing_else(root, wheel):
    expected = {
        path.relative_to((root / folder).parent).as_posix()
        for folder in PACKAGE_FOLDERS
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == expected


@pytest.mark.parametrize(
    "data",
    [
        r"bitnet_agent/(.+/)?cpu_probe\.c",
        r"bitnet_agent/(.+/)?read_bandwidth\.c",
        r"bitnet_agent/texts/.+",
        r"bitnet_collector/templates/.+\.html.*",
        r"bitnet_collector/templates/run/.+\.html",
        r"bitnet_collector/static/.+\.css",
        r"bitnet_collector/static/vendor/.+\.js",
        r"bitnet_collector/static/vendor/.+/LICENSE",
        r"bitnet_collector/migrations/env\.py",
        r"bitnet_collector/migrations/versions/0001_.+\.py",
    ],
)
def test_the_wheel_holds_what_the_programs_read_when_they_run(wheel, data):
    assert [name for name in wheel.namelist() if re.fullmatch(data, name)]


def test_the_wheel_says_the_version_and_the_two_commands(wheel):
    names = {name.partition(".dist-info/")[2]: name for name in wheel.namelist()}
    assert message_from_bytes(wheel.read(names["METADATA"]))["Version"] == __version__
    commands = re.findall(r"^([\w-]+) = ", wheel.read(names["entry_points.txt"]).decode(), re.MULTILINE)
    assert sorted(commands) == ["bitnet-agent", "bitnet-collector"]


def pins(root) -> list[Requirement]:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_every_pin_is_one_exact_version(root):
    for pin in pins(root):
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin


def test_torch_is_pinned_for_every_platforms_build(root):
    assert [str(pin) for pin in pins(root) if pin.name == "torch"] == ["torch==2.13.0"]


@pytest.fixture(scope="module")
def extras(root) -> dict[str, list[Requirement]]:
    """What `pyproject.toml` asks for, by extra; "" is what every install brings."""
    tomllib = pytest.importorskip("tomllib", reason="Python 3.11 and newer read TOML")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {"": project["dependencies"], **project["optional-dependencies"]}
    return {name: [*map(Requirement, lines)] for name, lines in declared.items()}


def test_each_extra_brings_what_its_side_needs_and_all_brings_every_side(extras):
    names = {extra: {needed.name for needed in found} for extra, found in extras.items()}
    assert {"torch", "transformers", "httpx", "psutil", "py-cpuinfo"} <= names["agent"]
    assert {"fastapi", "uvicorn", "sqlmodel", "alembic"} <= names["collector"]
    assert names["postgres"] == {"psycopg"}
    assert not names["agent"] & names["collector"]
    (everything,) = extras["all"]
    assert (everything.name, everything.extras) == ("bitnet-profiler", {"agent", "collector", "postgres"})
    assert {"all", "test"} <= next(each for each in extras["dev"] if each.name == "bitnet-profiler").extras


def test_everything_installed_here_for_the_project_is_pinned(root, extras):
    reached = installed_closure(extras)
    assert len(reached) > 20
    unpinned = {
        name for name in reached - pinned(root) if not name.startswith(("nvidia-", "cuda-", "triton"))
    }
    assert not unpinned


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere some of the pins are not needed")
def test_nothing_is_pinned_that_the_project_does_not_need(root, extras):
    reached = installed_closure(extras)
    wanted = {canonicalize_name(needed.name) for found in extras.values() for needed in found}
    if wanted - reached - {"bitnet-profiler"}:
        pytest.skip("not everything of the [dev] extra is installed here")
    assert not pinned(root) - reached


def pinned(root) -> set[str]:
    return {canonicalize_name(pin.name) for pin in pins(root) if not pin.marker or pin.marker.evaluate()}


def installed_closure(extras: dict[str, list[Requirement]]) -> set[str]:
    """All that the project needs, and what that needs in turn, as far as it is installed here."""
    reached: set[tuple[str, str]] = set()
    waiting = [
        (canonicalize_name(needed.name), wanted)
        for found in extras.values()
        for needed in found
        if needed.name != "bitnet-profiler"
        for wanted in ("", *needed.extras)
    ]
    while waiting:
        distribution, extra = waiting.pop()
        if (distribution, extra) in reached:
            continue
        try:
            requirements = importlib.metadata.requires(distribution) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        reached.add((distribution, extra))
        for requirement in map(Requirement, requirements):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                needed = canonicalize_name(requirement.name)
                waiting += [(needed, wanted) for wanted in ("", *requirement.extras)]
    return {distribution for distribution, _ in reached}
