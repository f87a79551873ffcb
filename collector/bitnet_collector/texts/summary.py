"""The sentences of the summary, English and Chinese."""

from __future__ import annotations

from typing import Final

SUMMARY: Final[dict[str, tuple[str, str]]] = {
    "summary_title": ("Team summary", "团队成员结果汇总"),
    "summary_lead": (
        "BitNet b1.58 inference on plain CPUs, the team's machines side by side.",
        "BitNet b1.58 纯 CPU 推理：团队各台机器的结果对比。",
    ),
    "show": ("Show", "显示"),
    "show_latest": ("Latest run", "最近一次"),
    "show_best": ("Best run", "最佳一次"),
    "show_median5": ("Median of the last 5", "最近 5 次的中位数"),
    "show_latest_lead": ("Each member's latest run.", "每位成员最近一次运行的结果。"),
    "show_best_lead": (
        "Each member's run with the fastest decode; invalid runs do not count.",
        "每位成员 Decode 最快的一次运行，无效运行不计。",
    ),
    "show_median5_lead": (
        "The median of each figure over the member's latest 5 runs; invalid runs do not count.",
        "每位成员最近 5 次运行中各项数据的中位数，无效运行不计。",
    ),
    "pick_workload": ("Workload", "工作负载"),
    "pick_apply": ("Show", "查看"),
    "against_fastest": (
        "Ratios are against the fastest, {member} ({value} ms/token).",
        "比值以最快的 {member}（{value} ms/token）为基准。",
    ),
    "against_baseline": (
        "Ratios are against the pinned baseline, a run of {member} ({value} ms/token).",
        "比值以固定的基线运行（{member}，{value} ms/token）为基准。",
    ),
    "baseline": ("baseline", "基线"),
    "stale": ("old", "较旧"),
    "stale_for": (
        "measured {days} days ago; the machine may have changed since",
        "测量于 {days} 天前，此后机器状态可能已改变",
    ),
    "median_of": (
        "medians of {n} runs, {low} to {high} ms/token",
        "{n} 次运行的中位数，Decode 介于 {low} 与 {high} ms/token",
    ),
    "of_runs": ("{n} runs", "{n} 次运行"),
    "ratio_short": ("Ratio", "比值"),
    "member_page": ("History of {member}", "{member} 的历史记录"),
    "compare_pick": ("Compare two runs", "对比两次运行"),
    "compare_pick_a": ("A (reference)", "A（参照）"),
    "compare_pick_b": ("B", "B"),
    "compare_apply": ("Compare", "对比"),
    "compared": ("What is compared", "比较的工作负载"),
    "model": ("Model", "模型"),
    "weights": ("Weights", "权重"),
    "prompt_tokens": ("Prompt tokens", "Prompt token 数"),
    "decode_tokens": ("Decode tokens", "Decode token 数"),
    "dtype": ("Data type", "数据类型"),
    "engine": ("Engine", "引擎"),
    "malloc": ("Allocator", "内存分配器"),
    "malloc_default": ("as the system has it", "系统默认"),
    "malloc_tuned": ("tuned: keeps freed memory", "已调整：保留已释放的内存"),
    "malloc_short_default": ("default allocator", "默认内存分配"),
    "malloc_short_tuned": ("tuned allocator", "调整后的内存分配"),
    "malloc_short_environment": ("the environment's allocator", "环境变量设定的内存分配"),
    "malloc_environment": ("set by the member's environment", "由成员的环境变量设定"),
    "workload_id": ("Workload ID", "负载编号"),
    "weights_published": ("published", "官方发布"),
    "weights_stand-in": ("stand-in", "替身权重"),
    "weights_local": ("local", "本地"),
    "weights_unknown": ("not stated", "未注明"),
    "not_stated": ("not stated", "未注明"),
    "workload_members": ("members: {n}, runs: {runs}", "{n} 位成员，{runs} 次运行"),
    "more_workloads": ("{n} more workloads, as JSON", "另有 {n} 个工作负载（JSON）"),
    "table_caption": (
        "Below each time, smaller: the same time normalised to {clock}.",
        "每个耗时下方的小字为归一化到 {clock} 的耗时。",
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
    "ratio_baseline": ("Against baseline", "相对基线"),
    "memory": ("Peak memory (MB)", "峰值内存 (MB)"),
    "grade": ("Grade", "等级"),
    "run": ("Run", "运行"),
    "normalized_short": ("{value} at {clock}", "{value} @ {clock}"),
    "normalized_hint": ("normalised to {clock}", "归一化到 {clock}"),
    "fastest": ("fastest", "最快"),
    "times": ("{value}×", "{value} 倍"),
    "caveats_1": ("1 caveat", "1 条注意事项"),
    "caveats_n": ("{n} caveats", "{n} 条注意事项"),
    "compare_fastest": ("compare", "对比"),
    "compare_fastest_label": (
        "Compare {member} with the fastest, {fastest}",
        "将 {member} 与最快的 {fastest} 对比",
    ),
    "compare_baseline_label": (
        "Compare {member} with the baseline, a run of {fastest}",
        "将 {member} 与基线（{fastest} 的运行）对比",
    ),
    "why_grade": ("Why grade {grade}", "等级 {grade} 的原因"),
    "why_invalid": ("Why invalid", "无效的原因"),
    "why_ungraded": ("What casts doubt on it", "影响可信度的因素"),
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
    "colon": (": ", "："),
    "named": ("{name}: {value}", "{name}：{value}"),
    "aside": (" ({words})", "（{words}）"),
    "note_threads-differ": (
        "The runs used different numbers of threads: {values}. They are still the same work.",
        "各次运行的线程数不同：{values}。工作负载仍相同。",
    ),
    "note_tokens-differ": (
        "Not all runs produced the same tokens ({values}): kernels of different machines round differently.",
        "各次运行生成的 token 不完全相同（{values}）：不同机器的算子舍入方式不同。",
    ),
    "note_agents-differ": (
        "The runs were measured by different versions of the agent: {values}.",
        "各次运行由不同版本的 agent 测量：{values}。",
    ),
    "note_machines-mixed": (
        "A median here is over runs on different processors: {values}.",
        "有成员的中位数取自不同处理器上的运行：{values}。",
    ),
    "downloads": ("This table as", "下载本表"),
    "empty_title": ("No reports yet", "还没有报告"),
    "empty_lead": (
        "Each member runs this on their own machine; the row fills itself when the run ends.",
        "每位成员在自己的机器上运行以下命令，运行结束后对应的行会自动填充。",
    ),
    "how_title": ("How to read the figures", "如何理解这些数字"),
    "how_decode": (
        "ms/token is the median repetition's decode time ÷ its tokens: lower is better. "
        "Rank and ratio compare it as measured, among what is shown.",
        "ms/token 为各次重复 Decode 耗时的中位数 ÷ token 数，越低越好。排名与比值均按所显示的实测耗时计算。",
    ),
    "how_formula": (
        "Normalised time = measured time × the run's clock ÷ 3.0 GHz. "
        "A prefill of 1000 ms at 2.4 GHz is 800 ms at 3.0 GHz.",
        "归一化时间 = 实测时间 × 实际 CPU 频率 ÷ 参考频率 (3.0 GHz)。"
        "例如 2.4 GHz 下 1000 ms 的 Prefill，归一化后为 800 ms。",
    ),
    "how_limit": (
        "It holds as far as the core's clock is the bottleneck: "
        "time spent waiting for memory does not shrink with a faster clock.",
        "该换算仅在核心主频是瓶颈时成立：等待内存的时间不会随主频提高而缩短。",
    ),
    "how_interval": (
        "± is half the width of the 95 % interval, n the number of samples: repetitions of the "
        "prefill, single steps of the decode. A report without samples has neither.",
        "± 为 95 % 置信区间宽度的一半，n 为样本数：Prefill 为重复次数，Decode 为单步数。"
        "没有样本的报告则不显示。",
    ),
    "how_show": (
        "Best is the run with the fastest decode. The median of the last 5 takes each figure by itself, "
        "over as many valid runs as there are up to five; below it stand their lowest and highest decode.",
        "最佳指 Decode 最快的一次运行。“最近 5 次的中位数”对每项数据分别取值，"
        "不足五次有效运行时按实际次数计算；其下给出各次 Decode 的最小值与最大值。",
    ),
    "how_stale": (
        "Old: measured over {days} days ago. Kernel, firmware and libraries have moved on since; measure "
        "again before drawing a conclusion.",
        "较旧：测量于 {days} 天之前。内核、固件与库可能已更新，下结论前请重新测量。",
    ),
    "how_work": (
        "Only runs of the same work are ranked: same weights, prompt, token counts, data type, engine and "
        "allocator.",
        "只有工作负载相同（权重、Prompt、token 数、数据类型、引擎、内存分配器均一致）的运行才参与排名。",
    ),
}
