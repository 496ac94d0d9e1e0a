"""A PostgreSQL server of the tests' own: made in a temporary folder, stopped when they are done.

A test asks for `postgres_address`; the server listens on the loopback alone and wants a password.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

USER, PASSWORD, DATABASE = "leukon", "plain-Secret-4711", "postgres"
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off"}


def server_user() -> str | None:
    """The user a server runs as: it refuses to be root; None where we are somebody else already."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True)
class Server:
    """A database server: its programs, its folder, the user it runs as, its port."""

    programs: Path
    folder: Path
    user: str | None
    port: int

    @property
    def address(self) -> str:
        """Where it answers, with user and password."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Make the database and begin to answer."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if self.user is not None:
            for path in (self.folder, password):
                shutil.chown(path, self.user)
        self._run(
            "initdb", "--pgdata", "data", "--username", USER, "--pwfile", "password",
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        settings = {
            **_QUICK,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)

    def stop(self) -> None:
        """End the server, by the process id in its folder."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-w", "-D", "data", "-m", "fast")

    def _run(self, program: str, *arguments: str) -> None:
        # Into a file: a server started here would hold a pipe open for as long as it runs.
        with (self.folder / "said").open("w+") as said:
            done = subprocess.run(
                [self.programs / program, *arguments],
                cwd=self.folder, user=self.user, extra_groups=[] if self.user else None,
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False,
            )  # fmt: skip
            said.seek(0)
            assert done.returncode == 0, f"{program}: {said.read()}"


@pytest.fixture(scope="session")
def postgres_server(needs_postgres: Path) -> Iterator[Server]:
    """A running PostgreSQL server; skipped, loudly, where the machine has none."""
    # Not in pytest's own folder, which only the user of the tests may enter; and a socket's path
    # has room for about a hundred letters.
    folder = Path(tempfile.mkdtemp(prefix="leukon-pg-"))
    server = Server(needs_postgres, folder, server_user(), _free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_address(postgres_server: Server) -> str:
    """The address of an empty PostgreSQL database, for ADBC and psql alike."""
    return postgres_server.address
