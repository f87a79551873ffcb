"""The sentences of the section on memory management, English and Chinese."""

from __future__ import annotations

from typing import Final

ALLOCATION: Final[dict[str, tuple[str, str]]] = {
    "allocation_title": ("What memory management costs", "内存管理的代价"),
    "allocation_lead": (
        "A page fault is the moment when a program first touches a page of memory: the kernel stops it, "
        "clears a page and hands it over. Memory that is given back after every use pays for this again.",
        "缺页发生在程序首次访问某个内存页时：内核让程序暂停，清零一页内存再交给它。"
        "用完即归还的内存，每次使用都要重新付出这一代价。",
    ),
    "allocation_where_decode": ("Each decoded token", "每生成一个 token"),
    "allocation_where_prefill": ("Each prefill", "每次 Prefill"),
    "allocation_where": ("Each forward of {stage}", "每次 {stage}"),
    "allocation_costs": (
        "{where} sets off {faults} page faults, an estimated {ms} ms or {share} of its time.",
        "{where} 触发 {faults} 次缺页，估计耗时 {ms} ms，占其耗时的 {share}。",
    ),
    "allocation_nothing": (
        "{where} sets off {faults} page faults: nothing that could be noticed.",
        "{where} 触发 {faults} 次缺页，影响可忽略。",
    ),
    "allocation_unknown": (
        "{where} sets off {faults} page faults; what they cost is not known.",
        "{where} 触发 {faults} 次缺页，其代价未知。",
    ),
    "allocation_remedy_default": (
        "Raising glibc's thresholds, so that freed memory is kept (`--malloc tuned`), would save up to that.",
        "提高 glibc 的阈值以保留已释放的内存（`--malloc tuned`），最多可省下这些时间。",
    ),
    "allocation_remedy_tuned": (
        "The thresholds were raised in this run already: what is left comes from elsewhere.",
        "本次运行已提高阈值，剩余的缺页另有来源。",
    ),
    "allocation_remedy_environment": (
        "The member's own environment sets the allocator; `--malloc tuned` is not offered on top of it.",
        "分配器由成员自己的环境变量设定，不再叠加 `--malloc tuned`。",
    ),
    "allocation_caption": (
        "One forward of each stage, in the watched pass, which is not timed; a decode forward is one token.",
        "各阶段的一次前向，取自不计时的观测过程；Decode 的一次前向即一个 token。",
    ),
    "allocation_faults": ("Page faults", "缺页次数"),
    "allocation_per_token": ("Page faults a token", "每 token 缺页次数"),
    "allocation_blocks": ("Mapped and freed again (MB)", "映射后又释放 (MB)"),
    "allocation_blocks_n": ("in {n} large blocks", "共 {n} 个大块"),
    "allocation_system": ("CPU time in the kernel (ms)", "内核态 CPU 时间 (ms)"),
    "allocation_system_share": ("{share} of all CPU time", "占 CPU 总时间的 {share}"),
    "allocation_saving": ("Would save (ms)", "预计可省 (ms)"),
    "allocation_share": ("{share} of the stage", "占该阶段的 {share}"),
    "allocation_cost": (
        "One fault costs {us} µs here, measured on the run's threads; saving = faults × that.",
        "本机每次缺页耗时 {us} µs（以本次运行的线程数实测）；预计可省 = 缺页次数 × 该值。",
    ),
    "allocation_large": (
        "Large: blocks above {mb} MB, which glibc maps afresh each time, whatever it has learnt.",
        "大块指超过 {mb} MB 的内存块，glibc 每次都会重新映射。",
    ),
    "allocation_source": (
        "Faults and CPU time are the kernel's own counts (getrusage, all threads together). The saving is an "
        "estimate: threads that fault at once delay each other.",
        "缺页次数与 CPU 时间均为内核自身的计数（getrusage，所有线程合计）。"
        "预计可省为估计值：多个线程同时缺页会互相拖慢。",
    ),
}
