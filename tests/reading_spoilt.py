"""Reading a report that may be spoilt, and doing with it what agent and collector do with one."""

from __future__ import annotations

from functools import cache

from spoilt_reports import original

from bitnet_report import (
    NotAReportError,
    NotJsonError,
    Report,
    caveat_sentences,
    compare,
    finding_sentence,
    findings,
    operators_csv,
    read_report,
    roofline_svg,
    workload_id,
)

LONGEST_SENTENCE = 1000


def read_and_use(body: bytes) -> str:
    """Read it: `used`, `not a report` or `not JSON`; AssertionError where a refusal names no field."""
    try:
        report = read_report(body)
    except NotAReportError as error:
        assert error.field
        assert str(error).startswith(error.field)
        assert len(str(error)) < LONGEST_SENTENCE
        return "not a report"
    except NotJsonError as error:
        assert 0 < len(str(error)) < LONGEST_SENTENCE
        return "not JSON"
    _use(report)
    return "used"


def _use(report: Report) -> None:
    if report.schema_version:
        assert read_report(report.to_json()) == report
    workload_id(report)
    operators_csv(report.operators)
    for language in ("en", "zh"):
        for caveat in report.quality.caveats:
            caveat_sentences(caveat, language)
        for finding in findings(report):
            finding_sentence(finding, language)
        if report.roofline is not None:
            roofline_svg(report.roofline, language)
    for a, b in ((report, _undamaged()), (_undamaged(), report)):
        compare(a, b).model_dump_json()


@cache
def _undamaged() -> Report:
    return read_report(original("whole"))
