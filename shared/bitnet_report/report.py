"""The report: what one run says, key for key as the brief asks, with what is new beside it.

Times are milliseconds, memory is MB of 2**20 bytes, clocks are MHz. A field that could not be
determined is null; a key that this version does not know is kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import FailFast, Field

from .allocation import Allocation
from .fields import (
    FEW,
    Count,
    Megabytes,
    MegabytesDelta,
    Member,
    Mhz,
    Ms,
    Name,
    Positive,
    Ratio,
    Record,
    RunId,
    Seconds,
    Sha256,
    Text,
    Timestamp,
    parse_timestamp,
)
from .interference import Interference
from .operators import StageOperators
from .roofline import Roofline
from .statistics import Statistics

SCHEMA_VERSION: Final = 1
STAGES = ("load_tokenizer", "load_model", "tokenization", "prefill", "decode", "detokenization")
INFERENCE_STAGES = STAGES[2:]

Weights = Literal["published", "stand-in", "local", "unknown"]
Grade = Literal["A", "B", "C", "invalid"]
PeakSource = Literal["VmHWM", "sampled", "after-values"]


class Meta(Record):
    """Which model was run, when, and by which agent."""

    model_name: Name
    model_revision: Name | None = None
    weights: Weights = "unknown"
    timestamp: Timestamp
    reference_freq_mhz: Mhz
    agent_version: Name | None = None
    note: Text | None = None
    effort: Literal["quick", "standard", "rigorous"] | None = None
    budget_s: Seconds | None = None
    sweep: SweepPlace | None = None

    @property
    def measured_at(self) -> datetime:
        """The run's start, in UTC."""
        return parse_timestamp(self.timestamp)


class SweepPlace(Record):
    """Which sweep a run is a point of: runs of one sweep share `sweep_id`, and were taken in turns.

    `points` and `rounds` are the whole sweep's: each point was run once a round, in another order each time.
    """

    sweep_id: RunId
    points: Positive
    rounds: Positive


class Workload(Record):
    """What makes two runs the same work, and what was spent on it (`threads`, `repetitions`).

    `model_sha256` is over the tensors' names, types and shapes and the configuration that shapes the
    computation; `prompt_sha256` and `generated_sha256` are over token ids (see `hash_token_ids`).
    `context_depth` tokens of the agent's own text are in the KV cache before the prompt.
    """

    model_sha256: Sha256 | None = None
    prompt_sha256: Sha256 | None = None
    prompt_tokens: Positive | None = None
    decode_tokens: Positive | None = None
    context_depth: Count = 0
    batch_size: Positive = 1
    dtype: Name | None = None
    engine: Name = "published"
    malloc: Name = "default"
    threads: Positive | None = None
    repetitions: Positive | None = None
    suite_version: Positive | None = None
    generated_sha256: Sha256 | None = None


class CpuInfo(Record):
    """The processor, as it names itself and as it was measured.

    `reported_mhz` is the clock that the system gives; where `reported_is_tsc`, it is the rate of the time
    stamp counter (`tsc_mhz`) and no clock. `caches` are bytes by level, `…_shared_by` logical processors.
    """

    brand: Name
    arch: Name | None = None
    cores_physical: Positive | None = None
    cores_logical: Positive | None = None
    freq_base_mhz: Mhz | None = None
    freq_base_source: Name | None = None
    clock_mhz: Mhz | None = None
    clock_source: Name | None = None
    reported_mhz: Mhz | None = None
    tsc_mhz: Mhz | None = None
    reported_is_tsc: bool | None = None
    isa: list[Name] | None = Field(default=None, fail_fast=True)
    caches: dict[str, Any] | None = None
    threads_per_core: Positive | None = None
    smt: bool | None = None
    numa_nodes: Positive | None = None
    hybrid: dict[str, Any] | None = None
    hypervisor: Name | None = None


class Environment(Record):
    """Software and settings that bear on the figures; each is null where the system does not tell.

    `settings` and `allocator` are environment variables, without paths; `host` is there only if asked for.
    """

    os: Name | None = None
    kernel: Name | None = None
    python: Name | None = None
    torch: Name | None = None
    transformers: Name | None = None
    libraries: Annotated[dict[str, Name], FEW] | None = None
    torch_build: dict[str, Any] | None = None
    compiler: Name | None = None
    threads: dict[str, Any] | None = None
    settings: Annotated[dict[str, Text], FEW] | None = None
    allocator: Annotated[dict[str, Text], FEW] | None = None
    affinity: list[Count] | None = Field(default=None, fail_fast=True)
    container: Name | None = None
    cgroup_limits: dict[str, Any] | None = None
    governor: Name | None = None
    turbo: bool | None = None
    frequency_policy: dict[str, Any] | None = None
    memory_total_mb: Megabytes | None = None
    swap: dict[str, Any] | None = None
    thp: Name | None = None
    mitigations: dict[str, Any] | None = None
    load_before: list[float] | None = Field(default=None, fail_fast=True)
    host: Annotated[dict[str, Text], FEW] | None = None


class FreqNormalization(Record):
    """The brief's formula with its numbers: normalised = measured × actual_freq_mhz / reference_freq_mhz."""

    actual_freq_mhz: Mhz | None
    reference_freq_mhz: Mhz
    scale_factor: Ratio | None
    source: Name | None = None
    explanation: Text | None = None


class MemoryKinds(Record):
    """What the memory around a stage was made of (MB, before and after), its page faults and its CPU time.

    From `/proc/self/status` and getrusage(2); a major fault had to read from a disk. CPU time (ms) is that of
    all threads together, `user` in the program, `system` in the kernel; null in reports from before it.
    """

    anonymous_before_mb: Megabytes
    anonymous_after_mb: Megabytes
    file_before_mb: Megabytes
    file_after_mb: Megabytes
    swap_before_mb: Megabytes
    swap_after_mb: Megabytes
    major_faults: Count
    minor_faults: Count
    user_cpu_ms: Ms | None = None
    system_cpu_ms: Ms | None = None


