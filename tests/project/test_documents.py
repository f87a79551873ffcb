"""What the documents tell people to type must exist: commands, options, make targets and their variables."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh.md")
DOCUMENTS = sorted(
    {
        *READMES,
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    }
)
SHELL_BLOCK = re.compile(
    r"^ *```(?:sh|bash|shell|console|text|powershell)?[ \t]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL
)
MODULES = {"bitnet-agent": "bitnet_agent", "bitnet-collector": "bitnet_collector"}


def read(document: str) -> str:
    path = ROOT / document
    return path.read_text(encoding="utf-8") if path.exists() else ""


def commands(text: str) -> list[list[str]]:
    """Each command of the fenced blocks as words: prompts, comments and settings before it left out."""
    found = []
    for block in SHELL_BLOCK.findall(text):
        for line in re.sub(r"\\\n\s*", " ", block).splitlines():
            bare = re.sub(r"^\s*(?:[$>] |PS> )", "", line)
            for part in re.split(r"&&|\|\||[|;]", re.sub(r"(^|\s)#.*", "", bare)):
                words = split(part)
                while words and re.fullmatch(r"\w+=.*|env|exec|time|sudo", words[0]):
                    words = words[1:]
                if words:
                    found.append([re.split(r"[/\\]", words[0])[-1], *words[1:]])
    return found


def split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a lone quote: prose, or a program's output
        return line.split()


def calls(text: str, program: str) -> list[list[str]]:
    """The arguments of each call of `program` that the text's blocks hold; its own output is no call."""
    found = []
    for words in commands(text):
        if words[0] == program:
            found.append(words[1:])
        elif words[1:2] == ["-m"] and words[2:3] == [MODULES.get(program)]:
            found.append(words[3:])
    return [arguments for arguments in found if not any(word.endswith(":") for word in arguments[:1])]


@cache
def options(program: str, verb: str | None) -> frozenset[str]:
    """The options that `program VERB --help` names."""
    command = [sys.executable, "-m", MODULES[program], *([verb] if verb else []), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{program} has no command {verb!r}: {done.stderr}"
    return frozenset(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", done.stdout))


def unknown_options(program: str, arguments: list[str]) -> list[str]:
    verb = arguments[0] if arguments and re.fullmatch(r"[a-z][a-z-]*", arguments[0]) else None
    asked = [word.partition("=")[0] for word in arguments if re.fullmatch(r"--?[A-Za-z].*", word)]
    return [option for option in asked if option not in options(program, verb)]


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("program", ["bitnet-agent", "bitnet-collector", "make"])
def test_a_readme_shows_how_to_call_each_program(readme, program):
    assert calls(read(readme), program), f"{readme} has no fenced block that calls {program}"


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("program", MODULES)
def test_every_option_quoted_exists(document, program):
    wrong = {
        shlex.join([program, *arguments]): unknown
        for arguments in calls(read(document), program)
        if (unknown := unknown_options(program, arguments))
    }
    assert not wrong


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_and_variable_quoted_exists(document):
    makefile = read("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z_]+) \?=|\$\(([A-Z_]+)\)", makefile, re.MULTILINE))
    known = targets | {f"{name}=" for pair in variables for name in pair if name}
    words = [
        word for arguments in calls(read(document), "make") for word in arguments if not word.startswith("-")
    ]
    assert not [word for word in words if re.sub("=.*", "=", word) not in known]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_into_the_project_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(document))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert not [link for link in inside if not ((ROOT / document).parent / link).exists()]


def test_the_reader_finds_what_does_not_exist():
    call = "$ HF_HUB_OFFLINE=1 .venv/bin/bitnet-agent --member WJ \\\n    --modle x  # no"
    text = f"```sh\n{call}\nmake demo\n```\n"
    assert calls(text, "make") == [["demo"]]
    (arguments,) = calls(text, "bitnet-agent")
    assert unknown_options("bitnet-agent", arguments) == ["--modle"]


def test_every_caveat_stands_in_the_method_with_what_it_weighs():
    """The thresholds and their sources are in the document, not in the code alone."""
    from bitnet_report.grading import SEVERITIES

    section = read("docs/method.md").partition("## The watch and the grade")[2].partition("\n## ")[0]
    told = {}
    for line in re.findall(r"^\| `.*", section, re.MULTILINE):
        codes, weights = line.split(" | ")[:2]
        names = re.findall(r"`([\w-]+)`", codes)
        told |= dict(zip(names, weights.split(", ") * len(names), strict=False))
    assert {code: told.get(code) for code in SEVERITIES} == SEVERITIES
