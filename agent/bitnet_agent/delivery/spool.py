"""The spool: reports on their way, each on the disk until its receipt is.

    waiting/NAME.json  NAME.slip     the report, byte for byte; where it is to go
    refused/NAME.json  NAME.slip     the same, with the reason in the slip
    receipts/NAME.json               which collector took which bytes, and when
    claims/NAME.lock                 held by the agent that is sending it, and let go by the system if it dies

An entry is where its `.json` is: slips are written before it and removed after it, and a change of place is
one rename. So a crash leaves an entry in exactly one state, at worst with files too many: see `tidy`.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from ..errors import DeliveryError, EnvironmentFaultError
from .outbox import Outgoing
from .receipt_files import keep_receipt, kept_receipts
from .report_file import flush_directory, write_durably
from .slip import KeptReceipt, Slip, name_of


@dataclass(frozen=True)
class Entry:
    """One report on its way to one collector; `path` is where its bytes are."""

    path: Path
    slip: Slip

    @property
    def name(self) -> str:
        """What its files are called, without their endings."""
        return self.path.stem


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Spool:
    """The reports on their way from this user's machine; `now` gives the time in UTC."""

    def __init__(self, root: Path, now: Callable[[], datetime] = _utc_now) -> None:
        """Make its folders where they are missing.

        Raises:
            EnvironmentFaultError: they cannot be made, or not be written in.
        """
        self.root = root
        self.refused_folder = root / "refused"
        self._waiting, self._receipts, self._claims = root / "waiting", root / "receipts", root / "claims"
        self._now = now
        with self._on_disk():
            for folder in (self._waiting, self.refused_folder, self._receipts, self._claims):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flush_directory(root)
            with tempfile.TemporaryFile(dir=self._waiting):
                pass

    def tidy(self) -> None:
        """Finish what a crash left half done: a report whose last step was missing waits, other remains go.

        Raises:
            EnvironmentFaultError: the disk refuses.
        """
        for lock in sorted(self._claims.glob("*.lock")):  # whoever writes holds one
            with self.claim(lock.stem, timeout_s=0) as mine, self._on_disk():
                if mine:
                    for folder in (self._waiting, self.refused_folder, self._receipts):
                        _finish(folder / f"{lock.stem}.json")

    def put(self, outgoing: Outgoing, collector: str) -> Entry:
        """Spool a report; when this returns it is on the disk. The same again changes nothing.

        Raises:
            EnvironmentFaultError: the disk refuses.
        """
        sha256 = hashlib.sha256(outgoing.body).hexdigest()
        slip = Slip(
            run_id=outgoing.run_id, sha256=sha256, collector=collector, spooled_at=self._now().isoformat()
        )
        path = self._waiting / f"{name_of(outgoing.run_id, sha256, collector)}.json"
        if not path.exists():
            with self.claim(path.stem, timeout_s=-1), self._on_disk():
                self._write_slip(path, slip)
                write_durably(path, outgoing.body)
                self._remove(self.refused_folder / path.name)
        return Entry(path, slip)

    def waiting(self) -> list[Entry]:
        """What is yet to be sent, oldest run first."""
        return self._entries(self._waiting)

    def refused(self) -> list[Entry]:
        """What was refused for good, oldest run first."""
        return self._entries(self.refused_folder)

    def strays(self) -> list[Path]:
        """Reports in the spool without a slip that can be read: nobody knows where they are to go."""
        with self._on_disk():
            found = [(path, _slip_of(path)) for path in sorted(self._waiting.glob("*.json"))]
            return [path for path, slip in found if slip is None and path.exists()]

    def receipts(self) -> list[KeptReceipt]:
        """The receipts that are kept, oldest run first."""
        with self._on_disk():
            return kept_receipts(self._receipts)

    def receipt_for(self, entry: Entry) -> KeptReceipt | None:
        """The receipt that this very report had from this very collector, if any."""
        return next((kept for kept in self.receipts() if _name(kept) == entry.name), None)

    @contextmanager
    def claim(self, name: str, timeout_s: float) -> Iterator[bool]:
        """Hold the entry of that name, so that no other agent touches it; False if one does for so long.

        A negative `timeout_s` waits as long as it takes.
        """
        file = self._claims / f"{name}.lock"
        lock = FileLock(file)
        try:
            with self._on_disk():
                lock.acquire(timeout=timeout_s)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            with suppress(OSError):  # Windows does not remove what is open
                if not (self._waiting / f"{name}.json").exists():
                    file.unlink(missing_ok=True)
            lock.release()

    def still_there(self, entry: Entry) -> bool:
        """Tell whether no other agent has moved it on; to be asked under its claim."""
        return entry.path.exists()

    def waiting_path(self, entry: Entry) -> Path:
        """Where the entry's report is while it waits."""
        return self._waiting / entry.path.name

    def read(self, entry: Entry) -> bytes:
        """The bytes of a waiting entry, which are those that were spooled; to be called under its claim.

        Raises:
            DeliveryError: they are not; the entry is then among the refused.
            EnvironmentFaultError: they cannot be read.
        """
        with self._on_disk():
            body = entry.path.read_bytes()
        if hashlib.sha256(body).hexdigest() == entry.slip.sha256:
            return body
        reason = "the file was changed after it was written"
        kept = self.refuse(entry, None, reason)
        raise DeliveryError(
            f"the spooled report {kept} was not sent: {reason}",
            "if it is right as it is, send it with `bitnet-agent push FILE --collector URL`",
        )

    def refuse(self, entry: Entry, status: int | None, reason: str) -> Path:
        """Put a waiting entry among the refused, with the reason; to be called under its claim."""
        kept = self.refused_folder / entry.path.name
        with self._on_disk():
            self._write_slip(kept, entry.slip.model_copy(update={"status": status, "reason": reason}))
            self._move(entry.path, kept)
        return kept

    def readmit(self, entry: Entry) -> Entry:
        """Let a refused entry wait again; to be called under its claim."""
        path = self.waiting_path(entry)
        slip = entry.slip.model_copy(update={"status": None, "reason": None})
        with self._on_disk():
            self._write_slip(path, slip)
            self._move(entry.path, path)
        return Entry(path, slip)

    def settle(self, entry: Entry) -> None:
        """Keep the receipt, and only then let the report go; to be called under its claim."""
        slip = entry.slip
        with self._on_disk():
            keep_receipt(
                self._receipts,
                KeptReceipt(
                    run_id=slip.run_id, sha256=slip.sha256, collector=slip.collector,
                    delivered_at=self._now().isoformat(),
                ),
            )  # fmt: skip
            self._remove(entry.path)

    def discard(self, entry: Entry) -> None:
        """Let an entry go that waits under another name too; to be called under its claim."""
        with self._on_disk():
            self._remove(entry.path)

    def _entries(self, folder: Path) -> list[Entry]:
        with self._on_disk():
            found = [(path, _slip_of(path)) for path in sorted(folder.glob("*.json"))]
        return [Entry(path, slip) for path, slip in found if slip is not None]

    def _write_slip(self, path: Path, slip: Slip) -> None:
        content = slip.model_dump_json(indent=2, exclude_none=True) + "\n"
        write_durably(path.with_suffix(".slip"), content.encode())

    def _move(self, old: Path, new: Path) -> None:
        old.replace(new)
        flush_directory(new.parent)
        flush_directory(old.parent)
        old.with_suffix(".slip").unlink(missing_ok=True)

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        flush_directory(path.parent)
        path.with_suffix(".slip").unlink(missing_ok=True)

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        try:
            yield
        except Timeout:
            raise
        except OSError as error:
            raise EnvironmentFaultError(
                f"the spool {self.root} cannot be used: {error.strerror or error}",
                "make room, or make it writable, or set BITNET_AGENT_STATE to another place",
            ) from error


def _name(receipt: KeptReceipt) -> str:
    return name_of(receipt.run_id, receipt.sha256, receipt.collector)


def _slip_of(path: Path) -> Slip | None:
    try:
        return Slip.model_validate_json(path.with_suffix(".slip").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _finish(path: Path) -> None:
    """Give a slip its report, if all of it is there under another name; what belongs to nothing goes."""
    slip = _slip_of(path)
    for remnant in path.parent.glob(f".{path.stem}.*"):
        whole = slip is not None and hashlib.sha256(remnant.read_bytes()).hexdigest() == slip.sha256
        if whole and not path.exists():
            remnant.replace(path)
            flush_directory(path.parent)
        else:
            remnant.unlink()
    if not path.exists():
        path.with_suffix(".slip").unlink(missing_ok=True)
