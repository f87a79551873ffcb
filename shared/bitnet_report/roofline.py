"""The roofline: what the machine can do at most, what each stage asked of it, and how far it got.

Here a GB is 10^9 bytes and a Gop 10^9 operations, as memory and processors are advertised; a multiplication
and the addition that follows it are two operations. Counts are of one repetition of a stage.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import FailFast, Field

from .fields import FEW, Count, Megabytes, Ms, Name, Positive, Ratio, Record

Verdict = Literal["memory-bound", "partly memory-bound", "compute-bound", "partly compute-bound", "overhead"]
TRAFFIC_PARTS = (
    "weights", "weight-quantization", "activation-quantization", "activations", "norms", "attention",
    "kv-cache", "embeddings", "lm-head",
)  # fmt: skip
"""What bytes are moved for; a newer agent may name others."""


class Limits(Record):
    """What the machine could do at one moment, with the run's threads on the run's processors.

    `read_gb_per_s` is the median of the passes over an array of `array_mb`, the first one dropped, in the
    pages that the kernel gives unasked, as it gives them to the model; `read_huge_pages_gb_per_s` is the same
    in huge pages. `array_factor` is the array ÷ the last-level cache (`cache_mb`): under 4 the cache may have
    helped. `peaks_gops` are the medians of matrix products through torch by type of number.
    `cpus` are the processors that the threads were bound to, null where they were not.
    """

    taken: Literal["before", "after"]
    threads: Positive
    cpus: list[Count] | None = Field(default=None, fail_fast=True)
    read_how: Literal["native", "torch"] | None = None
    read_gb_per_s: Ratio | None = None
    read_huge_pages_gb_per_s: Ratio | None = None
    read_samples_gb_per_s: list[Ratio] = Field(default_factory=list, max_length=1000, fail_fast=True)
    array_mb: Megabytes | None = None
    cache_mb: Megabytes | None = None
    array_factor: Ratio | None = None
    peaks_gops: Annotated[dict[Name, Ratio], FEW] = Field(default_factory=dict, max_length=20)
    peak_samples_gops: dict[Name, Annotated[list[Ratio], FailFast()]] = Field(
        default_factory=dict, max_length=20
    )
    matrix_sizes: Annotated[dict[Name, Positive], FEW] = Field(default_factory=dict, max_length=20)


class Traffic(Record):
    """Bytes that the operations for one purpose read and write, as the code asks for them.

    A cache may serve a part of them. Writing to memory makes most processors read the line first; that
    is not counted.
    """

    part: Name
    read_bytes: Count
    written_bytes: Count


class StageRoofline(Record):
    """One stage under the roof.

    Counted from the loaded model: `forwards`, `operations` (matrix products and attention), `arithmetic` (the
    type of number they are done in), `traffic`, `distinct_bytes` (what one forward reads of weights and KV
    cache, each byte once), and of the weights that one forward reads `ternary_weights` and the bytes of the
    others, `other_weight_bytes`.

    Computed from these, the stage's time and the limits (see `bounds`): everything from `bytes` on.
    `fits_in_cache` means that the distinct bytes are no more than the last-level cache, so that memory need
    not be read at all. `ideal_2bit_bytes` are the ternary weights alone at two bits each, for every forward;
    `ideal_2bit_ms` is the longer of their reading and the operations at the peak.
    `normalized_bound_aware_ms` scales the core-bound share with the clock and leaves the rest.
    """

    stage: Name
    forwards: Positive
    operations: Count
    arithmetic: Name | None = None
    traffic: list[Traffic] = Field(default_factory=list, max_length=50, fail_fast=True)
    distinct_bytes: Count
    ternary_weights: Count = 0
    other_weight_bytes: Count = 0

    bytes: Count = 0
    intensity: Ratio | None = None
    gops: Ratio | None = None
    gb_per_s: Ratio | None = None
    bandwidth_share: Ratio | None = None
    compute_share: Ratio | None = None
    fits_in_cache: bool | None = None
    verdict: Verdict | None = None
    ideal_2bit_bytes: Count = 0
    ideal_2bit_ms: Ms | None = None
    core_bound_share: Ratio | None = None
    normalized_bound_aware_ms: Ms | None = None


class Roofline(Record):
    """The limits as they were read, those that the stages are held against, and the stages.

    `read_gb_per_s` and `peaks_gops` are the medians of all readings.
    """

    limits: list[Limits] = Field(default_factory=list, max_length=100, fail_fast=True)
    read_gb_per_s: Ratio | None = None
    peaks_gops: Annotated[dict[Name, Ratio], FEW] = Field(default_factory=dict, max_length=20)
    stages: list[StageRoofline] = Field(default_factory=list, max_length=20, fail_fast=True)

    def stage(self, name: str) -> StageRoofline | None:
        """The stage of that name, or None where it was not counted."""
        return next((stage for stage in self.stages if stage.stage == name), None)
