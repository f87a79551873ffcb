"""The two programs before they do any work: quick help, one version, and a word for a missing extra."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bitnet_report import __version__

REFERENCE = (
    "import argparse, asyncio, email.message, http.client, json, subprocess, unittest, xml.dom.minidom"
)
"""What any program of some size imports: 0.07 s of processor time where `bitnet-agent --help` takes 0.2."""
HELP_PER_REFERENCE = 6


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="a child's CPU time is read with wait4, which POSIX has")
def test_help_answers_at_once(command):
    def cpu_seconds(*command: str) -> float:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return usage.ru_utime + usage.ru_stime

    # In turns, so that a slow machine is slow for both; the least of several, since the first may compile.
    seconds = [
        (cpu_seconds(*command, "--help"), cpu_seconds(sys.executable, "-c", REFERENCE)) for _ in range(5)
    ]
    assert min(ours for ours, _ in seconds) <= HELP_PER_REFERENCE * min(theirs for _, theirs in seconds)


def test_version_is_the_reports(command):
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == __version__


@pytest.mark.parametrize(
    ("module", "arguments", "extra", "missing"),
    [
        ("bitnet_agent", ["--model", "stand-in:tiny"], "agent", "torch"),
        ("bitnet_collector", ["serve", "--port", "0"], "collector", "fastapi"),
    ],
)
def test_without_its_extra_a_program_names_it(tmp_path, module, arguments, extra, missing):
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        f"from {module}.__main__ import main; sys.exit(main({arguments!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert f"pip install 'bitnet-profiler[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
