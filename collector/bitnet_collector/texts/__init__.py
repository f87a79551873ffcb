"""Every sentence of the pages in both languages, side by side so that none is forgotten."""

from __future__ import annotations

from typing import Final

from ..negotiation import Language
from .allocation import ALLOCATION
from .charts import CHARTS
from .compare import COMPARE
from .explaining import EXPLAINING
from .figures import FIGURES
from .member import MEMBER
from .members import MEMBERS
from .operators import OPERATORS
from .refused import REFUSED
from .roofline import ROOFLINE
from .run import RUN
from .runs import RUNS
from .site import SITE
from .summary import SUMMARY
from .sweep import SWEEP

TEXTS: Final[dict[str, tuple[str, str]]] = {
    **SITE,
    **FIGURES,
    **SUMMARY,
    **RUN,
    **RUNS,
    **REFUSED,
    **ROOFLINE,
    **COMPARE,
    **CHARTS,
    **MEMBER,
    **MEMBERS,
    **OPERATORS,
    **ALLOCATION,
    **EXPLAINING,
    **SWEEP,
}
"""key: (English, Chinese)"""


class Texts:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        """Choose the language."""
        self.language = language
        self._column = 0 if language == "en" else 1

    @property
    def space(self) -> str:
        """What stands between two sentences: nothing in Chinese."""
        return " " if self.language == "en" else ""

    def __call__(self, key: str, **values: object) -> str:
        """The sentence `key`, its placeholders filled; a KeyError where there is none."""
        return TEXTS[key][self._column].format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is such a sentence; foreign names are shown as they are where not."""
        return key in TEXTS
