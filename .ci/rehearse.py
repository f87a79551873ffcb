# ruff: noqa: S603  (what it starts is named here or in the project's own Dockerfiles)
"""Rehearse a Dockerfile without a Docker engine: each step for real, on a throw-away copy of this machine.

    python .ci/rehearse.py collector/Dockerfile --python /usr/bin/python3
    python .ci/rehearse.py agent/Dockerfile --python /usr/bin/python3 --command='--model stand-in:tiny'

Each FROM becomes an overlay over this machine's root, gone at the end, with `python` standing for the given
interpreter; RUN and COPY steps are carried out in it as written. Then the image's command is run as its user,
the root read-only, in a network namespace of its own: a collector must become healthy by the compose file's
own check and end with 0 on SIGTERM; the agent must end with 0.
What this does not show: that the base image exists, and how an engine builds. Needs root on Linux.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from dockerfile import Step, context_files, read_stages

ROOT = Path(__file__).resolve().parent.parent
PLAIN_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
HEALTHY_SECONDS = 300  # far: a command that fails ends, which is seen at once
CLONE_NEWNET = 0x40000000  # from <sched.h>; os.unshare is there only from Python 3.12 on


class Image:
    """A copy-on-write root with the settings that the steps have given it."""

    def __init__(self, folder: Path, python: Path) -> None:
        """Mount the overlay and put the interpreter where the base image has it."""
        self.root, self.workdir, self.user, self.volumes = folder / "root", "/", "root", list[str]()
        self.command: list[str] = []
        self.entrypoint: list[str] = []
        pip_settings = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self.environment = {"PATH": PLAIN_PATH, "HOME": "/root", "LANG": "C.UTF-8", **pip_settings}
        for name in ("upper", "work", "root"):
            (folder / name).mkdir(parents=True)
        layers = f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work"
        _do("mount", "-t", "overlay", "overlay", "-o", layers, str(self.root))
        for system in ("/dev", "/proc"):
            _do("mount", "--rbind", system, f"{self.root}{system}")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        (self.root / "root").chmod(0o755)  # the interpreter may live there
        program = self.root / "usr/local/bin/python"
        program.unlink(missing_ok=True)
        # No link: started by another name, an interpreter may look for its library in the wrong place.
        program.write_text(f'#!/bin/sh\nexec {python} "$@"\n')
        program.chmod(0o755)

    def chroot(self, *command: str, user: str = "root") -> list[str]:
        """The command line that runs `command` inside, as `user`."""
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        identity = [] if user == "root" else [f"--userspec={user}:{user}"]
        inside = ["sh", "-c", f'cd {self.workdir} && exec "$@"', "sh", *command]
        return ["env", "-i", *settings, "chroot", *identity, str(self.root), *inside]


def carry_out(step: Step, image: Image, built: list[Image]) -> None:
    """Do one step as an engine would."""
    if step.word == "RUN":
        _do(*image.chroot("sh", "-c", step.rest))
    elif step.word == "COPY":
        _copy(step.arguments(), image, built)
    elif step.word in ("ENV", "ARG"):
        for assignment in step.arguments():
            name, _, value = assignment.partition("=")
            image.environment[name] = value.replace("$PATH", image.environment["PATH"])
    elif step.word == "WORKDIR":
        image.workdir = step.rest
        (image.root / step.rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif step.word == "USER":
        image.user = step.rest
    elif step.word == "VOLUME":
        image.volumes = step.arguments()
    elif step.word == "ENTRYPOINT":
        image.entrypoint = step.arguments()
    elif step.word == "CMD":
        image.command = step.arguments()
    elif step.word not in ("FROM", "EXPOSE"):
        sys.exit(f"{step.word} is not rehearsed; teach .ci/rehearse.py to do it")


def _copy(arguments: list[str], image: Image, built: list[Image]) -> None:
    if arguments[0].startswith("--from="):
        source, target = arguments[1:]
        shutil.copytree(f"{built[-1].root}{source}", f"{image.root}{target}", symlinks=True)
        return
    *sources, target = arguments
    folder = image.root / image.workdir.lstrip("/") / target
    for name in sources:
        inside = [path for path in context_files(ROOT) if path == name or path.startswith(f"{name}/")]
        if not inside:
            sys.exit(f"COPY {name}: not in the build context; see .dockerignore")
        for path in inside:
            rest = Path(path).relative_to(name) if path != name else Path(Path(name).name)
            (folder / rest).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / rest)


def run_image(image: Image, service: str) -> None:
    """Run the image's command as its user, the root read-only but for its volumes and /tmp."""
    for volume in [*image.volumes, "/tmp"]:  # noqa: S108  (the image's own)
        inside = f"{image.root}{volume}"
        owner = Path(inside).stat()
        options = f"uid={owner.st_uid},gid={owner.st_gid},mode={owner.st_mode & 0o7777:o}"
        _do("mount", "-t", "tmpfs", "-o", options, "tmpfs", inside)
    _do("mount", "-o", "remount,ro", str(image.root))
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"][service]
    for name, value in compose["environment"].items():
        if value is not None:
            image.environment[name] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    command = image.chroot(*image.entrypoint, *image.command, user=image.user)
    if service == "agent":
        _do(*command)
        return
    _do("ip", "link", "set", "lo", "up")
    check = image.chroot(*compose["healthcheck"]["test"][1:], user=image.user)
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while subprocess.run(check, capture_output=True, check=False).returncode:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                sys.exit("the container's command never became healthy")
            time.sleep(2)  # each check starts a Python, which would slow the start down
        print("-- healthy by the compose file's own check", flush=True)
        process.terminate()
    if process.returncode:
        sys.exit(f"on SIGTERM the command ended with {process.returncode}, not 0")


def _do(*command: str) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(f"failed with {done.returncode}: {' '.join(command)}")


def main() -> None:
    """Read the command line, move into namespaces of its own, and rehearse."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dockerfile", type=Path)
    parser.add_argument("--python", type=Path, required=True, help="stands for the base image's python")
    parser.add_argument("--command", type=shlex.split, help="run this instead of the image's CMD")
    parser.add_argument("--inside", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside is None:
        with tempfile.TemporaryDirectory() as folder:
            namespaces = ["unshare", "--mount", "--propagation=private"]
            again = [sys.executable, *sys.argv, "--inside", folder]
            sys.exit(subprocess.run([*namespaces, *again], check=False).returncode)
    _do("mount", "-t", "tmpfs", "tmpfs", str(options.inside))
    built: list[Image] = []
    for number, stage in enumerate(read_stages(options.dockerfile)):
        image = Image(options.inside / str(number), options.python.resolve())
        for step in stage:
            print(f"-- line {step.line}: {step.word} {step.rest}", flush=True)
            carry_out(step, image, built)
        built.append(image)
    built[-1].command = options.command or built[-1].command
    ctypes.CDLL(None).unshare(CLONE_NEWNET)
    run_image(built[-1], options.dockerfile.resolve().parent.name)
    print(f"-- {options.dockerfile}: every step ran", flush=True)


if __name__ == "__main__":
    main()