class StageProfile(Record):
    """One stage: median time over its repetitions, and the memory around it.

    `duration_ms` is the median of `samples_ms` (one a repetition); `ms_per_token` is `duration_ms / tokens`,
    and for decode `ms_per_token_low` and `_high` bound it at 95 %, from the single steps.
    `sample_groups` counts the samples of each process where there were several. `statistics` describe the
    samples, `step_statistics` the single steps of decode; `cycles_per_token` is ms per token × clock × 1000.
    Memory is the resident set (RSS) at the stage's watched run; the peak is what `memory_peak_source` names.
    """

    name: Name
    duration_ms: Ms
    duration_normalized_ms: Ms | None = None
    memory_before_mb: Megabytes | None = None
    memory_after_mb: Megabytes | None = None
    memory_delta_mb: MegabytesDelta | None = None
    memory_peak_mb: Megabytes | None = None
    memory_peak_source: PeakSource | None = None
    memory_kinds: MemoryKinds | None = None
    samples_ms: list[Ms] = Field(default_factory=list, max_length=100_000, fail_fast=True)
    tokens: Positive | None = None
    ms_per_token: Ms | None = None
    ms_per_token_low: Ms | None = None
    ms_per_token_high: Ms | None = None
    clock_mhz: Mhz | None = None
    cycles_per_token: Ratio | None = None
    sample_groups: list[Positive] | None = Field(default=None, max_length=1000, fail_fast=True)
    statistics: Statistics | None = None
    step_statistics: Statistics | None = None


class WarmupStep(Record):
    """One discarded repetition, and how many functions were compiled in it."""

    prefill_ms: Ms
    decode_ms: Ms
    compilations: Count = 0


class Compilation(Record):
    """One function that torch compiled, how long it took, and why, if it had been compiled before.

    `stage` names the stage before the warm-up in which it was compiled (an engine prepares weights in
    `load_model`); else it was in the repetition `warmup_step` of the warm-up.
    """

    function: Name
    compile_ms: Ms
    warmup_step: Count
    stage: Name | None = None
    recompile_reason: Text | None = None


class CompileLedger(Record):
    """What torch compiled during the warm-up, from its own counters.

    `cache` tells whether Inductor found its code on the disk: two first calls compare only where it agrees.
    """

    cache: Literal["cold", "warm", "mixed", "none"]
    compile_ms: Ms
    compilations: list[Compilation] = Field(default_factory=list, max_length=1000, fail_fast=True)


class Warmup(Record):
    """What was run and thrown away before measuring.

    `first_call_ms` is the cold first prefill, compiler included; it stands in no average. `first_calls_ms`
    has that of every process where there were several.
    """

    first_call_ms: Ms | None = None
    first_calls_ms: list[Ms] = Field(default_factory=list, max_length=1000, fail_fast=True)
    steps: list[WarmupStep] = Field(default_factory=list, max_length=1000, fail_fast=True)
    steady: bool | None = None
    compile: CompileLedger | None = None
    memory_peak_mb: Megabytes | None = None
    children_peak_mb: Megabytes | None = None


class Caveat(Record):
    """A reason to doubt a figure, and what to do about it; `values` are the numbers in the sentences."""

    code: Name
    message: Text
    remedy: Text | None = None
    values: Annotated[dict[str, int | float | Text], FEW] = Field(default_factory=dict, max_length=50)


class Quality(Record):
    """How far the figures can be trusted; `grade` is null where no rule has graded the run."""

    grade: Grade | None = None
    caveats: list[Caveat] = Field(default_factory=list, max_length=200, fail_fast=True)


class Summary(Record):
    """The headline figures; each follows from the stages and is checked against them when read."""

    total_time_ms: Ms
    total_time_normalized_ms: Ms | None = None
    inference_time_ms: Ms | None = None
    time_to_first_token_ms: Ms | None = None
    peak_memory_mb: Megabytes | None = None
    prefill_ms: Ms | None = None
    prefill_normalized_ms: Ms | None = None
    decode_ms_per_token: Ms | None = None
    decode_normalized_ms_per_token: Ms | None = None
    decode_tokens_per_s: Ratio | None = None


class Report(Record):
    """One run, whole."""

    schema_version: Literal[0, 1] = SCHEMA_VERSION
    run_id: RunId
    member: Member | None = None
    meta: Meta
    workload: Workload
    cpu_info: CpuInfo
    environment: Environment = Field(default_factory=Environment)
    freq_normalization: FreqNormalization
    stage_profiles: list[StageProfile] = Field(min_length=1, max_length=64, fail_fast=True)
    decode_steps_ms: list[Annotated[list[Ms], FailFast()]] = Field(
        default_factory=list, max_length=10_000, fail_fast=True
    )
    warmup: Warmup = Field(default_factory=Warmup)
    interference: Interference | None = None
    operators: list[StageOperators] = Field(default_factory=list, max_length=16, fail_fast=True)
    roofline: Roofline | None = None
    allocation: Allocation | None = None
    quality: Quality = Field(default_factory=Quality)
    summary: Summary

    def stage(self, name: str) -> StageProfile | None:
        """The stage of that name, or None where the run has none."""
        return next((stage for stage in self.stage_profiles if stage.name == name), None)

    def to_json(self) -> bytes:
        """The report as it is written to disk and sent: UTF-8 JSON, two spaces deep, ending in a newline."""
        return (self.model_dump_json(indent=2) + "\n").encode()
