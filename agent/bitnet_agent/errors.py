"""What can go wrong, by the exit code that it earns; each error carries its remedy."""

from __future__ import annotations


class AgentError(Exception):
    """A fault with one clear sentence and what to do about it."""

    exit_code = 1

    def __init__(self, message: str, remedy: str | None = None) -> None:
        """Keep the remedy beside the sentence, so that it can be shown on a line of its own."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[AgentError], tuple[str, str | None]]:
        """Travel whole from one process to another."""
        return type(self), (self.message, self.remedy)


class UsageError(AgentError):
    """What was asked for cannot be meant."""

    exit_code = 2


class ModelError(AgentError):
    """The checkpoint cannot be had, or is not one that can be run."""

    exit_code = 3


class EnvironmentFaultError(AgentError):
    """This machine lacks something: memory, a compiler, a writable disk."""

    exit_code = 4


class DeliveryError(AgentError):
    """The report is on disk, but the collector did not take it."""

    exit_code = 5
