"""The sentences of the caveats that are about the machine: its clock, and what else went on in it."""

from __future__ import annotations

from .catalogue import Sentences

_OTHERS_REMEDY = "close other programs (bitnet-agent doctor shows the load now), then run again"
_OTHERS_REMEDY_ZH = "请关闭其他程序（bitnet-agent doctor 可显示当前负载）后重新运行"
_STEAL_REMEDY = "move to a virtual machine with dedicated cores, or run at a quieter time"
_STEAL_REMEDY_ZH = "请换用独享 CPU 的虚拟机，或在宿主机空闲时运行"
_QUOTA_REMEDY = "raise the container's processor quota (docker: --cpus), or lower --threads below it"
_QUOTA_REMEDY_ZH = "请提高容器的 CPU 配额（docker：--cpus），或把 --threads 降到配额以内"
_SWAP_REMEDY = "close programs that hold much memory, or use a machine with more"
_SWAP_REMEDY_ZH = "请关闭占用内存多的程序，或换用内存更大的机器"

ABOUT_THE_MACHINE = {
    "clock-not-measured": Sentences(
        "the clock is the advertised figure, not a measurement, so the normalised times may be far off",
        "install a C compiler so that the clock can be measured, or state it with --clock-mhz",
        "CPU 频率取自标称值而非实测，归一化时间可能有较大偏差",
        "请安装 C 编译器以便实测频率，或用 --clock-mhz 指定",
    ),
    "clock-is-tsc": Sentences(
        "in this virtual machine the advertised {mhz:.0f} MHz is the rate of the time stamp "
        "counter, not the core's",
        "install a C compiler so that the clock can be measured, or state it with --clock-mhz",
        "在此虚拟机中，标称的 {mhz:.0f} MHz 是时间戳计数器的频率，不是 CPU 核心的频率",
        "请安装 C 编译器以便实测频率，或用 --clock-mhz 指定",
    ),
    "clock-moved": Sentences(
        "the clock moved from {low:.0f} to {high:.0f} MHz between the repetitions",
        "keep the machine cool and on mains power, or fix its clock",
        "各次重复之间 CPU 频率在 {low:.0f} 到 {high:.0f} MHz 之间变化",
        "请保持散热良好并接通电源，或固定 CPU 频率",
    ),
    "limits-moved": Sentences(
        "what the machine can do moved during the run: from {low:,.0f} to {high:,.0f} {what}, "
        "{percent:.0f} % apart",
        "run again; a virtual machine whose processors are moved about needs dedicated cores",
        "运行期间机器的性能上限发生变化：{low:,.0f} 到 {high:,.0f} {what}，相差 {percent:.0f} %",
        "请重新运行；若虚拟机的 CPU 常被迁移，请换用独享核心",
    ),
    "steal": Sentences(
        "the host took {percent:.1f} % of this virtual machine's processor time for others",
        _STEAL_REMEDY,
        "宿主机占用了本虚拟机 {percent:.1f} % 的 CPU 时间",
        _STEAL_REMEDY_ZH,
    ),
    "steal-heavy": Sentences(
        "the host took {percent:.1f} % of this virtual machine's processor time: "
        "the times are not this machine's",
        _STEAL_REMEDY,
        "宿主机占用了本虚拟机 {percent:.1f} % 的 CPU 时间：测得的时间不能代表本机",
        _STEAL_REMEDY_ZH,
    ),
    "other-load": Sentences(
        "other programs kept {cores:.2f} cores busy while this ran",
        _OTHERS_REMEDY,
        "测量期间其他程序占用了 {cores:.2f} 个核心",
        _OTHERS_REMEDY_ZH,
    ),
    "other-load-heavy": Sentences(
        "other programs kept {cores:.2f} cores busy while this ran: the times are not this machine's",
        _OTHERS_REMEDY,
        "测量期间其他程序占用了 {cores:.2f} 个核心：测得的时间不能代表本机",
        _OTHERS_REMEDY_ZH,
    ),
    "busy-before": Sentences(
        "the machine was busy before the run: its load was {load:.2f}",
        "wait for the load to fall before a run",
        "运行前机器已有负载：{load:.2f}",
        "请待负载下降后再运行",
    ),
    "throttled-cgroup": Sentences(
        "the container's processor quota held the run back {periods} times, {ms:.0f} ms in all",
        _QUOTA_REMEDY,
        "容器的 CPU 配额限制了运行 {periods} 次，共 {ms:.0f} ms",
        _QUOTA_REMEDY_ZH,
    ),
    "throttled-cgroup-heavy": Sentences(
        "the container's processor quota held the run back {percent:.1f} % of the time ({periods} times)",
        _QUOTA_REMEDY,
        "容器的 CPU 配额使运行在 {percent:.1f} % 的时间里受限（{periods} 次）",
        _QUOTA_REMEDY_ZH,
    ),
    "throttled-thermal": Sentences(
        "the processor slowed down because of heat {count} times",
        "let the machine cool, clear its fans, and run again",
        "CPU 因过热降频 {count} 次",
        "请待机器降温、清理风扇后重新运行",
    ),
    "swapped-in": Sentences(
        "the machine read {mb:.1f} MB back from swap", _SWAP_REMEDY,
        "机器从交换区读回了 {mb:.1f} MB", _SWAP_REMEDY_ZH,
    ),
    "swapped-in-heavy": Sentences(
        "the machine read {mb:.1f} MB back from swap: the times are the disk's", _SWAP_REMEDY,
        "机器从交换区读回了 {mb:.1f} MB：测得的是磁盘的时间", _SWAP_REMEDY_ZH,
    ),
    "disk-reads": Sentences(
        "{count} memory accesses had to wait for the disk: the weights did not stay in memory", _SWAP_REMEDY,
        "有 {count} 次内存访问需要等待磁盘：权重没有全部留在内存中", _SWAP_REMEDY_ZH,
    ),
    "on-battery": Sentences(
        "the machine ran on its battery, which lowers the clock on most laptops",
        "plug it in and run again",
        "机器使用电池供电，多数笔记本此时会降低频率",
        "请接通电源后重新运行",
    ),
    "governor": Sentences(
        "the frequency governor is {governor} ({driver}), which holds the processor at a low clock",
        "choose another, for example: sudo cpupower frequency-set -g performance",
        "频率调节策略为 {governor}（{driver}），CPU 保持在低频",
        "请改用其他策略，例如：sudo cpupower frequency-set -g performance",
    ),
    "migrations": Sentences(
        "the system moved the threads between cores {rate:.0f} times a second for each thread",
        "pin them with --pin, or close other programs",
        "系统在核心之间迁移线程，每个线程每秒 {rate:.0f} 次",
        "请用 --pin 绑定线程，或关闭其他程序",
    ),
    "involuntary-switches": Sentences(
        "the threads were taken off their cores {rate:.0f} times a second for each thread",
        "close other programs, or lower --threads to the number of physical cores",
        "线程被迫让出核心，每个线程每秒 {rate:.0f} 次",
        "请关闭其他程序，或把 --threads 降到物理核心数",
    ),
}  # fmt: skip
