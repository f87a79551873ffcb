"""Log lines that a program can read: `key=value` or JSON, one event a line, whatever a client sent.

What is only told goes to standard output, warnings and worse to standard error. Everything that is not plain
printable ASCII is escaped, so that no value can begin a line of its own or drive a terminal.
"""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any, Literal

LogFormat = Literal["text", "json"]

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered, so that every line written meanwhile carries it."""

_PLAIN = re.compile(r"[\w./:{}+@,-]+", re.ASCII)


def log_config(style: LogFormat) -> dict[str, Any]:
    """Describe the logs for `logging.config.dictConfig`; uvicorn takes it in each of its processes."""
    here = __name__
    both = {"handlers": ["told", "warned"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"{here}.{'JsonLines' if style == 'json' else 'KeyValueLines'}"}},
        "filters": {"told": {"()": f"{here}.BelowWarning"}},
        "handlers": {
            "told": {
                "()": f"{here}.LineHandler",
                "stream": "ext://sys.stdout",
                "formatter": "lines",
                "filters": ["told"],
            },
            "warned": {
                "()": f"{here}.LineHandler",
                "stream": "ext://sys.stderr",
                "formatter": "lines",
                "level": "WARNING",
            },
        },
        "loggers": {"bitnet_collector": both, "uvicorn": both, "alembic": {**both, "level": "WARNING"}},
    }


class LineHandler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in stubs, not in Python 3.10
    """Writes lines; a log that cannot be written stops no request."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's own name)
        """Say nothing: there is nowhere left to say it."""


class BelowWarning(logging.Filter):
    """Lets through what is only told."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is no warning."""
        return record.levelno < logging.WARNING


class JsonLines(logging.Formatter):
    """Each record as a JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        return json.dumps(_fields(record), ensure_ascii=True, default=str)


class KeyValueLines(logging.Formatter):
    """Each record as `time level event key=value …`; a value that is no plain word stands in quotes."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        fields = _fields(record)
        head = [fields.pop(name) for name in ("time", "level", "event")]
        words = [_word(value) for value in head]
        return " ".join([*words, *(f"{key}={_word(value)}" for key, value in fields.items())])


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What a record says: `extra={"fields": …}` beside its message, the request's id, a traceback."""
    moment = datetime.fromtimestamp(record.created, timezone.utc)
    fields: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": record.getMessage().strip(),
    }
    if record.name.partition(".")[0] != "bitnet_collector":
        fields["logger"] = record.name
    if (current := request_id.get()) is not None:
        fields["request_id"] = current
    fields.update(getattr(record, "fields", {}))
    if record.exc_info:
        fields["traceback"] = logging.Formatter().formatException(record.exc_info)
    return fields


def _word(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=True)
