"""Letting go of the pages of a mapped checkpoint that nobody needs any more.

The weight file is mapped as a whole, so it stays mapped as long as one tensor of it is in use, and pages that
were read count as resident. They are clean: the kernel takes them back at a word (madvise(2)).
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path

import torch

from ..machine.kernel_files import read_text

_MAPS = Path("/proc/self/maps")
_DONT_NEED = 4  # MADV_DONTNEED


def let_go(weight: torch.Tensor) -> None:
    """Drop the whole pages under a tensor that nothing reads again; nothing happens to memory of no file."""
    start = -(-weight.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
    end = (weight.data_ptr() + weight.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if sys.platform == "linux" and end > start and _is_of_a_file(start, end):
        ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONT_NEED)


def _is_of_a_file(start: int, end: int) -> bool:
    """Tell whether one mapping of a file holds the range: there a dropped page is read again, not lost."""
    for line in read_text(_MAPS).splitlines():
        addresses, _, _, _, inode = line.split()[:5]
        low, high = (int(address, 16) for address in addresses.split("-"))
        if low <= start < high:
            return end <= high and inode != "0"
    return False
