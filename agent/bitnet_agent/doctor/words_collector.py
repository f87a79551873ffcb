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
    "spool-empty": Wording(
        "spool", "ok", "empty: no report waits to be delivered", "为空：没有等待提交的报告",
    ),
    "spool-waiting": Wording(
        "spool", "note", "{n} waiting to be delivered", "{n} 份报告等待提交", "bitnet-agent push --all",
        "请运行 bitnet-agent push --all",
    ),
    "spool-refused": Wording(
        "spool", "note", "{n} refused by a collector, kept with the reasons in {path}",
        "{n} 份报告被收集端拒绝，报告及原因保存在 {path}",
        "read the reasons in the .slip files; remove what is not worth keeping",
        "请查看 .slip 文件中的原因；不需要的报告可以删除",
    ),
    "spool-unusable": Wording(
        "spool", "bad", "{reason}", "无法使用待发队列：{reason}",
        "make room, or make it writable, or set BITNET_AGENT_STATE to another place",
        "请腾出空间或修改权限，或将 BITNET_AGENT_STATE 设为其他位置",
    ),
    "token-none": Wording(
        "token", "ok", "none is set; a report that stays here needs none",
        "未设置；报告只保存在本机时不需要令牌",
    ),
    "token-not-needed": Wording(
        "token", "ok", "none is set, and the collector takes reports without one",
        "未设置；该收集端无需令牌即可提交",
    ),
    "token-valid": Wording(
        "token", "ok", "valid: the collector knows it as {owner}'s and takes reports with it",
        "有效：收集端认出令牌属于 {owner}，可以提交报告",
    ),
    "token-not-tried": Wording(
        "token", "note", "one is set, and no collector answered to try it on",
        "已设置令牌，但没有可用的收集端来验证", "name the collector with --collector",
        "请用 --collector 指定收集端",
    ),
    "token-not-asked": Wording(
        "token", "note", "the collector does not check tokens, so nothing says whether this one is valid",
        "该收集端不检查令牌，因此无法得知令牌是否有效",
        "nothing to do; `bitnet-collector token create NAME` there makes it ask for one, once it knows how",
        "无需处理；收集端支持令牌后，可在其上运行 `bitnet-collector token create 成员名` 启用检查",
    ),
    "token-untold": Wording(
        "token", "doubt", "{collector} does not say whether the token is valid ({status})",
        "{collector} 没有说明令牌是否有效（{status}）", "run doctor again in a moment",
        "请稍后再运行 doctor",
    ),
    "token-required": Wording(
        "token", "bad", "none is set, and {collector} takes no report without one",
        "未设置令牌，而 {collector} 不接受没有令牌的报告",
        "put this member's token into BITNET_TOKEN, or into a file given with --token-file",
        "请将该成员的令牌放入 BITNET_TOKEN，或放入文件并用 --token-file 指定",
    ),
    "token-invalid": Wording(
        "token", "bad", "{collector} does not know this token ({status}): it is mistyped, or was revoked",
        "{collector} 不认识此令牌（{status}）：可能有误或已被吊销",
        "ask the collector's keeper for a new one (`bitnet-collector token create NAME`)",
        "请向收集端管理者索取新令牌（`bitnet-collector token create 成员名`）",
    ),
    "token-of-another": Wording(
        "token", "bad", "this token is {owner}'s, and the report would be {member}'s",
        "此令牌属于 {owner}，而报告将以 {member} 的名义提交",
        "use {member}'s own token, or run with --member {owner}",
        "请使用 {member} 自己的令牌，或改用 --member {owner}",
    ),
    "token-may-not-submit": Wording(
        "token", "bad", "the collector knows this token as {owner}'s, but takes no reports with it",
        "收集端认出令牌属于 {owner}，但不允许用它提交报告",
        "ask the collector's keeper for a member's token (`bitnet-collector token create NAME`)",
        "请向收集端管理者索取成员令牌（`bitnet-collector token create 成员名`）",
    ),
    "token-file-open": Wording(
        "token", "note", "the token file {path} can be read by others on this machine",
        "本机其他用户可以读取令牌文件 {path}", "chmod 600 {path}", "请执行 chmod 600 {path}",
    ),
    "token-in-clear": Wording(
        "token", "note", "the token goes to {collector} over plain http, where others on the way can read it",
        "令牌将以明文 http 发送到 {collector}，途中可能被他人读取", "use https", "请改用 https",
    ),
}  # fmt: skip
