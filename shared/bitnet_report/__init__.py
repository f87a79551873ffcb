"""What the agent and the collector say to each other: the report, its reading and its derived figures."""

from .allocation import MALLOCS, Allocation, Malloc, StageAllocation
from .allocation_caveats import allocation_caveats
from .allocation_sums import CHURN_SHARE, saving_share, stage_allocation
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
from .comparison_words import comparison_hint, comparison_verdict
from .decomposition import REMAINDER, Decomposition, Part, decompose, telling_parts
from .decomposition_words import decomposition_sentence, decomposition_words, part_words
from .derived import (
    check_derived,
    forward_times_ms,
    frequency_normalization,
    normalized_ms,
    stage_profile,
    summarize,
)
from .fields import MB, MEMBER_RULE, is_member_name, is_storable
from .figures import one_decimal, three_digits
from .finding_words import finding_sentence, what_a_run_says
from .findings import Finding, findings
from .grading import Severity, grade, severity
from .identity import (
    MEANS,
    differing_fields,
    hash_json,
    hash_token_ids,
    is_known_work,
    new_run_id,
    task_of,
    work_of,
    work_value,
    workload_id,
)
from .interference import Interference, combine_interferences
from .interference_caveats import interference_caveats
from .legacy import version_0_run_id
from .operator_caveats import operator_caveats
from .operator_sums import operator_module, stage_operators, with_timed_ms
from .operator_words import operator_words
from .operators import (
    OPERATOR_KINDS,
    PROJECTIONS,
    SUM_TOLERANCE,
    OperatorKind,
    OperatorKindName,
    OperatorModule,
    StageOperators,
)
from .operators_csv import operators_csv
from .projection_sums import ProjectionSum, sums_by_projection
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
    SweepPlace,
    Warmup,
    WarmupStep,
    Workload,
)
from .roofline import TRAFFIC_PARTS, Limits, Roofline, StageRoofline, Traffic
from .roofline_svg import roofline_svg
from .roofline_words import roofline_words, verdict_words
from .statistics import DRIFT, NOISY, OUTLIER_Z, UNUSABLE, Statistics, describe
from .statistics_caveats import statistics_caveats
from .version import __version__

__all__ = [
    "BOUND",
    "CHURN_SHARE",
    "DRIFT",
    "INFERENCE_STAGES",
    "MALLOCS",
    "MB",
    "MEANS",
    "MEMBER_RULE",
    "NOISY",
    "OPERATOR_KINDS",
    "OUTLIER_Z",
    "PARTLY_BOUND",
    "PROJECTIONS",
    "REMAINDER",
    "SCHEMA_VERSION",
    "SMALLEST_EFFECT",
    "STAGES",
    "SUM_TOLERANCE",
    "TRAFFIC_PARTS",
    "UNUSABLE",
    "Allocation",
    "Caveat",
    "ComparedRun",
    "Comparison",
    "Compilation",
    "CompileLedger",
    "CpuInfo",
    "Decomposition",
    "Difference",
    "Environment",
    "Finding",
    "FreqNormalization",
    "Interference",
    "Limits",
    "Malloc",
    "MemoryComparison",
    "MemoryKinds",
    "Meta",
    "NotAReportError",
    "NotJsonError",
    "OperatorKind",
    "OperatorKindName",
    "OperatorModule",
    "Part",
    "ProjectionSum",
    "Quality",
    "Report",
    "ReportError",
    "Roofline",
    "Severity",
    "StageAllocation",
    "StageOperators",
    "StageProfile",
    "StageRoofline",
    "Statistics",
    "Summary",
    "SweepPlace",
    "TimeComparison",
    "Traffic",
    "UnsupportedSchemaError",
    "Warmup",
    "WarmupStep",
    "Workload",
    "__version__",
    "allocation_caveats",
    "caveat_sentences",
    "check_derived",
    "combine_interferences",
    "compare",
    "comparison_hint",
    "comparison_verdict",
    "decompose",
    "decomposition_sentence",
    "decomposition_words",
    "describe",
    "differing_fields",
    "finding_sentence",
    "findings",
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
    "one_decimal",
    "operator_caveats",
    "operator_module",
    "operator_words",
    "operators_csv",
    "parse_document",
    "part_words",
    "read_report",
    "report_from_document",
    "roofline_svg",
    "roofline_words",
    "saving_share",
    "severity",
    "stage_allocation",
    "stage_operators",
    "stage_profile",
    "statistics_caveats",
    "summarize",
    "sums_by_projection",
    "task_of",
    "telling_parts",
    "three_digits",
    "verdict_words",
    "version_0_run_id",
    "what_a_run_says",
    "with_timed_ms",
    "work_of",
    "work_value",
    "workload_id",
]
