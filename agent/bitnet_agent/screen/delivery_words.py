"""What is said of reports on their way, in English and Chinese."""

from __future__ import annotations

ABOUT_DELIVERY: dict[str, tuple[str, str]] = {
    "delivered": ("Delivered: {url}", "已提交：{url}"),
    "delivered_again": ("The collector had it already: {url}", "收集端已有此报告：{url}"),
    "unreachable_now": (
        "{reason}; measuring all the same, the report stays on disk",
        "{reason}；仍继续测量，报告会保存在本机",
    ),
    "standing_now": (
        "{reason}; measuring all the same, the report stays on disk. {remedy}",
        "{reason}；仍继续测量，报告会保存在本机。{remedy}",
    ),
    "trying_again": (
        "{reason}; trying again in {seconds:.0f} s",
        "{reason}；{seconds:.0f} 秒后重试",
    ),
    "push_later": (
        "The report is safe in {path} and in the spool; send it later with:",
        "报告已保存在 {path}，并留在待发队列中，稍后可用以下命令提交：",
    ),
    "kept_refused": (
        "It is kept, with the reason, as {path}",
        "报告及原因已保存：{path}",
    ),
    "waits": (
        "It waits in the spool; send it later with: bitnet-agent push --all",
        "报告留在待发队列中，稍后可用以下命令提交：bitnet-agent push --all",
    ),
    "others_wait": (
        "{n} more waiting in the spool; send with: bitnet-agent push --all",
        "待发队列中还有 {n} 份报告，可用以下命令提交：bitnet-agent push --all",
    ),
    "held_back": (
        "{run_id} waits: nothing more was sent to {collector}",
        "{run_id} 仍在等待：不再向 {collector} 发送",
    ),
    "spool_empty": ("Nothing waits in the spool.", "待发队列为空。"),
    "refused_remain": (
        "{n} refused, kept with their reasons in {path}",
        "{n} 份被拒绝的报告及原因保存在 {path}",
    ),
    "token_file_open": (
        "The token file {path} can be read by others on this machine; close it with: chmod 600 {path}",
        "本机其他用户可以读取令牌文件 {path}，请执行：chmod 600 {path}",
    ),
    "token_in_clear": (
        "The token goes to {collector} over plain http, where others on the way can read it; use https",
        "令牌将以明文 http 发送到 {collector}，途中可能被他人读取，请改用 https",
    ),
    "stored": ("stored     {label}", "已保存   {label}"),
    "missing": ("missing    {label}: not at {collector}", "缺失     {label}：{collector} 没有此报告"),
    "deleted": (
        "deleted    {label}: an admin of {collector} deleted the run",
        "已删除   {label}：{collector} 的管理员删除了此运行",
    ),
    "different": (
        "different  {label}: {collector} holds other bytes under {run_id}",
        "不一致   {label}：{collector} 上 {run_id} 的内容与本机不同",
    ),
    "unasked": ("unknown    {label}: {reason}", "未知     {label}：{reason}"),
    "missing_waits": (
        "it waits in the spool; send it with: bitnet-agent push --all",
        "报告在待发队列中，可用以下命令提交：bitnet-agent push --all",
    ),
    "missing_gone": (
        "it is not in the spool: send its file again with bitnet-agent push FILE --collector {collector}",
        "报告不在待发队列中：请用 bitnet-agent push FILE --collector {collector} 重新提交其文件",
    ),
    "different_remedy": (
        "look at both with: bitnet-agent compare FILE {run_id} --collector {collector}",
        "可用以下命令对比两者：bitnet-agent compare FILE {run_id} --collector {collector}",
    ),
    "nothing_to_verify": (
        "No report was delivered from here, and none waits.",
        "本机尚未提交过报告，待发队列也为空。",
    ),
}
