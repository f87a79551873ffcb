"""A page as a list of sections, each with a file of its own for its view and for its template."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A part of a page: `key` is its anchor and names its template, `view` is what that template shows."""

    key: str
    title: str
    view: object
