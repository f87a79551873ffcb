"""Where a stage's time goes: by kind of work, and for each BitLinear module. From a pass of its own.

All times are ms in one forward: for prefill the whole prompt, for decode one token; each is the mean over the
`forwards` that were looked into. Every moment of a forward belongs to exactly one kind (the innermost region
that was open), so the kinds add up to the forward, up to `remainder_ms`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from .fields import Count, Ms, Name, Positive, Ratio, Record

OperatorKindName = Literal[
    "weight-quantization",
    "activation-quantization",
    "bitlinear-matmul",
    "freeing-temporaries",
    "attention",
    "lm-head",
    "norms-activation",
    "rotary-kv",
    "sampling",
    "framework",
]
"""What today's agent tells apart:

- `weight-quantization`, `activation-quantization`: bringing a BitLinear's weight to {-1, 0, 1} × scale, and
  its input to 8 bits; for packed weights, unpacking them.
- `bitlinear-matmul`: the product itself; where an engine's kernel does more in one call, that whole call.
- `freeing-temporaries`: giving back the quantised weight at the end of each BitLinear, where the weight is
  quantised at every forward. glibc returns large blocks to the kernel, and the next one is faulted in anew.
- `attention`: everything in the attention module beside its projections, its norm, rotary and KV cache.
- `lm-head`: hidden state to logits, the last position only.
- `norms-activation`: RMSNorm, the activation function, and its product with the other branch.
- `rotary-kv`: rotary embedding and appending to the KV cache.
- `sampling`: choosing the token, and all else of the stage outside the model's forward.
- `framework`: what is left inside the forward: embedding, mask, residual additions, calls of Python.
"""
OPERATOR_KINDS: Final[tuple[OperatorKindName, ...]] = get_args(OperatorKindName)
OPERATOR_STAGES: Final = ("prefill", "decode")
PROJECTIONS: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The BitLinear modules of one layer, in the order in which they run."""
SUM_TOLERANCE: Final = 0.05
"""Share of a forward by which the kinds may miss it before the split is said to be incomplete."""

MOST_UNLIKE: Final = 1.5
"""Times by which the pass may be slower or faster than the timed one before its shares say nothing of it:
then a third of the longer one is something that the other did not do."""

_SignedMs = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class OperatorKind(Record):
    """One kind of work in one forward: `calls` of it, their time, and `share` = `ms` / `instrumented_ms`.

    `name` is one of `OPERATOR_KINDS`; a newer agent may tell more kinds apart.
    """

    name: Name
    calls: Count
    ms: Ms
    share: _Share


class OperatorModule(Record):
    """One BitLinear module in one forward, named as in the model: `model.layers.3.mlp.down_proj`.

    `ms` is its whole time; the parts below are of it, and what they leave is the call itself.
    `operations` are those of the product alone, a multiplication and an addition counted as two:
    2 × tokens × in × out. `bytes` is what the engine's way of computing must move for the whole module, each
    array counted once whenever it is read or written, as if no cache held it; null where that is not known.
    `gops` = `operations` / `ms` / 10**6 and `gb_per_s` = `bytes` / `ms` / 10**6 (GB of 10**9 bytes) are
    effective rates of the module as a whole, not of its product.
    """

    name: Name
    calls: Count
    ms: Ms
    weight_quantization_ms: Ms = 0.0
    activation_quantization_ms: Ms = 0.0
    matmul_ms: Ms = 0.0
    freeing_ms: Ms = 0.0
    operations: Count | None = None
    bytes: Count | None = None
    gops: Ratio | None = None
    gb_per_s: Ratio | None = None

    @property
    def layer(self) -> int | None:
        """The layer's number, from the name; None where the name has none."""
        return next((int(part) for part in self.name.split(".") if part.isascii() and part.isdigit()), None)

    @property
    def projection(self) -> str:
        """The last part of the name: `q_proj` … `down_proj`."""
        return self.name.rpartition(".")[2]


class StageOperators(Record):
    """One stage's forward, taken apart.

    `tokens` go through one forward. `timed_ms` is what the timed repetitions say of the same forward (for
    prefill the stage's `duration_ms`, for decode its `ms_per_token`), `instrumented_ms` what it took while it
    was looked into, and `slowdown` = `instrumented_ms` / `timed_ms`.
    `remainder_ms` = `instrumented_ms` − the sum of the kinds: the instruments' own work, and whatever no kind
    claims; `remainder_share` is its share of `instrumented_ms`.
    `tokens_agree` tells whether the pass chose the tokens that the timed repetitions chose.
    """

    stage: Name
    forwards: Positive
    tokens: Positive
    timed_ms: Ms
    instrumented_ms: Ms
    slowdown: Ratio | None
    remainder_ms: _SignedMs
    remainder_share: _Share
    tokens_agree: bool | None = None
    kinds: list[OperatorKind] = Field(default_factory=list, max_length=100, fail_fast=True)
    modules: list[OperatorModule] = Field(default_factory=list, max_length=5000, fail_fast=True)

    def kind(self, name: str) -> OperatorKind | None:
        """The kind of that name, or None where the stage has none."""
        return next((kind for kind in self.kinds if kind.name == name), None)


def is_like_timed(split: StageOperators) -> bool:
    """Tell whether the pass took about what the timed ones took, so that its shares are theirs as well."""
    slowdown = split.slowdown
    return slowdown is not None and 1 / MOST_UNLIKE <= slowdown <= MOST_UNLIKE
