"""The header that leads from one page of a list to the next."""

from __future__ import annotations


def link_header(following: str | None) -> dict[str, str]:
    """`Link` to the address behind (RFC 8288); empty where there is none."""
    return {"Link": f'<{following}>; rel="next"'} if following else {}
