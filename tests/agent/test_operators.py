"""The pass that takes forwards apart: what is slow shows where it is slow, and the parts are the whole."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.agent

PROMPT = [3840, 84, 293, 1021, 7, 560, 2020, 31]
SLOW = "model.layers.1.mlp.down_proj"


def look(model, clock, decode_tokens=2):
    from bitnet_agent.measurement.looking import look_into

    return look_into(model, PROMPT, decode_tokens, now=clock)


def split(model, clock, timed_ids=None):
    """Both stages' splits by name, held against forwards of 100 ms."""
    from bitnet_agent.operators.splitting import split_stages

    looked = look(model, clock)
    ids = looked.token_ids if timed_ids is None else timed_ids
    stages = split_stages(looked, {"prefill": 100.0, "decode": 100.0}, ids, lambda tokens: {})
    return {stage.stage: stage for stage in stages}


def nonzero(stage):
    return {kind.name: kind.ms for kind in stage.kinds if kind.ms}


def slowed(function, clock, milliseconds, only=lambda *arguments: True):
    def slow(*arguments, **named):
        if only(*arguments):
            clock.pass_ms(milliseconds)
        return function(*arguments, **named)

    return slow


def test_a_slow_quantisation_of_one_weight_shows_there_and_nowhere_else(model, clock, monkeypatch):
    from transformers.integrations import bitnet

    weight = model.get_submodule(SLOW).weight
    slow = slowed(bitnet.WeightQuant.apply, clock, 7, lambda given: given is weight)
    monkeypatch.setattr(bitnet.WeightQuant, "apply", staticmethod(slow))

    for stage in split(model, clock).values():
        assert nonzero(stage) == pytest.approx({"weight-quantization": 7})
        assert stage.instrumented_ms == pytest.approx(7)
        assert stage.remainder_ms == pytest.approx(0, abs=1e-9)
        slow_modules = {module.name: module for module in stage.modules if module.ms}
        assert set(slow_modules) == {SLOW}
        assert slow_modules[SLOW].ms == pytest.approx(7)
        assert slow_modules[SLOW].weight_quantization_ms == pytest.approx(7)


def test_what_a_bitlinear_frees_at_its_end_is_told_apart(model, clock, monkeypatch):
    """Time that passes when the quantised copy of the weight is given back, for which nothing is called."""
    import weakref

    from transformers.integrations import bitnet

    original = bitnet.WeightQuant.apply

    def quantized(weight):
        copy = original(weight)
        weakref.finalize(copy, clock.pass_ms, 3)
        return copy

    monkeypatch.setattr(bitnet.WeightQuant, "apply", staticmethod(quantized))
    stage = split(model, clock)["decode"]
    assert nonzero(stage) == pytest.approx({"freeing-temporaries": 3 * len(stage.modules)})
    assert all(module.freeing_ms == pytest.approx(3) for module in stage.modules)


def on_functions(clock, monkeypatch, model):
    """One slow thing of each kind: (kind, how often in a forward) by how it is made slow."""
    import torch
    from transformers import DynamicCache
    from transformers.integrations import bitnet
    from transformers.models.bitnet import modeling_bitnet

    layers = model.config.num_hidden_layers

    def on(owner, name):
        monkeypatch.setattr(owner, name, slowed(getattr(owner, name), clock, 1))

    def on_apply(owner):
        monkeypatch.setattr(owner, "apply", staticmethod(slowed(owner.apply, clock, 1)))

    return {
        "weight-quantization": (7 * layers, lambda: on_apply(bitnet.WeightQuant)),
        "activation-quantization": (7 * layers, lambda: on_apply(bitnet.ActQuant)),
        "bitlinear-matmul": (7 * layers, lambda: on(bitnet.F, "linear")),
        "attention": (layers, lambda: on(torch.nn.functional, "scaled_dot_product_attention")),
        "lm-head": (1, lambda: on(model.lm_head, "forward")),
        "norms-activation": (4 * layers + 1, lambda: on(modeling_bitnet.BitNetRMSNorm, "forward")),
        "rotary-kv": (layers, lambda: on(DynamicCache, "update")),
        "framework": (1, lambda: on(model.model.embed_tokens, "forward")),
        "sampling": (1, lambda: on(torch.Tensor, "argmax")),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "weight-quantization",
        "activation-quantization",
        "attention",
        "lm-head",
        "norms-activation",
        "rotary-kv",
        "framework",
        "sampling",
    ],
)
def test_what_is_slow_shows_under_its_kind(model, clock, monkeypatch, kind):
    times, make_slow = on_functions(clock, monkeypatch, model)[kind]
    make_slow()
    for stage in split(model, clock).values():
        assert nonzero(stage) == pytest.approx({kind: times})
        assert stage.instrumented_ms == pytest.approx(times)


def test_the_product_is_told_from_the_lm_heads(model, clock, monkeypatch):
    """Both call torch's `linear`: made slow for all, it shows in both and in nothing else."""
    times, make_slow = on_functions(clock, monkeypatch, model)["bitlinear-matmul"]
    make_slow()
    stage = split(model, clock)["decode"]
    assert nonzero(stage) == pytest.approx({"bitlinear-matmul": times, "lm-head": 1})
    assert sum(module.matmul_ms for module in stage.modules) == pytest.approx(times)


