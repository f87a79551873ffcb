"""The engine and its transactions: durable, every connection set alike, SQLite or PostgreSQL."""

from __future__ import annotations

from .failures import Failure, cause_of, failure_of
from .opening import Database, open_database

__all__ = ["Database", "Failure", "cause_of", "failure_of", "open_database"]
