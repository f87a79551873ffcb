"""The generation loop: transformers' own tokens, one time a step, nothing that shortens it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.agent

PROMPT = [3840, 84, 293, 1021, 7, 560, 2020, 31]


def transformers_own(model, decode_tokens: int, **options) -> list[int]:
    import torch

    ids = torch.tensor([PROMPT])
    out = model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=decode_tokens + 1, **options
    )
    return out[0, len(PROMPT) :].tolist()


@pytest.fixture(scope="module")
def generation(model):
    import time

    from bitnet_agent.measurement.generation import generate

    return generate(model, PROMPT, 12, now=time.perf_counter)


def test_the_tokens_are_those_of_transformers_own_generate(model, generation):
    expected = transformers_own(model, 12, min_new_tokens=13, pad_token_id=0)
    assert generation.token_ids == expected
    assert len(set(expected)) > 1  # a loop that repeats one token would prove little


def test_there_is_a_time_for_prefill_and_for_each_step(generation):
    assert len(generation.decode_steps_ms) == 12
    assert len(generation.token_ids) == 13
    assert generation.prefill_ms > 0
    assert min(generation.decode_steps_ms) > 0
    assert generation.decode_ms == sum(generation.decode_steps_ms)


def test_the_end_of_sequence_is_ignored(model, generation):
    """The third token is made the end: transformers stops there, the loop goes on."""
    from bitnet_agent.measurement.generation import generate

    third = generation.token_ids[2]
    stopped = transformers_own(model, 12, eos_token_id=third, pad_token_id=0)
    assert len(stopped) < 13

    before = model.config.eos_token_id, model.generation_config.eos_token_id
    model.config.eos_token_id = model.generation_config.eos_token_id = third
    try:
        again = generate(model, PROMPT, 12, now=lambda: 0.0)
    finally:
        model.config.eos_token_id, model.generation_config.eos_token_id = before
    assert again.token_ids == generation.token_ids


def test_logits_are_computed_for_the_last_position_only(model):
    from bitnet_agent.measurement.generation import decode_one_token, prefill

    state = prefill(model, PROMPT)
    assert tuple(state.logits.shape) == (1, 1, model.config.vocab_size)
    assert state.cache.get_seq_length() == len(PROMPT)

    state = decode_one_token(model, state)
    assert tuple(state.logits.shape) == (1, 1, model.config.vocab_size)
    assert state.cache.get_seq_length() == len(PROMPT) + 1


class ScriptedModel:
    """Takes as long as it is told and gives the tokens it is told."""

    def __init__(self, config, clock, times_ms, tokens):
        self.config, self.clock = config, clock
        self.script = list(zip(times_ms, tokens, strict=True))
        self.seen = []

    def __call__(self, *, input_ids, past_key_values, use_cache, logits_to_keep):
        import torch

        time_ms, token = self.script[len(self.seen)]
        self.seen.append(input_ids.tolist())
        self.clock.pass_ms(time_ms)
        logits = torch.zeros(1, logits_to_keep, 100)
        logits[0, -1, token] = 1.0
        return SimpleNamespace(logits=logits)


def test_times_are_exact_and_what_lies_between_the_steps_is_not_counted(model, clock):
    from bitnet_agent.measurement.generation import generate

    scripted = ScriptedModel(model.config, clock, [500, 40, 30, 20], [11, 12, 13, 14])
    calls = []

    def between():
        calls.append(len(scripted.seen))
        clock.pass_ms(10_000)

    seen = generate(scripted, [1, 2, 3], 3, now=clock, between_steps=between)

    assert seen.prefill_ms == pytest.approx(500)
    assert seen.decode_steps_ms == pytest.approx([40, 30, 20])
    assert seen.decode_ms == pytest.approx(90)
    assert seen.token_ids == [11, 12, 13, 14]
    assert scripted.seen == [[[1, 2, 3]], [[11]], [[12]], [[13]]]  # each step reads the token before
    assert calls == [1, 2, 3, 4]


class TestContext:
    """Tokens in the KV cache before the prompt."""

    def test_behind_a_context_the_model_sees_the_whole_text(self, model):
        from bitnet_agent.measurement.generation import prefill

        behind = prefill(model, PROMPT, filled(model, PROMPT * 3).new_cache()).logits.float()
        whole = prefill(model, PROMPT * 4).logits.float()
        alone = prefill(model, PROMPT).logits.float()

        # The same sums in another order, in bfloat16: near, and far nearer than without a context.
        assert (behind - whole).square().mean() < 0.01 * (alone - whole).square().mean()

    def test_each_generation_finds_the_context_as_it_was(self, model):
        from bitnet_agent.measurement.generation import generate

        context = filled(model, PROMPT * 2)
        once, again = (
            generate(model, PROMPT, 4, now=lambda: 0.0, cache=context.new_cache()).token_ids for _ in range(2)
        )

        assert once == again
        assert context.new_cache().get_seq_length() == len(PROMPT) * 2

    def test_filling_takes_the_time_that_the_clock_says(self, model):
        from bitnet_agent.measurement.context import Context

        ticks = iter((5.0, 7.5))
        assert Context(model, PROMPT).fill(lambda: next(ticks)) == 2500.0


def filled(model, ids):
    from bitnet_agent.measurement.context import Context

    context = Context(model, ids)
    context.fill(lambda: 0.0)
    return context
