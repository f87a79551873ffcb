"""Ctrl-C ends a run cleanly, wherever it is; a report is on disk whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from bitnet_agent.delivery.report_file import write_atomically
from bitnet_agent.errors import EnvironmentFaultError

pytestmark = pytest.mark.agent

unix = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal and SIGINT")


@unix
@pytest.mark.parametrize("phase", ["Getting the checkpoint", "Warming up", "Measuring"])
def test_ctrl_c(profiled, tmp_path, phase):
    """Pressed while that phase's bar is on the terminal (the compiled code is cached by then)."""
    import pty

    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "bitnet_agent", "--model", "stand-in:tiny", "--prompt-tokens", "8",
            "--no-limits",
            "--decode-tokens", "2", "--repetitions", "100000", "--threads", "1", "--lang", "en",
        ],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=end, start_new_session=True,
    )  # fmt: skip
    os.close(end)
    said = b""
    deadline = time.monotonic() + 360  # far, and under the limit of a test
    while phase.encode() not in said:
        assert time.monotonic() < deadline, said
        said += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        said += more
    stdout, _ = process.communicate(timeout=60)
    os.close(terminal)

    assert process.returncode == 130
    assert b"Stopped" in said
    assert b"Traceback" not in said
    assert stdout == b""
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_an_interrupt_in_another_language(here, monkeypatch):
    from bitnet_agent.verbs import profile

    def pressed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(profile, "plan_from", pressed)
    ended = here("--lang", "zh")
    assert ended.code == 130
    assert "已中止" in ended.err


class TestWritingTheReport:
    def test_replaces_what_was_there(self, tmp_path):
        file = tmp_path / "new" / "report.json"
        write_atomically(file, b"one")
        write_atomically(file, b"two")
        assert file.read_bytes() == b"two"
        assert [*file.parent.iterdir()] == [file]

    @pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
    def test_leaves_the_old_one_whole_if_it_fails(self, tmp_path, monkeypatch, fault):
        file = tmp_path / "report.json"
        write_atomically(file, b"the old report")

        def fails(_):
            raise fault

        monkeypatch.setattr(os, "fsync", fails)
        expected = EnvironmentFaultError if isinstance(fault, OSError) else KeyboardInterrupt
        with pytest.raises(expected):
            write_atomically(file, b"the new report")
        assert file.read_bytes() == b"the old report"
        assert [*tmp_path.iterdir()] == [file]

    @unix
    def test_a_killed_writer_leaves_the_old_one_whole(self, tmp_path):
        """The process dies, with no chance to tidy up, when all is written and nothing is renamed yet."""
        file = tmp_path / "report.json"
        file.write_bytes(b"the old report")
        program = (
            "import os, signal, sys; from pathlib import Path\n"
            "from bitnet_agent.delivery.report_file import write_atomically\n"
            "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
            "write_atomically(Path(sys.argv[1]), b'the new report')\n"
        )
        ended = subprocess.run([sys.executable, "-c", program, str(file)], check=False, timeout=60)
        assert ended.returncode == -signal.SIGKILL
        assert file.read_bytes() == b"the old report"

    @unix
    def test_standard_output_that_is_full_is_one_sentence(self, profiled, tmp_path, clear):
        if not os.path.exists("/dev/full"):  # noqa: PTH110
            pytest.skip("this system has no /dev/full")
        arguments = [word for word in profiled.arguments if word != "--quiet"]
        with open("/dev/full", "wb") as full:  # noqa: PTH123
            ended = subprocess.run(
                [sys.executable, "-m", "bitnet_agent", *arguments, "--repetitions", "1"],
                cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, timeout=400, check=False,
            )  # fmt: skip
        assert ended.returncode == 4
        assert "standard output cannot be written" in clear(ended.stderr.decode())
        assert (tmp_path / "docs" / "inference_profile_report.json").is_file()


@pytest.mark.parametrize("module", ["bitnet_report", "bitnet_agent.options"])
def test_ctrl_c_while_the_program_is_still_being_read(module):
    """Pressed in the first half second, it leaves one sentence too."""
    program = f"""
import sys
class Pressed:
    def find_spec(self, name, *_):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
from bitnet_agent.__main__ import main
sys.exit(main(["--version"]))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert "Stopped" in ended.stderr
    assert "Traceback" not in ended.stderr


@unix
@pytest.mark.parametrize("module", ["torch._C", "numpy", "transformers.models.bitnet"])
def test_ctrl_c_while_libraries_are_imported(tiny, tmp_path, module):
    """Torch imports NumPy from C++, and would take the press for a NumPy that cannot be used, and go on."""
    program = f"""
import signal, sys
class Pressed:
    def find_spec(self, name, *_):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Pressed())
from bitnet_agent.__main__ import main
sys.exit(main(["--model", "stand-in:tiny", "--quick", "--lang", "en"]))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (ended.returncode, ended.stdout) == (130, ""), ended.stderr
    assert "Stopped" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


LOST = """
import gc, signal, sys, time, weakref
from bitnet_agent.__main__ import main
from bitnet_agent.verbs import profile

class Thing:
    pass

class Mourned:
    def __del__(self):
        press()

def press(*_):
    signal.raise_signal(signal.SIGINT)

def fail(*_):
    raise ValueError("not an interrupt")

def weak_references(at_the_end):
    things = [Thing(), Thing(), Thing()]
    return [weakref.ref(thing, at_the_end) for thing in things]  # each is called when this returns

def collection():
    def press_once(*_):
        gc.callbacks.remove(press_once)
        press()
    gc.callbacks.append(press_once)
    gc.collect()

def plan(*_):
    {lost}
    for _ in range(20):
        time.sleep(3)
    sys.exit("it went on")

profile.plan_from = plan
sys.exit(main(["--lang", "en"]))
"""


@unix
@pytest.mark.parametrize("lost", ["kept = weak_references(press)", "Mourned()", "collection()"])
def test_ctrl_c_where_nothing_can_be_raised_is_not_lost(lost):
    """Python would print "Exception ignored" and go on; importing torch passes through many such places."""
    program = LOST.format(lost=lost)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert "Stopped" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr


@unix
def test_what_was_lost_at_the_very_end_does_not_kill_python_on_its_way_out():
    """There SIGINT would end it without its exit code, after all was said and written."""
    program = """
import signal, time
from bitnet_agent.interrupts import kept_interrupts
class Mourned:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
try:
    with kept_interrupts():
        Mourned()
        Mourned()
except KeyboardInterrupt:  # a machine that stood still in between
    pass
time.sleep(1)
print("not pressed")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "not pressed\n", "")


@unix
def test_ctrl_c_in_a_text_that_is_run_leaves_the_exit_code():
    """As where a dataclass is made: Python would end by SIGINT, whatever exit code the program gives."""
    program = LOST.format(lost="exec('press()')")
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert len(ended.stderr.splitlines()) == 1, ended.stderr


@unix
def test_another_fault_where_nothing_can_be_raised_is_still_shown():
    program = LOST.format(lost="kept = weak_references(fail); press()")
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 130
    assert ended.stderr.count("ValueError: not an interrupt") == 3
    assert "Stopped" in ended.stderr
