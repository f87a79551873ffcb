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
    "verdict_faster": ("faster", "更快"),
    "verdict_slower": ("slower", "更慢"),
    "verdict_indistinguishable": ("indistinguishable", "无法区分"),
    "verdict_one-sample": ("unsure: one sample", "不确定：单样本"),
    "verdict_not-comparable": ("not comparable", "不可比"),
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
    "one_sample_hint": (
        "One sample has no interval: whether such a ratio is chance cannot be told.",
        "单个样本没有置信区间，无法判断该比值是否出于偶然。",
    ),
    "indistinguishable_hint": (
        "Indistinguishable: under {percent:.0f} % apart, or the interval holds 1.",
        "无法区分：相差不到 {percent:.0f} %，或区间包含 1。",
    ),
}


def word(language: Language, key: str, **values: object) -> str:
    """The sentence of that key in that language, with its values put in."""
    return _WORDS[key][0 if language == "en" else 1].format(**values)
