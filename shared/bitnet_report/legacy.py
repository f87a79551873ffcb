"""Version 0: reports written by the brief's original script, read as what they are.

They hold one sample a stage, no warm-up, an advertised clock, and no proof of the work done; nothing
that they do not say is invented.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

from pydantic import ConfigDict, Field

from .caveats import make_caveat
from .derived import frequency_normalization, normalized_ms, summarize
from .fields import Megabytes, Member, Mhz, Ms, Name, Positive, Record, RunId, Timestamp
from .grading import grade
from .report import CpuInfo, FreqNormalization, Meta, Quality, Report, StageProfile, Workload

_CANONICAL_STAGE = {
    "tokenizer": "load_tokenizer",
    "model": "load_model",
    "tokenization": "tokenization",
    "prefill": "prefill",
    "decode": "decode",
    "detokenization": "detokenization",
}


class _Record(Record):
    """The original script's values, taken as they come: a number may stand in quotes."""

    model_config = ConfigDict(strict=False)


class _Meta(_Record):
    model_name: Name
    timestamp: Timestamp
    reference_freq_mhz: Mhz = 3000.0


class _Cpu(_Record):
    brand: Name
    freq_base_mhz: Mhz | None = None


class _Frequency(_Record):
    actual_freq_mhz: Mhz | None = None


class _Stage(_Record):
    name: Name
    duration_ms: Ms
    memory_before_mb: Megabytes | None = None
    memory_after_mb: Megabytes | None = None


class _Summary(_Record):
    peak_memory_mb: Megabytes | None = None


class _Version0(_Record):
    """The brief's JSON, with what `bitnet-agent push` puts beside it."""

    run_id: RunId
    member: Member | None = None
    decode_tokens: Positive | None = None
    meta: _Meta
    cpu_info: _Cpu
    freq_normalization: _Frequency = _Frequency()
    stage_profiles: list[_Stage] = Field(min_length=1, max_length=64, fail_fast=True)
    summary: _Summary = _Summary()


def version_0_run_id(body: bytes, member: str, decode_tokens: int | None) -> str:
    """The id of an old report: the same file, member and token count give the same id for ever."""
    digest = hashlib.sha256(body).hexdigest()
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{digest} {member} {decode_tokens}"))


def report_from_version_0(document: dict[str, Any]) -> Report:
    """Build a Report from the original script's JSON, with `run_id` and `member` beside the brief's keys.

    `decode_tokens` at the top level gives the number of decoded tokens; without it there is no ms/token.

    Raises:
        pydantic.ValidationError: a key is missing or holds what it cannot.
    """
    old = _Version0.model_validate(document)
    frequency = frequency_normalization(
        old.freq_normalization.actual_freq_mhz or old.cpu_info.freq_base_mhz,
        old.meta.reference_freq_mhz,
        "advertised",
    )
    caveats = [make_caveat("version-0")]
    stages = [_stage(stage, frequency, old.decode_tokens) for stage in old.stage_profiles]
    return Report(
        schema_version=0,
        run_id=old.run_id,
        member=old.member,
        meta=Meta(
            model_name=old.meta.model_name,
            timestamp=old.meta.timestamp,
            reference_freq_mhz=old.meta.reference_freq_mhz,
        ),
        workload=Workload(decode_tokens=old.decode_tokens),
        cpu_info=CpuInfo(
            brand=old.cpu_info.brand,
            freq_base_mhz=old.cpu_info.freq_base_mhz,
            freq_base_source="stated by the original script",
        ),
        freq_normalization=frequency,
        stage_profiles=stages,
        quality=Quality(grade=grade(caveats), caveats=caveats),
        summary=summarize(stages, old.summary.peak_memory_mb),
    )


def _stage(old: _Stage, frequency: FreqNormalization, decode_tokens: int | None) -> StageProfile:
    words = re.split("[(（]", old.name)[0].split()
    name = _CANONICAL_STAGE.get(words[0].lower(), old.name) if words else old.name
    tokens = decode_tokens if name == "decode" else None
    before, after = old.memory_before_mb, old.memory_after_mb
    return StageProfile(
        name=name,
        duration_ms=old.duration_ms,
        duration_normalized_ms=normalized_ms(
            old.duration_ms, frequency.actual_freq_mhz, frequency.reference_freq_mhz
        ),
        memory_before_mb=before,
        memory_after_mb=after,
        memory_delta_mb=None if before is None or after is None else after - before,
        tokens=tokens,
        ms_per_token=old.duration_ms / tokens if tokens else None,
    )
