"""PyTorch's integer kernels on ternary weights and 8-bit activations: whole numbers, held against 64 bits."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from bitnet_agent.engines.activations import Quantizer, quantize  # noqa: E402
from bitnet_agent.engines.int4_pack import Int4PackLinear  # noqa: E402
from bitnet_agent.engines.int8_mm import Int8MmLinear  # noqa: E402
from bitnet_agent.engines.int8_onednn import Int8OnednnLinear  # noqa: E402
from bitnet_agent.engines.int8_pack import Int8PackLinear  # noqa: E402
from bitnet_agent.engines.integer_linear import MOST_FEATURES, IntegerLinear, Shared  # noqa: E402
from bitnet_agent.engines.kernel_trial import complaint_of_kernel  # noqa: E402
from bitnet_agent.engines.registry import every_engine  # noqa: E402
from bitnet_agent.engines.ternary import split  # noqa: E402
from bitnet_agent.engines.two_bits import TwoBits, Workspace  # noqa: E402
from bitnet_agent.errors import EnvironmentFaultError, ModelError  # noqa: E402

pytestmark = pytest.mark.agent


def layers_of_its_own(engine):
    """The layers on whole numbers that an engine's file defines."""
    file = sys.modules[type(engine).__module__]
    own = [kind for kind in vars(file).values() if getattr(kind, "__module__", "") == file.__name__]
    return [kind for kind in own if isinstance(kind, type) and issubclass(kind, IntegerLinear)]


WHOLE = [engine for engine in every_engine() if engine.exactness in ("exact", "rounded")]
KINDS = [kind for engine in WHOLE for kind in layers_of_its_own(engine)]
"""Found by the registry, so that a new engine is held against all of this without a line here."""
SHAPES = [(64, 128), (64, 6912), (192, 256), (128, 384), (640, 2560), (2560, 128)]  # out, in
TOKENS = [1, 2, 3, 7, 8, 9, 16, 17, 31, 127, 128]


def layer_of(kind, signs, scale=1.0, bias=None):
    """A layer of that kind over ternary signs [out, in]."""
    out, features = signs.shape
    like = SimpleNamespace(in_features=features, out_features=out, rms_norm=None, bias=bias)
    return kind(like, (signs * scale).to(torch.bfloat16), Shared())


