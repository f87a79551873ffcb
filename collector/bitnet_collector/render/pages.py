"""What every page has: its language, its links, its time, and Jinja set up to escape."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from bitnet_report import __version__, is_member_name

from ..negotiation import Language
from ..texts import Texts
from . import figures


@dataclass(frozen=True)
class PageFrame:
    """Where a page stands.

    `root` is the prefix that a proxy serves under (mostly empty), `base_url` the collector's own address
    without a final slash, `path` and `query` those of this page. `asked_language` is set where the address
    says `?lang=`; links then carry it on.
    """

    root: str
    base_url: str
    path: str
    query: dict[str, str]
    language: Language
    asked_language: bool

    def link(self, path: str, **query: str) -> str:
        """An address on this collector that keeps the language that this page's address chose."""
        if self.asked_language:
            query["lang"] = self.language
        return f"{self.root}{path}" + (f"?{urlencode(query)}" if query else "")

    def member_link(self, member: str, **query: str) -> str:
        """A member's page; their runs where an older report's name is one that no address can end in."""
        if is_member_name(member):
            return self.link(f"/members/{member}", **query)
        return self.link("/runs.html", member=member)

    @property
    def other_language_link(self) -> str:
        """Where the other language is chosen for good; from there it leads back to this page."""
        other = "en" if self.language == "zh" else "zh"
        here = self.path + (f"?{urlencode(self.query)}" if self.query else "")
        return f"{self.root}/language/{other}?{urlencode({'to': here})}"


def render_page(template: str, frame: PageFrame, **values: object) -> str:
    """Fill a page's template, in the frame's language."""
    return render_template(template, frame=frame, t=Texts(frame.language), version=__version__, **values)


def render_template(template: str, **values: object) -> str:
    """Fill a template; every value is escaped."""
    return _environment().get_template(template).render(**values)


def _code_parts(text: str) -> list[tuple[str, bool]]:
    """The pieces of a text, each with whether it stood between backticks."""
    return _parts(r"`([^`]+)`", text)


def _option_parts(text: str) -> list[tuple[str, bool]]:
    """The pieces of a text, each with whether it is an option, which no line may break after its dashes."""
    return _parts(r"(?<![A-Za-z0-9-])(--[a-z][a-z-]*)", text)


def _parts(marked: str, text: str) -> list[tuple[str, bool]]:
    """The pieces of a text, each with whether it is what the pattern's one group holds."""
    return [(piece, place % 2 == 1) for place, piece in enumerate(re.split(marked, text))]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bitnet_collector"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        figure=lambda value: figures.figure(value, grouped=True),
        mb=lambda value: figures.megabytes(value, grouped=True),
        more_mb=figures.more_megabytes,
        ghz=figures.gigahertz,
        utc=figures.utc,
        age=figures.age,
        code_parts=_code_parts,
        option_parts=_option_parts,
    )
    return environment
