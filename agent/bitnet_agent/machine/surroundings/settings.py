"""Environment variables that bear on the figures, each named here: no other one is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

_COMPUTING = (
    "OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "OMP_DYNAMIC", "OMP_SCHEDULE", "OMP_WAIT_POLICY",
    "OMP_MAX_ACTIVE_LEVELS", "OMP_THREAD_LIMIT", "GOMP_CPU_AFFINITY", "GOMP_SPINCOUNT", "KMP_AFFINITY",
    "KMP_BLOCKTIME", "KMP_SETTINGS", "KMP_HW_SUBSET", "KMP_TPAUSE", "MKL_NUM_THREADS", "MKL_DYNAMIC",
    "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR", "MKL_DEBUG_CPU_TYPE",
    "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ONEDNN_CPU_ISA_HINTS", "DNNL_CPU_ISA_HINTS", "ONEDNN_VERBOSE",
    "ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_DEFAULT_FPMATH_MODE", "ONEDNN_PRIMITIVE_CACHE_CAPACITY",
    "ATEN_CPU_CAPABILITY", "TORCH_COMPILE_DISABLE", "TORCHDYNAMO_DISABLE", "TORCHINDUCTOR_CACHE_DIR",
    "TORCHINDUCTOR_FX_GRAPH_CACHE", "TORCHINDUCTOR_FORCE_DISABLE_CACHES", "TORCHINDUCTOR_COMPILE_THREADS",
    "TORCHINDUCTOR_FREEZING", "TORCHINDUCTOR_MAX_AUTOTUNE", "TORCH_MKLDNN_MATMUL_MIN_DIM", "TORCH_LOGS",
    "TOKENIZERS_PARALLELISM", "RAYON_NUM_THREADS", "PYTHONMALLOC", "CXX", "CXXFLAGS", "CFLAGS",
)  # fmt: skip
_ALLOCATOR = (
    "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "GLIBC_TUNABLES", "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_MAX_", "MALLOC_ARENA_MAX", "MALLOC_CONF",
    "MIMALLOC_LARGE_OS_PAGES", "MIMALLOC_ALLOW_LARGE_OS_PAGES", "MIMALLOC_PURGE_DELAY",
    "TCMALLOC_RELEASE_RATE", "TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES",
)  # fmt: skip
_LIBRARIES = ("LD_PRELOAD", "DYLD_INSERT_LIBRARIES")


def computing_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables of OpenMP, MKL, oneDNN and torch that are set."""
    return _set(environment, _COMPUTING)


def allocator_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables of the allocator that are set, and the libraries put in its place."""
    return _set(environment, _ALLOCATOR)


def _set(environment: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: _without_paths(name, value) for name in names if (value := environment.get(name))}


def _without_paths(name: str, value: str) -> str:
    """The value, or that there is one where it holds a path; of libraries their file names."""
    if name in _LIBRARIES:
        files = [PurePath(entry).name for entry in re.split(r"[\s:]+", value) if entry]
        return " ".join(file for file in files if file.isprintable())[:200]
    if re.search(r"[/\\]", value):
        return "set (a path)"
    return value[:200] if value.isprintable() else "set (not printable)"
