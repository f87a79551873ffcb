"""Every option that the issue asks for, with its default; nonsense is told with the way to right it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bitnet_agent.options import parse
from bitnet_report import __version__

pytestmark = pytest.mark.agent

DEFAULTS = {
    "collector": None,
    "member": None,
    "model": "microsoft/bitnet-b1.58-2B-4T-bf16",
    "revision": None,
    "prompt": None,
    "prompt_file": None,
    "prompt_tokens": None,
    "decode_tokens": 32,
    "repetitions": 3,
    "threads": None,
    "dtype": "bfloat16",
    "reference_mhz": 3000.0,
    "clock_mhz": None,
    "output": Path("docs/inference_profile_report.json"),
    "note": None,
    "json": False,
    "quiet": False,
    "lang": None,
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_an_option_and_its_default(name):
    assert getattr(parse([]), name) == DEFAULTS[name]


def test_the_default_work_is_the_briefs():
    from bitnet_agent.verbs.profile import plan_from

    plan = plan_from(parse([]))
    assert (plan.prompt.text, plan.prompt.tokens) == (None, 128)
    assert (plan.decode_tokens, plan.repetitions, plan.dtype) == (32, 3, "bfloat16")


@pytest.mark.parametrize(
    ("arguments", "tokens"),
    [
        (["--prompt", "x"], None),
        (["--prompt", "x", "--prompt-tokens", "7"], 7),
        (["--prompt-tokens", "9"], 9),
    ],
)
def test_a_given_text_is_whole_unless_cut(arguments, tokens):
    from bitnet_agent.verbs.profile import plan_from

    assert plan_from(parse(arguments)).prompt.tokens == tokens


def test_every_option_reaches_the_plan():
    from bitnet_agent.verbs.profile import plan_from

    work = "--model m --revision r --prompt p --prompt-tokens 5 --decode-tokens 6 --repetitions 7 --threads 8"
    rest = "--dtype float32 --reference-mhz 2500 --clock-mhz 4100.5 --member WJ --note n"
    plan = plan_from(parse(f"{work} {rest}".split()))
    assert (plan.model, plan.revision, plan.prompt.text, plan.prompt.tokens) == ("m", "r", "p", 5)
    assert (plan.decode_tokens, plan.repetitions, plan.threads, plan.dtype) == (6, 7, 8, "float32")
    assert (plan.reference_mhz, plan.clock_mhz, plan.member, plan.note) == (2500.0, 4100.5, "WJ", "n")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], [f"--{name.replace('_', '-')}" for name in DEFAULTS]),
        (["push"], ["FILE", "--collector", "--member", "--decode-tokens", "--lang", "--quiet"]),
        (["stand-in"], ["--size", "--out", "tiny", "2b4t"]),
    ],
)
def test_help_names_every_option(here, arguments, names):
    ended = here(*arguments, "--help")
    assert ended.code == 0
    assert [name for name in names if name not in ended.out] == []
    assert ended.err == ""


def test_help_names_the_other_commands_and_the_exit_codes(here):
    said = here("--help").out
    for fragment in (
        "bitnet-agent push",
        "bitnet-agent stand-in",
        "2 usage",
        "3 model",
        "4 environment",
        "5 delivery",
    ):
        assert fragment in said


def test_help_can_be_shown_by_a_console_that_knows_only_ascii(agent):
    for arguments in ([], ["push"], ["stand-in"]):
        ended = agent(*arguments, "--help", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
        assert (ended.returncode, ended.stderr) == (0, b"")
        assert ended.stdout.startswith(b"usage: bitnet-agent")


def test_version(here):
    ended = here("--version")
    assert (ended.code, ended.out) == (0, f"bitnet-agent {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--colector", "x"], "unrecognized arguments: --colector"),
        (["frobnicate"], "unrecognized arguments: frobnicate"),
        (["--decode-tokens", "0"], "not a whole number from 1"),
        (["--decode-tokens", "-5"], "not a whole number from 1"),
        (["--decode-tokens", "3.5"], "not a whole number from 1"),
        (["--decode-tokens", "many"], "not a whole number from 1"),
        (["--repetitions", "10000000"], "not a whole number from 1"),
        (["--threads", "0"], "not a whole number from 1"),
        (["--prompt-tokens", ""], "not a whole number from 1"),
        (["--reference-mhz", "3.0"], "for example 3000"),
        (["--clock-mhz", "nan"], "no clock in MHz"),
        (["--clock-mhz", "inf"], "no clock in MHz"),
        (["--clock-mhz", "4GHz"], "no clock in MHz"),
        (["--dtype", "int8"], "bfloat16"),
        (["--lang", "fr"], "en"),
        (["--prompt", "x", "--prompt-file", "y"], "not allowed with"),
        (["--member", ""], "1 to 64 letters"),
        (["--member", "W J"], "1 to 64 letters"),
        (["--member", "../WJ"], "1 to 64 letters"),
        (["--member", "王"], "1 to 64 letters"),
        (["--member", "x" * 65], "1 to 64 letters"),
        (["--member", "WJ\n"], "1 to 64 letters"),
        (["--note", "x" * 4001], "at most 4000"),
        (["--note", "bell\x07"], "control character"),
        (["--note", "\udcff"], "not UTF-8"),
        (["--output"], "expected one argument"),
        (["push"], "required"),
        (["push", "report.json"], "--collector"),
        (["push", "--collector", "http://127.0.0.1:8000"], "FILE"),
        (["stand-in", "--size", "huge", "--out", "x"], "tiny"),
        (["stand-in", "--size", "tiny"], "--out"),
    ],
)
def test_nonsense_is_a_usage_error_that_names_the_option(here, arguments, told):
    ended = here(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert re.search(r"^bitnet-agent( push| stand-in)?: error: ", ended.err, re.MULTILINE)
    assert told in ended.err


def test_a_missing_extra_names_what_to_install(refused, monkeypatch):
    from bitnet_agent import cli

    monkeypatch.setattr(cli, "_NEEDED", ("no_such_package", "torch"))
    said = refused(2, "--model", "stand-in:tiny")
    assert "lacks the packages no_such_package" in said
    assert "pip install 'bitnet-profiler[agent]'" in said


def test_the_stand_in_command_writes_a_checkpoint(here, tmp_path, tiny):
    ended = here("stand-in", "--size", "tiny", "--out", "mine", "--lang", "en")
    assert ended.code == 0
    assert "written to mine" in ended.err
    written = (tmp_path / "mine" / "model.safetensors").read_bytes()
    assert written == (tiny / "model.safetensors").read_bytes()


def test_chinese_under_a_locale_that_knows_only_ascii():
    """Python then hands on undecoded bytes."""
    options = parse(["--note", "共享".encode().decode("ascii", "surrogateescape")])
    assert options.note == "共享"
    options = parse(["--prompt", "你好".encode().decode("ascii", "surrogateescape")])
    assert options.prompt == "你好"
