"""The application, put together: routes, problems, headers, and the database for as long as it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timezone

from fastapi import Depends, FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bitnet_report import __version__

from .access.authorising import Gate, authorise
from .access.hosts import AllowedHosts, HostGuard
from .access.lookups import Lookups
from .access.slow_bodies import SlowBodies
from .database import open_database
from .faults import answer_faults
from .group_commit import open_group_commit
from .metrics import Metrics
from .middleware import HeadAsGet, SecurityHeaders, Validators
from .routes import (
    comparing,
    curating,
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
    sweeps,
    whoami,
)
from .routes.conditional import UnchangedError, not_modified, unchanged
from .settings import Settings
from .watching import RequestWatch

_SHOWING = (listing, exporting, receipts, single_run, summary, comparing, groups, member, sweeps)
"""What is made from the store alone: unchanged as long as the store is."""
_OTHERS = (submitting, curating, language, health, measuring, whoami, documentation)


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def create_app(settings: Settings, clock: Callable[[], datetime] = _utc_now) -> FastAPI:
    """Build the collector; its database is open from start to shutdown.

    `clock` gives the time in UTC: when a report came in, and how old a run is.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = open_database(settings.database_url, settings.busy_timeout_ms, settings.pool_size)
        app.state.database = database
        app.state.lookups = Lookups(database)
        app.state.group_commit = open_group_commit(database)
        try:
            yield
        finally:
            app.state.lookups.close()
            app.state.group_commit.close()
            database.dispose()

    app = FastAPI(
        title="bitnet-collector",
        version=__version__,
        description="Keeps the team's BitNet CPU reports and compares them in one table.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(authorise)],
    )
    app.state.settings = settings
    app.state.clock = clock
    app.state.metrics = Metrics()
    app.state.gate = Gate(settings)
    for group in _OTHERS:  # first, as a request is held against one route after another until one fits
        app.include_router(group.router)
    for group in _SHOWING:
        app.include_router(group.router, dependencies=[Depends(unchanged)])
    app.add_exception_handler(UnchangedError, not_modified)
    documentation.document(app)
    answer_faults(app)
    app.add_middleware(Validators)
    app.add_middleware(SlowBodies, grace_s=settings.client_timeout_s)
    app.add_middleware(
        HostGuard, allowed=AllowedHosts(settings.allowed_hosts, settings.published or settings.host)
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestWatch, metrics=app.state.metrics)
    app.add_middleware(HeadAsGet)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    # the last added is the first to be asked
    return app
