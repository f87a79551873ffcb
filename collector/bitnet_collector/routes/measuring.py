"""`GET /metrics`: figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from ..database import Database
from ..metrics import Metrics
from ..problems import problems
from ..store_figures import StoreFigures, store_figures
from .given import DatabaseGiven

router = APIRouter(tags=["health"])

_TEXT = {"text/plain": {"schema": {"type": "string"}}}


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Prometheus' text format", "content": _TEXT}, **problems()},
)
def get_metrics(request: Request, database: DatabaseGiven) -> Response:
    """Give what was counted since the start and how the store stands; counts alone if it does not answer."""
    metrics: Metrics = request.app.state.metrics
    return Response(
        metrics.exposition(_figures(database)),
        media_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _figures(database: Database) -> StoreFigures | None:
    try:
        with database.reading() as session:
            return store_figures(session)
    except SQLAlchemyError:
        return None
