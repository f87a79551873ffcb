"""What each kind of operator is called in front of a reader, in English and Chinese: one place for all."""

from __future__ import annotations

from typing import Final, Literal

from .decomposition import REMAINDER

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "weight-quantization": ("quantising weights", "权重量化"),
    "activation-quantization": ("quantising activations", "激活量化"),
    "bitlinear-matmul": ("BitLinear matrix products", "BitLinear 矩阵乘法"),
    "freeing-temporaries": ("freeing temporaries", "释放临时张量"),
    "attention": ("attention", "注意力"),
    "lm-head": ("lm_head", "lm_head"),
    "norms-activation": ("norms and activation function", "归一化与激活函数"),
    "rotary-kv": ("rotary embedding and KV cache", "旋转位置编码与 KV 缓存"),
    "sampling": ("choosing the token", "选取 token"),
    "framework": ("framework", "框架开销"),
    REMAINDER: ("not accounted for", "未归类"),
}


def operator_words(kind: str, language: Literal["en", "zh"]) -> str:
    """The name of a kind of operator, or of the remainder; a newer agent's kind is given as it is."""
    words = _WORDS.get(kind)
    return kind if words is None else words[0 if language == "en" else 1]
