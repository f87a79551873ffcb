"""The sentences of a sweep's page, English and Chinese."""

from __future__ import annotations

from typing import Final

SWEEP: Final[dict[str, tuple[str, str]]] = {
    "sweep_title": ("Sweep of {member}", "{member} 的参数扫描"),
    "sweep_lead": (
        "The same measurement at every point of a grid, taken in turns and in shuffled order.",
        "在网格的每个测点上做同样的测量，轮流进行，顺序随机。",
    ),
    "sweep_began": ("Begun", "开始时间"),
    "sweep_points": ("Points", "测点数"),
    "sweep_decode": ("Decode", "Decode"),
    "sweep_prefill": ("Prefill", "Prefill"),
    "sweep_chart": ("{figure} along {axis}", "{figure} 随{axis}的变化"),
    "sweep_table": ("Every point", "所有测点"),
    "sweep_no_charts": (
        "There is nothing to draw: no number was varied, or too few points are valid.",
        "没有可绘制的内容：没有数值型参数变化，或有效测点太少。",
    ),
    "sweep_lines_left_out": ("{n} more lines are in the table.", "另有 {n} 条曲线见表格。"),
    "sweep_of_run": ("This run is a point of a sweep", "本次运行是一次参数扫描的测点"),
    "sweeps": ("Sweeps", "参数扫描"),
    "sweep_item": ("{points} points, {began}", "{points} 个测点，{began}"),
    "separator_comma": (", ", "，"),
    "axis_threads": ("threads", "线程数"),
    "axis_context_depth": ("context depth (tokens)", "上下文长度 (token)"),
    "axis_prompt_tokens": ("prompt length (tokens)", "Prompt 长度 (token)"),
    "axis_decode_tokens": ("decoded tokens", "生成 token 数"),
    "axis_engine": ("engine", "引擎"),
    "axis_malloc": ("allocator", "内存分配器"),
    "axis_threads_is": ("{value} threads", "{value} 线程"),
    "axis_context_depth_is": ("depth {value}", "上下文 {value}"),
    "axis_prompt_tokens_is": ("prompt {value}", "Prompt {value}"),
    "axis_decode_tokens_is": ("decode {value}", "Decode {value}"),
    "axis_engine_is": ("{value}", "{value}"),
    "axis_malloc_is": ("allocator {value}", "内存分配器 {value}"),
}
