"""The whole examination, in the order in which it is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from ..state_directory import state_directory
from .compiling import look_at_compiler
from .finding import Finding, found
from .hub import ask_hub
from .later import Later
from .load import judge_load, watch_a_second
from .machine import look_at_clock, look_at_governor, look_at_swap, look_at_threads
from .model import is_on_hub_only, look_for_model
from .service import ask_collector, look_at_collector, look_at_spool
from .software import look_at_cache, look_at_versions
from .wish import Wish

_PATIENCE_S = 3.0
"""For hub and collector together: they are asked while the load is watched."""


def examine(wish: Wish) -> list[Finding]:
    """Look at everything that a run of `wish` depends on; what cannot be looked at is a finding too."""
    needs_hub = _needs_hub(wish)  # this imports the hub's client, which is no time of the hub's
    deadline = time.monotonic() + _PATIENCE_S
    hub = Later(lambda: ask_hub(wish.model, wish.revision)) if needs_hub else None
    collector = wish.collector
    service = Later(lambda: ask_collector(collector, wish.token)) if collector is not None else None
    load = _attempt("load", lambda: judge_load(watch_a_second()))
    compiling, compiler = look_at_compiler()
    return [
        *_attempt("model", lambda: look_for_model(wish, hub, deadline)),
        compiling,
        *_attempt("cache", lambda: [look_at_cache()]),
        *_attempt("versions", look_at_versions),
        *_attempt("clock", lambda: [look_at_clock(compiler, wish.threads)]),
        *_attempt("governor", lambda: [look_at_governor()]),
        *load,
        *_attempt("threads", lambda: [look_at_threads(wish.threads)]),
        *_attempt("swap", lambda: [look_at_swap()]),
        *_attempt("collector", lambda: look_at_collector(wish, service, deadline)),
        *_attempt("spool", lambda: look_at_spool(wish, state_directory())),
    ]


def _needs_hub(wish: Wish) -> bool:
    try:
        return is_on_hub_only(wish)
    except Exception:  # noqa: BLE001 - looking for the model comes to the same fault and tells it
        return False


def _attempt(what: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except Exception as error:  # noqa: BLE001 - one look that fails must not hide the others
        return [found("look-failed", what=what, reason=type(error).__name__)]
