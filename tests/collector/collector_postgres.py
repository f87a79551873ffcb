"""A PostgreSQL server of the tests' own, from the system's packages, in a temporary directory."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

USER = "bitnet"
_PATIENTLY = ("--wait", "--timeout=300")
"""After it was killed it flushes every file of the cluster before it starts, on whatever disk there is."""


def find_binaries() -> Path | None:
    """The directory with `initdb` and `pg_ctl` of the newest PostgreSQL here."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    program = shutil.which("postgres")
    found = [*debian[::-1], *([Path(program).resolve().parent] if program else [])]
    return next((path for path in found if (path / "initdb").exists()), None)


class PostgresServer:
    """A cluster that is reached over a socket in its own directory; durable, as a real one is."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=os.environ.get("TESTS_FOLDER")))
        self._identity = {}
        if os.geteuid() == 0:  # PostgreSQL does not run as root
            names = {entry.pw_name for entry in pwd.getpwall()}
            other = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, other.pw_uid, other.pw_gid)
            self._identity = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        self._numbers = count(1)
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        self._do("initdb", "--auth=trust", f"--username={USER}", "--no-sync", *locale)
        self.start()

    def start(self) -> None:
        # A time zone far from UTC, so that a moment that loses its offset is noticed.
        # No autovacuum: its transactions make a new snapshot, and so a new tag, between any two requests.
        options = (
            f"-k {self.folder} -c listen_addresses= -c max_connections=60 -c timezone=Asia/Shanghai "
            "-c autovacuum=off"
        )
        self._do("pg_ctl", *_PATIENTLY, "--options", options, "--log", str(self.folder / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """End it: `immediate` is as if the machine had lost its power, but for the disk's own cache."""
        self._do("pg_ctl", *_PATIENTLY, "--mode", mode, "stop")

    def kill(self) -> None:
        """SIGKILL for the server's parent process; its children notice and end."""
        number = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGKILL)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and give its URL."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Run one statement on a connection of its own."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user=USER, dbname=database, autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """End the server and remove all that it wrote."""
        with suppress(subprocess.CalledProcessError):  # a test may have ended it
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def _do(self, program: str, *arguments: str) -> None:
        command = [self._binaries / program, "--pgdata", self.folder / "data", *arguments]
        # Output to a file: the server inherits it, and would keep a pipe open.
        with (self.folder / "said").open("ab") as said:
            subprocess.run(command, check=True, stdout=said, stderr=said, cwd=self.folder, **self._identity)
