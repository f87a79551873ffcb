"""The sentences that explain: what a run says, and where two runs differ. English and Chinese."""

from __future__ import annotations

from typing import Final

EXPLAINING: Final[dict[str, tuple[str, str]]] = {
    "says": ("What this run says", "本次运行说明了什么"),
    "says_hint": (
        "Written from this run's figures by fixed rules; the sections below show each of them.",
        "由固定规则根据本次运行的数据生成，各项数据见下文。",
    ),
    "where_caption": (
        "The inference stages without loading; the parts sum to the whole. Operators come from a pass of "
        "their own and are scaled to the timed stage.",
        "推理各阶段（不含加载），各部分之和等于总差距。算子耗时来自单独的一遍测量，并按计时阶段换算。",
    ),
    "means": ("The same task by other means", "同一任务的不同实现方式"),
    "means_lead": (
        "Engines and allocator settings on one machine: each member's latest run of this task by each of "
        "them. They are not ranked together with the table above.",
        "同一台机器上不同的引擎与内存分配设置：每位成员以各种方式完成该任务的最近一次运行，不参与上表排名。",
    ),
    "means_speedup": ("Against published", "相对 published"),
    "means_compare": ("why", "原因"),
    "means_compare_label": (
        "Why {engine} differs from published on {member}'s machine",
        "{member} 的机器上 {engine} 与 published 的差距从何而来",
    ),
    "other_means": (
        "The two did the same task by other means, so they are compared; they are still ranked apart.",
        "两次运行以不同方式完成同一任务，因此可以对比，但仍分开排名。",
    ),
}
