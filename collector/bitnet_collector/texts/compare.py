"""The sentences of a comparison, English and Chinese."""

from __future__ import annotations

from typing import Final

COMPARE: Final[dict[str, tuple[str, str]]] = {
    "compare_title": ("{b} against {a}", "{b} 相对于 {a}"),
    "compare_title_one": ("{member}: {b} against {a}", "{member}：{b} 相对于 {a}"),
    "compare_lead": ("B held against A, stage by stage.", "逐阶段将 B 与 A 对比。"),
    "compare_swap": ("Swap A and B", "交换 A 与 B"),
    "compare_side": ("Run {letter}: {member}", "运行 {letter}：{member}"),
    "compare_open": ("Open the run", "查看该次运行"),
    "compare_same_run": ("A and B are the same run.", "A 与 B 是同一次运行。"),
    "compare_nobody": ("(no member)", "（未署名）"),
    "obstacle_title": ("Not comparable", "不可比"),
    "obstacle_other-work": ("The two did different work.", "两次运行的工作负载不同。"),
    "obstacle_unknown-work": (
        "A report does not prove what work it did.",
        "有报告未能证明所做的工作。",
    ),
    "obstacle_invalid": (
        "A run is graded invalid: its figures may be wrong.",
        "有一次运行被评为无效，其数据可能有误。",
    ),
    "obstacle_remedy": (
        "So there is no ratio; both sides' own figures stand below.",
        "因此不给出比值，以下仅列出双方各自的数据。",
    ),
    "compare_headline": (
        "{stage}, time of B\N{NO-BREAK SPACE}÷\N{NO-BREAK SPACE}A",
        "{stage}，耗时之比 B\N{NO-BREAK SPACE}÷\N{NO-BREAK SPACE}A",
    ),
    "compare_work": ("What differs in the work", "工作负载的差异"),
    "compare_notes": ("What else differs", "其他差异"),
    "compare_notes_lead": (
        "It hinders no comparison, and may explain one.",
        "这些差异不妨碍比较，但可能是差距的原因。",
    ),
    "compare_no_notes": ("Nothing that the reports state.", "报告中没有其他差异。"),
    "compare_field": ("Field", "字段"),
    "compare_times": ("Times", "耗时"),
    "compare_times_caption": (
        "Ratio of the medians, B ÷ A, with its 95 % interval: under 1, B took less time.",
        "中位数之比 B ÷ A 及其 95 % 区间：小于 1 表示 B 更快。",
    ),
    "compare_bars": (
        "The band in each bar is ±{percent} %; the bars reach from ÷{reach} to ×{reach}.",
        "条中的色带为 ±{percent} %，条的范围为 ÷{reach} 至 ×{reach}。",
    ),
    "compare_a_ms": ("A (ms)", "A (ms)"),
    "compare_b_ms": ("B (ms)", "B (ms)"),
    "compare_ratio": ("B ÷ A", "B ÷ A"),
    "compare_interval": ("95 % interval", "95 % 区间"),
    "compare_equal_clock": ("At equal clock", "同频下"),
    "compare_equal_clock_hint": (
        "the ratio of the normalised times: what it would be if the clock alone counted",
        "归一化耗时之比：假设只有主频起作用时的比值",
    ),
    "compare_verdict": ("B is", "B 的结果"),
    "compare_from_to": ("{low} to {high}", "{low} 至 {high}"),
    "compare_bar_alt": ("{ratio}, between {low} and {high}", "{ratio}，介于 {low} 与 {high} 之间"),
    "compare_no_interval": ("no interval", "无区间"),
    "compare_missing": ("missing", "缺失"),
    "reason_other-work": ("other work", "工作负载不同"),
    "reason_unknown-work": ("unknown work", "工作负载未知"),
    "reason_invalid": ("invalid run", "运行无效"),
    "reason_missing": ("a side lacks it", "有一方缺失"),
    "reason_no-time": ("it took no time", "耗时为零"),
    "reason_compile-cache": ("the compile cache differs or is unknown", "编译缓存不同或未知"),
    "stage_decode_step": ("Median decode step", "Decode 单步中位数"),
    "stage_first_call": ("First prefill, cold", "首次 Prefill（冷启动）"),
    "compare_memory": ("Peak memory (MB)", "峰值内存 (MB)"),
    "compare_difference": ("B − A", "B − A"),
    "compare_how": ("How to read it", "如何理解"),
    "compare_how_interval": (
        "The interval is a bootstrap: A and B are resampled apart, repetitions first, then the samples in "
        "them. From two or three samples it comes out too narrow.",
        "区间由自助法得出：A 与 B 分别重采样，先抽重复，再抽其中的样本。只有两三个样本时区间偏窄。",
    ),
    "compare_how_clock": (
        "At equal clock: the ratio of the normalised times. It holds as far as the core's clock is the "
        "bottleneck: time spent waiting for memory does not shrink with a faster clock.",
        "同频下：归一化耗时之比。仅在核心主频是瓶颈时成立：等待内存的时间不会随主频提高而缩短。",
    ),
    "compare_pick_others": ("Compare other runs", "对比其他运行"),
    "compare_as": ("This comparison as", "下载本次对比"),
}
