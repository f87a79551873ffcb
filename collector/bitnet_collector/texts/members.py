"""The sentences of the list of members, English and Chinese."""

from __future__ import annotations

from typing import Final

MEMBERS: Final[dict[str, tuple[str, str]]] = {
    "members_title": ("Members", "成员"),
    "members_lead": (
        "Who has reported, when, and how fast their machine decodes.",
        "各成员的提交情况、最近一次运行的时间与 Decode 速度。",
    ),
    "members_caption": (
        "Decode is of the work that each member's page shows first; best is their fastest valid run of it.",
        "Decode 取自该成员主要的工作负载；最佳为其中最快的一次有效运行。",
    ),
    "members_runs": ("Runs", "运行次数"),
    "members_workloads": ("{n} workloads", "{n} 个工作负载"),
    "members_latest": ("Latest run", "最近一次运行"),
    "members_recent": ("Latest decode (ms/token)", "最近 Decode (ms/token)"),
    "members_best": ("Best decode (ms/token)", "最佳 Decode (ms/token)"),
    "members_is_best": ("this one", "即最近一次"),
    "members_against": ("Latest against best", "相对最佳"),
    "members_best_label": ("Best run of {member}", "{member} 的最佳运行"),
    "members_as": ("This list as", "下载本列表："),
}
