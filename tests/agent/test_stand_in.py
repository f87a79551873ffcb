"""The stand-in checkpoints: the published one's files and shapes, loaded through the real path."""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bitnet_agent.cache_directory import cache_directory
from bitnet_agent.errors import EnvironmentFaultError, UsageError
from bitnet_agent.stand_in import cached_stand_in, checkpoint, stand_in_size_of, write_stand_in
from bitnet_agent.stand_in.sizes import config_of, tensor_shapes
from bitnet_agent.stand_in.tokenizer import write_tokenizer
from bitnet_agent.stand_in.weights import weights_bytes
from bitnet_agent.texts import prompt_text

pytestmark = pytest.mark.agent

# What makes two runs the same work. If one of these changes, so must suite_version (the prompt), or RECIPE.
PROMPT_SHA256 = "e0cc7be5f5caecc84f4433f3609337573ba63a46720df5b790caa956c6004715"
TINY_WEIGHTS_SHA256 = "42ac6569bbc35e48873e26ab59af85e9defe8861ed95cd13ec53d284bc8ac595"
PROMPT_IDS_SHA256 = {
    "tiny": "ab0138bcadd24f22869b2abd316b48bf4bf417c780bd2b7cffa4a50775f4c27e",
    "2b4t": "d351e2cd6d2e12ece6ea43f3377129af18c4e1dd4861134dbcb27c2bb0c45866",
}
PROMPT_TOKENS = {"tiny": 3256, "2b4t": 2846}

FILES = {
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return write_stand_in("tiny", tmp_path_factory.mktemp("stand-in") / "tiny")


@pytest.fixture(scope="module")
def model(tiny):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny, trust_remote_code=False).eval()


