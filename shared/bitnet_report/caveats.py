"""Every reason to doubt a figure that this project knows, with its remedy, in English and Chinese.

A report carries the English sentences, so that it can be read by itself; a page in Chinese looks the code
up here and puts the same values in. A code that is not here (a newer agent's) is shown as it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .report import Caveat


@dataclass(frozen=True)
class _Sentences:
    message: str
    remedy: str | None
    message_zh: str
    remedy_zh: str | None


_CATALOGUE = {
    "logits-not-finite": _Sentences(
        "{bad} of {forwards} forwards gave logits that are not finite: the model did not compute right",
        "discard these figures; check the checkpoint and the versions of torch and transformers",
        "{forwards} 次前向中有 {bad} 次的 logits 不是有限数：模型没有算出应有的结果",
        "请勿使用这些数据；检查模型文件以及 torch、transformers 的版本",
    ),
    "generated-differs": _Sentences(
        "the repetitions did not all generate the same tokens",
        "run again; if it stays, the machine or a kernel computes unreliably",
        "各次重复生成的 token 不完全相同",
        "请重新运行；若仍如此，说明机器或某个算子的计算不可靠",
    ),
    "not-steady": _Sentences(
        "after {repetitions} warm-up repetitions the last two still differ by over {percent} %",
        "close other programs and let the machine cool, then run again",
        "预热 {repetitions} 次后，最后两次仍相差 {percent} % 以上",
        "请关闭其他程序，待机器降温后重新运行",
    ),
    "clock-not-measured": _Sentences(
        "the clock is the advertised figure, not a measurement, so the normalised times may be far off",
        "install a C compiler so that the clock can be measured, or state it with --clock-mhz",
        "CPU 频率取自标称值而非实测，归一化时间可能有较大偏差",
        "请安装 C 编译器以便实测频率，或用 --clock-mhz 指定",
    ),
    "memory-sampled": _Sentences(
        "this system keeps no exact peak of memory: peaks were sampled, and a short one may be missed",
        None,
        "本系统不提供精确的内存峰值：峰值由采样得到，可能漏掉短暂的峰值",
        None,
    ),
    "stand-in": _Sentences(
        "the weights are random: time and memory are of the architecture, the text is noise",
        "profile the published model: leave --model out",
        "权重是随机的：耗时与内存反映模型结构，生成的文字没有意义",
        "请测量公开发布的模型：不要加 --model",
    ),
    "version-0": _Sentences(
        "written by the brief's original script: one sample a stage, no warm-up (the compiler may be in the "
        "first forward), an advertised clock, a peak taken from after-values, no proof of the work done",
        "profile again with bitnet-agent",
        "由最初的脚本生成：每阶段只测一次，没有预热（首次前向可能含编译），频率为标称值，"
        "峰值取自各阶段结束时的内存，无法证明所做的工作",
        "请用 bitnet-agent 重新测量",
    ),
}


def make_caveat(code: str, **values: int | float | str) -> Caveat:
    """Make the caveat of that code with its English sentences; the values stay beside them."""
    sentences = _CATALOGUE[code]
    return Caveat(
        code=code,
        message=sentences.message.format(**values),
        remedy=sentences.remedy,
        values=dict(values),
    )


def caveat_sentences(caveat: Caveat, language: Literal["en", "zh"]) -> tuple[str, str | None]:
    """Return message and remedy in that language, or as they were sent where there is no translation."""
    sentences = _CATALOGUE.get(caveat.code)
    if language == "en" or sentences is None:
        return caveat.message, caveat.remedy
    try:
        return sentences.message_zh.format(**caveat.values), sentences.remedy_zh
    except (KeyError, IndexError, ValueError):
        return caveat.message, caveat.remedy