def random_signs(out, features, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(-1, 2, (out, features), generator=generator).to(torch.int8)


def agree(layer, signs, numbers):
    """The layer's sums are the 64-bit ones; where they leave as bfloat16, those rounded exactly once."""
    expected = numbers.long() @ signs.long().T
    found = layer.sums(numbers.to(layer.type_for(len(numbers))))
    assert found.shape == expected.shape
    assert found.dtype in (torch.int32, torch.float32, torch.bfloat16)
    assert torch.equal(found, expected.to(found.dtype))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_random_sums_are_right_for_every_number_of_tokens(kind, shape):
    signs = random_signs(*shape, seed=shape[1])
    layer = layer_of(kind, signs)
    generator = torch.Generator().manual_seed(shape[0])
    for tokens in TOKENS:
        agree(layer, signs, torch.randint(-128, 128, (tokens, shape[1]), generator=generator))


@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_of_weight_and_activation_in_every_place(kind):
    """One activation that is not nought: each of 256 values, at each of 128 places, against -1, 0 and 1."""
    signs = torch.tensor([-1, 0, 1, 1], dtype=torch.int8).repeat(16)[:, None].repeat(1, 128)  # [64, 128]
    layer = layer_of(kind, signs)
    for tokens in (1, 9):
        for place in range(0, 128, 1 if tokens == 9 else 7):
            for low in range(-128, 128, tokens if tokens == 9 else 51):
                numbers = torch.zeros(tokens, 128, dtype=torch.long)
                numbers[:, place] = (torch.arange(low, low + tokens) + 128) % 256 - 128
                agree(layer, signs, numbers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("features", [6912, 16384])
@pytest.mark.parametrize("activation", [-128, 127, 1])
def test_the_largest_sums_do_not_overflow_or_lose_a_bit(kind, features, activation):
    signs = torch.ones(64, features, dtype=torch.int8)
    signs[1::4] = -1
    signs[2::4, ::2] = 0
    signs[3::4, -1] = 0  # one less than the largest: an accumulator that loses bits cannot tell them apart
    layer = layer_of(kind, signs)
    for tokens in (1, 9, 128):
        agree(layer, signs, torch.full((tokens, features), activation))


def test_a_float32_sum_of_the_most_features_is_still_whole():
    largest = MOST_FEATURES * 128
    assert largest == 2**24
    assert torch.tensor(float(largest - 1)).item() == largest - 1


@pytest.mark.parametrize("seed", range(20))
def test_activations_become_the_whole_numbers_of_actquant(seed):
    from transformers.integrations.bitnet import ActQuant

    generator = torch.Generator().manual_seed(seed)
    for dtype in (torch.bfloat16, torch.float32):
        x = torch.randn(1 + seed % 5 * 31, 512, generator=generator) * 10.0 ** (seed % 7 - 4)
        x[0, : seed % 9] = 0
        x = x.to(dtype)
        numbers, step = quantize(x, torch.float32)
        with torch.inference_mode():
            published = ActQuant.apply(x)
        assert numbers.abs().max() <= 127
        assert torch.equal(numbers, numbers.round())
        scale = 127 / x.float().abs().max(dim=-1, keepdim=True).values.clamp_(min=1e-5)
        assert torch.equal((numbers / scale).to(dtype), published)
        assert torch.allclose(numbers * step, published.float(), rtol=2**-8, atol=0)


@pytest.mark.parametrize("x", [0.0, 1e-30, -3e38], ids=["zero", "tiny", "huge"])
def test_odd_activations_are_quantised_like_the_others(x):
    from transformers.integrations.bitnet import ActQuant

    rows = torch.full((2, 128), x)
    numbers, step = quantize(rows, torch.float32)
    assert torch.isfinite(step).all()
    with torch.inference_mode():
        assert torch.allclose(numbers * step, ActQuant.apply(rows), rtol=1e-5, atol=1e-6)


def test_activations_that_are_not_numbers_are_not_hidden():
    numbers, step = quantize(torch.tensor([[1.0, float("nan")]]), torch.float32)
    assert not torch.isfinite(numbers * step).all()


def test_the_same_input_is_quantised_once_and_another_one_again():
    quantizer = Quantizer()
    x = torch.randn(1, 1, 8)
    first = quantizer(x, torch.int8)
    assert quantizer(x, torch.int8) is first
    assert quantizer(x, torch.bfloat16) is not first
    other = quantizer(x.clone(), torch.int8)
    assert torch.equal(other.numbers, first.numbers)
    assert not torch.equal(quantizer(-x, torch.int8).numbers, first.numbers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [0.0123, 0.125, 3.0])
def test_a_layer_is_as_near_to_the_real_product_as_its_roundings_allow(kind, scale):
    """u = 2**-8, bfloat16's unit roundoff: one rounding for exact sums, two for rounded ones."""
    signs = random_signs(640, 2560, seed=7)
    bias = torch.linspace(-1, 1, 640).to(torch.bfloat16)
    layer, biased = layer_of(kind, signs, scale), layer_of(kind, signs, scale, bias)
    true_scale = float(torch.tensor(scale).to(torch.bfloat16))
    for tokens in (1, 128):
        x = torch.randn(1, tokens, 2560, generator=torch.Generator().manual_seed(tokens)).to(torch.bfloat16)
        numbers, _ = quantize(x[0], torch.float64)
        step = x[0].double().abs().amax(-1, keepdim=True) / 127
        real = (numbers @ signs.double().T) * step * true_scale
        found = layer(x)
        assert found.shape == (1, tokens, 640)
        roundings = 2 if layer.type_for(tokens) is torch.bfloat16 else 1
        assert ((found[0].double() - real).abs() <= (roundings * 2**-8 + 1e-6) * real.abs() * 1.01).all()
        assert torch.equal(biased(x), found + bias)


@pytest.mark.parametrize("kind", [Int8PackLinear, Int4PackLinear])
def test_a_shape_that_the_kernel_does_not_take_is_refused(kind):
    with pytest.raises(ModelError, match="multiples of"):
        layer_of(kind, random_signs(64, 100, seed=1))


@pytest.mark.parametrize("kind", [Int8MmLinear, Int8OnednnLinear])
def test_odd_shapes_are_fine_where_the_kernel_takes_them(kind):
    for shape in [(1, 1), (3, 17), (65, 33), (5, 100)]:
        signs = random_signs(*shape, seed=3)
        signs[0, 0] = 1
        layer = layer_of(kind, signs)
        for tokens in (1, 2, 5, 33):
            agree(layer, signs, torch.randint(-128, 128, (tokens, shape[1])))


class Lazy(Int8MmLinear):
    """A kernel that returns without computing."""

    def sums(self, numbers):
        return torch.empty(len(numbers), self.out_features, dtype=torch.int32)


class OneRowWrong(Int8MmLinear):
    """The last row is off by one, for more than one token only."""

    def sums(self, numbers):
        sums = super().sums(numbers)
        if len(numbers) > 1:
            sums[:, -1] += 1
        return sums


@pytest.mark.parametrize("kind", [Lazy, OneRowWrong])
def test_a_kernel_that_sums_wrong_is_caught_when_the_layer_is_made(kind):
    with pytest.raises(EnvironmentFaultError, match="sums wrong on this machine"):
        layer_of(kind, random_signs(64, 128, seed=5))
    assert "sums wrong" in complaint_of_kernel(kind).en


class Missing(Int8MmLinear):
    """A kernel that this torch does not have."""

    def sums(self, numbers):
        return torch.ops.aten._no_such_kernel(numbers)


def test_a_kernel_that_is_not_there_is_said_so_in_both_languages():
    complaint = complaint_of_kernel(Missing)
    assert "has no such kernel here" in complaint.en
    assert "没有所需的算子" in complaint.zh
    assert all(complaint_of_kernel(kind) is None for kind in KINDS)


def test_two_bits_hold_every_combination_of_four_signs():
    every = torch.cartesian_prod(*[torch.tensor([-1, 0, 1])] * 4).T.to(torch.int8)  # [4, 81]
    pairs = TwoBits(every.contiguous(), Workspace())
    assert pairs.packed.nbytes * 4 == every.numel()
    factors = torch.tensor([[1], [4], [16], [1]])
    offset = torch.tensor([[1], [1], [1], [0]])
    assert torch.equal(pairs.unpacked()[:, 0].long(), factors * (every.long() + offset))
    numbers = torch.randint(-128, 128, (9, 81))
    assert torch.equal(pairs.sums(numbers.to(torch.int8)).long(), numbers @ every.long().T)


def test_layers_share_a_workspace_without_disturbing_each_other():
    workspace = Workspace()
    signs = [random_signs(64 * n, 128, seed=n) for n in (1, 4, 2)]
    pairs = [TwoBits(s, workspace) for s in signs]
    numbers = torch.randint(-128, 128, (9, 128)).to(torch.int8)
    for _ in range(2):
        for one, own in zip(pairs, signs, strict=True):
            assert torch.equal(one.sums(numbers).long(), numbers.long() @ own.long().T)


def test_a_weight_that_is_not_ternary_is_refused():
    with pytest.raises(ModelError, match="more than three values"):
        split(torch.tensor([[0.5, -0.5, 0.25]], dtype=torch.bfloat16))
    nothing = split(torch.zeros(2, 3, dtype=torch.bfloat16))
    assert (nothing.scale, int(nothing.signs.abs().max())) == (0.0, 0)


@pytest.mark.parametrize("engine", WHOLE, ids=lambda engine: engine.name)
def test_every_engine_of_whole_numbers_is_tried_here(engine):
    assert layers_of_its_own(engine)
    assert {Int8MmLinear, Int8PackLinear, Int8OnednnLinear, Int4PackLinear} <= {*KINDS}


class Uncompiled(Int8MmLinear):
    """A kernel of our own that no compiler here can make."""

    def pack(self, signs):
        raise EnvironmentFaultError("no compiler can make the kernel", "install one")


def test_what_hinders_a_kernel_is_not_called_a_wrong_result():
    complaint = complaint_of_kernel(Uncompiled)
    assert complaint.en == "no compiler can make the kernel"
    assert complaint.zh == "本机无法使用该算子（no compiler can make the kernel）"
