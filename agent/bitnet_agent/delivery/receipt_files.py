"""The receipts that were had, one small file each, so that `verify` can ask for them later."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from .report_file import write_durably
from .slip import KeptReceipt, name_of

RECEIPTS_KEPT = 1000
"""The newest stay, by run id: some 300 bytes each."""


def keep_receipt(folder: Path, receipt: KeptReceipt) -> None:
    """Put a receipt on the disk, and let the oldest beyond `RECEIPTS_KEPT` go; raises OSError."""
    name = name_of(receipt.run_id, receipt.sha256, receipt.collector)
    write_durably(folder / f"{name}.json", (receipt.model_dump_json(indent=2) + "\n").encode())
    for old in sorted(folder.glob("*.json"))[:-RECEIPTS_KEPT]:  # run ids sort by their time
        old.unlink(missing_ok=True)


def kept_receipts(folder: Path) -> list[KeptReceipt]:
    """The receipts, oldest run first; a file that is none is passed over; raises OSError."""
    receipts = []
    for path in sorted(folder.glob("*.json")):
        try:
            receipts.append(KeptReceipt.model_validate_json(path.read_bytes()))
        except (FileNotFoundError, ValidationError):
            continue
    return receipts
