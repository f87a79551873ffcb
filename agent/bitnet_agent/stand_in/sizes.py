"""What a stand-in is: its configuration, and the names and shapes of its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

Size = Literal["tiny", "2b4t"]

SIZES: tuple[Size, ...] = get_args(Size)

RECIPE = 1
"""Counts up whenever the same size and seed would give other files; an older cache is not used then."""

SEED = 1582024
"""Every tensor's numbers follow from this and from the tensor's name (`weights.tensor_numbers`)."""

MARKER = "bitnet_stand_in"
"""The key of `config.json` that tells a stand-in from a checkpoint that somebody trained."""

SPECIAL_TOKENS = 256
"""Ids at the end of the vocabulary that stand for no text, as in the published one."""

_PUBLISHED: dict[str, Any] = {
    # config.json of microsoft/bitnet-b1.58-2B-4T-bf16, key for key. `auto_map` names files that neither
    # repository needs: transformers holds the architecture itself.
    "architectures": ["BitNetForCausalLM"],
    "auto_map": {
        "AutoConfig": "configuration_bitnet.BitNetConfig",
        "AutoModelForCausalLM": "modeling_bitnet.BitNetForCausalLM",
    },
    "bos_token_id": 128000,
    "eos_token_id": 128001,
    "hidden_act": "relu2",
    "hidden_size": 2560,
    "initializer_range": 0.02,
    "intermediate_size": 6912,
    "max_position_embeddings": 4096,
    "model_type": "bitnet",
    "rms_norm_eps": 1e-05,
    "num_attention_heads": 20,
    "num_hidden_layers": 30,
    "num_key_value_heads": 5,
    "rope_theta": 500000.0,
    "tie_word_embeddings": True,
    "torch_dtype": "bfloat16",
    "use_cache": True,
    "vocab_size": 128256,
    "quantization_config": {
        "quant_method": "bitnet",
        "linear_class": "autobitlinear",
        "quantization_mode": "online",
    },
}

_CUTS: dict[Size, dict[str, Any]] = {
    "2b4t": {},
    "tiny": {
        "bos_token_id": 3840,
        "eos_token_id": 3841,
        "hidden_size": 256,
        "intermediate_size": 512,
        "num_attention_heads": 4,
        "num_hidden_layers": 4,
        "num_key_value_heads": 2,
        "vocab_size": 4096,
    },
}


def config_of(size: Size) -> dict[str, Any]:
    """Return `config.json` of a stand-in: the published one with its sizes cut, and the marker."""
    return {**_PUBLISHED, **_CUTS[size], MARKER: {"size": size, "recipe": RECIPE, "seed": SEED}}


def tensor_shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Name every tensor of the checkpoint with its shape, in the order of the file.

    The embedding doubles as the output layer (`tie_word_embeddings`), so there is no `lm_head.weight`.
    Matrices are [out, in], as `torch.nn.Linear` keeps them.
    """
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    key_value = hidden // config["num_attention_heads"] * config["num_key_value_heads"]
    layer: dict[str, tuple[int, ...]] = {
        "input_layernorm": (hidden,),
        "self_attn.q_proj": (hidden, hidden),
        "self_attn.k_proj": (key_value, hidden),
        "self_attn.v_proj": (key_value, hidden),
        "self_attn.attn_sub_norm": (hidden,),
        "self_attn.o_proj": (hidden, hidden),
        "post_attention_layernorm": (hidden,),
        "mlp.gate_proj": (inner, hidden),
        "mlp.up_proj": (inner, hidden),
        "mlp.ffn_sub_norm": (inner,),
        "mlp.down_proj": (hidden, inner),
    }
    shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (config["vocab_size"], hidden)}
    for index in range(config["num_hidden_layers"]):
        shapes |= {f"model.layers.{index}.{name}.weight": shape for name, shape in layer.items()}
    return shapes | {"model.norm.weight": (hidden,)}
