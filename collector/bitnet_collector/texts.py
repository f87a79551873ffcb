"""Every sentence of the pages in both languages, side by side so that none is forgotten."""

from __future__ import annotations

from typing import Final

from .negotiation import Language

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # key: (English, Chinese)
    "site": ("BitNet on CPUs", "BitNet CPU 推理"),
    "html_lang": ("en", "zh-CN"),
    "skip": ("Skip to content", "跳到正文"),
    "navigation": ("Pages", "页面导航"),
    "nav_summary": ("Summary", "汇总"),
    "nav_runs": ("All runs (JSON)", "全部记录 (JSON)"),
    "nav_docs": ("API", "API 文档"),
    "other_language": ("中文", "English"),
    "footer": ("bitnet-collector {version}. Made {moment}.", "bitnet-collector {version} · 生成于 {moment}"),
    # the summary
    "summary_title": ("Team summary", "团队成员结果汇总"),
    "summary_lead": (
        "BitNet b1.58 inference on plain CPUs: each member's latest run, side by side.",
        "BitNet b1.58 纯 CPU 推理：每位成员最近一次运行的结果对比。",
    ),
    "compared": ("What is compared", "比较的工作负载"),
    "model": ("Model", "模型"),
    "weights": ("Weights", "权重"),
    "prompt_tokens": ("Prompt tokens", "Prompt token 数"),
    "decode_tokens": ("Decode tokens", "Decode token 数"),
    "dtype": ("Data type", "数据类型"),
    "engine": ("Engine", "引擎"),
    "workload_id": ("Workload", "负载编号"),
    "weights_published": ("published", "官方发布"),
    "weights_stand-in": ("stand-in", "替身权重"),
    "weights_local": ("local", "本地"),
    "weights_unknown": ("not stated", "未注明"),
    "not_stated": ("not stated", "未注明"),
    "other_workloads": ("Other workloads", "其他工作负载"),
    "workload_members": ("members: {n}, runs: {runs}", "{n} 位成员，{runs} 次运行"),
    "more_workloads": ("{n} more, as JSON", "另有 {n} 个（JSON）"),
    "table_caption": (
        "Latest run of each member. Below each time, smaller: the same time normalised to {clock}.",
        "每位成员的最近一次运行。每个耗时下方的小字为归一化到 {clock} 的耗时。",
    ),
    "rank": ("Rank", "排名"),
    "member": ("Member", "成员"),
    "cpu": ("CPU", "CPU 型号"),
    "base": ("Base frequency", "基准频率"),
    "clock": ("Measured clock", "实测主频"),
    "prefill": ("Prefill (ms)", "Prefill (ms)"),
    "decode": ("Decode (ms/token)", "Decode (ms/token)"),
    "speed": ("Tokens/s", "Token/秒"),
    "ratio": ("Against fastest", "相对最快"),
    "memory": ("Peak memory (MB)", "峰值内存 (MB)"),
    "grade": ("Grade", "等级"),
    "run": ("Run", "运行"),
    "normalized_short": ("{value} at {clock}", "{value} @ {clock}"),
    "normalized_hint": ("normalised to {clock}", "归一化到 {clock}"),
    "fastest": ("fastest", "最快"),
    "times": ("{value}×", "{value} 倍"),
    "caveats_1": ("1 caveat", "1 条注意事项"),
    "caveats_n": ("{n} caveats", "{n} 条注意事项"),
    "ungraded": ("not graded", "未评级"),
    "grade_invalid": ("invalid", "无效"),
    "stand_in": ("stand-in weights", "替身权重"),
    "stand_in_hint": (
        "random weights of the same shape: time and memory count, the text is noise",
        "同形状的随机权重：耗时与内存有效，生成文本无意义",
    ),
    "no_run": ("No run yet", "尚无记录"),
    "unranked_other-work": ("Not ranked, other work:", "不参与排名，工作负载不同："),
    "unranked_unknown-work": (
        "Not ranked: the report does not prove what work it did.",
        "不参与排名：报告未能证明所做的工作。",
    ),
    "unranked_invalid": ("Not ranked: the run is graded invalid.", "不参与排名：本次运行被评为无效。"),
    "unranked_no-decode-time": ("Not ranked: no time per token.", "不参与排名：没有逐 token 耗时。"),
    "differs": ("{field} {this} instead of {reference}", "{field} 为 {this}，而非 {reference}"),
    "differs_silent": ("not stated: {fields}", "未注明：{fields}"),
    "separator": ("; ", "；"),
    "note_threads-differ": (
        "The runs used different numbers of threads: {values}. They are still the same work.",
        "各次运行的线程数不同：{values}。工作负载仍相同。",
    ),
    "note_tokens-differ": (
        "Not all runs produced the same tokens ({values}): kernels of different machines round differently.",
        "各次运行生成的 token 不完全相同（{values}）：不同机器的算子舍入方式不同。",
    ),
    "downloads": ("This table as", "下载本表"),
    "empty_title": ("No reports yet", "还没有报告"),
    "empty_lead": (
        "Each member runs this on their own machine; the row fills itself when the run ends.",
        "每位成员在自己的机器上运行以下命令，运行结束后对应的行会自动填充。",
    ),
    "how_title": ("How to read the figures", "如何理解这些数字"),
    "how_decode": (
        "ms/token is the time of one decode step: lower is better. Rank and ratio compare it as measured.",
        "ms/token 是单步 Decode 的耗时，越低越好。排名与比值均按实测耗时计算。",
    ),
    "how_formula": (
        "Normalised time = measured time × the run's clock ÷ 3.0 GHz. "
        "A prefill of 1000 ms at 2.4 GHz is 800 ms at 3.0 GHz.",
        "归一化时间 = 实测时间 × 实际 CPU 频率 ÷ 参考频率 (3.0 GHz)。"
        "例如 2.4 GHz 下 1000 ms 的 Prefill，归一化后为 800 ms。",
    ),
    "how_limit": (
        "It holds as far as the core's clock is the bottleneck. Decode mostly waits for memory, "
        "and that time does not shrink with a faster clock.",
        "该换算仅在核心主频是瓶颈时成立。Decode 主要受内存带宽限制，这部分时间不随主频缩短。",
    ),
    "how_work": (
        "Only runs of the same work are ranked: same weights, prompt, token counts, data type and engine.",
        "只有工作负载相同（权重、Prompt、token 数、数据类型、引擎均一致）的运行才参与排名。",
    ),
    # one run
    "run_title": ("Run of {member}", "{member} 的运行记录"),
    "back": ("Back to the summary", "返回汇总"),
    "download_raw": ("The report as sent (JSON)", "原始报告 (JSON)"),
    "measured": ("Measured", "测量时间"),
    "received": ("Received", "接收时间"),
    "run_id": ("Run ID", "运行编号"),
    "headline": ("Headline", "主要指标"),
    "ttft": ("First token after (ms)", "首 token 耗时 (ms)"),
    "total": ("All stages (ms)", "总耗时 (ms)"),
    "stages": ("Stages", "各阶段"),
    "stages_caption": (
        "Median time of each stage, and its memory (RSS, MB of 2^20 bytes) at the first run.",
        "各阶段耗时的中位数，及首次运行时的内存（RSS，1 MB = 2^20 字节）。",
    ),
    "stage": ("Stage", "阶段"),
    "time_ms": ("Time (ms)", "耗时 (ms)"),
    "normalized_ms": ("At {clock} (ms)", "归一化 @ {clock} (ms)"),
    "ms_per_token": ("ms/token", "ms/token"),
    "samples": ("Samples", "样本数"),
    "memory_before": ("Before", "之前"),
    "memory_after": ("After", "之后"),
    "memory_delta": ("Change", "变化"),
    "memory_peak": ("Peak", "峰值"),
    "memory_group": ("Memory (MB)", "内存 (MB)"),
    "stage_load_tokenizer": ("Load tokenizer", "加载 Tokenizer"),
    "stage_load_model": ("Load model", "加载模型"),
    "stage_tokenization": ("Tokenization", "编码 Tokenization"),
    "stage_prefill": ("Prefill", "Prefill"),
    "stage_decode": ("Decode", "Decode"),
    "stage_detokenization": ("Detokenization", "解码 Detokenization"),
    "steps_title": ("Decode, step by step", "逐步 Decode 耗时"),
    "compile": ("Compiler", "编译"),
    "steps_alt": (
        "Time of each decode step ({n} repetitions), {low} to {high} ms; the table below has the figures.",
        "{n} 次重复中每步 Decode 的耗时，{low} 至 {high} ms。数据见下表。",
    ),
    "steps_axis": ("step {n}", "第 {n} 步"),
    "steps_caption": ("Decode steps of each repetition, in ms.", "各次重复的 Decode 单步耗时 (ms)。"),
    "repetition": ("Repetition", "重复"),
    "steps": ("Steps", "步数"),
    "lowest": ("Lowest", "最小"),
    "median": ("Median", "中位数"),
    "highest": ("Highest", "最大"),
    "warmup": ("Warm-up", "预热"),
    "warmup_lead": ("Run and thrown away before measuring.", "正式测量前运行并丢弃的部分。"),
    "first_call": ("First prefill, compiler included (ms)", "首次 Prefill，含编译 (ms)"),
    "steady": ("Became steady", "是否稳定"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "warmup_caption": ("Discarded repetitions, in ms.", "被丢弃的重复 (ms)。"),
    "quality": ("Quality", "可信度"),
    "no_caveats": ("The agent found nothing that casts doubt on this run.", "未发现影响可信度的问题。"),
    "remedy": ("What to do:", "建议："),
    "frequency": ("Frequency normalisation", "频率归一化"),
    "processor": ("Processor", "处理器"),
    "work": ("Work", "工作负载"),
    "about": ("About the run", "运行信息"),
    "environment": ("Environment", "运行环境"),
    "facts_hint": ("Names are those of the report's JSON.", "名称与报告 JSON 中的键一致。"),
    "nothing_stated": ("The report states nothing here.", "报告中没有此项。"),
    "age_s": ("{n} s ago", "{n} 秒前"),
    "age_min": ("{n} min ago", "{n} 分钟前"),
    "age_h": ("{n} h ago", "{n} 小时前"),
    "age_d": ("{n} d ago", "{n} 天前"),
}


class Texts:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        """Choose the language."""
        self.language = language
        self._column = 0 if language == "en" else 1

    def __call__(self, key: str, **values: object) -> str:
        """The sentence `key`, its placeholders filled; a KeyError where there is none."""
        return TEXTS[key][self._column].format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is such a sentence; foreign names are shown as they are where not."""
        return key in TEXTS
