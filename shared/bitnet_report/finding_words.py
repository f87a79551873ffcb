"""The sentences of what a run says, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from .figures import one_decimal, three_digits
from .findings import Finding
from .operator_words import operator_words

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "token-time": (
        "One decoded token takes {ms} ms: {per_s:.2f} tokens a second.",
        "生成一个 token 需 {ms} ms，即每秒 {per_s:.2f} 个 token。",
    ),
    "split-off": (
        "What takes it is not told here: the pass that took a token apart needed {ms} ms a token, the timed "
        "ones {timed_ms} ms, so something else was at work; run again on a quiet machine.",
        "其中各部分的占比此处不作结论：用于拆解的那一遍每个 token 需 {ms} ms，而计时的各遍为 {timed_ms} ms，"
        "说明当时有其他因素干扰；请在机器空闲时重新运行。",
    ),
    "requantizing": (
        "{percent:.0f} % of that, {ms} ms, goes into quantising weights to {{-1, 0, 1}}, the "
        "same weights that were quantised for the token before; `--engine quantized-once` does it a "
        "single time, at loading.",
        "其中 {percent:.0f} %（{ms} ms）用于把权重量化为 {{-1, 0, 1}}，"
        "而这些权重在生成上一个 token 时已量化过一遍；`--engine quantized-once` 只在加载时量化一次。",
    ),
    "unpacking": (
        "{percent:.0f} % of that, {ms} ms, goes into bringing the weights into the form that is multiplied.",
        "其中 {percent:.0f} %（{ms} ms）用于把权重转换为参与乘法的形式。",
    ),
    "largest-operator": (
        "The largest part of it is {kind}: {percent:.0f} %, {ms} ms.",
        "其中占比最大的部分：{kind}，占 {percent:.0f} %，即 {ms} ms。",
    ),
    "traffic": (
        "For each token {gb:.2f} GB are read and written, {times:,.0f} times the {ideal_gb:.2f} GB "
        "that the BitLinear weights would be at 2 bits.",
        "每个 token 读写 {gb:.2f} GB 数据，"
        "是 BitLinear 权重按 2 bit 存放时（{ideal_gb:.2f} GB）的 {times:,.0f} 倍。",
    ),
    "traffic-small": (
        "For each token {mb:.1f} MB are read and written, {times:,.0f} times the {ideal_mb:.2f} MB "
        "that the BitLinear weights would be at 2 bits.",
        "每个 token 读写 {mb:.1f} MB 数据，是 BitLinear 权重按 2 bit 存放时（{ideal_mb:.2f} MB）的 "
        "{times:,.0f} 倍。",
    ),
    "fits-in-cache": (
        "What a token reads fits into the processor's cache, so memory does not hold it back.",
        "一个 token 所读的数据可全部放进处理器缓存，因此内存带宽不构成限制。",
    ),
    "decode-memory-bound": (
        "Decode is memory-bound: it moves {gb_per_s:.1f} GB/s, {bandwidth_percent} % of the "
        "{limit_gb_per_s:.1f} GB/s that this machine was measured to read. Fewer bytes a token would "
        "make it faster, a faster clock hardly.",
        "Decode 受内存带宽限制：数据流量为 {gb_per_s:.1f} GB/s，达到本机实测读带宽 "
        "{limit_gb_per_s:.1f} GB/s 的 {bandwidth_percent} %。减少每个 token 的数据量能提速，提高"
        "主频则收效甚微。",
    ),
    "decode-partly-memory-bound": (
        "Decode is partly memory-bound: it moves {gb_per_s:.1f} GB/s, {bandwidth_percent} % of "
        "the {limit_gb_per_s:.1f} GB/s that this machine was measured to read; something else takes "
        "the rest of the time.",
        "Decode 部分受内存带宽限制：数据流量为 {gb_per_s:.1f} GB/s，为本机实测读带宽 "
        "{limit_gb_per_s:.1f} GB/s 的 {bandwidth_percent} %；其余时间花在别处。",
    ),
    "decode-compute-bound": (
        "Decode is compute-bound: {gops:,.0f} Gop/s, {compute_percent} % of the {peak_gops:,.0f} "
        "Gop/s that this machine reaches.",
        "Decode 受计算能力限制：{gops:,.0f} Gop/s，达到本机峰值 {peak_gops:,.0f} Gop/s 的 "
        "{compute_percent} %。",
    ),
    "decode-partly-compute-bound": (
        "Decode is partly compute-bound: {gops:,.0f} Gop/s, {compute_percent} % of the "
        "{peak_gops:,.0f} Gop/s that this machine reaches.",
        "Decode 部分受计算能力限制：{gops:,.0f} Gop/s，为本机峰值 {peak_gops:,.0f} Gop/s 的 "
        "{compute_percent} %。",
    ),
    "decode-overhead": (
        "Decode is held back by neither memory ({bandwidth_percent} % of the bandwidth) nor "
        "arithmetic ({compute_percent} % of the peak): the time goes into how the work is done.",
        "Decode 既不受内存带宽（仅用 {bandwidth_percent} %）也不受计算能力（仅用 "
        "{compute_percent} %）限制：时间花在了实现方式本身的开销上。",
    ),
    "page-faults": (
        "A token's time includes {faults:,.0f} page faults, an estimated {ms} ms or {percent:.0f} % of it: "
        "temporaries are given back to the kernel and faulted in again; `--malloc tuned` keeps them.",
        "每个 token 的耗时中包含 {faults:,.0f} 次缺页，估计为 {ms} ms（占 {percent:.0f} %）：临时张量"
        "被归还内核后又重新映射；`--malloc tuned` 可保留这些内存。",
    ),
    "page-faults-anyway": (
        "A token's time includes {faults:,.0f} page faults, an estimated {ms} ms or {percent:.0f} % of it: "
        "temporaries are given back to the kernel and faulted in again.",
        "每个 token 的耗时中包含 {faults:,.0f} 次缺页，估计为 {ms} ms（占 {percent:.0f} %）：临时张量"
        "被归还内核后又重新映射。",
    ),
    "batching": (
        "Prefill takes {ms} ms a token, {times:,.0f} times less, since {tokens} tokens share "
        "each pass over the weights.",
        "Prefill 平均每个 token 只需 {ms} ms，为 Decode 的 1/{times:,.0f}，因为 {tokens} 个 "
        "token 共用同一遍权重读取。",
    ),
    "prefill-memory-bound": (
        "Prefill is memory-bound at {bandwidth_percent} % of the measured bandwidth.",
        "Prefill 受内存带宽限制，达到实测带宽的 {bandwidth_percent} %。",
    ),
    "prefill-partly-memory-bound": (
        "Prefill is partly memory-bound at {bandwidth_percent} % of the measured bandwidth.",
        "Prefill 部分受内存带宽限制，为实测带宽的 {bandwidth_percent} %。",
    ),
    "prefill-compute-bound": (
        "Prefill is compute-bound: {gops:,.0f} Gop/s, {compute_percent} % of the {peak_gops:,.0f}"
        " Gop/s that this machine reaches.",
        "Prefill 受计算能力限制：{gops:,.0f} Gop/s，达到本机峰值 {peak_gops:,.0f} Gop/s 的 "
        "{compute_percent} %。",
    ),
    "prefill-partly-compute-bound": (
        "Prefill is partly compute-bound: {gops:,.0f} Gop/s, {compute_percent} % of the "
        "{peak_gops:,.0f} Gop/s that this machine reaches.",
        "Prefill 部分受计算能力限制：{gops:,.0f} Gop/s，为本机峰值 {peak_gops:,.0f} Gop/s 的 "
        "{compute_percent} %。",
    ),
    "prefill-overhead": (
        "Prefill reaches {compute_percent} % of the arithmetic peak and {bandwidth_percent} "
        "% of the bandwidth: neither limit holds it back.",
        "Prefill 达到计算峰值的 {compute_percent} %、带宽的 {bandwidth_percent} %，两者均不构成限制。",
    ),
    "peak-memory": (
        "Memory peaks at {mb:,.0f} MB, in {stage}.",
        "内存峰值为 {mb:,.0f} MB，出现在 {stage} 阶段。",
    ),
    "doubtful": (
        "The run is graded C: take the figures for an order of magnitude.",
        "本次运行评级为 C：数据只能看作数量级。",
    ),
    "invalid": (
        "The run is invalid: the model did not compute right, and none of its times counts.",
        "本次运行无效：模型计算有误，所有耗时均不可用。",
    ),
}


def finding_sentence(finding: Finding, language: Literal["en", "zh"]) -> str:
    """The finding as a sentence.

    Raises:
        KeyError: the code is none that `findings` gives.
    """
    template = _SENTENCES[finding.code][0 if language == "en" else 1]
    values = dict(finding.values)
    if "kind" in values:
        values["kind"] = operator_words(str(values["kind"]), language)
    for name in values.keys() & {"ms", "timed_ms"}:
        values[name] = three_digits(float(values[name]))  # so that 1000 ÷ it is the rate beside it
    for name in values.keys() & {"bandwidth_percent", "compute_percent"}:
        values[name] = one_decimal(float(values[name]))
    return template.format(**values)


def what_a_run_says(found: Sequence[Finding], language: Literal["en", "zh"]) -> str:
    """The whole paragraph."""
    sentences = (finding_sentence(finding, language) for finding in found)
    return (" " if language == "en" else "").join(sentences)
