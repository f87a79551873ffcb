"""Bytes and operations, counted from the loaded model, against what torch does and what is published."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from transformers import BitNetConfig, BitNetForCausalLM
from transformers.integrations.bitnet import AutoBitLinear, replace_with_bitnet_linear

from bitnet_agent.engines.registry import engine_names, find_engine
from bitnet_agent.measurement.generation import decode_one_token, prefill
from bitnet_agent.measurement.traffic.forward_count import ForwardCount, Moved, total
from bitnet_agent.measurement.traffic.modules import count_module
from bitnet_agent.measurement.traffic.stages import count_modules, count_stages
from bitnet_agent.stand_in.sizes import config_of

pytestmark = pytest.mark.agent

GB = 10**9
COMPILED = ("published", "quantized-once")
"""Engines with a part that Inductor compiles, which hides its operations from a count."""
BIT_LINEAR_WEIGHTS = 2_084_044_800  # of the published checkpoint's 2,412,820,480 parameters


@pytest.fixture(scope="module")
def published() -> Any:
    """The published architecture, its BitLinears quantising at every forward; no weight is in memory."""
    config = BitNetConfig(**{k: v for k, v in config_of("2b4t").items() if k != "quantization_config"})
    with torch.device("meta"):
        model = BitNetForCausalLM(config).to(torch.bfloat16)
        model.tie_weights()
    from transformers import BitNetQuantConfig

    quantization = BitNetQuantConfig(linear_class="autobitlinear", quantization_mode="online")
    return replace_with_bitnet_linear(model, ["lm_head"], quantization)


def parts(stage: Any) -> dict[str, int]:
    return {part.part: part.read_bytes + part.written_bytes for part in stage.traffic}


def test_a_decoded_token_of_the_published_path_moves_17_gb(published):
    """8 bytes for each BitLinear weight (four passes of bfloat16) and the output matrix once.

    With the line that each store reads first it would be 21.
    """
    decode = count_stages(published, 128, 1)[1]
    moved = parts(decode)

    assert decode.ternary_weights == BIT_LINEAR_WEIGHTS
    assert moved["weights"] == 2 * BIT_LINEAR_WEIGHTS
    assert moved["weight-quantization"] == 6 * BIT_LINEAR_WEIGHTS
    assert moved["lm-head"] == pytest.approx(128256 * 2560 * 2, rel=0.001)
    assert sum(moved.values()) == pytest.approx(17.4 * GB, rel=0.01)
    read_before_writing = sum(part.written_bytes for part in decode.traffic)
    assert sum(moved.values()) + read_before_writing == pytest.approx(21.5 * GB, rel=0.01)
    assert decode.distinct_bytes == pytest.approx(4.84 * GB, rel=0.01)
    assert (decode.forwards, decode.arithmetic) == (1, "bfloat16")


def test_operations_are_two_for_each_weight_and_token(published):
    prefill_stage, decode = count_stages(published, 128, 10)
    head = 2 * 128256 * 2560
    assert decode.operations == pytest.approx(10 * (2 * BIT_LINEAR_WEIGHTS + head), rel=0.02)
    assert prefill_stage.operations == pytest.approx(128 * 2 * BIT_LINEAR_WEIGHTS + head, rel=0.02)
    assert prefill_stage.forwards == 1


def test_the_cache_grows_with_every_token(published):
    """Keys and values of 5 heads of 128 in 30 layers: 76,800 bytes a position (bfloat16)."""
    position = 30 * 2 * 5 * 128 * 2
    short, long = (parts(count_stages(published, n, 1)[1])["kv-cache"] for n in (100, 1100))
    assert long - short == 3 * 1000 * position  # copied (read and written), then read

    many = parts(count_stages(published, 100, 3)[1])["kv-cache"]
    assert many == sum(parts(count_stages(published, 100 + step, 1)[1])["kv-cache"] for step in range(3))


class BytesOfEveryOperation(TorchDispatchMode):
    """Sums what each operation of torch reads and writes, in bytes; views move nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.by_name: dict[str, int] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        read = {name: value for name, value in (kwargs or {}).items() if name != "out"}
        given = [t for t in tree_leaves((args, read)) if isinstance(t, torch.Tensor)]
        made = [t for t in tree_leaves(result) if isinstance(t, torch.Tensor)]
        name = str(func).removeprefix("aten.").partition(".")[0]
        if name == "embedding":
            given = [made[0].clone()]  # of the table, only the rows that are asked for
        storages = {tensor.untyped_storage().data_ptr() for tensor in given if not of_onednn(tensor)}
        is_view = any(tensor.untyped_storage().data_ptr() in storages for tensor in made)
        if func._schema.is_mutable or not is_view:
            self.by_name[name] = self.by_name.get(name, 0) + sum(map(size_of, (*given, *made)))
        return result


