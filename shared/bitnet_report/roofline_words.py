"""The roofline in words, in both languages: verdicts, and the labels of the picture."""

from __future__ import annotations

from typing import Literal

from .bounds import is_beyond_peak
from .roofline import StageRoofline

Language = Literal["en", "zh"]

_WORDS: dict[str, tuple[str, str]] = {
    "memory-bound": (
        "memory-bound: the processor waits for memory; only moving fewer bytes makes it faster",
        "受内存带宽限制：处理器在等待内存，只有减少搬运的字节才能更快",
    ),
    "partly memory-bound": (
        "partly memory-bound: memory is busy much of the time, and something else takes the rest",
        "部分受内存带宽限制：内存在相当一部分时间里忙碌，其余时间花在别处",
    ),
    "compute-bound": (
        "compute-bound: the processor multiplies about as fast as it can",
        "受计算能力限制：处理器的乘法速度已接近上限",
    ),
    "partly compute-bound": (
        "partly compute-bound: the arithmetic units are busy much of the time, and something else takes the "
        "rest",
        "部分受计算能力限制：计算单元在相当一部分时间里忙碌，其余时间花在别处",
    ),
    "overhead": (
        "overhead: neither memory nor the arithmetic units are busy; the time goes into how the work is done",
        "开销为主：内存和计算单元都不忙，时间花在实现方式本身的开销上",
    ),
    "beyond-peak": (
        "the measured peak is too low to say what holds it back",
        "测得的峰值偏低，无法判断受限原因",
    ),
    "prefill": ("prefill", "prefill"),
    "decode": ("decode", "decode"),
    "ideal": ("{stage}, 2-bit ideal", "{stage}，2-bit 理想值"),
    "ideal_alone": ("2-bit ideal", "2-bit 理想值"),
    "bandwidth_roof": ("memory {rate:,.0f} GB/s", "内存 {rate:,.0f} GB/s"),
    "peak_roof": ("{kind} {rate:,.0f} Gop/s", "{kind} {rate:,.0f} Gop/s"),
    "x_axis": ("operations per byte moved", "每搬运一字节的运算次数"),
    "y_axis": ("billion operations a second (Gop/s)", "每秒十亿次运算 (Gop/s)"),
    "title": (
        "Roofline: how near each stage comes to the machine's limits",
        "Roofline：各阶段距机器上限有多近",
    ),
    "description": (
        "{stage}: {gops} Gop/s at {intensity} operations per byte",
        "{stage}：{gops} Gop/s，每字节 {intensity} 次运算",
    ),
}


def verdict_words(stage: StageRoofline, language: Language) -> str | None:
    """What holds the stage back, in words; None where neither limit is known."""
    if stage.verdict is None:
        return None
    return roofline_words("beyond-peak" if is_beyond_peak(stage) else stage.verdict, language)


def roofline_words(key: str, language: Language, **values: object) -> str:
    """The words of that key (a verdict is a key) with its values put in."""
    return _WORDS[key][0 if language == "en" else 1].format(**values)
