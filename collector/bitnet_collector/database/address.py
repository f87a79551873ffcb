"""A database's URL, read and checked; sentences show it without its password."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ..errors import UsageError

FORMS = "give sqlite:///bitnet-collector.db or postgresql+psycopg://user:password@host/database"

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql+psycopg": "postgresql",
    "postgresql": "postgresql",  # as hosting services hand it out; psycopg is the only driver here
    "postgres": "postgresql",
}


@dataclass(frozen=True)
class Address:
    """Where the database is: `kind` is sqlite or postgresql; `shown` holds no password and no options."""

    kind: str
    shown: str
    url: URL = field(repr=False)


def read_address(text: str) -> Address:
    """Read a database URL.

    Raises:
        UsageError: it is none, or not of a database that is supported.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The cause would repeat the URL, password and all, in a traceback.
        raise UsageError("--database-url (or DATABASE_URL) is no database URL", FORMS) from None
    kind = _DRIVERS.get(url.drivername)
    if kind is None:
        raise UsageError(f"databases of the kind {url.drivername} are not supported", FORMS)
    return _sqlite(url) if kind == "sqlite" else _postgresql(url)


def existing_database(text: str) -> Address:
    """Read a database's URL; a SQLite file must be there, lest an empty one be made.

    Raises:
        UsageError: the URL is none, or names a file that does not exist.
    """
    address = read_address(text)
    if address.kind == "sqlite" and not Path(address.shown).is_file():
        raise UsageError(f"there is no database {address.shown}", "name the collector's with --database-url")
    return address


def _sqlite(url: URL) -> Address:
    if url.database in (None, "", ":memory:"):
        raise UsageError("a database in memory would forget every report", FORMS)
    if "\0" in str(url.database):
        raise UsageError("no file's name holds a NUL", FORMS)
    if url.query or url.host:
        raise UsageError("the URL of a SQLite database holds a path and nothing else", FORMS)
    return Address("sqlite", str(url.database), url)


def _postgresql(url: URL) -> Address:
    if "@" in (url.host or "") or "@" in (url.database or ""):  # part of it may be the password's tail
        raise UsageError("the database URL holds more than one @", "write an @ in the password as %40")
    if not url.database:
        raise UsageError("the database URL names no database", FORMS)
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
    return Address(
        "postgresql", shown.render_as_string(hide_password=True), url.set(drivername="postgresql+psycopg")
    )
