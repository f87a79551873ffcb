"""The report's `allocation`: page faults of the watched pass, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping

from bitnet_report import Allocation, stage_allocation

from ..machine.allocator import LARGE_BYTES, is_tunable
from ..machine.memory.fault_cost import fault_cost_ns
from .observing import Observation
from .temporaries import Temporaries


def describe_allocation(
    seen: Observation,
    prompt_tokens: int,
    decode_tokens: int,
    temporaries: Mapping[str, Temporaries] | None = None,
) -> Allocation | None:
    """Count from the watched pass and measure what a fault costs; None where the system does not tell."""
    forwards = {"prefill": (1, prompt_tokens), "decode": (decode_tokens, 1)}
    kinds = {name: seen.memory[name].kinds for name in forwards}
    if any(kind is None for kind in kinds.values()):
        return None
    cost = fault_cost_ns()
    return Allocation(
        faults_source="getrusage",
        fault_cost_ns=cost,
        fault_cost_source=None if cost is None else "mmap-probe",
        large_bytes=LARGE_BYTES if is_tunable() else None,
        temporaries_source="torch-profiler" if temporaries else None,
        stages=[
            stage_allocation(
                name,
                forwards=count,
                tokens=tokens,
                minor_faults=kind.minor_faults,
                fault_cost_ns=cost,
                large_temporaries=temporaries[name].blocks if temporaries else None,
                large_temporaries_mb=temporaries[name].mb if temporaries else None,
                user_cpu_ms=kind.user_cpu_ms,
                system_cpu_ms=kind.system_cpu_ms,
            )
            for name, (count, tokens) in forwards.items()
            if (kind := kinds[name]) is not None
        ],
    )
