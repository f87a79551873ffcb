"""What doctor says of the collector and of the member's token."""

from __future__ import annotations

from .finding import Wording

ABOUT_THE_COLLECTOR = {
    "collector-none": Wording(
        "collector", "ok", "none is named: a report stays on this disk", "未指定收集端：报告只保存在本机",
    ),
    "collector-ready": Wording(
        "collector", "ok", "{collector} answers (version {version})", "{collector} 可访问（版本 {version}）",
    ),
    "collector-unreachable": Wording(
        "collector", "bad", "{collector} cannot be reached", "无法访问 {collector}",
        "start it with `bitnet-collector serve`, or check the address",
        "请用 `bitnet-collector serve` 启动，或检查地址",
    ),
    "collector-stranger": Wording(
        "collector", "bad", "{collector} answers, but is no bitnet-collector",
        "{collector} 有应答，但不是 bitnet-collector", "check the address", "请检查地址",
    ),
    "collector-old": Wording(
        "collector", "bad", "{collector} (version {version}) does not read reports of schema {schema}",
        "{collector}（版本 {version}）不支持第 {schema} 版报告", "update bitnet-profiler on the collector",
        "请更新收集端的 bitnet-profiler",
    ),
    "member-missing": Wording(
        "collector", "bad", "a report for the collector needs a member", "提交报告需要成员名",
        "add --member NAME", "请加上 --member 成员名",
    ),
    "token-not-needed": Wording(
        "token", "ok", "none is set, and this version asks for none", "未设置；此版本不需要令牌",
    ),
    "token-not-tried": Wording(
        "token", "note", "BITNET_TOKEN is set, and no collector answered to try it on",
        "已设置 BITNET_TOKEN，但没有可用的收集端来验证", "name the collector with --collector",
        "请用 --collector 指定收集端",
    ),
    "token-not-asked": Wording(
        "token", "note", "the collector does not refuse BITNET_TOKEN, but it asks for no token yet",
        "收集端未拒绝 BITNET_TOKEN，但它并不要求令牌，因此不能证明令牌有效",
        "nothing to do until the collector asks for tokens", "在收集端要求令牌之前无需处理",
    ),
    "token-refused": Wording(
        "token", "bad", "the collector refuses BITNET_TOKEN ({status})",
        "收集端拒绝了 BITNET_TOKEN（{status}）", "ask the collector's keeper for a new one",
        "请向收集端管理者索取新的令牌",
    ),
}  # fmt: skip
