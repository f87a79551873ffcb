"""What a page says that cannot be given: the titles of all kinds of problems, English and Chinese."""

from __future__ import annotations

from typing import Final

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "problem_said": ("What happened", "具体原因"),
    "problem_ways": ("Go on from here:", "可继续浏览："),
    "problem_status": ("HTTP status {status}.", "HTTP 状态码 {status}。"),
    "problem_request": ("The collector's log knows this request as", "收集端日志中的请求编号："),
    "problem_bad-request": ("The request cannot be understood", "无法理解该请求"),
    "problem_bad-parameter": ("A query parameter cannot be understood", "查询参数有误"),
    "problem_bad-encoding": ("The body is not encoded as its header says", "请求体的编码与请求头不符"),
    "problem_not-json": ("The body is not JSON", "请求体不是 JSON"),
    "problem_token-needed": ("A token is needed", "需要令牌"),
    "problem_bad-token": ("The token is not valid", "令牌无效"),
    "problem_forbidden": ("The token does not allow this", "该令牌没有此权限"),
    "problem_loopback-only": ("Only this machine is answered", "仅限本机访问"),
    "problem_cross-site": ("Pages of other sites may not send this", "其他网站的页面不得发送此请求"),
    "problem_not-found": ("There is nothing here", "这里什么也没有"),
    "problem_method-not-allowed": ("This address does not take this method", "该地址不支持此方法"),
    "problem_not-acceptable": (
        "None of the accepted media types can be given",
        "无法提供客户端接受的任何格式",
    ),
    "problem_too-slow": ("The request came too slowly", "请求传输过慢"),
    "problem_report-conflict": ("Another report has this run_id", "该 run_id 已被另一份报告占用"),
    "problem_uncuratable": ("The run cannot be marked so", "该运行不能这样标记"),
    "problem_deleted": ("The run was deleted", "该运行已被删除"),
    "problem_too-large": ("The body is too large", "请求体过大"),
    "problem_unsupported-media-type": (
        "The body is of a kind that is not taken",
        "不接受该类型的请求体",
    ),
    "problem_unknown-host": ("The collector does not answer under this name", "收集端不以此主机名提供服务"),
    "problem_not-a-report": ("The document is not a report", "该文档不是报告"),
    "problem_not-a-change": ("The document is no change to a run", "该文档不是对运行的修改"),
    "problem_unsupported-schema": (
        "The report's schema is newer than this collector",
        "报告的格式版本比收集端新",
    ),
    "problem_stored-report-unreadable": (
        "A stored report cannot be read by this version",
        "当前版本无法读取已存储的报告",
    ),
    "problem_rate-limited": ("Too many requests", "请求过于频繁"),
    "problem_internal": ("The collector failed", "收集端出错"),
    "problem_busy": ("The database is busy", "数据库繁忙"),
    "problem_unavailable": ("The database does not answer", "数据库没有响应"),
    "problem_storage-full": ("The disk is full", "磁盘已满"),
}
