"""Loading: nothing but loading is timed, and it ends when every weight is in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.agent


def mapped_kb(file: Path) -> dict[str, int]:
    """Size and Rss (kB) of this process's mappings of a file."""
    found, inside = {"Size": 0, "Rss": 0}, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            inside = words[-1] == str(file)
        elif inside and words[0][:-1] in found:
            found[words[0][:-1]] += int(words[1])
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/smaps")
def test_every_page_of_the_weights_is_resident(tiny_copy, monkeypatch):
    from bitnet_agent.checkpoint import model as loading
    from bitnet_agent.checkpoint.finding import find_checkpoint

    make_resident, weights = loading.make_resident, (tiny_copy / "model.safetensors").resolve()
    with monkeypatch.context() as patch:
        patch.setattr(loading, "make_resident", lambda *_, **__: None)
        model = loading.load_model(find_checkpoint(str(tiny_copy)), "bfloat16", lambda _: None)
    only_mapped = mapped_kb(weights)
    assert only_mapped["Size"] * 1024 >= 6_826_496
    assert only_mapped["Rss"] < only_mapped["Size"] / 2  # else this test proves nothing

    make_resident(model, lambda _: None)

    resident = mapped_kb(weights)
    assert resident["Rss"] == resident["Size"] == only_mapped["Size"]


def test_progress_counts_each_weight_once_the_tied_one_too(checkpoint, model):
    from bitnet_agent.checkpoint.model import make_resident

    advances: list[int] = []
    make_resident(model, advances.append)
    buffers = sum(buffer.nbytes for buffer in model.buffers())
    assert model.lm_head.weight is model.model.embed_tokens.weight
    assert sum(advances) == checkpoint.nbytes + buffers


def test_the_checkpoints_own_quantisation_is_used(model):
    from transformers.integrations.bitnet import AutoBitLinear

    layers = [module for module in model.modules() if isinstance(module, AutoBitLinear)]
    assert len(layers) == 7 * model.config.num_hidden_layers
    assert {layer.online_quant for layer in layers} == {True}
    assert not isinstance(model.lm_head, AutoBitLinear)
    assert not model.training


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_the_model_computes_in_the_type_asked_for(checkpoint, dtype):
    import torch

    from bitnet_agent.checkpoint.model import load_model

    model = load_model(checkpoint, dtype, lambda _: None)
    assert {parameter.dtype for parameter in model.parameters()} == {getattr(torch, dtype)}


IMPORTS = """
import sys
from bitnet_agent.checkpoint.finding import find_checkpoint
from bitnet_agent.checkpoint.model import import_libraries, load_model, load_tokenizer
checkpoint = find_checkpoint(sys.argv[1])
import_libraries()
before = set(sys.modules)
load_tokenizer(checkpoint)
load_model(checkpoint, "bfloat16", lambda _: None)
print(sorted(set(sys.modules) - before))
"""


def test_no_loading_stage_is_charged_for_importing_libraries(tiny):
    """transformers imports late: a second or two of it would count as loading."""
    ended = subprocess.run(
        [sys.executable, "-c", IMPORTS, str(tiny)], capture_output=True, text=True, timeout=200, check=False
    )
    assert ended.stdout.strip() == "[]", ended.stderr


def test_a_damaged_tokenizer_is_one_sentence(tiny_copy):
    from bitnet_agent.checkpoint.finding import find_checkpoint
    from bitnet_agent.checkpoint.model import load_tokenizer
    from bitnet_agent.errors import ModelError

    (tiny_copy / "tokenizer.json").write_bytes(b'{"version": "1.0", "model": {')
    with pytest.raises(ModelError, match="the tokenizer of stand-in:tiny cannot be loaded") as error:
        load_tokenizer(find_checkpoint(str(tiny_copy)))
    assert "\n" not in error.value.message
    assert "tokenizer.json" in error.value.remedy


def test_weights_that_do_not_fit_the_configuration_are_one_sentence(tiny_copy):
    from bitnet_agent.checkpoint.finding import find_checkpoint
    from bitnet_agent.checkpoint.model import load_model
    from bitnet_agent.errors import ModelError

    config = tiny_copy / "config.json"
    config.write_text(config.read_text().replace('"hidden_size": 256', '"hidden_size": 128'))
    with pytest.raises(ModelError) as error:
        load_model(find_checkpoint(str(tiny_copy)), "bfloat16", lambda _: None)
    assert "\n" not in error.value.message
    assert error.value.remedy
