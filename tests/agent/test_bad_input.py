"""Whatever is wrong is one clear sentence with a remedy and the exit code of its kind, never a traceback."""

from __future__ import annotations

import json
import struct
import subprocess
import sys

import pytest

pytestmark = pytest.mark.agent

USAGE, MODEL, ENVIRONMENT = 2, 3, 4


class TestModelsThatAreNone:
    @pytest.mark.parametrize(
        "model",
        [
            "./nowhere",
            "/nowhere/at/all",
            "a/b/c",
            "~/no-such-directory-here",
            "~nobody-of-that-name/model",
            "..\\x",
        ],
    )
    def test_a_directory_that_is_missing(self, refused, model):
        assert "no directory" in refused(MODEL, "--model", model)

    @pytest.mark.parametrize("size", ["", "huge", "TINY", "tiny "])
    def test_a_stand_in_of_no_known_size(self, refused, size):
        said = refused(USAGE, "--model", f"stand-in:{size}")
        assert "stand-in:tiny, stand-in:2b4t" in said

    @pytest.mark.parametrize("model", ["", " ", "not a hub id", "a" * 300, "-x/y", "x..y/z", "王/模型"])
    def test_a_name_that_no_model_can_have(self, refused, model):
        assert "no hub id" in refused(USAGE, f"--model={model}")

    @pytest.mark.parametrize("model", ["stand-in:tiny", "."])
    def test_a_revision_of_what_has_none(self, refused, model):
        assert "--revision" in refused(USAGE, "--model", model, "--revision", "main")


class TestDamagedCheckpoints:
    def test_a_directory_that_is_no_checkpoint(self, refused, tmp_path):
        (tmp_path / "photos").mkdir()
        said = refused(MODEL, "--model", "./photos")
        assert "photos is no checkpoint" in said
        assert "config.json" in said

    def test_this_directory_is_named(self, refused, tmp_path):
        assert f"{tmp_path.name} is no checkpoint" in refused(MODEL, "--model", ".")

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}", b"[" * 99])
    def test_a_configuration_that_cannot_be_read(self, refused, tiny_copy, content):
        (tiny_copy / "config.json").write_bytes(content)
        assert "config.json cannot be read" in refused(MODEL, "--model", str(tiny_copy))

    @pytest.mark.parametrize("content", [{"model_type": "llama"}, {}, [], "bitnet", {"model_type": None}])
    def test_another_architecture(self, refused, tiny_copy, content):
        (tiny_copy / "config.json").write_text(json.dumps(content))
        said = refused(MODEL, "--model", str(tiny_copy))
        assert "not 'bitnet'" in said
        assert "microsoft/bitnet-b1.58-2B-4T-bf16" in said

    @pytest.mark.parametrize("left", [0, 4, 8, 500, 100_000, -1])
    def test_weights_that_are_cut_short(self, refused, tiny_copy, left):
        weights = tiny_copy / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:left])
        said = refused(MODEL, "--model", str(tiny_copy))
        assert "model.safetensors is cut short" in said
        assert "fetch the checkpoint again" in said

    @pytest.mark.parametrize(
        "header",
        [
            b"not JSON at all",
            b"[]",
            b"null",
            b'{"a": 1}',
            b'{"a": {}}',
            b'{"a": {"dtype": "BF16", "shape": 5, "data_offsets": [0, 1]}}',
            b'{"a": {"dtype": "BF16", "shape": [1], "data_offsets": [0]}}',
            b'{"a": {"dtype": "BF16", "shape": ["x"], "data_offsets": [0, 2]}}',
            b"\xff\xff",
        ],
    )
    def test_a_damaged_header(self, refused, tiny_copy, header):
        (tiny_copy / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(100))
        assert "model.safetensors has a damaged header" in refused(MODEL, "--model", str(tiny_copy))

    def test_a_header_of_absurd_length(self, refused, tiny_copy):
        (tiny_copy / "model.safetensors").write_bytes(b"\xff" * 1000)
        assert "no safetensors file" in refused(MODEL, "--model", str(tiny_copy))

    def test_no_weights_at_all(self, refused, tiny_copy):
        (tiny_copy / "model.safetensors").unlink()
        assert "holds no model.safetensors" in refused(MODEL, "--model", str(tiny_copy))

    def test_a_shard_that_is_missing(self, refused, tiny_copy):
        (tiny_copy / "model.safetensors").rename(tiny_copy / "model-00001-of-00002.safetensors")
        shards = {f"model-0000{n}-of-00002.safetensors" for n in (1, 2)}
        index = {"weight_map": dict(zip("ab", sorted(shards), strict=True))}
        (tiny_copy / "model.safetensors.index.json").write_text(json.dumps(index))
        said = refused(MODEL, "--model", str(tiny_copy))
        assert "lacks model-00002-of-00002.safetensors" in said
        assert "00001-of" not in said

    @pytest.mark.parametrize(
        "index",
        ["", "[]", "{}", '{"weight_map": []}', '{"weight_map": {"a": 5}}', '{"weight_map": {"a": {}}}'],
    )
    def test_a_damaged_index(self, refused, tiny_copy, index):
        (tiny_copy / "model.safetensors.index.json").write_text(index)
        assert "model.safetensors.index.json cannot be read" in refused(MODEL, "--model", str(tiny_copy))

    def test_weights_that_may_not_be_read(self, refused, tiny_copy, monkeypatch):
        from pathlib import Path

        opened = Path.open

        def forbidden(self, *arguments, **options):
            if self.name == "model.safetensors":
                raise PermissionError(13, "Permission denied")
            return opened(self, *arguments, **options)

        monkeypatch.setattr(Path, "open", forbidden)
        assert "model.safetensors cannot be read: Permission denied" in refused(
            MODEL, "--model", str(tiny_copy)
        )

    def test_a_tokenizer_that_is_missing(self, refused, tiny_copy):
        for name in ("tokenizer.json", "tokenizer_config.json"):
            (tiny_copy / name).unlink()
        said = refused(MODEL, "--model", str(tiny_copy))
        assert "tokenizer" in said
        assert "tokenizer.json" in said


