"""The sentences in and beside the charts, English and Chinese."""

from __future__ import annotations

from typing import Final

CHARTS: Final[dict[str, tuple[str, str]]] = {
    "stage_times_alt": (
        "Median time of each stage: {stages}. The table below has the figures.",
        "各阶段耗时的中位数：{stages}。数据见下表。",
    ),
    "stage_times_caption": (
        "Median of each stage with its 95 % interval; each grid line is ten times the one before.",
        "各阶段耗时的中位数及 95 % 置信区间。对数坐标，每条竖线为前一条的十倍。",
    ),
    "shares_loading": ("Loading, once", "加载（仅一次）"),
    "shares_repeated": ("One repetition", "单次推理"),
    "shares_caption": (
        "What the time goes to. Loading happens once; every request repeats the rest.",
        "时间的去向。加载只发生一次，其余阶段每次推理都会重复。",
    ),
    "memory_alt": (
        "Resident memory in MB by stage: {stages}. The table below has the figures.",
        "各阶段常驻内存 (MB)：{stages}。数据见下表。",
    ),
    "memory_stage_alt": (
        "{stage} {before} to {after}, peak {peak}",
        "{stage} 由 {before} 至 {after}，峰值 {peak}",
    ),
    "memory_chart_caption": (
        "Each stage from left to right: resident memory before and after it; the mark above is its peak.",
        "从左到右为各阶段前后的常驻内存，上方的横线为该阶段内的峰值。",
    ),
    "resident": ("Resident", "常驻内存"),
    "steps_alt": (
        "Time of each decode step ({n} repetitions), {low} to {high} ms; the table below has the figures.",
        "{n} 次重复中每步 Decode 的耗时，{low} 至 {high} ms。数据见下表。",
    ),
    "steps_axis": ("step {n}", "第 {n} 步"),
    "histogram_alt": (
        "How often a decode step took how long: {n} steps, {low} to {high} ms, median {median} ms.",
        "Decode 单步耗时的分布：共 {n} 步，{low} 至 {high} ms，中位数 {median} ms。",
    ),
    "histogram_caption": ("How often a step took how long ({n} steps).", "单步耗时的分布（共 {n} 步）。"),
    "histogram_unit": ("steps", "步数"),
    "histogram_median": ("median {value} ms", "中位数 {value} ms"),
    "histogram_table": ("The histogram in figures", "分布数据"),
    "histogram_from_to": ("Time (ms)", "耗时 (ms)"),
    "warmup_alt": (
        "Prefill, call by call: {calls}. The figures stand in the table below.",
        "各次 Prefill 的耗时：{calls}。数据见下表。",
    ),
    "warmup_chart_caption": (
        "Prefill, call by call: the cold first one contains the compiler and stands in no average.",
        "各次 Prefill 的耗时：冷启动的首次调用包含编译，不计入任何平均值。",
    ),
    "warmup_cold": ("First call, cold", "首次调用（冷）"),
    "warmup_number": ("Warm-up {n}", "预热 {n}"),
    "warmup_measured": ("Measured median", "实测中位数"),
    "history_alt": (
        "{figure} of {n} runs over time, from {first} to {last}: {low} to {high}, latest {latest}. "
        "The table below has the figures.",
        "{n} 次运行的 {figure} 变化，{first} 至 {last}：介于 {low} 与 {high}，最近为 {latest}。数据见下表。",
    ),
}
