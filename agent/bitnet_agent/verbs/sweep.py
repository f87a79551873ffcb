"""`bitnet-agent sweep`: measure at every point of a grid, in turns, and go on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator

from ..checkpoint.finding import Checkpoint
from ..display import SilentDisplay
from ..errors import AgentError, UsageError
from ..fresh_process import profile_in_fresh_process
from ..machine.allocator import check_tunable
from ..options import Options
from ..plan import Plan, Prompt
from ..preparing import prepare
from ..screen.delivering import DeliveryScreen
from ..screen.language import choose_language
from ..screen.sweep import SweepScreen
from ..screen.terminal import TerminalDisplay, console
from ..submission import Submission, prepare_submission
from ..sweep.folder import SweepFolder, open_folder
from ..sweep.grid import Grid
from ..sweep.order import turns
from ..sweep.running import TurnDone, run_turns


def run(options: Options) -> int:
    """Run every point that is not done yet; 0 if all of them have their report and were delivered."""
    language = choose_language(options.lang)
    console_ = console()
    screen = SweepScreen(console_, language, quiet=options.quiet)
    base, grid = _base(options), _grid(options)
    _refuse_other_malloc(grid)
    submission = prepare_submission(options, DeliveryScreen(console_, language, quiet=options.quiet))
    if options.quiet:
        checkpoint = prepare(base, SilentDisplay()).checkpoint
    else:
        with TerminalDisplay(console_, language) as display:
            checkpoint = prepare(base, display).checkpoint
    _refuse_too_long(grid, checkpoint)

    points, order = len(grid.points()), turns(grid.points(), options.rounds, options.seed)
    with open_folder(options.out, grid, options.rounds, options.seed, base) as folder:
        screen.begin(folder.directory, points, options.rounds)
        done = run_turns(folder, order, base, folder.place(points, options.rounds), profile_in_fresh_process)
        faults = _follow(done, len(order), _Delivery(submission, folder, screen), screen)
        screen.table([report for point in grid.points() if (report := folder.finished(point)) is not None])
    return faults[0].exit_code if faults else 0


def _follow(
    turns_done: Iterator[TurnDone], total: int, delivery: _Delivery, screen: SweepScreen
) -> list[AgentError]:
    """Tell and deliver each turn as it is done; give what could not be run, then what not be delivered."""
    faults = list[AgentError]()
    for number, done in enumerate(turns_done, 1):
        screen.turn_done(number, total, done)
        if done.fault is not None:
            faults.append(done.fault)
        delivery.deliver(done)
    return faults + delivery.faults


class _Delivery:
    """Sends each point's report once it is finished; what cannot be sent stays in the spool and is told."""

    def __init__(self, submission: Submission | None, folder: SweepFolder, screen: SweepScreen) -> None:
        self._submission, self._folder, self._screen = submission, folder, screen
        self._sent: set[str] = set()
        self.faults: list[AgentError] = []

    def deliver(self, done: TurnDone) -> None:
        report, point = done.finished, done.turn.point
        if self._submission is None or report is None or report.run_id in self._sent:
            return
        self._sent.add(report.run_id)
        path = self._folder.point_path(point)
        try:
            entry = self._submission.keep(report.run_id, path.read_bytes(), path)
            self._submission.deliver(entry, path)
        except AgentError as error:
            self.faults.append(error)
            self._screen.not_delivered(point, error)


def _base(options: Options) -> Plan:
    """What is the same at every point."""
    return Plan(
        model=options.model,
        revision=options.revision,
        prompt=Prompt(),
        repetitions=options.repetitions,
        dtype=options.dtype,
        reference_mhz=options.reference_mhz,
        clock_mhz=options.clock_mhz,
        member=options.member,
        note=options.note,
        effort="quick" if options.quick else "standard",
        pin=options.pin,
    )


def _grid(options: Options) -> Grid:
    return Grid(
        prompt_tokens=options.prompt_tokens,
        decode_tokens=options.decode_tokens,
        context_depth=options.context_depth,
        threads=options.threads,
        engine=options.engine,
        malloc=options.malloc,
    )


def _refuse_other_malloc(grid: Grid) -> None:
    """Tell before the first run that the environment leaves the points no allocator of their own."""
    if "tuned" in grid.malloc and check_tunable() == "tuned" and "default" in grid.malloc:
        raise UsageError(
            "the environment already holds the settings of --malloc tuned, so no point would be default",
            "unset MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_, or sweep --malloc tuned alone",
        )


def _refuse_too_long(grid: Grid, checkpoint: Checkpoint) -> None:
    """Tell before the first run that a later one cannot be done."""
    longest = max(grid.points(), key=lambda point: point.positions)
    if longest.positions > checkpoint.max_positions:
        raise UsageError(
            f"the point {longest.key} takes {longest.positions} positions, "
            f"and the model has {checkpoint.max_positions}",
            "leave out the longest of --context-depth, --prompt-tokens or --decode-tokens",
        )
