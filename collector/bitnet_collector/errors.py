"""What can stop the collector from starting, by exit code; each error carries its remedy."""

from __future__ import annotations


class CollectorError(Exception):
    """A fault with one clear sentence and what to do about it."""

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        """Keep the remedy beside the sentence, so that it can be shown on a line of its own."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(CollectorError):
    """What was asked for cannot be meant."""

    exit_code = 2


class EnvironmentFaultError(CollectorError):
    """This machine refuses something: a port, a file, a disk."""

    exit_code = 4
