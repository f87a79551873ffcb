"""Whether this is a virtual machine or a container, and of what kind, as far as an ordinary user can read."""

from __future__ import annotations

import re
from pathlib import Path

from ..kernel_files import read_line, read_text
from ..sysctl import read_sysctl

_VENDORS = (  # what stands in the firmware's tables, in the order to look
    ("VMware", "VMware"),
    ("VirtualBox", "VirtualBox"),
    ("innotek", "VirtualBox"),
    ("Xen", "Xen"),
    ("Parallels", "Parallels"),
    ("Microsoft Corporation Virtual Machine", "Hyper-V"),
    ("QEMU", "KVM"),
    ("KVM", "KVM"),
    ("Amazon EC2", "KVM"),
    ("Google Compute Engine", "KVM"),
    ("OpenStack", "KVM"),
    ("Apple Virtualization", "Apple Virtualization"),
)
_CLOCK_SOURCES = {"kvm-clock": "KVM", "hyperv": "Hyper-V", "xen": "Xen"}


def find_hypervisor(root: Path = Path("/")) -> str | None:
    """The hypervisor's kind, `present` where only its flag shows, None where nothing shows."""
    if re.search("microsoft", read_text(root / "proc/sys/kernel/osrelease"), re.IGNORECASE):
        return "WSL"
    named = _by_firmware(root) or _by_clock_source(root)
    flags = read_text(root / "proc/cpuinfo")
    if re.search(r"^flags\s*:.*\bhypervisor\b", flags, re.MULTILINE):
        return named or "present"
    if read_text(root / "proc/device-tree/hypervisor/compatible"):  # AArch64 has no flag for it
        return named or "present"
    if not re.search(r"^flags\s*:", flags, re.MULTILINE) and named:
        return named
    return "present" if read_sysctl("kern.hv_vmm_present") == "1" else None


def find_container(root: Path = Path("/")) -> str | None:
    """The kind of container, where it leaves its mark."""
    if (root / ".dockerenv").exists():
        return "docker"
    if (root / "run/.containerenv").exists():
        return "podman"
    return None


def _by_firmware(root: Path) -> str | None:
    kind = read_line(root / "sys/hypervisor/type")
    if kind:
        return {"xen": "Xen", "kvm": "KVM"}.get(kind, kind)
    tables = root / "sys/class/dmi/id"
    stated = " ".join(read_line(tables / name) or "" for name in ("sys_vendor", "product_name"))
    return next((name for part, name in _VENDORS if part.lower() in stated.lower()), None)


def _by_clock_source(root: Path) -> str | None:
    folder = root / "sys/devices/system/clocksource/clocksource0"
    sources = read_line(folder / "available_clocksource") or ""
    return next((name for part, name in _CLOCK_SOURCES.items() if part in sources), None)
