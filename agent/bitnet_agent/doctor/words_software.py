"""What doctor says of the model and of the software that runs it."""

from __future__ import annotations

from .finding import Wording

ABOUT_SOFTWARE = {
    "model-ready": Wording(
        "model", "ok", "{model} is on this disk, {gb:.2f} GB", "{model} 已在本机，{gb:.2f} GB",
    ),
    "model-to-make": Wording(
        "model", "ok", "{model} will be made at the first run, {gb:.2f} GB",
        "{model} 将在首次运行时生成，{gb:.2f} GB",
    ),
    "model-to-download": Wording(
        "model", "note",
        "{model} is not on this disk; the hub answers, and the first run downloads it ({size})",
        "{model} 不在本机；模型站可访问，首次运行时会下载（{size}）",
        "allow for the download's time in the first run", "首次运行请预留下载时间",
    ),
    "model-unreachable": Wording(
        "model", "bad", "{model} is not on this disk, and {endpoint} cannot be reached",
        "{model} 不在本机，且无法访问 {endpoint}",
        "check the connection, set HF_ENDPOINT to a mirror, or name a directory with --model",
        "请检查网络，将 HF_ENDPOINT 设为镜像站，或用 --model 指定本机目录",
    ),
    "model-offline": Wording(
        "model", "bad", "{model} is not on this disk, and HF_HUB_OFFLINE forbids fetching it",
        "{model} 不在本机，而 HF_HUB_OFFLINE 禁止下载",
        "unset HF_HUB_OFFLINE, or fetch the model first on a machine with a connection",
        "请取消 HF_HUB_OFFLINE，或先在可联网的机器上下载模型",
    ),
    "model-refused": Wording(
        "model", "bad", "{endpoint} answers {status} for {model}", "{endpoint} 对 {model} 返回 {status}",
        "check the spelling and --revision, or log in with `hf auth login`",
        "请检查模型名称与 --revision，或用 `hf auth login` 登录",
    ),
    "model-unusable": Wording(
        "model", "bad", "{model} cannot be profiled: {reason}", "{model} 无法测量：{reason}",
        "name a BitNet checkpoint that is whole, or fetch it again", "请指定完整的 BitNet 模型，或重新下载",
    ),
    "disk-room": Wording(
        "disk", "ok", "{free:.1f} GB are free where the model will lie", "模型所在磁盘剩余 {free:.1f} GB",
    ),
    "disk-short": Wording(
        "disk", "bad", "the model needs {needed:.1f} GB of disk, and {free:.1f} GB are free",
        "模型需要 {needed:.1f} GB 磁盘空间，仅剩 {free:.1f} GB",
        "free some space, or let {variable} name a directory on another disk",
        "请清理磁盘，或用 {variable} 指定其他磁盘上的目录",
    ),
    "memory-enough": Wording(
        "memory", "ok", "a run needs about {needed:,.0f} MB, {available:,.0f} MB are available",
        "运行约需 {needed:,.0f} MB 内存，可用 {available:,.0f} MB",
    ),
    "memory-tight": Wording(
        "memory", "doubt", "a run needs about {needed:,.0f} MB, and only {available:,.0f} MB are available",
        "运行约需 {needed:,.0f} MB 内存，可用仅 {available:,.0f} MB",
        "close other programs, or the weights may not stay in memory",
        "请关闭其他程序，否则权重可能被换出内存",
    ),
    "memory-short": Wording(
        "memory", "bad", "a run needs about {needed:,.0f} MB, and {available:,.0f} MB are available",
        "运行约需 {needed:,.0f} MB 内存，可用仅 {available:,.0f} MB",
        "close other programs, or use a machine with more memory", "请关闭其他程序，或换用内存更大的机器",
    ),
    "compiler-works": Wording("compiler", "ok", "it compiles: {version}", "可以编译：{version}"),
    "compiler-missing": Wording(
        "compiler", "bad", "no C++ compiler can be run, and the published model needs one",
        "没有可用的 C++ 编译器，而公开模型需要它",
        "install one (Linux: g++; macOS: xcode-select --install; Windows: Visual Studio Build "
        "Tools with C++)",
        "请安装（Linux：g++；macOS：xcode-select --install；Windows：Visual Studio Build Tools 的 C++ "
        "组件）",
    ),
    "compiler-misnamed": Wording(
        "compiler", "bad", "CXX names {name}, which cannot be run", "CXX 指定的 {name} 无法运行",
        "correct or unset CXX", "请更正或取消环境变量 CXX",
    ),
    "headers-missing": Wording(
        "compiler", "bad",
        "Python's own C headers are missing, and the compiled parts of the model need them",
        "缺少 Python 的 C 头文件，模型的编译部分需要它",
        "install them, for example `sudo apt install python3-dev`",
        "请安装，例如 `sudo apt install python3-dev`",
    ),
    "compiler-fails": Wording(
        "compiler", "bad", "{version} cannot compile a small program: {reason}",
        "{version} 无法编译一个小程序：{reason}",
        "repair or reinstall the compiler, or name another with CXX",
        "请修复或重装编译器，或用 CXX 指定其他编译器",
    ),
    "cache-warm": Wording(
        "cache", "ok", "torch has compiled code in its cache: the first call will be shorter than a cold one",
        "torch 的编译缓存非空：首次调用会比冷启动短",
    ),
    "cache-cold": Wording(
        "cache", "ok", "torch's cache of compiled code is empty: the first call will hold the compiler",
        "torch 的编译缓存为空：首次调用将包含编译时间",
    ),
    "versions-fine": Wording("versions", "ok", "{versions}", "{versions}"),
    "version-missing": Wording(
        "versions", "bad", "{package} is not installed", "未安装 {package}",
        "install what is needed: pip install 'bitnet-profiler[agent]'",
        "请安装：pip install 'bitnet-profiler[agent]'",
    ),
    "version-old": Wording(
        "versions", "bad", "{package} {version} is older than {least}, the least that is needed",
        "{package} {version} 过旧，至少需要 {least}", "update it: pip install -U 'bitnet-profiler[agent]'",
        "请更新：pip install -U 'bitnet-profiler[agent]'",
    ),
    "version-untested": Wording(
        "versions", "note", "{package} is {version}, and {tested} is what was tested",
        "{package} 为 {version}，测试所用为 {tested}",
        "install the tested versions: pip install -c constraints.txt",
        "请安装经过测试的版本：pip install -c constraints.txt",
    ),
}  # fmt: skip
