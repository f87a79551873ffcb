"""`bitnet-agent roofline`: a run's roofline, in words and as a picture."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bitnet_report.roofline_svg import roofline_svg

from ..asking import collector_asked
from ..delivery.named_report import read_named_report
from ..delivery.report_file import check_writable, write_atomically
from ..errors import UsageError
from ..options import Options
from ..screen.language import Language, choose_language, text
from ..screen.roofline import print_roofline


def run(options: Options) -> int:
    """Print the run's limits and verdicts on standard output; with `--out` draw them too.

    Raises:
        UsageError: the report cannot be read or has no limits, or the picture's kind is not known.
    """
    language = choose_language(options.lang)
    out: Path | None = options.out
    if out is not None and out.suffix.lower() not in (".svg", ".png"):
        raise UsageError(f"{out} is neither .svg nor .png", "give --out a name that ends in one of them")
    collector, token = collector_asked(options, language)
    report = read_named_report(options.report, collector, token)
    if report.roofline is None or roofline_svg(report.roofline, language) is None:
        raise UsageError(
            f"{options.report} holds no measured limits", "measure with bitnet-agent, without --no-limits"
        )
    print_roofline(Console(highlight=False), report, language)
    if out is not None:
        check_writable(out, "--out")
        drawing = roofline_svg(report.roofline, _language_of(out, language), file=True) or ""
        write_atomically(out, _content(out, drawing), "--out")
        print(text(language, "picture_written", path=out))
    return 0


def _language_of(out: Path, language: Language) -> Language:
    """A drawing names its fonts and is shown elsewhere; a picture of points needs them here."""
    if out.suffix.lower() == ".svg" or language == "en":
        return language
    from ..screen.picture import can_write_chinese

    return language if can_write_chinese() else "en"


def _content(out: Path, drawing: str) -> bytes:
    if out.suffix.lower() == ".svg":
        return (drawing + "\n").encode()
    from ..screen.picture import png_of

    return png_of(drawing)
