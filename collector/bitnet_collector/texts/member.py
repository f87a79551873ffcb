"""The sentences of a member's page, English and Chinese."""

from __future__ import annotations

from typing import Final

MEMBER: Final[dict[str, tuple[str, str]]] = {
    "member_title": ("{member}: history", "{member} 的历史记录"),
    "member_lead": (
        "Every run of one piece of work over time: what changed, and when.",
        "同一工作负载的全部运行，按时间排列：何时发生了什么变化。",
    ),
    "member_work": ("What was measured", "测量的工作负载"),
    "member_empty": ("{member} has not reported yet.", "{member} 尚未提交报告。"),
    "runs_stored": ("Runs of this work", "该负载的运行次数"),
    "history_sweep_points": ("Points of sweeps", "参数扫描测点"),
    "history_no_sweeps": (
        "Trend, charts and table leave the points of sweeps out: they change a setting on purpose, so they "
        "are no trend. Each sweep has a page of its own.",
        "趋势、图表与列表均不含参数扫描的测点：扫描会有意改变设置，不能反映趋势。每次扫描另有独立页面。",
    ),
    "trend": ("Trend", "趋势"),
    "trend_faster": (
        "The latest decode is {percent} % faster than the median of the {n} valid runs before it.",
        "最近一次 Decode 比此前 {n} 次有效运行的中位数快 {percent} %。",
    ),
    "trend_slower": (
        "The latest decode is {percent} % slower than the median of the {n} valid runs before it.",
        "最近一次 Decode 比此前 {n} 次有效运行的中位数慢 {percent} %。",
    ),
    "trend_steady": (
        "The latest decode is within {percent} % of the median of the {n} valid runs before it.",
        "最近一次 Decode 与此前 {n} 次有效运行的中位数相差不到 {percent} %。",
    ),
    "trend_none": (
        "One valid run so far: a trend needs two.",
        "目前只有一次有效运行，至少两次才能看出趋势。",
    ),
    "trend_no_run": (
        "No valid run yet: a trend needs two.",
        "尚无有效运行，至少两次才能看出趋势。",
    ),
    "trend_machine": (
        "Among these runs the processor changed; times of different machines are no trend.",
        "这些运行期间更换过处理器，不同机器之间的耗时差异不构成趋势。",
    ),
    "history_decode": ("Decode over time", "Decode 变化"),
    "history_prefill": ("Prefill over time", "Prefill 变化"),
    "history_caption": (
        "Each dot is a run, the line or band at it its 95 % interval; a hollow one does not count. "
        "The axis does not begin at zero.",
        "每个点为一次运行，竖线或色带为其 95 % 置信区间；空心点不计入。纵轴不从零开始。",
    ),
    "history_table": ("The runs", "运行列表"),
    "history_table_caption": (
        "Newest first; change is against the valid run before it.",
        "按时间倒序；变化为相对前一次有效运行的差异。",
    ),
    "history_change": ("Change", "变化"),
    "history_older": ("Older runs", "更早的运行"),
    "history_newest": ("Newest runs", "最新的运行"),
    "history_time": ("Time", "时间"),
    "history_low": ("Interval from", "区间下限"),
    "history_high": ("Interval to", "区间上限"),
    "history_left_out": ("Not counted", "不计入"),
    "history_as": ("This history as", "下载历史数据"),
    "threads": ("Threads", "线程数"),
    "agent": ("Agent", "Agent 版本"),
}
