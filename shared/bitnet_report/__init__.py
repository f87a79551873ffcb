"""What the agent and the collector say to each other: the report, its reading and its derived figures."""

from .bounds import BOUND, PARTLY_BOUND
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
    forward_times_ms,
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
from .operator_sums import operator_module, stage_operators, with_timed_ms
from .operators import (
    OPERATOR_KINDS,
    PROJECTIONS,
    OperatorKind,
    OperatorKindName,
    OperatorModule,
    StageOperators,
)
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
from .roofline import TRAFFIC_PARTS, Limits, Roofline, StageRoofline, Traffic
from .statistics import DRIFT, NOISY, OUTLIER_Z, UNUSABLE, Statistics, describe
from .statistics_caveats import statistics_caveats
from .version import __version__

__all__ = [
    "BOUND",
    "DRIFT",
    "INFERENCE_STAGES",
    "MB",
    "MEMBER_RULE",
    "NOISY",
    "OPERATOR_KINDS",
    "OUTLIER_Z",
    "PARTLY_BOUND",
    "PROJECTIONS",
    "SCHEMA_VERSION",
    "SMALLEST_EFFECT",
    "STAGES",
    "TRAFFIC_PARTS",
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
    "Limits",
    "MemoryComparison",
    "MemoryKinds",
    "Meta",
    "NotAReportError",
    "NotJsonError",
    "OperatorKind",
    "OperatorKindName",
    "OperatorModule",
    "Quality",
    "Report",
    "ReportError",
    "Roofline",
    "Severity",
    "StageOperators",
    "StageProfile",
    "StageRoofline",
    "Statistics",
    "Summary",
    "TimeComparison",
    "Traffic",
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
    "forward_times_ms",
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
    "operator_module",
    "parse_document",
    "read_report",
    "report_from_document",
    "severity",
    "stage_operators",
    "stage_profile",
    "statistics_caveats",
    "summarize",
    "version_0_run_id",
    "with_timed_ms",
    "work_of",
    "workload_id",
]