@pytest.fixture(scope="module", params=["tiny", "2b4t"])
def size_and_tokenizer(request, tmp_path_factory):
    from transformers import AutoTokenizer

    directory = tmp_path_factory.mktemp(request.param)
    config = config_of(request.param)
    write_tokenizer(config, directory)
    (directory / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return request.param, AutoTokenizer.from_pretrained(directory, trust_remote_code=False)


class TestText:
    def test_is_the_one_that_reports_were_made_with(self):
        assert hashlib.sha256(prompt_text().encode()).hexdigest() == PROMPT_SHA256

    def test_is_english_and_chinese_by_turns(self):
        for index, paragraph in enumerate(prompt_text().strip().split("\n\n")):
            assert paragraph.isascii() == (index % 2 == 0)


class TestShapes:
    def test_2b4t_has_the_published_parameters(self):
        shapes = tensor_shapes(config_of("2b4t"))
        linear = [math.prod(shape) for name, shape in shapes.items() if "_proj." in name]
        assert sum(map(math.prod, shapes.values())) == 2_412_820_480
        assert (len(linear), sum(linear)) == (210, 2_084_044_800)
        assert len(shapes) == 332

    def test_files_are_those_of_the_published_checkpoint(self, tiny):
        assert {path.name for path in tiny.iterdir()} == FILES
        assert (tiny / "model.safetensors").stat().st_size == weights_bytes(config_of("tiny"))

    def test_safetensors_reads_every_tensor(self, tiny):
        from safetensors import safe_open

        with safe_open(tiny / "model.safetensors", "pt") as file:
            assert file.metadata() == {"format": "pt"}
            found = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            up = file.get_tensor("model.layers.0.mlp.up_proj.weight").float()
        assert found == tensor_shapes(config_of("tiny"))
        ternary = (up / up.abs().mean()).round().clamp(-1, 1)
        assert (ternary == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)

    def test_weights_are_the_same_bytes_everywhere(self, tiny, tmp_path):
        again = write_stand_in("tiny", tmp_path / "again")
        assert all(sha256(tiny / name) == sha256(again / name) for name in FILES)
        assert sha256(tiny / "model.safetensors") == TINY_WEIGHTS_SHA256


class TestModel:
    def test_loads_as_the_published_one_does(self, model):
        linear = [module for module in model.modules() if type(module).__name__ == "AutoBitLinear"]
        assert type(model).__name__ == "BitNetForCausalLM"
        assert len(linear) == 4 * 7
        assert all(module.online_quant for module in linear)
        assert str(model.dtype) == "torch.bfloat16"
        assert model.num_parameters() == sum(map(math.prod, tensor_shapes(config_of("tiny")).values()))
        assert model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr()
        assert model.generation_config.eos_token_id == config_of("tiny")["eos_token_id"]

    def test_holds_what_the_file_holds(self, model, tiny):
        from safetensors.torch import load_file

        stored = load_file(tiny / "model.safetensors")
        parameters = dict(model.named_parameters())
        assert stored.keys() == parameters.keys()
        assert all(bool((stored[name] == parameters[name]).all()) for name in stored)

    @pytest.mark.parametrize("start", [0, 400, 900])
    def test_decodes_finite_logits_and_varied_tokens(self, model, tiny, start):
        import torch
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(tiny)
        ids = torch.tensor([tokenizer(prompt_text()[start:])["input_ids"][:128]])  # [B, S]
        cache, generated = None, []
        with torch.inference_mode():
            for _ in range(33):
                answer = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
                cache = answer.past_key_values
                assert answer.logits.isfinite().all()
                ids = answer.logits[:, -1].argmax(-1, keepdim=True)
                generated.append(int(ids))
        assert len(set(generated)) >= 16
        assert len(tokenizer.decode(generated, skip_special_tokens=True)) >= 16


class TestTokenizer:
    def test_ids_lie_where_the_published_ones_do(self, size_and_tokenizer):
        size, tokenizer = size_and_tokenizer
        config = config_of(size)
        first = config["vocab_size"] - 256
        assert tokenizer.is_fast
        assert len(tokenizer) == config["vocab_size"]
        assert tokenizer.bos_token_id == config["bos_token_id"] == first
        assert tokenizer.eos_token_id == config["eos_token_id"] == first + 1
        assert tokenizer.convert_tokens_to_ids("<|eot_id|>") == first + 9
        assert tokenizer.convert_ids_to_tokens(first + 2) == "<|reserved_special_token_0|>"
        assert tokenizer.convert_ids_to_tokens(first + 255) == "<|reserved_special_token_250|>"
        assert set(tokenizer.all_special_ids) <= set(range(first, first + 256))

    def test_every_other_id_is_text(self, size_and_tokenizer):
        size, tokenizer = size_and_tokenizer
        texts = [tokenizer.backend_tokenizer.decode([i]) for i in range(config_of(size)["vocab_size"] - 256)]
        assert all(texts)
        assert tokenizer.decode(range(len(texts), len(tokenizer)), skip_special_tokens=True) == ""

    @pytest.mark.parametrize(
        "text",
        [
            prompt_text(),
            "Hello, world! It's 12345 o'clock.  \n\n Two  spaces , and a comma",
            "你好，世界！龘靐齉。",
            "naïve café 🙂\t\r\n",
        ],
    )
    def test_text_comes_back_exactly(self, size_and_tokenizer, text):
        _, tokenizer = size_and_tokenizer
        ids = tokenizer(text)["input_ids"]
        assert ids[0] == tokenizer.bos_token_id
        assert tokenizer.bos_token_id not in ids[1:]
        assert tokenizer.decode(ids, skip_special_tokens=True) == text

    def test_prompt_has_the_ids_that_reports_were_made_with(self, size_and_tokenizer):
        size, tokenizer = size_and_tokenizer
        ids = tokenizer(prompt_text())["input_ids"]
        assert len(ids) == PROMPT_TOKENS[size]
        assert hashlib.sha256(json.dumps(ids).encode()).hexdigest() == PROMPT_IDS_SHA256[size]

    def test_default_prompt_holds_both_languages(self, size_and_tokenizer):
        _, tokenizer = size_and_tokenizer
        text = tokenizer.decode(tokenizer(prompt_text())["input_ids"][:128])
        assert "computer" in text
        assert "计算机" in text


class TestMarker:
    def test_is_known_wherever_it_lies(self, tiny, tmp_path):
        copy = tmp_path / "somewhere else"
        copy.mkdir()
        (copy / "config.json").write_bytes((tiny / "config.json").read_bytes())
        assert stand_in_size_of(copy) == stand_in_size_of(tiny) == "tiny"

    @pytest.mark.parametrize(
        "content", ["", "[]", "{}", '{"bitnet_stand_in": 1}', '{"bitnet_stand_in": {"size": []}}']
    )
    def test_other_directories_are_none(self, tmp_path, content):
        assert stand_in_size_of(tmp_path) is None
        (tmp_path / "config.json").write_text(content, encoding="utf-8")
        assert stand_in_size_of(tmp_path) is None


class TestWriting:
    def test_tells_its_progress(self, tmp_path):
        told = []
        write_stand_in("tiny", tmp_path / "out", progress=lambda done, total: told.append((done, total)))
        total = weights_bytes(config_of("tiny"))
        assert told[-1] == (total, total)
        assert told == sorted(told)

    def test_takes_an_empty_directory_and_makes_parents(self, tmp_path):
        (tmp_path / "empty").mkdir()
        assert stand_in_size_of(write_stand_in("tiny", tmp_path / "empty")) == "tiny"
        assert stand_in_size_of(write_stand_in("tiny", tmp_path / "a" / "b")) == "tiny"

    def test_refuses_what_is_not_empty(self, tmp_path):
        (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(UsageError, match="is not empty") as caught:
            write_stand_in("tiny", tmp_path)
        assert caught.value.remedy
        with pytest.raises(UsageError, match="is a file"):
            write_stand_in("tiny", tmp_path / "mine.txt")
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

    def test_wants_room_on_the_disk(self, tmp_path, monkeypatch):
        usage = type("Usage", (), {"free": 10**8})
        monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
        with pytest.raises(EnvironmentFaultError, match=r"needs 4\.9 GB.*has 0\.1 GB free"):
            write_stand_in("2b4t", tmp_path / "out")
        assert not list(tmp_path.iterdir())

    def test_a_full_disk_leaves_nothing(self, tmp_path, monkeypatch):
        def full(config, path, progress):
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(checkpoint, "write_weights", full)
        with pytest.raises(EnvironmentFaultError, match="No space left"):
            write_stand_in("tiny", tmp_path / "out")
        assert not list(tmp_path.iterdir())

    def test_a_place_that_cannot_be_written(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(EnvironmentFaultError, match="cannot be written") as caught:
            write_stand_in("tiny", tmp_path / "file" / "out")
        assert caught.value.remedy

    def test_an_interrupt_leaves_nothing(self, tmp_path):
        def interrupt(done, total):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            cached_stand_in("tiny", tmp_path, progress=interrupt)
        assert not list(tmp_path.iterdir())

    def test_needs_no_torch(self, tmp_path):
        code = (
            "import sys; from pathlib import Path; from bitnet_agent import stand_in;"
            "assert 'tokenizers' not in sys.modules;"
            "stand_in.write_stand_in('tiny', Path(sys.argv[1]));"
            "assert not {'torch', 'transformers', 'numpy'} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=True)


class TestCache:
    def test_makes_once(self, tmp_path):
        told = []
        first = cached_stand_in("tiny", tmp_path)
        again = cached_stand_in("tiny", tmp_path, progress=lambda *bytes_: told.append(bytes_))
        assert first == again
        assert not told

    @pytest.mark.parametrize("name", sorted(FILES - {"generation_config.json"}))
    def test_makes_anew_what_is_damaged(self, tmp_path, name):
        directory = cached_stand_in("tiny", tmp_path)
        (directory / name).unlink()
        assert {path.name for path in cached_stand_in("tiny", tmp_path).iterdir()} == FILES

    def test_makes_anew_what_is_cut_short(self, tmp_path):
        weights = cached_stand_in("tiny", tmp_path) / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:-1])
        cached_stand_in("tiny", tmp_path)
        assert sha256(weights) == TINY_WEIGHTS_SHA256

    def test_two_at_once_both_succeed(self, tmp_path):
        code = (
            "import sys; from pathlib import Path; from bitnet_agent.stand_in import cached_stand_in;"
            "print(cached_stand_in('tiny', Path(sys.argv[1])).name)"
        )
        command = [sys.executable, "-c", code, str(tmp_path)]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        answers = [process.communicate(timeout=60)[0] for process in running]
        assert [process.returncode for process in running] == [0, 0]
        assert answers[0] == answers[1]
        assert len(list(tmp_path.iterdir())) == 1

    def test_one_that_comes_second_takes_the_first(self, tmp_path):
        def overtake(done, total):
            cached_stand_in("tiny", tmp_path)

        directory = cached_stand_in("tiny", tmp_path, progress=overtake)
        assert [path.name for path in tmp_path.iterdir()] == [directory.name]

    def test_removes_what_a_killed_writer_left(self, tmp_path):
        directory = cached_stand_in("tiny", tmp_path)
        (directory / "config.json").unlink()
        old, young = (tmp_path / f".{directory.name}.{token}.partial" for token in ("old", "young"))
        for partial in (old, young):
            partial.mkdir()
        os.utime(old, (time.time() - 2 * 86400,) * 2)
        cached_stand_in("tiny", tmp_path)
        assert (old.exists(), young.exists()) == (False, True)

    def test_says_how_to_move_it(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(EnvironmentFaultError) as caught:
            cached_stand_in("tiny", tmp_path / "file")
        assert "BITNET_AGENT_CACHE" in caught.value.remedy

    def test_goes_where_the_variable_says(self, tmp_path, monkeypatch):
        monkeypatch.setenv("BITNET_AGENT_CACHE", str(tmp_path / "mine"))
        assert cached_stand_in("tiny").parent == tmp_path / "mine"

    @pytest.mark.parametrize(
        ("platform", "variables", "expected"),
        [
            ("linux", {}, "home/.cache/bitnet-agent"),
            ("linux", {"XDG_CACHE_HOME": "xdg"}, "xdg/bitnet-agent"),
            ("darwin", {"XDG_CACHE_HOME": "xdg"}, "home/Library/Caches/bitnet-agent"),
            ("win32", {"LOCALAPPDATA": "local"}, "local/bitnet-agent"),
            ("win32", {}, "home/AppData/Local/bitnet-agent"),
        ],
    )
    def test_goes_where_the_platform_keeps_caches(self, tmp_path, monkeypatch, platform, variables, expected):
        for name in ("BITNET_AGENT_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, str(tmp_path / value))
        monkeypatch.setattr("sys.platform", platform)
        monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
        assert cache_directory() == tmp_path / expected

    def test_a_user_without_a_home(self, monkeypatch):
        def homeless():
            raise RuntimeError("Could not determine home directory.")

        for name in ("BITNET_AGENT_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(Path, "home", homeless)
        with pytest.raises(EnvironmentFaultError, match="no home directory"):
            cached_stand_in("tiny")
