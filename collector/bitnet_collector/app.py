"""The application, put together: routes, problems, headers, and the database for as long as it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timezone

from fastapi import FastAPI

from bitnet_report import __version__

from .database import open_database
from .faults import answer_faults
from .metrics import Metrics
from .middleware import HeadAsGet, SecurityHeaders
from .routes import (
    comparing,
    documentation,
    exporting,
    groups,
    health,
    language,
    listing,
    measuring,
    member,
    receipts,
    single_run,
    submitting,
    summary,
)
from .settings import Settings
from .watching import RequestWatch

_GROUPS = (
    submitting,
    listing,
    exporting,
    receipts,
    single_run,
    summary,
    comparing,
    groups,
    member,
    language,
    health,
    measuring,
    documentation,
)
"""In the order in which their routes are tried."""


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def create_app(settings: Settings, clock: Callable[[], datetime] = _utc_now) -> FastAPI:
    """Build the collector; its database is open from start to shutdown.

    `clock` gives the time in UTC: when a report came in, and how old a run is.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = open_database(
            settings.database_url, settings.busy_timeout_ms, settings.pool_size
        )
        try:
            yield
        finally:
            app.state.database.dispose()

    app = FastAPI(
        title="bitnet-collector",
        version=__version__,
        description="Keeps the team's BitNet CPU reports and compares them in one table.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.clock = clock
    app.state.metrics = Metrics()
    for group in _GROUPS:
        app.include_router(group.router)
    documentation.document(app)
    answer_faults(app)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestWatch, metrics=app.state.metrics)
    app.add_middleware(HeadAsGet)  # the last added is the first to be asked
    return app
