"""What a route is given: the database, a session, the queue to it, the time, the settings, the page's frame.

What does not wait for the database is async: FastAPI would send anything else through a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlmodel import Session

from ..database import Database
from ..group_commit import GroupCommit
from ..negotiation import Language, choose_language, chosen_language
from ..render.pages import PageFrame
from ..settings import Settings


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _session(database: Annotated[Database, Depends(_database)]) -> Iterator[Session]:
    with database.reading() as session:
        yield session


async def _group_commit(request: Request) -> GroupCommit:
    queue: GroupCommit = request.app.state.group_commit
    return queue


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


async def _frame(
    request: Request,
    lang: Annotated[
        Language | None, Query(description="Language of the page; else the cookie's, else Accept-Language")
    ] = None,
) -> PageFrame:
    return page_frame(request, lang)


def page_frame(request: Request, lang: Language | None = None) -> PageFrame:
    """Where a page stands; `lang` is the language that its address asks for."""
    language = (
        lang
        or chosen_language(request.cookies)
        or choose_language(request.headers.get("accept-language", ""))
    )
    return PageFrame(
        root=request.scope.get("root_path", ""),
        base_url=str(request.base_url).rstrip("/"),
        path=request.scope["path"].removeprefix(request.scope.get("root_path", "")),
        query={key: value for key, value in request.query_params.items() if key != "lang"},
        language=language,
        asked_language=lang is not None,
    )


DatabaseGiven = Annotated[Database, Depends(_database)]
GroupCommitGiven = Annotated[GroupCommit, Depends(_group_commit)]
SessionGiven = Annotated[Session, Depends(_session)]
SettingsGiven = Annotated[Settings, Depends(_settings)]
NowGiven = Annotated[datetime, Depends(_now)]
FrameGiven = Annotated[PageFrame, Depends(_frame)]
