"""The sentences of the section that tells where the time goes, English and Chinese."""

from __future__ import annotations

from typing import Final

OPERATORS: Final[dict[str, tuple[str, str]]] = {
    "operators_title": ("Where the time goes", "时间花在哪里"),
    "operators_caption": (
        "One forward, taken apart by kind of work (a decode forward is one token)",
        "单次前向按算子类别拆解（Decode 的一次前向即一个 token）",
    ),
    "operators_kind": ("Work", "算子类别"),
    "operators_share": ("Share", "占比"),
    "operators_whole": ("Taken apart", "拆解时合计"),
    "operators_timed": ("As timed", "计时结果"),
    "operators_off": ("Difference", "两者相差"),
    "operators_rest": ("everything else", "其余"),
    "operators_bar": ("{stage}, one forward", "{stage}，单次前向"),
    "operators_chart_caption": (
        "What one forward is made of. The table below has every kind.",
        "单次前向的构成。完整类别见下表。",
    ),
    "operators_hint": (
        "From a pass of its own, after the timed repetitions, so none of its time is in the figures above; "
        "read the shares, which “What this run says” takes of the time as timed. What no kind accounts for "
        "is shown as such; over {tolerance} % would be a caveat.",
        "由计时之后单独的一遍得出，上面的数据不含其耗时；请看占比（“本次运行说明了什么”按计时结果乘以占比）。"
        "未能归类的部分单列，超过 {tolerance} % 时会给出提示。",
    ),
    "layers_alt": (
        "{stage}: time of every BitLinear in {layers} layers; the longest is {module} with {longest}. "
        "The table below has the sums.",
        "{stage}：{layers} 层中每个 BitLinear 的耗时，最长的是 {module}（{longest}）。合计见下表。",
    ),
    "layers_caption": (
        "{stage}: every BitLinear of every layer. One that stands out from its row is worth a look.",
        "{stage}：每层每个 BitLinear 的耗时。同一行中突出的一格值得留意。",
    ),
    "layers_hint": ("layer {layer}, {projection}: {time}", "第 {layer} 层 {projection}：{time}"),
    "layers_axis": ("layer {n}", "第 {n} 层"),
    "projections_title": ("BitLinear by projection", "按投影合计的 BitLinear"),
    "projections_caption": (
        "Summed over all layers, in one forward; GOPS and GB/s are effective rates of the whole layer",
        "单次前向、所有层合计；GOPS 与 GB/s 为整个投影层的有效速率",
    ),
    "projection": ("Projection", "投影"),
    "download_operators": ("Operators, every layer (CSV)", "逐层算子数据 (CSV)"),
}
