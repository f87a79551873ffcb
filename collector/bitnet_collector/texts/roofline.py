"""The sentences of the roofline's section, English and Chinese."""

from __future__ import annotations

from typing import Final

ROOFLINE: Final[dict[str, tuple[str, str]]] = {
    "roof_title": ("How near the machine's limits", "距机器上限有多近"),
    "roof_limits": (
        "Measured before and after the repetitions: memory {read} GB/s{peaks}.",
        "在重复测量前后实测：内存 {read} GB/s{peaks}。",
    ),
    "roof_caption": (
        "What each stage asked for, counted from the loaded model, against those limits; GB are 10⁹ bytes.",
        "各阶段的需求（由加载的模型统计）与上限的对照；GB 为 10⁹ 字节。",
    ),
    "roof_moved": ("GB a forward", "每次前向搬运 (GB)"),
    "roof_rate": ("GB/s", "GB/s"),
    "roof_intensity": ("Operations a byte", "每字节运算次数"),
    "roof_memory": ("Of the bandwidth", "占内存带宽"),
    "roof_peak": ("Of the peak", "占计算峰值"),
    "roof_ideal": (
        "2-bit ideal (ms\N{NO-BREAK SPACE}a\N{NO-BREAK SPACE}forward)",
        "2-bit 理想值（每次前向 ms）",
    ),
    "roof_aware": (
        "Bound-aware at {clock} (ms,\N{NO-BREAK SPACE}whole\N{NO-BREAK SPACE}stage)",
        "按瓶颈归一化 @ {clock}（整个阶段，ms）",
    ),
    "roof_hint": (
        "2-bit ideal: what a forward would take if it only read the BitLinear weights, at 2 bits and once, "
        "at the measured bandwidth, or only calculated at the measured peak: the longer of the two. "
        "Bound-aware: the stage's time brought to {clock}, where only what does not wait for memory follows "
        "the clock.",
        "2-bit 理想值：假设 BitLinear 权重按 2 bit 存放，一次前向只需以实测带宽读取一遍权重、"
        "或只需以实测峰值完成运算，取两者中较长的时间。"
        "按瓶颈归一化：把该阶段的耗时换算到 {clock}，其中只有不等待内存的部分随主频变化。",
    ),
    "roof_cached": ("all that a forward reads fits in the cache", "一次前向读取的内容可全部放入缓存"),
    "roof_traffic": ("Bytes by purpose", "按用途划分的字节数"),
    "roof_part": ("Purpose", "用途"),
    "roof_read": ("read (GB)", "读 (GB)"),
    "roof_written": ("written (GB)", "写 (GB)"),
    "traffic_weights": ("weights, for the product", "权重（用于矩阵乘法）"),
    "traffic_weight-quantization": ("quantising or unpacking the weights", "权重量化或解包"),
    "traffic_activation-quantization": ("quantising the activations", "量化激活值"),
    "traffic_activations": ("activations", "激活值"),
    "traffic_norms": ("norms", "归一化层"),
    "traffic_attention": ("attention", "注意力"),
    "traffic_kv-cache": ("KV cache", "KV cache"),
    "traffic_embeddings": ("embeddings", "词嵌入"),
    "traffic_lm-head": ("output matrix (lm_head)", "输出矩阵 (lm_head)"),
}
