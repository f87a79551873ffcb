"""The figures of an operator split that follow from others: made here, checked when a report is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .agreement import compare_figures
from .operators import OperatorKind, OperatorModule, StageOperators

_SHARE_ROUNDING = 1e-4
_PARTS = {
    "weight-quantization": "weight_quantization_ms",
    "activation-quantization": "activation_quantization_ms",
    "bitlinear-matmul": "matmul_ms",
    "freeing-temporaries": "freeing_ms",
}


def operator_module(
    name: str,
    *,
    calls: int,
    ms: float,
    parts: Mapping[str, float],
    operations: int | None = None,
    nbytes: int | None = None,
) -> OperatorModule:
    """Make a module's row; `parts` are its ms by kind, of which the four of a BitLinear are kept."""
    kept = {field: parts.get(kind, 0.0) for kind, field in _PARTS.items()}
    return OperatorModule(
        name=name,
        calls=calls,
        ms=ms,
        **kept,
        operations=operations,
        bytes=nbytes,
        gops=_per_second(operations, ms),
        gb_per_s=_per_second(nbytes, ms),
    )


def stage_operators(
    stage: str,
    *,
    forwards: int,
    tokens: int,
    timed_ms: float,
    instrumented_ms: float,
    kinds: Mapping[str, tuple[int, float]],
    modules: Sequence[OperatorModule] = (),
    tokens_agree: bool | None = None,
) -> StageOperators:
    """Make a stage's split from its kinds, each with its calls and ms in one forward, the longest first."""
    rows = [
        OperatorKind(name=name, calls=calls, ms=ms, share=_share(ms, instrumented_ms))
        for name, (calls, ms) in sorted(kinds.items(), key=lambda item: -item[1][1])
    ]
    remainder = instrumented_ms - sum(row.ms for row in rows)
    return StageOperators(
        stage=stage,
        forwards=forwards,
        tokens=tokens,
        timed_ms=timed_ms,
        instrumented_ms=instrumented_ms,
        slowdown=_slowdown(instrumented_ms, timed_ms),
        remainder_ms=remainder,
        remainder_share=_share(remainder, instrumented_ms),
        tokens_agree=tokens_agree,
        kinds=rows,
        modules=list(modules),
    )


def with_timed_ms(stage: StageOperators, timed_ms: float) -> StageOperators:
    """The same split held against another timed forward, as when processes are merged."""
    return stage.model_copy(
        update={"timed_ms": timed_ms, "slowdown": _slowdown(stage.instrumented_ms, timed_ms)}
    )


def check_operators(
    splits: Sequence[StageOperators], timed_ms: Mapping[str, float | None]
) -> Iterator[tuple[str, str]]:
    """Do every sum again; `timed_ms` has each stage's forward as the timed repetitions give it.

    Gives the field and a sentence for each figure that disagrees with those it follows from.
    """
    names = [split.stage for split in splits]
    for position, split in enumerate(splits):
        field = f"operators[{position}]"
        if split.stage in names[:position]:
            yield f"{field}.stage", f"the stage {split.stage} stands twice"
        if split.stage not in timed_ms:
            yield f"{field}.stage", f"the run has no stage {split.stage}"
        yield from compare_figures(f"{field}.timed_ms", split.timed_ms, timed_ms.get(split.stage))
        yield from _check_stage(field, split)
        for place, module in enumerate(split.modules):
            yield from _check_module(f"{field}.modules[{place}]", module)


def _check_stage(field: str, split: StageOperators) -> Iterator[tuple[str, str]]:
    whole = split.instrumented_ms
    remainder = whole - sum(kind.ms for kind in split.kinds)
    yield from compare_figures(f"{field}.slowdown", split.slowdown, _slowdown(whole, split.timed_ms), 1e-4)
    yield from compare_figures(f"{field}.remainder_ms", split.remainder_ms, remainder)
    yield from compare_figures(
        f"{field}.remainder_share", split.remainder_share, _share(remainder, whole), _SHARE_ROUNDING
    )
    names = [kind.name for kind in split.kinds]
    for place, kind in enumerate(split.kinds):
        if kind.name in names[:place]:
            yield f"{field}.kinds[{place}].name", f"the kind {kind.name} stands twice"
        yield from compare_figures(
            f"{field}.kinds[{place}].share", kind.share, _share(kind.ms, whole), _SHARE_ROUNDING
        )
    for name, part in _PARTS.items():
        kind_ms = next((kind.ms for kind in split.kinds if kind.name == name), 0.0)
        modules_ms = sum(getattr(module, part) for module in split.modules)
        if modules_ms > kind_ms:
            yield from compare_figures(f"{field}.modules", modules_ms, kind_ms)


def _check_module(field: str, module: OperatorModule) -> Iterator[tuple[str, str]]:
    parts = sum(getattr(module, part) for part in _PARTS.values())
    if parts > module.ms:
        yield from compare_figures(f"{field}.ms", module.ms, parts)
    yield from compare_figures(f"{field}.gops", module.gops, _per_second(module.operations, module.ms))
    yield from compare_figures(f"{field}.gb_per_s", module.gb_per_s, _per_second(module.bytes, module.ms))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _slowdown(instrumented_ms: float, timed_ms: float) -> float | None:
    return instrumented_ms / timed_ms if timed_ms else None


def _per_second(amount: int | None, ms: float) -> float | None:
    """10**9 of it a second."""
    return amount / ms / 1e6 if amount is not None and ms > 0 else None
