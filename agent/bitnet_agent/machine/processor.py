"""The processor as it names itself: brand, instruction sets, caches, hypervisor, advertised frequency."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

_CPU0 = Path("/sys/devices/system/cpu/cpu0/cpufreq")
_ISA_OF_INTEREST = (
    "sse4_2", "avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni",
    "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16",
    "asimd", "asimddp", "i8mm", "bf16", "sve", "sve2",
)  # fmt: skip


@dataclass(frozen=True)
class BaseFrequency:
    """The frequency that the maker advertises (MHz), and where it was read."""

    mhz: float | None
    source: str | None


@cache
def _cpuinfo() -> dict[str, Any]:
    import cpuinfo

    try:
        return dict(cpuinfo.get_cpu_info())
    except Exception:  # noqa: BLE001 - py-cpuinfo raises bare Exception on processors it does not know
        return {}


def cpu_brand() -> str:
    """The processor's own name, or its architecture where it has none."""
    return str(_cpuinfo().get("brand_raw") or platform.processor() or platform.machine() or "unknown").strip()


def isa_flags() -> list[str]:
    """The instruction sets present that bear on matrix products, in a fixed order."""
    flags = set(_cpuinfo().get("flags") or ())
    return [flag for flag in _ISA_OF_INTEREST if flag in flags]


def caches() -> dict[str, Any]:
    """Cache sizes in bytes, as far as py-cpuinfo reads them."""
    names = {"l1_data_cache_size": "l1d", "l2_cache_size": "l2", "l3_cache_size": "l3"}
    return {short: _cpuinfo()[name] for name, short in names.items() if isinstance(_cpuinfo().get(name), int)}


def hypervisor() -> str | None:
    """`present` in a virtual machine that says so (Linux), else None."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    if not re.search(r"^flags\s*:.*\bhypervisor\b", flags, re.MULTILINE):
        return None
    try:
        vendor = Path("/sys/class/dmi/id/sys_vendor").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        vendor = ""
    return vendor or "present"


def base_frequency() -> BaseFrequency:
    """The advertised frequency, by the first source that has one."""
    try:
        return BaseFrequency(
            int((_CPU0 / "base_frequency").read_text(encoding="ascii")) / 1000, "base_frequency"
        )
    except (OSError, ValueError):
        pass
    in_name = re.search(r"@\s*([0-9.]+)\s*GHz", cpu_brand())
    if in_name:
        return BaseFrequency(float(in_name[1]) * 1000, "processor name")
    advertised = _cpuinfo().get("hz_advertised")
    if isinstance(advertised, (list, tuple)) and advertised and advertised[0]:
        return BaseFrequency(float(advertised[0]) / 1e6, "py-cpuinfo")
    try:
        frequency = psutil.cpu_freq()
    except (OSError, NotImplementedError, RuntimeError):
        frequency = None
    if frequency is not None and (frequency.max or frequency.current):
        # In a virtual machine this is the time stamp counter's rate.
        return BaseFrequency(float(frequency.max or frequency.current), "psutil")
    return BaseFrequency(None, None)
