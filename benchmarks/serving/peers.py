"""The servers, each started on the same data and stopped again; ours twice, without its cache and with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from questions import Question

_BIN = Path(sys.executable).parent
_PATIENCE = 120.0
_LARGE = frozenset({"rows-json", "rows-tsv"})


@dataclass
class Peer:
    """A running server: its name in tables, its address, the path that a query is appended to, headers
    of every request, its first process, and the questions that it cannot be asked."""

    name: str
    address: str
    path: str
    process: psutil.Process
    headers: dict[str, str] = field(default_factory=dict)
    unable: frozenset[str] = frozenset()

    def answers(self, question: Question) -> bool:
        """Return whether it is to be asked ``question``."""
        return question.name not in self.unable

    def cpu(self) -> float:
        """Return the CPU seconds of its processes, those that have ended among them."""
        found = 0.0
        for process in self._processes():
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            found += times.user + times.system + times.children_user + times.children_system
        return found

    def memory(self) -> int:
        """Return the bytes of memory that its processes take, each page shared among those that have it."""
        found = 0
        for process in self._processes():
            try:
                found += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return found

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def _ours(data: Path, folder: Path) -> Iterator[Peer]:
    port = _free_port()
    with _running(
        [str(_BIN / "integrin-kg"), "serve", "--port", str(port), "--log-level", "warning"]
    ) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/health/ready", process)
        yield Peer("ours", address, "/sparql?query=", process, {"Cache-Control": "no-cache"})


@contextmanager
def _ours_kept(data: Path, folder: Path) -> Iterator[Peer]:
    with _ours(data, folder) as peer:
        yield Peer("ours, cached", peer.address, peer.path, peer.process, unable=_LARGE)  # which are not kept


@contextmanager
def _oxigraph(data: Path, folder: Path, name: str, *location: str) -> Iterator[Peer]:
    port = _free_port()
    program = str(_BIN / "oxigraph")
    if location:
        subprocess.run([program, "load", *location, "--file", str(data)], check=True, capture_output=True)
    command = [program, "serve", *location, "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with _running(command) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/query?query=ASK%7B%7D", process)
        if not location:
            put = urllib.request.Request(
                f"{address}/store", data.read_bytes(), {"Content-Type": "application/n-quads"}, method="POST"
            )
            urllib.request.urlopen(put, timeout=_PATIENCE).close()
        yield Peer(name, address, "/query?query=", process)


@contextmanager
def _memory(data: Path, folder: Path) -> Iterator[Peer]:
    with _oxigraph(data, folder, "memory") as peer:
        yield peer


@contextmanager
def _disk(data: Path, folder: Path) -> Iterator[Peer]:
    with _oxigraph(data, folder, "disk", "--location", str(folder / "oxigraph")) as peer:
        yield peer


@contextmanager
def _rdflib(data: Path, folder: Path) -> Iterator[Peer]:
    port = _free_port()
    # It reads one graph: the triples, without the names of their graphs.
    files = [str(data.with_suffix(".ttl")), str(data.with_name(f"{data.stem}-inferred.ttl"))]
    command = [str(_BIN / "rdflib-endpoint"), "serve", *files]
    with _running([*command, "--port", str(port), "--host", "127.0.0.1"]) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/?query=ASK%7B%7D", process)
        unable = _LARGE | {"competency"}
        yield Peer("rdflib-endpoint", address, "/?query=", process, unable=unable)


_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 40
MaxClientConnections = 40
KeepAliveTimeout = 60
MaxKeepAlives = 40
[SPARQL]
ResultSetMaxRows = 200000
"""


@contextmanager
def _virtuoso(data: Path, folder: Path) -> Iterator[Peer]:
    own = folder / "virtuoso"
    own.mkdir()
    port = _free_port()
    (own / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=_free_port(), http=port))
    program = shutil.which("virtuoso-t") or "virtuoso-t"
    with _running([program, "+foreground", "+configfile", "virtuoso.ini"], own) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/sparql?query=ASK%7B%7D", process)
        login = {"INTEGRIN_KG_STORE_USER": "dba", "INTEGRIN_KG_STORE_PASSWORD": "dba"}
        addresses = ["--update-url", f"{address}/sparql-auth"]
        addresses += ["--graph-store-url", f"{address}/sparql-graph-crud-auth"]
        load = [str(_BIN / "integrin-kg"), "load", "--store", f"{address}/sparql", *addresses]
        subprocess.run(load, check=True, capture_output=True, env={**os.environ, **login})
        # A path of which both ends are open it refuses, and large answers take it many seconds.
        yield Peer("Virtuoso", address, "/sparql?query=", process, unable=_LARGE | {"path"})


PEERS: dict[str, Callable[[Path, Path], Any]] = {
    "ours": _ours,
    "ours-cached": _ours_kept,
    "memory": _memory,
    "disk": _disk,
    "rdflib-endpoint": _rdflib,
    "virtuoso": _virtuoso,
}
"""What starts each server on an N-Quads file, with a folder of its own for the rest: ``memory`` and ``disk``
are Oxigraph's own server without a location and with one."""

_PROGRAMS = {"memory": "oxigraph", "disk": "oxigraph", "rdflib-endpoint": "rdflib-endpoint"}


def is_there(name: str) -> bool:
    """Return whether the program of a peer is installed."""
    if name == "virtuoso":
        return shutil.which("virtuoso-t") is not None
    program = _PROGRAMS.get(name)
    return program is None or shutil.which(program, path=str(_BIN)) is not None


@contextmanager
def _running(command: list[str], folder: Path | None = None) -> Iterator[psutil.Process]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, process: psutil.Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{' '.join(process.cmdline())}: nothing answers at {url}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
