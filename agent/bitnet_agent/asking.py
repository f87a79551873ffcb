"""Which collector a command asks for reports, and as whom."""

from __future__ import annotations

from .delivery.address import check_collector_url
from .delivery.token import Token, find_token
from .options import Options
from .screen.delivering import DeliveryScreen
from .screen.language import Language
from .screen.terminal import console


def collector_asked(options: Options, language: Language) -> tuple[str | None, Token | None]:
    """The address and the token to show there; both None where no collector is named.

    Raises:
        UsageError: the address or the token cannot be meant.
    """
    if options.collector is None:
        return None, None
    collector, token = check_collector_url(options.collector), find_token(options.token_file)
    DeliveryScreen(console(), language, quiet=False).token_doubts(token, [collector])
    return collector, token
