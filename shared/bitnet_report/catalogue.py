"""The sentences of every caveat: what is doubtful and what to do, in English and Chinese.

The numbers in the sentences are put in from the caveat's `values`; how much a code weighs is in `grading`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentences:
    """Templates for `str.format`; a remedy is None where nothing is to be mended."""

    message: str
    remedy: str | None
    message_zh: str
    remedy_zh: str | None


ABOUT_THE_RUN = {
    "logits-not-finite": Sentences(
        "{bad} of {forwards} forwards gave logits that are not finite: the model did not compute right",
        "discard these figures; check the checkpoint and the versions of torch and transformers",
        "{forwards} 次前向中有 {bad} 次的 logits 不是有限数：模型没有算出应有的结果",
        "请勿使用这些数据；检查模型文件以及 torch、transformers 的版本",
    ),
    "faster-than-limit": Sentences(
        "{stage} is {factor:.1f} times as fast as this machine can be: {rate:,.0f} {what} where "
        "{limit:,.0f} were measured; the figure or the measured limit is wrong",
        "run again with nothing else running; if it stays, the engine may not do all of the work",
        "{stage} 的速度达到本机测得上限的 {factor:.1f} 倍：{rate:,.0f} {what}，而上限为 {limit:,.0f}；"
        "该数据或测得的上限有误",
        "请关闭其他程序后重新运行；若仍如此，说明该引擎可能没有完成全部计算",
    ),
    "far-faster-than-limit": Sentences(
        "{stage} is {factor:.1f} times as fast as this machine can be: {rate:,.0f} {what} where "
        "{limit:,.0f} were measured; the work cannot have been done",
        "discard these figures; check the engine and the versions of torch and transformers",
        "{stage} 的速度达到本机测得上限的 {factor:.1f} 倍：{rate:,.0f} {what}，而上限为 {limit:,.0f}；"
        "这些计算不可能全部完成",
        "请勿使用这些数据；检查引擎以及 torch、transformers 的版本",
    ),
    "peak-too-low": Sentences(
        "{stage} multiplied {factor:.1f} times as fast as the peak that was measured for its numbers "
        "({rate:,.1f} against {limit:,.1f} {what}): that peak is no limit of this machine",
        "read nothing from its share of the peak; its time stands",
        "{stage} 的乘法速度是同类型实测峰值的 {factor:.1f} 倍（{rate:,.1f} 对 {limit:,.1f} {what}）："
        "该峰值并非本机上限",
        "请忽略其占峰值的比例；耗时不受影响",
    ),
    "generated-differs": Sentences(
        "the repetitions did not all generate the same tokens",
        "run again; if it stays, the machine or a kernel computes unreliably",
        "各次重复生成的 token 不完全相同",
        "请重新运行；若仍如此，说明机器或某个算子的计算不可靠",
    ),
    "not-steady": Sentences(
        "after {repetitions} warm-up repetitions the last two still differ by over {percent} %, or the "
        "compiler ran in the last",
        "close other programs and let the machine cool, then run again",
        "预热 {repetitions} 次后，最后两次仍相差 {percent} % 以上，或最后一次仍有编译",
        "请关闭其他程序，待机器降温后重新运行",
    ),
    "compiled-while-measuring": Sentences(
        "torch compiled {count} functions inside measured repetitions, so their times hold the compiler's",
        "run again: what was compiled is cached now; if it stays, report it with the run's compile ledger",
        "测量期间 torch 编译了 {count} 个函数，测得的时间中含有编译时间",
        "请重新运行（编译结果已缓存）；若仍如此，请连同编译记录一起反馈",
    ),
    "few-repetitions": Sentences(
        "measured repetitions: {n}, too few to tell how far the figures vary",
        "measure at least {wanted} times with --repetitions, or more with --rigorous",
        "只测量了 {n} 次，不足以判断数据的波动",
        "请用 --repetitions 至少测量 {wanted} 次，或使用 --rigorous",
    ),
    "quick": Sentences(
        "a quick run: warm-up and repetitions were cut short",
        "leave --quick out for figures to compare",
        "快速模式：预热与重复次数均已缩减",
        "需要可比较的数据时，请不要加 --quick",
    ),
    "shortened-by-budget": Sentences(
        "to keep within the time budget {done} of {wanted} repetitions were measured",
        "give more time with --budget",
        "为不超出时间预算，{wanted} 次重复只测量了 {done} 次",
        "请用 --budget 给出更多时间",
    ),
    "cut-by-budget": Sentences(
        "to keep within the time budget {done} tokens were decoded, not {wanted}: other work, ranked apart",
        "give more time with --budget",
        "为不超出时间预算，生成的 token 数由 {wanted} 减为 {done}：工作负载不同，单独排名",
        "请用 --budget 给出更多时间",
    ),
    "oversubscribed": Sentences(
        "{threads} threads are more than there are processors to run them",
        "lower --threads, or leave it out for one a physical core",
        "线程数 {threads} 超过可用的处理器数",
        "请减小 --threads，或不加此选项（默认每个物理核心一个线程）",
    ),
    "noisy": Sentences(
        "{stage} varies: the middle half of its times spans {percent:.1f} % of the median (over {limit} %)",
        "close other programs, keep the machine on mains power, then run again",
        "{stage} 波动较大：中间一半的样本相差达中位数的 {percent:.1f} %（超过 {limit} %）",
        "请关闭其他程序、接通电源后重新运行",
    ),
    "unusable-noise": Sentences(
        "{stage} cannot be relied on: the middle half of its times spans {percent:.1f} % of the median "
        "(over {limit} %)",
        "find what else uses the machine (bitnet-agent doctor), then run again",
        "{stage} 的数据不可用：中间一半的样本相差达中位数的 {percent:.1f} %（超过 {limit} %）",
        "请用 bitnet-agent doctor 查明占用机器的程序，然后重新运行",
    ),
    "drift": Sentences(
        "{stage} drifted: the second half of its repetitions is {percent:+.1f} % against the first",
        "let the machine cool or settle, then run again with more repetitions",
        "{stage} 出现漂移：后半部分的重复比前半部分 {percent:+.1f} %",
        "请待机器降温或稳定后，增加重复次数重新运行",
    ),
    "outliers": Sentences(
        "{stage} has {count} outliers among {n} repetitions, the farthest {percent:+.1f} % off the median",
        "the median stands; close what runs in the background if they matter",
        "{stage} 的 {n} 次重复中有 {count} 个离群值，最远的偏离中位数 {percent:+.1f} %",
        "中位数不受影响；如需消除，请关闭后台程序",
    ),
    "memory-sampled": Sentences(
        "this system keeps no exact peak of memory: peaks were sampled, and a short one may be missed",
        None,
        "本系统不提供精确的内存峰值：峰值由采样得到，可能漏掉短暂的峰值",
        None,
    ),
    "stand-in": Sentences(
        "the weights are random: time and memory are of the architecture, the text is noise",
        "profile the published model: leave --model out",
        "权重是随机的：耗时与内存反映模型结构，生成的文字没有意义",
        "请测量公开发布的模型：不要加 --model",
    ),
    "allocator-churn": Sentences(
        "{stage} waits for memory that was just given back: {faults:,} page faults in each forward, "
        "about {ms:,.1f} ms or {percent:.0f} % of it",
        "run again with --malloc tuned, which keeps freed memory for the next use, and compare the two",
        "{stage} 反复归还并重新申请内存：每次前向缺页 {faults:,} 次，约 {ms:,.1f} ms，"
        "占其耗时的 {percent:.0f} %",
        "请加 --malloc tuned 重新运行（保留已释放的内存以便复用），再比较两次结果",
    ),
    "operators-incomplete": Sentences(
        "the kinds of work found in {stage} leave {percent:.1f} % of its forward unexplained "
        "(over {limit} %)",
        "read their shares with that in mind; if it stays, the model is of a kind that is not known here",
        "{stage} 的各类算子加起来，仍有 {percent:.1f} % 的耗时未归类（超过 {limit} %）",
        "解读各项占比时请留意；若总是如此，说明此工具尚不了解该模型的结构",
    ),
    "operators-off": Sentences(
        "the pass that took {stage} apart needed {percent:+.1f} % against the timed one (over {limit} %)",
        "read its shares and not its milliseconds; on a quiet machine the two lie close together",
        "拆解 {stage} 的那一遍与计时的那一遍相差 {percent:+.1f} %（超过 {limit} %）",
        "请看各项占比，不要看其毫秒数；机器空闲时两者应很接近",
    ),
    "operators-other-tokens": Sentences(
        "the pass that took {stage} apart chose other tokens than the timed one",
        "run again; if it stays, the machine or a kernel computes unreliably",
        "拆解 {stage} 的那一遍选取的 token 与计时的那一遍不同",
        "请重新运行；若仍如此，说明机器或某个算子的计算不可靠",
    ),
    "version-0": Sentences(
        "written by the brief's original script: one sample a stage, no warm-up (the compiler may be in the "
        "first forward), an advertised clock, a peak taken from after-values, no proof of the work done",
        "profile again with bitnet-agent",
        "由最初的脚本生成：每阶段只测一次，没有预热（首次前向可能含编译），频率为标称值，"
        "峰值取自各阶段结束时的内存，无法证明所做的工作",
        "请用 bitnet-agent 重新测量",
    ),
}
