"""From a command line to the options of one command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .machine import doctor_parser, engines_parser, overhead_parser, stand_in_parser
from .profile import profile_parser
from .reports import (
    check_files,
    compare_parser,
    operators_parser,
    push_parser,
    roofline_parser,
    verify_parser,
)
from .sweep import sweep_parser

Options = argparse.Namespace
"""The options of one call; `verb` names the command, `profile` where none is given."""

_PARSERS = {
    "push": push_parser,
    "verify": verify_parser,
    "stand-in": stand_in_parser,
    "compare": compare_parser,
    "operators": operators_parser,
    "roofline": roofline_parser,
    "doctor": doctor_parser,
    "engines": engines_parser,
    "overhead": overhead_parser,
    "sweep": sweep_parser,
}


def parse(arguments: Sequence[str]) -> Options:
    """Parse a command line; without the name of another command it is a run to profile."""
    if arguments and arguments[0] in _PARSERS:
        verb = arguments[0]
        parser = _PARSERS[verb]()
        options = parser.parse_args(arguments[1:], argparse.Namespace(verb=verb))
        if verb in ("push", "verify"):
            check_files(parser, options)
        return options
    return profile_parser().parse_args(arguments, argparse.Namespace(verb="profile"))
