"""Who reported and what was run: `GET /members` and `GET /workloads`."""

from __future__ import annotations

from fastapi import APIRouter

from ..answers import MemberItem, Members, Workloads
from ..problems import Kind, problems
from ..standings import standings
from ..workloads import workloads_of
from .given import SessionGiven, SettingsGiven

router = APIRouter(tags=["summary"])


@router.get("/members", response_model=Members, responses=problems(Kind.BUSY, Kind.UNAVAILABLE))
def get_members(session: SessionGiven, settings: SettingsGiven) -> Members:
    """List members: those configured, then others who reported."""
    found = standings(session)
    names = {standing.run.member for standing in found}
    items = []
    for member in (*settings.members, *sorted(names - set(settings.members))):
        own = [standing for standing in found if standing.run.member == member]
        latest = max((s.run for s in own), key=lambda run: (run.measured_at, run.run_id), default=None)
        items.append(
            MemberItem(
                member=member,
                configured=member in settings.members,
                runs=sum(standing.runs for standing in own),
                latest_run_id=latest.run_id if latest else None,
                latest_at=latest.measured_at if latest else None,
            )
        )
    return Members(members=items)


@router.get("/workloads", response_model=Workloads, responses=problems(Kind.BUSY, Kind.UNAVAILABLE))
def get_workloads(session: SessionGiven) -> Workloads:
    """List every workload, in the order in which the summary prefers them."""
    return Workloads(workloads=workloads_of(standings(session)))
