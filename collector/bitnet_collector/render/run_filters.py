"""The form that filters the list of runs, and what it asks for in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timezone

from ..runs import Wanted
from ..summary_table import WorkloadChoice
from ..tables import Standing
from ..texts import Texts
from ..workloads import workloads_of
from .figures import utc
from .pickers import Choice, named_choices, workload_choices
from .workload_words import workload_words

_GRADES = ("A", "B", "C", "invalid")


@dataclass(frozen=True)
class DateField:
    """A field for a moment: a day where it is one, else the moment as text, which no day picker can show."""

    kind: str
    value: str


@dataclass(frozen=True)
class RunFilters:
    """What each field of the form offers, and what is chosen in it."""

    members: list[Choice]
    models: list[Choice]
    workloads: list[Choice]
    grades: list[Choice]
    since: DateField
    until: DateField


def run_filters(
    wanted: Wanted, members: Sequence[str], standings: Sequence[Standing], texts: Texts
) -> RunFilters:
    """Offer every member, model and workload that there is."""
    workloads = workloads_of(standings)
    reported = sorted({standing.run.member for standing in standings} - set(members))
    models = sorted({standing.run.model for standing in standings})
    grades = named_choices(_GRADES, wanted.grade, texts)
    return RunFilters(
        members=named_choices([*members, *reported], wanted.member, texts),
        models=named_choices(models, wanted.model, texts),
        workloads=_workloads(workloads, wanted.workload, texts),
        grades=[
            replace(one, words=texts("grade_invalid")) if one.value == "invalid" else one for one in grades
        ],
        since=_date_field(wanted.since),
        until=_date_field(wanted.until),
    )


def filter_words(wanted: Wanted, workloads: Sequence[WorkloadChoice], texts: Texts) -> list[str]:
    """Each condition that is set, as a short phrase."""
    found = []
    if wanted.member is not None:
        found.append(texts("filter_member", value=wanted.member))
    if wanted.model is not None:
        found.append(texts("filter_model", value=wanted.model))
    if wanted.workload is not None:
        work = next((one.work for one in workloads if one.workload_id == wanted.workload), None)
        value = workload_words(work, texts) if work else wanted.workload
        found.append(texts("filter_workload", value=value))
    if wanted.grade is not None:
        grade = texts("grade_invalid") if wanted.grade == "invalid" else wanted.grade
        found.append(texts("filter_grade", value=grade))
    if wanted.since is not None:
        found.append(texts("filter_since", value=_date_field(wanted.since).value))
    if wanted.until is not None:
        found.append(texts("filter_until", value=_date_field(wanted.until).value))
    return found


def _workloads(workloads: Sequence[WorkloadChoice], chosen: str | None, texts: Texts) -> list[Choice]:
    current = next((one for one in workloads if one.workload_id == chosen), None)
    offered = workload_choices(workloads, current, texts)
    if chosen is not None and current is None:
        offered.append(Choice(chosen, chosen, True))
    return [Choice("", texts("any"), chosen is None), *offered]


def _date_field(moment: datetime | None) -> DateField:
    if moment is None:
        return DateField("date", "")
    moment = moment.astimezone(timezone.utc)
    if moment.timetz().replace(tzinfo=None) == time():
        return DateField("date", f"{moment:%Y-%m-%d}")
    return DateField("text", utc(moment))