class TestMachinesThatCannot:
    def test_too_little_memory_is_seen_before_loading(self, refused, monkeypatch):
        from bitnet_agent.checkpoint import model, preflight

        monkeypatch.setattr(preflight, "available_memory_mb", lambda: 900.0)
        monkeypatch.setattr(model, "load_model", lambda *_: pytest.fail("it was loaded"))
        said = refused(ENVIRONMENT, "--model", "stand-in:tiny")
        assert "900 MB are available" in said
        assert "close other programs" in said

    def test_float32_needs_a_second_copy(self, checkpoint):
        from bitnet_agent.checkpoint.preflight import needed_memory_mb

        weights = checkpoint.nbytes / 2**20
        working_set = needed_memory_mb(checkpoint, "bfloat16") - weights
        assert working_set == 1024
        assert needed_memory_mb(checkpoint, "float32") == pytest.approx(3 * weights + working_set)

    @pytest.mark.parametrize("stated", ["no-such-compiler", "/nowhere/g++", "/bin/false"])
    def test_no_compiler(self, refused, monkeypatch, stated):
        monkeypatch.setenv("CXX", stated)
        said = refused(ENVIRONMENT, "--model", "stand-in:tiny")
        assert "compiler" in said
        assert "CXX" in said

    @pytest.mark.parametrize("verb", [[], ["--rigorous"], ["overhead"], ["sweep"]])
    def test_the_compiler_is_missed_before_anything_is_fetched(self, refused, monkeypatch, verb):
        """Not after a download of 4.8 GB."""
        from bitnet_agent import preparing

        monkeypatch.setattr(preparing, "find_checkpoint", lambda *_, **__: pytest.fail("it was fetched"))
        monkeypatch.setenv("CXX", "/bin/false")
        assert "compiler" in refused(ENVIRONMENT, *verb)

    def test_an_output_that_is_a_directory(self, refused, tmp_path):
        (tmp_path / "there").mkdir()
        said = refused(ENVIRONMENT, "--model", "stand-in:tiny", "--output", "there")
        assert "there is a directory" in said
        assert "--output" in said

    @pytest.mark.parametrize(
        "output", ["file/report.json", "file/deeper/report.json", "x" * 300, "/proc/report.json"]
    )
    def test_an_output_that_cannot_be_written(self, refused, tmp_path, output):
        (tmp_path / "file").write_text("in the way")
        said = refused(ENVIRONMENT, "--model", "stand-in:tiny", "--output", output)
        assert "cannot be written" in said
        assert "--output" in said

    def test_a_stand_in_where_there_is_something(self, refused, tmp_path):
        (tmp_path / "something").mkdir()
        (tmp_path / "something" / "else").write_text("")
        assert "not empty" in refused(USAGE, "stand-in", "--size", "tiny", "--out", "something")


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (MODEL, ["--model", "./nowhere"]),
        (USAGE, ["--model", "stand-in:huge"]),
        (USAGE, ["--model", "stand-in:tiny", "--revision", "main"]),
        (USAGE, ["--model", "x..y/z"]),
        (MODEL, ["--model", "."]),
        (USAGE, ["--model", "stand-in:tiny", "--prompt", " "]),
        (USAGE, ["--model", "stand-in:tiny", "--decode-tokens", "9999"]),
        (USAGE, ["overhead", "--model", "stand-in:huge"]),
        (USAGE, ["--rigorous", "--model", "stand-in:huge"]),
        (USAGE, ["sweep", "--model", "stand-in:huge"]),
    ],
)
def test_what_is_wrong_at_first_sight_is_told_before_torch_is_imported(tiny, tmp_path, code, arguments):
    """Importing torch takes seconds, which nobody should wait to hear of a typing error."""
    program = (
        "import sys; from bitnet_agent.cli import main; "
        f"code = main({arguments!r}); print(code, 'torch' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ended.stdout.split() == [str(code), "False"], ended.stderr


class TestPrompts:
    def test_longer_than_the_model_with_the_decode_tokens(self, refused):
        said = refused(USAGE, "--model", "stand-in:tiny", "--prompt-tokens", "4090", "--decode-tokens", "7")
        assert "make 4097" in said
        assert "4096 positions" in said

    def test_just_as_long_as_the_model_is_taken(self, checkpoint):
        from bitnet_agent.checkpoint.preflight import check_context
        from bitnet_agent.errors import UsageError

        check_context(checkpoint, 4090, 6)
        with pytest.raises(UsageError):
            check_context(checkpoint, 4091, 6)

    @pytest.mark.parametrize("option", ["--prompt=", "--prompt= ", "--prompt=\n"])
    def test_empty(self, refused, option):
        assert "the prompt is empty" in refused(USAGE, "--model", "stand-in:tiny", option)

    def test_an_empty_file(self, refused, tmp_path):
        (tmp_path / "empty.txt").write_bytes(b"")
        assert "the prompt is empty" in refused(
            USAGE, "--model", "stand-in:tiny", "--prompt-file", "empty.txt"
        )

    def test_shorter_than_asked_for(self, refused):
        said = refused(USAGE, "--model", "stand-in:tiny", "--prompt", "short", "--prompt-tokens", "99")
        assert "--prompt-tokens asks for 99" in said

    def test_a_file_that_is_missing(self, refused):
        said = refused(USAGE, "--prompt-file", "nowhere.txt")
        assert "nowhere.txt cannot be read: No such file" in said

    def test_a_file_that_is_a_directory(self, refused):
        assert "cannot be read" in refused(USAGE, "--prompt-file", ".")

    @pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "latin-1"])
    def test_a_file_that_is_not_utf_8(self, refused, tmp_path, encoding):
        (tmp_path / "prompt.txt").write_bytes("é 中文 é".encode(encoding, "ignore"))
        said = refused(USAGE, "--prompt-file", "prompt.txt")
        assert "prompt.txt is not UTF-8" in said
        assert "save it as UTF-8" in said

    def test_a_mark_that_a_windows_editor_put_first_is_no_part_of_it(self, tmp_path):
        from bitnet_agent.options import parse
        from bitnet_agent.verbs.profile import plan_from

        (tmp_path / "prompt.txt").write_bytes(b"\xef\xbb\xbfHello")
        assert plan_from(parse(["--prompt-file", str(tmp_path / "prompt.txt")])).prompt.text == "Hello"

    def test_an_argument_that_is_not_utf_8(self, refused):
        assert "not UTF-8" in refused(USAGE, "--model", "stand-in:tiny", "--prompt", "\udcff abc")


class TestCollectorAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "", "127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://:8000", "http://[::1", "https:///runs",
            "http://127.0.0.1:99999", "http://127.0.0.1:0", "http://127.0.0.1:port", "http://a\x00b", "file:///etc",
            "http://" + "a" * 300, "http://a..b/", "//127.0.0.1:8000",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("verb", ["profile", "push"])
    def test_that_are_none(self, refused, tmp_path, url, verb):
        (tmp_path / "report.json").write_text("{}")
        options = ["push", "report.json"] if verb == "push" else ["--model", "stand-in:tiny"]
        said = refused(USAGE, *options, f"--collector={url}", "--member", "WJ")
        assert "no collector's address" in said
        assert "http://127.0.0.1:8000" in said

    def test_without_a_member(self, refused):
        said = refused(USAGE, "--model", "stand-in:tiny", "--collector", "http://127.0.0.1:8000")
        assert "needs a member" in said
        assert "--member" in said


def test_the_real_program_says_it_the_same_way(agent, clear):
    ended = agent("--model", "./nowhere", "--lang", "en")
    assert ended.returncode == MODEL
    assert ended.stdout == b""
    assert "no directory" in clear(ended.stderr.decode())
