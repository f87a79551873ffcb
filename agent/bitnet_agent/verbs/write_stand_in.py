"""`bitnet-agent stand-in`: write a checkpoint with random weights."""

from __future__ import annotations

from ..display import report_bytes
from ..options import Options
from ..screen.language import choose_language, text
from ..screen.terminal import TerminalDisplay, console
from ..stand_in import write_stand_in


def run(options: Options) -> int:
    """Write the checkpoint and say where it is."""
    language = choose_language(options.lang)
    screen = console()
    if options.quiet:
        write_stand_in(options.size, options.out)
        return 0
    with TerminalDisplay(screen, language) as display:
        write_stand_in(options.size, options.out, progress=report_bytes(display, "prepare"))
    screen.print(text(language, "stand_in_written", path=options.out), markup=False, soft_wrap=True)
    return 0
