"""Engines: one registry, prepared without a second copy, and the published tokens where that is promised."""

from __future__ import annotations

import copy
import json
import sys
import time
from pathlib import Path

import pytest

from bitnet_report import read_report

from .conftest import SMALL

pytestmark = pytest.mark.agent

PROMPT = [3840, 84, 293, 1021, 7, 560, 2020, 31]
SEEDS = range(24)


def reseeded(model, seed: int):
    """The same architecture with other weights; a norm's stay, since they are ones."""
    import torch

    other = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in other.parameters():
            if parameter.dim() > 1:
                noise = torch.randn(parameter.shape, generator=generator) * 0.02 * (1 + seed % 5)
                parameter.copy_(noise.to(parameter.dtype))
    return other


def prepared(model, name: str):
    from bitnet_agent.engines.registry import find_engine

    other = copy.deepcopy(model)
    find_engine(name).prepare(other, lambda _: None)
    return other


def tokens_of(model) -> list[int]:
    from bitnet_agent.measurement.generation import generate

    return generate(model, PROMPT, 12, now=time.perf_counter).token_ids


def logits_of(model):
    from bitnet_agent.measurement.generation import decode_one_token, prefill

    state = prefill(model, PROMPT)
    return state.logits, decode_one_token(model, state).logits


@pytest.mark.parametrize("seed", SEEDS)
def test_quantized_once_gives_the_published_tokens_and_logits_bit_for_bit(model, seed):
    import torch

    published = reseeded(model, seed)
    once = prepared(published, "quantized-once")
    tokens = tokens_of(published)
    assert tokens_of(once) == tokens
    assert len(set(tokens)) > 1
    for ours, theirs in zip(logits_of(once), logits_of(published), strict=True):
        assert torch.equal(ours, theirs)


def test_quantized_once_is_exact_in_float32_too(checkpoint):
    import torch

    from bitnet_agent.checkpoint.model import load_model
    from bitnet_agent.engines.registry import find_engine

    published = load_model(checkpoint, "float32", lambda _: None)
    once = load_model(checkpoint, "float32", lambda _: None, find_engine("quantized-once").prepare)
    for ours, theirs in zip(logits_of(once), logits_of(published), strict=True):
        assert torch.equal(ours, theirs)


def test_nothing_is_quantised_again_at_a_forward(model, monkeypatch):
    from transformers.integrations import bitnet

    once = prepared(model, "quantized-once")

    def again(weight):
        raise AssertionError("a weight was quantised at a forward")

    monkeypatch.setattr(bitnet.WeightQuant, "apply", staticmethod(again))
    assert len(tokens_of(once)) == 13


def test_progress_of_loading_counts_every_byte_of_the_checkpoint_once(checkpoint):
    from bitnet_agent.checkpoint.model import load_model
    from bitnet_agent.engines.registry import every_engine

    for engine in every_engine():
        advances: list[int] = []
        model = load_model(checkpoint, "bfloat16", advances.append, engine.prepare)
        buffers = sum(b.nbytes for b in model.buffers() if b.dim() == 1 and b.dtype.is_floating_point)
        assert checkpoint.nbytes <= sum(advances) <= checkpoint.nbytes + buffers, engine.name


def mapped_rss_kb(file: Path) -> int:
    found, inside = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            inside = words[-1] == str(file)
        elif inside and words[0] == "Rss:":
            found += int(words[1])
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/smaps")
def test_the_pages_of_replaced_weights_are_let_go(tiny_copy):
    """Only what is still read stays mapped: embedding (also the output layer) and norms."""
    from bitnet_agent.checkpoint.finding import find_checkpoint
    from bitnet_agent.checkpoint.model import load_model
    from bitnet_agent.engines.registry import find_engine

    file = (tiny_copy / "model.safetensors").resolve()
    model = load_model(
        find_checkpoint(str(tiny_copy)), "bfloat16", lambda _: None, find_engine("quantized-once").prepare
    )
    embedding = model.model.embed_tokens.weight.nbytes
    assert embedding / 1024 <= mapped_rss_kb(file) < embedding / 1024 + 0.15 * file.stat().st_size / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="madvise is Linux's")
def test_memory_of_no_file_is_never_dropped():
    import torch

    from bitnet_agent.engines.mapped_pages import let_go

    mine = torch.ones(100_000)
    let_go(mine)
    assert bool((mine == 1).all())


def test_a_checkpoint_with_nothing_to_quantise_is_refused(model):
    from bitnet_agent.engines.registry import find_engine
    from bitnet_agent.errors import ModelError

    once = prepared(model, "quantized-once")
    with pytest.raises(ModelError, match="has none to quantise"):
        find_engine("quantized-once").prepare(once, lambda _: None)


def test_an_unknown_engine_is_refused_with_the_list_of_engines(here):
    ended = here("--engine", "warp")
    assert ended.code == 2
    for name in ("warp", "published", "quantized-once"):
        assert name in ended.err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_engines_are_listed_with_a_sentence_each(here, lang):
    from bitnet_agent.engines.registry import every_engine

    ended = here("engines", "--lang", lang)
    assert ended.code == 0
    rows = json.loads(here("engines", "--lang", lang, "--json").out)
    assert [row["name"] for row in rows] == [engine.name for engine in every_engine()]
    for row in rows:
        assert row["name"] in ended.out
        assert row["sentence"][:20] in ended.out
        assert any("一" <= c <= "鿿" for c in row["sentence"]) == (lang == "zh")


def test_a_report_names_its_engine_and_what_preparing_compiled(agent, tmp_path, profiled):
    ended = agent(*SMALL, "--quick", "--engine", "quantized-once", "--output", "once.json", "--lang", "en")
    assert ended.returncode == 0, ended.stderr.decode()
    once = read_report((tmp_path / "once.json").read_bytes())
    published = read_report(profiled.body)
    assert once.workload.engine == "quantized-once"
    assert "engine quantized-once" in ended.stderr.decode()
    assert once.workload.generated_sha256 == published.workload.generated_sha256
    ledger = once.warmup.compile.compilations
    assert {c.stage for c in ledger if c.stage} == {"load_model"}
    assert "logits-not-finite" not in {c.code for c in once.quality.caveats}
