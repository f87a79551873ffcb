"""`GET /whoami`: who the collector takes the caller for, and what it lets them do."""

from __future__ import annotations

from fastapi import APIRouter

from ..access.authorising import CallerGiven
from ..answers import Whoami
from ..problems import Kind, problems

router = APIRouter(tags=["access"])


@router.get("/whoami", response_model=Whoami, responses=problems(Kind.BUSY, Kind.UNAVAILABLE))
def get_whoami(caller: CallerGiven) -> Whoami:
    """Tell who asks and what they may do; a token that is not valid is answered with 401."""
    return Whoami(role=caller.role, member=caller.member, may=[right.value for right in caller.may])
