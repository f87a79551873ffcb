"""What stands on every page, English and Chinese."""

from __future__ import annotations

from typing import Final

SITE: Final[dict[str, tuple[str, str]]] = {
    "site": ("BitNet on CPUs", "BitNet CPU 推理"),
    "html_lang": ("en", "zh-CN"),
    "skip": ("Skip to content", "跳到正文"),
    "navigation": ("Pages", "页面导航"),
    "nav_summary": ("Summary", "汇总"),
    "nav_runs": ("Runs", "运行记录"),
    "nav_members": ("Members", "成员"),
    "nav_docs": ("API", "API 文档"),
    "other_language": ("中文", "English"),
    "footer": ("bitnet-collector {version}. Made {moment}.", "bitnet-collector {version} · 生成于 {moment}"),
    "docs_need_script": (
        "This page needs JavaScript; the same is in",
        "此页面需要 JavaScript；同样的内容见",
    ),
}