def of_onednn(tensor: torch.Tensor) -> bool:
    """Whether it is laid out as only oneDNN knows: such a tensor has no storage that torch can tell of."""
    return tensor.layout is torch._mkldnn


def size_of(tensor: torch.Tensor) -> int:
    return torch.ops.mkldnn._nbytes(tensor) if of_onednn(tensor) else tensor.nbytes


def actually_moved(model: Any, run: Any) -> dict[str, int]:
    with BytesOfEveryOperation() as seen:
        run(model)
    return seen.by_name


@pytest.fixture(scope="module")
def plain(model):
    """The tiny model with plain linear layers for BitLinears, so that nothing is hidden in compiled code."""
    from copy import deepcopy

    twin = deepcopy(model)
    for module in twin.modules():
        if isinstance(module, AutoBitLinear):
            module.__class__ = torch.nn.Linear
    return twin


@pytest.mark.parametrize(("prompt", "steps"), [(48, 0), (48, 2)])
def test_the_count_is_what_torch_really_does(plain, prompt, steps):
    """Within 3 %: rotary tables, the mask and the choice of the token are not counted."""

    def run(model: Any) -> None:
        state = prefill(model, list(range(prompt)))
        for _ in range(steps):
            state = decode_one_token(model, state)

    stages = count_stages(plain, prompt, max(steps, 1))
    counted = sum(sum(parts(stage).values()) for stage in (stages if steps else stages[:1]))
    seen = actually_moved(plain, run)
    assert counted == pytest.approx(sum(seen.values()), rel=0.03), seen


@pytest.mark.parametrize("steps", [0, 2])
@pytest.mark.parametrize("name", [name for name in engine_names() if name not in COMPILED])
def test_the_count_of_an_engine_is_what_torch_really_does(model, name, steps):
    engine = find_engine(name)
    if engine.lacks() is not None:
        pytest.skip(f"{engine.name} cannot run here")
    from copy import deepcopy

    changed = deepcopy(model)
    engine.prepare(changed, lambda _bytes: None)
    state = prefill(changed, list(range(48)))
    stages = count_stages(changed, 48, max(steps, 1))
    with BytesOfEveryOperation() as seen:
        if steps:
            for _ in range(steps):
                state = decode_one_token(changed, state)
        else:
            prefill(changed, list(range(48)))
    counted = sum(parts(stages[1] if steps else stages[0]).values())
    assert counted == pytest.approx(sum(seen.by_name.values()), rel=0.03), seen.by_name


def test_every_module_of_the_model_is_counted_once(model):
    by_name = count_modules(model, 1, 16)
    assert total(by_name.values()).ternary_weights == sum(
        module.weight.numel() for module in model.modules() if isinstance(module, AutoBitLinear)
    )
    one = by_name["model.layers.0.mlp.down_proj"]
    assert one.bytes == pytest.approx(8 * 256 * 512, rel=0.05)
    assert one.operations == {"bfloat16": 2 * 256 * 512}


class PackedByAnEngine(torch.nn.Module):
    """As an engine's own kernel would be: two bits a weight, computed in int8, telling its own count."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(8, 8)

    def count_forward(self, tokens: int) -> ForwardCount:
        return ForwardCount({"int8": 2 * tokens * 256}, (Moved("weights", 64),), 64, ternary_weights=256)


def test_a_module_that_counts_itself_is_believed_and_its_inside_is_not_asked(model):
    from copy import deepcopy

    changed = deepcopy(model)
    changed.model.layers[0].self_attn.q_proj = PackedByAnEngine()
    by_name = count_modules(changed, 5)
    assert by_name["model.layers.0.self_attn.q_proj"] == PackedByAnEngine().count_forward(5)
    assert not [name for name in by_name if name.startswith("model.layers.0.self_attn.q_proj.")]


def test_quantised_once_moves_a_quarter(published):
    """An AutoBitLinear that does not quantise again reads its weight once."""
    layer = AutoBitLinear(256, 512, bias=False, dtype=torch.bfloat16, online_quant=False)
    online = AutoBitLinear(256, 512, bias=False, dtype=torch.bfloat16, online_quant=True)
    once, again = count_module(layer, 1), count_module(online, 1)
    weights = 2 * 256 * 512
    assert again.bytes - once.bytes == 3 * weights - 2 * 512 * 2
    assert once.distinct == again.distinct == weights


def test_a_filled_cache_is_read_by_both_stages(published):
    position = 30 * 2 * 5 * 128 * 2
    empty, filled = count_stages(published, 16, 2), count_stages(published, 16, 2, 1000)
    assert parts(filled[0])["kv-cache"] - parts(empty[0])["kv-cache"] == 3 * 1000 * position
    assert parts(filled[1])["kv-cache"] - parts(empty[1])["kv-cache"] == 2 * 3 * 1000 * position