def test_every_bitlinear_has_a_row_in_the_order_of_running(model, clock):
    from bitnet_report import PROJECTIONS

    for stage in split(model, clock).values():
        layers = model.config.num_hidden_layers
        assert [(row.layer, row.projection) for row in stage.modules] == [
            (layer, projection) for layer in range(layers) for projection in PROJECTIONS
        ]
        assert {row.calls for row in stage.modules} == {1}
        assert stage.kind("bitlinear-matmul").calls == 7 * layers


def test_the_parts_and_the_remainder_are_the_whole(model):
    import time

    stages = split(model, time.perf_counter)
    assert set(stages) == {"prefill", "decode"}
    for stage in stages.values():
        parts = sum(kind.ms for kind in stage.kinds)
        assert parts + stage.remainder_ms == pytest.approx(stage.instrumented_ms)
        assert 0 < stage.remainder_ms < stage.instrumented_ms
        assert {kind.name for kind in stage.kinds} >= {"weight-quantization", "bitlinear-matmul", "lm-head"}
        assert all(kind.ms > 0 for kind in stage.kinds)


def test_the_pass_chooses_the_tokens_that_were_timed(model, clock):
    from bitnet_agent.measurement.generation import generate

    timed = generate(model, PROMPT, 5, now=clock)
    assert look(model, clock).token_ids == timed.token_ids[:3]
    stages = split(model, clock, timed.token_ids)
    assert (stages["prefill"].tokens_agree, stages["decode"].tokens_agree) == (True, True)


def test_other_tokens_are_told(model, clock):
    ids = look(model, clock).token_ids
    late = split(model, clock, [*ids[:2], ids[2] + 1, 5])
    assert (late["prefill"].tokens_agree, late["decode"].tokens_agree) == (True, False)
    early = split(model, clock, [ids[0] + 1, *ids[1:]])
    assert (early["prefill"].tokens_agree, early["decode"].tokens_agree) == (False, False)


def marks(model):
    """Everything that the pass replaces, as it stands."""
    from transformers import DynamicCache
    from transformers.integrations import bitnet
    from transformers.models.bitnet import modeling_bitnet

    places = [bitnet, bitnet.WeightQuant, bitnet.ActQuant, bitnet.BitLinear, modeling_bitnet, DynamicCache]
    return [dict(vars(place)) for place in (*places, *model.modules())]


def test_afterwards_all_is_as_before(model, clock):
    before = marks(model)
    look(model, clock)
    assert marks(model) == before


def test_after_a_fault_all_is_as_before(model, clock, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(model.get_submodule(SLOW), "forward", broken)
    before = marks(model)
    with pytest.raises(RuntimeError, match="out of memory"):
        look(model, clock)
    assert marks(model) == before


def test_an_engines_own_module_is_product_but_for_what_it_marks(model, clock):
    import torch

    from bitnet_agent.operators.regions import region

    class OwnLinear(torch.nn.Module):
        def __init__(self, like):
            super().__init__()
            self.like = like

        def forward(self, given):
            with region("activation-quantization"):
                clock.pass_ms(2)
            clock.pass_ms(5)
            return torch.nn.functional.linear(given, self.like.weight)

    published = model.get_submodule(SLOW)
    model.set_submodule(SLOW, OwnLinear(published))
    try:
        stage = split(model, clock)["decode"]
    finally:
        model.set_submodule(SLOW, published)
    assert nonzero(stage) == pytest.approx({"activation-quantization": 2, "bitlinear-matmul": 5})
    row = next(module for module in stage.modules if module.ms)
    assert (row.name, row.calls) == (SLOW, 1)
    assert (row.ms, row.activation_quantization_ms, row.matmul_ms) == pytest.approx((7, 2, 5))


@pytest.mark.parametrize("engine", ["quantized-once", "int8-mm"])
def test_this_projects_engines_tell_their_activation_quantisation_from_their_product(
    checkpoint, clock, engine, monkeypatch
):
    """Each is made slow where it quantises, and shows it there in every layer, prefill and decode alike."""
    from transformers.integrations import bitnet

    from bitnet_agent.checkpoint.model import load_model
    from bitnet_agent.engines import activations
    from bitnet_agent.engines.registry import find_engine

    model = load_model(checkpoint, "bfloat16", lambda _: None)
    find_engine(engine).prepare(model, lambda _: None)
    if engine == "quantized-once":
        monkeypatch.setattr(bitnet.ActQuant, "apply", staticmethod(slowed(bitnet.ActQuant.apply, clock, 1)))
    else:
        monkeypatch.setattr(activations, "quantize", slowed(activations.quantize, clock, 1))

    for stage in split(model, clock).values():
        assert set(nonzero(stage)) == {"activation-quantization"}
        assert stage.kind("activation-quantization").calls == len(stage.modules)
        assert stage.kind("bitlinear-matmul").calls >= len(stage.modules)
        assert stage.kind("weight-quantization") is None
