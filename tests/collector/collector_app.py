"""The collector's real application in this process: asked as any client, from any address, with any token."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from bitnet_collector.access.keyring import keep_token, revoke_token
from bitnet_collector.access.tokens import mint_token
from bitnet_collector.app import create_app
from bitnet_collector.settings import Settings

HERE, ELSEWHERE = "127.0.0.1", "203.0.113.9"


class App:
    """The application until `stop`, on a SQLite file in a folder or on the database at a URL."""

    def __init__(self, database: Path | str, **settings: Any) -> None:
        url = database if isinstance(database, str) else f"sqlite:///{database / 'runs.db'}"
        self.app = create_app(Settings(database_url=url, **settings))
        self._stack = ExitStack()
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.enter_context(
            self._portal.wrap_async_context_manager(self.app.router.lifespan_context(self.app))
        )

    def stop(self) -> None:
        self._stack.close()

    def make_token(self, member: str, admin: bool = False) -> str:
        minted = mint_token()
        with self.app.state.database.writing() as session:
            keep_token(session, minted, member, admin, datetime.now(timezone.utc))
        return minted.text

    def revoke(self, token: str) -> None:
        with self.app.state.database.writing() as session:
            revoke_token(session, token.split("_")[1], datetime.now(timezone.utc))

    def ask(
        self, method: str, path: str, token: str | None = None, client: str = HERE, **more: Any
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(client, 50000), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                return await http.request(method, path, headers=headers, **more)

        return self._portal.call(send)
