"""The image and the composition say what they should; their steps work as far as they can without engine."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement

from lrs.database.embedded import account, configuration, programs

REPOSITORY = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
STORE, POSTGRES = COMPOSE["services"]["store"], COMPOSE["services"]["postgres"]


class Step(NamedTuple):
    """One instruction of the Dockerfile."""

    stage: int
    name: str
    rest: str


def steps() -> list[Step]:
    text = re.sub(r"\\\n", " ", (REPOSITORY / "Dockerfile").read_text())
    lines = [line.split(None, 1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    stages = [sum(name == "FROM" for name, _ in lines[: number + 1]) for number in range(len(lines))]
    return [Step(stage, name, rest) for stage, (name, rest) in zip(stages, lines, strict=True)]


def final(name: str) -> str:
    """The last word of the last stage on this."""
    return [step.rest for step in steps() if step.name == name and step.stage == steps()[-1].stage][-1]


def health_command() -> list[str]:
    command: list[str] = json.loads(final("HEALTHCHECK").split("CMD", 1)[1])
    return command


def test_both_stages_stand_on_the_same_slim_python():
    bases = {step.rest.split()[0] for step in steps() if step.name == "FROM"}
    assert bases == {"python:3.11-slim"}


def test_the_image_runs_the_store_and_not_as_root():
    last = [step.name for step in steps() if step.stage == steps()[-1].stage]
    assert last.index("USER") > last.index("COPY")
    assert final("USER") == "lrs"
    assert "useradd --uid 10001" in " ".join(step.rest for step in steps() if step.name == "RUN")
    assert json.loads(final("CMD")) == ["lrs", "serve", "--host", "0.0.0.0"]  # noqa: S104
    assert final("EXPOSE") == "8080"


def test_everything_the_image_copies_is_let_through(context):
    missing = [source for source in _sources() if not (context / source).exists()]
    assert missing == []
    assert (context / "lrs/database/embedded/keeper.py").exists()
    assert not [path for path in context.rglob("*") if path.suffix == ".pyc"]


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_believes_the_store(status, code):
    with _answering(status) as port:
        assert _healthy(sys.executable, port) == (code == 0)
    assert not _healthy(sys.executable, port)


def test_the_constraints_pin_every_dependency_and_name_no_host():
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pins = [Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]
    versions = {_canonical(pin.name): re.sub("^==", "", str(pin.specifier)) for pin in pins}
    assert all(pin.url is None and str(pin.specifier).startswith("==") for pin in pins)
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    for wanted in map(Requirement, project["dependencies"]):
        assert wanted.specifier.contains(versions[_canonical(wanted.name)]), wanted


def test_the_wheel_of_the_image_holds_the_store_and_its_migrations(context, tmp_path):
    _run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, context])
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as file:
        names = set(file.namelist())
    ours = {
        str(path.relative_to(REPOSITORY / "migrations"))
        for path in (REPOSITORY / "migrations").rglob("*.sql")
    }
    assert ours
    assert {f"lrs/migrations/{name}" for name in ours} <= names
    assert {"lrs/database/embedded/keeper.py", "lrs/xapi/schema/statement-2.0.0.json"} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


@pytest.mark.long
def test_the_steps_of_the_image_make_a_store_that_lives(context):
    """Its RUN, ENV, HEALTHCHECK and CMD, with another folder in the place of /opt/lrs and /var/lib/lrs."""
    with tempfile.TemporaryDirectory(prefix="lrs-image-") as name:
        place = Path(name).resolve()
        place.chmod(0o711)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        for step in steps():
            if step.name == "RUN" and step.stage == 1:
                _run(["sh", "-ec", _moved(step.rest, place)], cwd=context, env={**os.environ, "PATH": path})
        port = _free_port()
        words = (word.partition("=") for word in shlex.split(_moved(final("ENV"), place)))
        settings = {key: value.replace("$PATH", os.environ["PATH"]) for key, _, value in words}
        environment = {"HOME": str(place), **settings, "LRS_PORT": str(port)}
        command = [shutil.which("lrs", path=settings["PATH"]), *json.loads(final("CMD"))[1:]]
        with subprocess.Popen(command, env=environment, cwd=place) as store:
            try:
                limit = time.monotonic() + 60
                while not _healthy(place / "opt/lrs/bin/python", port):
                    assert store.poll() is None
                    assert time.monotonic() < limit
                    time.sleep(0.2)
            finally:
                store.send_signal(signal.SIGTERM)
            assert store.wait(60) == 0


def test_the_store_waits_for_a_healthy_database():
    assert STORE["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for service in (STORE, POSTGRES):
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["restart"] == "unless-stopped"
    assert "/readyz" in STORE["healthcheck"]["test"][-1]
    compile(STORE["healthcheck"]["test"][-1], "healthcheck", "exec")
    # While the image sets up a cluster, its server answers on the socket; only TCP means that it is done.
    assert "--host=127.0.0.1" in POSTGRES["healthcheck"]["test"]


def test_the_data_outlives_the_containers():
    assert POSTGRES["image"] == "postgres:17"
    assert POSTGRES["volumes"] == ["postgres-data:/var/lib/postgresql/data"]
    assert "postgres-data" in COMPOSE["volumes"]


def test_no_secret_is_written_down_and_none_may_be_missing():
    environment = {**STORE["environment"], **POSTGRES["environment"]}
    secrets = [value for name, value in environment.items() if re.search("PASSWORD|SECRET|_KEY", name)]
    assert len(secrets) == 4
    assert all(re.fullmatch(r"\$\{LRS_\w+:\?[^}]+\}", value) for value in secrets)
    assert "@" in STORE["environment"]["LRS_DATABASE_URL"]
    assert ":" not in STORE["environment"]["LRS_DATABASE_URL"].split("//")[1].split("@")[0]


def test_the_store_is_open_to_this_machine_only_unless_asked():
    assert STORE["ports"] == ["${LRS_PUBLISH:-127.0.0.1:8080}:8080"]
    assert "ports" not in POSTGRES


def test_postgresql_understands_its_options_and_keeps_the_embedded_settings(reachable):
    whoever = account.choose(reachable, None)
    ours = programs.find(None, account=whoever, data=reachable / "none")
    data = reachable / "home/data"
    data.parent.mkdir()
    if whoever.borrowed:
        os.chown(data.parent, whoever.uid, whoever.gid)
    options = shlex.split(POSTGRES["environment"]["POSTGRES_INITDB_ARGS"])
    made = whoever.run([ours.initdb, f"--pgdata={data}", "--no-sync", *options])
    assert made.returncode == 0, made.stderr
    for option in POSTGRES["command"][1:]:
        name, value = option.removeprefix("--").split("=")
        asked = whoever.run([ours.postgres, "-D", data, *POSTGRES["command"][1:], "-C", name])
        assert asked.returncode == 0, asked.stderr
        if name != "shared_buffers":
            assert f"\n{name} = {value}\n" in configuration.text()


@pytest.mark.skipif(
    subprocess.run(["/bin/sh", "-c", "docker compose version"], capture_output=True, check=False).returncode
    != 0,
    reason="needs docker compose",
)
def test_docker_compose_accepts_it(tmp_path):
    secrets = {"LRS_POSTGRES_PASSWORD": "a", "LRS_BOOTSTRAP_KEY": "b", "LRS_BOOTSTRAP_SECRET": "c"}
    file = str(REPOSITORY / "docker-compose.yml")
    command = ["docker", "compose", "--env-file", os.devnull, "--file", file, "config", "--quiet"]
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    _run(command, env={**bare, **secrets})
    for name in secrets:
        without = {**bare, **secrets}
        del without[name]
        assert subprocess.run(command, env=without, capture_output=True, check=False).returncode != 0


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that everybody can pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="lrs-image-") as name:
        Path(name).chmod(0o711)
        yield Path(name).resolve()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build stage sees in /src: the sources it copies, less what .dockerignore keeps back."""
    lines = [
        line for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line and line[0] != "#"
    ]
    let_through = {line[1:] for line in lines if line.startswith("!")}
    kept_back = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    assert lines[0] == "*"
    folder = tmp_path_factory.mktemp("context")
    for source in _sources() & let_through:
        if (REPOSITORY / source).is_dir():
            shutil.copytree(REPOSITORY / source, folder / source, ignore=shutil.ignore_patterns(*kept_back))
        elif not any(fnmatch.fnmatch(source, pattern) for pattern in kept_back):
            shutil.copy(REPOSITORY / source, folder / source)
    return folder


def _sources() -> set[str]:
    copies = [step.rest.split() for step in steps() if step.name == "COPY" and "--from=" not in step.rest]
    return {source for *sources, _ in copies for source in sources}


def _moved(text: str, place: Path) -> str:
    return text.replace("/opt/lrs", f"{place}/opt/lrs").replace("/var/lib/lrs", f"{place}/var/lib/lrs")


def _healthy(python: str | Path, port: int) -> bool:
    _, *rest = health_command()
    environment = {**os.environ, "LRS_PORT": str(port)}
    return subprocess.run([python, *rest], env=environment, capture_output=True, check=False).returncode == 0


class _answering:  # noqa: N801
    """A server that gives every request the same status."""

    def __init__(self, status: int) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == "/livez" else 404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> int:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _run(command: list[Any], **options: Any) -> None:
    answer = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert answer.returncode == 0, answer.stdout + answer.stderr
