"""A picture made of points (PNG) from a drawn one (SVG), with the fonts that this machine has."""

from __future__ import annotations

import resvg_py

_ZOOM = 2.0  # legible on a projector and in a document


def png_of(svg: str) -> bytes:
    """Render the drawing; letters that no font here has are left out by the renderer."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM))


def can_write_chinese() -> bool:
    """Tell whether some font here has Chinese letters: two of them must not look alike."""
    first, second = (
        bytes(
            resvg_py.svg_to_bytes(
                svg_string='<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
                f'<text x="4" y="30" font-size="24" font-family="sans-serif">{letter}</text></svg>'
            )
        )
        for letter in "内运"
    )
    return first != second
