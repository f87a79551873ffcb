"""The engine and its transactions: durable, every connection set alike, SQLite or PostgreSQL."""

from __future__ import annotations

from .opening import Database, open_database

__all__ = ["Database", "open_database"]
