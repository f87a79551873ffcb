"""From what the pass recorded to the report's `operators`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bitnet_report import OPERATOR_KINDS, OperatorModule, StageOperators, operator_module, stage_operators

from .regions import Recorder, Totals


class Work(Protocol):
    """What one module's forward asks for."""

    @property
    def all_operations(self) -> int:
        """A multiplication and its addition are two."""
        ...

    @property
    def bytes(self) -> int:
        """Read and written, as if no cache held anything."""
        ...


CountModules = Callable[[int], Mapping[str, Work]]
"""The tokens of a forward → each module's work, by its name in the model."""


@dataclass(frozen=True)
class Look:
    """What the pass recorded, the prompt's length, and the tokens that it chose."""

    recorder: Recorder
    prompt_tokens: int
    token_ids: list[int]


def split_stages(
    look: Look, timed_ms: Mapping[str, float | None], timed_token_ids: Sequence[int], count: CountModules
) -> list[StageOperators]:
    """Make each stage's split; `timed_ms` is one forward's time by the timed repetitions, by stage.

    `timed_token_ids` are what those chose: the pass must choose the same, as far as it went.
    """
    agree = {
        "prefill": look.token_ids[:1] == list(timed_token_ids[:1]),
        "decode": look.token_ids == list(timed_token_ids[: len(look.token_ids)]),
    }
    tokens = {"prefill": look.prompt_tokens, "decode": 1}
    splits = []
    for stage, totals in look.recorder.stages.items():
        timed = timed_ms.get(stage)
        if timed is None:
            continue
        forwards = len(totals.forwards_s)
        splits.append(
            stage_operators(
                stage,
                forwards=forwards,
                tokens=tokens[stage],
                timed_ms=timed,
                instrumented_ms=sum(totals.forwards_s) * 1000 / forwards,
                kinds=_kinds(totals),
                modules=_modules(totals, count(tokens[stage])),
                tokens_agree=agree[stage],
            )
        )
    return splits


def _kinds(totals: Totals) -> dict[str, tuple[int, float]]:
    """Calls and ms of each kind in one forward."""
    forwards = len(totals.forwards_s)
    found: dict[str, tuple[int, float]] = {}
    for kind in OPERATOR_KINDS:
        keys = [key for key in totals.calls if key[0] == kind]
        if keys:
            calls = sum(totals.calls[key] for key in keys)
            seconds = sum(totals.seconds.get(key, 0.0) for key in keys)
            found[kind] = (calls // forwards, seconds * 1000 / forwards)
    return found


def _modules(totals: Totals, work: Mapping[str, Work]) -> list[OperatorModule]:
    forwards = len(totals.forwards_s)
    rows = []
    for name in dict.fromkeys(module for _, module in totals.calls if module):  # in the order of running
        parts = {
            kind: seconds * 1000 / forwards
            for (kind, module), seconds in totals.seconds.items()
            if module == name
        }
        calls = next(
            calls for (_, module), calls in totals.calls.items() if module == name
        )  # the module's own
        own = work.get(name)
        rows.append(
            operator_module(
                name,
                calls=calls // forwards,
                ms=sum(parts.values()),
                parts=parts,
                operations=own.all_operations if own else None,
                nbytes=own.bytes if own else None,
            )
        )
    return rows
