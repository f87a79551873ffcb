"""The roofline as a picture: both axes logarithmic, the limits as roofs, each stage as a point under them.

One function for the run's page and for a file. In a page the colours are the page's own (classes `roof-…`,
light and dark); in a file they stand in the picture, plain and light.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from .roofline import Roofline
from .roofline_words import Language, roofline_words

WIDTH, HEIGHT = 720, 420
_NARROW, _NARROW_HEIGHT = 340, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 18, 34, 50
_MARGIN = 1.6  # factor of air around what is drawn
_LONGEST_NAME = 24
_FONTS = "system-ui, 'Noto Sans CJK SC', 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
_FILE_STYLE = f"""<style>
text {{ font-family: {_FONTS}; font-size: 13px; fill: #1d2733; }}
.roof-grid {{ stroke: #e3e8ee; stroke-width: 1; }}
.roof-axis {{ stroke: #7b8794; stroke-width: 1; }}
.roof-tick {{ font-size: 11px; fill: #52606d; }}
.roof-line {{ stroke: #1d4ed8; stroke-width: 2; fill: none; }}
.roof-peak {{ stroke: #b45309; stroke-width: 2; fill: none; }}
.roof-drop {{ stroke: #7b8794; stroke-width: 1; stroke-dasharray: 3 4; }}
.roof-point {{ fill: #be123c; stroke: #ffffff; stroke-width: 1.5; }}
.roof-ideal {{ fill: #ffffff; stroke: #be123c; stroke-width: 2; }}
.roof-name {{ font-weight: 600; }}
</style>"""


@dataclass(frozen=True)
class _Point:
    """A place under the roof: operations a byte, Gop/s."""

    name: str
    intensity: float
    gops: float
    ideal: bool


@dataclass(frozen=True)
class _Axes:
    """Decades as exponents; pixels of a value on each axis of a picture of this size."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    width: int
    height: int

    def x(self, value: float) -> float:
        part = (log10(value) - self.x_low) / (self.x_high - self.x_low)
        return round(_LEFT + part * (self.width - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        part = (log10(value) - self.y_low) / (self.y_high - self.y_low)
        return round(self.height - _BOTTOM - part * (self.height - _TOP - _BOTTOM), 1)


def roofline_svg(
    roofline: Roofline, language: Language, *, file: bool = False, narrow: bool = False
) -> str | None:
    """Draw it; None where no limit or no stage is known.

    With `file` it stands by itself, colours and all; `narrow` draws it for a telephone, text in full size.
    """
    points, bandwidth = _points(roofline, language, narrow), roofline.read_gb_per_s
    if not points or bandwidth is None or not _drawable(bandwidth):
        return None
    peaks = {kind[:_LONGEST_NAME]: rate for kind, rate in roofline.peaks_gops.items() if _drawable(rate)}
    width, height = (_NARROW, _NARROW_HEIGHT) if narrow else (WIDTH, HEIGHT)
    axes = _axes(points, bandwidth, peaks, (width, height))
    described = "; ".join(
        roofline_words(
            "description", language, stage=p.name, gops=f"{p.gops:.3g}", intensity=f"{p.intensity:.3g}"
        )
        for p in points
    )
    parts = [
        *_grid(axes, language),
        *_roofs(axes, bandwidth, peaks, language),
        *(line for point in points for line in _drop(axes, point, bandwidth, peaks)),
        *_marks(axes, points),
    ]
    size = f' width="{width}" height="{height}"' if file else ""
    look = "roofline narrow" if narrow else "roofline wide"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{look}" viewBox="0 0 {width} {height}"{size} '
            f'role="img" aria-label="{escape(described)}">',
            f"<title>{escape(roofline_words('title', language))}</title>",
            *([_FILE_STYLE, f'<rect width="{width}" height="{height}" fill="#ffffff"/>'] if file else []),
            *parts,
            "</svg>",
        ]
    )


def _drawable(value: float) -> bool:
    """A report may state anything; what no machine comes near would only stretch the axes."""
    return 1e-9 < value < 1e9


def _points(roofline: Roofline, language: Language, narrow: bool) -> list[_Point]:
    found = []
    for stage in roofline.stages:
        known = stage.stage in ("prefill", "decode")
        name = roofline_words(stage.stage, language) if known else stage.stage[:_LONGEST_NAME]
        if stage.intensity and stage.gops:
            found.append(_Point(name, stage.intensity, stage.gops, ideal=False))
        if stage.stage == "decode" and stage.ideal_2bit_ms and stage.ideal_2bit_bytes and stage.operations:
            found.append(
                _Point(
                    roofline_words("ideal_alone" if narrow else "ideal", language, stage=name),
                    stage.operations / stage.ideal_2bit_bytes,
                    stage.operations / stage.ideal_2bit_ms / 1e6,
                    ideal=True,
                )
            )
    return [point for point in found if _drawable(point.intensity) and _drawable(point.gops)]


def _axes(points: list[_Point], bandwidth: float, peaks: dict[str, float], size: tuple[int, int]) -> _Axes:
    """Whole decades around the points and the places where the roofs meet."""
    across = [p.intensity for p in points] + [peak / bandwidth for peak in peaks.values()]
    upwards = [p.gops for p in points] + (list(peaks.values()) or [bandwidth * max(across)])
    return _Axes(
        floor(log10(min(across) / _MARGIN)),
        ceil(log10(max(across) * _MARGIN)),
        floor(log10(min(upwards) / _MARGIN)),
        ceil(log10(max(upwards) * _MARGIN)),
        *size,
    )


def _grid(axes: _Axes, language: Language) -> list[str]:
    right, bottom = axes.width - _RIGHT, axes.height - _BOTTOM
    drawn = []
    for power in range(int(axes.x_low), int(axes.x_high) + 1):
        x = axes.x(10.0**power)
        drawn.append(f'<line class="roof-grid" x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom}"/>')
        drawn.append(_text(x, bottom + 16, _power(power), "roof-tick", "middle"))
    for power in range(int(axes.y_low), int(axes.y_high) + 1):
        y = axes.y(10.0**power)
        drawn.append(f'<line class="roof-grid" x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}"/>')
        drawn.append(_text(_LEFT - 8, y + 4, _power(power), "roof-tick", "end"))
    drawn.append(f'<line class="roof-axis" x1="{_LEFT}" y1="{bottom}" x2="{right}" y2="{bottom}"/>')
    drawn.append(f'<line class="roof-axis" x1="{_LEFT}" y1="{_TOP}" x2="{_LEFT}" y2="{bottom}"/>')
    drawn.append(
        _text((_LEFT + right) / 2, axes.height - 10, roofline_words("x_axis", language), "", "middle")
    )
    drawn.append(_text(8, 18, roofline_words("y_axis", language), "", "start"))
    return drawn


def _roofs(axes: _Axes, bandwidth: float, peaks: dict[str, float], language: Language) -> list[str]:
    """The slope of the memory up to the highest peak, and a level for each peak from there on."""
    top = max(peaks.values(), default=10.0**axes.y_high)
    left = max(10.0**axes.x_low, 10.0**axes.y_low / bandwidth)
    ridge = min(top / bandwidth, 10.0**axes.x_high)
    x1, y1, x2, y2 = axes.x(left), axes.y(left * bandwidth), axes.x(ridge), axes.y(ridge * bandwidth)
    drawn = [f'<line class="roof-line" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>']
    if axes.width == WIDTH:  # beside a narrow slope there is no room; the page says it above the picture
        x, y = x1 + (x2 - x1) * 0.3, y1 + (y2 - y1) * 0.3
        label = roofline_words("bandwidth_roof", language, rate=bandwidth)
        drawn.append(_text(round(x - 10, 1), round(y - 8, 1), label, "roof-label", "end"))
    right, free = axes.width - _RIGHT, 0.0  # free: from here down nothing is written yet
    for kind, peak in sorted(peaks.items(), key=lambda entry: -entry[1]):
        start, y = axes.x(min(peak / bandwidth, 10.0**axes.x_high)), axes.y(peak)
        drawn.append(f'<line class="roof-peak" x1="{start}" y1="{y}" x2="{right}" y2="{y}"/>')
        place = (
            max(y + 16, free + 15) if free else y - 7
        )  # the highest above its line, the others below theirs
        words = roofline_words("peak_roof", language, kind=kind, rate=peak)
        drawn.append(_text(right - 4, round(place, 1), words, "roof-label", "end"))
        free = max(place, y)
    return drawn


def _drop(axes: _Axes, point: _Point, bandwidth: float, peaks: dict[str, float]) -> list[str]:
    """From the roof down to the point: how much is left."""
    if point.ideal:
        return []
    roof = min(point.intensity * bandwidth, max(peaks.values(), default=10.0**axes.y_high))
    x = axes.x(point.intensity)
    return [f'<line class="roof-drop" x1="{x}" y1="{axes.y(roof)}" x2="{x}" y2="{axes.y(point.gops)}"/>']


def _marks(axes: _Axes, points: list[_Point]) -> list[str]:
    drawn = []
    for point in points:
        x, y = axes.x(point.intensity), axes.y(point.gops)
        if point.ideal:  # it lies on a roof: its name goes where nothing is, above
            drawn.append(f'<path class="roof-ideal" d="M{x} {round(y - 7, 1)}l7 7l-7 7l-7 -7z"/>')
            drawn.append(_text(x - 12, y - 8, point.name, "roof-name", "end"))
            continue
        drawn.append(f'<circle class="roof-point" cx="{x}" cy="{y}" r="6"/>')
        beside, anchor = (x - 12, "end") if x > axes.width * 0.7 else (x + 12, "start")
        drawn.append(_text(beside, y + 16, point.name, "roof-name", anchor))
    return drawn


def _power(power: int) -> str:
    """0.01, 0.1, 1, 10, 100, 1,000 …: figures, as far as they are short."""
    return f"{10.0**power:,.0f}" if power >= 0 else f"{10.0**power:.{-power}f}"


def _text(x: float, y: float, words: str, kind: str, anchor: str) -> str:
    classes = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{classes}>{escape(words)}</text>'
