"""`/health` tells that the process lives, `/ready` that it can do its work."""

from __future__ import annotations

from fastapi import APIRouter

from bitnet_report import SCHEMA_VERSION, __version__

from ..answers import Health, Ready
from ..problems import Kind, problems
from ..runs import probe
from .given import SessionGiven

router = APIRouter(tags=["health"])


@router.get("/health", response_model=Health, responses=problems())
async def get_health() -> Health:
    """Tell that the process lives, and which reports it reads; the database is not asked."""
    return Health(version=__version__, schema_versions=list(range(SCHEMA_VERSION + 1)))


@router.get("/ready", response_model=Ready, responses=problems(Kind.BUSY, Kind.UNAVAILABLE))
def get_ready(session: SessionGiven) -> Ready:
    """Tell that the database answers."""
    probe(session)
    return Ready()
