"""Chinese or English: which one, and the sentences in both."""

from __future__ import annotations

import locale
import os
import sys
from typing import Literal

from .delivery_words import ABOUT_DELIVERY

Language = Literal["en", "zh"]

_TEXTS: dict[str, tuple[str, str]] = {
    "stage": ("Stage", "阶段"),
    "time": ("Time\n(ms)", "耗时\n(ms)"),
    "normalized": ("at {ghz:g}\nGHz (ms)", "归一化\n{ghz:g} GHz"),
    "spread": ("±\n(95 %)", "±\n(95 %)"),
    "per_token": ("ms per\ntoken", "每token\n(ms)"),
    "before": ("Before\n(MB)", "阶段前\n(MB)"),
    "after": ("After\n(MB)", "阶段后\n(MB)"),
    "delta": ("Change\n(MB)", "变化\n(MB)"),
    "peak": ("Peak\n(MB)", "峰值\n(MB)"),
    "samples": ("\nn", "\nn"),
    "load_tokenizer": ("Load tokenizer", "Tokenizer 加载"),
    "load_model": ("Load model", "Model 加载"),
    "tokenization": ("Tokenization", "Tokenization (编码)"),
    "prefill": ("Prefill", "Prefill (首次前向)"),
    "decode": ("Decode", "Decode (逐token生成)"),
    "detokenization": ("Detokenization", "Detokenization (解码)"),
    "phase_prepare": ("Getting the checkpoint", "准备模型文件"),
    "phase_load_model": ("Loading the model", "加载模型"),
    "phase_warmup": ("Warming up (not counted)", "预热（不计入）"),
    "phase_observe": ("Watching memory (not timed)", "观测内存（不计时）"),
    "roof_limits": (
        "This machine reads {read:,.0f} GB/s from memory{peaks}",
        "本机读内存 {read:,.0f} GB/s{peaks}",
    ),
    "roof_stage": (
        "  {stage}: {rate:,.1f} GB/s, {memory} of the memory's and {peak} of the units' limit, {intensity} "
        "operations a byte:\n    {verdict}",
        "  {stage}：{rate:,.1f} GB/s，达到内存上限的 {memory}、计算上限的 {peak}，每字节 {intensity} 次运算"
        "：\n    {verdict}",
    ),
    "roof_cached": (" (the weights fit in the cache)", "（权重可全部放入缓存）"),
    "roof_ideal": (
        "    a token moves {real} in {ms} ms; its BitLinear weights at 2 bits would be {ideal}, "
        "read in {ideal_ms} ms",
        "    每个 token 搬运 {real}，耗时 {ms} ms；BitLinear 权重若按 2 bit 存放则为 {ideal}，读取需 "
        "{ideal_ms} ms",
    ),
    "roof_normalized": (
        "    {share:.0f} % of the whole stage scales with the clock: {ms:,.1f} ms at {ghz:g} GHz "
        "(the brief's formula: {brief:,.1f} ms)",
        "    整个阶段耗时的 {share:.0f} % 随频率变化：{ghz:g} GHz 下为 {ms:,.1f} ms"
        "（题目公式：{brief:,.1f} ms）",
    ),
    "picture_written": ("Picture written to {path}", "图已写入 {path}"),
    "phase_limits": ("Measuring what the machine can do", "测量机器的性能上限"),
    "phase_processes": ("Measuring in fresh processes", "在全新进程中测量"),
    "phase_measure": ("Measuring", "测量"),
    "phase_operators": ("Taking forwards apart (not counted)", "拆解前向（不计入）"),
    "unit_forward": ("forward", "次前向"),
    "unit_process": ("process", "个进程"),
    "title": ("{model} on {cpu}", "{model}，{cpu}"),
    "clock": (
        "clock {mhz:.0f} MHz ({source}), normalised = measured × {mhz:.0f} / {reference:.0f}",
        "实际频率 {mhz:.0f} MHz（{source}），归一化时间 = 实测时间 × {mhz:.0f} / {reference:.0f}",
    ),
    "clock_unknown": ("no clock is known, so nothing is normalised", "无法得知 CPU 频率，未做归一化"),
    "work": (
        "{prompt} prompt {prompt_tokens}, {decode} decode {decode_tokens}, {dtype}, {threads} {thread_s}, "
        "median of {n}",
        "提示词 {prompt} 个 token，生成 {decode} 个 token，{dtype}，{threads} 线程，{n} 次取中位数",
    ),
    "processes": (
        "{n} fresh processes, of {each} repetitions; the intervals draw processes first, then repetitions",
        "共 {n} 个全新进程，各重复 {each} 次；区间先抽取进程，再抽取其中的重复",
    ),
    "cold": (
        "first call, compiler included: {ms:,.0f} ms; {n} warm-up repetitions, not counted",
        "首次调用（含编译）：{ms:,.0f} ms；预热 {n} 次，不计入",
    ),
    "prefill_interval": (
        "prefill {ms} ms (95 %: {low} to {high}, n = {n})",
        "prefill {ms} ms（95 %：{low} 至 {high}，n = {n}）",
    ),
    "decode_interval": (
        "decode {ms} ms a token (95 %: {low} to {high}, n = {n}); median single step {step} ms (n = {steps})",
        "decode 每个 token {ms} ms（95 %：{low} 至 {high}，n = {n}）；单步中位数 {step} ms（n = {steps}）",
    ),
    "step_p95": (
        "95 % of the single steps took at most {ms} ms",
        "95 % 的单步耗时不超过 {ms} ms",
    ),
    "few_samples": (
        "with {n} repetitions these bounds and ± are the range of the samples, which holds the true median "
        "{percent:.0f} times in 100, not 95; for more give more --repetitions",
        "只有 {n} 次重复时，上述区间与 ± 就是样本的范围，包含真实中位数的概率为 {percent:.0f} %，而非 95 %；"
        "可用 --repetitions 增加次数",
    ),
    "planned": (
        "planned for a budget of {s:,.0f} s: {n} repetitions of {decode} decode tokens",
        "按 {s:,.0f} 秒的时间预算安排：{n} 次重复，每次生成 {decode} 个 token",
    ),
    "grade_A": ("Grade A: nothing speaks against these figures", "等级 A：未发现影响数据的因素"),
    "grade_B": ("Grade B: to be compared with the doubts below in mind", "等级 B：比较时请留意以下各点"),
    "grade_C": ("Grade C: an order of magnitude, no more", "等级 C：仅供了解数量级"),
    "grade_invalid": ("Invalid: the work was not done right", "无效：运行没有正确完成"),
    "says": ("What this run says:", "本次运行说明了什么："),
    "caveat": ("Note", "注意"),
    "remedy": ("What to do", "建议"),
    "error": ("Error", "错误"),
    "written": ("Report written to {path}", "报告已保存：{path}"),
    "trace_written": (
        "Trace written to {path} (open it at ui.perfetto.dev)",
        "跟踪文件已保存：{path}（可在 ui.perfetto.dev 打开）",
    ),
    **ABOUT_DELIVERY,
    "interrupted": ("Stopped before the end.", "已中止，未能完成。"),
    "overhead": (
        "{means}, {token:,.1f} ms a token: "
        "measured ÷ bare decode loop: {ratio:.4f} (95 %: {low:.4f} to {high:.4f}, {pairs} pairs); "
        "{between:.3f} % of the loop lies between steps, in no reported figure",
        "{means}，每个 token {token:,.1f} ms："
        "测量用循环 ÷ 裸循环：{ratio:.4f}（95 %：{low:.4f} 至 {high:.4f}，{pairs} 对）；"
        "循环中有 {between:.3f} % 的时间在步与步之间，不计入任何数据",
    ),
    "by_means": ("engine {engine}, allocator {malloc}", "引擎 {engine}，内存分配器 {malloc}"),
    "engine_default": ("the default", "默认"),
    "engine_lacks": ("not on this machine: {what}", "本机无法使用：{what}"),
    "exactness_reference": (
        "the reference that the others are held against",
        "其他引擎以此为准",
    ),
    "exactness_identical": (
        "gives the same numbers as published, bit for bit",
        "与 published 的结果逐位相同",
    ),
    "exactness_exact": (
        "sums whole numbers without rounding and rounds once, in the end; published rounds every activation",
        "整数求和不舍入，仅在最后舍入一次；published 会舍入每个激活值",
    ),
    "exactness_rounded": (
        "sums whole numbers without rounding and rounds twice, in the end; published rounds every activation",
        "整数求和不舍入，最后共舍入两次；published 会舍入每个激活值",
    ),
    "stand_in_written": ("Stand-in checkpoint written to {path}", "替代模型已写入 {path}"),
}


def text(language: Language, key: str, **values: object) -> str:
    """The sentence of that key in that language, with its values put in."""
    return _TEXTS[key][0 if language == "en" else 1].format(**values)


def choose_language(stated: str | None) -> Language:
    """Choose by `--lang`, else by the locale; English where the console cannot show Chinese."""
    if stated in ("en", "zh"):
        return "en" if stated == "en" else "zh"
    return "zh" if _locale_name().lower().startswith(("zh", "chinese")) and _console_shows_chinese() else "en"


def _locale_name() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return value
    if sys.platform == "win32":
        import ctypes

        language_id = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return locale.windows_locale.get(language_id, "")
    return locale.getlocale()[0] or ""


def _console_shows_chinese() -> bool:
    try:
        "中文".encode(getattr(sys.stderr, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
