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
        r"bitnet_agent/texts/.+",
        r"bitnet_collector/templates/.+\.html.*",
        r"bitnet_collector/static/.+\.css",
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


def test_everything_installed_here_for_the_project_is_pinned(root):
    pinned = {canonicalize_name(pin.name) for pin in pins(root) if not pin.marker or pin.marker.evaluate()}
    extras = {"agent", "collector", "all", "test", "dev"}
    reached = installed_closure("bitnet-profiler", extras)
    assert len(reached) > 20
    unpinned = {name for name in reached - pinned if not name.startswith(("nvidia-", "cuda-", "triton"))}
    assert not unpinned - {"bitnet-profiler"}


def installed_closure(name: str, extras: set[str]) -> set[str]:
    """The distribution and all that it needs, as far as it is installed here."""
    reached: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(name), extra) for extra in ("", *extras)]
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
