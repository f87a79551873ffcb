"""What a page says that cannot be given: the titles of all kinds of problems, and what those that a reader
can meet mean to them, English and Chinese. The problem document's own words are English, for programs."""

from __future__ import annotations

from typing import Final

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "problem_said": ("What happened", "收集端返回的说明（英文）"),
    "problem_ways": ("Go on from here:", "可继续浏览："),
    "problem_status": ("HTTP status {status}.", "HTTP 状态码 {status}。"),
    "problem_request": ("The collector's log knows this request as", "收集端日志中的请求编号："),
    "means_bad-parameter": (
        "The address holds a value that this page does not take. The forms on the pages send only values "
        "that are taken.",
        "地址中有本页面不接受的参数值。使用页面上的表单即可避免。",
    ),
    "means_token-needed": (
        "This collector's pages are for holders of a token. Ask whoever runs it for one and load the page "
        "again: the browser asks for a name (any) and a password (the token).",
        "该收集端的页面仅供持有令牌的人查看。请向其管理员索取令牌，然后重新加载页面："
        "浏览器询问时，用户名任意，密码填写令牌。",
    ),
    "means_bad-token": (
        "The token is mistyped, was revoked, or belongs to another collector. Load the page again and type "
        "it anew, or ask whoever runs the collector for another one.",
        "令牌可能输错、已被撤销，或属于另一个收集端。请重新加载页面再输入一次，或向管理员索取新的令牌。",
    ),
    "means_forbidden": (
        "It takes a token with more rights. Ask whoever runs the collector.",
        "这需要权限更高的令牌，请联系收集端的管理员。",
    ),
    "means_loopback-only": (
        "As long as no token was made, only the collector's own machine is answered. Whoever runs it makes "
        "one there: `bitnet-collector token create NAME`.",
        "在创建令牌之前，收集端只响应本机的访问。请管理员在该机器上创建令牌："
        "`bitnet-collector token create NAME`。",
    ),
    "means_not-found": (
        "The address is mistyped, or what stood here was never stored or is gone. The list of runs has all "
        "that there is.",
        "地址可能有误，或者相应的内容从未保存、已不存在。运行记录中列有现存的全部内容。",
    ),
    "means_deleted": (
        "An admin deleted this run. Its report is no longer kept here.",
        "管理员已删除该运行，其报告不再保存于此。",
    ),
    "means_unknown-host": (
        "Open it under the name that it was set up with, or have whoever runs it add this one "
        "(`--allowed-hosts`).",
        "请使用收集端所设置的主机名访问，或请管理员用 `--allowed-hosts` 加入此主机名。",
    ),
    "means_stored-report-unreadable": (
        "The report is kept as it was sent, but this version of the collector cannot read it. Update the "
        "collector, or measure again.",
        "报告原样保存，但当前版本的收集端无法读取。请更新收集端，或重新测量。",
    ),
    "means_rate-limited": ("Wait a minute, then load the page again.", "请等待一分钟后重新加载页面。"),
    "means_internal": (
        "It is no fault of yours. Tell whoever runs the collector the number of the request, below: the log "
        "has the rest.",
        "这不是您的操作造成的。请把下方的请求编号告知管理员，详情见收集端日志。",
    ),
    "means_busy": (
        "Many want something of it at once. Load the page again in some seconds.",
        "同时处理的请求较多，请过几秒重新加载页面。",
    ),
    "means_unavailable": (
        "The collector runs, but its database does not answer. Try again later, or tell whoever runs it.",
        "收集端在运行，但数据库没有响应。请稍后再试，或告知管理员。",
    ),
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
