"""What a person hears while reports are sent."""

from __future__ import annotations

from rich.console import Console

from ..delivery.address import is_readable_underway
from ..delivery.collector import Receipt
from ..delivery.failures import NotNowError
from ..delivery.slip import Slip
from ..delivery.token import Token
from ..errors import AgentError
from .language import Language, text


class DeliveryScreen:
    """Sentences on one console, in one language; `quiet` leaves out what went well."""

    def __init__(self, console: Console, language: Language, *, quiet: bool) -> None:
        """Speak on `console` in `language`."""
        self._console, self.language, self._quiet = console, language, quiet

    def tell(self, key: str, **values: object) -> None:
        """Say the sentence of that key."""
        self.line(text(self.language, key, **values))

    def line(self, line: str) -> None:
        """Say this, whatever the language."""
        self._console.print(line, markup=False, soft_wrap=True)

    def pause(self, error: NotNowError, seconds: float) -> None:
        """Tell of a failure that is tried again."""
        if not self._quiet:
            self.tell("trying_again", reason=error.message, seconds=seconds)

    def delivered(self, receipt: Receipt) -> None:
        """Tell where the run is now."""
        if not self._quiet:
            self.tell("delivered_again" if receipt.already_there else "delivered", url=receipt.url)

    def others_wait(self, count: int) -> None:
        """Tell of reports of earlier runs that could not be delivered."""
        if count and not self._quiet:
            self.tell("others_wait", n=count)

    def held_back(self, slip: Slip) -> None:
        """Tell that nothing was tried, since the collector was out of reach or did not know the token."""
        self.tell("held_back", run_id=slip.run_id, collector=slip.collector)

    def spool_is_empty(self) -> None:
        """Tell that there was nothing to do."""
        if not self._quiet:
            self.tell("spool_empty")

    def failed(self, error: AgentError, place: str = "") -> None:
        """Tell what went wrong, and the remedy."""
        self.line(f"{text(self.language, 'error')}: {place}{error.message}")
        if error.remedy:
            self.line(f"{text(self.language, 'remedy')}: {error.remedy}")

    def token_doubts(self, token: Token | None, collectors: list[str]) -> None:
        """Tell what exposes the token: a file that others can read, a connection that others can."""
        if token is None:
            return
        if token.open_file is not None:
            self.tell("token_file_open", path=token.open_file)
        for collector in filter(is_readable_underway, collectors):
            self.tell("token_in_clear", collector=collector)
