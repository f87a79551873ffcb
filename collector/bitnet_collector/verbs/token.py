"""`bitnet-collector token`: make, list and revoke the tokens by which members and admins are known."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EnvironmentFaultError, UsageError
from ..options import add_database_url

if TYPE_CHECKING:
    from ..database import Database
    from . import Commands


def add_parser(commands: Commands) -> None:
    """Describe the verb and what it does with tokens."""
    parser = commands.add_parser(
        "token",
        help="make, list and revoke members' tokens",
        description="A member's token lets its holder submit as that member and read; one made with "
        "--admin also lets them delete, annotate, pin and hide runs, and submit for others. From the first "
        "token on, nobody submits without one.",
        epilog="bitnet-collector token create NAME [--admin] [--database-url URL], and so on.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=_nothing_asked)
    actions = parser.add_subparsers(metavar="ACTION")
    create = actions.add_parser(
        "create",
        help="make a token and show it, this once",
        description="Make a token and print it on standard output. It is not kept and cannot be shown again.",
        allow_abbrev=False,
    )
    create.set_defaults(run=create_token)
    create.add_argument("member", metavar="NAME", help="whose it is")
    create.add_argument("--admin", action="store_true", help="may also delete, annotate, pin and hide runs")
    listing = actions.add_parser(
        "list", help="show whose tokens there are, never the tokens", allow_abbrev=False
    )
    listing.set_defaults(run=list_all_tokens)
    revoke = actions.add_parser("revoke", help="make a token worthless, at once", allow_abbrev=False)
    revoke.set_defaults(run=revoke_one_token)
    revoke.add_argument("token_id", metavar="ID", help="its id, as `token list` shows it")
    for action in (create, listing, revoke):
        add_database_url(action)


def create_token(options: argparse.Namespace) -> int:
    """Make a token, print it alone on standard output, and say beside it what to do with it."""
    from bitnet_report import MEMBER_RULE, is_member_name

    from ..access.keyring import keep_token, were_tokens_made
    from ..access.tokens import mint_token
    from ..database.address import read_address

    if not is_member_name(options.member):
        raise UsageError(f"{options.member[:80]!r} names no member", MEMBER_RULE)
    minted = mint_token()
    address = read_address(_url(options))
    made_now = address.kind == "sqlite" and not Path(address.shown).exists()
    with _database(options) as database, database.writing() as session:
        first = not were_tokens_made(session)
        keep_token(session, minted, options.member, options.admin, datetime.now(timezone.utc))
    print(minted.text)
    kind = "admin token" if options.admin else "token"
    _say(f"This is the {kind} of {options.member}, shown this once; its id is {minted.token_id}.")
    _say("The agent takes it from BITNET_TOKEN or --token-file; curl: -H 'Authorization: Bearer …'.")
    where = f"{address.shown} (made just now: it is new)" if made_now else address.shown
    _say(f"It counts for the collector that serves the database {where}.")
    if first:
        _say("It is the first one: from now on, nobody submits to this collector without a token.")
    return 0


def list_all_tokens(options: argparse.Namespace) -> int:
    """Print a line for each token: id, member, kind, when it was made and revoked.

    Raises:
        CollectorError: there is no such database, or it does not answer.
    """
    from ..access.keyring import list_tokens
    from ..database.address import existing_database

    existing_database(_url(options))
    with _database(options) as database, database.reading() as session:
        tokens = list_tokens(session)
        lines = [
            (
                token.token_id,
                token.member,
                "admin" if token.admin else "member",
                f"{token.made_at:%Y-%m-%d %H:%M}",
                f"{token.revoked_at:%Y-%m-%d %H:%M}" if token.revoked_at else "",
            )
            for token in tokens
        ]
    if not lines:
        _say("No token was made; bitnet-collector token create NAME makes one.")
        return 0
    head = ("ID", "MEMBER", "KIND", "MADE (UTC)", "REVOKED (UTC)")
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    for line in [head, *lines]:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    return 0


def revoke_one_token(options: argparse.Namespace) -> int:
    """Revoke the token with this id; every worker refuses it from its next request on.

    Raises:
        CollectorError: there is no such token or database, or that does not answer.
    """
    from ..access.keyring import revoke_token
    from ..access.tokens import is_token_id
    from ..database.address import existing_database

    if not is_token_id(options.token_id):  # not repeated: it may be the token itself
        raise UsageError("that is no token's id", "give the id that bitnet-collector token list shows")
    existing_database(_url(options))
    with _database(options) as database, database.writing() as session:
        token = revoke_token(session, options.token_id, datetime.now(timezone.utc))
        member = token.member if token else None
    if member is None:
        raise UsageError(f"no token has the id {options.token_id}", "bitnet-collector token list shows them")
    _say(f"The token {options.token_id} of {member} is revoked.")
    return 0


def _nothing_asked(_options: argparse.Namespace) -> int:
    raise UsageError("token alone does nothing", "say token create NAME, token list, or token revoke ID")


def _url(options: argparse.Namespace) -> str:
    from ..settings import read_settings

    return read_settings({"database_url": options.database_url}, os.environ).database_url


@contextmanager
def _database(options: argparse.Namespace) -> Iterator[Database]:
    from sqlalchemy.exc import OperationalError

    from ..database import cause_of, open_database
    from ..settings import read_settings

    settings = read_settings({"database_url": options.database_url}, os.environ)
    database = open_database(settings.database_url, settings.busy_timeout_ms)
    try:
        yield database
    except OperationalError as error:
        raise EnvironmentFaultError(
            f"the database does not answer: {cause_of(error)}", "try again"
        ) from error
    finally:
        database.dispose()


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
