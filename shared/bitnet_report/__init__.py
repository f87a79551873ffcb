"""What the agent and the collector say to each other: the report, its reading and its derived figures."""

from .caveats import caveat_sentences, make_caveat
from .compare import compare
from .comparison import (
    ComparedRun,
    Comparison,
    Difference,
    MemoryComparison,
    TimeComparison,
)
from .derived import (
    check_derived,
    frequency_normalization,
    normalized_ms,
    stage_profile,
    summarize,
)
from .fields import MB, MEMBER_RULE, is_member_name, is_storable
from .grading import Severity, grade, severity
from .identity import hash_json, hash_token_ids, is_known_work, new_run_id, work_of, workload_id
from .interference import Interference, combine_interferences
from .interference_caveats import interference_caveats
from .legacy import version_0_run_id
from .ratios import SMALLEST_EFFECT
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
    Compilation,
    CompileLedger,
    CpuInfo,
    Environment,
    FreqNormalization,
    MemoryKinds,
    Meta,
    Quality,
    Report,
    StageProfile,
    Summary,
    Warmup,
    WarmupStep,
    Workload,
)
from .statistics import DRIFT, NOISY, OUTLIER_Z, UNUSABLE, Statistics, describe
from .statistics_caveats import statistics_caveats
from .version import __version__

__all__ = [
    "DRIFT",
    "INFERENCE_STAGES",
    "MB",
    "MEMBER_RULE",
    "NOISY",
    "OUTLIER_Z",
    "SCHEMA_VERSION",
    "SMALLEST_EFFECT",
    "STAGES",
    "UNUSABLE",
    "Caveat",
    "ComparedRun",
    "Comparison",
    "Compilation",
    "CompileLedger",
    "CpuInfo",
    "Difference",
    "Environment",
    "FreqNormalization",
    "Interference",
    "MemoryComparison",
    "MemoryKinds",
    "Meta",
    "NotAReportError",
    "NotJsonError",
    "Quality",
    "Report",
    "ReportError",
    "Severity",
    "StageProfile",
    "Statistics",
    "Summary",
    "TimeComparison",
    "UnsupportedSchemaError",
    "Warmup",
    "WarmupStep",
    "Workload",
    "__version__",
    "caveat_sentences",
    "check_derived",
    "combine_interferences",
    "compare",
    "describe",
    "frequency_normalization",
    "grade",
    "hash_json",
    "hash_token_ids",
    "interference_caveats",
    "is_known_work",
    "is_member_name",
    "is_storable",
    "make_caveat",
    "new_run_id",
    "normalized_ms",
    "parse_document",
    "read_report",
    "report_from_document",
    "severity",
    "stage_profile",
    "statistics_caveats",
    "summarize",
    "version_0_run_id",
    "work_of",
    "workload_id",
]
