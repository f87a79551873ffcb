"""docker-compose.yml and the two Dockerfiles, as far as reading goes; `.ci/rehearse.py` runs the steps."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ("agent", "collector")


@pytest.fixture(scope="module")
def compose():
    yaml = pytest.importorskip("yaml", reason="PyYAML, of the [dev] extra, reads the compose file")
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))


@pytest.fixture(params=IMAGES)
def image(request, dockerfile):
    return request.param, dockerfile.read_steps(ROOT / request.param / "Dockerfile")


def test_the_compose_file_is_one_by_the_compose_specification():
    checker = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
    if checker is None:
        pytest.skip("check-jsonschema, of the [dev] extra, holds the specification's schema")
    check = [checker, "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_collector_is_published_to_this_machine_only_unless_asked(compose):
    assert compose["services"]["collector"]["ports"] == ["127.0.0.1:8000:8000"]


def test_the_collector_is_told_where_it_is_published_and_what_the_agent_calls_it(compose):
    collector, agent = compose["services"]["collector"], compose["services"]["agent"]
    told = collector["environment"]
    assert collector["ports"] == [f"{told['BITNET_COLLECTOR_PUBLISHED']}:8000"]
    called = agent["entrypoint"][agent["entrypoint"].index("--collector") + 1]
    assert called == f"http://{told['BITNET_COLLECTOR_ALLOWED_HOSTS']}:8000"
    assert "BITNET_TOKEN" in agent["environment"]  # handed on from outside, and on no command line


def test_compose_up_starts_the_collector_alone(compose):
    started = [name for name, service in compose["services"].items() if not service.get("profiles")]
    assert started == ["collector"]


def test_postgresql_keeps_its_data_is_not_published_and_has_no_password_of_its_own(compose):
    service = compose["services"]["postgres"]
    assert service["profiles"] == ["postgres"]
    assert service["volumes"] == ["postgres-data:/var/lib/postgresql/data"]
    assert "ports" not in service
    assert not service["environment"]["POSTGRES_PASSWORD"]  # the image refuses to start with an empty one
    waits = compose["services"]["collector"]["depends_on"]["postgres"]
    assert waits == {"condition": "service_healthy", "required": False}


def test_the_agent_waits_for_a_collector_that_tells_its_health(compose):
    assert compose["services"]["agent"]["depends_on"] == {"collector": {"condition": "service_healthy"}}
    assert "/ready" in compose["services"]["collector"]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", IMAGES)
def test_what_a_service_writes_outlives_its_container(compose, dockerfile, name):
    steps = dockerfile.read_steps(ROOT / name / "Dockerfile")
    written = [path for step in steps if step.word == "VOLUME" for path in step.arguments()]
    mounted = dict(volume.split(":")[::-1] for volume in compose["services"][name]["volumes"])
    assert sorted(mounted) == sorted(written) != []
    assert set(mounted.values()) <= set(compose["volumes"])


@pytest.mark.parametrize("name", IMAGES)
def test_a_service_can_write_nowhere_else_and_gain_no_rights(compose, name):
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_agents_caches_lie_on_its_volume(dockerfile):
    settings = environment(dockerfile.read_steps(ROOT / "agent" / "Dockerfile"))
    for name in ("HOME", "HF_HOME", "TORCHINDUCTOR_CACHE_DIR", "BITNET_AGENT_CACHE"):
        assert (settings[name] + "/").startswith("/cache/"), name


def test_the_collector_is_reached_from_outside_its_container(dockerfile, compose):
    settings = environment(dockerfile.read_steps(ROOT / "collector" / "Dockerfile"))
    assert settings["BITNET_COLLECTOR_HOST"] == "0.0.0.0"
    assert compose["services"]["collector"]["ports"][0].endswith(":" + settings["BITNET_COLLECTOR_PORT"])
    assert settings["BITNET_COLLECTOR_DATABASE_URL"].startswith("sqlite:////data/")


def test_the_base_is_pinned_to_a_patch_version(image):
    _, steps = image
    bases = [step.arguments()[0] for step in steps if step.word == "FROM"]
    assert bases
    for base in bases:
        assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base)


def test_the_command_does_not_run_as_root(image):
    _, steps = image
    last_stage = steps[max(position for position, step in enumerate(steps) if step.word == "FROM") :]
    words = [step.word for step in last_stage]
    user = last_stage[words.index("USER")].rest
    assert user not in ("root", "0")
    assert any(f" {user}" in step.rest for step in last_stage if step.rest.startswith("useradd"))
    assert words.index("USER") < words.index("CMD")
    assert "RUN" not in words[words.index("USER") :]


def test_all_that_is_copied_is_in_the_build_context(image, dockerfile):
    name, steps = image
    context = dockerfile.context_files(ROOT)
    sources = [
        source
        for step in steps
        if step.word == "COPY" and not step.rest.startswith("--from=")
        for source in step.arguments()[:-1]
    ]
    missing = [
        source for source in sources if not any(f"{path}/".startswith(f"{source}/") for path in context)
    ]
    assert not missing
    # The distribution is built from all three packages, so both images need all three.
    assert {"agent/bitnet_agent", "collector/bitnet_collector", "shared/bitnet_report"} <= set(sources), name


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        (".git/config", True),
        (".venv/bin/python", True),
        (".demo/demo.db", True),
        ("docs/inference_profile_report.json", True),
        ("agent/Dockerfile", True),
        ("agent/bitnet_agent/__pycache__/cli.cpython-312.pyc", True),
        ("agent/bitnet_agent/texts/prompt.txt", False),
        ("collector/bitnet_collector/static/page.css", False),
        ("pyproject.toml", False),
    ],
)
def test_the_build_context_holds_sources_only(dockerfile, path, ignored):
    assert dockerfile.is_ignored(path, ROOT) is ignored


def test_the_collectors_image_gets_no_torch(dockerfile):
    commands = [
        step.rest for step in dockerfile.read_steps(ROOT / "collector" / "Dockerfile") if step.word == "RUN"
    ]
    installs = [command for command in commands if "pip install" in command]
    assert len(installs) == 1
    assert "-c constraints.txt '.[collector,postgres]'" in installs[0]
    assert not re.search(r"torch|g\+\+|\[agent|\[all|\[dev", " ".join(commands))


def test_the_agents_image_takes_torch_from_the_cpu_index_at_the_pin(dockerfile):
    steps = dockerfile.read_steps(ROOT / "agent" / "Dockerfile")
    (install,) = [step.rest for step in steps if step.word == "RUN" and "torch==" in step.rest]
    assert '--index-url "$TORCH_INDEX"' in install
    (pattern,) = re.findall(r"\$\(grep -o '([^']+)' constraints.txt\)", install)
    found = subprocess.run(
        ["grep", "-o", pattern, "constraints.txt"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "torch==2.13.0\n"


def test_the_agents_image_brings_the_compiler_that_the_model_needs(dockerfile):
    steps = dockerfile.read_steps(ROOT / "agent" / "Dockerfile")
    assert any("apt-get install" in step.rest and " g++ " in f"{step.rest} " for step in steps)


def environment(steps) -> dict[str, str]:
    assignments = [word for step in steps if step.word == "ENV" for word in step.arguments()]
    return dict(assignment.split("=", 1) for assignment in assignments)
