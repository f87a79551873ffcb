"""transformers' BitNet layers: the one door to them, since importing them makes torch read its templates."""

from .templates import let_inductor_read_its_templates

let_inductor_read_its_templates()

from transformers.integrations import bitnet  # noqa: E402

__all__ = ["bitnet"]
