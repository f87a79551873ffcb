"""What stands beside a measured number, English and Chinese."""

from __future__ import annotations

from typing import Final

FIGURES: Final[dict[str, tuple[str, str]]] = {
    "per_token": ("{value} ms/token", "{value} ms/token"),
    "n_samples": ("n={n}", "n={n}"),
    "interval_hint": ("95 % interval: {low} to {high}", "95 % 置信区间：{low} 至 {high}"),
    "step_interval_hint": (
        "95 % interval, from the single steps: {low} to {high}",
        "95 % 置信区间（由各步得出）：{low} 至 {high}",
    ),
    "noise_noisy": ("noisy", "有噪声"),
    "noise_unusable": ("unusable", "不可用"),
    "noise_hint": (
        "the middle half spreads over {percent} % of the median",
        "中间一半样本的跨度为中位数的 {percent} %",
    ),
    "drift": ("drift {percent} %", "漂移 {percent} %"),
    "drift_hint": (
        "the second half's median against the first half's",
        "后一半样本的中位数相对前一半的变化",
    ),
    "outliers_1": ("1 outlier", "1 个离群值"),
    "outliers_n": ("{n} outliers", "{n} 个离群值"),
    "outliers_hint": ("kept, not removed; sample {positions}", "已保留；样本序号 {positions}"),
    "percentile": ("p{rank} {value} (n={n})", "p{rank} {value}（n={n}）"),
}
