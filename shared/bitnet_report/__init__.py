"""What the agent and the collector say to each other: the report, its reading and its derived figures."""

from .caveats import caveat_sentences, make_caveat
from .derived import (
    check_derived,
    frequency_normalization,
    normalized_ms,
    stage_profile,
    summarize,
)
from .fields import MB, MEMBER_RULE, is_member_name
from .identity import hash_json, hash_token_ids, is_known_work, new_run_id, work_of, workload_id
from .legacy import version_0_run_id
from .reading import (
    NotAReportError,
    NotJsonError,
    ReportError,
    UnsupportedSchemaError,
    parse_document,
    read_report,
    report_from_document,
)
from .report import (
    INFERENCE_STAGES,
    SCHEMA_VERSION,
    STAGES,
    Caveat,
    CpuInfo,
    Environment,
    FreqNormalization,
    Meta,
    Quality,
    Report,
    StageProfile,
    Summary,
    Warmup,
    WarmupStep,
    Workload,
)
from .version import __version__

__all__ = [
    "INFERENCE_STAGES",
    "MB",
    "MEMBER_RULE",
    "SCHEMA_VERSION",
    "STAGES",
    "Caveat",
    "CpuInfo",
    "Environment",
    "FreqNormalization",
    "Meta",
    "NotAReportError",
    "NotJsonError",
    "Quality",
    "Report",
    "ReportError",
    "StageProfile",
    "Summary",
    "UnsupportedSchemaError",
    "Warmup",
    "WarmupStep",
    "Workload",
    "__version__",
    "caveat_sentences",
    "check_derived",
    "frequency_normalization",
    "hash_json",
    "hash_token_ids",
    "is_known_work",
    "is_member_name",
    "make_caveat",
    "new_run_id",
    "normalized_ms",
    "parse_document",
    "read_report",
    "report_from_document",
    "stage_profile",
    "summarize",
    "version_0_run_id",
    "work_of",
    "workload_id",
]
