"""Engines to load the graph into, each a process of its own in a folder of its own: Oxigraph and Virtuoso."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from integrin_kg.settings import Settings

_PATIENCE = 120.0

_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
MaxClientConnections = 20
CheckpointInterval = 0
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 20
MaxClientConnections = 20
KeepAliveTimeout = 15
MaxKeepAlives = 20
[SPARQL]
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Engine:
    """An engine that ``command`` starts in ``folder``; ``settings`` say how to reach it."""

    command: Sequence[str]
    folder: Path
    settings: Settings
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def options(self) -> list[str]:
        """The options of ``integrin-kg serve`` for it."""
        given = {
            "--store": self.settings.store,
            "--update-url": self.settings.update_url,
            "--graph-store-url": self.settings.graph_store_url,
        }
        return [part for option, value in given.items() if value for part in (option, value)]

    def start(self) -> Engine:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                if (
                    requests.get(self.settings.store, params={"query": "ASK {}"}, timeout=5).status_code
                    == 200
                ):
                    return self
            except requests.RequestException:
                assert self.process.poll() is None, f"{self.command[0]} ended"
                time.sleep(0.1)
        raise AssertionError(f"{self.command[0]} does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def oxigraph(folder: Path, *, durable: bool = False) -> Engine:
    """Return an Oxigraph server, in memory or with its data in ``folder``."""
    program = str(Path(sys.executable).with_name("oxigraph"))
    address = f"127.0.0.1:{free_port()}"
    where = ["--location", str(folder / "data")] if durable else []
    return Engine(
        [program, "serve", *where, "--bind", address], folder, Settings(store=f"http://{address}/query")
    )


def virtuoso(folder: Path) -> Engine:
    """Return a Virtuoso server with a new database in ``folder``. Where it is missing the test could not
    run: in CI it fails, and elsewhere it is skipped with that reason."""
    program = shutil.which("virtuoso-t")
    if program is None:
        reason = "virtuoso-t is missing, so nothing was checked: apt-get install virtuoso-opensource-7"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    http = free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=free_port(), http=http))
    base = f"http://127.0.0.1:{http}"
    settings = Settings(
        store=f"{base}/sparql",
        update_url=f"{base}/sparql-auth",
        graph_store_url=f"{base}/sparql-graph-crud-auth",
    )
    login = {"INTEGRIN_KG_STORE_USER": "dba", "INTEGRIN_KG_STORE_PASSWORD": "dba"}
    return Engine([program, "+foreground", "+configfile", "virtuoso.ini"], folder, settings, login)


ENGINES = {"oxigraph": oxigraph, "virtuoso": virtuoso}
