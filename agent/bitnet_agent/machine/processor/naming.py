"""The processor as it names itself: brand, instruction sets, advertised frequency."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from ..kernel_files import read_int, read_text
from ..sysctl import read_sysctl

_ISA_OF_INTEREST = (
    "ssse3", "sse4_1", "sse4_2", "avx", "avx2", "fma", "f16c", "bmi2", "avx_vnni", "avx_vnni_int8",
    "avx_ifma", "avx_ne_convert", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vbmi", "avx512_vnni",
    "avx512_bf16", "avx512_fp16", "avx10", "amx_tile", "amx_int8", "amx_bf16", "amx_fp16",
    "asimd", "asimdhp", "asimddp", "i8mm", "bf16", "sve", "sve2", "svei8mm", "svebf16", "sme",
)  # fmt: skip
_ON_APPLE = {
    "asimd": "AdvSIMD", "asimdhp": "arm.FEAT_FP16", "asimddp": "arm.FEAT_DotProd", "i8mm": "arm.FEAT_I8MM",
    "bf16": "arm.FEAT_BF16", "sme": "arm.FEAT_SME",
}  # fmt: skip


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


def isa_flags(root: Path = Path("/")) -> list[str]:
    """The instruction sets present that bear on matrix products, in a fixed order."""
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", read_text(root / "proc/cpuinfo"), re.MULTILINE)
    if line:
        flags = set(line[1].split())
    else:
        flags = set(_cpuinfo().get("flags") or ())
        flags |= {name for name, key in _ON_APPLE.items() if read_sysctl(f"hw.optional.{key}") == "1"}
    return [flag for flag in _ISA_OF_INTEREST if flag in flags]


def base_frequency(root: Path = Path("/")) -> BaseFrequency:
    """The advertised frequency, by the first source that has one."""
    khz = read_int(root / "sys/devices/system/cpu/cpu0/cpufreq/base_frequency")
    if khz:
        return BaseFrequency(khz / 1000, "base_frequency")
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
