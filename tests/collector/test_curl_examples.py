"""The READMEs' `curl` lines, run as they stand against a real server."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from collector_reports import make_report

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "http://127.0.0.1:8000"


def examples(readme: str) -> list[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / readme).read_text(encoding="utf-8"), re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curl ")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_curl_line_gives_what_it_says(server, readme):
    server.submit(make_report("WJ"))
    found = examples(readme)
    assert any(f"{ADDRESS}/runs" in line for line in found)
    for line in found:
        words = shlex.split(line, comments=True)
        assert any(word.startswith(ADDRESS) for word in words), line
        command = [word.replace(ADDRESS, server.url) for word in words]
        done = subprocess.run([*command, "-sS", "--fail"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stderr)
        if "/runs " in f"{line} ":
            assert json.loads(done.stdout)["runs"][0]["member"] == "WJ"
        if ".md" in line:
            assert done.stdout.startswith("|")
            assert "WJ" in done.stdout
