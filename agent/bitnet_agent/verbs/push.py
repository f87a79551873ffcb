"""`bitnet-agent push`: send reports that are on disk."""

from __future__ import annotations

from ..delivery.collector import check_collector_url, deliver
from ..delivery.outbox import read_for_sending
from ..errors import AgentError, DeliveryError
from ..options import Options
from ..screen.language import choose_language, text
from ..screen.terminal import console


def run(options: Options) -> int:
    """Send each file; one that fails keeps no other back, and the first failure is the exit code."""
    language = choose_language(options.lang)
    screen = console()
    collector = check_collector_url(options.collector)
    exit_code = 0
    for path in options.files:
        try:
            outgoing = read_for_sending(path, options.member, options.decode_tokens)
            receipt = deliver(outgoing.body, outgoing.run_id, collector)
        except AgentError as error:
            exit_code = exit_code or error.exit_code
            place = f"{path}: " if isinstance(error, DeliveryError) else ""
            screen.print(f"{text(language, 'error')}: {place}{error.message}", markup=False, soft_wrap=True)
            if error.remedy:
                screen.print(f"{text(language, 'remedy')}: {error.remedy}", markup=False, soft_wrap=True)
            continue
        if not options.quiet:
            key = "delivered_again" if receipt.already_there else "delivered"
            screen.print(text(language, key, url=receipt.url), markup=False, soft_wrap=True)
    return exit_code
