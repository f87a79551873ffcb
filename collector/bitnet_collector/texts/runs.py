"""The sentences of the list of runs, English and Chinese."""

from __future__ import annotations

from typing import Final

RUNS: Final[dict[str, tuple[str, str]]] = {
    "runs_title": ("Runs", "运行记录"),
    "runs_lead": (
        "Every report that was submitted, newest first.",
        "所有已提交的报告，按测量时间倒序排列。",
    ),
    "runs_filter": ("Filter", "筛选"),
    "runs_apply": ("Filter", "筛选"),
    "runs_since": ("Measured from (UTC)", "测量时间不早于 (UTC)"),
    "runs_until": ("Measured before (UTC)", "测量时间早于 (UTC)"),
    "any": ("any", "不限"),
    "runs_filtered": ("Only: {conditions}.", "筛选条件：{conditions}。"),
    "runs_clear": ("Show all runs", "显示全部运行"),
    "filter_member": ("member {value}", "成员 {value}"),
    "filter_model": ("model {value}", "模型 {value}"),
    "filter_workload": ("workload {value}", "工作负载 {value}"),
    "filter_grade": ("grade {value}", "等级 {value}"),
    "filter_since": ("measured from {value} (UTC)", "不早于 {value} (UTC)"),
    "filter_until": ("measured before {value} (UTC)", "早于 {value} (UTC)"),
    "runs_caption": (
        "Times are as measured, ± half the width of the 95 % interval; moments are in UTC.",
        "耗时为实测值，± 为 95 % 置信区间宽度的一半；时间均为 UTC。",
    ),
    "runs_pick": ("Pick", "选择"),
    "runs_pick_hint": (
        "Pick one run as A and another as B to hold B against A.",
        "选一次运行作为 A（参照），另一次作为 B，即可对比。",
    ),
    "runs_pick_label": ("{side}: {member}, {moment}", "{side}：{member}，{moment}"),
    "runs_work": ("Work", "工作负载"),
    "runs_older": ("Older runs", "更早的运行"),
    "runs_newest": ("Newest runs", "最新的运行"),
    "runs_none_title": ("No run fits", "没有符合条件的运行"),
    "runs_none": (
        "No stored run meets all of these conditions: leave one out, or widen the dates.",
        "没有任何运行同时满足以上条件：请去掉一个条件，或放宽时间范围。",
    ),
    "runs_no_older": ("No run is older than these.", "没有更早的运行了。"),
    "runs_as": ("All that the filter finds, as", "按当前筛选条件下载全部："),
    "runs_sweep": ("sweep", "参数扫描"),
    "runs_of_member": ("All runs of {member}", "{member} 的全部运行"),
}
