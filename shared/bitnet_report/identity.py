"""What tells runs and work apart: run ids, token hashes, the workload id."""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .report import Report

UNSTATED_WORK: Final[dict[str, Any]] = {"malloc": "default", "context_depth": 0}
"""What a field of `work_of` is where it is left out."""


def new_run_id(unix_ms: int | None = None) -> str:
    """Make a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    moment = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    value = (moment & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def hash_token_ids(token_ids: Sequence[int]) -> str:
    """SHA-256 of token ids, each as four little-endian bytes."""
    return hashlib.sha256(b"".join(int(token).to_bytes(4, "little") for token in token_ids)).hexdigest()


def hash_json(value: Any) -> str:
    """SHA-256 of a JSON value in one spelling: keys sorted, no spaces, ASCII."""
    spelled = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(spelled.encode()).hexdigest()


def work_of(report: Report) -> dict[str, Any]:
    """What two runs must share to be ranked together.

    Threads and repetitions are left out: they are what a machine spends on the work. So is the revision,
    as far as it leaves the tensors alike, and `generated_sha256`, since kernels of different machines round
    bfloat16 differently. The fields of `UNSTATED_WORK` are in only where they are not as there, so that the
    ids of reports from before they were stated stay: read them with `work_value`.
    """
    workload = report.workload
    stated = {
        field: value
        for field, unstated in UNSTATED_WORK.items()
        if (value := getattr(workload, field)) != unstated
    }
    return {
        "model": report.meta.model_name,
        "weights": report.meta.weights,
        "model_sha256": workload.model_sha256,
        "prompt_sha256": workload.prompt_sha256,
        "prompt_tokens": workload.prompt_tokens,
        "decode_tokens": workload.decode_tokens,
        "batch_size": workload.batch_size,
        "dtype": workload.dtype,
        "engine": workload.engine,
        "suite_version": workload.suite_version,
        **stated,
    }


MEANS = ("engine", "malloc")
"""Keys of the work that say by what means it is done, not what is done.

Two runs that differ in nothing else did the same task: they may be held against each other, though they are
not ranked together.
"""


def task_of(report: Report) -> dict[str, Any]:
    """The work without the means: what a member wants done, whichever way it is computed."""
    return {key: value for key, value in work_of(report).items() if key not in MEANS}


def work_value(work: Mapping[str, Any], field: str) -> Any:
    """A field of `work_of`, with what it means where it is not there."""
    return work.get(field, UNSTATED_WORK.get(field))


def differing_fields(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """The fields in which two pieces of work (`work_of`) differ, in their order."""
    return [
        field
        for field in dict.fromkeys([*ours, *theirs])
        if work_value(ours, field) != work_value(theirs, field)
    ]


def is_known_work(report: Report) -> bool:
    """Tell whether the report proves what work it did; the brief's original script does not."""
    workload = report.workload
    return None not in (
        workload.model_sha256,
        workload.prompt_sha256,
        workload.prompt_tokens,
        workload.decode_tokens,
        workload.dtype,
    )


def workload_id(report: Report) -> str:
    """Twelve hex digits that runs share exactly if they did the same work."""
    return hash_json(work_of(report))[:12]
