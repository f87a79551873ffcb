"""The hub: what its client has fetched before, and whether it answers for a model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_PATIENCE_S = 2.5


@dataclass(frozen=True)
class HubAnswer:
    """What the hub said; `to-download` means that it has the model, `status` is HTTP's."""

    kind: Literal["to-download", "unreachable", "offline", "refused"]
    endpoint: str = "HF_ENDPOINT"
    status: int | None = None


def hub_cache() -> Path:
    """Where the hub's client puts what it fetches."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def cached_directory(model: str, revision: str | None) -> Path | None:
    """The directory of that model in the cache, whole or not; None where there is none."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError):
        return None


def ask_hub(model: str, revision: str | None) -> HubAnswer:
    """Ask whether the model is there, with one request for the head of its configuration."""
    import httpx
    from huggingface_hub import constants, get_token, hf_hub_url
    from huggingface_hub.errors import HFValidationError

    endpoint = constants.ENDPOINT
    if constants.HF_HUB_OFFLINE:
        return HubAnswer("offline", endpoint)
    token = get_token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        address = hf_hub_url(model, "config.json", revision=revision, endpoint=endpoint)
        answer = httpx.head(address, timeout=_PATIENCE_S, headers=headers)
    except HFValidationError:
        return HubAnswer("refused", endpoint, 400)
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError):
        return HubAnswer("unreachable", endpoint)
    kind: Literal["to-download", "refused"] = "to-download" if answer.status_code < 400 else "refused"
    return HubAnswer(kind, endpoint, answer.status_code)
