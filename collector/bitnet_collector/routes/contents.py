"""What the OpenAPI document says of an answer's content, by media type."""

from __future__ import annotations

from typing import Any

Contents = dict[str, Any]


def as_text(*media_types: str) -> Contents:
    """Text of these media types."""
    return {media_type: {"schema": {"type": "string"}} for media_type in media_types}


def as_json(model: str) -> Contents:
    """JSON of a model that stands among the document's schemas."""
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}


HTML = as_text("text/html")
