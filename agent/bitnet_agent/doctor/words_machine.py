"""What doctor says of the machine, and of its state now."""

from __future__ import annotations

from .finding import Wording

_QUIETER = "close other programs, then look again", "请关闭其他程序后再检查"
_MEASURABLE = (
    "let a C compiler be found, so that the clock can be measured, or state it with --clock-mhz",
    "请安装 C 编译器以便实测频率，或用 --clock-mhz 指定",
)

ABOUT_THE_MACHINE = {
    "clock-measured": Wording(
        "clock", "ok", "{mhz:.0f} MHz by {source}, as advertised ({advertised:.0f} MHz)",
        "{mhz:.0f} MHz（{source}），与标称 {advertised:.0f} MHz 一致",
    ),
    "clock-only-measured": Wording("clock", "ok", "{mhz:.0f} MHz by {source}", "{mhz:.0f} MHz（{source}）"),
    "clock-differs": Wording(
        "clock", "note", "{mhz:.0f} MHz by {source}, where {advertised:.0f} MHz are advertised",
        "{mhz:.0f} MHz（{source}），而标称为 {advertised:.0f} MHz",
        "nothing to do: times are normalised with what is measured", "无需处理：归一化使用实测值",
    ),
    "clock-advertised": Wording(
        "clock", "doubt", "only the advertised {mhz:.0f} MHz are known", "只知道标称频率 {mhz:.0f} MHz",
        *_MEASURABLE,
    ),
    "clock-is-tsc": Wording(
        "clock", "doubt", "only {mhz:.0f} MHz are known, in a virtual machine the time stamp counter's rate",
        "只知道 {mhz:.0f} MHz，在虚拟机中这是时间戳计数器的频率", *_MEASURABLE,
    ),
    "clock-unknown": Wording("clock", "doubt", "no clock is known", "无法得知 CPU 频率", *_MEASURABLE),
    "governor-fine": Wording(
        "governor", "ok", "{governor} ({driver}), turbo {turbo}", "{governor}（{driver}），睿频 {turbo}",
    ),
    "governor-adapts": Wording(
        "governor", "note", "{governor} ({driver}) changes the clock with the load; turbo {turbo}",
        "{governor}（{driver}）会随负载改变频率；睿频 {turbo}",
        "for steadier figures: sudo cpupower frequency-set -g performance",
        "如需更稳定的数据：sudo cpupower frequency-set -g performance",
    ),
    "governor-low": Wording(
        "governor", "doubt", "{governor} ({driver}) holds the processor at a low clock",
        "{governor}（{driver}）使 CPU 保持低频", "sudo cpupower frequency-set -g performance",
        "sudo cpupower frequency-set -g performance",
    ),
    "governor-unknown": Wording(
        "governor", "ok", "the system does not tell who chooses the clock", "系统不提供频率调节策略",
    ),
    "mains": Wording("battery", "ok", "not on a battery", "未使用电池供电"),
    "battery": Wording(
        "battery", "doubt", "on its battery, which lowers the clock on most laptops",
        "使用电池供电，多数笔记本会因此降频", "plug it in", "请接通电源",
    ),
    "load-quiet": Wording(
        "load", "ok", "other programs use {cores:.2f} cores", "其他程序占用 {cores:.2f} 个核心",
    ),
    "load-unknown": Wording(
        "load", "note", "the system does not tell what other programs use", "系统不提供其他程序的 CPU 占用",
        "see to it yourself that nothing else runs", "请自行确认没有其他程序在运行",
    ),
    "load-some": Wording(
        "load", "doubt", "other programs use {cores:.2f} cores", "其他程序占用 {cores:.2f} 个核心", *_QUIETER,
    ),
    "load-heavy": Wording(
        "load", "bad", "other programs use {cores:.2f} cores", "其他程序占用 {cores:.2f} 个核心", *_QUIETER,
    ),
    "steal-some": Wording(
        "load", "doubt", "the host takes {percent:.1f} % of the processor time for others",
        "宿主机占用了 {percent:.1f} % 的 CPU 时间",
        "use a virtual machine with dedicated cores, or a quieter time",
        "请换用独享 CPU 的虚拟机，或在空闲时运行",
    ),
    "steal-heavy": Wording(
        "load", "bad", "the host takes {percent:.1f} % of the processor time for others",
        "宿主机占用了 {percent:.1f} % 的 CPU 时间",
        "use a virtual machine with dedicated cores, or a quieter time",
        "请换用独享 CPU 的虚拟机，或在空闲时运行",
    ),
    "threads-fine": Wording(
        "threads", "ok", "{threads} threads; {cores} cores, {logical} logical processors, {allowed} allowed",
        "{threads} 线程；{cores} 个物理核心，{logical} 个逻辑处理器，可用 {allowed} 个",
    ),
    "threads-held-back": Wording(
        "threads", "doubt",
        "threads to run: {threads}; the container's quota of {quota:g} processors will hold them back",
        "线程数为 {threads}，超过容器的 CPU 配额（{quota:g} 个处理器），运行会受限",
        "raise the quota (docker: --cpus), or lower --threads below it",
        "请提高配额（docker：--cpus），或把 --threads 降到配额以内",
    ),
    "threads-share-cores": Wording(
        "threads", "doubt", "{threads} threads for {usable} cores to use: some share a core",
        "{threads} 线程，可用物理核心 {usable} 个：部分线程共用核心",
        "leave --threads out, or lower it to {usable}", "请不加 --threads，或降到 {usable}",
    ),
    "threads-too-many": Wording(
        "threads", "doubt", "{threads} threads are more than the processors or the quota can run",
        "{threads} 线程超过了可用处理器数或配额", "leave --threads out, or lower it to {usable}",
        "请不加 --threads，或降到 {usable}",
    ),
    "swap-unused": Wording("swap", "ok", "nothing is swapped out", "交换区未使用"),
    "swap-used": Wording(
        "swap", "note", "{mb:,.0f} MB lie in swap", "交换区已用 {mb:,.0f} MB",
        "close programs that hold much memory if it grows", "如继续增长，请关闭占用内存多的程序",
    ),
    "temperature-fine": Wording("temperature", "ok", "{celsius:.0f} °C", "{celsius:.0f} °C"),
    "temperature-high": Wording(
        "temperature", "doubt", "{celsius:.0f} °C before the run has begun",
        "运行前温度已达 {celsius:.0f} °C", "let the machine cool, clear its fans", "请待机器降温，清理风扇",
    ),
    "temperature-unknown": Wording("temperature", "ok", "no sensor can be read here", "无可读取的温度传感器"),
    "look-failed": Wording(
        "doctor", "doubt", "{what} could not be looked at ({reason})", "无法检查 {what}（{reason}）",
        "a run may still go well; if it does not, report this line", "运行可能仍然正常；若不正常，请反馈此行",
    ),
}  # fmt: skip
