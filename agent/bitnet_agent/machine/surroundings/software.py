"""The libraries that compute: their versions, and how torch was built and is set."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_LIBRARIES = ("torch", "transformers", "accelerate", "tokenizers", "safetensors", "numpy", "huggingface-hub")
_IN_CONFIG = {
    "compiler": r"- (GCC \S+|Clang \S+|clang \S+|MSVC \S+)",
    "mkl": r"(?:Math Kernel Library|MKL)\D*?Version ([0-9.]+)",
    "onednn": r"MKL-DNN (v\S+)",
    "openmp": r"OpenMP (\d+)",
    "blas": r"BLAS_INFO=([^,\s]+)",
    "build_type": r"BUILD_TYPE=([^,\s]+)",
}


def library_versions() -> dict[str, str]:
    """Versions of the libraries that are installed."""
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def describe_torch() -> dict[str, Any] | None:
    """How this torch was built and what it computes with; imports torch, None where there is none."""
    try:
        import torch
    except ImportError:
        return None
    build = torch.__config__.show()
    parallel = torch.__config__.parallel_info()
    backend = re.search(r"ATen parallel backend: (\S+)", parallel)
    return {
        **condense_config(build),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "mkldnn": bool(torch.backends.mkldnn.is_available()),  # type: ignore[no-untyped-call]
        "parallel_backend": backend[1] if backend else None,
        "interop_threads": torch.get_num_interop_threads(),
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
    }


def condense_config(text: str) -> dict[str, str]:
    """The versions in `torch.__config__.show()`, and a hash of all of it: equal builds have equal hashes."""
    found = {name: match[1] for name, pattern in _IN_CONFIG.items() if (match := re.search(pattern, text))}
    return {**found, "config_sha256": hashlib.sha256(text.encode()).hexdigest()}
