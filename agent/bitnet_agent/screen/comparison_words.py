"""The sentences of a comparison, in English and Chinese."""

from __future__ import annotations

from .language import Language

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("B against A", "B 相对于 A"),
    "stage": ("Stage", "阶段"),
    "ratio": ("B / A", "B / A"),
    "interval": ("95 % interval", "95 % 区间"),
    "equal_clock": ("at equal\nclock", "同频下"),
    "verdict": ("B is", "B"),
    "memory": ("Peak memory (MB)", "峰值内存 (MB)"),
    "difference": ("B - A", "B - A"),
    "decode_step": ("  median step", "  单步中位数"),
    "first_call": ("First call, cold", "首次调用（冷）"),
    "reason_missing": ("missing", "缺失"),
    "reason_no-time": ("took no time", "耗时为零"),
    "reason_compile-cache": ("compile cache differs", "编译缓存不同"),
    "obstacle_other-work": (
        "Not comparable: the two did different work.",
        "不可比：两次运行的工作负载不同。",
    ),
    "obstacle_unknown-work": (
        "Not comparable: a report does not prove what work it did.",
        "不可比：有报告未能证明所做的工作。",
    ),
    "obstacle_invalid": (
        "Not comparable: a run is graded invalid.",
        "不可比：有一次运行被评为无效。",
    ),
    "other_means": ("The same task by other means:", "同一任务，实现方式不同："),
    "grade": ("grade {grade}", "等级 {grade}"),
    "notes": ("Also different:", "其他差异："),
    "not_stated": ("not stated", "未注明"),
}


def word(language: Language, key: str, **values: object) -> str:
    """The sentence of that key in that language, with its values put in."""
    return _WORDS[key][0 if language == "en" else 1].format(**values)
