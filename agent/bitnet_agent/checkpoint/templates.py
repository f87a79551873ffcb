"""torch's own templates, read as what they are whatever the locale; called before torch compiles."""

from __future__ import annotations

import codecs
import locale
from pathlib import Path


def let_inductor_read_its_templates() -> None:
    """torch opens its UTF-8 templates in the locale's encoding, and falls over where that is GBK or ASCII."""
    if codecs.lookup(locale.getpreferredencoding(False)).name == "utf-8":
        return
    from torch._inductor import utils

    def load_template(name: str, template_dir: Path) -> str:
        return (template_dir / f"{name}.py.jinja").read_text(encoding="utf-8")

    utils.load_template = load_template
